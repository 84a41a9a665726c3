"""What JD Cloud answers, read leniently and turned into domain values.

Real answers carry null for whatever is empty, leave out what does not apply, and hold fields that no page names.
Only what nothing can be done without is required: ids, and the limit of a quota.
"""

import json
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from pydantic.alias_generators import to_camel

from bot.domain import cloud

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
        if not isinstance(data, dict):
            return data
        return {
            key: [item for item in value if item is not None] if isinstance(value, list) else value
            for key, value in data.items()
            if value is not None
        }


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


class _Instance(_Theirs):
    instance_id: str = Field(min_length=1)
    instance_name: str = ""
    private_ip_address: str = ""
    status: str = ""
    az: str = ""
    system_disk: _Attachment | None = None
    data_disks: tuple[_Attachment, ...] = ()

    def instance(self, region: str) -> cloud.Instance:
        disks = (attachment.disk() for attachment in self.data_disks)
        return cloud.Instance(
            region=region,
            id=self.instance_id,
            name=self.instance_name,
            status=self.status,
            private_ip=self.private_ip_address,
            az=self.az,
            system_disk=self.system_disk.disk(usual_device="vda") if self.system_disk else None,
            data_disks=tuple(sorted(disks, key=_device_order)),
        )


def _device_order(disk: cloud.Disk) -> tuple[int, str]:
    """vdz comes before vdaa."""
    return len(disk.device), disk.device


class _Image(_Theirs):
    image_id: str = Field(min_length=1)
    name: str = ""
    desc: str = ""  # createImage calls it `description`
    status: str = ""

    def image(self, region: str) -> cloud.Image:
        return cloud.Image(region=region, id=self.image_id, name=self.name, description=self.desc, status=self.status)


class _Quota(_Theirs):
    resource_type: str = ""  # the quota of disks and snapshots does not repeat it
    limit: int
    used: int = 0


class InstanceList(_Theirs):
    """The result of describeInstances."""

    instances: tuple[_Instance, ...] = ()
    total_count: int = 0

    def values(self, region: str) -> tuple[cloud.Instance, ...]:
        """The instances of this page."""
        return tuple(instance.instance(region) for instance in self.instances)


class OneInstance(_Theirs):
    """The result of describeInstance."""

    instance: _Instance | None = None

    def value(self, region: str) -> cloud.Instance | None:
        """The instance, when there is one."""
        return self.instance.instance(region) if self.instance else None


class CreatedImage(_Theirs):
    """The result of createImage."""

    image_id: str = Field(min_length=1)


class ImageList(_Theirs):
    """The result of describeImages."""

    images: tuple[_Image, ...] = ()
    total_count: int = 0

    def values(self, region: str) -> tuple[cloud.Image, ...]:
        """The images of this page."""
        return tuple(image.image(region) for image in self.images)


class QuotaList(_Theirs):
    """The result of the describeQuotas of virtual machines."""

    quotas: tuple[_Quota, ...] = ()

    def value(self, resource: str) -> cloud.Quota | None:
        """The quota of a kind of resource, when it is among them."""
        return next(
            (
                cloud.Quota(resource=resource, limit=quota.limit, used=quota.used)
                for quota in self.quotas
                if quota.resource_type == resource
            ),
            None,
        )


class SnapshotQuota(_Theirs):
    """The result of the describeQuota of disks, asked for snapshots."""

    quota: _Quota

    def value(self) -> cloud.Quota:
        """The quota of snapshots."""
        return cloud.Quota(resource="snapshot", limit=self.quota.limit, used=self.quota.used)


class _Snapshot(_Theirs):
    snapshot_id: str = Field(min_length=1)
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


class SnapshotList(_Theirs):
    """The result of describeSnapshots."""

    snapshots: tuple[_Snapshot, ...] = ()
    total_count: int = 0

    def values(self) -> tuple[cloud.Snapshot, ...]:
        """The snapshots of this page."""
        return tuple(snapshot.snapshot() for snapshot in self.snapshots)


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
