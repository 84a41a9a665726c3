"""Instances and their disks, as JD Cloud tells of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Required

from pydantic import Field
from typing_extensions import TypedDict

from bot.domain import cloud
from bot.jdcloud import whole
from bot.jdcloud.envelope import Id, Listed, Result, Text, bounded, part
from bot.jdcloud.whole import Incomplete

__all__ = ["InstanceList", "InstanceStatusList", "OneInstance"]


@part
class _Disk(TypedDict, total=False):
    disk_id: Text  # a local disk has neither id, name nor status
    name: Text
    status: Text
    disk_type: Text
    disk_size_gb: Annotated[int | None, Field(alias="diskSizeGB")]  # GiB


@part
class _Attachment(TypedDict, total=False):
    device_name: Text
    disk_category: Text
    status: Text
    cloud_disk: _Disk | None
    local_disk: _Disk | None


@part
class _Charge(TypedDict, total=False):
    charge_mode: Text


@part
class _Tag(TypedDict, total=False):
    key: Required[str]
    value: Text


@part
class _ListedInstance(TypedDict, total=False):
    instance_id: Required[Id]
    instance_name: Text
    private_ip_address: Text
    status: Text
    tags: list[_Tag] | None  # JD Cloud leaves it out where there are none


@part
class _Instance(_ListedInstance, total=False):
    az: Text
    system_disk: _Attachment | None
    data_disks: list[_Attachment] | None  # likewise
    charge: _Charge | None
    charge_on_stopped: Text
    dedicated_host_id: Text  # likewise


def _disk(told: _Attachment, *, usual_device: str = "") -> cloud.Disk:
    in_cloud = told.get("cloud_disk")
    disk: _Disk = told.get("local_disk") or {} if in_cloud is None else in_cloud
    inferred = cloud.DiskCategory.LOCAL if in_cloud is None else cloud.DiskCategory.CLOUD
    return cloud.Disk(
        device=told.get("device_name") or usual_device,
        category=told.get("disk_category") or inferred,
        disk_id=disk.get("disk_id") or "",
        name=bounded(disk.get("name")),
        size_gb=disk.get("disk_size_gb") or 0,
        disk_type=bounded(disk.get("disk_type")),
        attachment=bounded(told.get("status")),
        status=bounded(disk.get("status")),
    )


def _check_disk(told: _Attachment, name: str) -> None:
    """Whether it says which disk it is: a plan is held against exactly that.

    Raises:
        Incomplete: it does not.
    """
    in_cloud, category = told.get("cloud_disk"), told.get("disk_category") or ""
    if in_cloud is None and category != cloud.DiskCategory.CLOUD:
        if told.get("local_disk") is None and not category:
            raise Incomplete(f"{name}.cloudDisk is missing")
        return  # a local disk has nothing to be known by
    if in_cloud is None or not in_cloud.get("disk_id"):
        raise Incomplete(f"{name}.cloudDisk.diskId is missing")
    if not in_cloud.get("disk_size_gb"):
        raise Incomplete(f"{name}.cloudDisk.diskSizeGB is missing")
    if category == cloud.DiskCategory.LOCAL:
        raise Incomplete(f"{name} is a local disk and a cloud disk")


def _check(told: _Instance, instance_id: str) -> None:
    """Whether it is the one that was asked for, with all that an image is decided by.

    Raises:
        Incomplete: it is not.
    """
    if told["instance_id"] != instance_id:
        raise Incomplete(f"the instance is {told['instance_id']}")
    if not told.get("status"):
        raise Incomplete("status is missing")
    system_disk, data_disks = told.get("system_disk"), told.get("data_disks") or ()
    if system_disk is None:
        raise Incomplete("systemDisk is missing")
    _check_disk(system_disk, "systemDisk")
    for attachment in data_disks:
        if not attachment.get("device_name"):
            raise Incomplete("dataDisks.deviceName is missing")
        _check_disk(attachment, "dataDisks")
    if len({attachment.get("device_name") for attachment in data_disks}) < len(data_disks):
        raise Incomplete("dataDisks holds two disks of one name")


def _listed(told: _ListedInstance, region: str) -> cloud.ListedInstance:
    tags = told.get("tags")
    return cloud.ListedInstance(
        region=region,
        id=told["instance_id"],
        name=told.get("instance_name") or "",
        status=bounded(told.get("status")),
        private_ip=told.get("private_ip_address") or "",
        tags=None if tags is None else tuple(sorted((tag["key"], tag.get("value") or "") for tag in tags)),
    )


def _instance(told: _Instance, region: str) -> cloud.Instance:
    system_disk, data_disks = told.get("system_disk"), told.get("data_disks")
    disks = [_disk(attachment) for attachment in data_disks or ()]
    disks.sort(key=lambda disk: cloud.device_order(disk.device))
    charge: _Charge = told.get("charge") or {}
    return cloud.Instance(
        **vars(_listed(told, region)),
        az=bounded(told.get("az")),
        system_disk=None if system_disk is None else _disk(system_disk, usual_device="vda"),
        data_disks=tuple(disks),
        data_disks_told=data_disks is not None,
        charge_mode=bounded(charge.get("charge_mode")),
        charge_on_stopped=bounded(told.get("charge_on_stopped")),
        dedicated_host=told.get("dedicated_host_id") or "",
    )


class InstanceList(Listed):
    """The result of describeInstances, of which a list needs little: disks and networks are the most of it."""

    instances: list[_ListedInstance] | None = None

    def page(self, region: str, *, number: int, size: int) -> tuple[Sequence[cloud.ListedInstance], int]:
        """The instances of this page, and how many there are on all.

        Raises:
            Incomplete: they cannot be all that belong on it.
        """
        found = None if self.instances is None else [_listed(instance, region) for instance in self.instances]
        return whole.one_page("instances", found, self.total_count, number=number, size=size)


class OneInstance(Result):
    """The result of describeInstance."""

    instance: _Instance | None = None

    def value(self, region: str, instance_id: str) -> cloud.Instance:
        """The instance that was asked for. One that does not exist is answered with a 404, never with nothing.

        Raises:
            Incomplete: it is not there, or not whole.
        """
        if self.instance is None:
            raise Incomplete("instance is missing")
        _check(self.instance, instance_id)
        return _instance(self.instance, region)


@dataclass(frozen=True)
class _Status:
    id: str
    status: str


@part
class _InstanceStatus(TypedDict, total=False):
    instance_id: Required[Id]
    status: Text


class InstanceStatusList(Listed):
    """The result of describeInstanceStatus."""

    instance_statuses: list[_InstanceStatus] | None = None

    def of(self, ids: Collection[str]) -> Mapping[str, str]:
        """The statuses of these ids, as far as there are such instances. One page holds them all.

        Raises:
            Incomplete: the list is missing, is not as long as it says, or holds what was not asked for; or one is not
                in it, and it is not said how many there are, so that it may merely be missing.
        """
        told = self.instance_statuses
        each = None if told is None else [_Status(one["instance_id"], bounded(one.get("status"))) for one in told]
        found = whole.these("instanceStatuses", each, self.total_count, ids=ids)
        if self.total_count is None and len(found) < len(set(ids)):
            raise Incomplete("totalCount is missing")
        return {one.id: one.status for one in found}
