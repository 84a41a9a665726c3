"""Our client against the stand-in, over real connections; its requests against the official SDK's."""

import itertools
import json
import warnings
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import stamina
from aiohttp.test_utils import BaseTestServer, TestServer, unused_port

from bot.demo import jdcloud as demo
from bot.domain.cloud import ChargeOnStopped, Image, Quota
from bot.jdcloud import (
    AuthenticationFailed,
    CloudError,
    CreateImageSpec,
    Forbidden,
    InstanceDiskAttachmentSpec,
    InternalError,
    InvalidParameter,
    JDCloud,
    NeverSent,
    NotAnswered,
    NotFound,
    Outcome,
    QuotaExceeded,
    RateLimited,
    ServiceUnavailable,
    StartInstanceSpec,
    StopInstanceSpec,
    TaskConflict,
    WrongInstanceStatus,
)
from bot.jdcloud.wire import query

with warnings.catch_warnings():
    # The SDK's docstrings hold escapes such as `\_` that newer Pythons warn of when they compile them.
    warnings.simplefilter("ignore")
    from jdcloud_sdk.core.parameterbuilder import WithBodyBuilder, WithoutBodyBuilder
    from jdcloud_sdk.services.common.models.Filter import Filter
    from jdcloud_sdk.services.vm.apis.CreateImageRequest import CreateImageParameters, CreateImageRequest
    from jdcloud_sdk.services.vm.apis.DescribeImagesRequest import DescribeImagesParameters, DescribeImagesRequest
    from jdcloud_sdk.services.vm.apis.DescribeInstancesRequest import (
        DescribeInstancesParameters,
        DescribeInstancesRequest,
    )
    from jdcloud_sdk.services.vm.apis.DescribeInstanceStatusRequest import (
        DescribeInstanceStatusParameters,
        DescribeInstanceStatusRequest,
    )
    from jdcloud_sdk.services.vm.apis.StartInstanceRequest import StartInstanceParameters, StartInstanceRequest
    from jdcloud_sdk.services.vm.apis.StopInstanceRequest import StopInstanceParameters, StopInstanceRequest

REGION = "cn-north-1"
NOW = 1_795_000_000.0
SPEC = CreateImageSpec(name="web-1", description="升级前 [IR-7K3QF]")


class Time:
    """The time of the test, for both ends."""

    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def account(time: Time) -> demo.JDCloud:
    account = demo.JDCloud(clock=time, access_key="AK-demo-1", secret_key="SK-demo-1", session_token="令牌")
    disks = [
        demo.Disk(device="vdc", id="vol-c", name="data", size_gb=100, type="ssd"),
        demo.Disk(device="vdb", category="local", size_gb=480, type="NVMe SSD"),
    ]
    account.add_instance(
        demo.Instance(
            region=REGION,
            id="i-web1",
            name="web-1",
            private_ip="10.0.0.1",
            az="cn-north-1a",
            system_disk=demo.Disk(device="vda", id="vol-a", name="system"),
            data_disks=disks,
        )
    )
    return account


@pytest.fixture
async def server(account: demo.JDCloud) -> AsyncIterator[BaseTestServer]:
    async with TestServer(account.application()) as server:
        yield server


def client_of(address: str, time: Time, **changed: Any) -> JDCloud:
    nonces = itertools.count()
    parts: dict[str, Any] = {
        "access_key": "AK-demo-1",
        "secret_key": "SK-demo-1",
        "session_token": "令牌",
        "vm_endpoint": address,
        "disk_endpoint": address,
        "timeout": 30,
        "clock": time,
        "new_nonce": lambda: str(next(nonces)),
    }
    return JDCloud(**(parts | changed))


@pytest.fixture
async def client(server: BaseTestServer, time: Time) -> AsyncIterator[JDCloud]:
    async with client_of(str(server.make_url("/")), time) as client:
        yield client


def fleet(account: demo.JDCloud, number: int) -> set[str]:
    """More instances; their ids."""
    return {
        account.add_instance(
            demo.Instance(
                region=REGION,
                id=f"i-{turn}",
                name=f"node & co {turn}",
                az="cn-north-1a",
                system_disk=demo.Disk(device="vda"),
            )
        ).id
        for turn in range(number)
    }


async def test_an_instance_comes_with_its_disks(client: JDCloud) -> None:
    """Everything the form shows of it."""
    instance = await client.instance(REGION, "i-web1")
    assert (instance.region, instance.id, instance.name, instance.status) == (REGION, "i-web1", "web-1", "stopped")
    assert (instance.private_ip, instance.az) == ("10.0.0.1", "cn-north-1a")
    assert instance.system_disk is not None
    assert [(disk.device, disk.disk_id, disk.size_gb) for disk in (instance.system_disk, *instance.data_disks)] == [
        ("vda", "vol-a", 40),
        ("vdb", "", 480),
        ("vdc", "vol-c", 100),
    ]
    assert all(disk.at_rest for disk in (instance.system_disk, *instance.data_disks))
    assert [disk.device for disk in instance.local_data_disks] == ["vdb"]


async def test_every_instance_is_listed_whatever_the_number_of_pages(client: JDCloud, account: demo.JDCloud) -> None:
    """Three pages of a hundred, each asked for once."""
    ids = fleet(account, 250) | {"i-web1"}
    found = await client.instances(REGION)
    assert len(found) == 251
    assert {instance.id for instance in found} == ids
    assert sorted(call.query["pageNumber"] for call in account.calls) == ["1", "2", "3"]
    assert {call.query["pageSize"] for call in account.calls} == {"100"}


async def test_instances_are_found_by_part_of_their_name_and_by_id(client: JDCloud, account: demo.JDCloud) -> None:
    """What is in the value stays in the value, `&` and blanks included."""
    fleet(account, 12)
    assert {instance.id for instance in await client.instances(REGION, name="e & co 1")} == {"i-1", "i-10", "i-11"}
    assert [instance.id for instance in await client.instances(REGION, ids=["i-7", "i-gone"])] == ["i-7"]
    assert [instance.id for instance in await client.instances(REGION, name="co", ids=("i-web1", "i-3"))] == ["i-3"]


async def test_no_ids_are_no_question(client: JDCloud, account: demo.JDCloud) -> None:
    """A filter without values is none at all, and would bring everything."""
    assert await client.instances(REGION, ids=[]) == ()
    assert await client.images(REGION, []) == ()
    assert account.calls == []


async def test_more_ids_than_one_call_takes_are_a_mistake_of_ours(client: JDCloud) -> None:
    """The hundred-and-first would be left out without a word."""
    ids = [f"img-{turn}" for turn in range(101)]
    with pytest.raises(ValueError, match="101 ids"):
        await client.images(REGION, ids)
    with pytest.raises(ValueError, match="101 ids"):
        await client.instances(REGION, ids=ids)


async def test_an_image_is_made_watched_and_found_again(client: JDCloud, account: demo.JDCloud, time: Time) -> None:
    """From createImage to `ready`, by id and by the instance it was made of."""
    image_id = (await client.create_image(REGION, "i-web1", SPEC)).result
    pending = Image(region=REGION, id=image_id, name="web-1", description="升级前 [IR-7K3QF]", status="pending")
    assert await client.images(REGION, ["img-gone", image_id]) == (pending,)
    assert await client.private_images_of(REGION, "i-web1") == (pending,)
    assert await client.private_images_of(REGION, "i-other") == ()
    time.now += 60
    (image,) = await client.images(REGION, [image_id])
    assert image.status == "ready"
    assert {disk.device for disk in account.images[image_id].data_disks} == {"vdc"}


async def test_a_disk_that_is_left_out_is_not_in_the_image(client: JDCloud, account: demo.JDCloud) -> None:
    """createImage: noDevice."""
    left_out = InstanceDiskAttachmentSpec(device_name="vdc", no_device=True)
    spec = SPEC.model_copy(update={"data_disks": (left_out,)})
    image_id = (await client.create_image(REGION, "i-web1", spec)).result
    assert account.images[image_id].data_disks == []


async def test_a_hundred_images_are_looked_at_in_one_call(client: JDCloud, account: demo.JDCloud, time: Time) -> None:
    """All of them come back: the cloud's own page would end at twenty."""
    account.quotas[REGION] = demo.Quotas(images=200, snapshots=500)
    ids = []
    for _ in range(100):
        ids.append((await client.create_image(REGION, "i-web1", SPEC)).result)
        time.now += 60
    account.calls.clear()
    assert {image.id for image in await client.images(REGION, ids)} == set(ids)
    assert len(account.calls) == 1


async def test_quotas_are_asked_of_both_services(client: JDCloud, account: demo.JDCloud) -> None:
    """Images count with the virtual machines, snapshots with the disks."""
    await client.create_image(REGION, "i-web1", SPEC)
    assert await client.image_quota(REGION) == Quota(resource="image", limit=5, used=1)
    assert await client.snapshot_quota(REGION) == Quota(resource="snapshot", limit=15, used=2)


@pytest.mark.parametrize("fault", [demo.LoseAnswer(), demo.Drop()])
async def test_a_lost_answer_is_doubtful_and_the_call_is_not_repeated(
    client: JDCloud, account: demo.JDCloud, fault: demo.LoseAnswer | demo.Drop
) -> None:
    """From here nobody can tell whether it was done; only a look can."""
    account.faults.add("createImage", fault)
    with pytest.raises(NotAnswered) as caught:
        await client.create_image(REGION, "i-web1", SPEC)
    assert caught.value.outcome is Outcome.DOUBTFUL
    assert [call.action for call in account.calls] == ["createImage"]
    assert len(await client.private_images_of(REGION, "i-web1")) == isinstance(fault, demo.LoseAnswer)


REFUSALS: list[tuple[demo.Refuse | demo.Html, type[CloudError]]] = [
    (demo.Refuse(400, "INVALID_ARGUMENT", "Invalid parameter"), InvalidParameter),
    (demo.Refuse(401, "UNAUTHENTICATED", "Authentication failed"), AuthenticationFailed),
    (demo.Refuse(404, "NOT_FOUND", "Not found"), NotFound),
    (demo.Refuse(429, "QUOTA_EXCEEDED", "Quota exceeded"), QuotaExceeded),
    (demo.Refuse(429, "RATE_LIMIT", "Too many requests", retry_after=7), RateLimited),
    (demo.Refuse(500, "INTERNAL", "Internal server error"), InternalError),
    (demo.Refuse(503, "UNAVAILABLE", "Service unavailable"), ServiceUnavailable),
    (demo.Html(502), ServiceUnavailable),
]


@pytest.mark.parametrize(("refusal", "kind"), REFUSALS)
async def test_create_image_is_sent_once_whatever_is_answered(
    client: JDCloud, account: demo.JDCloud, refusal: demo.Refuse | demo.Html, kind: type[CloudError]
) -> None:
    """Every return code of the page, and a gateway's error page."""
    account.faults.add("createImage", refusal)
    with pytest.raises(kind) as caught:
        await client.create_image(REGION, "i-web1", SPEC)
    assert len(account.calls) == 1
    assert caught.value.retry_after == (7 if kind is RateLimited else None)
    assert bool(caught.value.request_id) is isinstance(refusal, demo.Refuse)


@pytest.mark.parametrize(
    "fault", [demo.Drop(), demo.LoseAnswer(), demo.Html(502), *(fault for fault, _ in REFUSALS[4:7])]
)
async def test_a_read_comes_through_trouble_that_passes(
    client: JDCloud, account: demo.JDCloud, fault: demo.Fault
) -> None:
    """Each attempt signed anew: the stand-in takes no nonce twice."""
    account.faults.add("describeInstance", fault, times=3)
    assert (await client.instance(REGION, "i-web1")).id == "i-web1"
    assert [call.authorized for call in account.calls] == [True] * 4


async def test_what_speaks_against_an_image_is_told_by_kind(client: JDCloud, account: demo.JDCloud) -> None:
    """By the cloud's own rules, in its own words."""
    with pytest.raises(NotFound):
        await client.create_image(REGION, "i-gone", SPEC)
    with pytest.raises(InvalidParameter):
        await client.create_image(REGION, "i-web1", SPEC.model_copy(update={"name": "x"}))
    account.start("i-web1")
    with pytest.raises(WrongInstanceStatus):
        await client.create_image(REGION, "i-web1", SPEC)
    account.stop("i-web1")
    await client.create_image(REGION, "i-web1", SPEC)
    with pytest.raises(TaskConflict):
        await client.create_image(REGION, "i-web1", SPEC)


async def test_a_full_quota_is_no_matter_of_waiting(client: JDCloud, account: demo.JDCloud) -> None:
    """429, like a rate limit, and yet a definite no."""
    account.quotas[REGION] = demo.Quotas(images=0)
    with pytest.raises(QuotaExceeded) as caught:
        await client.create_image(REGION, "i-web1", SPEC)
    assert caught.value.problem().facts["quota"].lower() == "image"


async def test_an_instance_that_is_not_there_is_not_found(client: JDCloud) -> None:
    """Also by an id that has to be encoded in the path."""
    for instance_id in ("i-gone", "i/../../x", "主机 1", "a%2Fb?c#d"):
        with pytest.raises(NotFound):
            await client.instance(REGION, instance_id)


@pytest.mark.parametrize("wrong", [{"secret_key": "SK-wrong-1"}, {"access_key": "AK-wrong-1"}, {"session_token": None}])
async def test_wrong_credentials_are_told_as_such(server: BaseTestServer, time: Time, wrong: dict[str, Any]) -> None:
    """The operator's to mend."""
    async with client_of(str(server.make_url("/")), time, **wrong) as client:
        with pytest.raises(AuthenticationFailed):
            await client.image_quota(REGION)


async def test_a_cloud_that_does_not_listen_was_certainly_not_told(time: Time) -> None:
    """No connection, no request: createImage may be called again."""
    async with client_of(f"http://127.0.0.1:{unused_port()}", time) as client:
        with pytest.raises(NeverSent) as caught:
            await client.create_image(REGION, "i-web1", SPEC)
    assert caught.value.outcome is Outcome.TRY_AGAIN


def moving(pages: dict[str, list[list[int]]], total: int) -> httpx.MockTransport:
    """A listing whose pages hold other things each time they are read."""

    def answer(request: httpx.Request) -> httpx.Response:
        readings = pages[request.url.params["pageNumber"]]
        numbers = readings.pop(0) if len(readings) > 1 else readings[0]
        images = [{"imageId": f"img-{number}"} for number in numbers]
        return httpx.Response(200, json={"requestId": "r", "result": {"images": images, "totalCount": total}})

    return httpx.MockTransport(answer)


async def test_an_image_that_moves_between_pages_is_neither_lost_nor_doubled(time: Time) -> None:
    """While pages 1 and 2 were read an image went: 100 moved up from page 2 to a page that was read already."""
    first, second = list(range(100)), list(range(100, 140))
    pages = {"1": [first, [*range(1, 101)]], "2": [[99, *second[1:]], second[1:]]}
    async with client_of("http://vm.example", time, transport=moving(pages, total=140)) as client:
        found = await client.private_images_of(REGION, "i-web1")
    numbers = [int(image.id.removeprefix("img-")) for image in found]
    assert sorted(numbers) == list(range(140))


async def test_a_page_that_fails_is_an_error_like_any_other(time: Time) -> None:
    """Not a group of them, and not a listing with a gap."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params["pageNumber"] != "1":
            return httpx.Response(403, json={"error": {"code": 403, "status": "HTTP_FORBIDDEN", "message": "no"}})
        images = [{"imageId": f"img-{number}"} for number in range(100)]
        return httpx.Response(200, json={"requestId": "r", "result": {"images": images, "totalCount": 300}})

    async with client_of("http://vm.example", time, transport=httpx.MockTransport(answer)) as client:
        with pytest.raises(Forbidden):
            await client.private_images_of(REGION, "i-web1")


def test_our_queries_are_the_sdks() -> None:
    """Wherever the SDK's are right: it lets `&` and `=` out of a value."""
    images = DescribeImagesParameters(REGION)
    images.setIds(["img-a", "img-b"])
    images.setPageSize(100)
    instances = DescribeInstancesParameters(REGION)
    instances.setPageNumber(2)
    instances.setFilters([Filter("name", ["生产 web"]), Filter("instanceId", ["i-1", "i-2"])])
    theirs = [
        WithoutBodyBuilder().build_url(request, "https", "h").partition("?")[2]
        for request in (DescribeImagesRequest(images), DescribeInstancesRequest(instances))
    ]
    ours = [
        query({"ids": ["img-a", "img-b"], "pageSize": 100}),
        query(
            {
                "pageNumber": 2,
                "filters": [{"name": "name", "values": ["生产 web"]}, {"name": "instanceId", "values": ["i-1", "i-2"]}],
            }
        ),
    ]
    assert [sorted(text.split("&")) for text in ours] == [sorted(text.split("&")) for text in theirs]


def test_our_body_is_the_sdks_without_its_nulls_and_path() -> None:
    """The SDK repeats the path and sends null for what is not said."""
    parameters = CreateImageParameters(REGION, "i-web1", "web-1")
    parameters.setDescription("升级前 [IR-7K3QF]")
    stopped = StopInstanceParameters(REGION, "i-web1")
    stopped.setChargeOnStopped("keepCharging")
    for request, ours in (
        (CreateImageRequest(parameters), SPEC),
        (StopInstanceRequest(stopped), StopInstanceSpec(charge_on_stopped=ChargeOnStopped.KEEP_CHARGING)),
        (StopInstanceRequest(StopInstanceParameters(REGION, "i-web1")), StopInstanceSpec()),
        (StartInstanceRequest(StartInstanceParameters(REGION, "i-web1")), StartInstanceSpec()),
    ):
        theirs = json.loads(WithBodyBuilder().build_body(request))
        said = {key: value for key, value in theirs.items() if value is not None}
        assert json.loads(ours.body()) | {"regionId": REGION, "instanceId": "i-web1"} == said


async def test_our_addresses_are_the_sdks(client: JDCloud, account: demo.JDCloud) -> None:
    """Of each call about stopping: method, path, and the query but for our page's number."""
    statuses = DescribeInstanceStatusParameters(REGION)
    statuses.setPageSize(100)
    statuses.setFilters([Filter("instanceId", ["i-web1", "i-2"])])
    account.start("i-web1")
    await client.instance_statuses(REGION, ["i-web1", "i-2"])
    await client.stop_instance(REGION, "i-web1", charge_on_stopped=None)
    account.stop("i-web1")
    await client.start_instance(REGION, "i-web1")
    of_one = ((StopInstanceRequest, StopInstanceParameters), (StartInstanceRequest, StartInstanceParameters))
    theirs = [
        WithoutBodyBuilder().build_url(DescribeInstanceStatusRequest(statuses), "https", "h"),
        *(WithBodyBuilder().build_url(call(asked(REGION, "i-web1")), "https", "h") for call, asked in of_one),
    ]
    ours = []
    for call in account.calls:
        query_of = "&".join(f"{key}={value}" for key, value in call.query.items() if key != "pageNumber")
        ours.append(f"{call.path}?{query_of}".rstrip("?"))
    assert [call.method for call in account.calls] == ["GET", "POST", "POST"]
    parts = [url.removeprefix("https://h").partition("?") for url in theirs]
    assert [(path, sorted(text.split("&"))) for path, _, text in parts] == [
        (path, sorted(text.split("&"))) for path, _, text in (url.partition("?") for url in ours)
    ]
