"""The resources as JSON, with JD Cloud's own field names (official SDK: `models` of its services vm and disk)."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from bot.demo.jdcloud.resources import Disk, Image, Instance, Snapshot

Json = dict[str, Any]

_BEIJING = timezone(timedelta(hours=8))


def instance_json(instance: Instance) -> Json:
    """An Instance. Without data disks the key is absent, as in the API's own example."""
    shape: Json = {
        "instanceId": instance.id,
        "instanceName": instance.name,
        "hostname": instance.name,
        "instanceType": instance.type,
        "privateIpAddress": instance.private_ip,
        "status": instance.status,
        "description": "",
        "imageId": instance.image_id,
        "launchTime": _local_time(instance.launched_at),
        "az": instance.az,
        "charge": {
            "chargeMode": instance.charge_mode,
            "chargeStatus": instance.charge_status,
            "chargeStartTime": datetime.fromtimestamp(instance.launched_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
        "osType": instance.os_type,
        "osVersion": instance.os_version,
        "platform": instance.platform,
        "architecture": "x86_64",
    }
    if instance.charge_on_stopped:
        shape["chargeOnStopped"] = instance.charge_on_stopped
    if instance.tags:
        shape["tags"] = [{"key": key, "value": value} for key, value in instance.tags.items()]
    if instance.dedicated_host_id:
        shape["dedicatedHostId"] = instance.dedicated_host_id
    if instance.system_disk:
        shape["systemDisk"] = _attachment_json(instance.system_disk, instance)
    if instance.data_disks:
        shape["dataDisks"] = [_attachment_json(disk, instance) for disk in instance.data_disks]
    return shape


def status_json(instance: Instance) -> Json:
    """An InstanceStatus."""
    return {"instanceId": instance.id, "status": instance.status}


def disk_json(disk: Disk, instance: Instance) -> Json:
    """A Disk as describeDisks shows it: with what it is attached to."""
    attachment = {
        "diskId": disk.id,
        "instanceType": "vm",
        "instanceId": instance.id,
        "status": disk.attachment,
        "attachTime": _local_time(instance.launched_at),
    }
    return _cloud_disk_json(disk, instance) | {"attachments": [attachment]}


def image_json(image: Image) -> Json:
    """An Image. `progress` is for copies and conversions, so there is none; nor is there a reason when it broke."""
    shape: Json = {
        "imageId": image.id,
        "name": image.name,
        "platform": image.platform,
        "osVersion": image.os_version,
        "architecture": "x86_64",
        "systemDiskSizeGB": image.system_disk.size_gb,
        "imageSource": "private",
        "osType": image.os_type,
        "status": image.status,
        "createTime": _local_time(image.created_at),
        "desc": image.description,
        "ownerPin": "demo",
        "launchPermission": "ownerOnly",
        "systemDisk": _mapping_json(image.system_disk),
        "rootDeviceType": "cloudDisk" if image.system_disk.is_cloud else "localDisk",
        "offline": False,
        "imported": False,
    }
    if image.system_disk.is_cloud:
        shape["snapshotId"] = image.system_disk.snapshot_id
    if image.data_disks:
        shape["dataDisks"] = [_mapping_json(disk) for disk in image.data_disks]
    return shape


def snapshot_json(snapshot: Snapshot) -> Json:
    """A Snapshot."""
    return {
        "snapshotId": snapshot.id,
        "snapshotSource": "self",
        "diskId": snapshot.disk_id,
        "snapshotSizeGB": snapshot.size_gb,
        "images": list(snapshot.images),
        "name": snapshot.name,
        "description": snapshot.description,
        "status": snapshot.status,
        "createTime": _local_time(snapshot.created_at),
        "encrypted": False,
    }


def _attachment_json(disk: Disk, instance: Instance) -> Json:
    shape: Json = {
        "diskCategory": disk.category,
        "autoDelete": disk.auto_delete,
        "deviceName": disk.device,
        "status": disk.attachment,
    }
    if disk.is_cloud:
        return shape | {"cloudDisk": _cloud_disk_json(disk, instance)}
    return shape | {"localDisk": {"diskType": disk.type, "diskSizeGB": disk.size_gb}}


def _cloud_disk_json(disk: Disk, instance: Instance) -> Json:
    shape: Json = {
        "diskId": disk.id,
        "az": instance.az,
        "name": disk.name,
        "diskType": disk.type,
        "diskSizeGB": disk.size_gb,
        "status": disk.status,
        "multiAttachable": disk.multi_attachable,
        "encrypted": disk.encrypted,
        "createTime": _local_time(instance.launched_at),
    }
    return shape | ({"snapshotId": disk.snapshot_id} if disk.snapshot_id else {})


def _mapping_json(disk: Disk) -> Json:
    """A disk that an image describes: no disk exists yet, so it has neither id nor status."""
    shape: Json = {"diskCategory": disk.category, "autoDelete": disk.auto_delete, "deviceName": disk.device}
    if not disk.is_cloud:
        return shape | {"localDisk": {"diskType": disk.type, "diskSizeGB": disk.size_gb}}
    cloud: Json = {"diskType": disk.type, "diskSizeGB": disk.size_gb, "encrypted": disk.encrypted}
    return shape | {"cloudDisk": cloud | ({"snapshotId": disk.snapshot_id} if disk.snapshot_id else {})}


def _local_time(at: float) -> str:
    """Unix seconds as `2021-07-19 20:33:17`, Beijing time (describeInstance's example beside its UTC charge time)."""
    return datetime.fromtimestamp(at, _BEIJING).strftime("%Y-%m-%d %H:%M:%S")
