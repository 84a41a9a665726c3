"""What there is in the cloud: instances with their disks, images, snapshots, quotas, and how they change with time.

Everything is open to be changed by hand: a demo's page or a test stops an instance, detaches a disk, breaks an image.
What changes by itself is worked out from the clock whenever somebody looks; there are no timers.
"""

import secrets
import string
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace


@dataclass(kw_only=True)
class Disk:
    """A disk of an instance or of an image."""

    device: str  # "vda", "vdb", …
    id: str = ""  # "vol-…"; add_instance names a cloud disk that has none; a local disk never has one
    name: str = ""
    size_gb: int = 40
    type: str = "ssd.gp1"
    category: str = "cloud"  # or "local"
    attachment: str = "attached"  # attaching, detaching, attached, detached, error_attach, error_detach
    status: str = "in-use"  # of the cloud disk itself: creating, in-use, extending, restoring, error_extend, …
    snapshot_id: str = ""  # what it was, or will be, made from
    auto_delete: bool = True
    multi_attachable: bool = False
    encrypted: bool = False

    @property
    def is_cloud(self) -> bool:
        """Whether it can have snapshots."""
        return self.category == "cloud"


@dataclass(kw_only=True)
class Instance:
    """A virtual machine."""

    region: str
    id: str  # "i-…"
    name: str
    status: str = "stopped"  # running, stopped, error; pending, starting, stopping, rebooting, … in transition
    private_ip: str = ""
    az: str
    system_disk: Disk | None
    data_disks: list[Disk] = field(default_factory=list)
    type: str = "g.n2.large"
    image_id: str = "img-m5s0centos"  # what it was made from
    platform: str = "CentOS"
    os_version: str = "7.9"
    os_type: str = "linux"
    launched_at: float = 1_600_000_000.0
    next_status: str = ""  # what a transition leads to
    next_status_at: float = 0.0

    @property
    def disks(self) -> list[Disk]:
        """All its disks, the system disk first."""
        return [*([self.system_disk] if self.system_disk else []), *self.data_disks]


@dataclass(kw_only=True)
class Image:
    """A private image."""

    id: str  # "img-…"
    region: str
    name: str
    description: str
    instance_id: str  # what `instanceIds` of describeImages looks at; not shown
    created_at: float
    system_disk: Disk
    status: str = "ready"  # pending, ready, deleting, error
    data_disks: list[Disk] = field(default_factory=list)
    platform: str = "CentOS"
    os_version: str = "7.9"
    os_type: str = "linux"
    ready_at: float = 0.0  # when `pending` ends
    breaks: bool = False  # it ends as `error`
    hidden_until: float = 0.0


@dataclass(kw_only=True)
class Snapshot:
    """A snapshot of a cloud disk."""

    id: str  # "snapshot-…"
    region: str
    name: str
    size_gb: int
    disk_id: str = ""
    status: str = "available"  # creating, available, copying, deleting, error_create, error_delete
    description: str = ""
    created_at: float = 1_600_000_000.0
    ready_at: float = 0.0  # when `creating` ends
    images: list[str] = field(default_factory=list)  # ids of the images that use it


@dataclass(kw_only=True)
class Quotas:
    """How much an account may hold in a region. The defaults are JD Cloud's own (Restrictions), but for disks."""

    images: int = 5
    snapshots: int = 15
    disks: int = 100
    instances: int = 100


def random_id(length: int) -> str:
    """Letters and digits, as JD Cloud's ids are made of."""
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(length))


class World:
    """The resources of one account."""

    def __init__(
        self, *, clock: Callable[[], float], build_time: float, switch_time: float, new_id: Callable[[int], str]
    ) -> None:
        self.clock = clock
        self.build_time = build_time
        self.switch_time = switch_time
        self.quotas: defaultdict[str, Quotas] = defaultdict(Quotas)
        self.new_id = new_id
        self._instances: dict[str, Instance] = {}
        self._images: dict[str, Image] = {}
        self._snapshots: dict[str, Snapshot] = {}

    @property
    def instances(self) -> dict[str, Instance]:
        """Every instance by id, as of now."""
        self._catch_up()
        return self._instances

    @property
    def images(self) -> dict[str, Image]:
        """Every image by id, as of now, hidden ones included."""
        self._catch_up()
        return self._images

    @property
    def snapshots(self) -> dict[str, Snapshot]:
        """Every snapshot by id, as of now."""
        self._catch_up()
        return self._snapshots

    def add_instance(self, instance: Instance) -> Instance:
        """Puts an instance into its region; cloud disks without an id are given one."""
        for disk in instance.disks:
            if disk.is_cloud and not disk.id:
                disk.id = f"vol-{self.new_id(10)}"
        self._instances[instance.id] = instance
        return instance

    def add_snapshot(self, snapshot: Snapshot) -> Snapshot:
        """Puts a snapshot into its region."""
        self._snapshots[snapshot.id] = snapshot
        return snapshot

    def stop(self, instance_id: str) -> None:
        """An instance is stopped, at once."""
        self._set_status(instance_id, "stopped")

    def start(self, instance_id: str) -> None:
        """An instance is running, at once."""
        self._set_status(instance_id, "running")

    def switch(self, instance: Instance, *, through: str, to: str) -> None:
        """Begins a transition, such as through `stopping` to `stopped`, that takes `switch_time`."""
        instance.status = through
        instance.next_status = to
        instance.next_status_at = self.clock() + self.switch_time

    def make_image(
        self,
        instance: Instance,
        *,
        name: str,
        description: str,
        included: Iterable[Disk],
        added: Iterable[Disk],
        breaks: bool,
        hidden_for: float,
    ) -> Image:
        """Begins an image and the snapshots of the cloud disks in it.

        Args:
            instance: what it is made of; it has a system disk.
            name: its name.
            description: its description.
            included: attached cloud data disks.
            added: further disks of the image, blank or from a snapshot.
            breaks: it will end as `error`.
            hidden_for: seconds for which no describe call shows it.
        """
        if instance.system_disk is None:
            raise ValueError("an image needs a system disk")
        now = self.clock()
        image_id = f"img-{self.new_id(10)}"
        image = Image(
            id=image_id,
            region=instance.region,
            name=name,
            description=description,
            instance_id=instance.id,
            created_at=now,
            status="pending",
            system_disk=self._taken(instance.system_disk, instance.region, image_id),
            data_disks=[*(self._taken(disk, instance.region, image_id) for disk in included), *added],
            platform=instance.platform,
            os_version=instance.os_version,
            os_type=instance.os_type,
            ready_at=now + self.build_time,
            breaks=breaks,
            hidden_until=now + hidden_for,
        )
        self._images[image.id] = image
        return image

    def _taken(self, disk: Disk, region: str, image_id: str) -> Disk:
        """A disk as the image will have it; of a cloud disk a snapshot is begun."""
        if not disk.is_cloud:
            return replace(disk)
        now = self.clock()
        snapshot = Snapshot(
            id=f"snapshot-{self.new_id(10)}",
            region=region,
            name=f"{image_id}-{disk.device}",
            size_gb=disk.size_gb,
            disk_id=disk.id,
            status="creating",
            created_at=now,
            ready_at=now + self.build_time,
            images=[image_id],
        )
        self._snapshots[snapshot.id] = snapshot
        return replace(disk, snapshot_id=snapshot.id)

    def remove_image(self, image: Image, *, with_snapshots: bool) -> None:
        """Deletes an image; its snapshots stay unless asked (deleteImage: deleteSnapshot)."""
        del self._images[image.id]
        for snapshot in list(self._snapshots.values()):
            if image.id in snapshot.images:
                snapshot.images.remove(image.id)
                if with_snapshots:
                    del self._snapshots[snapshot.id]

    def _set_status(self, instance_id: str, status: str) -> None:
        instance = self._instances[instance_id]
        instance.status = status
        instance.next_status = ""

    def _catch_up(self) -> None:
        now = self.clock()
        for instance in self._instances.values():
            if instance.next_status and now >= instance.next_status_at:
                self._set_status(instance.id, instance.next_status)
        for image in self._images.values():
            if image.status == "pending" and now >= image.ready_at:
                image.status = "error" if image.breaks else "ready"
                if image.breaks:
                    # Image status: when one part fails, all snapshots the operation made are deleted.
                    self._drop_snapshots_of(image)
        for snapshot in self._snapshots.values():
            if snapshot.status == "creating" and now >= snapshot.ready_at:
                snapshot.status = "available"

    def _drop_snapshots_of(self, image: Image) -> None:
        for snapshot_id in [key for key, snapshot in self._snapshots.items() if image.id in snapshot.images]:
            del self._snapshots[snapshot_id]
