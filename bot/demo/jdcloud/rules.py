"""createImage's rules, from its page and its error table; every message of the table is verbatim."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.demo.jdcloud.fields import DISK_NAME, IMAGE_NAME, Fields
from bot.demo.jdcloud.refusals import (
    Refusal,
    conflict,
    invalid,
    missing,
    not_found,
    out_of_range,
    precondition,
    quota_exceeded,
)
from bot.demo.jdcloud.resources import Disk, Instance
from bot.demo.jdcloud.world import World

TRANSITIONS = frozenset({"pending", "starting", "stopping", "rebooting", "rebuilding", "resizing", "deleting"})
"""The instance states that something is being done in (vm_status)."""

DEVICES = tuple(f"vd{letter}" for letter in "abcdefghi")
"""createImage: deviceName."""

SIZES = {"ssd": range(20, 1001, 10), "premium-hdd": range(20, 3001, 10)}
"""createImage: diskSizeGB, in GiB by diskType."""

_BUSY_DISK = frozenset({"creating", "extending", "restoring", "deleting"})
_BODY = frozenset({"regionId", "instanceId", "name", "description", "dataDisks"})
_ATTACHMENT = frozenset({"autoDelete", "cloudDiskSpec", "deviceName", "diskCategory", "noDevice"})
_DISK = frozenset({"az", "charge", "description", "diskSizeGB", "diskType", "multiAttachable", "name", "snapshotId"})
_CHARGE = frozenset({"chargeDuration", "chargeMode", "chargeUnit"})
_CHARGE_MODES = frozenset({"prepaid_by_duration", "postpaid_by_usage", "postpaid_by_duration"})
_DURATIONS = {"month": range(1, 10), "year": range(1, 4)}


@dataclass(frozen=True)
class Recipe:
    """What an image is to be made of, once nothing speaks against it."""

    name: str
    description: str
    included: tuple[Disk, ...]  # attached cloud data disks
    added: tuple[Disk, ...]


def check_create_image(world: World, region: str, instance_id: str, body: object) -> Recipe:
    """What createImage will do.

    Raises:
        Refusal: something is against it.
    """
    instance = find_instance(world, region, instance_id)
    fields = Fields(body, "", known=_BODY)
    for key, expected in (("regionId", region), ("instanceId", instance_id)):
        if fields.text(key) not in {"", expected}:
            raise invalid(fields.name(key), "not what the path says")
    fields.require("name", "description")
    name, description = fields.matching("name", IMAGE_NAME), fields.text("description")
    disks = fields.objects("dataDisks", known=_ATTACHMENT)
    left_out, added = _wishes(world, instance, disks)

    _check_status(world, instance)
    check_no_task(world, instance)
    replaced = {disk.device for disk in added}
    included = tuple(
        disk
        for disk in instance.data_disks
        if disk.is_cloud and disk.attachment != "detached" and disk.device not in left_out | replaced
    )
    _check_disks(instance, included)
    _check_quotas(world, instance, included)
    return Recipe(name, description, included, added)


def find_instance(world: World, region: str, instance_id: str) -> Instance:
    """An instance of a region, or a refusal."""
    instance = world.instances.get(instance_id)
    if instance is None or instance.region != region:
        raise not_found(f"Instance '{instance_id}' not found.")
    return instance


def check_no_task(world: World, instance: Instance) -> None:
    """Refuses while anything else is being done with the instance."""
    if instance.status in TRANSITIONS:
        raise conflict(instance.status)
    for disk in instance.disks:
        if disk.attachment in {"attaching", "detaching"}:
            raise conflict(disk.attachment)
    if any(image.instance_id == instance.id and image.status == "pending" for image in world.images.values()):
        raise conflict("createImage")


def _check_status(world: World, instance: Instance) -> None:
    if instance.status == "running":
        if world.live_images and instance.system_disk and instance.system_disk.is_cloud:
            return
        raise precondition("Please stop the instance first")
    if instance.status != "stopped" and instance.status not in TRANSITIONS:
        raise precondition(f"Invalid instance status {instance.status}")


def _check_disks(instance: Instance, included: Collection[Disk]) -> None:
    system = instance.system_disk
    if system is None:
        raise precondition("System disk not found")
    if system.attachment != "attached":
        raise precondition("Invalid system disk mount state")
    for disk in (system, *included):
        if not disk.is_cloud:
            continue
        if disk.status in _BUSY_DISK:
            raise precondition(f"Disk '{disk.id}' busy in '{disk.status}'")
        for status, good in ((disk.status, "in-use"), (disk.attachment, "attached")):
            if status != good:
                raise precondition(f"Invalid Disk '{disk.id}' status '{status}'")


def _check_quotas(world: World, instance: Instance, included: Collection[Disk]) -> None:
    """One image, and one snapshot for every cloud disk in it, the system disk counted."""
    quotas = world.quotas[instance.region]
    images = sum(image.region == instance.region for image in world.images.values())
    if images + 1 > quotas.images:
        raise quota_exceeded("Image quota limit exceeded")
    snapshots = sum(snapshot.region == instance.region for snapshot in world.snapshots.values())
    needed = len(included) + (instance.system_disk is not None and instance.system_disk.is_cloud)
    if snapshots + needed > quotas.snapshots:
        raise quota_exceeded("Snapshot quota limit exceeded")


def _wishes(world: World, instance: Instance, disks: list[Fields]) -> tuple[set[str], tuple[Disk, ...]]:
    """The devices to leave out and the disks to add."""
    left_out: set[str] = set()
    added: list[Disk] = []
    taken: set[str] = set()
    for wish in disks:
        device = wish.text("deviceName")
        if device and device not in DEVICES:
            raise invalid(wish.name("deviceName"), f"not one of {', '.join(DEVICES)}")
        if device and device in taken:
            raise Refusal(400, "DUPLICATE", "Duplicate deviceName")
        wish.flag("autoDelete", default=True)
        if wish.choice("diskCategory", {"cloud", "local"}, default="cloud") == "local":
            raise invalid(wish.name("diskCategory"), "a data disk is a cloud disk")
        taken.add(device)
        if wish.flag("noDevice", default=False):
            _check_left_out(instance, wish, device)
            left_out.add(device)
        else:
            added.append(_added_disk(world, instance, wish, device))
    for disk in added:
        disk.device = disk.device or _free_device(instance, taken)
        taken.add(disk.device)
    return left_out, tuple(added)


def _check_left_out(instance: Instance, wish: Fields, device: str) -> None:
    wish.require("deviceName")
    if "cloudDiskSpec" in wish:
        raise invalid(wish.name("cloudDiskSpec"), "given for a device that is left out")
    if device == "vda":
        raise invalid(wish.name("deviceName"), "the system disk cannot be left out")
    if not any(disk.device == device and disk.attachment != "detached" for disk in instance.data_disks):
        raise invalid(wish.name("deviceName"), f"no disk is attached as {device}")


def _added_disk(world: World, instance: Instance, wish: Fields, device: str) -> Disk:
    if device == "vda":
        raise Refusal(400, "DUPLICATE", "Duplicate deviceName")
    spec = wish.object("cloudDiskSpec", known=_DISK)
    spec.require("name", "az", "diskType", "diskSizeGB")
    kind = spec.choice("diskType", SIZES, default="")
    size = spec.integer("diskSizeGB")
    if size not in SIZES[kind]:
        raise out_of_range("DataDisks.CloudDiskSpec.DiskSizeGB out of range")
    if "charge" in spec:
        _check_charge(spec.object("charge", known=_CHARGE))
    spec.text("az")
    spec.text("description")
    snapshot_id = spec.text("snapshotId")
    if snapshot_id:
        _check_snapshot(world, instance.region, snapshot_id, size=size, device=device)
    return Disk(
        device=device,
        name=spec.matching("name", DISK_NAME),
        size_gb=size,
        type=kind,
        snapshot_id=snapshot_id,
        auto_delete=wish.flag("autoDelete", default=True),
        multi_attachable=spec.flag("multiAttachable", default=False),
    )


def _check_snapshot(world: World, region: str, snapshot_id: str, *, size: int, device: str) -> None:
    snapshot = world.snapshots.get(snapshot_id)
    if snapshot is None or snapshot.region != region:
        raise not_found(f"Snapshot '{snapshot_id}' not found")
    if snapshot.status != "available":
        raise precondition(f"Invalid Snapshot '{snapshot_id}' status '{snapshot.status}'")
    if size < snapshot.size_gb:
        raise out_of_range(f"Device '{device}' size can only be larger than the original size")


def _check_charge(charge: Fields) -> None:
    """Unit and duration count only with `prepaid_by_duration`, where a duration is required (ChargeSpec)."""
    mode = charge.choice("chargeMode", _CHARGE_MODES, default="postpaid_by_duration")
    unit = charge.choice("chargeUnit", _DURATIONS, default="month")
    if mode != "prepaid_by_duration":
        return
    if "chargeDuration" not in charge:
        raise missing(charge.name("chargeDuration"))
    if charge.integer("chargeDuration") not in _DURATIONS[unit]:
        raise invalid(charge.name("chargeDuration"), f"out of range for {unit}")


def _free_device(instance: Instance, taken: set[str]) -> str:
    used = taken | {disk.device for disk in instance.disks}
    for device in DEVICES:
        if device not in used:
            return device
    raise invalid("DataDisks.DeviceName", "no device is free")
