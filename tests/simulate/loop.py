"""Time that jumps from one event to the next, and the checkpoint at which a replica acts on the world."""

import asyncio
import selectors
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextvars import ContextVar
from typing import Any, Protocol

START = 1_800_000_000.0
"""Unix seconds at which every run begins."""


ON_THE_WAY = 40.0
"""How much likelier trouble is around a call than around a transaction: most of those are idle looks for work."""

_TICK = 1e-6
"""The least step of time: a float of this size holds none that is much smaller."""


class Process(Protocol):
    """What acts: a replica of the bot, which may be killed or paused between any two steps."""

    name: str
    dead: bool

    def paused_for(self) -> float:
        """Seconds until it goes on; 0 while it runs."""
        ...

    def chance(self, step: str, *, weight: float = 1.0, may_sleep: bool = True) -> None:
        """Something may befall it now."""
        ...

    def latency(self) -> float:
        """Seconds that its database takes."""
        ...


acting: ContextVar[Process | None] = ContextVar("acting", default=None)
"""Whose code is running; nobody's for people, the network and the stand-ins."""


class Stuck(AssertionError):
    """Nothing will ever happen again, though somebody waits."""


class _Jump(selectors.SelectSelector):
    """Instead of waiting it lets the time pass at once."""

    def __init__(self, passes: Callable[[float], None]) -> None:
        super().__init__()
        self._passes = passes

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck
        self._passes(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop without a clock of its own; executors do their work in it."""

    def __init__(self) -> None:
        self._now = START
        super().__init__(_Jump(self._pass))
        self._clock_resolution = _TICK  # of asyncio's base class: what is due within it is due now

    def time(self) -> float:
        """Unix seconds of the run."""
        return self._now

    def _pass(self, seconds: float) -> None:
        self._now += max(seconds, _TICK) if seconds else 0.0

    def run_in_executor(  # type: ignore[override] # no typing of the overloads of a callable's arguments
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> "asyncio.Future[Any]":
        """A step of a replica's database: whole or not at all, whatever befalls the replica around it."""
        process = acting.get()
        future: asyncio.Future[Any] = self.create_future()

        def begin() -> None:
            if process is not None:
                process.chance("before a transaction")
                if process.dead:
                    return
                if pause := process.paused_for():
                    self.call_later(pause, begin)
                    return
            try:
                result = func(*args)
            except Exception as error:  # noqa: BLE001 # it is the caller's
                deliver(error, None)
            else:
                if process is not None:
                    process.chance("after a transaction")
                deliver(None, result)

        def deliver(error: Exception | None, result: object) -> None:
            if process is not None:
                if process.dead:
                    return
                if pause := process.paused_for():
                    self.call_later(pause, deliver, error, result)
                    return
            if future.done():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        self.call_later(process.latency() if process is not None else 0.0, begin)
        return future

    def call_exception_handler(self, context: Mapping[str, Any]) -> None:
        """What nobody awaited: killed replicas leave such things behind."""
        process = acting.get()
        if process is None or not process.dead:
            super().call_exception_handler(dict(context))


async def checkpoint(step: str, *, may_sleep: bool) -> None:
    """A replica is about to act on the network, or hears from it: never, when it is dead, and later when it sleeps.

    It does not fall asleep between its last look at the time and the first byte that it sends: no lease can help
    against that, and docs/reliability.md does not promise it.
    """
    process = acting.get()
    if process is None:
        return
    process.chance(step, weight=ON_THE_WAY, may_sleep=may_sleep)
    while pause := process.paused_for():  # noqa: ASYNC110 # it may fall asleep again
        await asyncio.sleep(pause)
    if process.dead:
        await asyncio.get_running_loop().create_future()
