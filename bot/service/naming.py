"""Which instance somebody means by a name, an id or a private address, in whichever region it is."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.cloud import Instance
from bot.domain.errors import Code, Field, Problem
from bot.service.draft import Drafting
from bot.service.listing import Listing

NAMED = 5
"""Instances that are named where several fit."""

LOOKED_THROUGH = 1000
"""Instances of a region that fit some words, at most."""


@dataclass(frozen=True, kw_only=True)
class Naming:
    """Finds it among what is listed, and puts it into a form that is open already: no form waits for JD Cloud."""

    drafting: Drafting
    instances: Listing[Instance]

    def prepare(self) -> None:
        """Lists all regions, for whoever is about to be asked."""
        for region in self.drafting.regions:
            self.instances.prepare(region)

    def known(self, words: str) -> Instance | None:
        """The one instance that is called exactly so, where all regions were listed lately: never waits."""
        listed = [self.instances.search_listed(region, words, limit=LOOKED_THROUGH) for region in self.drafting.regions]
        if any(region is None for region in listed):
            return None
        exact = [one for region in listed for one in region or () if _is(one, words)]
        return exact[0] if len(exact) == 1 else None

    async def settle(self, draft_id: str, words: str) -> None:
        """Chooses it in a form, or says there why it is to be chosen by hand; whatever was chosen meanwhile stays."""
        regions = self.drafting.regions
        answers = await asyncio.gather(*(self.instances.search(one, words, limit=LOOKED_THROUGH) for one in regions))
        silent = [region for region, answer in zip(regions, answers, strict=True) if answer is None]
        fitting = [one for answer in answers for one in answer or ()]
        fitting = [one for one in fitting if _is(one, words)] or fitting
        if len(fitting) == 1 and not silent:
            await self.drafting.take(draft_id, fitting[0])
            return
        await self.drafting.remark(draft_id, _unsettled(words, fitting, silent), region=_one_region(fitting))


def _is(instance: Instance, words: str) -> bool:
    return words.casefold() in {word.casefold() for word in (instance.id, instance.name, instance.private_ip)}


def _one_region(instances: Sequence[Instance]) -> str:
    regions = {one.region for one in instances}
    return regions.pop() if len(regions) == 1 else ""


def _unsettled(words: str, fitting: Sequence[Instance], silent: Sequence[str]) -> Problem:
    facts = {"words": words}
    if silent:
        return Problem(Code.INSTANCES_NOT_LISTED, Field.INSTANCE, facts | {"region": ", ".join(silent)})
    if not fitting:
        return Problem(Code.NO_INSTANCE_FITS, Field.INSTANCE, facts)
    named = ", ".join(f"{one.name} ({one.id}, {one.region})" for one in fitting[:NAMED])
    more = "" if len(fitting) <= NAMED else ", …"
    return Problem(Code.SEVERAL_INSTANCES_FIT, Field.INSTANCE, facts | {"found": named + more})
