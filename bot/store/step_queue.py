"""Steps that are due: what the cloud is to be asked for next, and what it is at and is to be looked at."""

from collections.abc import Sequence
from typing import ClassVar

from bot.domain.steps import JobStep
from bot.store.database import Lease
from bot.store.jobs import read_step
from bot.store.leased import Leased

TOGETHER = 1.0
"""Seconds; steps that are due within them are looked at by one call, and from then on together."""

_TO_CALL = "step.state IN ('planned', 'calling')"
"""SQL: what the cloud is, or may be, still to be asked for."""

_WORKING = "step.state = 'working'"
"""SQL: what the cloud is at."""


class StepQueue(Leased):
    """The table `step`, as workers claim of it."""

    table = "step"

    _busy: ClassVar[str] = """
        EXISTS (
            SELECT 1 FROM job AS other
            WHERE other.instance_id = step.instance_id AND other.state = 'running'
                AND NOT (other.request_id = step.request_id AND other.number = step.job)
        )
    """
    """SQL: whether another job holds the instance of a step."""

    @property
    def _to_ask(self) -> str:
        """SQL: what the cloud is still to be asked for, and whose turn it is."""
        return f"""
            {_TO_CALL}
            AND EXISTS (
                SELECT 1 FROM request WHERE request.id = step.request_id
                    AND request.state IN ('approved', 'working') AND request.begin_at <= {self._now}
            )
            AND NOT EXISTS (
                SELECT 1 FROM step AS earlier
                WHERE earlier.request_id = step.request_id AND earlier.job = step.job
                    AND earlier.position < step.position
                    AND (earlier.state IN ('planned', 'calling', 'working')
                        OR (earlier.state = 'unsure' AND step.undoes IS NULL))
            )
            AND EXISTS (
                SELECT 1 FROM job WHERE job.request_id = step.request_id AND job.number = step.job
                    AND job.state IN ('waiting', 'running')
            )
            AND NOT {self._busy}
        """

    @property
    def any_to_ask(self) -> str:
        """SQL of whether there is anything for `claim_due`."""
        return self._any(self._to_ask)

    @property
    def any_to_watch(self) -> str:
        """SQL of whether there is anything for `claim_working`."""
        return self._any(_WORKING)

    @property
    def next_to_ask(self) -> str:
        """SQL of when the next is due that was put off."""
        return self._next(_TO_CALL)

    @property
    def next_to_watch(self) -> str:
        """Likewise."""
        return self._next(_WORKING)

    def bring_back(self, *, held: float, asked_within: float, watched_within: float) -> None:
        """After the clock went back (see `Leased`)."""
        self._bring_back(_TO_CALL, held=held, within=asked_within)
        self._bring_back(_WORKING, held=held, within=watched_within)

    def claim_due(self, lease: Lease, limit: int) -> Sequence[JobStep]:
        """Steps whose turn it is to be asked for. One waits for those before it in its job, for the turn of its job,
        and while another job holds its instance; one that makes good what was done waits for no person.
        """
        return [read_step(row) for row in self._claim(self._to_ask, lease, limit)]

    def claim_working(self, lease: Lease, limit: int) -> Sequence[JobStep]:
        """A page of steps that the cloud is at, to be looked at by one call: of one kind in one region, those of the
        step that has been due for longest, and what would be due in a moment. What was missing last time is by itself:
        it may have a call refused.
        """
        longest_due = f"""
            (kind, region, misses > 0) = (
                SELECT kind, region, misses > 0 FROM step
                WHERE {_WORKING} AND {self._is_free}
                ORDER BY next_at LIMIT 1
            )
        """
        return [read_step(row) for row in self._claim(_WORKING, lease, limit, among=longest_due, ahead=TOGETHER)]
