"""The step `image`: createImage, and describeImages until the image is ready."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from bot.domain import limits
from bot.domain.cloud import Accepted, Image, ImageStatus, Instance
from bot.domain.errors import Code, Problem
from bot.domain.fit import drift, obstacles, untold
from bot.domain.plan import WhileImaged
from bot.domain.steps import JobStep
from bot.domain.stopping import snapshots_done
from bot.jdcloud import CloudError, create_image_spec
from bot.service.steps.kind import (
    Absent,
    Answer,
    Broke,
    ForAPerson,
    Found,
    Going,
    Happened,
    Never,
    NoTrace,
    NotYet,
    Ready,
    Sight,
    Task,
    Trace,
    Unclear,
)
from bot.service.steps.of_instance import OfInstance

log = structlog.get_logger(__name__)

DISKS_AT_ONCE = 100
"""Disks whose snapshots are asked for in one call."""

SNAPSHOTS_WITHIN = 5.0
"""Seconds that JD Cloud is given to tell how many snapshots are done."""

CALLS_AT_MOST = 2
"""How often createImage may be called without an answer for one approval: then a person decides."""


@dataclass(frozen=True, kw_only=True)
class MakeImage(OfInstance):
    """At most one image comes of an approval. Each carries the request's id as a mark in its description."""

    calls_at_most: int | None = CALLS_AT_MOST

    def answer(self, task: Task, instance: Instance) -> Answer:
        """The approved plan is held against the instance as it is now."""
        job = task.job
        if problem := untold(job, instance):
            return NotYet(problem)
        if changes := (*drift(job, instance), *self.another_rule(task, instance)):
            return Never(changes)
        problems = obstacles(instance, job.while_imaged)
        if not problems:
            return Ready()
        if any(problem.code is Code.INSTANCE_NOT_STOPPED for problem in problems):
            if job.while_imaged is WhileImaged.STOP_AND_START:  # we had it stopped, and somebody has started it
                return Never(problems)
            return NotYet(problems[0], patient=True)
        return NotYet(problems[0])  # in the middle of something that ends by itself

    async def call(self, task: Task) -> Accepted:
        """createImage."""
        job = task.job
        return await self.cloud.create_image(
            job.region,
            job.instance_id,
            create_image_spec(job, description=task.request.plan.description, request_id=task.request.id),
        )

    async def trace(self, task: Task) -> Trace:
        """The mark, among the private images of the instance."""
        images = await self.cloud.private_images_of(task.job.region, task.job.instance_id)
        found = [image.id for image in images if _carries_marker(image, task.request.id)]
        unmarked = [image.id for image in images if _may_be_ours(image, task)]
        if len(found) == 1:
            return Found(found[0])
        if found:
            return ForAPerson(Problem(Code.SEVERAL_IMAGES, facts={"images": ", ".join(found)}))
        if unmarked:
            return Unclear(Problem(Code.UNMARKED_IMAGE, facts={"images": ", ".join(unmarked)}))
        return NoTrace()

    async def look(self, region: str, steps: Sequence[JobStep]) -> Sequence[Sight]:
        """describeImages by id: one that is not known is left out."""
        images = await self.cloud.images(region, [step.result for step in steps])
        by_id = {image.id: image for image in images}
        return [_sight(by_id.get(step.result)) for step in steps]

    async def progress(self, region: str, steps: Sequence[JobStep]) -> Mapping[int, str]:
        """How many snapshots of each image are done. JD Cloud tells no other progress (disk: describeSnapshots)."""
        plans = await self.store.read(lambda tx: tx.requests.plans({step.request_id for step in steps}))
        disks: list[str] = []
        asked: list[JobStep] = []
        for step in steps:
            own = [disk.disk_id for disk in plans[step.request_id].jobs[step.job].snapshots]
            if own and len(disks) + len(own) <= DISKS_AT_ONCE:
                disks += own
                asked.append(step)
        if not disks:
            return {}
        try:
            async with asyncio.timeout(SNAPSHOTS_WITHIN):
                snapshots = await self.cloud.snapshots_of_disks(region, disks)
        except (CloudError, TimeoutError) as error:
            log.debug("snapshots.not_told", region=region, error=str(error))
            return {}
        told = {step.id: snapshots_done(snapshots, step.result) for step in asked}
        return {step_id: f"{done}/{of}" for step_id, (done, of) in told.items() if of}

    def absent(self, task: Task, *, gone: bool) -> Problem:
        """It was deleted."""
        del gone  # an image that is listed is never absent
        return Problem(Code.IMAGE_GONE, facts={"image": task.step.result})


def _sight(image: Image | None) -> Sight:
    if image is None:
        return Absent(gone=True)
    match image.status:
        case ImageStatus.READY:
            return Happened()
        case ImageStatus.ERROR:
            return Broke(Problem(Code.IMAGE_BROKEN, facts={"image": image.id}))
        case ImageStatus.DELETING:
            return Broke(Problem(Code.IMAGE_GONE, facts={"image": image.id}))
        case ImageStatus.PENDING:
            return Going()
        case status:
            return Going(status, told=bool(status))


def _carries_marker(image: Image, request_id: str) -> bool:
    """The marker is exact and last; the name stays the person's own and proves nothing."""
    return (image.description or "").rstrip().endswith(limits.marker(request_id))


def _may_be_ours(image: Image, task: Task) -> bool:
    """Whether an image could be the one that is looked for, as its description is not told and its name is ours or not
    told either. Not where a person has said to go on: they have looked at it.
    """
    return image.description is None and image.name in {task.job.image_name, ""} and not task.step.answered_for
