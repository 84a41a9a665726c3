"""What a Web API call asks: its arguments, however they were encoded, and the scope it needs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.demo.slack.refusals import Json, Refusal
from bot.demo.slack.workspace import Workspace


@dataclass(frozen=True)
class Asked:
    """The arguments of one call; from a form or a query everything is a string, from JSON it has its type."""

    args: Mapping[str, Any]
    scopes: frozenset[str]  # what the token may do

    def text(self, name: str, default: str = "") -> str:
        """An argument as a string."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def needed(self, name: str) -> str:
        """An argument that must be there.

        Raises:
            Refusal: `invalid_arguments`.
        """
        if not self.text(name):
            raise Refusal("invalid_arguments", (f"missing required field: {name}",))
        return self.text(name)

    def flag(self, name: str) -> bool:
        """An argument that is true or false: SDKs send `1`, `true` or a JSON boolean."""
        return self.text(name).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        """An argument that is a whole number.

        Raises:
            Refusal: `invalid_arguments`.
        """
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise Refusal("invalid_arguments", (f"must provide an integer [json-pointer:/{name}]",)) from None

    def structure(self, name: str, refused: str) -> Any:
        """An argument that is JSON, by itself or as a string; None when it is absent.

        Raises:
            Refusal: with the code given when it cannot be read.
        """
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refusal(refused) from None


Scope = Callable[[Workspace, Asked], str]


@dataclass(frozen=True)
class Method:
    """A Web API method: what it does, and the scope it needs (which may depend on the kind of conversation)."""

    run: Callable[[Workspace, Asked], Json]
    scope: str | Scope = ""

    def needs(self, workspace: Workspace, asked: Asked) -> str:
        """The scope that this very call needs; empty for none."""
        return self.scope if isinstance(self.scope, str) else self.scope(workspace, asked)


def page(items: list[Any], asked: Asked, default: int) -> tuple[list[Any], str]:
    """One page of a list, and the cursor of the next (empty at the end).

    Raises:
        Refusal: `invalid_cursor`, `invalid_limit`.
    """
    cursor, limit = asked.text("cursor", "0") or "0", asked.number("limit", default)
    if not cursor.isdecimal():
        raise Refusal("invalid_cursor")
    if not 1 <= limit <= 1000:
        raise Refusal("invalid_limit")
    start = int(cursor)
    return items[start : start + limit], str(start + limit) if start + limit < len(items) else ""
