"""What JD Cloud answers, turned into domain values, as far as each question needs it.

Real answers carry null for whatever is empty, leave out what does not apply, and hold fields that no page names: all
that is read leniently. What a decision rests on is required, and must not contradict itself: an answer without it
decides nothing (`Incomplete`). Above all, a list that is not there is not an empty list.
"""

import json
import re
from collections.abc import Collection, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from bot.domain import cloud
from bot.jdcloud.whole import Incomplete, one_page, these

__all__ = [
    "CreatedImage",
    "Envelope",
    "ImageList",
    "InstanceList",
    "OneInstance",
    "QuotaList",
    "SnapshotList",
    "SnapshotQuota",
]

Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Theirs(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        extra="ignore",
        frozen=True,
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,  # answers are not for the log
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class _Disk(_Theirs):
    disk_id: str = ""  # a local disk has neither id, name nor status
    name: str = ""
    status: str = ""
    disk_type: str = ""
    disk_size_gb: int = Field(default=0, alias="diskSizeGB")  # GiB


class _Attachment(_Theirs):
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


class _Instance(_Theirs):
    instance_id: Id
    instance_name: str = ""
    private_ip_address: str = ""
    status: str = ""
    az: str = ""
    system_disk: _Attachment | None = None
    data_disks: tuple[_Attachment, ...] | None = None  # JD Cloud leaves it out where there are none

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
            data_disks=tuple(sorted(disks, key=_device_order)),
            data_disks_told=self.data_disks is not None,
        )


def _device_order(disk: cloud.Disk) -> tuple[int, str]:
    """vdz comes before vdaa."""
    return len(disk.device), disk.device


class _Image(_Theirs):
    image_id: Id
    name: str = ""
    desc: str = ""  # createImage calls it `description`; one made in the console may have none
    status: str = ""

    def image(self, region: str) -> cloud.Image:
        return cloud.Image(
            region=region, id=self.image_id, name=self.name, description=self.desc or None, status=self.status
        )


class _Quota(_Theirs):
    resource_type: str = ""  # the quota of disks and snapshots does not repeat it
    limit: int | None = None
    used: int | None = None

    def quota(self, resource: str) -> cloud.Quota:
        """As a value.

        Raises:
            Incomplete: it is not said how much there may be, or is; which is not the same as none.
        """
        if self.limit is None or self.limit < 0:
            raise Incomplete(f"limit of {resource} is missing")
        if self.used is None or self.used < 0:
            raise Incomplete(f"used of {resource} is missing")
        return cloud.Quota(resource=resource, limit=self.limit, used=self.used)


class _List(_Theirs):
    total_count: int | None = Field(default=None, ge=0)


class InstanceList(_List):
    """The result of describeInstances."""

    instances: tuple[_Instance, ...] | None = None

    def page(self, region: str, *, number: int, size: int) -> tuple[Sequence[cloud.Instance], int]:
        """The instances of this page, and how many there are on all.

        Raises:
            Incomplete: they cannot be all that belong on it.
        """
        found = None if self.instances is None else [instance.instance(region) for instance in self.instances]
        return one_page("instances", found, self.total_count, number=number, size=size)


class OneInstance(_Theirs):
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


class CreatedImage(_Theirs):
    """The result of createImage."""

    image_id: Id


class ImageList(_List):
    """The result of describeImages."""

    images: tuple[_Image, ...] | None = None

    def page(self, region: str, *, number: int, size: int) -> tuple[Sequence[cloud.Image], int]:
        """The images of this page, and how many there are on all.

        Raises:
            Incomplete: they cannot be all that belong on it.
        """
        return one_page("images", self._values(region), self.total_count, number=number, size=size)

    def of(self, region: str, ids: Collection[str]) -> tuple[cloud.Image, ...]:
        """The images of these ids, as far as there are any. One page holds them all, so the count may be missing.

        Raises:
            Incomplete: the list is missing, is not as long as it says, or holds what was not asked for.
        """
        return these("images", self._values(region), self.total_count, ids=ids)

    def _values(self, region: str) -> tuple[cloud.Image, ...] | None:
        return None if self.images is None else tuple(image.image(region) for image in self.images)


class QuotaList(_Theirs):
    """The result of the describeQuotas of virtual machines."""

    quotas: tuple[_Quota, ...]

    def value(self, resource: str) -> cloud.Quota:
        """The quota of a kind of resource.

        Raises:
            Incomplete: it is not among them, or not whole.
        """
        for quota in self.quotas:
            if quota.resource_type == resource:
                return quota.quota(resource)
        raise Incomplete(f"no quota of {resource}")


class SnapshotQuota(_Theirs):
    """The result of the describeQuota of disks, asked for snapshots."""

    quota: _Quota

    def value(self) -> cloud.Quota:
        """The quota of snapshots.

        Raises:
            Incomplete: it is not whole.
        """
        return self.quota.quota("snapshot")


class _Snapshot(_Theirs):
    snapshot_id: Id
    name: str = ""
    snapshot_size_gb: int = Field(default=0, alias="snapshotSizeGB")  # GiB
    status: str = ""
    create_time: str = ""

    def snapshot(self) -> cloud.Snapshot:
        return cloud.Snapshot(
            id=self.snapshot_id,
            name=self.name,
            size_gb=self.snapshot_size_gb,
            status=self.status,
            created=self.create_time,
        )


class SnapshotList(_List):
    """The result of describeSnapshots."""

    snapshots: tuple[_Snapshot, ...] | None = None

    def page(self, *, number: int, size: int) -> tuple[Sequence[cloud.Snapshot], int]:
        """The snapshots of this page, and how many there are on all.

        Raises:
            Incomplete: they cannot be all that belong on it.
        """
        found = None if self.snapshots is None else [snapshot.snapshot() for snapshot in self.snapshots]
        return one_page("snapshots", found, self.total_count, number=number, size=size)


class _Failure(_Theirs):
    code: JsonValue = None
    status: str = ""
    message: str = ""
    details: JsonValue = None

    @property
    def http(self) -> int:
        """The HTTP status it repeats; 0 when it does not read as one."""
        text = str(self.code)
        return int(text) if re.fullmatch("[45][0-9]{2}", text) else 0

    @property
    def more(self) -> str:
        """The details, as JSON; empty when there are none."""
        return json.dumps(self.details, ensure_ascii=False) if self.details else ""

    def __bool__(self) -> bool:
        """Whether it says anything: an empty error beside a result is none."""
        return bool(self.code or self.status or self.message)


class Envelope(_Theirs):
    """What every answer is wrapped in; `error` and `result` exclude each other."""

    request_id: str = ""
    error: _Failure = _Failure()
    result: dict[str, Any] = Field(default_factory=dict)
