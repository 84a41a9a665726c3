"""Asking: intent, act, record. What a step asks of the cloud takes effect once, whatever happens to the answers."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import structlog

from bot import metrics
from bot.domain import patience
from bot.domain.cloud import Accepted
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import State
from bot.domain.request import ImageRequest
from bot.domain.steps import ENDED, JobStep, StepState, is_owed
from bot.jdcloud import CloudError, Outcome, WrongInstanceStatus
from bot.service.begun import Begun
from bot.service.gate import Closed, Gate
from bot.service.ports import Clock
from bot.service.steps.doubt import PATIENCE_OVER, Doubt
from bot.service.steps.kind import Kind, Never, NotNeeded, NotYet, Ready, Task
from bot.service.steps.record import StepRecord
from bot.store import Lease, Stamp, Store, Transaction

log = structlog.get_logger(__name__)

SEND_WITHIN = 5.0
"""Seconds after the intent in which the call may still be sent. A process that slept longer than that, or longer than
half its lease, may have been succeeded: it sends nothing."""

AFTER_FAULT = 60.0
"""Seconds, at least, after something nobody planned for."""

LOOK_AT_THE_GATE = 60.0
"""Seconds between two looks, at most, whether something new may begin: the rules may be changed meanwhile."""

WAIT_FOR_PEOPLE = 20.0
"""Seconds between two looks, at most, at an instance that people have to stop."""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Brings steps to the cloud, whatever their kind.

    The cloud knows no idempotency token. So a call whose answer is not known leaves its step in doubt, and as long as
    it is, whatever happens meanwhile, what it may have done is looked for before anything is asked again, and before
    the step is said to have failed.
    """

    store: Store
    gate: Gate
    kinds: Mapping[str, Kind]
    grace: float  # seconds after a doubtful call in which what it did may not be seen yet
    clock: Clock

    @property
    def _record(self) -> StepRecord:
        return StepRecord(store=self.store, clock=self.clock)

    @property
    def _doubt(self) -> Doubt:
        return Doubt(record=self._record, grace=self.grace)

    def begin(self, tx: Transaction, step: JobStep, lease: Lease) -> Begun:
        """What is to be done about a step that is planned or calling, and that this transaction has claimed."""
        request = tx.requests.get(step.request_id)
        closed = self.gate.closed(tx, request) if request else None
        return partial(self._ask, step, request, closed, lease)

    async def _ask(self, step: JobStep, request: ImageRequest | None, closed: Closed | None, lease: Lease) -> None:
        kind = self.kinds.get(step.kind)
        if request is None or kind is None:  # of a newer version: it waits for one
            log.error("step.unknown_kind", request_id=step.request_id, kind=step.kind)
            await self._record.postponed(step, AFTER_FAULT, lease)
            return
        task = await self._look_back(kind, Task(request, step), lease)
        if task is None:
            return
        step = task.step
        if not task.wanted:
            await self._record.skipped(step.settled, "not wanted any more", lease)
        elif not task.owed and (forbidden := self._forbidden(task, closed)):
            await self._fail(kind, task, forbidden, lease)
        elif not task.owed and closed is not None:
            await self.store.transact(lambda tx: self._wait_at_the_gate(tx, step, lease))
        elif kind.calls_at_most is not None and step.attempts >= kind.calls_at_most:
            await self._record.unsure(step, Problem(Code.ANSWER_LOST), lease, heard=step.problems)
        elif ready := await self._ready(kind, task, lease):
            await self._call(kind, task, ready, lease)

    async def broke(self, step: JobStep, lease: Lease, reference: str) -> None:
        """Nobody planned for what happened: the card says so, and the step is taken up again after the grace, for by
        then the call may have been made.
        """
        problem = Problem(Code.UNPLANNED, facts={"reference": reference})
        await self._record.postponed(step, max(self.grace, AFTER_FAULT), lease, problem)

    def _wait_at_the_gate(self, tx: Transaction, step: JobStep, lease: Lease) -> None:
        """Nothing begins yet. That is looked at once more: whoever has opened the gate meanwhile could not hasten what
        we held.
        """
        request = tx.requests.lock(step.request_id)
        if request and (closed := self.gate.closed(tx, request)):
            pause = min(max(closed.until - self.clock(), 1.0), LOOK_AT_THE_GATE)
            tx.steps.postpone(step, pause, lease, problems=step.saying(closed.problem))
        else:
            tx.steps.postpone(step, 0.0, lease)

    def _forbidden(self, task: Task, closed: Closed | None) -> tuple[Problem, ...]:
        """Why a step can never begin any more. A machine that we have stopped does not wait for the gate to open: there
        will be no image, and it is started again.
        """
        steps = task.request.jobs[task.step.job].steps
        if any(is_owed(step, steps) and step.state not in ENDED for step in steps):
            return (Problem(Code.CLOSED_MEANWHILE), closed.problem) if closed else ()
        return () if task.begun else self.gate.forbidden(task.request, task.step.job)

    def _is_barred(self, tx: Transaction, task: Task) -> bool:
        """Whether a freeze, or the rules, which may have been changed since it was looked at, are against it now."""
        return self.gate.closed(tx, task.request) is not None or bool(self._forbidden(task, None))

    async def _ready(self, kind: Kind, task: Task, lease: Lease) -> Ready | None:
        """Whether the approved plan holds, and the step can be asked for now; else what stands against it is said."""
        try:
            answer = await kind.prepare(task)
        except CloudError as error:
            if error.outcome is Outcome.REFUSED:
                await self._fail(kind, task, (task.heard(error),), lease)
            else:
                await self._wait(kind, task, task.heard(error), lease)
            return None
        match answer:
            case Ready():
                return answer
            case NotNeeded() if task.step.in_doubt:  # it may be so by our own call: the next look takes it for that
                await self._record.postponed(task.step, 1, lease)
            case NotNeeded(why):
                await self._record.skipped(task.step, why, lease)
            case NotYet(problem, patient=True) if self._is_over(task):
                # The request does not expire, as something has, or may have, begun.
                over = Problem(Code.APPROVAL_EXPIRED, facts={"request": task.request.id})
                await self._fail(kind, task, (problem, over), lease)
            case NotYet(problem, patient=True):
                pause = min(patience.pause(task.request.approved_at, self.clock()), WAIT_FOR_PEOPLE)
                told = any(one.code is problem.code for one in task.step.problems)
                await self._record.postponed(task.step, pause, lease, problem, for_people=not told)
            case NotYet(problem):
                await self._wait(kind, task, problem, lease)
            case Never(problems):
                await self._fail(kind, task, problems, lease)
        return None

    def _is_over(self, task: Task) -> bool:
        """Whether nothing is waited for any longer, and it is not the request that expires."""
        begun = task.step.in_doubt or task.request.state is State.WORKING
        return begun and self.clock() >= task.request.expires_at

    async def _call(self, kind: Kind, task: Task, ready: Ready, lease: Lease) -> None:
        step, now = task.step, self.clock()
        intent = dataclasses.replace(
            step,
            state=StepState.CALLING,
            attempts=step.attempts + 1,
            doubtful_calls=step.doubtful_calls + 1,
        )
        written = await self._record.calling(
            intent,
            before=step,
            seen=ready.seen,
            at=now,
            after=self.grace,
            lease=lease,
            unless=lambda tx: not task.owed and self._is_barred(tx, task),
        )
        if not written:  # cancelled, ended, taken over, another job holds the instance, or the gate was closed just now
            await self._record.postponed(step, 1, lease)
            return
        if step.called_at is None and step.position == 0:
            metrics.APPROVAL_TO_LAUNCH.observe(max(0.0, now - (task.request.approved_at or now)))
        # A definite answer ends the doubt about this very call, and about no other.
        answered = dataclasses.replace(intent, attempts=step.attempts, doubtful_calls=step.doubtful_calls)
        if self.clock() - now > min(SEND_WITHIN, lease.seconds / 2):
            log.warning("step.not_sent", step=step.kind, request_id=step.request_id, seconds=self.clock() - now)
            await self._defer(kind, Task(task.request, answered), None, lease)
            return
        region = task.job.region
        try:
            accepted = await kind.call(task)
        except CloudError as error:
            metrics.STEP_CALLS.labels(step.kind, region, error.outcome).inc()
            doubtful = error.outcome is Outcome.DOUBTFUL
            await self._not_accepted(kind, Task(task.request, intent if doubtful else answered), error, lease)
        else:
            metrics.STEP_CALLS.labels(step.kind, region, "accepted").inc()
            await self._accepted(answered, accepted, lease)

    async def _not_accepted(self, kind: Kind, task: Task, error: CloudError, lease: Lease) -> None:
        problem, step = task.heard(error), task.step
        log.warning(
            "step.not_accepted",
            step=step.kind,
            request_id=step.request_id,
            outcome=error.outcome,
            code=problem.code,
            cloud_request_id=error.request_id,
            message=error.message,
        )
        match error.outcome:
            case Outcome.REFUSED if isinstance(error, WrongInstanceStatus) and kind.calls_at_most is None:
                # It is not as it was seen, perhaps by our own call: looked at again.
                await self._defer(kind, task, problem, lease)
            case Outcome.REFUSED:
                if not step.in_doubt or await self._record.held(step, problem, lease):
                    await self._fail(kind, task, (problem,), lease)
            case Outcome.TRY_AGAIN:
                await self._defer(kind, task, problem, lease)
            case Outcome.DOUBTFUL:  # stays as it is; what it did is looked for after the grace
                await self._record.postponed(step, self.grace, lease, problem)

    async def _accepted(self, step: JobStep, accepted: Accepted, lease: Lease) -> None:
        # Months later, JD Cloud's support asks for the id of the call.
        told = {"cloud_request_id": accepted.request_id} if accepted.request_id else {}
        await self._record.working(step, accepted.result, Stamp.NOW, told, lease)

    async def _defer(self, kind: Kind, task: Task, problem: Problem | None, lease: Lease) -> None:
        """Certainly nothing was done: the same call again later, until patience ends."""
        step = task.step
        if step.in_doubt:
            if await self._record.held(step, problem, lease):
                await self._wait(kind, task, problem, lease)
            return
        if problem and patience.is_over(step.trying_since, step.claimed_at):
            await self._fail(kind, task, (problem, PATIENCE_OVER), lease)
            return
        after = patience.pause(step.trying_since, step.claimed_at)
        problems = (problem,) if problem else ()
        await self._record.deferred(step, problems, after=after, lease=lease)

    async def _wait(self, kind: Kind, task: Task, problem: Problem | None, lease: Lease) -> None:
        """The step cannot be checked or asked for yet: later again, until patience ends."""
        step = task.step
        if problem and patience.is_over(step.trying_since, step.claimed_at):
            await self._fail(kind, task, (problem, PATIENCE_OVER), lease)
            return
        pause = patience.pause(step.trying_since, step.claimed_at)
        problems = (problem,) if problem else ()
        await self._record.postponed(step, pause, lease, *problems, trying=True)

    async def _fail(self, kind: Kind, task: Task, problems: tuple[Problem, ...], lease: Lease) -> None:
        """The end; but while an earlier call is in doubt, its work is looked for first, and what is owed has no end."""
        if left := await self._look_back(kind, task, lease):
            await self._doubt.give_up(left, problems, lease)

    async def _look_back(self, kind: Kind, task: Task, lease: Lease) -> Task | None:
        """As it is to go on with, where nothing shows what a call in doubt may have done; None where that is done."""
        return await self._doubt.look(kind, task, lease) if task.step.in_doubt else task
