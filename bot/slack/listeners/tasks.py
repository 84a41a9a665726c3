"""What a listener starts and does not wait for. Bolt keeps no hold on such work, so we do."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog

from bot import metrics
from bot.domain.errors import Code, Problem
from bot.slack.protocol.web_api import SlackError, Unavailable

log = structlog.get_logger(__name__)

Ephemeral = Callable[[str, str, Sequence[Problem]], Coroutine[Any, Any, None]]
"""Says something in a conversation so that only one person sees it."""


class Tasks:
    """Tasks that outlive their listener; `drain` waits for them when the process stops.

    Args:
        ephemeral: tells the person who waits for a task that it broke.
        new_reference: a short reference to a line in the operator's log.
    """

    def __init__(self, *, ephemeral: Ephemeral, new_reference: Callable[[], str]) -> None:
        self._ephemeral = ephemeral
        self._new_reference = new_reference
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, object], *, name: str, user: str = "", channel: str = "") -> None:
        """Starts work. What it raises is logged, as nobody else will see it.

        Args:
            work: what to do.
            name: of it, for the log.
            user: who waits for it, and is told when it breaks.
            channel: where they wait; empty for their direct messages.
        """
        task = asyncio.create_task(self._watched(work, name, user, channel), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self, *, seconds: float) -> None:
        """Gives what is running so many seconds to end, then cancels it."""
        if self._running:
            _, late = await asyncio.wait(set(self._running), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _watched(self, work: Coroutine[Any, Any, object], name: str, user: str, channel: str) -> None:
        try:
            await work
        except Unavailable as error:  # there is no way to tell anybody either
            log.warning("task.not_shown", task=name, code=error.code)
        except SlackError as error:  # Slack refuses it, which says nothing of a word to whoever waits for it
            reference = self._new_reference()
            log.error("task.not_shown", task=name, code=error.code, reference=reference)  # Slack's no
            self._tell_broken(channel, user, reference)
        except Exception:  # the last stop of this task: nobody awaits it
            metrics.FAULTS.labels("task").inc()
            reference = self._new_reference()
            log.exception("task.fault", task=name, reference=reference)
            self._tell_broken(channel, user, reference)

    def _tell_broken(self, channel: str, user: str, reference: str) -> None:
        if user:
            problem = Problem(Code.UNPLANNED, facts={"reference": reference})
            self.start(self._ephemeral(channel, user, (problem,)), name="ephemeral")
