"""What there is to do: one statement tells it of everything that time or another process may bring, so that a process
to which nothing happens asks nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Work(StrEnum):
    """Kinds of work, by the names that the worker has for them."""

    CHECK = "check"
    ASK = "ask"
    WATCH = "watch"
    NOTICES = "notices"
    CARDS = "cards"
    SETTLED = "settled"
    EXPIRE = "expire"
    REMIND = "remind"
    REVIEW = "review"
    SETTLE = "settle"


@dataclass(frozen=True)
class Due:
    """What is to be done, as the database saw it."""

    at: float  # unix seconds, by the clock that all replicas share
    work: tuple[Work, ...]
    again: float | None = None  # seconds until the first of what was put off is due; None where nothing was


def statement(now: str, due: Mapping[Work, str], put_off: Mapping[Work, str]) -> str:
    """SQL that asks all of it at once.

    Args:
        now: SQL of the time.
        due: SQL of whether there is any of it.
        put_off: SQL of when the first of it is due that is not yet.
    """
    asked = [f"{condition} AS any_{work}" for work, condition in due.items()]
    asked += [f"{next_at} AS next_{work}" for work, next_at in put_off.items()]
    return f"SELECT {now} AS seen_at, {', '.join(asked)}"
