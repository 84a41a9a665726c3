"""A freeze: for a while nothing new begins, everywhere or where some rules decide. What is owed is still done."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

LONGEST = 31 * 86_400.0
"""Seconds that a freeze lasts at most."""

SHORTEST = 60.0
"""Seconds that a freeze lasts at least."""


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """What somebody who decides has frozen. Times are unix seconds."""

    id: int = 0  # 0 before it is stored
    by: str  # a Slack user id
    at: float
    until: float
    why: str = ""  # one line; empty where nothing was said
    scope: tuple[str, ...] | None = None  # the names of the rules; None: all of them, those that come later too
    ended_at: float | None = None  # by a person, before its time
    ended_by: str = ""

    def covers(self, names: Collection[str]) -> bool:
        """Whether it holds up what the rules of these names decide about: one of them is enough."""
        return self.scope is None or not set(self.scope).isdisjoint(names)

    def overlaps(self, other: "Freeze") -> bool:
        """Whether both hold something up."""
        return other.scope is None or self.covers(other.scope)

    def lasts(self, at: float) -> bool:
        """Whether it is in force at a time."""
        return self.ended_at is None and at < self.until


def first_over(freezes: Iterable[Freeze], names: Collection[str]) -> Freeze | None:
    """The first of these freezes that covers the rules of these names."""
    return next((freeze for freeze in freezes if freeze.covers(names)), None)
