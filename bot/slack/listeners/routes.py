"""Which listener answers to which id."""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

Body = dict[str, Any]
Listener = Callable[[AsyncAck, Body], Awaitable[None]]
Register = Callable[[Listener], None]


class Routes:
    """Tables of listeners, by what they listen to and its id. Bolt asks each of its listeners in turn whether a request
    is for it, which takes as long as many a listener does; so it has one of each kind, which looks in a table.
    """

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, Listener]] = {kind: {} for kind in _ID_OF}

    def action(self, action_id: str) -> Register:
        """A button is pressed, or something chosen in a menu."""
        return self._register("action", action_id)

    def options(self, action_id: str) -> Register:
        """Something is typed into a menu that looks up its options."""
        return self._register("options", action_id)

    def view(self, callback_id: str) -> Register:
        """A form is sent."""
        return self._register("view", callback_id)

    def view_closed(self, callback_id: str) -> Register:
        """A form is closed."""
        return self._register("view_closed", callback_id)

    def command(self, command: str) -> Register:
        """A slash command is typed."""
        return self._register("command", command)

    def shortcut(self, callback_id: str) -> Register:
        """A shortcut is chosen."""
        return self._register("shortcut", callback_id)

    def event(self, event: str) -> Register:
        """Something has happened in the workspace, of this type."""
        return self._register("event", event)

    def listen(self, app: AsyncApp) -> None:
        """Has the app ask these tables."""
        for kind, table in self._tables.items():
            ids = "|".join(map(re.escape, table))
            getattr(app, kind)(re.compile(rf"\A(?:{ids})\Z"))(_asking(table, _ID_OF[kind]))

    def _register(self, kind: str, name: str) -> Register:
        def register(listener: Listener) -> None:
            self._tables[kind][name] = listener

        return register


def _asking(table: dict[str, Listener], id_of: Callable[[Body], str]) -> Listener:
    async def listener(ack: AsyncAck, body: Body) -> None:
        await table[id_of(body)](ack, body)

    return listener


_ID_OF: dict[str, Callable[[Body], str]] = {
    "action": lambda body: body["actions"][0]["action_id"],
    "options": lambda body: body["action_id"],
    "view": lambda body: body["view"]["callback_id"],
    "view_closed": lambda body: body["view"]["callback_id"],
    "command": lambda body: body["command"],
    "shortcut": lambda body: body["callback_id"],
    "event": lambda body: body["event"]["type"],
}
"""Where Slack says what it is, by the name of Bolt's method for it."""


def id_of(body: Body) -> str:
    """What a request names that would be looked up; empty where it names nothing."""
    for one in _ID_OF.values():
        with suppress(LookupError, TypeError):
            return str(one(body))
    return ""
