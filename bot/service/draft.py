"""Drafting: what happens while the form is open, up to the moment it is sent."""

import asyncio
import dataclasses
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from bot.domain import rules
from bot.domain.cloud import Instance
from bot.domain.disks import AddedDisk, boxes, free_devices
from bot.domain.draft import Act, Draft, DraftState, OtherRequest, UnsentDraft, boxes_seen, disks_seen, with_instance
from bot.domain.errors import Code, Field, Late, Problem, UserError
from bot.domain.meanwhile import Allowed
from bot.domain.plan import WhileImaged
from bot.domain.request import ImageRequest
from bot.jdcloud import CloudError, JDCloud
from bot.service.change import BY_ITSELF, Change, change_draft, existing_draft
from bot.service.find import find_instance
from bot.service.ports import Clock, NewId
from bot.service.typed import Choices, Kept, Typed, with_typed
from bot.store import Store, Transaction

log = structlog.get_logger(__name__)

UNSENT_FOR = 3600.0
"""Seconds for which a form that was not sent can be gone on with."""

NAMES_WITHIN = 1.0
"""Seconds that JD Cloud has to tell which names are taken: somebody looks at a form that is loading."""


@dataclass(frozen=True, kw_only=True)
class Drafting:
    """The use cases of an open form. All of them are repeatable: the same call twice changes nothing more."""

    store: Store
    cloud: JDCloud
    regions: Sequence[str]
    allowed: Allowed
    clock: Clock
    new_id: NewId

    def offered(self, region: str) -> str:
        """A region, if it is one of those that are offered here; no other is asked for anything.

        Raises:
            UserError: it is not.
        """
        if region not in self.regions:
            raise UserError(Problem(Code.REGION_UNKNOWN, Field.REGION, {"region": region}))
        return region

    async def start(
        self, *, requester: str, team: str, origin: str, language: str, instance_id: str = "", name: str = ""
    ) -> Draft:
        """A fresh draft, in the region the person used last."""

        def work(tx: Transaction) -> Draft:
            last = tx.drafts.last_region(requester)
            unsent = tx.drafts.unsent(requester, self.clock() - UNSENT_FOR)
            draft = Draft(
                id=self.new_id(),
                state=DraftState.OPEN,
                revision=0,
                requester=requester,
                team=team,
                language=language,
                origin=origin,
                region=last if last and last in self.regions else self.regions[0],
                instance_id=instance_id,
                name=name,
                announce_in=origin,
                unsent=_named(unsent) if unsent else None,
                created_at=self.clock(),
            )
            tx.drafts.add(draft)
            return draft

        return await self.store.transact(work)

    async def start_again(self, request_id: str, *, requester: str, origin: str, language: str) -> Draft:
        """A fresh draft filled in with the choices of an earlier request, to be held against what exists now.

        Raises:
            UserError: there is no such request.
        """

        def work(tx: Transaction) -> Draft:
            request = tx.requests.get(request_id)
            if request is None:
                raise UserError(Problem(Code.REQUEST_NOT_FOUND, facts={"request": request_id}))
            plan, sent = request.plan, tx.drafts.of_request(request_id)
            job = plan.jobs[0]
            # Of an instance that was stopped nobody has chosen what becomes of it while it runs.
            chosen = job.while_imaged is not WhileImaged.STOPPED or (sent and sent.offered)
            draft = Draft(
                id=self.new_id(),
                state=DraftState.OPEN,
                revision=0,
                requester=requester,
                team=request.team,
                language=language,
                origin=origin,
                region=job.region if job.region in self.regions else self.regions[0],
                instance_id=job.instance_id,
                while_imaged=job.while_imaged if chosen else None,
                not_before=plan.not_before if plan.not_before and plan.not_before > self.clock() else 0.0,
                left_out=frozenset(job.left_out),
                added=job.added,
                name=job.image_name,
                description=plan.description,
                note=request.note,
                announce_in=request.announce_in,
                created_at=self.clock(),
            )
            tx.drafts.add(draft)
            return draft

        return await self.store.transact(work)

    async def reopen(self, draft_id: str, *, requester: str) -> Draft:
        """A draft that came back from its check, to be shown in a new form with its instance looked at anew.

        Raises:
            UserError: there is no such draft any more, or it has been sent.
        """

        def change(draft: Draft) -> Draft:
            return dataclasses.replace(draft, instance=None, view_id="", problems=())

        try:
            return await self._change(draft_id, change, Act(person=requester))
        except Late as late:
            raise UserError(Problem(Code.FORM_GONE)) from late

    async def go_on(self, draft_id: str, *, act: Act, view_id: str) -> Draft:
        """The unsent draft that a fresh one offers: from now on it is shown in the window of the fresh one.

        Raises:
            UserError: it is not there any more, or it was sent meanwhile.
        """
        fresh = await self._change(draft_id, lambda draft: draft, act)
        if fresh.unsent is None:
            raise UserError(Problem(Code.FORM_GONE))
        taken_up = await self.reopen(fresh.unsent.id, requester=act.person)

        def give_way(draft: Draft) -> Draft:
            return dataclasses.replace(draft, unsent=None, taken_over_by=taken_up.id)

        await self._change(draft_id, give_way, act)

        def show_there(draft: Draft) -> Draft:
            # In new blocks: Slack keeps what stands in the old ones, which are the fresh form's.
            return dataclasses.replace(draft, view_id=view_id, round=draft.round + 1)

        return await self._change(taken_up.id, show_there)

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
        draft = await self.store.transact(lambda tx: tx.drafts.get(draft_id))
        return existing_draft(draft)

    async def opened(self, draft_id: str, *, view_id: str) -> Draft:
        """Remembers the view that shows the draft."""
        return await self._change(draft_id, lambda draft: dataclasses.replace(draft, view_id=view_id))

    async def met(self, draft_id: str, *, language: str, utc_offset: int) -> Draft:
        """What the person turns out to read, and by which clock they live."""
        return await self._change(
            draft_id, lambda draft: dataclasses.replace(draft, language=language, utc_offset=utc_offset)
        )

    async def choose_region(self, draft_id: str, *, act: Act, region: str, typed: Typed) -> Draft:
        """Another region: the instance has to be chosen anew.

        Raises:
            UserError: the region is not offered.
            Late: something else was chosen or sent meanwhile.
        """
        self.offered(region)

        def change(draft: Draft) -> Draft:
            if draft.region == region:
                return with_typed(draft, typed)
            return _choose(with_typed(draft, typed), region=region, instance_id="")

        return await self._change(draft_id, change, act)

    async def choose_instance(self, draft_id: str, *, act: Act, region: str, instance_id: str, typed: Typed) -> Draft:
        """Another instance: `load` brings its disks, and suggests a name.

        Raises:
            UserError: its region is not offered.
            Late: something else was chosen or sent meanwhile.
        """
        self.offered(region)

        def change(draft: Draft) -> Draft:
            return _choose(with_typed(draft, typed), region=region, instance_id=instance_id)

        return await self._change(draft_id, change, act)

    async def take(self, draft_id: str, instance: Instance) -> Draft:
        """The instance that somebody's words have turned out to mean, unless they have chosen one meanwhile."""

        def change(draft: Draft) -> Draft:
            if draft.instance_id:
                return draft
            return _choose(draft, region=instance.region, instance_id=instance.id)

        return await self._change(draft_id, change)

    async def unname(self, draft_id: str, name: str) -> Draft:
        """Takes back a name that has turned out to be an instance's, unless it was changed meanwhile."""

        def change(draft: Draft) -> Draft:
            if not name or draft.name != name:
                return draft
            return dataclasses.replace(draft, name="", suggested_name=name)  # shown anew, and never taken for typed

        return await self._change(draft_id, change)

    async def remark(self, draft_id: str, problem: Problem, *, region: str = "") -> Draft:
        """Why somebody's words mean no one instance, shown in the form that looks in this region, unless they have
        chosen one meanwhile.
        """

        def change(draft: Draft) -> Draft:
            if draft.instance_id:
                return draft
            return dataclasses.replace(draft, region=region or draft.region, problems=(problem,))

        return await self._change(draft_id, change)

    async def look_again(self, draft_id: str, *, act: Act, typed: Typed) -> Draft:
        """The same instance, to be loaded by `load` as it is by now.

        Raises:
            Late: something else was chosen or sent meanwhile.
        """

        def change(draft: Draft) -> Draft:
            return dataclasses.replace(with_typed(draft, typed), instance=None, problems=())

        return await self._change(draft_id, change, act)

    async def load(self, draft_id: str) -> Draft:
        """Brings the chosen instance, as the cloud shows it now, into the draft.

        What goes wrong becomes a problem of the draft, shown in the form. Where the draft's region does not hold
        the instance, as after `/createimage i-abc`, the other regions are asked too.
        """
        draft = await self.get(draft_id)
        if not draft.instance_id or draft.instance is not None:
            return draft
        try:
            instance = await find_instance(self.cloud, self.regions, draft.region, draft.instance_id)
        except CloudError as error:
            problem = dataclasses.replace(error.problem(), field=Field.INSTANCE)
            return await self._loaded(draft, lambda now: dataclasses.replace(now, problems=(problem,)))
        if instance is None:
            facts = {"instance": draft.instance_id, "region": ", ".join(self.regions)}
            problem = Problem(Code.INSTANCE_NOT_FOUND, Field.INSTANCE, facts)
            return await self._loaded(draft, lambda now: dataclasses.replace(now, instance_id="", problems=(problem,)))
        others, usual = await self.store.transact(
            lambda tx: (tx.requests.waiting_for(instance.id), tx.requests.usual_seconds(instance.id))
        )
        named = "" if draft.name else await self._free_name(instance, draft.utc_offset, others)

        def show(now: Draft) -> Draft:
            shown = _show(with_instance(now, instance, self.allowed), instance, others, named)
            return dataclasses.replace(shown, usual_seconds=usual)

        return await self._loaded(draft, show)

    async def submit(self, draft_id: str, *, act: Act, choices: Choices) -> Draft:
        """Takes the form as sent: from here on it is the worker's to check, whatever becomes of the form.

        What is taken is what the form showed. Sent once more as it was, or late, it changes nothing: the draft as it
        stands.

        Raises:
            UserError: something in the form is wrong, by pure rules, or it does not show what its draft holds;
                nothing has changed. Or it was sent before with other words, and these are being checked.
        """

        def change(draft: Draft) -> Draft:
            filled = with_typed(draft, choices.typed)
            problems = (
                *_instance_problems(filled, choices),
                *rules.check_name(filled.name),
                *rules.check_description(filled.description),
                *rules.check_not_before(filled.not_before, self.clock()),
                *rules.check_note(filled.note),
            )
            if problems:
                raise UserError(*problems)
            return dataclasses.replace(filled, state=DraftState.CHECKING, problems=())

        try:
            return await self._change(draft_id, change, act)
        except Late as late:
            standing = await self.get(draft_id)
            if standing.state is DraftState.CHECKING and not _says(standing, choices):
                raise UserError(Problem(Code.SENT_ALREADY, Field.INSTANCE)) from late
            return standing

    async def adopt(self, draft_id: str, *, act: Act, choices: Choices) -> Draft:
        """Takes over which region or instance a form shows that could not be sent, where its choice never arrived."""

        def change(draft: Draft) -> Draft:
            shown = (choices.region, choices.instance_id)
            if choices.region not in self.regions or shown == _held(draft):
                return draft
            if not choices.instance_id and choices.region == draft.region:
                return draft
            filled = with_typed(draft, choices.typed)
            return _choose(filled, region=choices.region, instance_id=choices.instance_id)

        try:
            return await self._change(draft_id, change, act)
        except Late:
            return await self.get(draft_id)

    async def _free_name(self, instance: Instance, utc_offset: int, others: Sequence[ImageRequest]) -> str:
        """A name with today's date that no image has and nobody waits for, as far as that is told in time."""
        day = datetime.fromtimestamp(self.clock() + utc_offset, UTC).strftime("%Y%m%d")
        taken = {job.image_name for request in others for job in request.plan.jobs}
        wanted = rules.suggest_name(instance.name, instance.id, day)
        try:
            async with asyncio.timeout(NAMES_WITHIN):
                taken |= await self.cloud.private_image_names(instance.region, wanted)
        except (CloudError, TimeoutError) as error:
            log.info("draft.names_not_known", error=str(error))
        numbered = (rules.suggest_name(instance.name, instance.id, f"{day}-{number}") for number in range(2, 100))
        return next((one for one in (wanted, *numbered) if one not in taken), wanted)

    async def _loaded(self, before: Draft, change: Change) -> Draft:
        """Changes the draft unless the person has chosen something else meanwhile."""

        def unless_changed(now: Draft) -> Draft:
            same = (*_held(now), now.round) == (*_held(before), before.round)
            return change(now) if same else now

        return await self._change(before.id, unless_changed)

    async def _change(self, draft_id: str, change: Change, act: Act = BY_ITSELF) -> Draft:
        return await change_draft(self.store, draft_id, change, act)


def _named(draft: Draft) -> UnsentDraft:
    instance = draft.instance.name if draft.instance else ""
    return UnsentDraft(id=draft.id, instance=instance or draft.instance_id, created_at=draft.created_at)


def _choose(draft: Draft, *, region: str, instance_id: str) -> Draft:
    if _held(draft) == (region, instance_id):
        # Chosen again: people do that after they have stopped the instance.
        return dataclasses.replace(draft, instance=None, problems=())
    return dataclasses.replace(
        draft,
        region=region,
        instance_id=instance_id,
        instance=None,
        while_imaged=None,
        left_out=frozenset(),
        added=(),
        others=(),
        unsent=None,
        name="" if draft.name == draft.suggested_name else draft.name,
        suggested_name="",
        problems=(),
    )


def _show(draft: Draft, instance: Instance, others: Sequence[ImageRequest], named: str) -> Draft:
    attached = {disk.device for disk in boxes(instance)}
    return dataclasses.replace(
        draft,
        region=instance.region,
        others=tuple(OtherRequest(id=one.id, requester=one.requester, state=one.state) for one in others),
        left_out=draft.left_out & attached,
        added=_adapted(draft.added, instance),
        name=draft.name or named,
        suggested_name=draft.suggested_name if draft.name else named,
        problems=(),
    )


def _held(draft: Draft) -> tuple[str, str]:
    """Which instance a draft is about."""
    return draft.region, draft.instance_id


def _says(draft: Draft, choices: Choices) -> bool:
    """Whether a form says what its draft holds."""
    filled = dataclasses.replace(with_typed(draft, choices.typed), view_id=draft.view_id)
    return filled == draft and not _instance_problems(draft, choices)


def _instance_problems(draft: Draft, choices: Choices) -> tuple[Problem, ...]:
    """What the form shows must be what the draft holds: nobody sends a disk they have not seen."""
    if not choices.instance_id:
        return (Problem(Code.INSTANCE_MISSING, Field.INSTANCE),)
    shown = (choices.region, choices.instance_id, choices.disks) == (*_held(draft), disks_seen(draft))
    if draft.instance is None and draft.problems:
        return (Problem(Code.INSTANCE_NOT_LOADED, Field.INSTANCE),)
    if not shown or draft.instance is None or not _boxes_shown(draft.instance, choices.typed.kept):
        return (Problem(Code.INSTANCE_LOADING, Field.INSTANCE),)
    return ()


def _boxes_shown(instance: Instance, kept: Kept | None) -> bool:
    """Whether the form shows the boxes of this instance, as far as it has any."""
    return (kept.boxes == boxes_seen(instance)) if kept else not boxes(instance)


def _adapted(added: Sequence[AddedDisk], instance: Instance) -> tuple[AddedDisk, ...]:
    """Disks to add, as they fit the instance that exists now: at free devices, in its zone, as far as there are any."""
    adapted: list[AddedDisk] = []
    for disk in added:
        free = free_devices(instance, adapted)
        if free:
            device = disk.device if disk.device in free else free[0]
            adapted.append(dataclasses.replace(disk, device=device, az=instance.az))
    return tuple(adapted)
