"""Preflight: what JD Cloud would refuse later, found before an approver is bothered."""

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog

from bot.domain.cloud import Image, ImageStatus, Quota, Snapshot, SnapshotStatus
from bot.domain.errors import Code, Field, Problem
from bot.domain.plan import Plan
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

    async def look(self, plan: Plan, *, warned_name: str) -> tuple[Problem, ...]:
        """What speaks against the plan, in the order in which people can do something about it.

        Args:
            plan: of an instance that is stopped and at rest.
            warned_name: a name that the person knows to be taken, and wants all the same.
        """
        region = plan.region
        wants_snapshots = any(disk.snapshot for disk in plan.added)
        made, images, snapshots, named, offered = await asyncio.gather(
            self._ask(self.cloud.private_images_of(region, plan.instance_id)),
            self._ask(self.cloud.image_quota(region)),
            self._ask(self.cloud.snapshot_quota(region)),
            self._ask(self.cloud.private_images_named(region, plan.image_name)),
            self._ask(self.cloud.snapshots(region)) if wants_snapshots else _nothing(),
        )
        return (
            *_in_progress(plan, made or ()),
            *_quotas(plan, images, snapshots),
            *(_taken(named or ()) if plan.image_name != warned_name else ()),
            *(_snapshots(plan, offered) if offered is not None else ()),
        )

    async def _ask(self, question: Awaitable[T]) -> T | None:
        try:
            async with asyncio.timeout(WITHIN):
                return await question
        except (CloudError, TimeoutError) as error:
            request_id = error.request_id if isinstance(error, CloudError) else ""
            log.warning("preflight.not_known", error=str(error), cloud_request_id=request_id)
            return None


async def _nothing() -> None:
    return None


def _in_progress(plan: Plan, images: Sequence[Image]) -> Iterator[Problem]:
    """createImage: an instance with a task under way is refused, and an image in the making is one."""
    for image in images:
        if image.status == ImageStatus.PENDING:
            facts = {"instance": plan.called, "image": image.id}
            yield Problem(Code.IMAGE_IN_PROGRESS, Field.INSTANCE, facts)


def _quotas(plan: Plan, images: Quota | None, snapshots: Quota | None) -> Iterator[Problem]:
    """createImage: one image, and a snapshot of each cloud disk in it, the system disk among them."""
    if images and images.left < 1:
        facts = {"limit": str(images.limit), "used": str(images.used), "region": plan.region}
        yield Problem(Code.IMAGE_QUOTA, None, facts)
    needed = len(plan.snapshots)
    if snapshots and snapshots.left < needed:
        facts = {"limit": str(snapshots.limit), "used": str(snapshots.used), "region": plan.region}
        yield Problem(Code.SNAPSHOT_QUOTA, None, facts | {"needed": str(needed)})


def _taken(images: Sequence[Image]) -> Iterator[Problem]:
    """Names need not be unique in JD Cloud; people mostly want them to be."""
    for image in images[:1]:
        yield Problem(Code.NAME_TAKEN, Field.NAME, {"name": image.name, "image": image.id})


def _snapshots(plan: Plan, offered: Sequence[Snapshot]) -> Iterator[Problem]:
    known = {snapshot.id: snapshot for snapshot in offered}
    for disk in plan.added:
        if disk.snapshot is None:
            continue
        found = known.get(disk.snapshot.id)
        facts = {"device": disk.device, "snapshot": disk.snapshot.id}
        if found is None:
            yield Problem(Code.SNAPSHOT_GONE, Field.DISKS, facts)
        elif found.status not in {SnapshotStatus.AVAILABLE, ""}:  # one that is not told stands against nothing
            yield Problem(Code.SNAPSHOT_NOT_AVAILABLE, Field.DISKS, facts | {"status": found.status})
