"""Trouble on order: what shall go wrong with which call, used up in the order it was asked for."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Refuse:
    """Answers with an error before anything is done, such as 429 `RATE_LIMIT` or 500 `INTERNAL`."""

    http: int
    status: str
    message: str
    retry_after: int | None = None  # seconds, for a Retry-After header; JD Cloud documents none


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


@dataclass(frozen=True)
class Html:
    """A gateway's error page, which is not JSON, before anything is done."""

    status: int


@dataclass(frozen=True)
class Tell:
    """Does what was asked, and tells of it what this makes of the result: less, more, or something else."""

    change: Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class RefuseUnknown:
    """Refuses a whole describeImages, 404, where one of its ids is not there."""


@dataclass(frozen=True)
class ImageBreaks:
    """The image that is made ends as `error` instead of `ready`."""


@dataclass(frozen=True)
class HideImages:
    """The image that is made is not shown to any describe call for a while."""

    seconds: float


Trouble = Refuse | Slow | LoseAnswer | Drop | Html | Tell | RefuseUnknown
"""What befalls a call; each call meets one at most."""

Fault = Trouble | ImageBreaks | HideImages


ANY_ACTION = "*"
"""Whatever is called."""

ALWAYS = sys.maxsize
"""So many times that it goes on until the faults are cleared."""


@dataclass
class _Ordered:
    action: str
    fault: Fault
    left: int
    region: str


class Faults:
    """The faults that are still to happen.

    What befalls the call (`Trouble`) and what befalls the image that it makes (`ImageBreaks`, `HideImages`) are
    used up independently, so that an image may break whose answer was lost.
    """

    def __init__(self) -> None:
        self._ordered: list[_Ordered] = []

    def add(self, action: str, fault: Fault, times: int = 1, *, region: str = "") -> None:
        """Lets the next authorized calls of an action (`createImage`) meet a fault; in one region, where it is named.



        Raises:
            ValueError: what befalls an image is asked of a call that makes none.
        """
        if isinstance(fault, ImageBreaks | HideImages) and action != "createImage":
            raise ValueError(f"{action} makes no image")
        self._ordered.append(_Ordered(action, fault, times, region))

    def clear(self) -> None:
        """Calls off whatever has not happened yet."""
        self._ordered.clear()

    def trouble(self, action: str, region: str) -> Trouble | None:
        """The next trouble for a call, used up."""
        for ordered in self._ordered:
            if ordered.action not in {ANY_ACTION, action} or ordered.region not in {"", region}:
                continue
            if not isinstance(ordered.fault, ImageBreaks | HideImages):
                self._use(ordered)
                return ordered.fault
        return None

    def image_breaks(self) -> bool:
        """Whether the image being made is to break, used up."""
        for ordered in self._ordered:
            if isinstance(ordered.fault, ImageBreaks):
                self._use(ordered)
                return True
        return False

    def image_hidden_for(self) -> float:
        """Seconds for which the image being made is not to be shown, used up."""
        for ordered in self._ordered:
            if isinstance(ordered.fault, HideImages):
                self._use(ordered)
                return ordered.fault.seconds
        return 0.0

    def _use(self, ordered: _Ordered) -> None:
        ordered.left -= 1
        if ordered.left <= 0:
            self._ordered.remove(ordered)
