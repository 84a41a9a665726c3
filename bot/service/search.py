"""Instances of all regions at once, by part of a name, an id or a private address."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.cloud import ListedInstance
from bot.domain.errors import Problem
from bot.service.listing import Listing

AT_MOST = 100
"""Instances that one search offers: as many as a menu holds (Slack: a select has at most 100 options)."""


NEAREST = 5
"""Instances that are offered for a word that fits none."""


@dataclass(frozen=True, kw_only=True)
class RegionMatches:
    """What fits in one region."""

    region: str
    instances: tuple[ListedInstance, ...]  # the best first; never empty


@dataclass(frozen=True, kw_only=True)
class Unlisted:
    """A region of which it is not known what fits in it."""

    region: str
    why: Problem  # what JD Cloud has answered, or that it has not in time


@dataclass(frozen=True, kw_only=True)
class Matches:
    """What fits, as far as the regions have answered."""

    regions: tuple[RegionMatches, ...]  # in the order in which they are configured
    unlisted: tuple[Unlisted, ...] = ()  # the others: something may fit there too

    @property
    def instances(self) -> tuple[ListedInstance, ...]:
        """All of them, region by region."""
        return tuple(instance for one in self.regions for instance in one.instances)


@dataclass(frozen=True, kw_only=True)
class Search:
    """Asks all regions side by side, from what is listed of them: none waits for another, or longer than all do."""

    regions: Sequence[str]
    instances: Listing[ListedInstance]

    def prepare(self) -> None:
        """Lists all regions, for whoever is about to be asked."""
        for region in self.regions:
            self.instances.prepare(region)

    async def find(self, words: str, *, limit: int = AT_MOST) -> Matches:
        """What fits, within Slack's 3 s however slow JD Cloud is; where too much does, some of every region."""
        answers = await asyncio.gather(*(self.instances.search(one, words, limit=limit) for one in self.regions))
        return self._matches(answers, limit)

    async def find_fresh(self, words: str, *, limit: int = AT_MOST) -> Matches:
        """What fits by what JD Cloud says now: for whoever does not find it among what is listed, and can wait."""
        answers = await asyncio.gather(*(self.instances.search_fresh(one, words, limit=limit) for one in self.regions))
        return self._matches(answers, limit)

    def find_listed(self, words: str, *, limit: int = AT_MOST) -> Matches:
        """What fits among what was listed lately. Never waits."""
        return self._matches([self.instances.search_listed(one, words, limit=limit) for one in self.regions], limit)

    async def nearest(self, words: str) -> tuple[ListedInstance, ...]:
        """A few of what was listed lately whose names are nearly these words, the nearest first."""
        alike = [one for region in self.regions for one in await self.instances.nearest(region, words)]
        alike.sort(key=lambda one: (-one[0], one[1].name, one[1].region))
        return tuple(instance for _, instance in alike[:NEAREST])

    @property
    def fresh(self) -> bool:
        """Whether what is listed of all regions is as it is now: what is not listed is then not there."""
        return all(self.instances.fresh(one) for one in self.regions)

    def _matches(self, answers: Sequence[Sequence[ListedInstance] | None], limit: int) -> Matches:
        told = list(zip(self.regions, answers, strict=True))
        unlisted = tuple(
            Unlisted(region=region, why=self.instances.why_not(region)) for region, answer in told if answer is None
        )
        counts = [len(answer or ()) for answer in answers]
        offered = (
            RegionMatches(region=region, instances=tuple((answer or ())[:share]))
            for (region, answer), share in zip(told, shares(counts, limit - len(unlisted)), strict=True)
        )
        return Matches(regions=tuple(one for one in offered if one.instances), unlisted=unlisted)


def shares(counts: Sequence[int], limit: int) -> list[int]:
    """How many of each to take so that they are `limit` in all at most: as even as their numbers allow."""
    taken, left = [0] * len(counts), max(limit, 0)
    for done, place in enumerate(sorted(range(len(counts)), key=counts.__getitem__)):
        taken[place] = min(counts[place], left // (len(counts) - done))
        left -= taken[place]
    return taken
