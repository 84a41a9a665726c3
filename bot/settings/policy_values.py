"""What a key of the policy file may hold, where no variable of the environment holds the like."""

import re
from functools import partial
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from bot.domain import limits
from bot.domain.hours import DAY_MINUTES, WEEKDAYS, Window
from bot.settings import values
from bot.settings.values import each, once, some

_LINE_AT_MOST = 300
"""Characters of what stands on cards and in forms as one line."""

_NAME_AT_MOST = 50
"""Characters of a rule's name, which stands on cards, in the log and in the audit."""

_DAYS = re.compile(r"({day})(?:-({day}))?".format(day="|".join(WEEKDAYS)))
_TIMES = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)", re.ASCII)

_shown = partial(values.shown, at_most=60)  # there is no secret in a policy file, and its values are longer


def _no_blanks(items: tuple[str, ...]) -> tuple[str, ...]:
    if not all(item.strip() for item in items):
        raise ValueError("one of them is empty")
    return items


def _one_line(at_most: int) -> AfterValidator:
    def check(text: str) -> str:
        text = text.strip()
        if not text:
            raise ValueError("is empty")
        if len(text.splitlines()) > 1:
            raise ValueError("has several lines")
        if len(text) > at_most:
            raise ValueError(f"{len(text)} characters are too many")
        return text

    return AfterValidator(check)


def _globs_of_tags(tags: dict[str, str]) -> dict[str, str]:
    if not tags:
        raise ValueError("the table is empty")
    if not all(key.strip() for key in tags):
        raise ValueError("a tag without a key")
    return tags


def window(text: str) -> Window:
    """What `mon-fri 22:00-04:00` says; without days it says every day.

    Raises:
        ValueError: it says nothing of the kind.
    """
    *days, times = text.lower().split() or [""]
    match = _TIMES.fullmatch(times)
    if match is None or len(days) > 1:
        raise ValueError(f"{_shown(text)} is no window of time")
    begin, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if begin >= DAY_MINUTES or end > DAY_MINUTES:
        raise ValueError(f"{_shown(text)}: a day has 24 hours")
    if begin == end:
        raise ValueError(f"{_shown(text)} is no time at all; 00:00-24:00 is a whole day")
    return Window(_weekdays(days[0]) if days else frozenset(range(len(WEEKDAYS))), begin, end)


def _weekdays(text: str) -> frozenset[int]:
    """What `mon-fri` or `sat,sun` says; `fri-mon` goes on over Sunday."""
    found = set[int]()
    for part in text.split(","):
        match = _DAYS.fullmatch(part)
        if match is None:
            raise ValueError(f"{_shown(part)} is no day of the week")
        first, last = WEEKDAYS.index(match[1]), WEEKDAYS.index(match[2] or match[1])
        found |= {day % len(WEEKDAYS) for day in range(first, last + 1 + (len(WEEKDAYS) if last < first else 0))}
    return frozenset(found)


def _windows(times: tuple[str, ...]) -> tuple[str, ...]:
    for one in times:
        window(one)
    return times


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # not there, no name of one, a folder of several
        raise ValueError(f"{_shown(name)} is no time zone") from None
    return name


def _pattern(text: str) -> str:
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise ValueError(f"{_shown(text)} is no regular expression: {error}") from None
    if pattern.search("") is not None:
        raise ValueError(f"{_shown(text)} fits a text without any ticket")
    return text


def _link(text: str) -> str:
    try:
        url = urlsplit(text)
        usable = url.scheme in {"http", "https"} and bool(url.hostname) and "{ticket}" not in url.netloc
    except ValueError:  # a bracket that is not closed
        usable = False
    if not usable or re.search(r"[\s<>|]", text):
        raise ValueError(f"{_shown(text)} is no address")
    if "{ticket}" not in text:
        raise ValueError(f"{_shown(text)} has no {{ticket}} in it")
    return text


Globs = Annotated[tuple[str, ...], AfterValidator(once), AfterValidator(some), AfterValidator(_no_blanks)]
InstanceIds = Annotated[tuple[str, ...], AfterValidator(once), AfterValidator(some), each(limits.INSTANCE_ID)]
TagGlobs = Annotated[dict[str, str], AfterValidator(_globs_of_tags)]
Name = Annotated[str, _one_line(_NAME_AT_MOST)]
Line = Annotated[str, _one_line(_LINE_AT_MOST)]
Quorum = Annotated[int, Field(strict=True, ge=1, le=values.QUORUM_AT_MOST)]
Windows = Annotated[tuple[str, ...], AfterValidator(some), AfterValidator(_windows)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Link = Annotated[str, AfterValidator(_link)]
