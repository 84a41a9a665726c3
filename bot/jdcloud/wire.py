"""What JD Cloud is asked: the bodies of the calls that change something, field by field, and the query of a GET."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, Self
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from bot.domain import cloud, limits
from bot.domain.disks import AddedDisk
from bot.domain.plan import Plan, PlannedJob
from bot.domain.steps import Step

__all__ = [
    "ChargeSpec",
    "CreateImageSpec",
    "DiskSpec",
    "InstanceDiskAttachmentSpec",
    "StartInstanceSpec",
    "StopInstanceSpec",
    "create_image_spec",
    "planned_calls",
    "query",
]


class _Body(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True, defer_build=True
    )


class ChargeSpec(_Body):
    """How a new disk is paid (createImage: ChargeSpec). The cloud's default is postpaid_by_duration."""

    charge_mode: Literal["prepaid_by_duration", "postpaid_by_usage", "postpaid_by_duration"] | None = None
    charge_unit: Literal["month", "year"] | None = None
    charge_duration: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _prepaid_says_how_long(self) -> Self:
        if self.charge_mode == "prepaid_by_duration":
            if self.charge_unit is None or self.charge_duration is None:
                raise ValueError("prepaid_by_duration needs chargeUnit and chargeDuration")
            if self.charge_duration not in limits.DURATIONS[self.charge_unit]:
                raise ValueError("chargeDuration is at most 9 months or 3 years")
        return self


class DiskSpec(_Body):
    """A new disk (createImage: DiskSpec). Which types and sizes there are is the cloud's to say: both lists grow."""

    az: str
    charge: ChargeSpec | None = None
    description: str | None = None
    disk_size_gb: int = Field(alias="diskSizeGB")  # GiB
    disk_type: str
    multi_attachable: bool | None = None
    name: str
    snapshot_id: str | None = None


class InstanceDiskAttachmentSpec(_Body):
    """What becomes of one data disk (createImage: InstanceDiskAttachmentSpec)."""

    auto_delete: bool | None = None
    cloud_disk_spec: DiskSpec | None = None
    device_name: str | None = None
    disk_category: cloud.DiskCategory | None = None
    no_device: bool | None = None

    @model_validator(mode="after")
    def _no_device_names_one(self) -> Self:
        if self.no_device and not self.device_name:
            raise ValueError("noDevice needs the deviceName of what is left out")
        return self


class CreateImageSpec(_Body):
    """The body of createImage. Without data disks every attached cloud disk becomes part of the image."""

    name: str
    description: str
    data_disks: tuple[InstanceDiskAttachmentSpec, ...] = ()

    def body(self) -> bytes:
        """The JSON as it is sent and signed: UTF-8, nothing null, no `dataDisks` when there are none."""
        return self.model_dump_json(by_alias=True, exclude_defaults=True).encode()


class StopInstanceSpec(_Body):
    """The body of stopInstance. `stopCharging` cannot be said: it would release the instance's resources."""

    charge_on_stopped: cloud.KeepCharging | None = None

    def body(self) -> bytes:
        """The JSON as it is sent and signed: without `chargeOnStopped` when it is not said."""
        return self.model_dump_json(by_alias=True, exclude_defaults=True).encode()


class StartInstanceSpec(_Body):
    """The body of startInstance, which says nothing."""

    def body(self) -> bytes:
        """The JSON as it is sent and signed."""
        return self.model_dump_json(by_alias=True).encode()


def create_image_spec(job: PlannedJob, *, description: str, request_id: str) -> CreateImageSpec:
    """What an approved job asks of createImage. The description ends in the marker of the request."""
    left_out = (InstanceDiskAttachmentSpec(device_name=device, no_device=True) for device in job.left_out)
    return CreateImageSpec(
        name=job.image_name,
        description=limits.description_with_marker(description, request_id),
        data_disks=(*left_out, *(_added(disk) for disk in job.added)),
    )


def planned_calls(plan: Plan, *, request_id: str) -> Sequence[tuple[PlannedJob, str, bytes]]:
    """The calls that a plan comes to, in order: of which job, the path below its region, and the body as it is sent."""
    return [
        (job, *_planned(Step(step.kind), job, plan.description, request_id)) for job in plan.jobs for step in job.steps
    ]


def _planned(step: Step, job: PlannedJob, description: str, request_id: str) -> tuple[str, bytes]:
    instance = f"instances/{job.instance_id}"
    match step:
        case Step.STOP:
            return f"{instance}:stopInstance", StopInstanceSpec(charge_on_stopped=job.charge_on_stopped).body()
        case Step.IMAGE:
            spec = create_image_spec(job, description=description, request_id=request_id)
            return f"{instance}:createImage", spec.body()
        case Step.START:
            return f"{instance}:startInstance", StartInstanceSpec().body()


def _added(disk: AddedDisk) -> InstanceDiskAttachmentSpec:
    """A disk to add. What has a default is said all the same: the pages disagree about some of them (autoDelete)."""
    charge = disk.charge
    return InstanceDiskAttachmentSpec(
        auto_delete=disk.auto_delete,
        device_name=disk.device,
        disk_category=cloud.DiskCategory.CLOUD,  # createImage: a data disk is always one
        cloud_disk_spec=DiskSpec(
            az=disk.az,
            charge=ChargeSpec(
                charge_mode=charge.mode.value,
                charge_unit=charge.unit.value if charge.unit else None,
                charge_duration=charge.duration,
            ),
            description=disk.description or None,
            disk_size_gb=disk.size_gb,
            disk_type=disk.disk_type,
            multi_attachable=disk.multi_attachable,
            name=disk.name,
            snapshot_id=disk.snapshot.id if disk.snapshot else None,
        ),
    )


_AS_IT_IS = re.compile(r"[A-Za-z0-9_.~&=-]*")
"""Keys and values of what is never encoded (RFC 3986, 2.3), as every id is, and what stands between them."""


def query(parameters: Mapping[str, object]) -> str:
    """The query of a GET: `ids.1=…&filters.1.values.1=…`, indexes from 1, lower-case booleans, nothing for None.

    Every key and value is encoded by itself, so that `&` and `=` inside one stay inside (the SDK lets them out).
    """
    pairs = list(_flat("", parameters))
    as_they_are = "&".join([f"{key}={value}" for key, value in pairs])
    if _AS_IT_IS.fullmatch(as_they_are) and as_they_are.count("=") == len(pairs) == as_they_are.count("&") + 1:
        return as_they_are
    return "&".join([f"{quote(key, safe='~')}={quote(value, safe='~')}" for key, value in pairs])


def _flat(prefix: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case None:
            return
        case bool():
            yield prefix, str(value).lower()
        case str():
            yield prefix, value
        case Mapping():
            for key, item in value.items():
                yield from _flat(f"{prefix}.{key}" if prefix else key, item)
        case Sequence():
            for index, item in enumerate(value, 1):
                if isinstance(item, str):  # a hundred ids, mostly
                    yield f"{prefix}.{index}", item
                else:
                    yield from _flat(f"{prefix}.{index}", item)
        case _:
            yield prefix, str(value)
