"""How long to wait before Slack is asked once more for what must be had: where to connect to, and who the bot is."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from bot.slack.protocol.web_api import Unavailable

log = structlog.get_logger(__name__)

_Answer = TypeVar("_Answer")


@dataclass
class Backoff:
    """Pauses, each up to twice as long as the one before, of which chance takes up to a half.

    Without chance all processes that Slack cut off together would come back together.

    Args:
        chance: a number from 0 to 1.
        first: seconds of the first pause, at most.
        longest: seconds of any, at most.
    """

    chance: Callable[[], float]
    first: float = 0.25
    longest: float = 30.0
    _pauses: int = field(default=0, init=False)

    def next(self) -> float:
        """Seconds of the next pause."""
        pause = min(self.longest, self.first * 2.0**self._pauses)
        self._pauses = min(self._pauses + 1, 32)
        return pause * (1 - self.chance() / 2)

    def reset(self) -> None:
        """What was waited for has come: the next pause is a first one."""
        self._pauses = 0

    async def until_answered(self, ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """What Slack answers, with all the patience it takes.

        Raises:
            SlackError: Slack says no.
        """
        while True:
            try:
                answer = await ask()
            except Unavailable as error:
                pause = max(self.next(), min(self.longest, error.retry_after or 0.0))
                log.warning("slack.not_answering", code=error.code, seconds=round(pause, 1))
                await asyncio.sleep(pause)
            else:
                self.reset()
                return answer
