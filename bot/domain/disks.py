"""Disks that an image gets besides those attached: what may be chosen, and what is wrong with a choice.

Every row of createImage's InstanceDiskAttachmentSpec, DiskSpec and ChargeSpec is here: chosen by a person, or fixed
for a stated reason. `docs/createimage.md` lists them, and a test holds that list against the wire.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.domain import limits
from bot.domain.cloud import Disk, Instance, Snapshot
from bot.domain.errors import Code, Field, Problem


class ChargeMode(StrEnum):
    """How a disk is paid (createImage: chargeMode)."""

    POSTPAID_BY_DURATION = "postpaid_by_duration"  # the API's default
    POSTPAID_BY_USAGE = "postpaid_by_usage"
    PREPAID_BY_DURATION = "prepaid_by_duration"


class ChargeUnit(StrEnum):
    """What a prepaid duration is counted in (createImage: chargeUnit)."""

    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, kw_only=True)
class Charge:
    """How a disk is paid. Unit and duration go with prepaid alone (createImage: ChargeSpec)."""

    mode: ChargeMode = ChargeMode.POSTPAID_BY_DURATION
    unit: ChargeUnit | None = None
    duration: int | None = None  # in units


@dataclass(frozen=True, kw_only=True)
class AddedDisk:
    """A disk that machines made from the image get, blank or filled from a snapshot."""

    device: str
    name: str
    disk_type: str
    size_gb: int  # GiB
    az: str  # the instance's own zone
    description: str = ""
    snapshot: Snapshot | None = None  # None: blank
    auto_delete: bool = True  # deleted with the machine
    multi_attachable: bool = False  # may be attached to several machines
    charge: Charge = Charge()


def boxes(instance: Instance) -> tuple[Disk, ...]:
    """The attached cloud disks that may be left out: createImage takes a deviceName up to vdi.

    Newer instances may have more devices; those disks are in the image whatever is chosen.
    """
    return tuple(disk for disk in instance.cloud_data_disks if disk.device in limits.DEVICES)


def free_devices(instance: Instance, added: Collection[AddedDisk]) -> tuple[str, ...]:
    """The device names that a disk may be added at, first one first.

    Never one that is attached, left out or not: JD Cloud's pages contradict each other on what that would do.
    """
    taken = {disk.device for disk in instance.data_disks} | {disk.device for disk in added}
    return tuple(device for device in limits.DEVICES if device not in taken)


def smallest_size(disk_type: str, snapshot: Snapshot) -> int:
    """The smallest size in GiB that a disk of a type may have to hold a snapshot, a step of its type's range."""
    rule = limits.DISK_TYPES[disk_type]
    return max(rule.minimum, -(-snapshot.size_gb // rule.step) * rule.step)


def check_added(disk: AddedDisk, *, free: Collection[str]) -> tuple[Problem, ...]:
    """What is wrong with a disk to add; empty when nothing is. `free`: the device names it may have."""
    return tuple(_check_added(disk, free))


def _check_size(disk: AddedDisk) -> tuple[Problem, ...]:
    """One thing at a time, and what would be right."""
    if disk.snapshot and disk.disk_type in limits.DISK_TYPES:
        maximum = limits.DISK_TYPES[disk.disk_type].maximum
        smallest = smallest_size(disk.disk_type, disk.snapshot)
        facts = {"size": str(disk.size_gb), "snapshot": disk.snapshot.id, "smallest": str(smallest)}
        if smallest > maximum:
            facts = {"snapshot_size": str(disk.snapshot.size_gb), "type": disk.disk_type, "maximum": str(maximum)}
            return (Problem(Code.SNAPSHOT_TOO_LARGE, Field.DISK_TYPE, facts),)
        if 0 < disk.size_gb < disk.snapshot.size_gb:
            return (Problem(Code.DISK_SMALLER_THAN_SNAPSHOT, Field.SIZE, facts),)
    return limits.check_disk_size(disk.disk_type, disk.size_gb)


def _check_added(disk: AddedDisk, free: Collection[str]) -> Iterator[Problem]:
    if disk.device not in free:
        yield Problem(Code.DEVICE_TAKEN, Field.DEVICE, {"device": disk.device, "free": ", ".join(free) or "-"})
    yield from limits.check_disk_name(disk.name)
    yield from limits.check_disk_description(disk.description)
    yield from _check_size(disk)
    if disk.charge.mode is ChargeMode.PREPAID_BY_DURATION:
        yield from limits.check_duration(disk.charge.unit or "", disk.charge.duration or 0)
