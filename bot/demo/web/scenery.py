"""What the team has said in #ops before a visitor comes: why somebody wants an image of which machine."""

from dataclasses import dataclass

from bot.demo.cast import AMY, BEN, DAN, OPS
from bot.demo.slack import Message, Slack

_SAID = (
    (
        DAN,
        "Security wants the new OpenSSL on *web-1* tonight.",
        "安全团队要求今晚给 *web-1* 升级 OpenSSL。",
    ),
    (
        BEN,
        f"I have stopped `web-1`. <@{AMY}>, please have an image made first; the uploads disk is in the backup.",
        f"`web-1` 已经停了。<@{AMY}>，升级之前请先创建镜像；uploads 盘已有备份。",
    ),
    (
        AMY,
        "Will do: `/createimage`",
        "好的，我来：`/createimage`",
    ),
)


@dataclass(frozen=True)
class Scenery:
    """The same to everybody, in the language of each: Chinese by the ts of the message."""

    chinese: dict[str, str]

    def read(self, ts: str, text: str, locale: str) -> str:
        """The text of a message as somebody reads it; that of any other than these as it is."""
        return self.chinese.get(ts, text) if locale.startswith("zh") else text


def set_the_scene(slack: Slack) -> Scenery:
    """Posts it."""
    chinese: dict[str, str] = {}
    for author, english, translated in _SAID:
        posted = slack.post(Message(channel=OPS, ts="", author=author, text=english))
        chinese[posted.ts] = translated
    return Scenery(chinese)
