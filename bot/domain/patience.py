"""How long is waited, as pure functions of what is known: when again, and when no more. Times are unix seconds,
all of the database's clock: what is stored of a step is its, and so is `now` (`JobStep.claimed_at`).
"""

PATIENCE = 1800.0
"""Seconds a request waits for an instance or a cloud that is busy, from its own first try, before it fails."""


MISSES_AT_MOST = 5
"""What is missing from this many looks in a row, and past the grace, is gone; before that it is only unknown."""


def pause(since: float | None, now: float) -> float:
    """Seconds until the next try: half of what has been waited so far, between 2 and 60."""
    return min(max((now - (now if since is None else since)) / 2, 2.0), 60.0)


def is_gone(misses: int, since: float | None, now: float, grace: float) -> bool:
    """Whether what was asked for is gone, and not merely missing from so many looks in a row: unknown is not no."""
    return misses >= MISSES_AT_MOST and not grace_left(since, now, grace)


def is_over(since: float | None, now: float) -> bool:
    """Whether it was tried for long enough."""
    return since is not None and now - since > PATIENCE


def grace_left(since: float | None, now: float, grace: float) -> float:
    """Seconds in which what was asked for may not be listed yet: until then, not found settles nothing.

    A clock that was put back tells nothing; the pauses, which are the database's, still do.
    """
    waited = now - since if since is not None else grace
    return grace - waited if 0 <= waited < grace else 0.0
