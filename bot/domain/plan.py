"""The plan: what the cloud will be asked, step by step and disk by disk. An approval is bound to its hash."""

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

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
class Plan:
    """One image of one instance. Equal plans have equal hashes, whatever order the choices were made in."""

    region: str
    instance_id: str
    instance_name: str
    image_name: str
    description: str  # the person's own words, without the marker
    system_disk: PlannedDisk
    data_disks: tuple[PlannedDisk, ...]  # attached cloud disks, by device
    added: tuple[AddedDisk, ...] = ()  # by device
    local_disks: tuple[PlannedDisk, ...] = ()  # named to people; never part of an image, never in the call
    while_imaged: WhileImaged = WhileImaged.STOPPED
    keep_charging: bool = False  # stopInstance: whether `keepCharging` is sent
    releases: bool = False  # whether our stop releases resources: `stopping.releases_when_stopped`
    not_before: float | None = None  # unix seconds

    @property
    def hash(self) -> str:
        """SHA-256 over the whole plan, in hexadecimal. What a plan of an earlier version had no word for is left out
        where it is not used: its approvals stay good.
        """
        content = dataclasses.asdict(self)
        for name, unused in _SINCE.items():
            if content[name] == unused:
                del content[name]
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def called(self) -> str:
        """What people call the instance: its name, or its id where it has none."""
        return self.instance_name or self.instance_id

    @property
    def steps(self) -> tuple[PlannedStep, ...]:
        """What is asked of the cloud, in order."""
        image = PlannedStep(Step.IMAGE)
        if self.while_imaged is WhileImaged.STOP_AND_START:
            return (PlannedStep(Step.STOP), image, PlannedStep(Step.START, undoes=0))
        return (image,)

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
        disks = (self.system_disk, *self.data_disks)
        return tuple(disk for disk in disks if disk.fate is DiskAction.SNAPSHOT and disk.disk_id)

    @property
    def size_gb(self) -> int:
        """The size of all disks in the image together, in GiB."""
        disks = (self.system_disk, *self.data_disks)
        return sum(disk.size_gb for disk in disks if disk.fate is DiskAction.SNAPSHOT)


_SINCE = {"while_imaged": WhileImaged.STOPPED, "keep_charging": False, "releases": False, "not_before": None}
"""Fields that came later, and what they are where they are not used."""


def draw_up(  # a plan is made of what was chosen
    instance: Instance,
    *,
    left_out: frozenset[str],
    image_name: str,
    description: str,
    added: tuple[AddedDisk, ...] = (),
    while_imaged: WhileImaged = WhileImaged.STOPPED,
    not_before: float | None = None,
) -> Plan:
    """The plan for an instance as it stands.

    Args:
        instance: as the cloud shows it now.
        left_out: devices of attached cloud data disks that shall not be in the image.
        image_name: the person's own; see `rules.NAME`.
        description: the person's own; see `rules.DESCRIPTION`.
        added: disks that the image gets besides.
        while_imaged: what the instance is meant to be meanwhile.
        not_before: unix seconds.

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
    return Plan(
        region=instance.region,
        instance_id=instance.id,
        instance_name=instance.name,
        image_name=image_name,
        description=description,
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
        not_before=not_before,
    )


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


def untold(plan: Plan, instance: Instance) -> Problem | None:
    """What an answer leaves open: no list of data disks at all, where the plan has some.

    JD Cloud leaves the list out where there are no data disks, and so does an answer that is not whole: they may have
    been detached, or not.
    """
    if instance.data_disks_told or not plan.data_disks:
        return None
    devices = ", ".join(disk.device for disk in plan.data_disks)
    return Problem(Code.DISKS_NOT_TOLD, None, {"instance": instance.name or instance.id, "devices": devices})


def newly_released(plan: Plan, instance: Instance) -> tuple[Problem, ...]:
    """Whether our stop would release resources by now, which nobody was told before they approved."""
    told = plan.keep_charging or plan.releases
    if told or instance.charge_on_stopped != ChargeOnStopped.STOP_CHARGING:
        return ()
    return (Problem(Code.STOP_RELEASES, None, {"instance": instance.name or instance.id}),)


def drift(plan: Plan, instance: Instance) -> tuple[Problem, ...]:
    """What of the instance's disks differs from the approved plan, by name; empty when the plan still holds."""
    return tuple(_drift(plan, instance))


def _drift(plan: Plan, instance: Instance) -> Iterator[Problem]:
    planned = {disk.device: disk for disk in (plan.system_disk, *plan.data_disks)}
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
