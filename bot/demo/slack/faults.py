"""Trouble on order: what shall befall which Web API call, used up in the order it was asked for."""

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class RateLimited:
    """HTTP 429 with `Retry-After`, before anything is done."""

    retry_after: int | None  # seconds; None: the header is missing


@dataclass(frozen=True)
class ServerError:
    """HTTP 500, 502, 503 or 504, before anything is done."""

    status: int = 500


@dataclass(frozen=True)
class LoseAnswer:
    """Does what was asked and closes the connection without an answer."""


@dataclass(frozen=True)
class Drop:
    """Closes the connection before anything is done."""


@dataclass(frozen=True)
class Slow:
    """Waits, then does what was asked: also when the caller has given up by then."""

    seconds: float


@dataclass(frozen=True)
class Late:
    """HTTP 504 at once; what was asked is done so many seconds later all the same."""

    seconds: float


@dataclass(frozen=True)
class Without:
    """Does what was asked, and leaves these fields out of the answer."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class Error:
    """`ok: false` with a code, before anything is done."""

    code: str


Fault = RateLimited | ServerError | LoseAnswer | Drop | Slow | Late | Without | Error

ANY_METHOD = "*"
"""Whatever is called."""

ALWAYS = sys.maxsize
"""So many times that it goes on until the faults are cleared."""


@dataclass
class _Ordered:
    method: str
    fault: Fault
    left: int
    channel: str


class Faults:
    """The faults that are still to happen; each call meets one at most."""

    def __init__(self) -> None:
        self._ordered: list[_Ordered] = []

    def add(self, method: str, fault: Fault, times: int = 1, *, channel: str = "") -> None:
        """Lets the next calls of a method (`chat.postMessage`; `response_url` for those) meet a fault.

        Only those that name `channel`, where it is given.
        """
        self._ordered.append(_Ordered(method, fault, times, channel))

    def clear(self) -> None:
        """Calls off whatever has not happened yet."""
        self._ordered.clear()

    def next(self, method: str, channel: str = "") -> Fault | None:
        """What befalls this call, used up."""
        for ordered in self._ordered:
            if ordered.method in {ANY_METHOD, method} and ordered.channel in {"", channel}:
                ordered.left -= 1
                if ordered.left <= 0:
                    self._ordered.remove(ordered)
                return ordered.fault
        return None
