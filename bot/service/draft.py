"""Drafting: what happens while the form is open, up to the moment it is sent."""

import dataclasses
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.domain.cloud import InstanceRef
from bot.domain.draft import Act, Draft, DraftJob, DraftState, Fitting, with_chosen
from bot.domain.errors import Code, Field, Late, Problem, UserError
from bot.domain.plan import MAX_JOBS
from bot.domain.planning import too_many
from bot.domain.time_zone import TimeZone
from bot.service.change import BY_ITSELF, Change, change_draft, existing_draft
from bot.service.current_rules import CurrentRules
from bot.service.form_state import FormState, FormStates
from bot.service.loading import Loading, unloaded
from bot.service.ports import Clock
from bot.service.submission import problems_of, says
from bot.service.typed import Choices, Typed, as_sent, which, with_typed
from bot.store import Store, Transaction


@dataclass(frozen=True, kw_only=True)
class Drafting:
    """The use cases of an open form. All of them are repeatable: the same call twice changes nothing more."""

    store: Store
    form_states: FormStates
    loading: Loading
    regions: Sequence[str]
    rules: CurrentRules
    clock: Clock

    def offered(self, region: str) -> str:
        """A region, if it is one of those that are offered here; no other is asked for anything.

        Raises:
            UserError: it is not.
        """
        if region not in self.regions:
            raise UserError(Problem(Code.REGION_UNKNOWN, Field.INSTANCE, {"region": region}))
        return region

    async def keep(self, draft_id: str, *, act: Act, typed: Typed) -> None:
        """What stood in a form that was closed, so that it can be gone on with."""

        def change(draft: Draft) -> Draft:
            return with_typed(draft, typed) if draft.view_id in {"", typed.view_id} else draft

        with suppress(UserError, Late):  # whoever closes a form wants nothing more of it
            await self._change(draft_id, change, act)

    async def get(self, draft_id: str) -> Draft:
        """A draft as it stands.

        Raises:
            UserError: there is no such draft (any more).
        """
        draft = await self.store.read(lambda tx: tx.drafts.get(draft_id))
        return existing_draft(draft)

    async def form(self, draft_id: str) -> FormState:
        """All that a form shows, as it stands.

        Raises:
            UserError: there is no such draft (any more).
        """
        return await self.form_states.get(draft_id)

    async def opened(self, draft_id: str, *, view_id: str, language: str, time_zone: TimeZone) -> FormState:
        """Remembers the view that shows the draft, what its person turns out to read, and by which clock they live.

        Args:
            draft_id: which.
            view_id: empty where Slack has not told.
            language: of the person.
            time_zone: likewise.
        """
        utc_offset = time_zone.offset_at(self.clock())

        def change(_: Transaction, draft: Draft) -> Draft:
            shown = view_id or draft.view_id
            return dataclasses.replace(draft, view_id=shown, language=language, utc_offset=utc_offset)

        return await self.form_states.change(draft_id, change)

    async def choose(self, draft_id: str, *, act: Act, chosen: Sequence[InstanceRef], typed: Typed) -> Draft:
        """Other instances: `load` brings their disks, and suggests names.

        Raises:
            UserError: a region is not offered, or they are too many.
            Late: something else was chosen or sent meanwhile.
        """
        instances = self._offered(chosen)

        def change(draft: Draft) -> Draft:
            return _choose(with_typed(draft, typed), instances)

        return await self._change(draft_id, change, act)

    async def settle(self, draft_id: str, *, act: Act, key: str, instance: InstanceRef, typed: Typed) -> Draft:
        """Which instance is meant by words (their key) typed behind the command: it is added to those that are chosen.

        Raises:
            UserError: its region is not offered, or they are too many.
            Late: something else was chosen or sent meanwhile.
        """

        def change(draft: Draft) -> Draft:
            settled = [one.words for one in draft.unsettled if one.key == key]
            filled = dataclasses.replace(
                with_typed(draft, typed),
                unsettled=tuple(one for one in draft.unsettled if one.words not in settled),
                sought=tuple(word for word in draft.sought if word not in settled),
            )
            held = [(job.region, job.instance_id) for job in filled.jobs]
            return with_chosen(filled, self._offered([*held, instance]))

        return await self._change(draft_id, change, act)

    def _offered(self, chosen: Sequence[InstanceRef]) -> list[InstanceRef]:
        regions = {instance_id: self.offered(region) for region, instance_id in chosen}
        if problems := tuple(too_many(len(regions))):
            raise UserError(*problems)
        return [(region, instance_id) for instance_id, region in regions.items()]

    async def take(
        self,
        draft_id: str,
        words: Sequence[str],
        instances: Sequence[InstanceRef],
        *,
        not_name: str,
        unsettled: Sequence[Fitting],
        problems: Sequence[Problem],
        untold: Sequence[str],
    ) -> Draft:
        """What somebody's words have turned out to mean, and what is still to be settled, unless they have chosen
        something meanwhile.

        Args:
            draft_id: of their form.
            words: that were looked for.
            instances: that are certain.
            not_name: what was taken for the name of the image, and is an instance's.
            unsettled: words that fit several.
            problems: why others mean none.
            untold: words that could not be looked for everywhere.
        """

        def change(draft: Draft) -> Draft:
            if draft.sought != tuple(words):
                return draft
            if not_name and draft.name == not_name:
                draft = dataclasses.replace(draft, name="", unnamed=not_name)
            # What was found before stays, and what a word may mean is as it was found now.
            held = [(job.region, job.instance_id) for job in draft.jobs]
            others = [one for one in draft.unsettled if one.words not in {new.words for new in unsettled}]
            filled = dataclasses.replace(
                draft, unsettled=(*others, *unsettled), problems=tuple(problems), sought=tuple(untold)
            )
            return with_chosen(filled, [*held, *instances][:MAX_JOBS])

        return await self._change(draft_id, change)

    async def look_again(self, draft_id: str, *, act: Act, typed: Typed, instance_id: str = "") -> Draft:
        """The same instances, or one of them, to be loaded by `load` as they are by now.

        Raises:
            Late: something else was chosen or sent meanwhile.
        """

        def change(draft: Draft) -> Draft:
            return dataclasses.replace(unloaded(with_typed(draft, typed), instance_id), problems=())

        return await self._change(draft_id, change, act)

    async def load(self, draft: Draft, job: DraftJob) -> FormState:
        """Brings a chosen instance, as the cloud shows it now, into the draft.

        What goes wrong becomes a problem of the draft, shown in the form. Where an instance's region does not hold it,
        as after `/createimage i-abc`, the other regions are asked too.
        """
        return await self.form_states.change(draft.id, await self.loading.look(draft, job))

    async def submit(self, draft_id: str, *, act: Act, choices: Choices) -> FormState:
        """Takes the form as sent: from here on it is the worker's to check, whatever becomes of the form.

        What is taken is what the form showed. Sent once more as it was, or late, it changes nothing: the draft as it
        stands.

        Raises:
            UserError: something in the form is wrong, by pure rules, or it does not show what its draft holds;
                nothing has changed. Or it was sent before with other words, and these are being checked.
        """

        def change(_: Transaction, draft: Draft) -> Draft:
            filled = as_sent(draft, choices.typed)
            if problems := problems_of(filled, choices, self.clock(), self.rules.of_draft(filled)):
                raise UserError(*problems)
            jobs = tuple(dataclasses.replace(job, problems=()) for job in filled.jobs)
            return dataclasses.replace(filled, state=DraftState.CHECKING, jobs=jobs, problems=())

        try:
            return await self.form_states.change(draft_id, change, act)
        except Late as late:
            standing = await self.form(draft_id)
            if standing.draft.state is DraftState.CHECKING and not says(standing.draft, choices):
                raise UserError(Problem(Code.SENT_ALREADY, Field.INSTANCE)) from late
            return standing

    async def adopt(self, draft_id: str, *, act: Act, choices: Choices) -> Draft:
        """Takes over which instances a form shows that could not be sent, where its choice never arrived."""

        def change(draft: Draft) -> Draft:
            offered = all(region in self.regions for region, _ in choices.instances)
            shown = frozenset(instance_id for _, instance_id in choices.instances)
            if not offered or not shown or len(shown) > MAX_JOBS or shown == which(draft.jobs):
                return draft
            return _choose(with_typed(draft, choices.typed), choices.instances)

        try:
            return await self._change(draft_id, change, act)
        except Late:
            return await self.get(draft_id)

    async def _change(self, draft_id: str, change: Change, act: Act = BY_ITSELF) -> Draft:
        return await change_draft(self.store, draft_id, change, act)


def _choose(draft: Draft, chosen: Sequence[InstanceRef]) -> Draft:
    if {instance_id for _, instance_id in chosen} == which(draft.jobs):
        return draft
    left = tuple(one for one in draft.unsettled if not one.nearly)
    return dataclasses.replace(with_chosen(draft, chosen), unsent=None, sought=(), unsettled=left, problems=())
