"""The words behind `/createimage freeze`: for how long, and why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.freeze import LONGEST, SHORTEST
from bot.domain.time_zone import TimeZone

EXAMPLE = "freeze 4h release week"
"""How it is typed."""

WHY = 300
"""Characters of a reason that are kept."""

_UNITS = {"m": 60.0, "min": 60.0, "分钟": 60.0, "h": 3600.0, "小时": 3600.0, "d": 86_400.0, "天": 86_400.0}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_PART = re.compile(rf"([0-9]{{1,5}})({_UNIT})")
_DURATION = re.compile(rf"(?:[0-9]{{1,5}}(?:{_UNIT}))+")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])")
_FOR = {"for"}
_UNTIL = {"until", "till", "直到", "到", "至"}


@dataclass(frozen=True)
class FreezeFor:
    """Freeze, for so long or until a time of the day."""

    seconds: float = 0.0
    clock: int | None = None  # minutes after midnight, by the clock of whoever types it; None where seconds are said
    why: str = ""

    def until(self, now: float, time_zone: TimeZone) -> float:
        """When it ends, in unix seconds.

        Args:
            now: unix seconds.
            time_zone: of whoever types it.
        """
        return now + self.seconds if self.clock is None else time_zone.next_time(self.clock, now)


@dataclass(frozen=True)
class FrozenNow:
    """What is frozen now?"""


@dataclass(frozen=True)
class Unfreeze:
    """End what is frozen."""


@dataclass(frozen=True)
class NoDuration:
    """Nobody can tell for how long."""

    words: str  # that were typed for it


def freeze(words: Sequence[str], typed: Sequence[str]) -> FreezeFor | FrozenNow | NoDuration:
    """What somebody means by the words behind `freeze`.

    Args:
        words: each without what Slack, a phone or a paste has put around it, in small letters.
        typed: the same as they were typed, for the reason.
    """
    if not words:
        return FrozenNow()
    taken = 1 + (words[0] in _UNTIL | _FOR) if len(words) > 1 else 1
    said, why = words[taken - 1], " ".join(typed[taken:]).rstrip(".。 ")
    why = why if len(why) <= WHY else why[: WHY - 1] + "…"
    if found := _CLOCK.fullmatch(said):
        return FreezeFor(clock=60 * int(found[1]) + int(found[2]), why=why)
    seconds = _seconds(said) if words[0] not in _UNTIL else 0.0
    if SHORTEST <= seconds <= LONGEST:
        return FreezeFor(seconds, why=why)
    return NoDuration(" ".join(typed[:taken]))


def _seconds(word: str) -> float:
    """`30m`, `4h`, `7d`, `1h30m`; 0 for anything else."""
    if not _DURATION.fullmatch(word):
        return 0.0
    return sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(word))
