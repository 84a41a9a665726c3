"""Instances and their disks, as JD Cloud tells of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from bot.domain import cloud
from bot.jdcloud import whole
from bot.jdcloud.envelope import AnswerPart, Id, Listed
from bot.jdcloud.whole import Incomplete

__all__ = ["InstanceList", "InstanceStatusList", "OneInstance"]


class _Disk(AnswerPart):
    disk_id: str = ""  # a local disk has neither id, name nor status
    name: str = ""
    status: str = ""
    disk_type: str = ""
    disk_size_gb: int = Field(default=0, alias="diskSizeGB")  # GiB


class _Attachment(AnswerPart):
    device_name: str = ""
    disk_category: str = ""
    status: str = ""
    cloud_disk: _Disk | None = None
    local_disk: _Disk | None = None

    def disk(self, *, usual_device: str = "") -> cloud.Disk:
        disk = self.cloud_disk or self.local_disk or _Disk()
        inferred = cloud.DiskCategory.CLOUD if self.cloud_disk else cloud.DiskCategory.LOCAL
        return cloud.Disk(
            device=self.device_name or usual_device,
            category=self.disk_category or inferred,
            disk_id=disk.disk_id,
            name=disk.name,
            size_gb=disk.disk_size_gb,
            disk_type=disk.disk_type,
            attachment=self.status,
            status=disk.status,
        )

    def check(self, name: str) -> None:
        """Whether it says which disk it is: a plan is held against exactly that.

        Raises:
            Incomplete: it does not.
        """
        if self.cloud_disk is None and self.disk_category != cloud.DiskCategory.CLOUD:
            if self.local_disk is None and not self.disk_category:
                raise Incomplete(f"{name}.cloudDisk is missing")
            return  # a local disk has nothing to be known by
        if self.cloud_disk is None or not self.cloud_disk.disk_id:
            raise Incomplete(f"{name}.cloudDisk.diskId is missing")
        if not self.cloud_disk.disk_size_gb:
            raise Incomplete(f"{name}.cloudDisk.diskSizeGB is missing")
        if self.disk_category == cloud.DiskCategory.LOCAL:
            raise Incomplete(f"{name} is a local disk and a cloud disk")


class _Charge(AnswerPart):
    charge_mode: str = ""


class _Tag(AnswerPart):
    key: str
    value: str = ""


class _Instance(AnswerPart):
    instance_id: Id
    instance_name: str = ""
    private_ip_address: str = ""
    status: str = ""
    az: str = ""
    system_disk: _Attachment | None = None
    data_disks: tuple[_Attachment, ...] | None = None  # JD Cloud leaves it out where there are none
    charge: _Charge = _Charge()
    charge_on_stopped: str = ""
    dedicated_host_id: str = ""  # JD Cloud leaves it out where there is none
    tags: tuple[_Tag, ...] | None = None  # likewise

    def check(self, instance_id: str) -> None:
        """Whether it is the one that was asked for, with all that an image is decided by.

        Raises:
            Incomplete: it is not.
        """
        if self.instance_id != instance_id:
            raise Incomplete(f"the instance is {self.instance_id}")
        if not self.status:
            raise Incomplete("status is missing")
        if self.system_disk is None:
            raise Incomplete("systemDisk is missing")
        self.system_disk.check("systemDisk")
        for attachment in self.data_disks or ():
            if not attachment.device_name:
                raise Incomplete("dataDisks.deviceName is missing")
            attachment.check("dataDisks")
        devices = [attachment.device_name for attachment in self.data_disks or ()]
        if len(set(devices)) < len(devices):
            raise Incomplete("dataDisks holds two disks of one name")

    def instance(self, region: str) -> cloud.Instance:
        disks = (attachment.disk() for attachment in self.data_disks or ())
        return cloud.Instance(
            region=region,
            id=self.instance_id,
            name=self.instance_name,
            status=self.status,
            private_ip=self.private_ip_address,
            az=self.az,
            system_disk=self.system_disk.disk(usual_device="vda") if self.system_disk else None,
            data_disks=tuple(sorted(disks, key=lambda disk: cloud.device_order(disk.device))),
            data_disks_told=self.data_disks is not None,
            charge_mode=self.charge.charge_mode,
            charge_on_stopped=self.charge_on_stopped,
            dedicated_host=self.dedicated_host_id,
            tags=tuple(sorted((tag.key, tag.value) for tag in self.tags or ())),
        )


class InstanceList(Listed):
    """The result of describeInstances."""

    instances: tuple[_Instance, ...] | None = None

    def page(self, region: str, *, number: int, size: int) -> tuple[Sequence[cloud.Instance], int]:
        """The instances of this page, and how many there are on all.

        Raises:
            Incomplete: they cannot be all that belong on it.
        """
        found = None if self.instances is None else [instance.instance(region) for instance in self.instances]
        return whole.one_page("instances", found, self.total_count, number=number, size=size)


class OneInstance(AnswerPart):
    """The result of describeInstance."""

    instance: _Instance | None = None

    def value(self, region: str, instance_id: str) -> cloud.Instance:
        """The instance that was asked for. One that does not exist is answered with a 404, never with nothing.

        Raises:
            Incomplete: it is not there, or not whole.
        """
        if self.instance is None:
            raise Incomplete("instance is missing")
        self.instance.check(instance_id)
        return self.instance.instance(region)


@dataclass(frozen=True)
class _Status:
    id: str
    status: str


class _InstanceStatus(AnswerPart):
    instance_id: Id
    status: str = ""


class InstanceStatusList(Listed):
    """The result of describeInstanceStatus."""

    instance_statuses: tuple[_InstanceStatus, ...] | None = None

    def of(self, ids: Collection[str]) -> Mapping[str, str]:
        """The statuses of these ids, as far as there are such instances. One page holds them all.

        Raises:
            Incomplete: the list is missing, is not as long as it says, or holds what was not asked for; or one is not
                in it, and it is not said how many there are, so that it may merely be missing.
        """
        told = self.instance_statuses
        each = None if told is None else [_Status(one.instance_id, one.status) for one in told]
        found = whole.these("instanceStatuses", each, self.total_count, ids=ids)
        if self.total_count is None and len(found) < len(set(ids)):
            raise Incomplete("totalCount is missing")
        return {one.id: one.status for one in found}
