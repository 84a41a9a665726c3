"""What shall go wrong with which call of JD Cloud."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.demo.faults import ALWAYS, ANY, Drop, LoseAnswer, Orders, Slow

__all__ = [
    "ALWAYS",
    "ANY_ACTION",
    "Drop",
    "Fault",
    "Faults",
    "Hang",
    "HideImages",
    "Html",
    "ImageBreaks",
    "LoseAnswer",
    "Refuse",
    "RefuseUnknown",
    "Slow",
    "StartFails",
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


@dataclass(frozen=True)
class Hang:
    """The instance never comes out of `stopping` or `starting`, until somebody helps it by hand."""


@dataclass(frozen=True)
class StartFails:
    """The start is taken, and after `starting` the instance is `stopped` again."""


Aftermath = ImageBreaks | HideImages | Hang | StartFails
"""What befalls that which a call does."""

_AFTER: Mapping[type[Aftermath], tuple[tuple[str, ...], str]] = {
    ImageBreaks: (("createImage",), "makes no image"),
    HideImages: (("createImage",), "makes no image"),
    Hang: (("stopInstance", "startInstance"), "neither stops nor starts anything"),
    StartFails: (("startInstance",), "starts nothing"),
}
"""Of which calls, and what is wrong with others."""

Fault = Trouble | Aftermath

ANY_ACTION = ANY
"""Whatever is called."""


class Faults:
    """The faults that are still to happen.

    What befalls the call (`Trouble`) and what befalls that which it does (`Aftermath`) are used up independently, so
    that an image may break whose answer was lost.
    """

    def __init__(self) -> None:
        self._calls: Orders[Trouble] = Orders()
        self._after: Orders[Aftermath] = Orders()

    def add(self, action: str, fault: Fault, times: int = 1, *, region: str = "", instance: str = "") -> None:
        """Lets the next authorized calls of an action (`createImage`) meet a fault; in one region, or about one
        instance, by its id, where that is named.

        Raises:
            ValueError: what befalls an image, a stop or a start is asked of a call that does none.
        """
        if not isinstance(fault, Aftermath):
            self._calls.add(action, fault, times, instance or region)
            return
        actions, wrong = _AFTER[type(fault)]
        if action not in actions:
            raise ValueError(f"{action} {wrong}")
        self._after.add(action, fault, times, instance or region)

    def clear(self) -> None:
        """Calls off whatever has not happened yet."""
        self._calls.clear()
        self._after.clear()

    def trouble(self, action: str, region: str, resource: str) -> Trouble | None:
        """The next trouble for a call, used up."""
        return self._calls.take(lambda ordered: ordered.meets(action, region, resource))

    def image_breaks(self, region: str, instance: str) -> bool:
        """Whether the image being made is to break, used up."""
        return self._aftermath(ImageBreaks, "createImage", region, instance) is not None

    def image_hidden_for(self, region: str, instance: str) -> float:
        """Seconds for which the image being made is not to be shown, used up."""
        hidden = self._aftermath(HideImages, "createImage", region, instance)
        return hidden.seconds if isinstance(hidden, HideImages) else 0.0

    def hangs(self, action: str, region: str, instance: str) -> bool:
        """Whether the stop or start being done is never to end, used up."""
        return self._aftermath(Hang, action, region, instance) is not None

    def start_fails(self, region: str, instance: str) -> bool:
        """Whether the start being done is to come to nothing, used up."""
        return self._aftermath(StartFails, "startInstance", region, instance) is not None

    def _aftermath(self, kind: type[Aftermath], action: str, *places: str) -> Aftermath | None:
        return self._after.take(lambda ordered: isinstance(ordered.fault, kind) and ordered.meets(action, *places))
