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
    CARDS = "cards"
    NOTICES = "notices"
    EXPIRE = "expire"
    REMIND = "remind"
    REVIEW = "review"
    SETTLE = "settle"


@dataclass(frozen=True)
class Due:
    """What is to be done, as the database saw it."""

    at: float  # unix seconds, by the clock that all replicas share
    work: tuple[Work, ...]


def statement(now: str, due: Mapping[Work, str]) -> str:
    """SQL that asks all of it at once.

    Args:
        now: SQL of the time.
        due: SQL of whether there is any of it.
    """
    return f"SELECT {now} AS seen_at" + "".join(f", {condition} AS any_{work}" for work, condition in due.items())
