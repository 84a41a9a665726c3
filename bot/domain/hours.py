"""Hours: the times of a week, in a time zone, in which something may happen."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of a week, as they are written."""

DAY_MINUTES = 24 * 60

_ROUNDS = 1000
"""Looks for a time at which several hours are open at once: weeks differ only where clocks are put forward or back."""


@dataclass(frozen=True)
class Window:
    """A time of day, on some days of a week. One that ends before it begins ends on the day after."""

    days: frozenset[int]  # of the days on which it begins; 0 is Monday
    begin: int  # minutes after midnight
    end: int  # minutes after midnight, up to 24 h

    @property
    def minutes(self) -> int:
        """How long it is."""
        return self.end - self.begin if self.end > self.begin else self.end + DAY_MINUTES - self.begin

    def __str__(self) -> str:
        """As it is written in the policy file: `mon-fri 22:00-04:00`."""
        (begin, first), (end, last) = divmod(self.begin, 60), divmod(self.end, 60)
        times = f"{begin:02}:{first:02}-{end:02}:{last:02}"
        return times if len(self.days) == len(WEEKDAYS) else f"{_written(self.days)} {times}"


@dataclass(frozen=True)
class Hours:
    """Windows by the clock on the wall of one place."""

    windows: tuple[Window, ...]
    zone: str  # of the IANA time zone database, "Asia/Shanghai"

    def __str__(self) -> str:
        """Its windows as they are written, and where."""
        return f"{'; '.join(map(str, self.windows))} {self.zone}"

    def open_at(self, at: float) -> bool:
        """Whether it is one of these times.

        Args:
            at: unix seconds.
        """
        return any(begin <= at < end for begin, end in self._around(at))

    def opens_at(self, at: float) -> float | None:
        """The first time from `at` on that is one of them, in unix seconds; None where there is none."""
        return min((max(begin, at) for begin, end in self._around(at) if end > max(begin, at)), default=None)

    def _around(self, at: float) -> Iterator[tuple[float, float]]:
        """From when to when it is open: those of the day before, which may last until today, and of two weeks to
        come: on the day on which clocks are put forward, one may be no time at all.

        Both ends are read off the wall's clock, so that a window that ends at 04:00 does so when clocks were changed
        at 02:00 too.
        """
        zone = ZoneInfo(self.zone)
        today = datetime.fromtimestamp(at, zone).date()
        for ahead in range(-1, 16):
            day = today + timedelta(days=ahead)
            for window in self.windows:
                if day.weekday() in window.days:
                    midnight = datetime.combine(day, time())
                    begin = midnight + timedelta(minutes=window.begin)
                    end = begin + timedelta(minutes=window.minutes)
                    yield begin.replace(tzinfo=zone).timestamp(), end.replace(tzinfo=zone).timestamp()


def all_open_at(several: Iterable[Hours], at: float) -> float | None:
    """The first time from `at` on at which all of them are open, in unix seconds; None where that never comes."""
    hours = tuple(several)
    for _ in range(_ROUNDS):
        opens = [one.opens_at(at) for one in hours]
        if None in opens:
            return None
        latest = max((found for found in opens if found is not None), default=at)
        if latest <= at:
            return at
        at = latest
    return None


def _written(days: Collection[int]) -> str:
    """Days of a week as they are written: those that follow each other as a range, from three on."""
    runs = [[day for _, day in run] for _, run in groupby(enumerate(sorted(days)), lambda one: one[1] - one[0])]
    return ",".join(
        f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}" if len(run) > 2 else ",".join(WEEKDAYS[day] for day in run)
        for run in runs
    )
