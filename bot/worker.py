"""The background loop: claims work that is due and calls the service. Any number of workers may run."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.domain.lifecycle import State
from bot.domain.request import ImageRequest
from bot.service.check import Checking
from bot.service.expire import Expiring
from bot.service.launch import Launching
from bot.service.observe import Observing, pages
from bot.service.ports import Clock
from bot.slack.delivery import Delivery
from bot.store import Lease, Store

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks for work that nobody in this process announced: another replica's, or the clock's."""

PAUSE_AFTER_FAULT = 5.0
"""Seconds a duty rests after something nobody planned for."""

AT_ONCE = 20
"""Pieces of work of one duty in hand at one time."""

IMAGES_AT_ONCE = 500
"""Building images claimed at one time: five pages of one region."""

Pieces = Sequence[Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Duty:
    """One kind of work. `claim` takes what is due, at most so many, and returns it ready to be run."""

    name: str
    claim: Callable[[Lease, int], Awaitable[Pieces]]


@dataclass(frozen=True)
class Chore:
    """Something small to be done now and then, by every worker."""

    name: str
    work: Callable[[], Awaitable[None]]
    every: float  # seconds


@dataclass(kw_only=True)
class Worker:
    """Runs the duties side by side, and the pieces of each duty too: whatever is slow holds up only itself."""

    store: Store
    checking: Checking
    launching: Launching
    observing: Observing
    expiring: Expiring
    delivery: Delivery
    owner: str  # new at every process start: a name that comes back would own its dead predecessor's leases
    lease_ttl: float  # seconds
    clock: Clock
    chores: Sequence[Chore] = ()
    last_look: float = 0.0  # unix seconds: when a duty last looked for work
    _wakes: list[asyncio.Event] = field(default_factory=list)
    _launching: set[str] = field(default_factory=set)  # ids of requests in hand

    def wake(self) -> None:
        """Something was written: look for work now, not at the next look."""
        for wake in self._wakes:
            wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop`; what is in hand then is finished, and leases are given back."""
        duties = (
            Duty("check", self._check),
            Duty("launch", self._launch),
            Duty("observe", self._observe),
            Duty("cards", self._cards),
            Duty("notices", self._notices),
        )
        chores = (
            Chore("expire", self.expiring.expire, LOOK_EVERY),
            Chore("purge", self.expiring.purge_drafts, 3600),
            Chore("renew", self._renew, self.lease_ttl / 3),
            *self.chores,
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                for duty in duties:
                    tasks.create_task(self._attend(duty, stop), name=duty.name)
                for chore in chores:
                    tasks.create_task(self._repeat(chore, stop), name=chore.name)
        finally:
            await self.store.transact(lambda tx: tx.release(self.owner))
            log.info("worker.stopped", owner=self.owner)

    async def _attend(self, duty: Duty, stop: asyncio.Event) -> None:
        wake = asyncio.Event()
        self._wakes.append(wake)
        running: set[asyncio.Task[None]] = set()

        def ended(task: asyncio.Task[None]) -> None:
            running.discard(task)
            wake.set()

        async with asyncio.TaskGroup() as tasks:
            while not stop.is_set():
                wake.clear()
                pause = LOOK_EVERY
                try:
                    room = AT_ONCE - len(running)
                    pieces = await duty.claim(self._lease(), room) if room > 0 else ()
                    self.last_look = self.clock()
                except Exception:  # the database may be back in a moment
                    log.exception("worker.fault", duty=duty.name)
                    pieces, pause = (), PAUSE_AFTER_FAULT
                for piece in pieces:
                    task = tasks.create_task(self._do(duty, piece))
                    running.add(task)
                    task.add_done_callback(ended)
                if not pieces:
                    await _first(wake.wait(), stop.wait(), seconds=pause)

    async def _do(self, duty: Duty, piece: Coroutine[Any, Any, None]) -> None:
        try:
            await piece
        except Exception:  # a duty must outlive its pieces; the lease brings this one back later
            log.exception("worker.fault", duty=duty.name)

    async def _repeat(self, chore: Chore, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await chore.work()
            except Exception:  # as above
                log.exception("worker.fault", chore=chore.name)
            await _first(stop.wait(), seconds=chore.every)

    def _lease(self) -> Lease:
        now = self.clock()
        return Lease(self.owner, now, now + self.lease_ttl)

    async def _check(self, lease: Lease, limit: int) -> Pieces:
        drafts = await self.store.transact(lambda tx: tx.drafts.claim_checking(lease, limit))
        return [self.checking.check(draft, lease) for draft in drafts]

    async def _launch(self, lease: Lease, limit: int) -> Pieces:
        states = {State.APPROVED, State.SUBMITTING}
        requests = await self.store.transact(lambda tx: tx.requests.claim(states, lease, limit))
        return [self._launch_one(request, lease) for request in requests]

    async def _launch_one(self, request: ImageRequest, lease: Lease) -> None:
        self._launching.add(request.id)
        try:
            await self.launching.launch(request, lease)
        finally:
            self._launching.discard(request.id)

    async def _renew(self) -> None:
        """A launch may take several calls; while this process lives, nobody else takes it up."""
        if self._launching:
            lease = self._lease()
            await self.store.transact(lambda tx: tx.requests.renew(tuple(self._launching), lease))

    async def _observe(self, lease: Lease, limit: int) -> Pieces:
        del limit  # pages are counted, not images
        requests = await self.store.transact(lambda tx: tx.requests.claim({State.BUILDING}, lease, IMAGES_AT_ONCE))
        return [self.observing.look(region, page, lease) for region, page in pages(requests)]

    async def _cards(self, lease: Lease, limit: int) -> Pieces:
        cards = await self.store.transact(lambda tx: tx.cards.claim(lease, limit))
        return [self.delivery.card(card, lease) for card in cards]

    async def _notices(self, lease: Lease, limit: int) -> Pieces:
        notices = await self.store.transact(lambda tx: tx.notices.claim(lease, limit))
        return [self.delivery.notice(notice, lease) for notice in notices]


async def _first(*waits: Coroutine[Any, Any, Any], seconds: float) -> None:
    """Until the first of them, or so many seconds."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
