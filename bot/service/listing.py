"""What there is to choose from in each region: a short-lived listing that renews itself behind the people who look."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import structlog

from bot.domain.errors import Code, Problem
from bot.jdcloud import CloudError, NeverSent
from bot.service.ports import Clock
from bot.service.word_index import WordIndex

log = structlog.get_logger(__name__)

FRESH = 15.0
"""Seconds a listing is shown as it is; an older one is shown too, and renewed behind it."""

REST = 10.0
"""Times as long as a listing took it is left as it is, however many type meanwhile: a region of thousands takes dozens
of calls, of which JD Cloud allows a thousand in a minute for all that the account does.
"""

STALE = 600.0
"""Seconds after which an old listing is worse than none."""

WAIT = 2.0
"""Seconds an option look-up waits for the first listing (Slack: block_suggestion is answered within 3 s)."""

PATIENCE = 5.0
"""Seconds that somebody waits for a listing in whose hands a form is open already."""


T = TypeVar("T")


@dataclass
class _Listed(Generic[T]):
    at: float
    took: float
    things: WordIndex[T]


@dataclass(kw_only=True)
class Listing(Generic[T]):
    """Search among a region's instances, or snapshots, within Slack's time however slow JD Cloud is."""

    name: str  # of what is listed, for the log
    fetch: Callable[[str], Awaitable[Sequence[T]]]  # all of a region
    words: Callable[[T], Sequence[str]]  # what one is found by; the first is its name
    clock: Clock  # that nobody sets: one that went back would keep a listing for as long
    wait: float = WAIT
    _listed: dict[str, _Listed[T]] = field(default_factory=dict)
    _renewals: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _refused: dict[str, Problem] = field(default_factory=dict)  # what the last attempt was answered, where in vain

    def prepare(self, region: str) -> None:
        """Starts a listing before anybody asks for it, unless one is there that is good enough for a while."""
        listed = self._listed.get(region)
        if listed is None or self.clock() - listed.at > min(max(FRESH, REST * listed.took), STALE / 2):
            self._renew(region)

    def fresh(self, region: str) -> bool:
        """Whether what is listed is as it is now, as far as anybody can tell."""
        listed = self._listed.get(region)
        return listed is not None and self.clock() - listed.at <= FRESH

    async def search(self, region: str, words: str, *, limit: int) -> Sequence[T] | None:
        """Up to `limit` things that match, best first; None when JD Cloud has not answered in time."""
        self.prepare(region)
        if self._usable(region) is None:
            # `wait` leaves the renewal running: the next keystroke finds its result.
            await asyncio.wait([self._renew(region)], timeout=self.wait)
        return self.search_listed(region, words, limit=limit)

    async def search_fresh(self, region: str, words: str, *, limit: int) -> Sequence[T] | None:
        """The same by what JD Cloud says now, for whoever can wait; None where it does not say."""
        if not self.fresh(region):
            await asyncio.wait([self._renew(region)], timeout=PATIENCE)
        return self.search_listed(region, words, limit=limit) if self.fresh(region) else None

    def search_listed(self, region: str, words: str, *, limit: int) -> Sequence[T] | None:
        """The same among what was listed lately; None where nothing was. Never waits."""
        listed = self._usable(region)
        return None if listed is None else listed.things.search(words, limit=limit)

    async def nearest(self, region: str, words: str) -> list[tuple[float, T]]:
        """What was listed lately whose names are nearly these words, each with how alike it is."""
        listed = self._usable(region)
        return await listed.things.nearest(words) if listed else []

    def why_not(self, region: str) -> Problem:
        """Why a region is not listed: what JD Cloud has answered instead, or that it has not answered (yet)."""
        return self._refused.get(region) or Problem(Code.CLOUD_SILENT)

    async def close(self) -> None:
        """Ends renewals that are under way."""
        renewals = list(self._renewals.values())
        for renewal in renewals:
            renewal.cancel()
        await asyncio.gather(*renewals, return_exceptions=True)

    def _usable(self, region: str) -> _Listed[T] | None:
        listed = self._listed.get(region)
        return listed if listed and self.clock() - listed.at <= STALE else None

    def _renew(self, region: str) -> asyncio.Task[None]:
        renewal = self._renewals.get(region)
        if renewal is None or renewal.done():
            renewal = self._renewals[region] = asyncio.create_task(self._list(region), name=f"list {region}")
        return renewal

    async def _list(self, region: str) -> None:
        begun = self.clock()
        before = self._refused.pop(region, None)
        try:
            things = await self.fetch(region)
        except CloudError as error:
            left_alone = isinstance(error, NeverSent) and error.retry_after  # for what it has answered before
            self._refused[region] = before if before and left_alone else error.problem()
            log.warning(
                "listing.failed",
                listing=self.name,
                region=region,
                code=self._refused[region].code,
                cloud_request_id=error.request_id,
            )
        else:
            at = self.clock()
            self._listed[region] = _Listed(at, at - begun, await WordIndex.of(things, self.words))
