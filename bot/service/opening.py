"""Opening a form: afresh, with the choices of an earlier request, or to go on with one that was not sent."""

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.domain.cloud import InstanceRef
from bot.domain.draft import Act, Draft, DraftJob, DraftState, UnsentDraft, with_chosen
from bot.domain.errors import Code, Late, Problem, UserError
from bot.domain.plan import PlannedJob, WhileImaged
from bot.domain.request import ImageRequest
from bot.domain.slack_ids import is_channel
from bot.domain.time_zone import TimeZone
from bot.service.change import change_draft
from bot.service.form_state import FormState, FormStates
from bot.service.loading import unloaded
from bot.service.ports import Clock, NewId
from bot.store import Store, Transaction

UNSENT_FOR = 3600.0
"""Seconds for which a form that was not sent can be gone on with."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """The use cases that give somebody a form."""

    store: Store
    form_states: FormStates
    regions: Sequence[str]
    clock: Clock
    new_id: NewId

    async def start(
        self,
        *,
        requester: str,
        team: str,
        origin: str,
        language: str,
        time_zone: TimeZone,
        instances: Sequence[InstanceRef] = (),
        name: str = "",
        sought: Sequence[str] = (),
    ) -> FormState:
        """A fresh draft about these instances, or about those that words turn out to mean (`sought`). One of no known
        region is looked for first where the person was last.
        """

        def work(tx: Transaction) -> FormState:
            last = tx.drafts.last_region(requester)
            likely = last if last and last in self.regions else self.regions[0]
            unsent = tx.drafts.unsent(requester, self.clock() - UNSENT_FOR)
            draft = Draft(
                id=self.new_id(),
                state=DraftState.OPEN,
                revision=0,
                requester=requester,
                team=team,
                language=language,
                utc_offset=time_zone.offset_at(self.clock()),
                origin=origin,
                region=likely,
                name=name,
                sought=tuple(sought),
                announce_in=origin,
                unsent=_named(unsent) if unsent else None,
                created_at=self.clock(),
            )
            draft = with_chosen(draft, [(region or likely, instance_id) for region, instance_id in instances])
            tx.drafts.add(draft)
            return self.form_states.of(tx, draft)

        return await self.store.transact(work)

    async def start_again(
        self,
        request_id: str,
        *,
        requester: str,
        origin: str,
        language: str,
        time_zone: TimeZone,
        numbers: Collection[int] | None = None,
    ) -> FormState:
        """A fresh draft filled in with the choices of an earlier request, to be held against what exists now.

        Args:
            request_id: the earlier one.
            requester: whoever asks again.
            origin: the conversation it is asked in.
            language: theirs.
            time_zone: likewise.
            numbers: of those jobs that are asked for again; None: all.

        Raises:
            UserError: there is no such request.
        """

        def work(tx: Transaction) -> FormState:
            request = tx.requests.get(request_id)
            if request is None:
                raise UserError(Problem(Code.REQUEST_NOT_FOUND, facts={"request": request_id}))
            plan, sent = request.plan, tx.drafts.of_request(request_id)
            again = [job for number, job in enumerate(plan.jobs) if numbers is None or number in numbers]
            # Of instances that were stopped nobody has chosen what becomes of them while they run.
            stopped = WhileImaged.STOPPED if sent and sent.offered else None
            meant = [job.while_imaged for job in again if job.while_imaged is not WhileImaged.STOPPED]
            draft = Draft(
                id=self.new_id(),
                state=DraftState.OPEN,
                revision=0,
                requester=requester,
                team=request.team,
                language=language,
                utc_offset=time_zone.offset_at(self.clock()),
                origin=origin,
                region=again[0].region if again and again[0].region in self.regions else self.regions[0],
                jobs=tuple(_again(job) for job in again),
                while_imaged=next(iter(meant), stopped),
                order=plan.order if len(again) > 1 else None,
                not_before=plan.not_before if plan.not_before and plan.not_before > self.clock() else 0.0,
                description=plan.description,
                note=request.note,
                announce_in=_told_in(request, requester) or origin,
                created_at=self.clock(),
            )
            tx.drafts.add(draft)
            return self.form_states.of(tx, draft)

        return await self.store.transact(work)

    async def reopen(self, draft_id: str, *, requester: str) -> FormState:
        """A draft that came back from its check, to be shown in a new form with its instance looked at anew.

        Raises:
            UserError: there is no such draft any more, or it has been sent.
        """

        def change(_: Transaction, draft: Draft) -> Draft:
            return dataclasses.replace(unloaded(draft), view_id="", problems=())

        try:
            return await self.form_states.change(draft_id, change, Act(person=requester))
        except Late as late:
            raise UserError(Problem(Code.FORM_GONE)) from late

    async def go_on(self, draft_id: str, *, act: Act, view_id: str) -> Draft:
        """The unsent draft that a fresh one offers: from now on it is shown in the window of the fresh one.

        Raises:
            UserError: it is not there any more, or it was sent meanwhile.
        """
        fresh = await change_draft(self.store, draft_id, lambda draft: draft, act)
        if fresh.unsent is None:
            raise UserError(Problem(Code.FORM_GONE))
        taken_up = (await self.reopen(fresh.unsent.id, requester=act.person)).draft

        def give_way(draft: Draft) -> Draft:
            return dataclasses.replace(draft, unsent=None, taken_over_by=taken_up.id)

        await change_draft(self.store, draft_id, give_way, act)

        def show_there(draft: Draft) -> Draft:
            # In new blocks: Slack keeps what stands in the old ones, which are the fresh form's.
            return dataclasses.replace(draft, view_id=view_id, round=draft.round + 1)

        return await change_draft(self.store, taken_up.id, show_there)


def _named(draft: Draft) -> UnsentDraft:
    return UnsentDraft(id=draft.id, names=tuple(job.called for job in draft.jobs), created_at=draft.created_at)


def _told_in(request: ImageRequest, requester: str) -> str:
    """Where the result of an earlier request was to be told, for whoever asks again; empty where that is for others.

    Direct messages with the bot are whose they are, and so is what is told to a person.
    """
    in_channel = is_channel(request.announce_in)
    return request.announce_in if in_channel or request.requester == requester else ""


def _again(job: PlannedJob) -> DraftJob:
    return DraftJob(
        region=job.region,
        instance_id=job.instance_id,
        left_out=frozenset(job.left_out),
        added=job.added,
        name=job.image_name,
    )
