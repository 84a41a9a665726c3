"""Slack's markup: what people and clouds wrote is shown as written, and never becomes a mention, a link or a ping."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from slack_sdk.models.blocks import MarkdownTextObject, PlainTextObject

from bot.domain.slack_ids import is_channel, is_group

SECTION = 3000
"""Slack: section text <= 3000 characters."""

NAME = 120
"""Characters of a name that are shown: as many as tell it apart, and few enough to leave room for what it is about."""

_LOOKALIKES = {
    "`": "\N{MODIFIER LETTER GRAVE ACCENT}",
    "*": "\N{ASTERISK OPERATOR}",
    "_": "\N{MODIFIER LETTER LOW MACRON}",
    "~": "\N{TILDE OPERATOR}",
    ">": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
    ":": "\N{MODIFIER LETTER COLON}",
}
"""What reads like Slack's marks and is none: there is no other way to write them (Slack: formatting text)."""

_MARKS = re.compile(r"[`*~]|(?<![^\W_])_|_(?![^\W_])|^>|\B:(?=[a-z0-9_+'-]+:)")
"""What Slack may take for a mark of code, bold, struck out, slanted (but inside a word), quoted, or of an emoji."""

_UNSHOWABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's categories of what is no letter: controls, formats (U+202E turns a line around), halves of characters,
and separators that break one."""


def clean(text: str) -> str:
    """Foreign text as it may be shown: what would break or reorder a line is seen to have been there."""
    return _without_unshowable(text, "\N{REPLACEMENT CHARACTER}")


def typed(text: str) -> str:
    """What somebody typed, less what no keyboard types and no screen shows."""
    return _without_unshowable(text, "")


def _without_unshowable(text: str, instead: str) -> str:
    if text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\t", " ")
    return lines.translate(dict.fromkeys(map(ord, _unshowable(lines) - {"\n"}), instead))


def _unshowable(text: str) -> set[str]:
    return {character for character in set(text) if unicodedata.category(character) in _UNSHOWABLE}


def name(text: str, limit: int = NAME) -> str:
    """A foreign name in a line of plain text."""
    return clip(clean(" ".join(text.split())[: limit + 1]), limit)


def plain(text: str, limit: int = SECTION) -> PlainTextObject:
    """Text in which Slack reads no markup at all."""
    return PlainTextObject(text=shown(text, limit), emoji=False)


def shown(text: str, limit: int) -> str:
    """Foreign text as it stands in plain text, which is never empty."""
    return clip(clean(text), limit) or " "


def markdown(text: str) -> MarkdownTextObject:
    """Text with our own markup in it; `verbatim` keeps Slack from finding links and names by itself."""
    return MarkdownTextObject(text=text, verbatim=True)


def clip(text: str, limit: int) -> str:
    """Text cut to a limit, and seen to be cut."""
    return text if len(text) <= limit else text[: max(0, limit - 1)] + "…" * (limit > 0)


def escape(text: str) -> str:
    """Foreign text inside ours: on one line, so that it is none of our own lines, and without any markup."""
    return _entities(_MARKS.sub(lambda mark: _LOOKALIKES[mark[0]], clean(" ".join(text.split()))))


def _entities(text: str) -> str:
    """Slack: escape &, < and >, and only these."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str, limit: int = NAME) -> str:
    """Foreign text on one line, in which asterisks and the like mean nothing."""
    line = name(text, limit).replace("`", _LOOKALIKES["`"])
    return f"`{_entities(line)}`" if line else "`-`"


def code_blocks(json_lines: Iterable[str]) -> list[str]:
    """JSON as it is written, line by line; what would end the block or turn a line around is written as JSON may."""
    lines = (_entities(line.translate(_as_json(line))) for line in json_lines)
    return [f"```\n{part}\n```" for part in chunks(lines, SECTION - len("```\n\n```"))]


def _as_json(line: str) -> dict[int, str]:
    return {ord("`"): "\\u0060"} | {ord(one): json.dumps(one)[1:-1] for one in _unshowable(line)}


def person(user_id: str) -> str:
    """A mention of somebody."""
    return f"<@{user_id}>"


def mentions(ids: Iterable[str]) -> list[str]:
    """Of people and user groups."""
    return [f"<!subteam^{i}>" if is_group(i) else person(i) for i in ids]


def conversation(conversation_id: str) -> str:
    """A conversation by name."""
    return f"<#{conversation_id}>" if is_channel(conversation_id) else code(conversation_id)


def message_link(workspace_url: str, channel: str, ts: str, words: str) -> str:
    """A link to a message, as chat.getPermalink writes it; nothing where the workspace's address is not known."""
    return f"<{workspace_url}archives/{channel}/p{ts.replace('.', '')}|{words}>" if workspace_url else ""


def link(address: str, words: str) -> str:
    """Foreign words as a link."""
    return f"<{_entities(clean(address)).replace('|', '%7C')}|{escape(words)}>"


def moment(at: float) -> str:
    """A time, in each reader's own zone (Slack: date formatting)."""
    fallback = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(at)}^{{date_short_pretty}} {{time}}|{fallback}>"


def chunks(lines: Iterable[str], limit: int = SECTION) -> list[str]:
    """Lines packed into texts of at most `limit` characters."""
    return list(_packed(lines, limit))


def first_chunk(lines: Iterable[str], limit: int) -> str:
    """As many of the lines as a text of `limit` characters holds; no more are looked at than it takes to know."""
    return next(_packed(lines, limit))


def _packed(lines: Iterable[str], limit: int) -> Iterator[str]:
    packed: str | None = None
    for line in lines:
        if packed is not None and len(packed) + 1 + len(line) <= limit:
            packed += "\n" + line
        else:
            if packed is not None:
                yield packed
            packed = clip(line, limit)
    if packed is not None:
        yield packed
