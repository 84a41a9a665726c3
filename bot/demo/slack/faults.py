"""What shall befall which call of Slack's Web API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.demo.faults import ALWAYS, ANY, Drop, LoseAnswer, Orders, Slow

__all__ = [
    "ALWAYS",
    "ANY_METHOD",
    "Drop",
    "Error",
    "Fault",
    "Faults",
    "Late",
    "LoseAnswer",
    "RateLimited",
    "ServerError",
    "Slow",
    "Without",
]


@dataclass(frozen=True)
class RateLimited:
    """HTTP 429 with `Retry-After`, before anything is done."""

    retry_after: int | None  # seconds; None: the header is missing


@dataclass(frozen=True)
class ServerError:
    """HTTP 500, 502, 503 or 504, before anything is done."""

    status: int = 500


@dataclass(frozen=True)
class Late:
    """HTTP 504 at once; what was asked is done so many seconds later all the same."""

    seconds: float


@dataclass(frozen=True)
class Without:
    """Does what was asked, and leaves these fields out of the answer: `user`, or `user.deleted` of what is in it.

    What there are many of is named once: `messages.user` is of each.
    """

    fields: tuple[str, ...]

    def cut(self, body: Mapping[str, Any], within: str = "") -> dict[str, Any]:
        """What is left of an answer."""
        left = {name: value for name, value in body.items() if within + name not in self.fields}
        return {name: self._left(value, f"{within}{name}.") for name, value in left.items()}

    def _left(self, value: Any, within: str) -> Any:
        if isinstance(value, list):
            return [self._left(one, within) for one in value]
        return self.cut(value, within) if isinstance(value, dict) else value


@dataclass(frozen=True)
class Error:
    """`ok: false` with a code, before anything is done."""

    code: str


Fault = RateLimited | ServerError | LoseAnswer | Drop | Slow | Late | Without | Error

ANY_METHOD = ANY
"""Whatever is called."""


class Faults:
    """The faults that are still to happen; each call meets one at most."""

    def __init__(self) -> None:
        self._calls: Orders[Fault] = Orders()

    def add(self, method: str, fault: Fault, times: int = 1, *, channel: str = "") -> None:
        """Lets the next calls of a method (`chat.postMessage`; `response_url` for those) meet a fault.

        Only those that name `channel`, where it is given.
        """
        self._calls.add(method, fault, times, channel)

    def clear(self) -> None:
        """Calls off whatever has not happened yet."""
        self._calls.clear()

    def next(self, method: str, channel: str = "") -> Fault | None:
        """What befalls this call, used up."""
        return self._calls.take(lambda ordered: ordered.meets(method, channel))
