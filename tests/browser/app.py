"""An app in the bot's place, for what the bot does not show or do: answers as it is told, and keeps what it hears."""

from dataclasses import dataclass, field
from typing import Any

from bot.demo.slack import Answer, Message, Slack

Json = dict[str, Any]


@dataclass
class App:
    """Hears what people do, and shows what a test wants to be shown."""

    slack: Slack
    answer: Answer = field(default_factory=lambda: Answer(status=200))
    offers: Json = field(default_factory=lambda: {"options": []})
    heard: list[Json] = field(default_factory=list)

    async def deliver(self, _kind: str, payload: Json) -> Answer:
        """As Slack's requests do."""
        self.heard.append(payload)
        return Answer(200, body=self.offers) if payload.get("type") == "block_suggestion" else self.answer

    @property
    def actions(self) -> list[Json]:
        """What was used, oldest first."""
        return [action for payload in self.heard for action in payload.get("actions", [])]

    def posts(self, *blocks: Json) -> Message:
        """A message of the app in #ops."""
        return self.slack.post(Message(channel="C0OPS", ts="", author=self.slack.app.user_id, blocks=blocks))

    def opens(self, *blocks: Json, user: str = "U0AMY") -> None:
        """A form in front of somebody."""
        content = {"type": "modal", "title": plain("Form"), "submit": plain("Send"), "blocks": list(blocks)}
        self.slack.views.open(user, content, origin="C0OPS")


def plain(text: str) -> Json:
    """Text without markup."""
    return {"type": "plain_text", "text": text}


def option(text: str, value: str = "", description: str = "") -> Json:
    """Of a menu."""
    more = {"description": plain(description)} if description else {}
    return {"text": plain(text), "value": value or text, **more}


def field_of(label: str, element: Json, **more: Any) -> Json:
    """An input with an element whose ids are its label."""
    return {
        "type": "input",
        "block_id": label,
        "label": plain(label),
        "element": {"action_id": label, **element},
        **more,
    }


def section(text: str, accessory: Json, **more: Any) -> Json:
    """Words with an element beside them."""
    words = {"type": "mrkdwn", "text": text}
    return {"type": "section", "block_id": text, "text": words, "accessory": {"action_id": "used", **accessory}, **more}


CONFIRM: Json = {
    "title": plain("Sure?"),
    "text": plain("It ends here."),
    "confirm": plain("End"),
    "deny": plain("Go back"),
}
