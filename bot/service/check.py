"""Checking: what needs the cloud and Slack, between the form and the approvers."""

import asyncio
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain import policy as rights
from bot.domain import quorum
from bot.domain.cloud import Disk, Instance, InstanceStatus, Seen
from bot.domain.draft import Draft, DraftJob, with_instance
from bot.domain.errors import Code, Field, Problem, UserError
from bot.domain.fit import obstacles
from bot.domain.lifecycle import State
from bot.domain.meanwhile import not_allowed
from bot.domain.plan import Plan, WhileImaged
from bot.domain.planning import draw_up, job_of
from bot.domain.policy import Policy
from bot.domain.request import ImageRequest, Promise
from bot.domain.rule import Ruleset
from bot.jdcloud import CloudError, JDCloud
from bot.service.check_record import Checked, CheckRecord
from bot.service.count import by_rule
from bot.service.current_rules import CurrentRules
from bot.service.ports import Clock, Directory, NewId
from bot.service.preflight import Preflight
from bot.service.submission import tickets_missing
from bot.store import Lease, Store

LOOK_WITHIN = 10.0
"""Seconds that Slack is given to tell who somebody is: nobody's click waits for it."""


@dataclass(frozen=True, kw_only=True)
class Checking:
    """Turns drafts that were sent into requests, or back into open drafts that say what is wrong."""

    store: Store
    cloud: JDCloud
    preflight: Preflight
    rules: CurrentRules
    directory: Directory
    approval_ttl: float  # seconds
    clock: Clock
    new_request_id: NewId

    @property
    def _record(self) -> CheckRecord:
        return CheckRecord(store=self.store, new_request_id=self.new_request_id)

    async def check(self, draft: Draft, lease: Lease) -> None:
        """One draft that was sent, held by `lease`."""
        looked: Draft | None = None
        try:
            since = self.directory.now()
            if problems := await self._may_not_ask(draft.requester, since):
                raise UserError(*problems)
            seen_at = self.clock()
            looked = await self._look(draft)
            if any(job.problems for job in looked.jobs):
                await self._record.back(draft, looked, (), lease)
                return
            ruleset = self.rules.of_instances(job.instance for job in looked.jobs if job.instance)
            if problems := self._against(ruleset, draft, since):
                raise UserError(*problems)
            request = self._request(looked, draft, ruleset)
            if problems := await self.preflight.look(request.plan, warned_names=frozenset(draft.warned_names)):
                raise UserError(*problems)
        except UserError as error:
            await self._record.back(draft, looked, error.problems, lease)
        else:
            about = Checked(draft, looked, ruleset, _seen(looked, request.plan, seen_at))
            await self._record.sent(about, request, lease)

    async def _look(self, draft: Draft) -> Draft:
        """The draft with its instances as they stand now, and what stands in the way of each: all of them are asked
        for at once, and all of them are answered for.
        """
        jobs = await asyncio.gather(*(self._look_at(draft, job) for job in draft.jobs))
        return dataclasses.replace(draft, jobs=tuple(jobs))

    async def _look_at(self, draft: Draft, job: DraftJob) -> DraftJob:
        try:
            instance = await self.cloud.instance(job.region, job.instance_id)
        except CloudError as error:
            problem = dataclasses.replace(error.problem(), field=Field.INSTANCE).calling(job.instance_id, job.called)
            return dataclasses.replace(job, problems=(problem,))
        if job.instance and instance.tags is None:  # not told, and nothing is changed by that: rules go by them
            instance = dataclasses.replace(instance, tags=job.instance.tags)
        if untold := _untold(job, instance):
            return dataclasses.replace(job, problems=(untold,))
        allowed, rule = self.rules.allowed(instance), self.rules.rule_for(instance)
        if rule.refuse:
            facts = {"instance": instance.called, "why": rule.refuse}
            return dataclasses.replace(job, problems=(Problem(Code.REFUSED_BY_RULE, Field.INSTANCE, facts),))
        problems = (
            *not_allowed(draft.meant_for(job), instance, allowed),
            *_in_the_way(job, instance),
            *_unseen(job, instance),
        )
        return dataclasses.replace(with_instance(job, instance, allowed), problems=problems)

    async def _may_not_ask(self, requester: str, since: float) -> tuple[Problem, ...]:
        """What stands against somebody's asking for any image at all."""
        everything = self.rules.everything()
        await self.directory.look_at_requester(everything, requester, since=since, within=LOOK_WITHIN)
        return rights.may_ask(self.directory.actor(requester, since), self.directory.rights(since, everything)).problems

    def _against(self, ruleset: Ruleset, draft: Draft, since: float) -> tuple[Problem, ...]:
        """What the rules of these instances say against it: who may ask, with which ticket, that there is no time at
        which it could begin, or that too few could approve it.
        """
        actor = self.directory.actor(draft.requester, since)
        if problems := rights.may(rights.Action.REQUEST, actor, self.directory.rights(since, ruleset)).problems:
            return problems
        if missing := tickets_missing(draft, ruleset):
            return missing
        if ruleset.opens_at(max(self.clock(), draft.not_before)) is None:
            return (Problem(Code.HOURS_NEVER, Field.INSTANCE),)
        heard = self.directory.policy(ruleset)
        return tuple(_too_few(heard, draft.requester))

    async def broke(self, draft: Draft, lease: Lease, reference: str) -> None:
        """Nobody planned for what happened: the form comes back, and whoever sent it can tell the operator."""
        problem = Problem(Code.UNPLANNED, facts={"reference": reference})
        await self._record.back(draft, None, (problem,), lease)

    def _request(self, draft: Draft, seen: Draft, ruleset: Ruleset) -> ImageRequest:
        now, begin_at = self.clock(), draft.not_before
        return ImageRequest(
            id=self.new_request_id(),
            state=State.PENDING,
            version=1,
            requester=draft.requester,
            team=draft.team,
            language=draft.language,
            plan=plan_of(draft, seen),
            note=draft.note,
            announce_in=draft.announce_in,
            quorum=max(rule.quorum for rule in ruleset.rules),
            promises=tuple(Promise(rule.name, rule.quorum) for rule in ruleset.rules),
            policy_hash=ruleset.hash,
            created_at=now,
            expires_at=max(now, begin_at) + self.approval_ttl,
            begin_at=begin_at,
        )


def _too_few(heard: Policy, requester: str) -> Iterator[Problem]:
    for one in heard.rules:
        able = quorum.able_to_approve(one, heard, requester)
        if able is not None and able < one.rule.quorum:
            facts = {"needed": str(one.rule.quorum), "able": str(able)}
            yield by_rule(Code.TOO_FEW_APPROVERS, Code.TOO_FEW_APPROVERS_BY_RULE, one.rule, facts)


def plan_of(draft: Draft, seen: Draft) -> Plan:
    """The plan of a form.

    Args:
        draft: with its instances as they stand now.
        seen: as it was sent: what becomes of a machine is what was chosen for it as it was shown.

    Raises:
        UserError: something in it does not go, or not together.
    """
    names = draft.names
    jobs = [
        job_of(
            job.instance,
            left_out=job.left_out,
            image_name=names[job.instance_id],
            added=job.added,
            while_imaged=seen.meant_for(seen.job(job.instance_id) or job),
        )
        for job in draft.jobs
        if job.instance
    ]
    return draw_up(jobs, description=draft.description, not_before=draft.not_before or None, order=draft.order)


def _seen(draft: Draft, plan: Plan, at: float) -> list[Seen]:
    """The instances of a plan as they were found, in the order of its jobs."""
    found = {job.instance_id: job.instance for job in draft.jobs}
    instances = (found[job.instance_id] for job in plan.jobs)
    return [Seen(instance.status, at, instance.tags) if instance else Seen("", at) for instance in instances]


def _untold(job: DraftJob, instance: Instance) -> Problem | None:
    """Whether the answer has no list of data disks where the form had some: nothing is changed by that."""
    if instance.data_disks_told or job.instance is None or not job.instance.cloud_data_disks:
        return None
    devices = ", ".join(disk.device for disk in job.instance.cloud_data_disks)
    return Problem(Code.DISKS_MISSING, Field.DISKS, {"instance": instance.called, "devices": devices})


def _in_the_way(job: DraftJob, instance: Instance) -> tuple[Problem, ...]:
    """Why no image can be made as it stands. A running instance is fine where something was chosen for it."""
    if instance.status == InstanceStatus.RUNNING and not job.offered:
        return (Problem(Code.INSTANCE_RUNS_NOW, Field.WHILE_IMAGED, {"instance": instance.called}),)
    return obstacles(instance, WhileImaged.LIVE if job.offered else WhileImaged.STOPPED)


def _unseen(job: DraftJob, instance: Instance) -> tuple[Problem, ...]:
    """Whether the disks are still the ones the person saw in the form; if not, they shall look again."""
    seen = {_key(disk) for disk in job.instance.cloud_data_disks} if job.instance else set()
    found = {_key(disk) for disk in instance.cloud_data_disks}
    if seen == found:
        return ()
    devices = sorted({device for device, *_ in seen ^ found})
    return (Problem(Code.DISKS_CHANGED, Field.DISKS, {"devices": ", ".join(devices)}),)


def _key(disk: Disk) -> tuple[str, str, int]:
    return disk.device, disk.disk_id, disk.size_gb
