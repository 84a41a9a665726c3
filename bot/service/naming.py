"""Puts what somebody typed behind the command into their form, once it is known which instance that means."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.draft import Fitting
from bot.domain.errors import Code, Field, Problem
from bot.service.draft import Drafting
from bot.service.resolve import Nothing, Resolved, Resolving, Unsettled, Untold, possible_name

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

    async def settle(self, draft_id: str) -> None:
        """Chooses in a form what its words mean, or says there why it is to be chosen by hand; whatever was chosen
        meanwhile stays. What could not be looked for everywhere is looked for once more when this is called again.
        """
        words = (await self.drafting.get(draft_id)).sought
        if not words:
            return
        resolved = await self.resolving.resolve(words)
        unsettled = resolved.unsettled
        fitting = [one for one in map(_fitting, unsettled) if one.instances]
        unsaid = [one for one in unsettled if isinstance(one, Untold) or (isinstance(one, Nothing) and not one.nearest)]
        await self.drafting.take(
            draft_id,
            words,
            [(one.region, one.id) for one in resolved.instances],
            not_name="" if resolved.image_name else possible_name(words),
            unsettled=fitting,
            problems=[remark for one in unsaid for remark in remarks(one)],
            untold=[one.word for one in unsettled if isinstance(one, Untold)],
        )


def _fitting(unsettled: Unsettled) -> Fitting:
    """Which instances there are to choose from for a word."""
    words = unsettled.word[:_WORD]
    if isinstance(unsettled, Nothing):
        return Fitting(words=words, instances=unsettled.nearest, nearly=True)
    return Fitting(words=words, instances=unsettled.instances)


def remarks(unsettled: Nothing | Untold) -> Iterator[Problem]:
    """Why a word means no instance, for whoever is to choose it by hand: by what the regions have answered."""
    facts = {"words": unsettled.word[:_WORD]}
    if isinstance(unsettled, Nothing):
        yield Problem(Code.NO_INSTANCE_FITS, Field.INSTANCE, facts)
        return
    for code in dict.fromkeys(one.why.code for one in unsettled.unlisted):
        alike = [one for one in unsettled.unlisted if one.why.code is code]
        said = {**alike[0].why.facts, "answer": code, "region": ", ".join(one.region for one in alike)}
        yield Problem(Code.INSTANCES_NOT_LISTED, Field.INSTANCE, said | facts)
