"""Checking: what needs the cloud and Slack, between the form and the approvers."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.domain import policy as rights
from bot.domain.cloud import Disk, Instance, InstanceStatus, Seen
from bot.domain.delivery import CardKind
from bot.domain.draft import Draft, DraftState, with_instance
from bot.domain.errors import Code, Field, Problem, UserError
from bot.domain.lifecycle import Notice, Place, State
from bot.domain.meanwhile import Allowed, not_allowed
from bot.domain.plan import WhileImaged, draw_up, job_of, obstacles
from bot.domain.request import ImageRequest
from bot.jdcloud import CloudError, JDCloud
from bot.service.ports import Clock, Directory, NewId
from bot.service.preflight import Preflight
from bot.store import Lease, Store, Transaction

log = structlog.get_logger(__name__)

LOOK_WITHIN = 10.0
"""Seconds that Slack is given to tell who somebody is: nobody's click waits for it."""


class _NotOurs(Exception):
    """The lease has ended: whoever took over says what becomes of the draft, and nothing of this is stored."""


@dataclass(frozen=True, kw_only=True)
class Checking:
    """Turns drafts that were sent into requests, or back into open drafts that say what is wrong."""

    store: Store
    cloud: JDCloud
    preflight: Preflight
    allowed: Allowed
    directory: Directory
    approval_channel: str
    approval_ttl: float  # seconds
    clock: Clock
    new_request_id: NewId

    async def check(self, draft: Draft, lease: Lease) -> None:
        """One draft that was sent, held by `lease`."""
        instance = draft.instance
        try:
            if problems := await self._not_allowed(draft.requester):
                raise UserError(*problems)
            seen_at = self.clock()
            found = await self.cloud.instance(draft.region, draft.instance_id)
            if problem := _untold(draft, found):
                raise UserError(problem)
            instance = found
            if problems := (
                *not_allowed(draft.meant, instance, self.allowed),
                *_in_the_way(draft, instance),
                *_unseen(draft, instance),
            ):
                raise UserError(*problems)
            request = self._request(draft, instance)
            if problems := await self.preflight.look(request.plan, warned_names=frozenset({draft.warned_name})):
                raise UserError(*problems)
        except UserError as error:
            await self._back(draft, instance, error.problems, lease)
        except CloudError as error:
            problem = dataclasses.replace(error.problem(), field=Field.INSTANCE)
            await self._back(draft, instance, (problem,), lease)
        else:
            await self._send(draft, request, [Seen(instance.status, seen_at)], lease)

    async def _not_allowed(self, requester: str) -> tuple[Problem, ...]:
        """What stands against somebody's asking at all: who they are, or that too few could approve it."""
        since = self.directory.now()
        await self.directory.look_at_requester(requester, since=since, within=LOOK_WITHIN)
        actor, policy = self.directory.actor(requester, since), self.directory.rights(since)
        if problems := rights.may(rights.Action.REQUEST, actor, policy).problems:
            return problems
        heard = self.directory.policy()
        able = rights.able_to_approve(heard, requester)
        if able is None or able >= heard.quorum:
            return ()
        return (Problem(Code.TOO_FEW_APPROVERS, facts={"needed": str(heard.quorum), "able": str(able)}),)

    async def broke(self, draft: Draft, lease: Lease, reference: str) -> None:
        """Nobody planned for what happened: the form comes back, and whoever sent it can tell the operator."""
        problem = Problem(Code.UNPLANNED, facts={"reference": reference})
        await self._back(draft, draft.instance, (problem,), lease)

    def _request(self, draft: Draft, instance: Instance) -> ImageRequest:
        now, begin_at = self.clock(), draft.not_before
        job = job_of(
            instance,
            left_out=draft.left_out,
            image_name=draft.name,
            added=draft.added,
            while_imaged=draft.meant,
        )
        plan = draw_up([job], description=draft.description, not_before=begin_at or None)
        return ImageRequest(
            id=self.new_request_id(),
            state=State.PENDING,
            version=1,
            requester=draft.requester,
            team=draft.team,
            language=draft.language,
            plan=plan,
            note=draft.note,
            announce_in=draft.announce_in,
            quorum=self.directory.policy().quorum,
            created_at=now,
            expires_at=max(now, begin_at) + self.approval_ttl,
            begin_at=begin_at,
        )

    async def _send(self, draft: Draft, request: ImageRequest, seen: Sequence[Seen], lease: Lease) -> None:
        cards = {CardKind.APPROVAL: self.approval_channel, CardKind.REQUESTER: request.requester}

        def work(tx: Transaction) -> str:
            wanted = dataclasses.replace(draft, state=DraftState.SENT, request_id=request.id)
            if not tx.requests.add(request, draft_id=draft.id, cards=cards, seen=seen):
                known = tx.requests.of_draft(draft.id)
                if known is None:
                    return ""  # the id is taken: another one
                wanted = dataclasses.replace(wanted, request_id=known.id)
            if tx.drafts.save(wanted, lease=lease) is None:
                raise _NotOurs
            tx.notices.owe(
                Notice.SUBMITTED,
                Place.VIEW,
                conversation=draft.requester,
                request_id=wanted.request_id,
                draft_id=draft.id,
                version=draft.revision,
            )
            return wanted.request_id

        try:
            while not (request_id := await self.store.transact(work)):
                request = dataclasses.replace(request, id=self.new_request_id())
        except _NotOurs:
            log.info("draft.not_ours", draft_id=draft.id)
            return
        log.info("request.submitted", request_id=request_id, actor=request.requester, plan_hash=request.plan.hash)

    async def _back(self, draft: Draft, instance: Instance | None, problems: tuple[Problem, ...], lease: Lease) -> None:
        def work(tx: Transaction) -> None:
            warned = next((p.facts["name"] for p in problems if p.code is Code.NAME_TAKEN), draft.warned_name)
            shown = with_instance(draft, instance, self.allowed) if instance else draft
            opened = dataclasses.replace(
                shown,
                state=DraftState.OPEN,
                problems=problems,
                warned_name=warned,
                round=draft.round + 1,
            )
            if saved := tx.drafts.save(opened, lease=lease):
                tx.notices.owe(
                    Notice.NOT_SUBMITTED,
                    Place.VIEW,
                    conversation=draft.requester,
                    draft_id=draft.id,
                    version=saved.revision,
                )

        await self.store.transact(work)
        log.info("draft.returned", draft_id=draft.id, actor=draft.requester, problems=[p.code for p in problems])


def _untold(draft: Draft, instance: Instance) -> Problem | None:
    """Whether the answer has no list of data disks where the form had some: nothing is changed by that."""
    if instance.data_disks_told or draft.instance is None or not draft.instance.cloud_data_disks:
        return None
    devices = ", ".join(disk.device for disk in draft.instance.cloud_data_disks)
    return Problem(Code.DISKS_MISSING, Field.DISKS, {"instance": instance.name or instance.id, "devices": devices})


def _in_the_way(draft: Draft, instance: Instance) -> tuple[Problem, ...]:
    """Why no image can be made as it stands. A running instance is fine where something was chosen for it."""
    if instance.status == InstanceStatus.RUNNING and not draft.offered:
        return (Problem(Code.INSTANCE_RUNS_NOW, Field.WHILE_IMAGED, {"instance": instance.name or instance.id}),)
    return obstacles(instance, WhileImaged.LIVE if draft.offered else WhileImaged.STOPPED)


def _unseen(draft: Draft, instance: Instance) -> tuple[Problem, ...]:
    """Whether the disks are still the ones the person saw in the form; if not, they shall look again."""
    seen = {_key(disk) for disk in draft.instance.cloud_data_disks} if draft.instance else set()
    found = {_key(disk) for disk in instance.cloud_data_disks}
    if seen == found:
        return ()
    devices = sorted({device for device, *_ in seen ^ found})
    return (Problem(Code.DISKS_CHANGED, Field.DISKS, {"devices": ", ".join(devices)}),)


def _key(disk: Disk) -> tuple[str, str, int]:
    return disk.device, disk.disk_id, disk.size_gb
