"""What a variable may hold: each kind of value parses its text, or says what is wrong with it."""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

QUORUM_AT_MOST = 100
"""People who must approve: more than these no card can name."""

_PERSON_OR_GROUP = re.compile(r"[UWS][A-Z0-9]+")
_REGION = re.compile(r"(?=.{1,50}\Z)[a-z]+(-[a-z0-9]+)+")  # Slack: a block id, which carries it, has 255 characters
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
SQLITE = re.compile(r"sqlite:///([^?#]+)")
POSTGRESQL = re.compile(r"postgres(?:ql)?://\S*")

LONGEST_TTL = timedelta(days=365)
"""How long a request may wait for its approval: in a year the plan, the people and the reason are others. A time
further away than a calendar reaches could not be shown on any card."""

LONGEST = 3600.0
"""Seconds of any one pause, call or lease: within an hour people notice by themselves that nothing happens."""

SHORTEST = 0.001
"""Seconds of the same, for tests: less is no pause at all, and asks as fast as the machine can."""

_REGIONS_AT_MOST = 100  # Slack: options of a select menu

_SHOWN_CHARACTERS = 20
"""Slack's ids, regions and durations are shorter than this; a secret pasted into the wrong variable is longer."""


def shown(value: object, at_most: int = _SHOWN_CHARACTERS) -> str:
    """A wrong value as it may be told: short, or its length alone."""
    text = str(value)
    return f'"{text}"' if len(text) <= at_most and text.isprintable() else f"a value of {len(text)} characters"


def is_utf8(text: str) -> bool:
    """Whether it can be written down at all."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def secret(prefix: str = "") -> AfterValidator:
    """A token or key, by the characters it starts with."""
    # Every one travels in HTTP headers, where a blank or a line break is refused or cuts the header in two.
    shape = re.compile(re.escape(prefix) + r"[!-~]+")

    def check(secret: SecretStr) -> SecretStr:
        if not shape.fullmatch(secret.get_secret_value()):
            raise ValueError("the value does not look like one")
        return secret

    return AfterValidator(check)


def once(items: tuple[str, ...]) -> tuple[str, ...]:
    """A list in which what is said twice counts once."""
    return tuple(dict.fromkeys(items))


def _items(value: object) -> object:
    if not isinstance(value, str):
        return value
    return once(tuple(item for item in map(str.strip, value.split(",")) if item))


def each(pattern: re.Pattern[str]) -> AfterValidator:
    """A list of what is written so, and of nothing else."""

    def check(items: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [shown(item) for item in items if not pattern.fullmatch(item)]
        if wrong:
            raise ValueError(f"not valid: {', '.join(wrong)}")
        return items

    return AfterValidator(check)


def some(items: tuple[str, ...]) -> tuple[str, ...]:
    """A list that may not be empty."""
    if not items:
        raise ValueError("the list is empty")
    return items


def _not_too_many(regions: tuple[str, ...]) -> tuple[str, ...]:
    if len(regions) > _REGIONS_AT_MOST:
        raise ValueError(f"{len(regions)} are more than a menu of Slack's holds, which is {_REGIONS_AT_MOST}")
    return regions


def _duration(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value)
    if match is None:
        raise ValueError(f"{shown(value)} is not a duration")
    try:
        duration = timedelta(**{_UNITS[match[2]]: float(match[1])})
    except OverflowError:
        raise ValueError(f"{shown(value)} is too long") from None
    if duration > LONGEST_TTL:
        raise ValueError(f"{shown(value)} is too long")
    if not duration:
        raise ValueError(f"{shown(value)} is no time at all")
    return duration


def written(seconds: float) -> str:
    """A duration as one would write it: in the largest unit of which it is a whole number."""
    units = (("d", 86_400.0), ("h", 3_600.0), ("m", 60.0), ("s", 1.0))
    unit, length = next((one for one in units if seconds % one[1] == 0), units[-1])
    return f"{seconds / length:g}{unit}"


def _durations(items: object) -> object:
    if not isinstance(items, list | tuple):
        return items
    found: list[timedelta] = []
    wrong: list[str] = []
    for item in items:
        try:
            duration = _duration(item)
        except ValueError as error:
            wrong.append(str(error))
        else:
            if isinstance(duration, timedelta):
                found.append(duration)
            else:
                wrong.append(f"{shown(item)} is not a duration")
    if wrong:
        raise ValueError(", ".join(wrong))
    if any(later <= earlier for earlier, later in pairwise(found)):
        raise ValueError("each must be later than the one before")
    return tuple(found)


def _http_root(value: str) -> str:
    try:
        url = urlsplit(value)
        usable = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:  # a port that is not a number, a bracket that is not closed
        usable = False
    # Not shown whatever it is: an address may carry a password.
    if not usable or re.search(r"[\s@?#]", value):
        raise ValueError("the value is not a plain address")
    return value.rstrip("/")


def _database(secret: SecretStr) -> SecretStr:
    url = secret.get_secret_value()
    if POSTGRESQL.fullmatch(url):
        return secret
    match = SQLITE.fullmatch(url)
    if match is None:
        raise ValueError("the value names no database that the bot knows")
    if match[1] == ":memory:":
        raise ValueError("a database in memory forgets every request when the bot stops")
    return secret


def lower(value: object) -> object:
    """Words may be written in capitals."""
    return value.lower() if isinstance(value, str) else value


Secret = Annotated[SecretStr, secret()]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database)]
Address = Annotated[str, AfterValidator(_http_root)]
Conversation = Annotated[str, Field(pattern=r"^[CGD][A-Z0-9]+$")]
PeopleIds = Annotated[tuple[str, ...], AfterValidator(once), each(_PERSON_OR_GROUP)]
People = Annotated[PeopleIds, BeforeValidator(_items)]
Regions = Annotated[
    tuple[str, ...], BeforeValidator(_items), each(_REGION), AfterValidator(some), AfterValidator(_not_too_many)
]
Duration = Annotated[timedelta, Field(strict=True), BeforeValidator(_duration)]
RisingDurations = Annotated[tuple[timedelta, ...], BeforeValidator(_durations)]
Reminders = Annotated[RisingDurations, BeforeValidator(_items)]
Seconds = Annotated[float, Field(ge=SHORTEST, le=LONGEST, allow_inf_nan=False)]
EXPECTED_SECONDS = f"seconds, from {SHORTEST:g} to {LONGEST:g}"
