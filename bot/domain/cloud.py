"""What the cloud shows: instances, their disks, images and quotas, as plain values.

States are kept as the strings JD Cloud sends. The enums name the ones that are documented; an unknown
string is possible at any time and never an error (JDCLOUD: image and instance states are an open set).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class InstanceStatus(StrEnum):
    """The stable states of an instance; every other string is a transition or something new."""

    RUNNING = "running"
    STOPPED = "stopped"  # the only one createImage accepts (createImage: 描述)
    ERROR = "error"


class ImageStatus(StrEnum):
    """The documented states of an image."""

    PENDING = "pending"  # being made
    READY = "ready"  # can be used
    DELETING = "deleting"  # on its way out: it will not become ready
    ERROR = "error"  # broken, itself or one of its snapshots


class DiskCategory(StrEnum):
    """Where a disk lives (createImage: diskCategory)."""

    CLOUD = "cloud"  # a cloud disk: createImage takes a snapshot of it
    LOCAL = "local"  # on the host: as a data disk never part of an image


class InstanceChargeMode(StrEnum):
    """How an instance is paid (describeInstance: charge.chargeMode)."""

    POSTPAID_BY_DURATION = "postpaid_by_duration"  # by its configuration: what stopInstance's chargeOnStopped is for
    POSTPAID_BY_USAGE = "postpaid_by_usage"
    PREPAID_BY_DURATION = "prepaid_by_duration"


class ChargeOnStopped(StrEnum):
    """What becomes of an instance's resources while it is stopped (stopInstance: chargeOnStopped)."""

    KEEP_CHARGING = "keepCharging"  # they are kept, and paid
    STOP_CHARGING = "stopCharging"  # CPU, memory, GPU and local data disks are released


KeepCharging = Literal[ChargeOnStopped.KEEP_CHARGING]
"""The only one that the bot says."""


InstanceRef = tuple[str, str]
"""An instance by region and id: to ask for it takes both."""

Tags = tuple[tuple[str, str], ...]
"""Keys and values of an instance's tags (describeInstance: tags), in order."""


@dataclass(frozen=True)
class Seen:
    """How an instance was when it was looked at."""

    status: str  # an InstanceStatus, or any other string
    at: float  # unix seconds
    tags: Tags | None = None  # None: not looked at, or not told


@dataclass(frozen=True, kw_only=True)
class Disk:
    """A disk attached to an instance."""

    device: str  # "vda", "vdb", …
    category: str  # a DiskCategory
    disk_id: str  # "vol-…"; empty for a local disk
    name: str  # may be empty
    size_gb: int  # GiB
    disk_type: str  # "ssd", "premium-hdd", "ssd.gp1", …; may be empty
    attachment: str  # "attached" when at rest (describeInstance: InstanceDiskAttachment.status)
    status: str  # "in-use" when at rest (describeInstance: cloudDisk.status); empty for a local disk

    @property
    def is_cloud(self) -> bool:
        """Whether createImage can take a snapshot of it."""
        return self.category == DiskCategory.CLOUD

    @property
    def at_rest(self) -> bool:
        """Whether nothing is being done with it, as far as its states tell."""
        return self.attachment in {"attached", ""} and self.status in {"in-use", ""}


def device_order(device: str) -> tuple[int, str]:
    """To sort device names by: vdz comes before vdaa."""
    return len(device), device


@dataclass(frozen=True, kw_only=True)
class ListedInstance:
    """A virtual machine as lists show it: what it is found, chosen and ruled by. There are thousands of them."""

    region: str
    id: str  # "i-…"
    name: str
    status: str  # an InstanceStatus, or any other string
    private_ip: str  # may be empty
    tags: Tags | None = None  # None: not told. JD Cloud leaves them out where there are none, and where it is not whole

    @property
    def called(self) -> str:
        """What people call it: its name, or its id where it has none."""
        return self.name or self.id


@dataclass(frozen=True, kw_only=True)
class Instance(ListedInstance):
    """A virtual machine with its disks."""

    az: str  # zone, "cn-north-1a"
    system_disk: Disk | None
    data_disks: tuple[Disk, ...] = ()  # in the order of their devices
    data_disks_told: bool = True  # JD Cloud leaves the list out where there are none, and where it is not whole
    charge_mode: str = ""  # an InstanceChargeMode, or any other string; empty: not told
    charge_on_stopped: str = ""  # its own ChargeOnStopped, for stops that do not say; empty: not told
    dedicated_host: str = ""  # id of the dedicated host that it runs on; empty: on none

    @property
    def cloud_data_disks(self) -> tuple[Disk, ...]:
        """The data disks a requester may keep in or leave out."""
        return tuple(disk for disk in self.data_disks if disk.is_cloud)

    @property
    def local_data_disks(self) -> tuple[Disk, ...]:
        """The data disks that are never part of an image."""
        return tuple(disk for disk in self.data_disks if not disk.is_cloud)


@dataclass(frozen=True, kw_only=True)
class Image:
    """A private image."""

    region: str
    id: str  # "img-…"
    name: str
    description: str | None  # None: not told
    status: str  # an ImageStatus, or any other string; empty: not told


@dataclass(frozen=True)
class Accepted:
    """JD Cloud has taken a call that changes something: nothing is said of when it will have come to be."""

    result: str  # what it calls what it makes: "img-…"; empty where it makes nothing
    request_id: str  # JD Cloud's id of the call, for its support; may be empty


class SnapshotStatus(StrEnum):
    """The state of a snapshot that a disk can be made from; every other string is not."""

    AVAILABLE = "available"


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A snapshot of a cloud disk."""

    id: str  # "snapshot-…"
    name: str
    size_gb: int  # GiB
    status: str  # a SnapshotStatus, or any other string
    created: str = ""  # as JD Cloud writes it
    disk_id: str = ""  # "vol-…", of the disk that it was taken of; empty: not told
    images: tuple[str, ...] = ()  # ids of the images that use it: also of one that is still being made


@dataclass(frozen=True, kw_only=True)
class Quota:
    """How much of a kind of resource an account may hold in a region, and holds."""

    resource: str  # "image", "snapshot"
    limit: int
    used: int

    @property
    def left(self) -> int:
        """How many more there may be; never negative."""
        return max(0, self.limit - self.used)
