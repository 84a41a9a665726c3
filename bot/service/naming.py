"""Puts what somebody typed behind the command into their form, once it is known which instance that means."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.cloud import Instance
from bot.domain.errors import Code, Field, Problem
from bot.service.draft import Drafting
from bot.service.resolve import Found, Nothing, Resolved, Resolving, Several, Unsettled, Untold, possible_name

NAMED = 5
"""Instances that are named where several fit."""

_WORD = 128
"""Characters of a word that are said again: no instance is called by more."""


@dataclass(frozen=True, kw_only=True)
class Naming:
    """Fills in a form that is open already: no form waits for JD Cloud."""

    drafting: Drafting
    resolving: Resolving

    def prepare(self) -> None:
        """Lists all regions, for whoever is about to be asked."""
        self.resolving.search.prepare()

    def known(self, words: Sequence[str]) -> Resolved | None:
        """What words mean, where that is known already: never waits."""
        return self.resolving.known(words)

    async def settle(self, draft_id: str, words: Sequence[str]) -> None:
        """Chooses it in a form, or says there why it is to be chosen by hand; whatever was chosen meanwhile stays."""
        resolved = await self.resolving.resolve(words)
        meant = resolved.instances
        if not resolved.image_name and isinstance(resolved.meanings[-1], Found | Several):
            await self.drafting.unname(draft_id, possible_name(words))
        unsettled = next((one for one in resolved.unsettled if not _stays_a_name(one, words)), None)
        if unsettled:
            await self.drafting.remark(draft_id, remark(unsettled), region=_one_region(_fitting(unsettled)))
        elif len(meant) == 1:
            await self.drafting.take(draft_id, meant[0])
        else:
            await self.drafting.remark(draft_id, _several(" ".join(words), meant), region=_one_region(meant))


def _stays_a_name(unsettled: Unsettled, words: Sequence[str]) -> bool:
    """Whether it was typed where a name may stand, and no region says otherwise: it stands in the form as one."""
    return isinstance(unsettled, Untold) and not unsettled.instances and unsettled.word == possible_name(words)


def remark(unsettled: Unsettled) -> Problem:
    """Why a word means no one instance, for whoever is to choose it by hand."""
    facts = {"words": unsettled.word[:_WORD]}
    match unsettled:
        case Untold():
            return Problem(Code.INSTANCES_NOT_LISTED, Field.INSTANCE, facts | {"region": ", ".join(unsettled.regions)})
        case Nothing():
            return Problem(Code.NO_INSTANCE_FITS, Field.INSTANCE, facts)
        case _:
            return _several(unsettled.word, unsettled.instances)


def _several(words: str, instances: Sequence[Instance]) -> Problem:
    named = ", ".join(f"{one.name} ({one.id}, {one.region})" for one in instances[:NAMED])
    more = "" if len(instances) <= NAMED else ", …"
    return Problem(Code.SEVERAL_INSTANCES_FIT, Field.INSTANCE, {"words": words, "found": named + more})


def _fitting(unsettled: Unsettled) -> Sequence[Instance]:
    return () if isinstance(unsettled, Nothing) else unsettled.instances


def _one_region(instances: Sequence[Instance]) -> str:
    regions = {one.region for one in instances}
    return regions.pop() if len(regions) == 1 else ""
