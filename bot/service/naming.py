"""Puts what somebody typed behind the command into their form, once it is known which instance that means."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.draft import Fitting
from bot.domain.errors import Code, Field, Problem
from bot.service.draft import Drafting
from bot.service.resolve import Nothing, Resolved, Resolving, Several, Untold, possible_name

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
        unsettled = resolved.unsettled
        several = [one for one in unsettled if not isinstance(one, Nothing) and one.instances]
        await self.drafting.take(
            draft_id,
            [(one.region, one.id) for one in resolved.instances],
            not_name="" if resolved.image_name else possible_name(words),
            unsettled=[Fitting(words=one.word[:_WORD], instances=one.instances) for one in several],
            problems=[remark(one) for one in unsettled if not isinstance(one, Several)],
        )


def remark(unsettled: Nothing | Untold) -> Problem:
    """Why a word means no instance, for whoever is to choose it by hand."""
    facts = {"words": unsettled.word[:_WORD]}
    match unsettled:
        case Untold():
            return Problem(Code.INSTANCES_NOT_LISTED, Field.INSTANCE, facts | {"region": ", ".join(unsettled.regions)})
        case Nothing():
            return Problem(Code.NO_INSTANCE_FITS, Field.INSTANCE, facts)
