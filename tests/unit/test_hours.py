"""Hours: windows by the clock on a wall, over midnight and over the days on which clocks are changed."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.hours import DAY_MINUTES, Hours, Window, all_open_at

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"
WORKDAYS, EVERY_DAY = frozenset(range(5)), frozenset(range(7))


def at(text: str, zone: str = SHANGHAI) -> float:
    """Unix seconds of a time on the wall."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def hours(begin: int, end: int, days: frozenset[int] = EVERY_DAY, zone: str = SHANGHAI) -> Hours:
    """One window, in whole hours."""
    return Hours((Window(days, begin * 60, end * 60),), zone)


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-11-30T08:59:59", False),  # a Monday
        ("2026-11-30T09:00:00", True),
        ("2026-11-30T17:59:59", True),
        ("2026-11-30T18:00:00", False),
        ("2026-11-29T12:00:00", False),
    ],
)
def test_working_hours(when: str, *, is_open: bool) -> None:
    """The first second belongs to it, the end does not."""
    assert hours(9, 18, WORKDAYS).open_at(at(when)) is is_open


def test_over_midnight() -> None:
    """A night belongs to the day on which it begins: that of Friday lasts until Saturday morning, Sunday has none."""
    nights = hours(22, 4, WORKDAYS)
    assert nights.open_at(at("2026-11-28T03:59:00"))
    assert not nights.open_at(at("2026-11-29T23:00:00"))
    assert nights.opens_at(at("2026-11-28T04:00:00")) == at("2026-11-30T22:00:00")
    assert nights.opens_at(at("2026-11-28T03:00:00")) == at("2026-11-28T03:00:00")


@pytest.mark.parametrize(
    ("window", "text"),
    [
        (Window(WORKDAYS, 22 * 60, 4 * 60), "mon-fri 22:00-04:00"),
        (Window(frozenset({5, 6}), 0, DAY_MINUTES), "sat,sun 00:00-24:00"),
        (Window(frozenset({0, 2, 3, 4, 6}), 9 * 60 + 5, 9 * 60 + 30), "mon,wed-fri,sun 09:05-09:30"),
        (Window(EVERY_DAY, 0, 60), "00:00-01:00"),
    ],
)
def test_as_written(window: Window, text: str) -> None:
    """As short as one would write it."""
    assert str(window) == text
    assert str(Hours((window, window), "UTC")) == f"{text}; {text} UTC"


def test_whole_day() -> None:
    """From 00:00 to 24:00 leaves nothing out."""
    assert Hours((Window(EVERY_DAY, 0, DAY_MINUTES),), SHANGHAI).open_at(at("2026-11-30T23:59:59"))


@pytest.mark.parametrize(("day", "length"), [("2026-03-29", 1), ("2026-10-25", 3)])
def test_clocks_are_changed(day: str, length: int) -> None:
    """A window from 01:00 to 03:00 ends at 03:00, however long that is on the night in which clocks are changed."""
    nightly = hours(1, 3, zone=BERLIN)
    begin = at(f"{day}T01:00:00", BERLIN)
    assert nightly.open_at(begin)
    assert nightly.open_at(begin + length * 3600 - 1)
    assert not nightly.open_at(begin + length * 3600)


@pytest.mark.parametrize(("begin", "end"), [(120, 180), (150, 180)])
def test_a_window_that_is_no_time_at_all(begin: int, end: int) -> None:
    """On the Sunday on which clocks are put forward from 02:00 to 03:00: it opens a week later."""
    sundays = Hours((Window(frozenset({6}), begin, end),), BERLIN)
    opens = sundays.opens_at(at("2026-03-22T03:00:00", BERLIN))
    assert opens == at("2026-04-05T02:00:00", BERLIN) + (begin - 120) * 60


def test_several_at_once() -> None:
    """All of them have to be open; that never comes where no time is in each."""
    day, evening = hours(9, 18), hours(17, 23)
    assert all_open_at([day, evening], at("2026-11-30T10:00:00")) == at("2026-11-30T17:00:00")
    assert all_open_at([day, evening], at("2026-11-30T18:00:00")) == at("2026-12-01T17:00:00")
    assert all_open_at([day, hours(18, 23)], at("2026-11-30T10:00:00")) is None
    assert all_open_at([], 5.0) == 5.0


windows = st.builds(
    Window,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, DAY_MINUTES - 1),
    st.integers(1, DAY_MINUTES),
)
several = st.builds(Hours, st.lists(windows, min_size=1, max_size=3).map(tuple), st.sampled_from([SHANGHAI, BERLIN]))


@given(several, st.integers(1_700_000_000, 1_900_000_000).map(float))
def test_opens_is_the_first_time(open_hours: Hours, when: float) -> None:
    """It is open then, not before, and at once where it is open already."""
    opens = open_hours.opens_at(when)
    assert opens is not None
    assert opens >= when
    assert open_hours.open_at(opens)
    assert (opens == when) == open_hours.open_at(when)
    assert not any(open_hours.open_at(when + (opens - when) * part / 7) for part in range(7)) or opens == when
