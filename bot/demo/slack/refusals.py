"""How Slack says no: `ok: false`, a code, and messages that say where."""

from typing import Any

Json = dict[str, Any]
"""A JSON object that travels over the wire."""


class Refusal(Exception):
    """Slack answers a call with `ok: false`.

    Args:
        code: Slack's error code, such as `channel_not_found`.
        messages: what `response_metadata.messages` says, one for each problem found.
        more: further fields of the answer, such as `needed` and `provided` of `missing_scope`.
    """

    def __init__(self, code: str, messages: tuple[str, ...] = (), **more: str) -> None:
        super().__init__("; ".join((code, *messages)))
        self.code = code
        self.messages = messages
        self.more = more

    def answer(self) -> Json:
        """The body of the answer."""
        body: Json = {"ok": False, "error": self.code, **self.more}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        if self.messages and self.code == "invalid_blocks":
            body["errors"] = list(self.messages)
        return body
