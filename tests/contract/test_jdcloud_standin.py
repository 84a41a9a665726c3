"""The JD Cloud stand-in, held against the official SDK: what it asks is served, what the API forbids is refused."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
import warnings
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import BaseTestServer, TestServer
from yarl import URL

from bot.demo.jdcloud import (
    Disk,
    Drop,
    Hang,
    HideImages,
    Html,
    Image,
    ImageBreaks,
    Instance,
    JDCloud,
    LoseAnswer,
    Quotas,
    Refusal,
    Refuse,
    Slow,
    Snapshot,
    StartFails,
    sample_world,
)
from bot.demo.jdcloud.signature import Arrived, Authorization, SignatureCheck, signatures

with warnings.catch_warnings():
    # The SDK's docstrings hold escapes such as `\_` that newer Pythons warn of when they compile them.
    warnings.simplefilter("ignore")
    from jdcloud_sdk.core.config import Config
    from jdcloud_sdk.core.credential import Credential
    from jdcloud_sdk.core.logger import FATAL, Logger
    from jdcloud_sdk.core.signer import Signer
    from jdcloud_sdk.services.charge.models.ChargeSpec import ChargeSpec
    from jdcloud_sdk.services.common.models.Filter import Filter
    from jdcloud_sdk.services.disk.apis.DescribeDisksRequest import DescribeDisksParameters, DescribeDisksRequest
    from jdcloud_sdk.services.disk.apis.DescribeQuotaRequest import DescribeQuotaParameters, DescribeQuotaRequest
    from jdcloud_sdk.services.disk.apis.DescribeSnapshotsRequest import (
        DescribeSnapshotsParameters,
        DescribeSnapshotsRequest,
    )
    from jdcloud_sdk.services.disk.client.DiskClient import DiskClient
    from jdcloud_sdk.services.disk.models.DiskSpec import DiskSpec
    from jdcloud_sdk.services.vm.apis.CreateImageRequest import CreateImageParameters, CreateImageRequest
    from jdcloud_sdk.services.vm.apis.DeleteImageRequest import DeleteImageParameters, DeleteImageRequest
    from jdcloud_sdk.services.vm.apis.DescribeImageRequest import DescribeImageParameters, DescribeImageRequest
    from jdcloud_sdk.services.vm.apis.DescribeImagesRequest import DescribeImagesParameters, DescribeImagesRequest
    from jdcloud_sdk.services.vm.apis.DescribeInstanceRequest import (
        DescribeInstanceParameters,
        DescribeInstanceRequest,
    )
    from jdcloud_sdk.services.vm.apis.DescribeInstancesRequest import (
        DescribeInstancesParameters,
        DescribeInstancesRequest,
    )
    from jdcloud_sdk.services.vm.apis.DescribeInstanceStatusRequest import (
        DescribeInstanceStatusParameters,
        DescribeInstanceStatusRequest,
    )
    from jdcloud_sdk.services.vm.apis.DescribeQuotasRequest import DescribeQuotasParameters, DescribeQuotasRequest
    from jdcloud_sdk.services.vm.apis.StartInstanceRequest import StartInstanceParameters, StartInstanceRequest
    from jdcloud_sdk.services.vm.apis.StopInstanceRequest import StopInstanceParameters, StopInstanceRequest
    from jdcloud_sdk.services.vm.client.VmClient import VmClient
    from jdcloud_sdk.services.vm.models.InstanceDiskAttachmentSpec import InstanceDiskAttachmentSpec

# The SDK's signer, on Python 3.12 and later.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning")

REGION = "cn-north-1"
WEB = "i-web0000001"
QUIET = Logger(FATAL)  # the SDK's own default prints signed headers


class Clock:
    """Unix seconds that move when told; they start at the real time, by which the SDK dates its requests."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cloud(clock: Clock) -> JDCloud:
    cloud = JDCloud(clock=clock)
    cloud.add_instance(
        Instance(
            region=REGION,
            id=WEB,
            name="web-1",
            private_ip="10.0.1.11",
            az="cn-north-1a",
            system_disk=Disk(device="vda", name="system"),
            data_disks=[
                Disk(device="vdb", name="logs", size_gb=100, type="premium-hdd"),
                Disk(device="vdc", name="uploads", size_gb=200, type="ssd"),
                Disk(device="vdd", category="local", size_gb=480, type="NVMe SSD"),
            ],
        )
    )
    return cloud


@pytest.fixture
async def server(cloud: JDCloud) -> AsyncIterator[TestServer]:
    server = TestServer(cloud.application())
    await server.start_server()
    yield server
    await server.close()


class Sdk:
    """The official clients for VM and Disk, pointed at the stand-in."""

    def __init__(self, server: TestServer, access_key: str = "demo-ak", secret_key: str = "demo-sk") -> None:
        credential, config = Credential(access_key, secret_key), Config(f"127.0.0.1:{server.port}", "http")
        self._vm = VmClient(credential, config, QUIET)
        self._disk = DiskClient(credential, config, QUIET)

    async def vm(self, request: Any) -> Any:
        return await asyncio.to_thread(self._vm.send, request)

    async def disk(self, request: Any) -> Any:
        return await asyncio.to_thread(self._disk.send, request)

    async def create_image(self, name: str = "web-1-20261123", **changes: Any) -> Any:
        return await self.vm(create_image(name, **changes))

    async def images(self, **conditions: Any) -> list[dict[str, Any]]:
        parameters = DescribeImagesParameters(REGION)
        for key, value in ({"imageSource": "private"} | conditions).items():
            setattr(parameters, key, value)
        response = await self.vm(DescribeImagesRequest(parameters))
        assert response.error is None, response.error.message
        found: list[dict[str, Any]] = response.result["images"]
        assert response.result["totalCount"] == len(found)
        return found


@pytest.fixture
def sdk(server: TestServer) -> Sdk:
    return Sdk(server)


def create_image(
    name: Any,
    *,
    region: str = REGION,
    instance_id: str = WEB,
    description: Any = "Before the upgrade",
    disks: Any = None,
) -> Any:
    parameters = CreateImageParameters(region, instance_id, name)
    parameters.setDescription(description)
    parameters.setDataDisks(disks)
    return CreateImageRequest(parameters)


def leave_out(device: str | None) -> Any:
    return InstanceDiskAttachmentSpec(deviceName=device, noDevice=True)


def add(device: str | None = "vde", *, kind: Any = "ssd", size: Any = 40, **changes: Any) -> Any:
    spec = DiskSpec("cn-north-1a", "extra", kind, size)
    for key, value in changes.items():
        setattr(spec, key, value)
    return InstanceDiskAttachmentSpec(diskCategory="cloud", deviceName=device, cloudDiskSpec=spec)


# -- what the SDK asks for, it gets ------------------------------------------------------------------------------------


async def test_sdk_pages_through_instances(sdk: Sdk, cloud: JDCloud) -> None:
    """Pages are 20 long unless told, never overlap, and know the whole count."""
    for number in range(24):
        cloud.add_instance(
            Instance(region=REGION, id=f"i-{number:010}", name=f"n-{number}", az="cn-north-1a", system_disk=None)
        )
    seen: list[str] = []
    for page, length in ((1, 20), (2, 5), (3, 0)):
        parameters = DescribeInstancesParameters(REGION)
        parameters.setPageNumber(page)
        response = await sdk.vm(DescribeInstancesRequest(parameters))
        assert response.result["totalCount"] == 25
        assert len(response.result["instances"]) == length
        seen += [instance["instanceId"] for instance in response.result["instances"]]
    assert sorted(seen) == sorted(cloud.instances)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([Filter("name", ["web"])], {"web-1", "web-生产 2"}),
        ([Filter("name", ["生产 2"])], {"web-生产 2"}),
        ([Filter("status", ["running", "stopped"])], {"web-1", "web-生产 2", "db"}),
        ([Filter("status", ["running"]), Filter("name", ["web"])], {"web-生产 2"}),
        ([Filter("privateIpAddress", ["10.0.2", "10.0.1.11"])], {"web-1", "db"}),
        ([Filter("instanceId", [WEB, "i-absent"], "in")], {"web-1"}),
        ([Filter("status", ["stopped"], "ne")], {"web-生产 2", "db"}),
    ],
)
async def test_sdk_filters_instances(sdk: Sdk, cloud: JDCloud, filters: list[Any], names: set[str]) -> None:
    """Filters must all hold, their values are alternatives, names and addresses match in part."""
    for identifier, name, address in (("i-web2", "web-生产 2", "10.0.1.12"), ("i-db", "db", "10.0.2.21")):
        cloud.add_instance(
            Instance(
                region=REGION,
                id=identifier,
                name=name,
                status="running",
                private_ip=address,
                az="cn-north-1b",
                system_disk=None,
            )
        )
    parameters = DescribeInstancesParameters(REGION)
    parameters.setFilters(filters)
    response = await sdk.vm(DescribeInstancesRequest(parameters))
    assert {instance["instanceName"] for instance in response.result["instances"]} == names


async def test_sdk_sees_an_instance_with_its_disks(sdk: Sdk) -> None:
    """Cloud disks and local disks come in the shape of InstanceDiskAttachment."""
    response = await sdk.vm(DescribeInstanceRequest(DescribeInstanceParameters(REGION, WEB)))
    instance = response.result["instance"]
    assert instance["systemDisk"]["deviceName"] == "vda"
    logs, uploads, local = instance["dataDisks"]
    assert (logs["diskCategory"], logs["status"], logs["cloudDisk"]["status"]) == ("cloud", "attached", "in-use")
    assert logs["cloudDisk"]["diskId"].startswith("vol-")
    assert (uploads["cloudDisk"]["diskSizeGB"], uploads["cloudDisk"]["diskType"]) == (200, "ssd")
    assert local["localDisk"] == {"diskType": "NVMe SSD", "diskSizeGB": 480}
    assert "cloudDisk" not in local


async def test_answers_have_only_fields_that_the_sdk_knows(sdk: Sdk, cloud: JDCloud) -> None:
    """Nobody can come to rely on a field that JD Cloud does not have."""
    from jdcloud_sdk.services.disk.models.Disk import Disk as SdkDisk  # noqa: PLC0415 - beside the one of the stand-in
    from jdcloud_sdk.services.disk.models.Snapshot import Snapshot as SdkSnapshot  # noqa: PLC0415
    from jdcloud_sdk.services.vm.models.Image import Image as SdkImage  # noqa: PLC0415
    from jdcloud_sdk.services.vm.models.Instance import Instance as SdkInstance  # noqa: PLC0415
    from jdcloud_sdk.services.vm.models.InstanceDiskAttachment import InstanceDiskAttachment  # noqa: PLC0415

    await sdk.create_image()
    cloud.instances[WEB].dedicated_host_id = "host-1"
    instance = (await sdk.vm(DescribeInstanceRequest(DescribeInstanceParameters(REGION, WEB)))).result["instance"]
    (image,) = await sdk.images()
    disks = (await sdk.disk(DescribeDisksRequest(DescribeDisksParameters(REGION)))).result["disks"]
    snapshots = (await sdk.disk(DescribeSnapshotsRequest(DescribeSnapshotsParameters(REGION)))).result["snapshots"]
    for model, shapes in (
        (SdkInstance, [instance]),
        (SdkImage, [image]),
        (InstanceDiskAttachment, [*instance["dataDisks"], *image["dataDisks"]]),
        (SdkDisk, [*disks, *(disk["cloudDisk"] for disk in instance["dataDisks"] if "cloudDisk" in disk)]),
        (SdkSnapshot, snapshots),
    ):
        assert shapes
        for shape in shapes:
            assert set(shape) <= set(vars(model()))


async def test_image_is_made_with_its_snapshots_and_becomes_ready(sdk: Sdk, cloud: JDCloud, clock: Clock) -> None:
    """One snapshot a cloud disk, the system disk counted; local disks never; ready when the time is over."""
    response = await sdk.create_image()
    image_id = response.result["imageId"]
    assert image_id.startswith("img-")
    assert response.request_id
    (image,) = await sdk.images(ids=[image_id], imageSource=None)
    assert (image["name"], image["desc"], image["status"]) == ("web-1-20261123", "Before the upgrade", "pending")
    assert [disk["deviceName"] for disk in image["dataDisks"]] == ["vdb", "vdc"]
    assert {snapshot.status for snapshot in cloud.snapshots.values()} == {"creating"}
    assert {snapshot.size_gb for snapshot in cloud.snapshots.values()} == {40, 100, 200}
    clock.now += cloud.build_time
    described = await sdk.vm(DescribeImageRequest(DescribeImageParameters(REGION, image_id)))
    assert described.result["image"]["status"] == "ready"
    assert {snapshot.status for snapshot in cloud.snapshots.values()} == {"available"}


async def test_calls_are_kept_as_received(sdk: Sdk, cloud: JDCloud) -> None:
    """The SDK's body is seen whole: path parameters and explicit nulls included."""
    await sdk.create_image(disks=[leave_out("vdc")])
    (call,) = cloud.calls
    assert (call.action, call.region, call.method, call.authorized) == ("createImage", REGION, "POST", True)
    assert call.path.endswith(f"/instances/{WEB}:createImage")
    assert call.body["instanceId"] == WEB
    assert call.body["dataDisks"][0]["cloudDiskSpec"] is None
    assert call.body["dataDisks"][0]["noDevice"] is True


async def test_disks_are_left_out_and_added(sdk: Sdk, cloud: JDCloud) -> None:
    """What is left out has no snapshot; what is added, blank or from a snapshot, needs none."""
    cloud.add_snapshot(Snapshot(id="snapshot-seed", region=REGION, name="seed", size_gb=40))
    charge = ChargeSpec(chargeMode="prepaid_by_duration", chargeUnit="year", chargeDuration=3)
    response = await sdk.create_image(
        disks=[
            leave_out("vdb"),
            leave_out("vdd"),
            add("vdh", snapshotId="snapshot-seed", charge=charge),
            add(None, kind="premium-hdd", size=3000),
        ]
    )
    assert response.error is None, response.error.message
    image = cloud.images[response.result["imageId"]]
    assert [(disk.device, disk.size_gb) for disk in image.data_disks] == [("vdc", 200), ("vdh", 40), ("vde", 3000)]
    assert len(cloud.snapshots) == 3  # the seed, the system disk, vdc


async def test_disk_in_the_place_of_an_attached_one_replaces_it(sdk: Sdk, cloud: JDCloud) -> None:
    """The attached disk is not snapshotted then (SDK: setDataDisks)."""
    response = await sdk.create_image(disks=[add("vdb", size=500)])
    image = cloud.images[response.result["imageId"]]
    assert [(disk.device, disk.size_gb) for disk in image.data_disks] == [("vdc", 200), ("vdb", 500)]


async def test_images_are_found_by_the_instance_they_were_made_of(sdk: Sdk) -> None:
    """This is how a lost answer is looked for."""
    await sdk.create_image()
    assert [image["name"] for image in await sdk.images(instanceIds=[WEB])] == ["web-1-20261123"]
    assert await sdk.images(instanceIds=["i-other"]) == []
    assert await sdk.images(imageName="1-2026", status="pending") != []
    assert await sdk.images(status="ready") == []
    assert await sdk.images(imageSource="public") == []


async def test_quotas_count_what_is_held(sdk: Sdk, cloud: JDCloud) -> None:
    """Both quotas, of VM for images and of Disk for snapshots, share a path and are told apart by the service."""
    cloud.quotas[REGION] = Quotas(images=7, snapshots=30)
    await sdk.create_image()
    parameters = DescribeQuotasParameters(REGION)
    parameters.setFilters([Filter("resourceTypes", ["image"])])
    images = await sdk.vm(DescribeQuotasRequest(parameters))
    assert images.result == {"quotas": [{"resourceType": "image", "limit": 7, "used": 1}]}
    snapshots = await sdk.disk(DescribeQuotaRequest(DescribeQuotaParameters(REGION, "snapshot")))
    assert snapshots.result == {"quota": {"limit": 30, "used": 3}}


async def test_disks_and_snapshots_are_filtered(sdk: Sdk, cloud: JDCloud) -> None:
    """By the instance a disk is attached to and by a snapshot's id and state."""
    for status in ("available", "error_create"):
        cloud.add_snapshot(Snapshot(id=f"snapshot-{status}", region=REGION, name=status, size_gb=20, status=status))
    disks = DescribeDisksParameters(REGION)
    disks.setFilters([Filter("instanceId", [WEB]), Filter("diskType", ["ssd"])])
    (uploads,) = (await sdk.disk(DescribeDisksRequest(disks))).result["disks"]
    assert uploads["attachments"][0]["instanceId"] == WEB
    snapshots = DescribeSnapshotsParameters(REGION)
    snapshots.setFilters([Filter("status", ["available"])])
    (seed,) = (await sdk.disk(DescribeSnapshotsRequest(snapshots))).result["snapshots"]
    assert (seed["snapshotId"], seed["snapshotSizeGB"]) == ("snapshot-available", 20)


async def test_instance_stops_and_starts_through_a_transition(sdk: Sdk, cloud: JDCloud, clock: Clock) -> None:
    """While it stops, nothing else may be done with it."""
    cloud.start(WEB)
    assert (await sdk.vm(StopInstanceRequest(StopInstanceParameters(REGION, WEB)))).error is None
    assert cloud.instances[WEB].status == "stopping"
    refused = await sdk.create_image()
    assert refused.error.message == "Conflict with underlay task stopping"
    clock.now += cloud.stop_time
    assert cloud.instances[WEB].status == "stopped"
    assert (await sdk.vm(StartInstanceRequest(StartInstanceParameters(REGION, WEB)))).error is None
    assert cloud.instances[WEB].status == "starting"


async def test_sdk_stops_and_keeps_charging(sdk: Sdk, cloud: JDCloud) -> None:
    """Said or not, as it is said; a word that there is not is refused."""
    cloud.start(WEB)
    cloud.switches.clear()
    for said, message in (("later", "Invalid parameter ChargeOnStopped"), ("keepCharging", "")):
        parameters = StopInstanceParameters(REGION, WEB)
        parameters.setChargeOnStopped(said)
        response = await sdk.vm(StopInstanceRequest(parameters))
        assert (response.error.message if response.error else "").startswith(message)
        assert bool(response.error) is bool(message)
    assert [(switch.by, switch.charge_on_stopped, switch.releases) for switch in cloud.switches] == [
        ("api", "keepCharging", False)
    ]


async def test_stop_charging_releases_what_is_the_instances_own(sdk: Sdk, cloud: JDCloud, clock: Clock) -> None:
    """Once it is stopped its local data disks are gone; cloud disks stay."""
    cloud.start(WEB)
    parameters = StopInstanceParameters(REGION, WEB)
    parameters.setChargeOnStopped("stopCharging")
    assert (await sdk.vm(StopInstanceRequest(parameters))).error is None
    assert {disk.device for disk in cloud.instances[WEB].data_disks} == {"vdb", "vdc", "vdd"}
    clock.now += cloud.stop_time
    assert {disk.device for disk in cloud.instances[WEB].data_disks} == {"vdb", "vdc"}
    assert [switch.releases for switch in cloud.switches if switch.by == "api"] == [True]


async def test_sdk_asks_for_statuses(sdk: Sdk, cloud: JDCloud) -> None:
    """By their ids, in pages like any listing, with fields that the SDK knows."""
    from jdcloud_sdk.services.vm.models.InstanceStatus import InstanceStatus  # noqa: PLC0415 - of this test alone

    parameters = DescribeInstanceStatusParameters(REGION)
    parameters.setFilters([Filter("instanceId", [WEB, "i-gone"])])
    cloud.start(WEB)
    told = (await sdk.vm(DescribeInstanceStatusRequest(parameters))).result
    assert told == {"instanceStatuses": [{"instanceId": WEB, "status": "running"}], "totalCount": 1}
    assert set(told["instanceStatuses"][0]) <= set(vars(InstanceStatus()))
    parameters.setPageSize(9)
    refused = (await sdk.vm(DescribeInstanceStatusRequest(parameters))).error
    assert "pageSize" in refused.message


async def test_an_image_is_ready_with_its_last_snapshot(sdk: Sdk, cloud: JDCloud, clock: Clock) -> None:
    """The snapshots are done one after the other; an image made ready by hand has them all."""
    cloud.quotas[REGION] = Quotas(images=20, snapshots=60)
    first = (await sdk.create_image()).result["imageId"]
    clock.now += cloud.build_time * 0.7
    states = sorted(each.status for each in cloud.snapshots.values() if first in each.images)
    assert states == ["available", "available", "creating"]
    clock.now += cloud.build_time
    second = (await sdk.create_image()).result["imageId"]
    cloud.images[second].ready_at = 0.0
    assert cloud.images[second].status == "ready"
    assert {each.status for each in cloud.snapshots.values() if second in each.images} == {"available"}


async def test_deleting_an_image_frees_its_place_and_its_snapshots_when_asked(
    sdk: Sdk, cloud: JDCloud, clock: Clock
) -> None:
    """Not while it is being made; `deleteSnapshot` is False unless given, and `True` as the SDK spells it counts."""
    for with_snapshots, left in ((None, 3), (True, 3)):
        image_id = (await sdk.create_image()).result["imageId"]
        parameters = DeleteImageParameters(REGION, image_id)
        parameters.setDeleteSnapshot(with_snapshots)
        busy = await sdk.vm(DeleteImageRequest(parameters))
        assert busy.error.message == f"Conflict with underlay image task '{image_id}'"
        clock.now += cloud.build_time
        assert (await sdk.vm(DeleteImageRequest(parameters))).error is None
        assert cloud.images == {}
        assert len(cloud.snapshots) == left
    gone = await sdk.vm(DescribeImageRequest(DescribeImageParameters(REGION, image_id)))
    assert (gone.error.code, gone.error.message) == (404, f"Image '{image_id}' not found")


# -- what the API forbids, it refuses ----------------------------------------------------------------------------------

REFUSED = [
    (create_image("n1", instance_id="i-absent"), 404, "NOT_FOUND", "Instance 'i-absent' not found."),
    (create_image("n"), 400, "INVALID_ARGUMENT", "Invalid parameter Name"),
    (create_image("n" * 33), 400, "INVALID_ARGUMENT", "Invalid parameter Name"),
    (create_image("web 1"), 400, "INVALID_ARGUMENT", "Invalid parameter Name"),
    (create_image("web-1\n"), 400, "INVALID_ARGUMENT", "Invalid parameter Name"),
    (create_image(""), 400, "INVALID_ARGUMENT", "Parameter Name missing"),
    (create_image(11), 400, "INVALID_ARGUMENT", "Invalid parameter Name: not a string"),
    (create_image("n1", description=None), 400, "INVALID_ARGUMENT", "Parameter Description missing"),
    (create_image("n1", description=""), 400, "INVALID_ARGUMENT", "Parameter Description missing"),
    (create_image("n1", description="d" * 257), 400, "INVALID_ARGUMENT", "longer than 256"),
    (create_image("n1", disks={"deviceName": "vdb"}), 400, "INVALID_ARGUMENT", "DataDisks: not a list"),
    (create_image("n1", disks=[{"device": "vdb"}]), 400, "INVALID_ARGUMENT", "DataDisks.Device: unknown"),
    (create_image("n1", disks=[leave_out("vdj")]), 400, "INVALID_ARGUMENT", "DataDisks.DeviceName: not one of"),
    (create_image("n1", disks=[leave_out("vdb"), leave_out("vdb")]), 400, "DUPLICATE", "Duplicate deviceName"),
    (create_image("n1", disks=[leave_out("vdb"), add("vdb")]), 400, "DUPLICATE", "Duplicate deviceName"),
    (create_image("n1", disks=[add("vda")]), 400, "DUPLICATE", "Duplicate deviceName"),
    (create_image("n1", disks=[leave_out("vda")]), 400, "INVALID_ARGUMENT", "system disk cannot be left out"),
    (create_image("n1", disks=[leave_out("vde")]), 400, "INVALID_ARGUMENT", "no disk is attached as vde"),
    (create_image("n1", disks=[leave_out(None)]), 400, "INVALID_ARGUMENT", "Parameter DataDisks.DeviceName missing"),
    (
        create_image("n1", disks=[{"deviceName": "vdb", "noDevice": "true"}]),
        400,
        "INVALID_ARGUMENT",
        "DataDisks.NoDevice: not a boolean",
    ),
    (
        create_image("n1", disks=[{"deviceName": "vde", "diskCategory": "local"}]),
        400,
        "INVALID_ARGUMENT",
        "DataDisks.DiskCategory: a data disk is a cloud disk",
    ),
    (
        create_image("n1", disks=[{"deviceName": "vde"}]),
        400,
        "INVALID_ARGUMENT",
        "Parameter DataDisks.CloudDiskSpec missing",
    ),
    (
        create_image("n1", disks=[add(kind=None)]),
        400,
        "INVALID_ARGUMENT",
        "Parameter DataDisks.CloudDiskSpec.DiskType missing",
    ),
    (create_image("n1", disks=[add(az=None)]), 400, "INVALID_ARGUMENT", "Parameter DataDisks.CloudDiskSpec.Az missing"),
    (
        create_image("n1", disks=[add(name="")]),
        400,
        "INVALID_ARGUMENT",
        "Parameter DataDisks.CloudDiskSpec.Name missing",
    ),
    (
        create_image("n1", disks=[add(size=None)]),
        400,
        "INVALID_ARGUMENT",
        "Parameter DataDisks.CloudDiskSpec.DiskSizeGB missing",
    ),
    (create_image("n1", disks=[add(kind="ssd.gp1")]), 400, "INVALID_ARGUMENT", "DataDisks.CloudDiskSpec.DiskType"),
    (create_image("n1", disks=[add(iops=100)]), 400, "INVALID_ARGUMENT", "DataDisks.CloudDiskSpec.Iops: unknown"),
    (create_image("n1", disks=[add(size="40")]), 400, "INVALID_ARGUMENT", "DiskSizeGB: not an integer"),
    *(
        (create_image("n1", disks=[add(kind=kind, size=size)]), 400, "OUT_OF_RANGE", "DiskSizeGB out of range")
        for kind, size in (("ssd", 10), ("ssd", 25), ("ssd", 1010), ("premium-hdd", 3010))
    ),
    (
        create_image("n1", disks=[add(snapshotId="snapshot-no")]),
        404,
        "NOT_FOUND",
        "Snapshot 'snapshot-no' not found",
    ),
    (
        create_image("n1", disks=[add(snapshotId="snapshot-60")]),
        400,
        "OUT_OF_RANGE",
        "Device 'vde' size can only be larger than the original size",
    ),
    *(
        (create_image("n1", disks=[add(charge=ChargeSpec(mode, unit, duration))]), 400, "INVALID_ARGUMENT", message)
        for mode, unit, duration, message in (
            ("free", None, None, "ChargeMode: not one of"),
            ("prepaid_by_duration", "week", 1, "ChargeUnit: not one of"),
            ("prepaid_by_duration", "month", None, "Parameter DataDisks.CloudDiskSpec.Charge.ChargeDuration missing"),
            ("prepaid_by_duration", "month", 10, "ChargeDuration: out of range for month"),
            ("prepaid_by_duration", "year", 4, "ChargeDuration: out of range for year"),
        )
    ),
]


@pytest.mark.parametrize(("request_", "http", "status", "message"), REFUSED)
async def test_wrong_wish_for_an_image_is_refused(  # noqa: PLR0917 - a row of the table
    sdk: Sdk, cloud: JDCloud, request_: Any, http: int, status: str, message: str
) -> None:
    """Each rule of createImage's page has its own answer, and nothing is made."""
    cloud.add_snapshot(Snapshot(id="snapshot-60", region=REGION, name="sixty", size_gb=60))
    error = (await sdk.vm(request_)).error
    assert (error.code, error.status) == (http, status)
    assert message in error.message
    assert cloud.images == {}


def _status(cloud: JDCloud, status: str) -> None:
    cloud.instances[WEB].status = status


def _system(cloud: JDCloud, **changes: Any) -> None:
    disk = cloud.instances[WEB].system_disk
    assert disk
    vars(disk).update({"id": "vol-sys"} | changes)


def _data(cloud: JDCloud, **changes: Any) -> None:
    vars(cloud.instances[WEB].data_disks[0]).update({"id": "vol-logs"} | changes)


def _no_system_disk(cloud: JDCloud) -> None:
    cloud.instances[WEB].system_disk = None


def _quotas(cloud: JDCloud, images: int, snapshots: int) -> None:
    cloud.quotas[REGION] = Quotas(images=images, snapshots=snapshots)


@pytest.mark.parametrize(
    ("spoil", "http", "message"),
    [
        (lambda cloud: _status(cloud, "running"), 400, "Please stop the instance first"),
        (lambda cloud: _status(cloud, "error"), 400, "Invalid instance status error"),
        (lambda cloud: _status(cloud, "rebuilding"), 400, "Conflict with underlay task rebuilding"),
        (lambda cloud: _data(cloud, attachment="attaching"), 400, "Conflict with underlay task attaching"),
        (lambda cloud: _data(cloud, status="extending"), 400, "Disk 'vol-logs' busy in 'extending'"),
        (lambda cloud: _data(cloud, status="error_extend"), 400, "Invalid Disk 'vol-logs' status 'error_extend'"),
        (lambda cloud: _system(cloud, attachment="error_attach"), 400, "Invalid system disk mount state"),
        (lambda cloud: _system(cloud, status="restoring"), 400, "Disk 'vol-sys' busy in 'restoring'"),
        (_no_system_disk, 400, "System disk not found"),
        (lambda cloud: _quotas(cloud, 0, 15), 429, "Image quota limit exceeded"),
        (lambda cloud: _quotas(cloud, 5, 2), 429, "Snapshot quota limit exceeded"),
    ],
)
async def test_instance_that_is_not_fit_is_refused(
    sdk: Sdk, cloud: JDCloud, spoil: Any, http: int, message: str
) -> None:
    """The messages are those of createImage's error table."""
    spoil(cloud)
    error = (await sdk.create_image()).error
    assert (error.code, error.message) == (http, message)
    assert error.status == ("QUOTA_EXCEEDED" if http == 429 else "FAILED_PRECONDITION")
    assert cloud.images == {}


async def test_quota_is_enough_for_exactly_what_is_needed(sdk: Sdk, cloud: JDCloud) -> None:
    """A disk that is left out needs no snapshot."""
    cloud.quotas[REGION] = Quotas(images=1, snapshots=2)
    assert (await sdk.create_image(disks=[leave_out("vdc")])).error is None


async def test_one_image_at_a_time_is_made_of_an_instance(sdk: Sdk, cloud: JDCloud, clock: Clock) -> None:
    """A second wish conflicts until the first image is done."""
    await sdk.create_image()
    assert (await sdk.create_image()).error.message == "Conflict with underlay task createImage"
    clock.now += cloud.build_time
    assert (await sdk.create_image()).error is None


@pytest.mark.parametrize("paging", [{"pageSize": 9}, {"pageSize": 101}, {"pageNumber": 0}, {"pageSize": "many"}])
async def test_page_out_of_range_is_refused(sdk: Sdk, paging: dict[str, Any]) -> None:
    """pageSize is 10 to 100; nine is no page."""
    parameters = DescribeImagesParameters(REGION)
    vars(parameters).update({"imageSource": "private"} | paging)
    error = (await sdk.vm(DescribeImagesRequest(parameters))).error
    assert (error.code, error.status) == (400, "INVALID_ARGUMENT")


async def test_images_are_not_listed_without_ids_or_source(sdk: Sdk) -> None:
    """describeImages: imageSource is required unless ids are given."""
    error = (await sdk.vm(DescribeImagesRequest(DescribeImagesParameters(REGION)))).error
    assert error.message == "Parameter ImageSource missing"


# -- signatures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [("demo-ak", "wrong"), ("other-ak", "demo-sk")])
async def test_wrong_key_is_turned_away(server: TestServer, cloud: JDCloud, keys: tuple[str, str]) -> None:
    """With 401 and JD Cloud's error body, before anything is done; the call is on record as unauthorized."""
    response = await Sdk(server, *keys).create_image()
    assert (response.error.code, response.error.status) == (401, "UNAUTHENTICATED")
    assert response.request_id
    assert cloud.images == {}
    assert [call.authorized for call in cloud.calls] == [False]


def signed(
    server: BaseTestServer, path: str, *, method: str = "GET", body: str = "", headers: dict[str, str] | None = None
) -> dict[str, str]:
    """Headers as the official signer makes them; date and nonce given beforehand are signed too."""
    held = {"content-type": "application/json"} | (headers or {})
    Signer(QUIET).sign(
        method=method,
        region=REGION,
        service="vm",
        uri=f"http://127.0.0.1:{server.port}{path}",
        headers=held,
        data=body,
        credential=Credential("demo-ak", "demo-sk"),
        security_token=held.get("x-jdcloud-security-token", ""),
    )
    return held


@pytest.fixture
async def http(server: TestServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:
        yield session


INSTANCES = f"/v1/regions/{REGION}/instances"


def stamp(at: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))


async def test_request_with_signed_date_and_nonce_passes_once(
    server: TestServer, http: aiohttp.ClientSession, clock: Clock
) -> None:
    """A nonce is good for one request, also when it was signed."""
    headers = signed(server, INSTANCES, headers={"x-jdcloud-date": stamp(clock.now), "x-jdcloud-nonce": "once"})
    assert "x-jdcloud-nonce" in headers["Authorization"]
    assert (await http.get(INSTANCES, headers=headers)).status == 200
    replay = await http.get(INSTANCES, headers=headers)
    assert replay.status == 401
    assert (await replay.json())["error"]["message"] == "nonce has been used"


@pytest.mark.parametrize(("late", "status"), [(-899, 200), (899, 200), (-902, 401), (902, 401)])
async def test_date_may_be_fifteen_minutes_off(
    server: TestServer, http: aiohttp.ClientSession, clock: Clock, late: int, status: int
) -> None:
    """Either way."""
    headers = signed(server, INSTANCES, headers={"x-jdcloud-date": stamp(clock.now + late)})
    assert (await http.get(INSTANCES, headers=headers)).status == status


async def test_nothing_of_a_signed_request_may_change(server: TestServer, http: aiohttp.ClientSession) -> None:
    """Path, query, body, service and signed headers are all covered."""
    changed = [
        http.get(f"{INSTANCES}/{WEB}", headers=signed(server, INSTANCES)),
        http.get(f"{INSTANCES}?pageSize=11", headers=signed(server, f"{INSTANCES}?pageSize=10")),
        http.post(f"{INSTANCES}/{WEB}:stopInstance", headers=signed(server, INSTANCES, method="POST"), data="{}"),
        http.get(f"/v1/regions/{REGION}/disks", headers=signed(server, f"/v1/regions/{REGION}/disks")),
        http.get(INSTANCES, headers=signed(server, INSTANCES) | {"content-type": "text/plain"}),
        http.get(INSTANCES, headers=signed(server, INSTANCES) | {"x-jdcloud-content-sha256": "0" * 64}),
    ]
    for request in changed:
        assert (await request).status == 401


async def test_request_without_signature_is_told_so(http: aiohttp.ClientSession) -> None:
    """As the gateway words it, with the request's id in body and header."""
    response = await http.get(INSTANCES)
    body = await response.json()
    assert body["error"] == {"code": 401, "status": "ACCESS_ERROR", "message": "lack of header authorization[gw]"}
    assert response.headers["x-jdcloud-request-id"] == body["requestId"]


async def test_unknown_path_is_not_found(server: TestServer, http: aiohttp.ClientSession) -> None:
    """In JD Cloud's form, once the signature is right."""
    path = f"/v1/regions/{REGION}/volcanoes"
    response = await http.get(path, headers=signed(server, path))
    assert response.status == 404
    assert (await response.json())["error"]["status"] == "NOT_FOUND"


async def test_colon_of_an_action_may_be_escaped(
    server: TestServer, http: aiohttp.ClientSession, cloud: JDCloud
) -> None:
    """The Go SDK sends `%3A`."""
    path, body = f"{INSTANCES}/{WEB}%3AcreateImage", json.dumps({"name": "n1", "description": "d"})
    url = f"http://127.0.0.1:{server.port}{path}"
    headers = signed(server, path, method="POST", body=body)
    response = await http.post(URL(url, encoded=True), data=body, headers=headers)
    assert response.status == 200
    assert len(cloud.images) == 1


@pytest.mark.parametrize(("sent", "passes"), [("token", True), ("other", False), (None, False)])
async def test_temporary_key_needs_its_token(clock: Clock, sent: str | None, passes: bool) -> None:  # noqa: FBT001
    """Signed, and in base64 as the SDKs send it."""
    cloud = JDCloud(clock=clock, session_token="token")
    async with TestServer(cloud.application()) as server, aiohttp.ClientSession() as session:
        token = {"x-jdcloud-security-token": base64.b64encode(sent.encode()).decode()} if sent else {}
        headers = signed(server, INSTANCES, headers=token)
        response = await session.get(server.make_url(INSTANCES), headers=headers)
        assert response.status == (200 if passes else 401)


async def test_token_of_a_temporary_key_must_be_signed(clock: Clock) -> None:
    """A token slipped in afterwards does not count."""
    cloud = JDCloud(clock=clock, session_token="token")
    async with TestServer(cloud.application()) as server, aiohttp.ClientSession() as session:
        headers = signed(server, INSTANCES) | {"x-jdcloud-security-token": base64.b64encode(b"token").decode()}
        assert (await session.get(server.make_url(INSTANCES), headers=headers)).status == 401


SIGNER_TEST = {
    "host": "apigw-internal-dev.cn-north-1.jcloudcs.com:8000",
    "content-type": "application/json",
    "x-jdcloud-date": "20190917T064708Z",
    "x-jdcloud-nonce": "X-Jdcloud-Nonce",
}
OWN_HOST = SIGNER_TEST | {"host": "vm.jdcloud-api.com"}
PATH = "/v1/regions/cn-north-1/instances"


@pytest.mark.parametrize(
    ("service", "arrived", "expected"),
    [
        (
            "apigatewaytestproductline",
            Arrived("GET", "", "", SIGNER_TEST, b""),
            "44c5ec30b6185516986ae171d8276552bc0f37f6a536a44e4f578958fc1c12be",
        ),
        (
            "apigatewaytestproductline",
            Arrived("GET", f"{PATH}/中文:GET", "", SIGNER_TEST, b""),
            "936ed2dcb6fb4271ad640e0f46f1fe61763a0bad8bb4f4eb1224261f969612fa",
        ),
        *(
            (
                "apigatewaytestproductline",
                Arrived("GET", PATH, query, SIGNER_TEST, b""),
                "43efb5fb00e86faf35d8bf0bed3b72e84cfc98ee4754065e29c3caa7bcaa12cb",
            )
            for query in ("=a&a=a", "=&a=a")
        ),
        (
            "apigatewaytestproductline",
            Arrived("GET", PATH, "中文参数=中文参数值", SIGNER_TEST, b""),
            "7e3094d23adde49fcc99b7d0de911d7ecaa7767590edd57769d7bdbaca919276",
        ),
        (
            "vm",
            Arrived("GET", "/v1/regions/cn-north-1/images", "ids.1=img-a&ids.2=img-b", OWN_HOST, b""),
            "1276045933aeab2be76e587c2570de5b4b02b4536dcf355a551ddab09aeb7772",
        ),
        (
            "vm",
            Arrived("POST", f"{PATH}/i-x:createImage", "", OWN_HOST, b'{"name":"n"}'),
            "ea984eb0ea69a6419cb65e30e3e4bf1aa110f2aa2ba3d0ea62583554470395a9",
        ),
    ],
)
def test_vectors_of_the_official_signer_verify(service: str, arrived: Arrived, expected: str) -> None:
    """JDCLOUD3, from the Python SDK's own tests and runs."""
    names = ("content-type", "host", "x-jdcloud-date", "x-jdcloud-nonce")
    authorization = Authorization("3", "ak", "20190917", "cn-north-1", service, names, expected)
    assert list(signatures(arrived, authorization, "sk")) == [expected]


DOCUMENTED_MAC = "2a98f83c074e7bee260bfc8ef64f009c07595bd93f7f0c3f4e156bf6479ed9bf"


@pytest.mark.parametrize(
    ("version", "mac"),
    [("2", DOCUMENTED_MAC), ("3", "206d4346b2b41f73e1088d01ff490ed425ca58f7232ae1db2fa6743d2f68793c")],
)
def test_example_of_the_authorization_rules_passes_the_gate(version: str, mac: str) -> None:
    """JDCLOUD2's official example, and the same request under JDCLOUD3; a single bit off does not pass."""
    names = "x-jdcloud-date;x-jdcloud-nonce;x-my-header;x-my-header_blank"

    def arrived(mac: str) -> Arrived:
        headers = {
            "x-jdcloud-date": "20190214T104514Z",
            "x-jdcloud-nonce": "testnonce",
            "x-my-header": "test",
            "x-my-header_blank": " blank",
            "authorization": f"JDCLOUD{version}-HMAC-SHA256 Credential=TESTAK/20190214/cn-north-1/test/"
            f"jdcloud{version}_request, SignedHeaders={names}, Signature={mac}",
        }
        return Arrived("POST", "/v1/resource:action", "p1=p1&p0=p0&o=%&u=u", headers, b"body data")

    checked = SignatureCheck(
        access_key="TESTAK", secret_key="TESTSK", session_token=None, clock=lambda: 1_550_141_114.0
    )
    with pytest.raises(Refusal, match="sign result is not same"):
        checked.check(arrived(mac[:-1] + "0"), service="test", region="cn-north-1")
    checked.check(arrived(mac), service="test", region="cn-north-1")


async def test_request_signed_as_the_go_sdk_does_passes(
    server: TestServer, http: aiohttp.ClientSession, clock: Clock
) -> None:
    """JDCLOUD2 over path and query exactly as sent, with `+` for a space."""
    query, date = "filters.1.name=name&filters.1.values.1=web+1", stamp(clock.now)
    scope = f"{date[:8]}/{REGION}/vm/jdcloud2_request"
    canonical = (
        f"GET\n{INSTANCES}\n{query}\nhost:127.0.0.1:{server.port}\nx-jdcloud-date:{date}\nx-jdcloud-nonce:n\n\n"
        f"host;x-jdcloud-date;x-jdcloud-nonce\n{hashlib.sha256(b'').hexdigest()}"
    )
    key = b"JDCLOUD2demo-sk"
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    to_sign = f"JDCLOUD2-HMAC-SHA256\n{date}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    headers = {
        "x-jdcloud-date": date,
        "x-jdcloud-nonce": "n",
        "Authorization": f"JDCLOUD2-HMAC-SHA256 Credential=demo-ak/{scope}, "
        f"SignedHeaders=host;x-jdcloud-date;x-jdcloud-nonce, "
        f"Signature={hmac.new(key, to_sign.encode(), 'sha256').hexdigest()}",
    }
    url = f"http://127.0.0.1:{server.port}{INSTANCES}?{query}"
    response = await http.get(URL(url, encoded=True), headers=headers)
    assert response.status == 200


# -- trouble on order --------------------------------------------------------------------------------------------------


async def create(server: TestServer, http: aiohttp.ClientSession) -> aiohttp.ClientResponse:
    path, body = f"{INSTANCES}/{WEB}:createImage", json.dumps({"name": "n1", "description": "d"})
    return await http.post(path, data=body, headers=signed(server, path, method="POST", body=body))


async def test_refusals_on_order_come_in_order_and_then_end(
    server: TestServer, http: aiohttp.ClientSession, cloud: JDCloud
) -> None:
    """Each is used up; other actions are left alone."""
    cloud.faults.add("createImage", Refuse(429, "RATE_LIMIT", "slow down", retry_after=7), times=2)
    cloud.faults.add("createImage", Refuse(500, "UNKNOWN", "Unknown server error"))
    assert (await http.get(INSTANCES, headers=signed(server, INSTANCES))).status == 200
    first = await create(server, http)
    assert (first.status, first.headers["Retry-After"]) == (429, "7")
    assert (await first.json())["error"] == {"code": 429, "status": "RATE_LIMIT", "message": "slow down"}
    assert (await create(server, http)).status == 429
    assert (await create(server, http)).status == 500
    assert cloud.images == {}
    assert (await create(server, http)).status == 200


@pytest.mark.parametrize(("fault", "made"), [(LoseAnswer(), 1), (Drop(), 0)])
async def test_connection_is_closed_without_an_answer(
    server: TestServer, http: aiohttp.ClientSession, cloud: JDCloud, fault: LoseAnswer | Drop, made: int
) -> None:
    """After the image was made, or before: the caller cannot tell which."""
    cloud.faults.add("createImage", fault)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await create(server, http)
    assert len(cloud.images) == made
    assert len(cloud.calls) == 1


async def test_gateway_may_answer_with_a_page(server: TestServer, http: aiohttp.ClientSession, cloud: JDCloud) -> None:
    """It is HTML and has no request id."""
    cloud.faults.add("createImage", Html(502))
    response = await create(server, http)
    assert (response.status, response.content_type) == (502, "text/html")
    assert "x-jdcloud-request-id" not in response.headers


async def test_slow_call_is_done_although_its_caller_has_gone(
    server: TestServer, http: aiohttp.ClientSession, cloud: JDCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is why a time-out on createImage proves nothing."""
    waiting, go_on, waited = asyncio.Event(), asyncio.Event(), []

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        waiting.set()
        await go_on.wait()

    monkeypatch.setattr("bot.demo.jdcloud.server.sleep", pause)
    cloud.faults.add("createImage", Slow(60))
    call = asyncio.create_task(create(server, http))
    await waiting.wait()
    assert cloud.images == {}
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    go_on.set()
    await http.get(INSTANCES, headers=signed(server, INSTANCES))
    assert waited == [60]
    assert len(cloud.images) == 1


async def test_image_breaks_and_takes_its_snapshots_with_it(sdk: Sdk, cloud: JDCloud, clock: Clock) -> None:
    """Only once it would have been ready; the broken image stays and counts."""
    cloud.faults.add("createImage", ImageBreaks())
    cloud.faults.add("createImage", Refuse(500, "INTERNAL", "Internal server error"))
    assert (await sdk.create_image()).error.status == "INTERNAL"
    await sdk.create_image()
    assert [image["status"] for image in await sdk.images()] == ["pending"]
    clock.now += cloud.build_time
    assert [image["status"] for image in await sdk.images()] == ["error"]
    assert cloud.snapshots == {}


async def test_trouble_with_one_instance(sdk: Sdk, cloud: JDCloud, clock: Clock) -> None:
    """What others are asked is left alone."""
    system = Disk(device="vda", name="system")
    cloud.add_instance(Instance(region=REGION, id="i-db", name="db", az="cn-north-1a", system_disk=system))
    cloud.faults.add("createImage", ImageBreaks(), instance="i-db")
    cloud.faults.add("createImage", Refuse(400, "INVALID_ARGUMENT", "no such thing"), instance="i-db")
    assert (await sdk.create_image()).error is None
    assert (await sdk.create_image(instance_id="i-db")).error.status == "INVALID_ARGUMENT"
    assert (await sdk.create_image(instance_id="i-db")).error is None
    clock.now += cloud.build_time
    assert {image.instance_id: image.status for image in cloud.images.values()} == {WEB: "ready", "i-db": "error"}


async def test_new_image_is_not_shown_for_a_while(sdk: Sdk, cloud: JDCloud, clock: Clock) -> None:
    """Neither in a list nor by its id, while the instance is already busy with it."""
    cloud.faults.add("createImage", HideImages(30))
    image_id = (await sdk.create_image()).result["imageId"]
    assert await sdk.images(instanceIds=[WEB]) == []
    assert await sdk.images(ids=[image_id]) == []
    assert (await sdk.create_image()).error.message == "Conflict with underlay task createImage"
    clock.now += 30
    assert len(await sdk.images(instanceIds=[WEB])) == 1


def test_what_comes_of_a_call_is_ordered_of_that_call_alone(cloud: JDCloud) -> None:
    """A slip in a test's set-up shows at once."""
    with pytest.raises(ValueError, match="makes no image"):
        cloud.faults.add("describeImages", HideImages(1))
    with pytest.raises(ValueError, match="neither stops nor starts"):
        cloud.faults.add("createImage", Hang())
    with pytest.raises(ValueError, match="starts nothing"):
        cloud.faults.add("stopInstance", StartFails())


# -- the sample fleet --------------------------------------------------------------------------------------------------


def test_sample_fleet_has_every_kind_of_machine(clock: Clock) -> None:
    """What the demo shows and the form has to cope with."""
    cloud = JDCloud(clock=clock)
    sample_world(cloud)
    machines = list(cloud.instances.values())
    assert {machine.region for machine in machines} == {"cn-north-1", "cn-east-1", "cn-east-2", "cn-south-1"}
    assert {"stopped", "running", "stopping"} <= {machine.status for machine in machines}
    assert max(len(machine.data_disks) for machine in machines) > 10
    assert any(not disk.is_cloud for machine in machines for disk in machine.data_disks)
    assert any(machine.system_disk and not machine.system_disk.is_cloud for machine in machines)
    assert {machine.charge_on_stopped for machine in machines} == {"keepCharging", "stopCharging", ""}
    assert {machine.charge_mode for machine in machines} >= {"postpaid_by_duration", "prepaid_by_duration"}
    assert {snapshot.status for snapshot in cloud.snapshots.values()} == {"available"}
    assert all(disk.id.startswith("vol-") for machine in machines for disk in machine.disks if disk.is_cloud)


async def test_every_stopped_machine_of_the_sample_fleet_can_become_an_image(sdk: Sdk, cloud: JDCloud) -> None:
    """The demo never meets a refusal that it did not ask for."""
    sample_world(cloud)
    for machine in [machine for machine in cloud.instances.values() if machine.status == "stopped"]:
        response = await sdk.create_image(instance_id=machine.id, region=machine.region)
        assert response.error is None, f"{machine.id}: {response.error.message}"


async def test_world_may_be_changed_by_hand(sdk: Sdk, cloud: JDCloud, clock: Clock) -> None:
    """An image broken later, or one from before, is shown as it stands."""
    disk = Disk(device="vda")
    cloud.images["img-old"] = Image(
        id="img-old", region=REGION, name="old", description="", instance_id=WEB, created_at=0.0, system_disk=disk
    )
    cloud.images["img-old"].status = "importing"
    assert [image["status"] for image in await sdk.images()] == ["importing"]
