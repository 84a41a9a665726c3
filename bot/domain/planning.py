"""Drawing a plan up: from instances as they stand, and what was chosen of each."""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence

from bot.domain.cloud import Disk, Instance, device_order
from bot.domain.disks import AddedDisk, boxes, check_added, free_devices
from bot.domain.errors import Code, Field, Problem, UserError
from bot.domain.plan import MAX_JOBS, DiskAction, Order, Plan, PlannedDisk, PlannedJob, WhileImaged
from bot.domain.stopping import releases_when_stopped, stop_charging_of


def job_of(
    instance: Instance,
    *,
    left_out: frozenset[str],
    image_name: str,
    added: tuple[AddedDisk, ...] = (),
    while_imaged: WhileImaged = WhileImaged.STOPPED,
) -> PlannedJob:
    """The job for an instance as it stands.

    Args:
        instance: as the cloud shows it now.
        left_out: devices of attached cloud data disks that shall not be in the image.
        image_name: the person's own; see `rules.NAME`.
        added: disks that the image gets besides.
        while_imaged: what the instance is meant to be meanwhile.

    Raises:
        UserError: the instance has no system disk, a disk to leave out is not attached or cannot be left out, or one
            to add is not right.
    """
    if instance.system_disk is None:
        raise UserError(Problem(Code.SYSTEM_DISK_MISSING, Field.INSTANCE, {"instance": instance.id}))
    missing = left_out - {disk.device for disk in boxes(instance)}
    if missing:
        raise UserError(Problem(Code.DISKS_CHANGED, Field.DISKS, {"devices": ", ".join(sorted(missing))}))
    for number, disk in enumerate(added):
        if problems := check_added(disk, free=free_devices(instance, added[:number])):
            raise UserError(*(dataclasses.replace(problem, field=Field.DISKS) for problem in problems))
    stops = while_imaged is WhileImaged.STOP_AND_START
    return PlannedJob(
        region=instance.region,
        instance_id=instance.id,
        instance_name=instance.name,
        image_name=image_name,
        system_disk=_planned(instance.system_disk, DiskAction.SNAPSHOT),
        data_disks=tuple(
            _planned(disk, DiskAction.LEAVE_OUT if disk.device in left_out else DiskAction.SNAPSHOT)
            for disk in _by_device(instance.cloud_data_disks)
        ),
        added=tuple(sorted(added, key=lambda disk: device_order(disk.device))),
        local_disks=tuple(_planned(disk, DiskAction.LEAVE_OUT) for disk in _by_device(instance.local_data_disks)),
        while_imaged=while_imaged,
        keep_charging=stops and stop_charging_of(instance) is not None,
        releases=stops and releases_when_stopped(instance),
    )


def draw_up(
    jobs: Iterable[PlannedJob], *, description: str, not_before: float | None = None, order: Order | None = None
) -> Plan:
    """The plan of these jobs, in an order of its own: by name, as people number their machines.

    Args:
        jobs: one to `MAX_JOBS`.
        description: the person's own; see `rules.DESCRIPTION`.
        not_before: unix seconds.
        order: how they run; None: as is usual for them.

    Raises:
        UserError: there are too few or too many, an instance is there twice, or two images have one name.
    """
    ordered = tuple(sorted(jobs, key=lambda job: (_by_number(job.called), job.region, job.instance_id)))
    if problems := tuple(_not_together(ordered)):
        raise UserError(*problems)
    plan = Plan(jobs=ordered, description=description, not_before=not_before)
    if plan.only:  # it has nobody to wait for
        return plan
    return dataclasses.replace(plan, order=order or usual_order(stops=plan.stops))


def usual_order(*, stops: bool) -> Order:
    """How several run, where nobody says otherwise: one after another where a machine is taken down, so that the others
    serve meanwhile.
    """
    return Order.ONE_AFTER_ANOTHER if stops else Order.SIDE_BY_SIDE


def too_many(jobs: int) -> Iterator[Problem]:
    """What is wrong with so many instances in one request."""
    if jobs > MAX_JOBS:
        yield Problem(Code.TOO_MANY_INSTANCES, Field.INSTANCE, {"maximum": str(MAX_JOBS), "chosen": str(jobs)})


def _not_together(jobs: Sequence[PlannedJob]) -> Iterator[Problem]:
    if not jobs:
        yield Problem(Code.INSTANCE_MISSING, Field.INSTANCE)
    yield from too_many(len(jobs))
    for number, job in enumerate(jobs):
        before = jobs[:number]
        if any((job.region, job.instance_id) == (one.region, one.instance_id) for one in before):
            yield Problem(Code.INSTANCE_TWICE, Field.INSTANCE, {"instance": job.called})
        if any((job.region, job.image_name) == (one.region, one.image_name) for one in before):
            yield Problem(Code.NAME_TWICE, Field.NAME, {"name": job.image_name, "instance": job.called})


def _by_number(called: str) -> tuple[tuple[bool, int, str, str], ...]:
    """web-2 comes before web-10. What stands between the numbers of a split is none, whatever else reads as a digit."""
    parts = [
        (number % 2 == 1, part.lstrip("0") if number % 2 else "", part)
        for number, part in enumerate(re.split(r"([0-9]+)", called))
    ]
    return tuple((is_number, len(digits), digits, part) for is_number, digits, part in parts)


def _planned(disk: Disk, action: DiskAction) -> PlannedDisk:
    return PlannedDisk(
        device=disk.device,
        fate=action,
        disk_id=disk.disk_id,
        name=disk.name,
        size_gb=disk.size_gb,
        disk_type=disk.disk_type,
    )


def _by_device(disks: tuple[Disk, ...]) -> tuple[Disk, ...]:
    return tuple(sorted(disks, key=lambda disk: device_order(disk.device)))
