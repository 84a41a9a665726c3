"""What becomes of a step, written down: each time a move of its life, under the lease that whoever acts holds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

import structlog

from bot.domain.cloud import Seen
from bot.domain.errors import Problem
from bot.domain.steps import JobStep, StepMove, StepState
from bot.service.ports import Clock
from bot.store import Lease, Stamp, Store, Transaction

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class StepRecord:
    """Writes what is known of a call, and of the calls before it that are still in doubt."""

    store: Store
    clock: Clock

    async def calling(
        self,
        intent: JobStep,
        *,
        before: JobStep,
        seen: Seen | None,
        at: float,
        after: float,
        lease: Lease,
        unless: Callable[[Transaction], bool],
    ) -> bool:
        """The call is about to be made. Whether it may be: the request may have been cancelled, ended or taken over,
        or another job holds the instance.

        Args:
            intent: the step as it is once the call is on its way, but for the time of that.
            before: the step until now.
            seen: how its instance was just found, which is noted with it.
            at: when, unix seconds.
            after: seconds; should we die now, this is when somebody looks for what it did.
            lease: kept, as the call is still to be made.
            unless: what may have come to stand against it meanwhile.
        """

        def work(tx: Transaction) -> bool:
            request = tx.requests.lock(before.request_id)
            if request is None:
                return False
            if seen:
                tx.requests.note_seen(request.id, before.job, seen)
            tx.events.touch()  # whatever comes to stand against it is added there: it waits for us, or is seen now
            return not unless(tx) and tx.steps.advance(
                intent,
                StepMove.RECALL if before.state is StepState.CALLING else StepMove.CALL,
                at=at,
                actor=lease.owner,
                locked=request,
                lease=lease,
                keep_lease=True,
                after=after,
                attempts=intent.attempts,
                doubtful_calls=intent.doubtful_calls,
                doubtful_at=Stamp.NOW,
                called_at=Stamp.NOW,
                looked_at=None,
                problems=intent.told,
            )

        return await self.store.transact(work)

    async def working(
        self, step: JobStep, result: str, since: float | Stamp | None, told: dict[str, str], lease: Lease
    ) -> None:
        """The cloud is at it; `told` is what the event says beside what the cloud calls it."""
        recorded = await self.store.transact(
            lambda tx: tx.steps.advance(
                step,
                StepMove.ACCEPT,
                at=self.clock(),
                actor=lease.owner,
                lease=lease,
                detail=({step.kind: result} if result else {}) | told,
                result=result,
                working_since=since,
                **_known(step),
                problems=step.told,
            )
        )
        log.info("step.accepted", step=step.kind, request_id=step.request_id, result=result, recorded=recorded, **told)

    async def deferred(
        self, step: JobStep, problems: tuple[Problem, ...], *, after: float, lease: Lease, tell: bool = False
    ) -> None:
        """Certainly nothing was done: the same call again, after so many seconds."""

        def work(tx: Transaction) -> None:
            moved = tx.steps.advance(
                step,
                StepMove.DEFER,
                at=self.clock(),
                actor=lease.owner,
                lease=lease,
                after=after,
                **_known(step),
                trying_since=Stamp.ONCE,
                problems=step.saying(*problems),
            )
            if moved and tell:
                tx.steps.owe_machine_off(step)

        await self.store.transact(work)

    async def held(self, step: JobStep, problem: Problem | None, lease: Lease) -> bool:
        """This call is settled, an earlier one is not: written down before anything else. Whether it was."""
        return await self.store.transact(
            lambda tx: tx.steps.advance(
                step,
                StepMove.HOLD,
                at=self.clock(),
                actor=lease.owner,
                lease=lease,
                keep_lease=True,
                **_known(step),
                problems=step.saying(problem) if problem else step.told,
            )
        )

    async def skipped(self, step: JobStep, why: str, lease: Lease) -> None:
        """It is not needed."""
        await self.store.transact(
            lambda tx: tx.steps.advance(
                step,
                StepMove.SKIP,
                at=self.clock(),
                actor=lease.owner,
                lease=lease,
                detail={"why": why},
                **_known(step),
                problems=(),
            )
        )
        log.info("step.not_needed", step=step.kind, request_id=step.request_id, why=why)

    async def failed(self, step: JobStep, problems: tuple[Problem, ...], lease: Lease) -> None:
        """The end, and why."""
        await self.store.transact(
            lambda tx: tx.steps.advance(
                step,
                StepMove.DRIFT if step.state is StepState.PLANNED else StepMove.REFUSE,
                at=self.clock(),
                actor=lease.owner,
                lease=lease,
                detail={"codes": ", ".join(problem.code for problem in problems)},
                **_known(step),
                problems=problems,
            )
        )
        log.warning(
            "step.failed", step=step.kind, request_id=step.request_id, codes=[problem.code for problem in problems]
        )

    async def unsure(self, step: JobStep, problem: Problem, lease: Lease, heard: tuple[Problem, ...] = ()) -> None:
        """Nobody can tell whether it took effect: a person has to look. `heard` is what the cloud said before."""
        now = self.clock()
        await self.store.transact(
            lambda tx: tx.steps.advance(
                step,
                StepMove.DOUBT,
                at=now,
                actor=lease.owner,
                lease=lease,
                looked_at=now,
                problems=(problem, *heard),
            )
        )
        log.warning("step.unsure", step=step.kind, request_id=step.request_id, code=problem.code)

    async def postponed(
        self,
        step: JobStep,
        seconds: float,
        lease: Lease,
        *problems: Problem,
        trying: bool = False,
        tell: bool = False,
        for_people: bool = False,
    ) -> None:
        """Nothing was done; it is looked at again in so many seconds. `trying` says that its patience has begun,
        `for_people` that it has come to wait for them.
        """
        said = step.saying(*problems) if problems else None
        since = Stamp.ONCE if trying else None

        def work(tx: Transaction) -> None:
            postponed = tx.steps.postpone(step, seconds, lease, misses=step.misses, trying_since=since, problems=said)
            if postponed and tell:
                tx.steps.owe_machine_off(step)
            if postponed and for_people:
                tx.steps.owe_runs_again(step)

        await self.store.transact(work)


class _Known(TypedDict):
    attempts: int
    doubtful_calls: int
    doubtful_at: float | None


def _known(step: JobStep) -> _Known:
    """What is known of its calls: it is written with whatever becomes of the step."""
    return {"attempts": step.attempts, "doubtful_calls": step.doubtful_calls, "doubtful_at": step.doubtful_at}
