"""Jobs and steps: what the cloud is asked, one row each, changed only by moves of their lives, each one guarded UPDATE.

A step that moves takes its job and its request with it: both stand where their steps stand, in the same transaction.
"""

from collections.abc import Collection, Mapping
from typing import TypedDict, Unpack

from bot.domain.asked import runs_again
from bot.domain.errors import Problem
from bot.domain.lifecycle import Notice, Place, State
from bot.domain.request import ImageRequest
from bot.domain.steps import ENDED, UNDER_WAY, JobStep, StepMove, is_wanted
from bot.store.columns import read_problems, write_problems
from bot.store.database import Database, Lease, Stamp, assigned, in_list, listed
from bot.store.jobs import Jobs, read_step
from bot.store.noting import Noting
from bot.store.requests import Requests
from bot.store.rollup import Rollup
from bot.store.step_queue import StepQueue
from bot.store.versions import Versions


class StepChanges(TypedDict, total=False):
    """What a move may write besides the state."""

    attempts: int
    doubtful_calls: int
    doubtful_at: float | Stamp | None
    trying_since: float | Stamp | None
    called_at: float | Stamp
    working_since: float | Stamp | None
    looked_at: float | None
    result: str
    problems: tuple[Problem, ...]
    left_by: str


class Steps(StepQueue):
    """The tables `job` and `step`, and how they move."""

    def __init__(
        self, query: Noting, database: Database, *, requests: Requests, jobs: Jobs, versions: Versions
    ) -> None:
        super().__init__(query, database)
        self._requests, self._jobs, self._versions = requests, jobs, versions
        self._rollup = Rollup(requests, jobs, versions)

    def advance(
        self,
        step: JobStep,
        move: StepMove,
        *,
        at: float,
        actor: str,
        locked: ImageRequest | None = None,
        lease: Lease | None = None,
        keep_lease: bool = False,
        after: float = 0.0,
        detail: Mapping[str, str] | None = None,
        **changes: Unpack[StepChanges],
    ) -> bool:
        """One move of a step, and what follows from it for its job and its request; whether it was still possible.

        Args:
            step: which.
            move: what happens; only from one of its source states.
            at: when, unix seconds.
            actor: a Slack user id, or a worker.
            locked: its request, where this transaction has locked it already.
            lease: the move needs this lease, and ends it.
            keep_lease: renews the lease instead.
            after: seconds until a worker shall look at it next.
            detail: for the event.
            **changes: other columns.
        """
        request = locked or self._requests.lock(step.request_id)
        if request is None or (lease and request.state not in {State.APPROVED, State.WORKING}):
            return False
        asks, steps = lease is not None and move in {StepMove.CALL, StepMove.RECALL}, request.jobs[step.job].steps
        if asks and not is_wanted(steps[step.position], steps, ending=request.ending):
            return False
        columns: dict[str, object] = {**changes}
        if "problems" in changes:
            columns["problems"] = write_problems(changes["problems"])
        if move.target in ENDED:
            columns["ended_at"] = Stamp.NOW
        assignments, given = assigned(columns, self._now)
        guards = [f"state IN ({listed(move.sources)})"]
        if lease:
            guards.append(self._held)
        if move.target in UNDER_WAY:  # whoever is there already holds it, and nobody else does
            guards.append(f"NOT {self._busy}")
        kept = lease if keep_lease else None
        moved = self._query(
            f"""
            UPDATE step SET state = :target, misses = 0, next_at = {self._now} + :after, owner = :owner,
                lease_until = CASE WHEN :owner = '' THEN 0 ELSE {self._now} + :seconds END {assignments}
            WHERE id = :id AND {" AND ".join(guards)}
            RETURNING *
            """,
            id=step.id,
            target=move.target,
            after=after,
            owner=kept.token if kept else "",
            seconds=kept.seconds if kept else 0.0,
            **({"lease": lease.token} if lease else {}),
            **given,
        )
        if not moved:
            return False
        self._requests.record_step(step, move, at=at, actor=actor, detail=detail or {})
        self._rollup.settle(request.moved(read_step(moved[0])), at=at, actor=actor)
        if move is StepMove.DOUBT:
            self._owe_unsure(step.request_id)
        return True

    def end_here(self, request_id: str, *, at: float, actor: str) -> None:
        """A person has ended it: nothing new begins, and what is owed is still done."""
        self._requests.end(request_id, at=at, actor=actor)
        self._rollup.settle(self._requests.existing(request_id), at=at, actor=actor)

    def let_on(self, request_id: str, job: int, *, at: float, actor: str) -> None:
        """A person has said that a job may begin, whatever has become of the one before."""
        instance = self._jobs.let_on(request_id, job)
        self._requests.resume(request_id, at=at, actor=actor, how="go_on", instance=instance)
        self._rollup.settle(self._requests.existing(request_id), at=at, actor=actor)

    def let_go(self, step: JobStep, *, at: float, actor: str) -> None:
        """A person has said that it need not come about. What it was asked to do may yet: that is looked for first."""
        self._query("UPDATE step SET let_go = 1, left_by = :actor WHERE id = :id RETURNING id", id=step.id, actor=actor)
        self.hasten(step.request_id)
        self._rollup.settle(self._requests.existing(step.request_id), at=at, actor=actor)

    def retry(self, request_id: str) -> None:
        """Every step once more under the same approval. The doubt about earlier calls stays, and whoever has answered
        for them did so for the try before.
        """
        self._query(
            """
            UPDATE step SET state = 'planned', attempts = CASE WHEN doubtful_calls > 0 THEN 1 ELSE 0 END,
                trying_since = NULL, working_since = NULL, ended_at = NULL, misses = 0, problems = '[]',
                looked_at = NULL, let_go = 0, left_by = '', next_at = 0
            WHERE request_id = :id
            """,
            id=request_id,
        )
        self._jobs.hold_again(request_id)
        request = self._requests.existing(request_id)
        self._rollup.stand(request, request.jobs)

    def hasten(self, request_id: str) -> None:
        """Whatever was put off is due now."""
        self._query("UPDATE step SET next_at = 0 WHERE request_id = :id AND owner = '' RETURNING id", id=request_id)

    def postpone(
        self,
        step: JobStep,
        seconds: float,
        lease: Lease,
        *,
        misses: int | None = None,
        trying_since: float | Stamp | None = None,
        progress: str | None = None,
        problems: tuple[Problem, ...] | None = None,
    ) -> bool:
        """Nothing to do for so many seconds. Problems and progress, where they are given and new, show on the cards."""
        given = {"misses": misses, "trying_since": trying_since}
        columns = {column: value for column, value in given.items() if value is not None}
        postponed = self._change(step.id, lease, after=seconds, **columns)
        if not postponed:
            return False
        (row,) = self._query("SELECT problems, progress FROM step WHERE id = :id", id=step.id)
        known = read_problems(row["problems"])
        # The same problem comes with another request id of JD Cloud's each time: nothing to draw anew.
        new = problems is not None and [one.code for one in known] != [one.code for one in problems]
        if new or (progress is not None and progress != row["progress"]):
            noted = write_problems(problems) if new and problems is not None else row["problems"]
            self._query(
                "UPDATE step SET problems = :noted, progress = :progress WHERE id = :id RETURNING id",
                id=step.id,
                noted=noted,
                progress=row["progress"] if progress is None else progress,
            )
            self._versions.touch(step.request_id)
        return True

    def postpone_all(self, steps: Collection[JobStep], seconds: float, lease: Lease, *, misses: int | None) -> None:
        """Likewise for steps of which there is nothing new, in one statement; `misses` is None where it stays."""
        these, named = in_list("step", (step.id for step in steps))
        self._query(
            f"""
            UPDATE step SET misses = COALESCE(:misses, misses), next_at = {self._now} + :after,
                owner = '', lease_until = 0
            WHERE id IN ({these}) AND {self._held}
            """,
            after=seconds,
            lease=lease.token,
            misses=misses,
            **named,
        )

    def note_cloud_status(self, step: JobStep, status: str, at: float, lease: Lease) -> None:
        """The cloud says something else of what is made, which the cards show; empty for what its pages document."""
        heard = self._query(
            f"""
            UPDATE step SET cloud_status = :status, cloud_status_since = :at
            WHERE id = :id AND {self._held} RETURNING id
            """,
            id=step.id,
            status=status,
            at=at if status else None,
            lease=lease.token,
        )
        if heard:
            self._versions.touch(step.request_id)

    def owe_machine_off(self, step: JobStep) -> None:
        """A machine that the bot has stopped cannot be started: whoever asked, and whoever decided, hear of it."""
        request = self._requests.existing(step.request_id)
        self._requests.tell(Notice.MACHINE_OFF, request, Place.REQUESTER, Place.THREAD, Place.ANNOUNCE)

    def owe_runs_again(self, step: JobStep) -> None:
        """A machine has to be stopped before its image: whoever asked hears of it, once, where it was stopped then."""
        request = self._requests.existing(step.request_id)
        if runs_again(request):
            where = request.requester
            self._requests.owe(Notice.RUNS_AGAIN, Place.REQUESTER, where, request_id=request.id, version=0)

    def _owe_unsure(self, request_id: str) -> None:
        """A person has to decide; whoever asked for another look sees on the card what came of it."""
        request = self._requests.existing(request_id)
        if request.resumed_how != StepMove.CHECK_AGAIN.event:
            self._requests.tell(Notice.UNSURE, request, Place.THREAD, Place.REQUESTER)
