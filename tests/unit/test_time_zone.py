"""Somebody's clock: over the days on which it is changed, and where Slack and the machine know different zones."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.time_zone import UTC, TimeZone

BERLIN, HOUR = "Europe/Berlin", 3600
SUMMER, WINTER = 2 * HOUR, HOUR


def at(text: str, fold: int = 0) -> float:
    """Unix seconds of a time on the wall of Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN), fold=fold).timestamp()


@pytest.mark.parametrize(
    ("now", "offset", "clock", "shown"),
    [
        ("2026-10-24T22:00", SUMMER, (8, 0), at("2026-10-25T08:00")),
        ("2026-10-25T00:30", SUMMER, (2, 30), at("2026-10-25T02:30")),
        ("2026-10-25T02:45", SUMMER, (2, 30), at("2026-10-25T02:30", fold=1)),
        ("2026-10-25T03:30", WINTER, (2, 30), at("2026-10-26T02:30")),
        ("2026-03-28T22:00", WINTER, (8, 0), at("2026-03-29T08:00")),
        ("2026-03-29T00:00", WINTER, (2, 30), at("2026-03-29T03:30")),  # no clock shows that
        ("2026-03-29T04:00", SUMMER, (2, 30), at("2026-03-30T02:30")),
        ("2026-07-01T08:00", SUMMER, (8, 0), at("2026-07-02T08:00")),
    ],
)
def test_a_time_is_that_on_the_wall(now: str, offset: int, clock: tuple[int, int], shown: float) -> None:
    """Also where clocks are changed before it comes."""
    assert TimeZone(BERLIN, offset).next_time(clock[0] * 60 + clock[1], at(now)) == shown
    assert TimeZone(BERLIN).next_time(clock[0] * 60 + clock[1], at(now)) == shown
    assert TimeZone(BERLIN).offset_at(at(now)) == offset


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "a\0b", "America/New_York"])
def test_what_slack_says_of_now_is_all_there_is(name: str) -> None:
    """Where the name is none, or is of a zone that says something else of now."""
    zone, now = TimeZone(name, SUMMER), at("2026-10-24T22:00")
    assert zone.offset_at(now) == SUMMER
    assert zone.next_time(8 * 60, now) == at("2026-10-24T22:00") + 10 * HOUR


def test_of_whom_nothing_is_told() -> None:
    """By UTC."""
    assert UTC.offset_at(0.0) == 0
    assert UTC.next_time(60, 0.0) == HOUR
