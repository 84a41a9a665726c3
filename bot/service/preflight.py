"""Preflight: what JD Cloud would refuse later, found before an approver is bothered."""

import asyncio
import itertools
from collections.abc import Awaitable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog

from bot.domain.cloud import Image, ImageStatus, Quota, Snapshot, SnapshotStatus
from bot.domain.errors import Code, Field, Problem
from bot.domain.plan import Plan, PlannedJob
from bot.jdcloud import CloudError, JDCloud

log = structlog.get_logger(__name__)

T = TypeVar("T")

WITHIN = 6.0
"""Seconds that the questions besides the instance itself may take together. What is not known by then is left to
createImage, which is the authority: a quota that cannot be read stops nobody from asking."""


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """Asks JD Cloud about a plan, all questions at once."""

    cloud: JDCloud

    async def look(self, plan: Plan, *, warned_names: Collection[str]) -> tuple[Problem, ...]:
        """What speaks against the plan, in the order in which people can do something about it. A problem of one of
        its instances carries `instance_id`.

        Args:
            plan: of instances that are as it needs them.
            warned_names: names that the person knows to be taken, and wants all the same.
        """
        regions = sorted({job.region for job in plan.jobs})
        quotas, offered, found = await asyncio.gather(
            asyncio.gather(*(self._quotas(plan, region) for region in regions)),
            asyncio.gather(*(self._offered(plan, region) for region in regions)),
            asyncio.gather(*(self._job(job, warned_names) for job in plan.jobs)),
        )
        snapshots = dict(zip(regions, offered, strict=True))
        of_jobs = (
            _of(job, (*problems, *_snapshots(job, snapshots[job.region])))
            for job, problems in zip(plan.jobs, found, strict=True)
        )
        return tuple(itertools.chain(*of_jobs, *quotas))

    async def _offered(self, plan: Plan, region: str) -> Sequence[Snapshot] | None:
        """The snapshots of a region, where any disk is to be filled from one."""
        wanted = any(disk.snapshot for job in plan.jobs if job.region == region for disk in job.added)
        return await self._ask(self.cloud.snapshots(region)) if wanted else None

    async def _quotas(self, plan: Plan, region: str) -> tuple[Problem, ...]:
        """createImage: one image for each job, and a snapshot of each cloud disk in it, the system disk among them."""
        images, snapshots = await asyncio.gather(
            self._ask(self.cloud.image_quota(region)), self._ask(self.cloud.snapshot_quota(region))
        )
        jobs = [job for job in plan.jobs if job.region == region]
        needed = sum(len(job.snapshots) for job in jobs)
        return (
            *_short_of(Code.IMAGE_QUOTA, images, len(jobs), region),
            *_short_of(Code.SNAPSHOT_QUOTA, snapshots, needed, region),
        )

    async def _job(self, job: PlannedJob, warned_names: Collection[str]) -> tuple[Problem, ...]:
        made, named = await asyncio.gather(
            self._ask(self.cloud.private_images_of(job.region, job.instance_id)),
            self._ask(self.cloud.private_images_named(job.region, job.image_name)),
        )
        return (
            *_in_progress(job, made or ()),
            *(_taken(named or ()) if job.image_name not in warned_names else ()),
        )

    async def _ask(self, question: Awaitable[T]) -> T | None:
        try:
            async with asyncio.timeout(WITHIN):
                return await question
        except (CloudError, TimeoutError) as error:
            request_id = error.request_id if isinstance(error, CloudError) else ""
            log.warning("preflight.not_known", error=str(error), cloud_request_id=request_id)
            return None


def _of(job: PlannedJob, problems: Iterable[Problem]) -> Iterator[Problem]:
    for problem in problems:
        yield replace(problem, facts={**problem.facts, "instance_id": job.instance_id})


def _in_progress(job: PlannedJob, images: Sequence[Image]) -> Iterator[Problem]:
    """createImage: an instance with a task under way is refused, and an image in the making is one."""
    for image in images:
        if image.status == ImageStatus.PENDING:
            yield Problem(Code.IMAGE_IN_PROGRESS, Field.INSTANCE, {"instance": job.called, "image": image.id})


def _short_of(code: Code, quota: Quota | None, needed: int, region: str) -> Iterator[Problem]:
    if quota and quota.left < needed:
        facts = {"limit": str(quota.limit), "used": str(quota.used), "needed": str(needed), "region": region}
        yield Problem(code, None, facts)


def _taken(images: Sequence[Image]) -> Iterator[Problem]:
    """Names need not be unique in JD Cloud; people mostly want them to be."""
    for image in images[:1]:
        yield Problem(Code.NAME_TAKEN, Field.NAME, {"name": image.name, "image": image.id})


def _snapshots(job: PlannedJob, offered: Sequence[Snapshot] | None) -> Iterator[Problem]:
    if offered is None:  # not told: createImage will say
        return
    known = {snapshot.id: snapshot for snapshot in offered}
    for disk in job.added:
        if disk.snapshot is None:
            continue
        found = known.get(disk.snapshot.id)
        facts = {"device": disk.device, "snapshot": disk.snapshot.id}
        if found is None:
            yield Problem(Code.SNAPSHOT_GONE, Field.DISKS, facts)
        elif found.status not in {SnapshotStatus.AVAILABLE, ""}:  # one that is not told stands against nothing
            yield Problem(Code.SNAPSHOT_NOT_AVAILABLE, Field.DISKS, facts | {"status": found.status})
