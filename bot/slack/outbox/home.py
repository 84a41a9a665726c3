"""The Homes that people have open: drawn when they look, and again when what they show has changed."""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot import metrics
from bot.domain.policy import may_ask
from bot.domain.request import ImageRequest
from bot.service.board import Boards
from bot.service.current_rules import CurrentRules
from bot.slack.people import People
from bot.slack.protocol.web_api import RateLimited, SlackError, Unavailable, call
from bot.slack.screens.home import home
from bot.store import StoreFault

log = structlog.get_logger(__name__)

OPEN_FOR = 3600.0
"""Seconds after it was last opened that a Home is kept up to date: Slack does not tell when it is closed."""

OPEN_AT_MOST = 200
"""Homes that one process keeps up to date: those that were opened last."""

PAUSE = 3.0
"""Seconds between two redraws of one Home: whatever happens meanwhile is drawn at once."""

LOOK_EVERY = 2.0
"""Seconds after such a pause until the next look for what other processes have changed, or Slack has not taken."""

DRAW_EVERY = 60.0
"""Seconds after which the time that is left, and who may do what, is looked at anew."""

PAUSE_AFTER_FAILURE = 10.0
"""Seconds that Slack is left alone after it has not answered."""

AT_ONCE = 5
"""Homes drawn side by side (Slack: views.publish, Tier 4, 100 a minute and more)."""


@dataclass(eq=False)
class _Opened:
    at: float  # by the steady clock, when it was last opened
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # what was read later is shown later
    shown: str | None = None  # the view that Slack has answered for; None where it is owed


@dataclass(kw_only=True)
class Homes:
    """Brings them up to date. Nothing waits for it: what a Home shows can be done without it as well.

    Args:
        boards: what there is to show.
        client: Slack.
        people: who reads what, and may do what.
        rules: by which they may.
        workspace_url: the address that links to messages begin with.
        clock: unix seconds.
        steady: seconds of a clock that is never set.
    """

    boards: Boards
    client: AsyncWebClient
    people: People
    rules: CurrentRules
    workspace_url: str
    clock: Callable[[], float]
    steady: Callable[[], float]
    _opened: dict[str, _Opened] = field(default_factory=dict)  # by person, the one opened last in the end
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _mark: object = None  # of what the last round drew
    _drawn_at: float = float("-inf")
    _not_before: float = float("-inf")

    def changed(self) -> None:
        """Something was written: look whether it shows on a Home that somebody has open."""
        self._changed.set()

    async def publish(self, user: str) -> None:
        """Draws somebody's Home, which they look at."""
        await self.people.meet(user)  # first: what is kept up to date is drawn in the language that they are known by
        opened = self._opened.pop(user, None) or _Opened(0.0)
        opened.at = self.steady()
        self._opened[user] = opened
        await self._draw(user, opened, anew=True)

    async def keep_fresh(self) -> None:
        """Redraws what has changed, for whoever has their Home open, for as long as it is let."""
        while True:
            try:
                await self._look()
            except StoreFault as fault:  # it may be back in a moment
                log.warning("home.store_unavailable", error=str(fault))
            except Exception:  # whatever it is, the next change is looked at
                metrics.FAULTS.labels("home").inc()
                log.exception("home.fault")
            await asyncio.sleep(PAUSE)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._changed.wait()

    async def _look(self) -> None:
        self._changed.clear()
        now = self.steady()
        kept = [(user, one) for user, one in self._opened.items() if now - one.at <= OPEN_FOR][-OPEN_AT_MOST:]
        self._opened = dict(kept)
        if not kept or now < self._not_before:
            return
        mark = await self.boards.mark()  # before it is read: what changes meanwhile is seen the next time
        owed = any(one.shown is None for _, one in kept)
        if mark == self._mark and now - self._drawn_at < DRAW_EVERY and not owed:
            return
        undecided = await self.boards.undecided()
        turn = asyncio.Semaphore(AT_ONCE)

        async def redraw(user: str, opened: _Opened) -> None:
            async with turn:
                await self._redraw(user, opened, undecided)

        await asyncio.gather(*(redraw(user, opened) for user, opened in kept))
        self._mark, self._drawn_at = mark, now

    async def _redraw(self, user: str, opened: _Opened, undecided: Sequence[ImageRequest]) -> None:
        try:  # after whoever draws it now: what was read before their turn is not shown after it
            await self._draw(user, opened, None if opened.turn.locked() else undecided)
        except Unavailable as error:
            pause = error.retry_after if isinstance(error, RateLimited) else PAUSE_AFTER_FAILURE
            self._not_before = max(self._not_before, self.steady() + pause)
            log.info("home.deferred", user=user, code=error.code)
        except SlackError as error:
            log.warning("home.not_shown", user=user, code=error.code)

    async def _draw(
        self, user: str, opened: _Opened, undecided: Sequence[ImageRequest] | None = None, *, anew: bool = False
    ) -> None:
        """Draws it where it shows something else, or `anew`. What Slack refuses is not offered again as it is."""
        async with opened.turn:
            board = await self.boards.of(user, undecided)
            asking = may_ask(self.people.known(user), self.people.policy(self.rules.everything()))
            view = home(
                board,
                may_request=asking.allowed or asking.unknown,
                language=self.people.language(user),
                now=self.clock(),
                workspace_url=self.workspace_url,
            )
            drawn = json.dumps(view.to_dict(), sort_keys=True)
            if drawn == opened.shown and not anew:
                return
            opened.shown = None
            try:
                await call(self.client.views_publish(user_id=user, view=view))
            except Unavailable:
                raise
            except SlackError:
                opened.shown = drawn
                raise
            opened.shown = drawn
