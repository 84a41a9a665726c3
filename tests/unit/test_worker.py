"""The worker's loop: when it looks, and what it begins first."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import pytest

from bot import worker
from bot.queues import _begun
from bot.store import Due, Lease, StoreFault, Transaction, Work
from bot.work import Queue, WorkItem
from bot.worker import AT_ONCE, BESIDE, CLAIMED_AT_ONCE, Worker
from tests.simulate.loop import VirtualLoop


@dataclass
class Claims:
    """A store in which there is nothing but what a look tells."""

    look: Callable[[], Due]

    async def claim(self, work: Callable[[Any], Any]) -> Any:
        """Tells it, after a moment."""
        await asyncio.sleep(0)
        return work(SimpleNamespace(due=lambda _: self.look()))

    async def transact(self, work: object) -> None:
        """Forgets it."""

    async def listen(self, heard: object) -> None:
        """Nobody else writes."""
        await asyncio.Event().wait()


def looking(look: Callable[[], Due], *queues: Queue) -> Worker:
    """A worker that looks, and finds what these queues hold."""

    async def nothing() -> None: ...

    return Worker(
        store=cast("Any", Claims(look)),
        bring_back=nothing,
        queues=queues,
        owner="me",
        lease_ttl=60.0,
        clock=lambda: 0.0,
        new_reference=lambda: "",
    )


async def test_it_looks_again_when_something_is_due_that_was_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not once a second: what is known to come is not waited for any longer."""
    monkeypatch.setattr(worker, "LOOK_EVERY", 3600.0)
    stop, looks = asyncio.Event(), 0

    def look() -> Due:
        nonlocal looks
        looks += 1
        if looks == 3:
            stop.set()
        return Due(float(looks), (), again=0.0 if looks < 3 else None)

    async with asyncio.timeout(30):
        await looking(look).run(stop)
    assert looks == 3


def test_what_is_written_in_one_moment_is_looked_for_once() -> None:
    """The first thing that is written is looked for at once, and a second of one write after another twenty times."""
    looks: list[float] = []

    async def script(loop: VirtualLoop) -> None:
        def look() -> Due:
            looks.append(loop.time())
            return Due(loop.time(), ())

        one, stop = looking(look), asyncio.Event()
        running = asyncio.create_task(one.run(stop))
        await asyncio.sleep(10.5)
        assert len(looks) == 11, "once a second"
        looks.clear()
        began = loop.time()
        for _ in range(100):
            one.wake()
            await asyncio.sleep(0.01)
        assert looks[0] - began < 0.01
        assert 19 <= len(looks) <= 21
        stop.set()
        await running

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        runner.run(script(loop))


class Held:
    """Queues of items that take until they are let go."""

    def __init__(self) -> None:
        self.asked: dict[Work, list[int]] = {}
        self.taken: Counter[Work] = Counter()
        self.go_on = asyncio.Event()

    def queue(self, name: Work, *, in_hand: int = 0, holds: int = 0, behind: Work | None = None) -> Queue:
        """One, with so many items in hand, and so many to be claimed."""
        left = holds

        def claim(_: Transaction, lease: Lease, limit: int) -> Sequence[WorkItem]:
            nonlocal left
            self.asked.setdefault(name, []).append(limit)
            taken, left = min(limit, left), left - min(limit, left)
            self.taken[name] += taken
            return [item(lease, self.go_on.wait) for _ in range(taken)]

        queue = Queue(name, cast("Any", None), claim, behind=behind)
        queue.in_hand.update(item(Lease("me", 60.0), self.go_on.wait) for _ in range(in_hand))
        return queue


def item(lease: Lease, work: Callable[[], Coroutine[Any, Any, Any]]) -> WorkItem:
    """About nothing."""
    return WorkItem(lease, (), work, {}, cast("Any", None))


async def begun(held: Held, *queues: Queue, turns: int = 50) -> None:
    """A worker does what it can begin, until nothing more is asked for."""
    stop = asyncio.Event()
    one = looking(lambda: Due(0.0, tuple(queue.name for queue in queues)), *queues)
    running = asyncio.create_task(one.run(stop))
    for _ in range(turns):
        await asyncio.sleep(0)
    stop.set()
    held.go_on.set()
    await running


@pytest.mark.parametrize(
    ("in_hand", "due", "cards"),
    [(0, 0, AT_ONCE), (1, 0, AT_ONCE - 1), (AT_ONCE - 1, 0, BESIDE), (AT_ONCE, 0, BESIDE), (10, 99, BESIDE)],
)
async def test_what_is_told_goes_before_what_is_redrawn(in_hand: int, due: int, cards: int) -> None:
    """What is claimed in the same moment counts; yet neither ever holds up the other."""
    held = Held()
    told = held.queue(Work.NOTICES, in_hand=in_hand, holds=due)
    await begun(held, told, held.queue(Work.CARDS, holds=99, behind=Work.NOTICES))
    assert held.taken[Work.CARDS] == cards
    assert held.taken[Work.NOTICES] == min(due, AT_ONCE - in_hand)


async def test_many_are_claimed_a_few_at_a_time() -> None:
    """Until there is no more room, without a pause, so that whoever presses a button gets a turn in between."""
    held = Held()
    queue = held.queue(Work.CARDS, holds=99)
    await begun(held, queue)
    assert held.asked[Work.CARDS] == [CLAIMED_AT_ONCE] * (AT_ONCE // CLAIMED_AT_ONCE)


def test_what_there_was_no_room_for_is_begun_when_there_is() -> None:
    """And not with the next look: thirty that take a tenth of a second each are done in little more than two."""
    ended: list[float] = []

    async def script(loop: VirtualLoop) -> None:
        left, stop = 30, asyncio.Event()

        async def work() -> None:
            await asyncio.sleep(0.1)
            ended.append(loop.time())

        def claim(_: Transaction, lease: Lease, limit: int) -> Sequence[WorkItem]:
            nonlocal left
            taken, left = min(limit, left), left - min(limit, left)
            return [item(lease, work) for _ in range(taken)]

        queue = Queue(Work.CARDS, cast("Any", None), claim)
        began = loop.time()
        running = asyncio.create_task(looking(lambda: Due(loop.time(), (Work.CARDS,)), queue).run(stop))
        await asyncio.sleep(0.5)
        stop.set()
        await running
        assert [len([one for one in ended if one - began < within]) for within in (0.11, 0.26)] == [AT_ONCE, 30]

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        runner.run(script(loop))


async def test_what_is_done_with_its_claim_holds_up_nothing() -> None:
    """A hundred of which nothing is left to be done are claimed without a pause."""
    held = Held()
    held.go_on.set()
    await begun(held, held.queue(Work.SETTLED, holds=99), turns=500)
    assert held.taken[Work.SETTLED] == 99


async def test_a_claim_that_breaks_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are claimed without it, and it rests for a while."""
    monkeypatch.setattr(worker, "LOOKS_APART", 0.0)
    held, broken = Held(), list[int]()

    def breaks(_: Transaction, __: Lease, limit: int) -> Sequence[WorkItem]:
        broken.append(limit)
        raise ValueError("a row that nobody can read")

    whole = held.queue(Work.CHECK, holds=2)
    await begun(held, Queue(Work.ASK, cast("Any", None), breaks), whole)
    assert held.taken[Work.CHECK] == 2
    assert len(broken) == 2  # together, and by itself


def test_a_fault_of_the_database_is_no_rows_own() -> None:
    """It ends the whole claim, of which nothing is left; what else breaks at a row is raised when that is run."""

    def breaks(_tx: Transaction, error: Exception, _lease: Lease) -> NoReturn:
        raise error

    tx, by = cast("Any", None), Lease("me", 60.0)
    with pytest.raises(StoreFault):
        _begun(breaks, tx, StoreFault("deadlock detected"), by)
    with pytest.raises(ValueError, match="unreadable"):
        asyncio.run(_begun(breaks, tx, ValueError("unreadable"), by)())
