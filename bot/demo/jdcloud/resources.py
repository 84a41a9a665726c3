"""The resources of an account, as they stand: instances with their disks, images, snapshots, quotas."""

from dataclasses import dataclass, field


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
    charge_mode: str = "postpaid_by_duration"  # prepaid_by_duration, postpaid_by_usage
    charge_status: str = "normal"  # overdue, arrear: it cannot be started
    charge_on_stopped: str = "keepCharging"  # or "stopCharging": for stops that do not say; empty: not told
    dedicated_host_id: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    in_stock: bool = True  # whether anything is left for it to run on
    next_status: str = ""  # what a transition leads to
    next_status_at: float = 0.0
    releases: bool = False  # what it holds is released as soon as it is stopped

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


@dataclass(frozen=True, kw_only=True)
class Switch:
    """A stop or a start that took effect."""

    at: float
    instance_id: str
    action: str  # "stop", "start"
    by: str  # `API`, or `CONSOLE`
    charge_on_stopped: str = ""  # as it was sent; empty where it was not
    releases: bool = False  # whether the instance's own resources were released


API = "api"
"""By a signed call."""

CONSOLE = "console"
"""By hand, past every rule: somebody at the console, a test, the demo's page."""
