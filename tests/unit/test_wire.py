"""What JD Cloud is sent, and how its answers are read."""

import json
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from bot.domain.cloud import Disk, Image, Instance, ListedInstance, Quota, Tags
from bot.jdcloud import (
    ChargeSpec,
    CreateImageSpec,
    DiskSpec,
    InstanceDiskAttachmentSpec,
    JDCloudAuth,
    create_image_spec,
    reply,
)
from bot.jdcloud.answers import ImageList, QuotaList, SnapshotQuota
from bot.jdcloud.call import Call
from bot.jdcloud.envelope import Envelope
from bot.jdcloud.instances import InstanceList, OneInstance
from bot.jdcloud.whole import Incomplete
from bot.jdcloud.wire import query
from tests.unit.examples import plan_for


def test_a_full_body_has_every_field_of_the_page_by_its_name() -> None:
    """createImage: 请求参数, InstanceDiskAttachmentSpec, DiskSpec, ChargeSpec."""
    charge = ChargeSpec(charge_mode="prepaid_by_duration", charge_unit="month", charge_duration=9)
    disk = DiskSpec(
        az="cn-north-1a",
        charge=charge,
        description="for logs",
        disk_size_gb=20,
        disk_type="ssd",
        multi_attachable=False,
        name="logs",
        snapshot_id="snapshot-1",
    )
    attachment = InstanceDiskAttachmentSpec(
        auto_delete=True, cloud_disk_spec=disk, device_name="vdb", disk_category="cloud", no_device=False
    )
    spec = CreateImageSpec(name="web-1", description="before the upgrade", data_disks=(attachment,))
    assert json.loads(spec.body()) == {
        "name": "web-1",
        "description": "before the upgrade",
        "dataDisks": [
            {
                "autoDelete": True,
                "cloudDiskSpec": {
                    "az": "cn-north-1a",
                    "charge": {"chargeDuration": 9, "chargeMode": "prepaid_by_duration", "chargeUnit": "month"},
                    "description": "for logs",
                    "diskSizeGB": 20,
                    "diskType": "ssd",
                    "multiAttachable": False,
                    "name": "logs",
                    "snapshotId": "snapshot-1",
                },
                "deviceName": "vdb",
                "diskCategory": "cloud",
                "noDevice": False,
            }
        ],
    }


def test_a_body_without_disks_has_none_and_is_readable_utf_8() -> None:
    """`dataDisks` left out means all of them; an empty list is documented nowhere."""
    assert (
        CreateImageSpec(name="网站", description="升级前").body() == '{"name":"网站","description":"升级前"}'.encode()
    )


def test_what_is_not_said_of_a_disk_is_not_sent() -> None:
    """No nulls: they would be values."""
    left_out = InstanceDiskAttachmentSpec(device_name="vdc", no_device=True)
    body = CreateImageSpec(name="web", description="", data_disks=(left_out,)).body()
    assert json.loads(body) == {
        "name": "web",
        "description": "",
        "dataDisks": [{"deviceName": "vdc", "noDevice": True}],
    }


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (CreateImageSpec, {"name": "web", "description": "", "tags": []}),
        (CreateImageSpec, {"name": "web"}),
        (InstanceDiskAttachmentSpec, {"noDevice": True}),
        (InstanceDiskAttachmentSpec, {"deviceName": "vdb", "diskCategory": "tape"}),
        (DiskSpec, {"az": "a", "name": "n", "diskType": "ssd"}),
        (ChargeSpec, {"chargeMode": "prepaid_by_duration"}),
        (ChargeSpec, {"chargeMode": "prepaid_by_duration", "chargeUnit": "month", "chargeDuration": 10}),
        (ChargeSpec, {"chargeMode": "prepaid_by_duration", "chargeUnit": "year", "chargeDuration": 4}),
        (ChargeSpec, {"chargeMode": "free"}),
        (ChargeSpec, {"chargeDuration": 0}),
    ],
)
def test_a_body_that_the_page_forbids_cannot_be_made(kind: type[CreateImageSpec], values: dict[str, Any]) -> None:
    """Unknown names, missing ones, and values that contradict each other."""
    with pytest.raises(ValidationError):
        kind.model_validate(values)


def test_a_plan_becomes_a_body_whose_description_ends_in_the_marker() -> None:
    """The disks that stay in are not named: the cloud takes them by itself."""
    instance = OneInstance.model_validate({"instance": INSTANCE}).value("cn-north-1", "i-1")
    plan = plan_for(instance, left_out=frozenset({"vdc"}), image_name="web-1", description="before the upgrade")
    assert json.loads(create_image_spec(plan.jobs[0], description=plan.description, request_id="IR-7K3QF").body()) == {
        "name": "web-1",
        "description": "before the upgrade [IR-7K3QF]",
        "dataDisks": [{"deviceName": "vdc", "noDevice": True}],
    }


def test_a_query_counts_from_one_and_keeps_what_is_inside_a_value_inside() -> None:
    """`&`, `=`, spaces and Chinese are encoded; booleans are small; what is None is not sent."""
    assert query(
        {
            "ids": ["img-a", "img-b"],
            "pageSize": 100,
            "deleteSnapshot": True,
            "offline": None,
            "filters": [{"name": "name", "operator": None, "values": ("生产 web & db=1+~",)}],
        }
    ) == (
        "ids.1=img-a&ids.2=img-b&pageSize=100&deleteSnapshot=true&filters.1.name=name"
        "&filters.1.values.1=%E7%94%9F%E4%BA%A7%20web%20%26%20db%3D1%2B~"
    )


CLOUD_DISK = {"diskId": "vol-b", "name": "data", "diskType": "ssd", "diskSizeGB": 100, "status": "in-use", "iops": 5}
INSTANCE: dict[str, Any] = {
    "instanceId": "i-1",
    "instanceName": "web-1",
    "privateIpAddress": "10.0.0.1",
    "status": "stopped",
    "az": "cn-north-1a",
    "systemDisk": {
        "diskCategory": "cloud",
        "deviceName": "vda",
        "status": "attached",
        "cloudDisk": CLOUD_DISK | {"diskId": "vol-a", "name": "system"},
    },
    "dataDisks": [
        {"diskCategory": "cloud", "deviceName": "vdaa", "status": "attached", "cloudDisk": CLOUD_DISK},
        {"diskCategory": "cloud", "deviceName": "vdc", "status": "attaching", "cloudDisk": CLOUD_DISK},
        {
            "diskCategory": "local",
            "deviceName": "vdb",
            "status": "attached",
            "localDisk": {"diskType": "hdd.std1", "diskSizeGB": 500},
            "cloudDisk": None,
        },
    ],
}


def disk(**changed: Any) -> Disk:
    values: dict[str, Any] = {
        "device": "vdc",
        "category": "cloud",
        "disk_id": "vol-b",
        "name": "data",
        "size_gb": 100,
        "disk_type": "ssd",
        "attachment": "attached",
        "status": "in-use",
    }
    return Disk(**(values | changed))


def test_an_instance_is_read_whole_and_its_disks_stand_in_the_order_of_devices() -> None:
    """vdb before vdz before vdaa."""
    assert OneInstance.model_validate({"instance": INSTANCE}).value("cn-north-1", "i-1") == Instance(
        region="cn-north-1",
        id="i-1",
        name="web-1",
        status="stopped",
        private_ip="10.0.0.1",
        az="cn-north-1a",
        system_disk=disk(device="vda", disk_id="vol-a", name="system"),
        data_disks=(
            disk(device="vdb", category="local", disk_id="", name="", size_gb=500, disk_type="hdd.std1", status=""),
            disk(attachment="attaching"),
            disk(device="vdaa"),
        ),
    )


@pytest.mark.parametrize("nothing", [{}, dict.fromkeys(INSTANCE)])
def test_an_instance_that_is_nothing_but_its_id_is_read_too(nothing: dict[str, Any]) -> None:
    """In a list to choose from; absent and null are the same."""
    told = {"instances": [nothing | {"instanceId": "i-1"}], "totalCount": 1}
    (instance,), _ = InstanceList.model_validate(told).page("r", number=1, size=100)
    assert instance == ListedInstance(region="r", id="i-1", name="", status="", private_ip="")


def test_disks_that_are_told_with_nulls_are_read_by_what_is_there() -> None:
    """The category follows from the kind of disk, the system disk's device from the rule that it is vda."""
    told = {
        "instanceId": "i-1",
        "status": "stopped",
        "systemDisk": {"deviceName": None, "diskCategory": None, "cloudDisk": {"diskId": "vol-a", "diskSizeGB": 40}},
        "dataDisks": [{"deviceName": "vdb", "diskCategory": "local", "localDisk": None, "cloudDisk": None}],
    }
    instance = OneInstance.model_validate({"instance": told}).value("r", "i-1")
    bare = {"name": "", "disk_type": "", "attachment": "", "status": ""}
    assert instance.system_disk == disk(device="vda", disk_id="vol-a", size_gb=40, **bare)
    assert instance.data_disks == (disk(device="vdb", category="local", disk_id="", size_gb=0, **bare),)


def test_images_are_read_with_the_description_under_its_other_name() -> None:
    """createImage takes `description`; describeImages shows `desc`."""
    told = {
        "images": [
            {"imageId": "img-1", "name": "web", "desc": "x [IR-7K3QF]", "status": "pending", "progress": None},
            {"imageId": "img-2", "name": None, "desc": None, "status": None},
        ],
        "totalCount": 2,
    }
    assert ImageList.model_validate(told).page("r", number=1, size=100)[0] == (
        Image(region="r", id="img-1", name="web", description="x [IR-7K3QF]", status="pending"),
        Image(region="r", id="img-2", name="", description=None, status=""),
    )


def test_what_fits_is_read_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of a hundred is read while others wait: a second look is for answers that something is wrong with."""

    def second_look(*_: object) -> None:
        raise AssertionError("nothing is wrong with it")

    monkeypatch.setattr(reply, "_result", second_look)
    auth = JDCloudAuth(service="vm", access_key="ak", secret_key="sk", clock=lambda: 0.0, new_nonce=lambda: "")
    call = Call(action="describeInstances", region="r", url="", auth=auth)
    tags = [{"key": "team", "value": None}, {"key": "env", "value": "test", "new": 1}]
    told = {"instanceId": "i-1", "instanceName": 7, "status": None, "tags": tags, "systemDisk": ["a new shape"]}
    body = {"error": None, "new": {}, "result": {"totalCount": 1, "instances": [told], "requestId": []}}
    read = reply.read(
        call,
        httpx.Response(200, headers={"x-jdcloud-request-id": "req-1"}),
        json.dumps(body).encode(),
        InstanceList,
        lambda found: found.page("r", number=1, size=100),
        now=0.0,
    )
    instance = ListedInstance(
        region="r", id="i-1", name="7", status="", private_ip="", tags=(("env", "test"), ("team", ""))
    )
    assert read == (((instance,), 1), "req-1")


@pytest.mark.parametrize(("told", "tags"), [({}, None), ({"tags": None}, None), ({"tags": []}, ())])
def test_tags_that_are_left_out_are_not_told(told: dict[str, object], tags: Tags | None) -> None:
    """As JD Cloud does where there are none; a list that is empty says so."""
    listed = InstanceList.model_validate({"totalCount": 1, "instances": [{"instanceId": "i-1"} | told]})
    ((instance,), _) = listed.page("r", number=1, size=100)
    assert instance.tags == tags


def test_an_empty_listing_says_that_it_is_empty() -> None:
    """One that is not there says nothing."""
    assert ImageList.model_validate({"images": [], "totalCount": 0}).page("r", number=1, size=100) == ((), 0)
    with pytest.raises(Incomplete):
        ImageList.model_validate({"images": None, "totalCount": 0}).page("r", number=1, size=100)


@pytest.mark.parametrize("told", [{"images": [{"name": "web"}]}, {"images": [{"imageId": ""}]}, {"images": {}}])
def test_an_image_without_an_id_is_not_an_answer(told: dict[str, Any]) -> None:
    """What has no id cannot be looked for, and must not be taken for something else."""
    with pytest.raises(ValidationError):
        ImageList.model_validate(told)


def test_quotas_are_read_by_the_kind_of_resource() -> None:
    """The quota of snapshots does not say its kind."""
    quotas = QuotaList.model_validate(
        {
            "quotas": [
                {"resourceType": "keypair", "limit": 9, "used": 0},
                {"resourceType": "image", "limit": 5, "used": 3},
            ]
        }
    )
    assert quotas.value("image") == Quota(resource="image", limit=5, used=3)
    with pytest.raises(Incomplete):
        quotas.value("imageShare")
    told = {"quota": {"limit": "15", "used": 0}}
    assert SnapshotQuota.model_validate(told).value() == Quota(resource="snapshot", limit=15, used=0)


@pytest.mark.parametrize(
    ("error", "says_something"),
    [(None, False), ({}, False), ({"code": 0, "status": "", "message": ""}, False), ({"code": 500}, True)],
)
def test_an_error_that_says_nothing_is_none(error: object, says_something: bool) -> None:  # noqa: FBT001 - a row
    """A success may carry an empty error beside its result."""
    envelope = Envelope[Any].model_validate({"requestId": "r", "error": error, "result": {}})
    assert bool(envelope.failure) is says_something
