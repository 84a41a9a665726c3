"""Loading: what the cloud shows of a chosen instance, and what is known of it here, on their way into a form."""

import asyncio
import dataclasses
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

import structlog

from bot.domain import limits
from bot.domain.cloud import Instance
from bot.domain.disks import AddedDisk, boxes, free_devices
from bot.domain.draft import Draft, DraftJob, with_instance
from bot.domain.errors import Code, Field, Problem
from bot.domain.plan import MAX_JOBS
from bot.domain.request import ImageRequest
from bot.jdcloud import CloudError, JDCloud
from bot.service.change import ChangeIn
from bot.service.current_rules import CurrentRules
from bot.service.find import find_instance
from bot.service.others import named
from bot.service.ports import Clock
from bot.store import Transaction

log = structlog.get_logger(__name__)

NAMES_WITHIN = 1.0
"""Seconds that JD Cloud has to tell which names are taken: somebody looks at a form that is loading."""


@dataclass(frozen=True, kw_only=True)
class Loading:
    """Looks at one instance of a form."""

    cloud: JDCloud
    regions: Sequence[str]
    rules: CurrentRules
    clock: Clock

    async def look(self, draft: Draft, job: DraftJob) -> ChangeIn:
        """What becomes of the draft by it: the instance as it stands now, or why there is none to show."""
        try:
            instance = await find_instance(self.cloud, self.regions, job.region, job.instance_id)
        except CloudError as error:
            problem = dataclasses.replace(error.problem(), field=Field.INSTANCE)
            return _unless_changed(draft, job, lambda _, now, job: now.with_job(_with_problem(job, problem)))
        if instance is None:
            return _unless_changed(draft, job, lambda _, now, job: _without(now, job, self.regions))
        day = datetime.fromtimestamp(self.clock() + draft.utc_offset, UTC).strftime("%Y%m%d")
        taken = await self._taken_names(instance, day)

        def shown(tx: Transaction, now: Draft, job: DraftJob) -> Draft:
            attached = {disk.device for disk in boxes(instance)}
            others = tx.requests.waiting_for(instance.id)
            return now.with_job(
                dataclasses.replace(
                    with_instance(job, instance, self.rules.allowed(instance)),
                    usual_seconds=tx.requests.usual_seconds(instance.id),
                    others=named(others),
                    left_out=job.left_out & attached,
                    added=_adapted(job.added, instance),
                    free_names=job.free_names or _free_names(instance, day, taken, others),
                    problems=(),
                )
            )

        return _unless_changed(draft, job, shown)

    async def _taken_names(self, instance: Instance, day: str) -> frozenset[str]:
        """Names like the one for that day that images have, as far as that is told in time."""
        wanted = limits.suggest_name(instance.name, instance.id, day)
        try:
            async with asyncio.timeout(NAMES_WITHIN):
                return await self.cloud.private_image_names(instance.region, wanted)
        except (CloudError, TimeoutError) as error:
            log.info("draft.names_not_known", error=str(error))
        return frozenset()


def to_load(draft: Draft) -> list[DraftJob]:
    """The instances of a form that are still to be looked at."""
    return [job for job in draft.jobs if job.instance is None]


def unloaded(draft: Draft, instance_id: str = "") -> Draft:
    """A draft of which one instance, or all, are to be looked at anew."""
    jobs = tuple(_anew(job) if instance_id in {"", job.instance_id} else job for job in draft.jobs)
    return dataclasses.replace(draft, jobs=jobs)


def _anew(job: DraftJob) -> DraftJob:
    return dataclasses.replace(job, instance=None, problems=(), looks=job.looks + 1)


def _unless_changed(draft: Draft, job: DraftJob, change: Callable[[Transaction, Draft, DraftJob], Draft]) -> ChangeIn:
    """Unless another look has shown it meanwhile, or it is to be looked at anew, or the person has chosen something
    else, or the form was sent and came back.
    """

    def apply(tx: Transaction, now: Draft) -> Draft:
        standing = now.job(job.instance_id)
        if standing is None or standing.instance or standing.looks != job.looks or now.round != draft.round:
            return now
        return change(tx, now, standing)

    return apply


def _free_names(
    instance: Instance, day: str, taken: Collection[str], others: Iterable[ImageRequest]
) -> tuple[str, ...]:
    """Names with a day's date that no image has and nobody waits for: one for each machine of that name that there may
    be in the form.
    """
    waited_for = {job.image_name for request in others for job in request.plan.jobs}
    days = (day, *(f"{day}-{number}" for number in range(2, 100)))
    names = (limits.suggest_name(instance.name, instance.id, one) for one in days)
    free = (name for name in names if name not in taken and name not in waited_for)
    return tuple(islice(free, MAX_JOBS)) or (limits.suggest_name(instance.name, instance.id, day),)


def _with_problem(job: DraftJob, problem: Problem) -> DraftJob:
    return dataclasses.replace(job, problems=(problem,))


def _without(draft: Draft, job: DraftJob, regions: Sequence[str]) -> Draft:
    """No region has it: there is nothing to choose for it."""
    problem = Problem(
        Code.INSTANCE_NOT_FOUND, Field.INSTANCE, {"instance": job.instance_id, "region": ", ".join(regions)}
    )
    left = tuple(one for one in draft.jobs if one.instance_id != job.instance_id)
    return dataclasses.replace(
        draft,
        jobs=left,
        gone=(*draft.gone, job.instance_id),
        name=draft.name or ("" if left else job.name),
        problems=(*draft.problems, problem),
    )


def _adapted(added: Sequence[AddedDisk], instance: Instance) -> tuple[AddedDisk, ...]:
    """Disks to add, as they fit the instance that exists now: at free devices, in its zone, as far as there are any."""
    adapted: list[AddedDisk] = []
    for disk in added:
        free = free_devices(instance, adapted)
        if free:
            device = disk.device if disk.device in free else free[0]
            adapted.append(dataclasses.replace(disk, device=device, az=instance.az))
    return tuple(adapted)
