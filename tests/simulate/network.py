"""The network between the replicas and their upstreams: it delays, loses, repeats, and lets effects come late."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.simulate.loop import acting, checkpoint
from tests.simulate.wire import Cut, Reply


@dataclass(frozen=True)
class NetworkFaults:
    """How often things go wrong, of 1."""

    slow: float = 0.0  # an exchange that takes seconds
    dropped: float = 0.0  # before it has arrived
    lost: float = 0.0  # after it has taken effect
    refused: float = 0.0  # 429 or 5xx, before anything is done
    failed: float = 0.0  # 5xx after everything was done
    made_late: float = 0.0  # createImage: 5xx at once, and everything is done seconds later
    shown_late: float = 0.0  # likewise what Slack is asked to show
    mangled: float = 0.0  # 200, but incomplete, of another shape, or against itself
    repeated: float = 0.0  # a payload of Slack that comes twice or more
    overtaken: float = 0.0  # a payload of Slack that comes seconds later, after what was done since


@dataclass
class Network:
    """Carries requests. `longest` bounds each way, as the bot's grace and lease need such a bound."""

    random: Random
    faults: NetworkFaults = field(default_factory=NetworkFaults)
    longest: float = 8.0
    trace: Callable[[str], None] = lambda _: None
    _under_way: set["asyncio.Task[Reply]"] = field(default_factory=set)

    def happens(self, chance: float) -> bool:
        """Whether it does this time."""
        return self.random.random() < chance

    def way(self) -> float:
        """Seconds for one way."""
        if self.happens(self.faults.slow):
            return self.random.uniform(1.0, self.longest)
        return self.random.uniform(0.005, 0.2)

    async def carry(self, what: str, deliver: Callable[[], Awaitable[Reply]]) -> Reply:
        """A request, there and back. What was sent arrives even when its sender has given up or died.

        Raises:
            ConnectionRefusedError: it never left.
            ConnectionResetError: it may have taken effect.
        """
        sender = acting.get()
        what = f"{sender.name if sender else 'nobody'}: {what}"
        await checkpoint(f"before {what}", may_sleep=False)
        if self.happens(self.faults.dropped / 2):
            raise ConnectionRefusedError(what)

        async def travel() -> Reply:
            acting.set(None)
            await asyncio.sleep(self.way())
            if self.happens(self.faults.dropped / 2):
                raise ConnectionResetError(what)
            reply = await deliver()
            self.trace(f"{what} -> {reply.status}")
            if self.happens(self.faults.lost):
                raise ConnectionResetError(what)
            await asyncio.sleep(self.way())
            return reply

        travelling = self._on_its_way(travel())
        try:
            reply = await asyncio.shield(travelling)
        except Cut:
            raise ConnectionResetError(what) from None
        finally:
            await checkpoint(f"after {what}", may_sleep=True)
        return reply

    def later(self, what: str, deliver: Callable[[], Awaitable[Reply]], *, within: float) -> None:
        """What is asked takes effect some seconds from now; its sender has been told otherwise."""

        async def travel() -> Reply:
            acting.set(None)
            await asyncio.sleep(self.random.uniform(1.0, within))
            reply = await deliver()
            self.trace(f"late: {what} -> {reply.status}")
            return reply

        self._on_its_way(travel())

    def _on_its_way(self, travel: Coroutine[Any, Any, Reply]) -> "asyncio.Task[Reply]":
        task = asyncio.create_task(travel)
        self._under_way.add(task)
        task.add_done_callback(self._arrived)
        return task

    def _arrived(self, task: "asyncio.Task[Reply]") -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # its sender may not wait for it any more
