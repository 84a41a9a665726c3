"""The plan: what the cloud will be asked, step by step and disk by disk. An approval is bound to its hash."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.domain.cloud import ChargeOnStopped, Disk, Instance, InstanceStatus, KeepCharging, device_order
from bot.domain.disks import AddedDisk, boxes, check_added, free_devices
from bot.domain.errors import Code, Field, Problem, UserError
from bot.domain.steps import Step
from bot.domain.stopping import releases_when_stopped, stop_charging_of


class DiskAction(StrEnum):
    """What is done with a disk when the image is made."""

    SNAPSHOT = "snapshot"  # part of the image: the cloud takes a snapshot of it
    LEAVE_OUT = "leave_out"  # createImage: noDevice


class WhileImaged(StrEnum):
    """What the instance is meant to be while its image is made."""

    STOPPED = "stopped"  # stopped, by whoever stops it: it is waited for
    STOP_AND_START = "stop_and_start"  # stopped by the bot, and started by it again
    LIVE = "live"  # running: the data may be torn


class Order(StrEnum):
    """How the jobs of a plan run."""

    ONE_AFTER_ANOTHER = "one_after_another"  # the next begins when the one before has ended well
    SIDE_BY_SIDE = "side_by_side"


MAX_JOBS = 10
"""Instances in one request: as many as people read through before they approve."""


@dataclass(frozen=True)
class PlannedStep:
    """One step of a job, before it has a life of its own."""

    kind: str
    undoes: int | None = None  # the position of the step that it makes good


@dataclass(frozen=True, kw_only=True)
class PlannedDisk:
    """One attached disk and what is done with it."""

    device: str
    fate: DiskAction  # the name is a key of stored plans and goes into their hashes: a new one would void approvals
    disk_id: str  # empty for a local disk
    name: str
    size_gb: int  # GiB
    disk_type: str


@dataclass(frozen=True, kw_only=True)
class PlannedJob:
    """One instance's share of a plan: one image of it, and what becomes of the instance meanwhile."""

    region: str
    instance_id: str
    instance_name: str
    image_name: str
    system_disk: PlannedDisk
    data_disks: tuple[PlannedDisk, ...]  # attached cloud disks, by device
    added: tuple[AddedDisk, ...] = ()  # by device
    local_disks: tuple[PlannedDisk, ...] = ()  # named to people; never part of an image, never in the call
    while_imaged: WhileImaged = WhileImaged.STOPPED
    keep_charging: bool = False  # stopInstance: whether `keepCharging` is sent
    releases: bool = False  # whether our stop releases resources: `stopping.releases_when_stopped`

    @property
    def called(self) -> str:
        """What people call the instance: its name, or its id where it has none."""
        return self.instance_name or self.instance_id

    @property
    def steps(self) -> tuple[PlannedStep, ...]:
        """What is asked of the cloud, in order."""
        image = PlannedStep(Step.IMAGE)
        if self.stops:
            return (PlannedStep(Step.STOP), image, PlannedStep(Step.START, undoes=0))
        return (image,)

    @property
    def stops(self) -> bool:
        """Whether the instance is taken down for it."""
        return self.while_imaged is WhileImaged.STOP_AND_START

    @property
    def charge_on_stopped(self) -> KeepCharging | None:
        """What stopInstance is told of the instance's resources; None: nothing."""
        return ChargeOnStopped.KEEP_CHARGING if self.keep_charging else None

    @property
    def left_out(self) -> tuple[str, ...]:
        """The devices that will not be in the image."""
        return tuple(disk.device for disk in self.data_disks if disk.fate is DiskAction.LEAVE_OUT)

    @property
    def snapshots(self) -> tuple[PlannedDisk, ...]:
        """The disks the cloud will take a snapshot of: each counts against the snapshot quota."""
        return tuple(disk for disk in self._imaged if disk.disk_id)

    @property
    def size_gb(self) -> int:
        """The size of all disks in the image together, in GiB."""
        return sum(disk.size_gb for disk in self._imaged)

    @property
    def _imaged(self) -> tuple[PlannedDisk, ...]:
        disks = (self.system_disk, *self.data_disks)
        return tuple(disk for disk in disks if disk.fate is DiskAction.SNAPSHOT)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that one approval allows. Equal plans have equal hashes, whatever order the choices were made in."""

    jobs: tuple[PlannedJob, ...]  # one for each instance, in the order in which they run
    description: str  # the person's own words, without the marker
    not_before: float | None = None  # unix seconds
    order: Order = Order.SIDE_BY_SIDE

    @property
    def hash(self) -> str:
        """SHA-256 over the whole plan, in hexadecimal."""
        canonical = json.dumps(as_stored(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def only(self) -> PlannedJob | None:
        """Its job, where it has a single one."""
        return self.jobs[0] if len(self.jobs) == 1 else None

    @property
    def stops(self) -> bool:
        """Whether any instance is taken down for it."""
        return any(job.stops for job in self.jobs)

    @property
    def snapshots(self) -> int:
        """How many snapshots the cloud will take."""
        return sum(len(job.snapshots) for job in self.jobs)

    @property
    def size_gb(self) -> int:
        """The size of all disks in the images together, in GiB."""
        return sum(job.size_gb for job in self.jobs)


_SINCE = {"while_imaged": WhileImaged.STOPPED, "keep_charging": False, "releases": False, "not_before": None}
"""Fields that came later, and what they are where they are not used."""


def as_stored(plan: Plan) -> dict[str, Any]:
    """A plan as it is hashed and kept. That of a single job is written flat, and what plans of an earlier version had
    no word for is left out where it is not used: approvals of theirs stay good.
    """
    whole = {"description": plan.description, "not_before": plan.not_before}
    jobs = [_used(dataclasses.asdict(job)) for job in plan.jobs]
    if len(jobs) == 1:
        return _used(jobs[0] | whole)
    return _used(whole) | {"jobs": jobs, "order": plan.order}


def from_stored(stored: dict[str, Any]) -> dict[str, Any]:
    """The fields of a plan, from how it is kept: see `as_stored`."""
    if "jobs" in stored:
        return stored
    whole = {name: stored[name] for name in ("description", "not_before") if name in stored}
    return whole | {"jobs": [{name: value for name, value in stored.items() if name not in whole}]}


def _used(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in _SINCE or value != _SINCE[name]}


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


def _by_number(called: str) -> tuple[tuple[bool, int, str], ...]:
    """web-2 comes before web-10."""
    return tuple((part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"([0-9]+)", called))


def obstacles(instance: Instance, meant: WhileImaged = WhileImaged.STOPPED) -> tuple[Problem, ...]:
    """Why no image can be made of this instance as it stands (createImage: 描述); empty when one can.

    Args:
        instance: as it stands.
        meant: a running one is no obstacle to whoever makes the image while it runs.
    """
    facts = {"instance": instance.name or instance.id, "status": instance.status}
    running_is_fine = meant is WhileImaged.LIVE and instance.status == InstanceStatus.RUNNING
    if instance.status in {InstanceStatus.RUNNING, InstanceStatus.ERROR} and not running_is_fine:
        return (Problem(Code.INSTANCE_NOT_STOPPED, Field.INSTANCE, facts),)
    if instance.status != InstanceStatus.STOPPED and not running_is_fine:
        return (Problem(Code.INSTANCE_BUSY, Field.INSTANCE, facts),)
    if instance.system_disk is None:
        return (Problem(Code.SYSTEM_DISK_MISSING, Field.INSTANCE, {"instance": facts["instance"]}),)
    return busy_disks(instance)


def busy_disks(instance: Instance) -> tuple[Problem, ...]:
    """The disks that something is being done with."""
    system = (instance.system_disk,) if instance.system_disk else ()
    return tuple(
        Problem(
            Code.DISK_BUSY,
            Field.INSTANCE,
            {"device": disk.device, "status": disk.status if disk.attachment == "attached" else disk.attachment},
        )
        for disk in (*system, *instance.cloud_data_disks)
        if not disk.at_rest
    )


def untold(job: PlannedJob, instance: Instance) -> Problem | None:
    """What an answer leaves open: no list of data disks at all, where the plan has some.

    JD Cloud leaves the list out where there are no data disks, and so does an answer that is not whole: they may have
    been detached, or not.
    """
    if instance.data_disks_told or not job.data_disks:
        return None
    devices = ", ".join(disk.device for disk in job.data_disks)
    return Problem(Code.DISKS_NOT_TOLD, None, {"instance": instance.name or instance.id, "devices": devices})


def newly_released(job: PlannedJob, instance: Instance) -> tuple[Problem, ...]:
    """Whether our stop would release resources by now, which nobody was told before they approved."""
    told = job.keep_charging or job.releases
    if told or instance.charge_on_stopped != ChargeOnStopped.STOP_CHARGING:
        return ()
    return (Problem(Code.STOP_RELEASES, None, {"instance": instance.name or instance.id}),)


def drift(job: PlannedJob, instance: Instance) -> tuple[Problem, ...]:
    """What of the instance's disks differs from the approved plan, by name; empty when the plan still holds."""
    return tuple(_drift(job, instance))


def _drift(job: PlannedJob, instance: Instance) -> Iterator[Problem]:
    planned = {disk.device: disk for disk in (job.system_disk, *job.data_disks)}
    system = (instance.system_disk,) if instance.system_disk else ()
    found = {disk.device: disk for disk in (*system, *instance.cloud_data_disks)}
    for device in sorted(planned.keys() | found.keys(), key=device_order):
        before, now = planned.get(device), found.get(device)
        if now is None:
            yield Problem(Code.DISK_DETACHED, None, {"device": device})
        elif before is None:
            yield Problem(Code.DISK_ATTACHED, None, {"device": device, "size": str(now.size_gb)})
        elif before.disk_id != now.disk_id:
            yield Problem(Code.DISK_REPLACED, None, {"device": device})
        elif before.size_gb != now.size_gb:
            sizes = {"before": str(before.size_gb), "now": str(now.size_gb)}
            yield Problem(Code.DISK_RESIZED, None, {"device": device} | sizes)


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
