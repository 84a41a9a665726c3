"""By which clock somebody lives."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class TimeZone:
    """As Slack tells of it: by name, and how far it is ahead of UTC now.

    The name alone says how far it will be when clocks have been changed. Where it is not known here, or says something
    else of now than Slack does, Slack's word of now is all there is: rules of time zones change, and not everywhere at
    once.
    """

    name: str = ""  # of the IANA time zone database, "Europe/Berlin"; empty: not told
    utc_offset: int | None = None  # seconds ahead of UTC, as told; None: not told

    def offset_at(self, at: float) -> int:
        """Seconds ahead of UTC now, at `at` (unix seconds)."""
        offset = datetime.fromtimestamp(at, self._at(at)).utcoffset()
        return round(offset.total_seconds()) if offset is not None else 0

    def next_time(self, minutes: int, after: float) -> float:
        """When its clock next shows a time of the day, in unix seconds.

        Args:
            minutes: after midnight, by the clock on the wall.
            after: unix seconds: now.
        """
        zone = self._at(after)
        today = datetime.fromtimestamp(after, zone).date()
        for ahead in range(3):
            wall = datetime.combine(today + timedelta(days=ahead), time(*divmod(minutes, 60)), zone)
            for fold in (0, 1):  # where clocks are put back, it shows some times twice
                if (shown := wall.replace(fold=fold).timestamp()) > after:
                    return shown
        raise AssertionError("every clock shows every time of the day within two days")

    def _at(self, now: float) -> tzinfo:
        told = timezone(timedelta(seconds=self.utc_offset or 0))
        try:
            zone = ZoneInfo(self.name)
        except (KeyError, ValueError, OSError):  # not known here, or no name of a zone at all
            return told
        agrees = self.utc_offset is None or datetime.fromtimestamp(now, zone).utcoffset() == told.utcoffset(None)
        return zone if agrees else told


UTC = TimeZone()
"""Of whom nothing is told."""
