"""The worker's loop: when it looks, and what it begins first."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot import worker
from bot.queues import REDRAWN_BESIDE, Queues
from bot.store import Due, Lease, Work
from bot.worker import AT_ONCE, Worker, WorkItem
from tests.simulate.loop import VirtualLoop


class NoStore:
    """Nothing is in hand, so nothing is asked of it."""

    async def transact(self, work: object) -> None:
        """Forgets it."""

    async def listen(self, heard: object) -> None:
        """Nobody else writes."""
        await asyncio.Event().wait()


def looking(look: Callable[[], Awaitable[Due]]) -> Worker:
    """A worker that looks, and finds nothing to do."""

    async def nothing() -> None: ...

    return Worker(
        store=cast("Any", NoStore()),
        look=look,
        bring_back=nothing,
        queues=(),
        owner="me",
        lease_ttl=60.0,
        clock=lambda: 0.0,
        new_reference=lambda: "",
    )


async def test_it_looks_again_when_something_is_due_that_was_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not once a second: what is known to come is not waited for any longer."""
    monkeypatch.setattr(worker, "LOOK_EVERY", 3600.0)
    stop, looks = asyncio.Event(), 0

    async def look() -> Due:
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
        async def look() -> Due:
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


@pytest.mark.parametrize(
    ("notices", "cards"), [(0, AT_ONCE), (1, AT_ONCE - 1), (AT_ONCE - 1, REDRAWN_BESIDE), (AT_ONCE, REDRAWN_BESIDE)]
)
async def test_what_is_told_goes_before_what_is_redrawn(notices: int, cards: int) -> None:
    """Yet neither ever holds up the other."""
    asked: list[int] = []

    class Claimed:
        """A store in which there is nothing, asked through a transaction of which only the cards are looked at."""

        async def claim(self, work: Any) -> Sequence[object]:
            """Notes how many are wanted."""
            found: Sequence[object] = work(SimpleNamespace(cards=SimpleNamespace(claim=self.cards)))
            return found

        def cards(self, _lease: Lease, limit: int) -> Sequence[object]:
            asked.append(limit)
            return ()

    parts: Any = {"checking": None, "asking": None, "watching": None, "clock": lambda: 0.0}
    room = SimpleNamespace(room=lambda limit: limit)
    queues = {
        queue.name: queue
        for queue in Queues(store=cast("Any", Claimed()), lease_ttl=60.0, delivery=cast("Any", room), **parts).all()
    }
    sent, drawn = queues[Work.NOTICES], queues[Work.CARDS]
    for _ in range(notices):
        sent.in_hand.add(WorkItem(Lease("me", 60.0), (), cast("Any", None), {}, cast("Any", None)))
    await drawn.claim(Lease("me", 60.0), AT_ONCE)
    assert asked == [cards]
