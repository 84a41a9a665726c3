"""What shall go wrong with which call of JD Cloud."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.demo.faults import ALWAYS, ANY, Drop, LoseAnswer, Orders, Slow

__all__ = [
    "ALWAYS",
    "ANY_ACTION",
    "Drop",
    "Fault",
    "Faults",
    "HideImages",
    "Html",
    "ImageBreaks",
    "LoseAnswer",
    "Refuse",
    "RefuseUnknown",
    "Slow",
    "Tell",
    "Trouble",
]


@dataclass(frozen=True)
class Refuse:
    """Answers with an error before anything is done, such as 429 `RATE_LIMIT` or 500 `INTERNAL`."""

    http: int
    status: str
    message: str
    retry_after: int | None = None  # seconds, for a Retry-After header; JD Cloud documents none


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

ANY_ACTION = ANY
"""Whatever is called."""


class Faults:
    """The faults that are still to happen.

    What befalls the call (`Trouble`) and what befalls the image that it makes (`ImageBreaks`, `HideImages`) are
    used up independently, so that an image may break whose answer was lost.
    """

    def __init__(self) -> None:
        self._calls: Orders[Trouble] = Orders()
        self._images: Orders[ImageBreaks | HideImages] = Orders()

    def add(self, action: str, fault: Fault, times: int = 1, *, region: str = "") -> None:
        """Lets the next authorized calls of an action (`createImage`) meet a fault; in one region, where it is named.

        Raises:
            ValueError: what befalls an image is asked of a call that makes none.
        """
        if not isinstance(fault, ImageBreaks | HideImages):
            self._calls.add(action, fault, times, region)
        elif action == "createImage":
            self._images.add(action, fault, times, region)
        else:
            raise ValueError(f"{action} makes no image")

    def clear(self) -> None:
        """Calls off whatever has not happened yet."""
        self._calls.clear()
        self._images.clear()

    def trouble(self, action: str, region: str) -> Trouble | None:
        """The next trouble for a call, used up."""
        return self._calls.take(lambda ordered: ordered.meets(action, region))

    def image_breaks(self) -> bool:
        """Whether the image being made is to break, used up."""
        return self._images.take(lambda ordered: isinstance(ordered.fault, ImageBreaks)) is not None

    def image_hidden_for(self) -> float:
        """Seconds for which the image being made is not to be shown, used up."""
        hidden = self._images.take(lambda ordered: isinstance(ordered.fault, HideImages))
        return hidden.seconds if isinstance(hidden, HideImages) else 0.0
