"""When again, and when no more: by what is known, not by when it was approved."""

import pytest

from bot.domain.patience import grace_left, is_over, pause


@pytest.mark.parametrize(("waited", "seconds"), [(None, 2), (0, 2), (3, 2), (10, 5), (120, 60), (9999, 60), (-3600, 2)])
def test_pauses_grow_with_what_was_waited(waited: float | None, seconds: float) -> None:
    """From two seconds to a minute, whatever the clock does."""
    assert pause(None if waited is None else 10_000 - waited, 10_000) == seconds


@pytest.mark.parametrize(("waited", "over"), [(None, False), (0, False), (1800, False), (1801, True), (-3600, False)])
def test_patience_ends_half_an_hour_after_the_first_try(waited: float | None, over: bool) -> None:  # noqa: FBT001 - the verdict
    """What has not been tried has not been waited for."""
    assert is_over(None if waited is None else 10_000 - waited, 10_000) is over


@pytest.mark.parametrize(("waited", "left"), [(None, 0), (0, 120), (100, 20), (120, 0), (9999, 0), (-3600, 0)])
def test_the_grace_is_counted_from_the_call(waited: float | None, left: float) -> None:
    """Until it is over, not found settles nothing; a clock that was put back is no reason to wait for an hour."""
    assert grace_left(None if waited is None else 10_000 - waited, 10_000, 120) == left
