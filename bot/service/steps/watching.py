"""Watching: the steps that the cloud is at, looked at a hundred at a time until it says how they ended."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import structlog

from bot import metrics
from bot.domain import patience
from bot.domain.cloud import Seen
from bot.domain.errors import Code, Problem
from bot.domain.steps import JobStep, StepMove
from bot.jdcloud import IMAGES_PER_CALL, AuthenticationFailed, CloudError, Forbidden, NotFound, Outcome
from bot.service.ports import Clock
from bot.service.steps.asking import OWED_AGAIN
from bot.service.steps.kind import Absent, Broke, Going, Happened, Kind, Sight, Task
from bot.store import Lease, StepChanges, Store, Transaction

log = structlog.get_logger(__name__)

MISSES_AT_MOST = 5
"""What is missing from this many looks in a row, and past the grace, is gone; before that it is only unknown."""

AT_ONCE = 4
"""Steps that are looked at one by one at the same time."""

LONGEST_STATUS = 64
"""Characters of a status that are shown."""

SLOW_AFTER = 2.0
"""A step that takes this many times the usual is called slower than usual. Nothing fails by our clock."""


@dataclass(frozen=True, kw_only=True)
class Watching:
    """Looks at steps that are under way: one call for up to a hundred of a kind in a region."""

    store: Store
    kinds: Mapping[str, Kind]
    interval: float  # seconds between two looks
    grace: float  # seconds in which what was asked for may not be seen yet
    clock: Clock

    @property
    def longest_pause(self) -> float:
        """Seconds between two looks at most, whatever was answered."""
        return 2 * self.interval

    async def look(self, page: Sequence[JobStep], lease: Lease) -> None:
        """One page of `pages`: steps of one kind and region that the cloud is at, held by `lease`."""
        region, kind = page[0].region, self.kinds.get(page[0].kind)
        if kind is None:  # of a newer version: it waits for one
            log.error("step.unknown_kind", request_ids=[step.request_id for step in page], kind=page[0].kind)
            await self._postpone(page, lease)
            return
        tasks = await self.store.transact(lambda tx: [Task(tx.requests.existing(s.request_id), s) for s in page])
        metrics.POLLS.labels(page[0].kind, region).inc()
        seen = await self._see(kind, region, tasks)

        def work(tx: Transaction) -> None:
            for task, found in zip(tasks, seen, strict=True):
                if isinstance(found, CloudError):
                    problem = found.problem() if found.outcome is Outcome.REFUSED else Problem(Code.STILL_WATCHING)
                    tx.steps.postpone(task.step, self.longest_pause, lease, problems=task.step.saying(problem))
                else:
                    self._note(tx, kind, task, found, lease)

        await self.store.transact(work)

    async def broke(self, page: Sequence[JobStep], lease: Lease, reference: str) -> None:
        """Nobody planned for what happened: the cards say so, and the steps are looked at again."""
        await self._postpone(page, lease, Problem(Code.UNPLANNED, facts={"reference": reference}))

    async def _postpone(self, page: Sequence[JobStep], lease: Lease, *problems: Problem) -> None:
        def work(tx: Transaction) -> None:
            for step in page:
                said = step.saying(*problems) if problems else None
                tx.steps.postpone(step, self.longest_pause, lease, problems=said)

        await self.store.transact(work)

    async def _see(self, kind: Kind, region: str, tasks: Sequence[Task]) -> Sequence[Sight | CloudError]:
        """How far each step is, or why that could not be seen.

        A call that is refused for one of its ids is refused for all of them: then each is asked for by itself.
        """
        try:
            return await kind.look(region, tasks)
        except CloudError as error:
            log.info(
                "step.look_failed",
                region=region,
                request_ids=[task.request.id for task in tasks],
                code=error.problem().code,
                cloud_request_id=error.request_id,
            )
            if error.outcome is not Outcome.REFUSED or isinstance(error, AuthenticationFailed | Forbidden):
                return [error] * len(tasks)
            alone = [error] if len(tasks) == 1 else await self._see_each(kind, region, tasks)
            # A 404 is about the id. Any other refusal is, too, where the same call was answered for another id.
            answered = any(not isinstance(one, CloudError) for one in alone)
            return [Absent() if _is_about_the_id(one, answered=answered) else one for one in alone]

    async def _see_each(self, kind: Kind, region: str, tasks: Sequence[Task]) -> Sequence[Sight | CloudError]:
        at_once = asyncio.Semaphore(AT_ONCE)

        async def see(task: Task) -> Sight | CloudError:
            async with at_once:
                try:
                    (sight,) = await kind.look(region, [task])
                except CloudError as error:
                    return error
            return sight

        return await asyncio.gather(*(see(task) for task in tasks))

    def _note(self, tx: Transaction, kind: Kind, task: Task, sight: Sight, lease: Lease) -> None:
        """One step's part of a page."""
        match sight:
            case Happened(instance):
                if instance:
                    tx.requests.note_seen(task.request.id, task.step.job, Seen(instance, self.clock()))
                self._end(tx, task, StepMove.FINISH, (), lease)
            case Broke(problem):
                self._come_to_nothing(tx, task, problem, lease)
            case Absent():
                misses = task.step.misses + 1
                in_grace = patience.grace_left(task.step.working_since, self.clock(), self.grace)
                if misses >= MISSES_AT_MOST and not in_grace:
                    self._come_to_nothing(tx, task, kind.absent(task), lease)
                else:
                    tx.steps.postpone(task.step, self.interval, lease, misses=misses)
            case Going():
                if sight.told:
                    self._hear(tx, task.step, sight.status[:LONGEST_STATUS], lease)
                self._keep_watching(tx, task, sight, lease)

    def _come_to_nothing(self, tx: Transaction, task: Task, problem: Problem, lease: Lease) -> None:
        """What is owed is asked for once more; anything else has failed."""
        if not task.owed:
            self._end(tx, task, StepMove.BREAK, (problem,), lease)
            return
        again = tx.steps.advance(
            task.step,
            StepMove.AGAIN,
            at=self.clock(),
            actor=lease.owner,
            lease=lease,
            after=OWED_AGAIN,
            problems=(*task.still_owed(), problem),
        )
        if again and not task.step.told:
            tx.steps.owe_machine_off(task.step)

    def _hear(self, tx: Transaction, step: JobStep, said: str, lease: Lease) -> None:
        """What the cloud says of a step that is under way. What no page documents is shown as it is."""
        if said == step.cloud_status:
            return
        tx.steps.note_cloud_status(step, said, self.clock(), lease)
        if said:
            log.warning(
                "step.status_unknown", step=step.kind, request_id=step.request_id, result=step.result, status=said
            )

    def _keep_watching(self, tx: Transaction, task: Task, sight: Going, lease: Lease) -> None:
        step, now = task.step, self.clock()
        usual = tx.requests.usual_seconds(task.job.instance_id, step.kind)
        slow = usual is not None and now - (step.working_since or now) > SLOW_AFTER * usual
        problems = (Problem(Code.SLOWER_THAN_USUAL, facts={"seconds": f"{usual:.0f}"}),) if slow else ()
        tx.steps.postpone(
            step, self.interval, lease, misses=0, progress=sight.progress, problems=(*step.told, *problems)
        )

    def _end(self, tx: Transaction, task: Task, move: StepMove, problems: tuple[Problem, ...], lease: Lease) -> None:
        step = task.step
        changes: StepChanges = {"problems": problems}
        if move is StepMove.FINISH and self.kinds[step.kind].calls_at_most is None:
            changes |= {"doubtful_calls": 0, "doubtful_at": None}  # whichever call it was, it is done
        recorded = tx.steps.advance(
            step,
            move,
            at=self.clock(),
            actor=lease.owner,
            lease=lease,
            detail={step.kind: step.result} if step.result else {},
            **changes,
        )
        event = "step.done" if move is StepMove.FINISH else "step.failed"
        log.info(event, step=step.kind, request_id=step.request_id, result=step.result, recorded=recorded)


def _is_about_the_id(found: Sight | CloudError, *, answered: bool) -> bool:
    """Whether what came of asking for one by itself says that there is no such thing."""
    if not isinstance(found, CloudError) or isinstance(found, AuthenticationFailed | Forbidden):
        return False
    return isinstance(found, NotFound) or (found.outcome is Outcome.REFUSED and answered)


def pages(steps: Sequence[JobStep]) -> Iterator[Sequence[JobStep]]:
    """Steps by kind and region, at most one call's worth at a time; those that were missing last time by themselves, as
    they may have the whole call refused.
    """
    alike: dict[tuple[str, str, bool], list[JobStep]] = defaultdict(list)
    for step in steps:
        alike[step.kind, step.region, step.misses > 0].append(step)
    for ours in alike.values():
        for start in range(0, len(ours), IMAGES_PER_CALL):
            yield ours[start : start + IMAGES_PER_CALL]
