"""Trouble on order: what both stand-ins may do wrong, used up in the order it was asked for."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["ALWAYS", "ANY", "Drop", "LoseAnswer", "Ordered", "Orders", "Slow"]

F = TypeVar("F")

ANY = "*"
"""Whatever is called."""

ALWAYS = sys.maxsize
"""So many times that it goes on until the faults are cleared."""


@dataclass(frozen=True)
class Slow:
    """Waits, then does what was asked: also when the caller has given up by then."""

    seconds: float


@dataclass(frozen=True)
class LoseAnswer:
    """Does what was asked and closes the connection without an answer."""


@dataclass(frozen=True)
class Drop:
    """Closes the connection before anything is done."""


@dataclass
class Ordered(Generic[F]):
    """A fault that is still to happen, so many times."""

    call: str  # `ANY` for each
    fault: F
    left: int
    place: str  # a region, an instance, a channel; empty for each

    def meets(self, call: str, *places: str) -> bool:
        """Whether this call is to meet it, which is made in these places."""
        return self.call in {ANY, call} and self.place in {"", *places}


class Orders(Generic[F]):
    """The faults that are still to happen."""

    def __init__(self) -> None:
        self._ordered: list[Ordered[F]] = []

    def add(self, call: str, fault: F, times: int, place: str) -> None:
        """One more, after those that were asked for before."""
        self._ordered.append(Ordered(call, fault, times, place))

    def clear(self) -> None:
        """Calls off whatever has not happened yet."""
        self._ordered.clear()

    def take(self, meets: Callable[[Ordered[F]], bool]) -> F | None:
        """The first one that is met, used up once."""
        for ordered in self._ordered:
            if meets(ordered):
                ordered.left -= 1
                if ordered.left <= 0:
                    self._ordered.remove(ordered)
                return ordered.fault
        return None
