"""Questions that many ask at the same time: one call for all of them, and never an answer older than the question."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import structlog

from bot.slack.protocol.web_api import SlackError, Unavailable

log = structlog.get_logger(__name__)

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds for one answer, with all that is tried for it."""

LONGEST_PAUSE = 10.0
"""Seconds between two questions at most while there is no answer and Slack does not name a time."""

OLDEST = 15.0
"""Seconds after which no answer gives a right, whatever it was asked for: a process may have slept since."""


@dataclass(frozen=True)
class _Answer(Generic[T]):
    said: T
    asked_at: float


@dataclass
class _Failures:
    count: int = 0
    at: float = 0.0
    pause: float = 0.0  # seconds after that

    def pausing(self, now: float) -> bool:
        """Whether it is not to be asked now. A clock that was put back makes no pause."""
        return 0 <= now - self.at < self.pause


@dataclass
class Lookups(Generic[T]):
    """What Slack says of one kind of thing, by id; the newest answer is kept.

    Args:
        name: of the kind, for the log.
        ask: asks Slack about one of them; raises `SlackError` when it is not told.
        clock: seconds that only grow.
    """

    name: str
    ask: Callable[[str], Awaitable[T]]
    clock: Callable[[], float]
    _answers: dict[str, _Answer[T]] = field(default_factory=dict)
    _failures: dict[str, _Failures] = field(default_factory=dict)
    _running: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)

    def latest(self, key: str) -> T | None:
        """What was heard last, however long ago."""
        answer = self._answers.get(key)
        return answer.said if answer else None

    def since(self, key: str, since: float) -> T | None:
        """What was answered to a question of `since` or later, and lately; None when nothing was."""
        answer = self._answers.get(key)
        recent = max(since, self.clock() - OLDEST)
        return answer.said if answer and self.current(answer.asked_at, recent) else None

    @staticmethod
    def current(asked_at: float, since: float) -> bool:
        """Whether an answer holds for somebody who asks `since` then: what was asked before that may have changed."""
        return asked_at >= since

    async def look(self, key: str, since: float) -> None:
        """Asks, unless that was done at `since` or later. Whoever asks meanwhile shares the next answer.

        It returns without an answer when Slack does not give one, or has asked not to be asked for a while.
        """
        while not self._has(key, since):
            running, begun = self._running.get(key), False
            if running is None or running.done():
                if self._failures.get(key, _Failures()).pausing(self.clock()):
                    return
                running, begun = self._begin(key), True
            await asyncio.shield(running)  # others wait for it too
            if begun:
                return

    async def close(self) -> None:
        """Asks no more."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _has(self, key: str, since: float) -> bool:
        answer = self._answers.get(key)
        return answer is not None and self.current(answer.asked_at, since)

    def _begin(self, key: str) -> "asyncio.Task[None]":
        task = asyncio.create_task(self._ask(key), name=f"look at {self.name}")
        self._running[key] = task
        task.add_done_callback(lambda done: self._forget(key, done))
        return task

    def _forget(self, key: str, done: "asyncio.Task[None]") -> None:
        if self._running.get(key) is done:
            del self._running[key]

    async def _ask(self, key: str) -> None:
        asked_at = self.clock()
        try:
            async with asyncio.timeout(PATIENCE):
                said = await self.ask(key)
        except SlackError as error:
            self._failed(key, error.code, error.retry_after if isinstance(error, Unavailable) else None)
        except TimeoutError:
            self._failed(key, "no_answer", None)
        else:
            self._failures.pop(key, None)
            self._answers[key] = _Answer(said, asked_at)

    def _failed(self, key: str, code: str, retry_after: float | None) -> None:
        failures = self._failures.setdefault(key, _Failures())
        failures.pause = min(2.0 ** min(failures.count, 10), LONGEST_PAUSE) if retry_after is None else retry_after
        failures.count, failures.at = failures.count + 1, self.clock()
        log.warning("slack.not_told", what=self.name, id=key, code=code, seconds=failures.pause)
