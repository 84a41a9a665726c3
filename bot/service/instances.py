"""The instances of each region, from a short-lived listing that renews itself behind the people who look."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from bot.domain.cloud import Instance
from bot.jdcloud import CloudError, JDCloud
from bot.service.ports import Clock

log = structlog.get_logger(__name__)

FRESH = 15.0
"""Seconds a listing is shown as it is; an older one is shown too, and renewed behind it."""

STALE = 600.0
"""Seconds after which an old listing is worse than none."""

WAIT = 2.0
"""Seconds an option look-up waits for the first listing (Slack: block_suggestion is answered within 3 s)."""


@dataclass
class _Listing:
    at: float
    instances: Sequence[Instance]


@dataclass(kw_only=True)
class Instances:
    """Search by name, id or private address, within Slack's time however slow JD Cloud is."""

    cloud: JDCloud
    clock: Clock
    wait: float = WAIT
    _listings: dict[str, _Listing] = field(default_factory=dict)
    _renewals: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def prepare(self, region: str) -> None:
        """Starts a listing before anybody asks for it, unless a fresh one is there."""
        listing = self._listings.get(region)
        if listing is None or self.clock() - listing.at > FRESH:
            self._renew(region)

    async def search(self, region: str, words: str, *, limit: int) -> Sequence[Instance] | None:
        """Up to `limit` instances that match, best first; None when JD Cloud has not answered in time."""
        self.prepare(region)
        listing = self._listings.get(region)
        if listing is None or self.clock() - listing.at > STALE:
            # `wait` leaves the renewal running: the next keystroke finds its result.
            await asyncio.wait([self._renew(region)], timeout=self.wait)
            listing = self._listings.get(region)
        if listing is None or self.clock() - listing.at > STALE:
            return None
        return _matching(listing.instances, words)[:limit]

    async def close(self) -> None:
        """Ends renewals that are under way."""
        renewals = list(self._renewals.values())
        for renewal in renewals:
            renewal.cancel()
        await asyncio.gather(*renewals, return_exceptions=True)

    def _renew(self, region: str) -> asyncio.Task[None]:
        renewal = self._renewals.get(region)
        if renewal is None or renewal.done():
            renewal = self._renewals[region] = asyncio.create_task(self._list(region), name=f"list {region}")
        return renewal

    async def _list(self, region: str) -> None:
        try:
            instances = await self.cloud.instances(region)
        except CloudError as error:
            log.warning("instances.not_listed", region=region, code=error.problem().code)
        else:
            self._listings[region] = _Listing(self.clock(), instances)


def _matching(instances: Sequence[Instance], words: str) -> list[Instance]:
    """Those that contain what was typed; names that begin with it come first."""
    wanted = words.strip().casefold()
    found = [
        instance
        for instance in instances
        if any(wanted in value.casefold() for value in (instance.name, instance.id, instance.private_ip))
    ]
    return sorted(found, key=lambda i: (not i.name.casefold().startswith(wanted), i.name.casefold(), i.id))
