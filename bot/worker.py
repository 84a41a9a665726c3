"""The background loop: looks what there is to do, claims it, and runs it. Any number of workers may run."""

import asyncio
import itertools
import math
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import structlog
from structlog.contextvars import bound_contextvars

from bot import metrics
from bot.service.begun import done
from bot.service.ports import Clock, NewId
from bot.store import Due, Lease, Leased, Store, StoreFault, Transaction, Work
from bot.work import DueTask, PeriodicTask, Queue, WorkItem

log = structlog.get_logger(__name__)

_FAULTS = metrics.FAULTS.labels("worker")

LOOK_EVERY = 1.0
"""Seconds between two looks at most, for work that nobody in this process announced: another replica's, or what has
expired. What was put off is looked for when it is due.
"""

LOOKS_APART = 0.05
"""Seconds between two looks at least: what is written meanwhile is found by one."""

BRING_BACK_EVERY = 300.0
"""Seconds between two looks for what waits for a clock that was ahead, where none was seen to go back."""

PAUSE_AFTER_FAULT = 5.0
"""Seconds that a queue, or the look for work, rests after something nobody planned for."""

AT_ONCE = 20
"""Items of one queue in hand at one time."""

CLAIMED_AT_ONCE = 4
"""Items of one queue that one transaction claims: whoever presses a button meanwhile waits for it."""

BESIDE = 4
"""Items of a queue that may be in hand however many there are of the one that goes first: neither holds up the other
for long.
"""


@dataclass(kw_only=True)
class Worker:
    """Looks what there is to do, claims it in the same transaction, and runs all of it side by side: whatever is slow
    holds up only itself.
    """

    store: Store
    bring_back: Callable[[], Awaitable[None]]  # what waits for a clock that was ahead
    queues: Sequence[Queue]  # what goes first before what is behind it
    due_tasks: Sequence[DueTask] = ()
    owner: str  # new at every process start: a name that comes back would own its dead predecessor's leases
    lease_ttl: float  # seconds
    clock: Clock
    new_reference: NewId
    periodic_tasks: Sequence[PeriodicTask] = ()
    last_tick: float | None = None  # by the event loop's clock: when it last looked for work
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _due: Mapping[Work, asyncio.Event] = field(default_factory=lambda: {work: asyncio.Event() for work in Work})
    _seen_at: float = -math.inf  # by the database's clock, at the last look
    _again: float = LOOK_EVERY  # seconds until something is due that was put off, as of the last look
    _more: bool = False  # whether there may be more to be claimed at once, as of the last claim
    _short: bool = False  # whether there may be more than there was room for, likewise
    _resting: dict[Work, float] = field(default_factory=dict)  # until when queues rest, by the event loop's clock
    _claims: Iterator[int] = field(default_factory=itertools.count)

    def _lease(self) -> Lease:
        return Lease(self.owner, self.lease_ttl, next(self._claims))

    def _tick(self) -> None:
        self.last_tick = asyncio.get_running_loop().time()
        metrics.WORKER_TICK.set(self.clock())

    def wake(self) -> None:
        """Something was written: look for work now, not at the next look."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop`; what is in hand then is finished, and leases are given back."""
        beside = [  # and not until `stop`: what is in hand is held until it ends
            asyncio.create_task(self._repeat(periodic, asyncio.Event()), name=periodic.name)
            for periodic in (
                PeriodicTask("renew", self._renew, self.lease_ttl / 3),
                PeriodicTask("listen", self._listen, PAUSE_AFTER_FAULT),
            )
        ]
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._look(stop, tasks), name="look")
                tasks.create_task(self._wake_at(stop), name="stop")
                for task in self.due_tasks:
                    tasks.create_task(self._when_due(task, stop), name=task.name)
                bring_back = PeriodicTask("bring_back", self.bring_back, BRING_BACK_EVERY)
                for periodic in (bring_back, *self.periodic_tasks):
                    tasks.create_task(self._repeat(periodic, stop), name=periodic.name)
        finally:
            for repeated in beside:
                repeated.cancel()
            await self._release()
            log.info("worker.stopped", owner=self.owner)

    async def _listen(self) -> None:
        """Work that another process announces is looked for now, and not at the next look."""
        await self.store.listen(self.wake)

    async def _release(self) -> None:
        """Gives back what was claimed. What was cut off is held for as long again: what it sent may still arrive."""
        cut_off = [(queue.table, item) for queue in self.queues for item in queue.in_hand]

        def work(tx: Transaction) -> None:
            keep: dict[Leased, list[object]] = defaultdict(list)
            for table, item in cut_off:
                table(tx).renew(item.held, item.lease)
                keep[table(tx)] += item.held
            tx.release(self.owner, keep=keep)

        try:
            await self.store.transact(work)
        except StoreFault as fault:  # the leases end by themselves a little later
            log.warning("worker.leases_kept", owner=self.owner, error=str(fault))

    async def _wake_at(self, stop: asyncio.Event) -> None:
        """Whoever waits to be woken waits for no second event besides."""
        await stop.wait()
        self.wake()

    async def _look(self, stop: asyncio.Event, tasks: asyncio.TaskGroup) -> None:
        """Looks what there is to do, once a second and when something was written, and has it done."""
        while not stop.is_set():
            self._woken.clear()
            went_well = await self._try("look", partial(self._take, tasks))
            if went_well and self._more:
                continue
            await _set_within(LOOKS_APART, stop)
            pause = min(LOOK_EVERY, self._again) if went_well else PAUSE_AFTER_FAULT
            await _set_within(max(0.0, pause - LOOKS_APART), self._woken)
        for due in self._due.values():
            due.set()  # whoever waits for work sees that there is no more

    async def _take(self, tasks: asyncio.TaskGroup) -> None:
        """Takes what is due, of every queue that has room, and begins it."""
        rooms = {queue.name: room for queue in self.queues if (room := self._room(queue)) > 0}
        try:
            due = await self._claim(rooms, tasks)
        except StoreFault:
            raise
        except Exception:  # noqa: BLE001 # each by itself: the one that breaks says so, and holds up no other
            log.info("worker.claims_apart")
            due = await self._claim({}, tasks)
            for name, room in rooms.items():
                if not await self._try(name, partial(self._claim, {name: room}, tasks)):
                    self._resting[name] = asyncio.get_running_loop().time() + PAUSE_AFTER_FAULT
        if due.at < self._seen_at:
            await self.bring_back()
            self.wake()
        self._seen_at = due.at
        self._again = LOOK_EVERY if due.again is None else due.again
        for task in self.due_tasks:
            if task.name in due.work:
                self._due[task.name].set()
        self._tick()

    def _room(self, queue: Queue) -> int:
        """How many of a queue may be begun now."""
        rests = self._resting.get(queue.name, -math.inf) > asyncio.get_running_loop().time()
        return 0 if rests else queue.room(AT_ONCE - len(queue.in_hand))

    async def _claim(self, rooms: Mapping[Work, int], tasks: asyncio.TaskGroup) -> Due:
        """What is due, begun as far as there is room."""
        lease, in_hand = self._lease(), {queue.name: len(queue.in_hand) for queue in self.queues}

        def work(tx: Transaction) -> tuple[Due, Mapping[Work, Sequence[WorkItem]], set[Work], set[Work]]:
            due, more, short = tx.due(self.clock()), set[Work](), set[Work]()
            claimed: dict[Work, Sequence[WorkItem]] = defaultdict(tuple)
            for queue in (queue for queue in self.queues if queue.name in due.work):
                room = rooms.get(queue.name, 0)
                if queue.behind:
                    first = in_hand[queue.behind] + len(claimed[queue.behind])
                    room = min(room, max(BESIDE, AT_ONCE - first) - in_hand[queue.name])
                limit = min(room, CLAIMED_AT_ONCE)
                if limit > 0:
                    claimed[queue.name] = queue.claim(tx, lease, limit)
                if len(claimed[queue.name]) >= limit:
                    (more if limit < room else short).add(queue.name)
            return due, claimed, more, short

        due, claimed, more, short = await self.store.claim(work)
        self._more, self._short = bool(more), bool(short)
        for queue in self.queues:
            for item in claimed.get(queue.name, ()):
                queue.in_hand.add(item)
                tasks.create_task(self._do(queue, item))
                if item.work is done:
                    self.wake()  # it may have been put off, for less than until the next look
        return due

    async def _when_due(self, task: DueTask, stop: asyncio.Event) -> None:
        while await _is_due(self._due[task.name], stop):
            went_well = await self._try(task.name, task.work)
            await _set_within(task.pause if went_well else PAUSE_AFTER_FAULT, stop)

    async def _do(self, queue: Queue, item: WorkItem) -> None:
        with bound_contextvars(**item.about):
            try:
                await item.work()
            except StoreFault as fault:  # the end of the lease brings it back
                log.warning("worker.store_unavailable", work=queue.name, error=str(fault))
            except Exception:  # a queue must outlive its items
                _FAULTS.inc()
                reference = self.new_reference()
                log.exception("worker.fault", work=queue.name, reference=reference)
                await self._try(queue.name, partial(item.broken, reference))
        queue.in_hand.discard(item)  # but not when it is cut off
        if self._short:
            self.wake()  # there is room for another

    async def _repeat(self, periodic: PeriodicTask, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._try(periodic.name, periodic.work)
            await _set_within(periodic.every, stop)

    async def _try(self, name: str, work: Callable[[], Awaitable[object]]) -> bool:
        """Does it, and says whether that went well."""
        try:
            await work()
        except StoreFault as fault:
            log.warning("worker.store_unavailable", work=name, error=str(fault))
        except Exception:  # whatever else there is to do goes on
            _FAULTS.inc()
            log.exception("worker.fault", work=name)
        else:
            return True
        return False

    async def _renew(self) -> None:
        """While this process lives, nobody else takes up what it has in hand."""
        held = [(queue.table, item) for queue in self.queues for item in queue.in_hand]

        def work(tx: Transaction) -> None:
            for table, item in held:
                table(tx).renew(item.held, item.lease)

        if held:
            await self.store.transact(work)


async def _is_due(due: asyncio.Event, stop: asyncio.Event) -> bool:
    """Waits until there is work; False once there is no more to be begun."""
    await due.wait()
    due.clear()
    return not stop.is_set()


async def _set_within(seconds: float, event: asyncio.Event) -> None:
    """Until it is set, or so many seconds; without a task for it, as every look waits twice."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
