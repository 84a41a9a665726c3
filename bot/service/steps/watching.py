"""Watching: the steps that the cloud is at, looked at a hundred at a time until it says how they ended."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from bot import metrics
from bot.domain import patience
from bot.domain.cloud import Seen
from bot.domain.errors import Code, Problem
from bot.domain.steps import JobStep, StepMove
from bot.jdcloud import IMAGES_PER_CALL, AuthenticationFailed, CloudError, Forbidden, NotFound, Outcome
from bot.service.ports import Clock
from bot.service.steps.doubt import OWED_AGAIN
from bot.service.steps.kind import Absent, Broke, Going, Happened, Kind, Sight, Task
from bot.store import Lease, StepChanges, Store, Transaction

log = structlog.get_logger(__name__)

PAGE = IMAGES_PER_CALL
"""Steps that are looked at by one call."""

AT_ONCE = 4
"""Steps that are looked at one by one at the same time."""

LONGEST_STATUS = 64
"""Characters of a status that are shown."""

SLOW_AFTER = 2.0
"""A step that takes this many times the usual is called slower than usual. Nothing fails by our clock."""

PROGRESS_EVERY = 11
"""At one look of so many, pages that are full ask for progress, each in its turn: there are many then, and progress is
only shown. Smaller pages ask at every look. A prime: the ids of pages lie hundreds apart.
"""

SPREAD = 0.4
"""The share of an interval by which the looks at full pages differ."""

_GOLDEN_RATIO = 0.618034
"""Its multiples lie far from each other, whichever they are."""


@dataclass(frozen=True, kw_only=True)
class _Pause:
    """How long a step is left alone, and what its cards say then."""

    seconds: float
    misses: int | None = None  # None: as many as before
    progress: str | None = None  # None: not told
    problems: tuple[Problem, ...] | None = None  # None: as before

    def is_news_of(self, step: JobStep) -> bool:
        """Whether its cards say something else than before. A problem that stays comes in other words each time."""
        if self.progress is not None and self.progress != step.progress:
            return True
        return self.problems is not None and [one.code for one in self.problems] != [one.code for one in step.problems]


@dataclass(frozen=True, kw_only=True)
class Watching:
    """Looks at steps that are under way: one call for up to a hundred of a kind in a region.

    A page of which there is nothing new takes as many statements as a single step: what has news is written by itself.
    """

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
        """Steps of one kind in one region that the cloud is at, up to a hundred, held by `lease`."""
        region, kind = page[0].region, self.kinds.get(page[0].kind)
        if kind is None:  # of a newer version: it waits for one
            log.error("step.unknown_kind", request_ids=[step.request_id for step in page], kind=page[0].kind)
            await self._pause(page, lease)
            return
        metrics.POLLS.labels(page[0].kind, region).inc()
        seen = await self._see(kind, region, page)
        going = [step for step, sight in zip(page, seen, strict=True) if isinstance(sight, Going)]
        progress = await kind.progress(region, going) if going and self._asks_progress(page) else {}

        after = self._until_next_look(page)

        def work(tx: Transaction) -> None:
            usual = tx.requests.usual_of_steps(going, page[0].kind)
            pauses: list[tuple[JobStep, _Pause]] = []
            for step, sight in zip(page, seen, strict=True):
                pause: _Pause | None = None
                if isinstance(sight, Going) and (overdue := self._overdue(tx, step)):
                    self._come_to_nothing(tx, overdue, (), lease)
                elif isinstance(sight, Going):
                    self._hear(tx, step, sight, lease)
                    pause = self._go_on(step, after, progress=progress.get(step.id), usual=usual.get(step.id))
                else:
                    pause = self._note(tx, kind, step, sight, lease)
                if pause:
                    pauses.append((step, pause))
            _postpone(tx, pauses, lease)

        await self.store.transact(work)

    async def broke(self, page: Sequence[JobStep], lease: Lease, reference: str) -> None:
        """Nobody planned for what happened: the cards say so, and the steps are looked at again."""
        await self._pause(page, lease, Problem(Code.UNPLANNED, facts={"reference": reference}))

    async def _pause(self, page: Sequence[JobStep], lease: Lease, *problems: Problem) -> None:
        pauses = [
            (step, _Pause(seconds=self.longest_pause, problems=step.saying(*problems) if problems else None))
            for step in page
        ]
        await self.store.transact(lambda tx: _postpone(tx, pauses, lease))

    def _until_next_look(self, page: Sequence[JobStep]) -> float:
        """Seconds, the interval on average. Full pages are not looked at together: all that has come to its end in them
        would have to be told at one moment.
        """
        spread = SPREAD * (page[0].id * _GOLDEN_RATIO % 1 - 0.5) if len(page) == PAGE else 0.0
        return self.interval * (1 + spread)

    def _asks_progress(self, page: Sequence[JobStep]) -> bool:
        turn = int(self.clock() / self.interval) + page[0].id
        return len(page) < PAGE or turn % PROGRESS_EVERY == 0

    async def _see(self, kind: Kind, region: str, page: Sequence[JobStep]) -> Sequence[Sight | CloudError]:
        """How far each step is, or why that could not be seen.

        A call that is refused for one of its ids is refused for all of them: then each is asked for by itself.
        """
        try:
            return await kind.look(region, page)
        except CloudError as error:
            log.info(
                "step.look_failed",
                region=region,
                request_ids=[step.request_id for step in page],
                code=error.problem().code,
                cloud_request_id=error.request_id,
            )
            if error.outcome is not Outcome.REFUSED or isinstance(error, AuthenticationFailed | Forbidden):
                return [error] * len(page)
            alone = [error] if len(page) == 1 else await self._see_each(kind, region, page)
            # A 404 is about the id. Any other refusal is, too, where the same call was answered for another id.
            answered = any(not isinstance(one, CloudError) for one in alone)
            return [Absent(gone=True) if _is_about_the_id(one, answered=answered) else one for one in alone]

    async def _see_each(self, kind: Kind, region: str, page: Sequence[JobStep]) -> Sequence[Sight | CloudError]:
        at_once = asyncio.Semaphore(AT_ONCE)

        async def see(step: JobStep) -> Sight | CloudError:
            async with at_once:
                try:
                    (sight,) = await kind.look(region, [step])
                except CloudError as error:
                    return error
            return sight

        return await asyncio.gather(*(see(step) for step in page))

    def _note(
        self, tx: Transaction, kind: Kind, step: JobStep, found: Happened | Broke | Absent | CloudError, lease: Lease
    ) -> _Pause | None:
        """One step's part of a page: what it comes to is written, or it is to be looked at again."""
        match found:
            case CloudError():
                problem = found.problem() if found.outcome is Outcome.REFUSED else Problem(Code.STILL_WATCHING)
                return _Pause(seconds=self.longest_pause, problems=step.saying(problem))
            case Happened(instance):
                if instance:
                    tx.requests.note_seen(step.request_id, step.job, Seen(instance, self.clock()))
                self._end(tx, step, StepMove.FINISH, (), lease)
            case Broke(problem):
                self._come_to_nothing(tx, self._task(tx, step), (problem,), lease)
            case Absent(gone):
                misses = step.misses + 1
                if not patience.is_gone(misses, step.working_since, step.claimed_at, self.grace):
                    return _Pause(seconds=self.interval, misses=misses)
                task = self._task(tx, step)
                self._come_to_nothing(tx, task, (kind.absent(task, gone=gone),), lease)
        return None

    def _task(self, tx: Transaction, step: JobStep) -> Task:
        return Task(tx.requests.existing(step.request_id), step)

    def _overdue(self, tx: Transaction, step: JobStep) -> Task | None:
        """A step that is owed, and under way for longer than it may be without anybody being told."""
        if step.undoes is None or not patience.is_over(step.working_since, step.claimed_at):
            return None
        task = self._task(tx, step)
        return task if task.owed else None

    def _come_to_nothing(self, tx: Transaction, task: Task, problems: tuple[Problem, ...], lease: Lease) -> None:
        """What is owed is asked for once more, and people are told; anything else has failed."""
        if not task.owed:
            self._end(tx, task.step, StepMove.BREAK, problems, lease)
            return
        again = tx.steps.advance(
            task.step,
            StepMove.AGAIN,
            at=self.clock(),
            actor=lease.owner,
            lease=lease,
            after=OWED_AGAIN,
            problems=(*task.still_owed(), *problems),
        )
        if again and not task.step.told:
            tx.steps.owe_machine_off(task.step)

    def _hear(self, tx: Transaction, step: JobStep, sight: Going, lease: Lease) -> None:
        """What the cloud says of a step that is under way. What no page documents is shown as it is."""
        said = sight.status[:LONGEST_STATUS]
        if not sight.told or said == step.cloud_status:
            return
        tx.steps.note_cloud_status(step, said, self.clock(), lease)
        if said:
            log.warning(
                "step.status_unknown", step=step.kind, request_id=step.request_id, result=step.result, status=said
            )

    def _go_on(self, step: JobStep, after: float, *, progress: str | None, usual: float | None) -> _Pause:
        """The cloud is at it.

        Args:
            step: which.
            after: seconds until it is looked at again.
            progress: how much of it is done, where that was told.
            usual: seconds that it usually takes, where that is known.
        """
        so_far = step.claimed_at - (step.working_since or step.claimed_at)
        slow = usual is not None and so_far > SLOW_AFTER * usual
        problems = (Problem(Code.SLOWER_THAN_USUAL, facts={"seconds": f"{usual:.0f}"}),) if slow else ()
        return _Pause(seconds=after, misses=0, progress=progress, problems=(*step.told, *problems))

    def _end(self, tx: Transaction, step: JobStep, move: StepMove, problems: tuple[Problem, ...], lease: Lease) -> None:
        changes: StepChanges = {"problems": problems}
        if move is StepMove.FINISH and self.kinds[step.kind].calls_at_most is None:
            changes |= {"attempts": 0, "doubtful_calls": 0, "doubtful_at": None}  # whichever call it was, it is done
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


def _postpone(tx: Transaction, pauses: Sequence[tuple[JobStep, _Pause]], lease: Lease) -> None:
    """What has news one by one, as its cards are drawn anew; all others at once."""
    quiet: dict[tuple[float, int | None], list[JobStep]] = defaultdict(list)
    for step, pause in pauses:
        if pause.is_news_of(step):
            tx.steps.postpone(
                step, pause.seconds, lease, misses=pause.misses, progress=pause.progress, problems=pause.problems
            )
        else:
            quiet[pause.seconds, pause.misses].append(step)
    for (seconds, misses), steps in quiet.items():
        tx.steps.postpone_all(steps, seconds, lease, misses=misses)
