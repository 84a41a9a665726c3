"""Doubt: what becomes of a step whose call may have taken effect, and of one that does not come about."""

import dataclasses
from dataclasses import dataclass

import structlog

from bot.domain import patience
from bot.domain.errors import Code, Problem
from bot.domain.steps import JobStep, StepState
from bot.jdcloud import CloudError
from bot.service.steps.kind import ForAPerson, Found, Gone, Kind, Task, Trace, Unclear
from bot.service.steps.record import StepRecord
from bot.store import Lease

log = structlog.get_logger(__name__)

OWED_AGAIN = 120.0
"""Seconds after which what is owed is tried again by itself, though the cloud has refused it."""

PATIENCE_OVER = Problem(Code.PATIENCE_OVER, facts={"minutes": f"{patience.PATIENCE / 60:.0f}"})
"""It was tried for as long as it is."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Looks for what calls in doubt may have done, before anything is asked again or said to have failed."""

    record: StepRecord
    grace: float  # seconds after a doubtful call in which what it did may not be seen yet

    async def look(self, kind: Kind, task: Task, lease: Lease) -> Task | None:
        """The task to go on with, where nothing of it is there, as far as a look can tell; None where what it came to
        is done.
        """
        step = task.step
        try:
            trace = await kind.trace(task)
        except CloudError as error:
            if kind.calls_at_most is None:
                await self._wait(task, task.heard(error), lease)
            else:
                await self.record.postponed(step, _pause(step), lease, task.heard(error))
            return None
        log.info("step.looked_for", step=step.kind, request_id=step.request_id, trace=str(trace))
        step = dataclasses.replace(step, misses=step.misses + 1 if isinstance(trace, Gone) else 0)
        return await self._conclude(kind, Task(task.request, step), trace, lease)

    async def _conclude(self, kind: Kind, task: Task, trace: Trace, lease: Lease) -> Task | None:
        step = task.step
        match trace:
            case Found(result):
                await self.record.working(step.settled, result, step.doubtful_at, {"found": "by a look"}, lease)
            case ForAPerson(problem):
                await self.record.unsure(step, problem, lease)
            case Unclear(problem) if kind.calls_at_most is None:
                await self._wait(task, problem, lease)
            case Unclear(problem) if patience.is_over(step.doubtful_at, step.claimed_at):
                await self.record.unsure(step, problem, lease)
            case Unclear(problem):
                await self.record.postponed(step, _pause(step), lease, problem)
            case Gone():
                if patience.is_gone(step.misses, step.doubtful_at, step.claimed_at, self.grace):
                    return Task(task.request, step.settled)
                await self.record.postponed(step, _pause(step), lease)
            case _ if seconds := patience.grace_left(step.doubtful_at, step.claimed_at, self.grace):
                await self.record.postponed(step, seconds, lease)
            case _:
                return task
        return None

    async def _wait(self, task: Task, problem: Problem, lease: Lease) -> None:
        """A look leaves open what may be repeated: no person could say more than the next look, until patience ends.
        The doubt stays, so what makes good the step is owed.
        """
        step = task.step
        given_time = task.owed or patience.is_over(step.doubtful_at, step.claimed_at)
        if given_time and patience.is_over(step.trying_since, step.claimed_at):
            await self.give_up(task, (problem, PATIENCE_OVER), lease)
        else:
            pause = patience.pause(step.trying_since, step.claimed_at)
            await self.record.postponed(step, pause, lease, problem, trying=True)

    async def give_up(self, task: Task, problems: tuple[Problem, ...], lease: Lease) -> None:
        """The end, and why; but what is owed has none: people are told, and it is tried again."""
        step = task.step
        if not task.owed:
            await self.record.failed(step, problems, lease)
            return
        told = task.still_owed()
        if step.state is StepState.CALLING and not step.in_doubt:
            await self.record.deferred(step, (*told, problems[0]), after=OWED_AGAIN, lease=lease, tell=not step.told)
        else:
            await self.record.postponed(step, OWED_AGAIN, lease, *told, problems[0], tell=not step.told)


def _pause(step: JobStep) -> float:
    return patience.pause(step.doubtful_at, step.claimed_at)
