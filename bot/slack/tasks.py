"""What a listener starts and does not wait for. Bolt keeps no hold on such work, so we do."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from bot import metrics

log = structlog.get_logger(__name__)


class Tasks:
    """Tasks that outlive their listener; `drain` waits for them when the process stops."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, object], *, name: str) -> None:
        """Starts work; what it raises is logged, as nobody else will see it."""
        task = asyncio.create_task(self._watched(work, name), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self, *, seconds: float) -> None:
        """Gives what is running so many seconds to end, then cancels it."""
        if self._running:
            _, late = await asyncio.wait(set(self._running), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _watched(self, work: Coroutine[Any, Any, object], name: str) -> None:
        try:
            await work
        except Exception:  # the last stop of this task: nobody awaits it
            metrics.FAULTS.labels("task").inc()
            log.exception("task.failed", task=name)
