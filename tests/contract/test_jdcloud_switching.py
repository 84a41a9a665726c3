"""Stops and starts: our client against the stand-in, over real connections, and what every answer is taken for."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Final

import httpx
import pytest
import stamina
from aiohttp.test_utils import BaseTestServer, TestServer

from bot import jdcloud
from bot.demo import jdcloud as demo
from bot.domain.cloud import Accepted, ChargeOnStopped
from bot.domain.errors import Code
from bot.domain.stopping import releases_when_stopped, snapshots_done, stop_charging_of
from bot.jdcloud import CloudError, CreateImageSpec, JDCloud, Outcome, StartInstanceSpec, StopInstanceSpec
from tests.contract.test_jdcloud_client import Time, client_of
from tests.contract.test_jdcloud_errors import DOUBTFUL, REFUSED, TRY_AGAIN, Asked, refusing, result

REGION = "cn-north-1"
SPEC = CreateImageSpec(name="web-1", description="before the upgrade [IR-7K3QF]")
KEEP: Final = ChargeOnStopped.KEEP_CHARGING

Do = Callable[[JDCloud], Awaitable[Accepted]]


def stop(client: JDCloud) -> Awaitable[Accepted]:
    """As it is asked of an ordinary instance."""
    return client.stop_instance(REGION, "i-web1", charge_on_stopped=KEEP)


def start(client: JDCloud) -> Awaitable[Accepted]:
    return client.start_instance(REGION, "i-web1")


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def account(time: Time) -> demo.JDCloud:
    account = demo.JDCloud(
        clock=time, access_key="AK-demo-1", secret_key="SK-demo-1", session_token="令牌", stop_time=20, start_time=40
    )
    disks = [
        demo.Disk(device="vdb", category="local", size_gb=480, type="NVMe SSD"),
        demo.Disk(device="vdc", id="vol-c", name="data", size_gb=100, type="ssd"),
        demo.Disk(device="vdd", id="vol-d", name="more", size_gb=100, type="ssd"),
    ]
    account.add_instance(
        demo.Instance(
            region=REGION,
            id="i-web1",
            name="web-1",
            status="running",
            az="cn-north-1a",
            system_disk=demo.Disk(device="vda", id="vol-a", name="system"),
            data_disks=disks,
        )
    )
    return account


@pytest.fixture
def machine(account: demo.JDCloud) -> demo.Instance:
    return account.instances["i-web1"]


@pytest.fixture
async def server(account: demo.JDCloud) -> AsyncIterator[BaseTestServer]:
    async with TestServer(account.application()) as server:
        yield server


@pytest.fixture
async def client(server: BaseTestServer, time: Time) -> AsyncIterator[JDCloud]:
    async with client_of(str(server.make_url("/")), time) as client:
        yield client


def effects(account: demo.JDCloud) -> list[tuple[str, str, str]]:
    """What was done, by whom, and what was said of charging."""
    return [(switch.action, switch.by, switch.charge_on_stopped) for switch in account.switches]


# -- against the stand-in ----------------------------------------------------------------------------------------------


async def test_an_instance_is_stopped_and_started_again(client: JDCloud, account: demo.JDCloud, time: Time) -> None:
    """Each is asked once and takes its time; what is said of charging is what applies to the instance."""
    instance = await client.instance(REGION, "i-web1")
    taken = await client.stop_instance(REGION, "i-web1", charge_on_stopped=stop_charging_of(instance))
    assert taken.request_id
    assert account.calls[-1].body == {"chargeOnStopped": "keepCharging"}
    assert await client.instance_statuses(REGION, ["i-web1"]) == {"i-web1": "stopping"}
    time.now += 20
    assert await client.instance_statuses(REGION, ["i-web1"]) == {"i-web1": "stopped"}
    assert (await start(client)).request_id
    assert account.calls[-1].body == {}
    assert await client.instance_statuses(REGION, ["i-web1"]) == {"i-web1": "starting"}
    time.now += 40
    assert await client.instance_statuses(REGION, ["i-web1"]) == {"i-web1": "running"}
    assert effects(account) == [("stop", demo.API, "keepCharging"), ("start", demo.API, "")]
    assert len((await client.instance(REGION, "i-web1")).local_data_disks) == 1


async def test_stop_charging_is_never_sent(client: JDCloud, account: demo.JDCloud) -> None:
    """Whoever asks for it has made a mistake, and nothing leaves for the cloud."""
    for said in (ChargeOnStopped.STOP_CHARGING, "stopCharging", ""):
        wrong: Any = said
        with pytest.raises(ValueError, match="charge"):
            await client.stop_instance(REGION, "i-web1", charge_on_stopped=wrong)
    assert account.calls == []


async def test_nothing_is_said_where_nothing_applies(
    client: JDCloud, account: demo.JDCloud, machine: demo.Instance
) -> None:
    """And the instance's own attribute decides."""
    machine.charge_mode = "prepaid_by_duration"
    instance = await client.instance(REGION, "i-web1")
    await client.stop_instance(REGION, "i-web1", charge_on_stopped=stop_charging_of(instance))
    assert account.calls[-1].body == {}
    assert effects(account) == [("stop", demo.API, "")]


async def test_keep_charging_goes_before_the_attribute_of_the_instance(
    client: JDCloud, account: demo.JDCloud, machine: demo.Instance, time: Time
) -> None:
    """Its local data disks are still there afterwards."""
    machine.charge_on_stopped = "stopCharging"
    instance = await client.instance(REGION, "i-web1")
    assert not releases_when_stopped(instance)
    await client.stop_instance(REGION, "i-web1", charge_on_stopped=stop_charging_of(instance))
    time.now += 20
    assert [switch.releases for switch in account.switches] == [False]
    assert len((await client.instance(REGION, "i-web1")).local_data_disks) == 1


async def test_what_would_be_released_is_known_beforehand(
    client: JDCloud, account: demo.JDCloud, machine: demo.Instance, time: Time
) -> None:
    """On a dedicated host nothing can be said, and the attribute says `stopCharging`: the local disks go."""
    machine.charge_on_stopped, machine.dedicated_host_id = "stopCharging", "host-1"
    instance = await client.instance(REGION, "i-web1")
    assert releases_when_stopped(instance)
    await client.stop_instance(REGION, "i-web1", charge_on_stopped=stop_charging_of(instance))
    time.now += 20
    assert [switch.releases for switch in account.switches] == [True]
    assert (await client.instance(REGION, "i-web1")).local_data_disks == ()


ELSEWHERE: list[dict[str, Any]] = [
    {"dedicated_host_id": "host-1"},
    {"charge_mode": "prepaid_by_duration"},
    {"charge_mode": "postpaid_by_usage"},
    {"system_disk": demo.Disk(device="vda", category="local", size_gb=100, type="HDD")},
]


@pytest.mark.parametrize("changes", ELSEWHERE)
async def test_keep_charging_is_refused_where_it_does_not_apply(
    client: JDCloud, account: demo.JDCloud, machine: demo.Instance, changes: dict[str, Any]
) -> None:
    """Which is a definite no: the instance runs on. What we would say of it is nothing."""
    for name, value in changes.items():
        setattr(machine, name, value)
    assert stop_charging_of(await client.instance(REGION, "i-web1")) is None
    with pytest.raises(CloudError) as caught:
        await stop(client)
    assert (caught.value.outcome, caught.value.problem().code) == (Outcome.REFUSED, Code.CLOUD_CHARGE_MODE)
    assert account.instances["i-web1"].status == "running"


def _arrears(machine: demo.Instance) -> None:
    machine.charge_status = "arrear"


def _no_stock(machine: demo.Instance) -> None:
    machine.in_stock = False


def _no_system_disk(machine: demo.Instance) -> None:
    machine.system_disk = None


def _detached(machine: demo.Instance) -> None:
    assert machine.system_disk
    machine.system_disk.attachment = "detached"


def _running(machine: demo.Instance) -> None:
    machine.status = "running"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_arrears, Code.CLOUD_CHARGE_STATE),
        (_no_stock, Code.CLOUD_NO_STOCK),
        (_no_system_disk, Code.CLOUD_NO_SYSTEM_DISK),
        (_detached, Code.CLOUD_SYSTEM_DISK),
        (_running, Code.CLOUD_NOT_STOPPED),
    ],
)
async def test_a_start_that_is_refused_says_why(
    client: JDCloud,
    account: demo.JDCloud,
    machine: demo.Instance,
    change: Callable[[demo.Instance], None],
    code: Code,
) -> None:
    """Nothing was done, and asking again is of no use before somebody has put it right."""
    machine.status = "stopped"
    change(machine)
    with pytest.raises(CloudError) as caught:
        await start(client)
    problem = caught.value.problem()
    assert (caught.value.outcome, problem.code, problem.facts["instance"]) == (Outcome.REFUSED, code, "i-web1")
    assert account.switches == []


@pytest.mark.parametrize("status", ["stopped", "error"])
async def test_only_what_runs_is_stopped(client: JDCloud, machine: demo.Instance, status: str) -> None:
    """The status that it has instead is named."""
    machine.status = status
    with pytest.raises(jdcloud.WrongInstanceStatus) as caught:
        await stop(client)
    problem = caught.value.problem()
    assert (problem.code, problem.facts["status"]) == (Code.CLOUD_NOT_RUNNING, status)


@pytest.mark.parametrize("do", [stop, start])
@pytest.mark.parametrize("status", ["starting", "stopping", "rebooting"])
async def test_what_is_on_its_way_is_asked_again_later(
    client: JDCloud, account: demo.JDCloud, machine: demo.Instance, do: Do, status: str
) -> None:
    """Another task is under way, which passes by itself."""
    machine.status = status
    with pytest.raises(jdcloud.TaskConflict) as caught:
        await do(client)
    assert caught.value.outcome is Outcome.TRY_AGAIN
    assert account.switches == []


async def test_no_start_while_the_image_is_made(
    client: JDCloud, account: demo.JDCloud, machine: demo.Instance, time: Time
) -> None:
    """`Conflict with underlay task`: it is asked again until the image is ready."""
    machine.status = "stopped"
    await client.create_image(REGION, "i-web1", SPEC)
    with pytest.raises(jdcloud.TaskConflict) as caught:
        await start(client)
    assert caught.value.problem().code is Code.CLOUD_TASK_CONFLICT
    time.now += account.build_time
    await start(client)
    assert effects(account) == [("start", demo.API, "")]


async def test_no_stop_while_an_image_is_made_of_a_running_instance(client: JDCloud, account: demo.JDCloud) -> None:
    """Where JD Cloud takes running instances at all."""
    with pytest.raises(jdcloud.WrongInstanceStatus):
        await client.create_image(REGION, "i-web1", SPEC)
    account.live_images = True
    await client.create_image(REGION, "i-web1", SPEC)
    with pytest.raises(jdcloud.TaskConflict):
        await stop(client)


@pytest.mark.parametrize(
    ("do", "action", "status"), [(stop, "stopInstance", "running"), (start, "startInstance", "stopped")]
)
@pytest.mark.parametrize("fault", [demo.LoseAnswer(), demo.Drop()])
async def test_a_lost_answer_is_doubtful_and_the_status_tells(  # noqa: PLR0917 - fixtures and a row of the table
    client: JDCloud,
    account: demo.JDCloud,
    machine: demo.Instance,
    do: Do,
    action: str,
    status: str,
    fault: demo.LoseAnswer | demo.Drop,
) -> None:
    """It is sent once; whether it took effect is seen by looking."""
    machine.status = status
    account.faults.add(action, fault)
    with pytest.raises(jdcloud.NotAnswered) as caught:
        await do(client)
    assert caught.value.outcome is Outcome.DOUBTFUL
    assert [call.action for call in account.calls] == [action]
    took_effect = isinstance(fault, demo.LoseAnswer)
    assert len(account.switches) == took_effect
    (found,) = (await client.instance_statuses(REGION, ["i-web1"])).values()
    assert (found != status) is took_effect


@pytest.mark.parametrize(("do", "action"), [(stop, "stopInstance"), (start, "startInstance")])
async def test_what_hangs_is_helped_by_hand(  # noqa: PLR0917 - fixtures and a row of the table
    client: JDCloud, account: demo.JDCloud, machine: demo.Instance, time: Time, do: Do, action: str
) -> None:
    """It was taken, and days later it is still on its way."""
    machine.status = {"stopInstance": "running", "startInstance": "stopped"}[action]
    account.faults.add(action, demo.Hang())
    await do(client)
    time.now += 600_000
    (found,) = (await client.instance_statuses(REGION, ["i-web1"])).values()
    assert found == {"stopInstance": "stopping", "startInstance": "starting"}[action]
    (account.stop if action == "stopInstance" else account.start)("i-web1")
    assert account.instances["i-web1"].status in {"running", "stopped"}
    assert len(account.switches) == 1


async def test_a_start_that_comes_to_nothing(
    client: JDCloud, account: demo.JDCloud, machine: demo.Instance, time: Time
) -> None:
    """It is taken, and after `starting` comes `stopped` again."""
    machine.status = "stopped"
    account.faults.add("startInstance", demo.StartFails())
    await start(client)
    assert await client.instance_statuses(REGION, ["i-web1"]) == {"i-web1": "starting"}
    time.now += 40
    assert await client.instance_statuses(REGION, ["i-web1"]) == {"i-web1": "stopped"}


async def test_what_is_done_by_hand_is_told_apart(account: demo.JDCloud) -> None:
    """And what was so already is no effect."""
    account.stop("i-web1")
    account.stop("i-web1")
    account.start("i-web1")
    assert effects(account) == [("stop", demo.CONSOLE, ""), ("start", demo.CONSOLE, "")]


async def test_a_hundred_statuses_are_asked_in_one_call(client: JDCloud, account: demo.JDCloud) -> None:
    """All of them come back, for the size of the page is said; one that nobody knows is not among them."""
    ids = [
        account.add_instance(
            demo.Instance(region=REGION, id=f"i-{turn}", name="x", az="a", system_disk=demo.Disk(device="vda"))
        ).id
        for turn in range(99)
    ]
    found = await client.instance_statuses(REGION, [*ids, "i-gone"])
    assert found == dict.fromkeys(ids, "stopped")
    (call,) = account.calls
    assert (call.query["pageSize"], call.query["filters.1.values.100"]) == ("100", "i-gone")


async def test_no_ids_are_no_question_and_more_than_a_page_a_mistake(client: JDCloud, account: demo.JDCloud) -> None:
    """A filter without values would bring everything, and the hundred-and-first be left out without a word."""
    assert await client.instance_statuses(REGION, []) == {}
    assert await client.snapshots_of_disks(REGION, []) == ()
    with pytest.raises(ValueError, match="101 ids"):
        await client.instance_statuses(REGION, [f"i-{turn}" for turn in range(101)])
    with pytest.raises(ValueError, match="101 ids"):
        await client.snapshots_of_disks(REGION, [f"vol-{turn}" for turn in range(101)])
    assert account.calls == []


async def test_how_many_snapshots_of_an_image_are_done(
    client: JDCloud, account: demo.JDCloud, machine: demo.Instance, time: Time
) -> None:
    """One after the other while it is made, all of them when it is ready; older ones of the same disks do not count."""
    machine.status, account.build_time = "stopped", 300
    account.add_snapshot(demo.Snapshot(id="snapshot-old", region=REGION, name="x", size_gb=40, disk_id="vol-a"))
    image_id = (await client.create_image(REGION, "i-web1", SPEC)).result
    said = []
    for _ in range(4):
        found = await client.snapshots_of_disks(REGION, ["vol-a", "vol-c", "vol-d"])
        assert len(found) == 4
        said.append(snapshots_done(found, image_id))
        time.now += 100
    assert said == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert {snapshot.disk_id for snapshot in await client.snapshots_of_disks(REGION, ["vol-c"])} == {"vol-c"}
    assert account.images[image_id].status == "ready"


# -- what every answer is taken for ------------------------------------------------------------------------------------

TABLE: list[tuple[str, int, str, str, Outcome, Code]] = [
    ("stop", 400, "FAILED_PRECONDITION", "Conflict with underlay task xx", TRY_AGAIN, Code.CLOUD_TASK_CONFLICT),
    ("stop", 400, "FAILED_PRECONDITION", "Invalid instance status stopped", REFUSED, Code.CLOUD_NOT_RUNNING),
    ("stop", 400, "FAILED_PRECONDITION", "Invalid instance status", REFUSED, Code.CLOUD_PRECONDITION),
    (
        "stop",
        400,
        "FAILED_PRECONDITION",
        "keepCharging or stopCharging does not applied to dedicated host",
        REFUSED,
        Code.CLOUD_CHARGE_MODE,
    ),
    (
        "stop",
        400,
        "FAILED_PRECONDITION",
        "stopCharging only applied to cloud system disk",
        REFUSED,
        Code.CLOUD_CHARGE_MODE,
    ),
    (
        "stop",
        400,
        "FAILED_PRECONDITION",
        "stopCharging only applied to postpaid by duration",
        REFUSED,
        Code.CLOUD_CHARGE_MODE,
    ),
    ("stop", 400, "FAILED_PRECONDITION", "order not found", REFUSED, Code.CLOUD_CHARGE_MODE),
    ("stop", 404, "NOT_FOUND", "Instance 'i-web1' not found.", REFUSED, Code.CLOUD_INSTANCE_GONE),
    ("stop", 403, "HTTP_FORBIDDEN", "x", REFUSED, Code.CLOUD_FORBIDDEN),
    ("stop", 429, "RATE_LIMIT", "x", TRY_AGAIN, Code.CLOUD_RATE_LIMIT),
    ("stop", 500, "INTERNAL", "Internal server error", DOUBTFUL, Code.CLOUD_FAILED),
    ("start", 400, "FAILED_PRECONDITION", "Conflict with underlay task xx", TRY_AGAIN, Code.CLOUD_TASK_CONFLICT),
    ("start", 400, "FAILED_PRECONDITION", "Invalid instance status running", REFUSED, Code.CLOUD_NOT_STOPPED),
    ("start", 400, "FAILED_PRECONDITION", "Invalid charge state", REFUSED, Code.CLOUD_CHARGE_STATE),
    ("start", 400, "FAILED_PRECONDITION", "Invalid system disk mount state", REFUSED, Code.CLOUD_SYSTEM_DISK),
    ("start", 404, "NOT_FOUND", "System disk not found", REFUSED, Code.CLOUD_NO_SYSTEM_DISK),
    ("start", 400, "FAILED_PRECONDITION", "System disk not found", REFUSED, Code.CLOUD_NO_SYSTEM_DISK),
    # for lack of stock no page has a message
    ("start", 400, "FAILED_PRECONDITION", "Instance type 'g.n2' is out of stock", REFUSED, Code.CLOUD_NO_STOCK),
    ("start", 400, "FAILED_PRECONDITION", "Insufficient resource in az", REFUSED, Code.CLOUD_NO_STOCK),
    ("start", 400, "FAILED_PRECONDITION", "host resources not enough", REFUSED, Code.CLOUD_NO_STOCK),
    ("start", 400, "", "库存资源不足", REFUSED, Code.CLOUD_NO_STOCK),
    ("start", 503, "UNAVAILABLE", "out of stock", DOUBTFUL, Code.CLOUD_UNAVAILABLE),
]


async def failed(asked: Asked, do: Do) -> CloudError:
    async with asked.client:
        with pytest.raises(CloudError) as caught:
            await do(asked.client)
    return caught.value


@pytest.mark.parametrize(("what", "http", "status", "message", "outcome", "code"), TABLE)
async def test_every_refusal_of_a_stop_or_start_is_named(
    *, what: str, http: int, status: str, message: str, outcome: Outcome, code: Code
) -> None:
    """By what may be done next, and in words of its own; it is sent once."""
    asked = Asked(refusing(http, status, message))
    error = await failed(asked, stop if what == "stop" else start)
    problem = error.problem()
    assert (error.outcome, problem.code, problem.facts["instance"]) == (outcome, code, "i-web1")
    assert problem.facts.items() >= {"message": message, "request_id": "req-1"}.items()
    assert len(asked.requests) == 1


def html(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text="<html>ok</html>")


def both(_: httpx.Request) -> httpx.Response:
    error = {"code": 400, "status": "FAILED_PRECONDITION", "message": "Conflict with underlay task xx"}
    return httpx.Response(200, json={"requestId": "r", "result": {"done": True}, "error": error})


@pytest.mark.parametrize("do", [stop, start])
@pytest.mark.parametrize("answer", [html, both, lambda _: httpx.Response(200, json=[])])
async def test_a_yes_that_makes_no_sense_is_doubtful(do: Do, answer: Callable[[httpx.Request], httpx.Response]) -> None:
    """It may have been done: only a look tells."""
    asked = Asked(answer)
    assert (await failed(asked, do)).outcome is Outcome.DOUBTFUL
    assert len(asked.requests) == 1


@pytest.mark.parametrize("do", [stop, start])
@pytest.mark.parametrize("told", [{}, {"result": None}, {"result": {}}, {"result": {"new": "field"}}])
async def test_a_yes_needs_no_result(do: Do, told: dict[str, Any]) -> None:
    """JD Cloud answers with its request id alone."""
    asked = Asked(lambda _: httpx.Response(200, json={"requestId": "req-9"} | told))
    async with asked.client:
        assert await do(asked.client) == Accepted("", "req-9")


@pytest.mark.parametrize("instance_id", ["", "..", "i-1/../i-2", "i-1:startInstance"])
async def test_another_address_is_never_stopped(instance_id: str) -> None:
    """No text of others makes another call of it."""
    asked = Asked(html)
    async with asked.client:
        with pytest.raises(jdcloud.NotFound):
            await asked.client.stop_instance(REGION, instance_id, charge_on_stopped=None)
        with pytest.raises(jdcloud.NotFound):
            await asked.client.start_instance(REGION, instance_id)
    assert asked.requests == []


ONE = {"instanceId": "i-1", "status": "stopped"}


@pytest.mark.parametrize(
    "told",
    [
        None,
        {},
        {"totalCount": 0},
        {"instanceStatuses": None, "totalCount": 0},
        {"instanceStatuses": {}, "totalCount": 0},
        {"instanceStatuses": [], "totalCount": 1},
        {"instanceStatuses": [ONE], "totalCount": 2},
        {"instanceStatuses": [ONE], "totalCount": 0},
        {"instanceStatuses": [ONE, ONE | {"status": "running"}], "totalCount": 2},
        {"instanceStatuses": [ONE | {"instanceId": ""}], "totalCount": 1},
        {"instanceStatuses": [None], "totalCount": 1},
        {"instanceStatuses": [ONE | {"instanceId": "i-9"}], "totalCount": 1},
        {"instanceStatuses": []},
        {"instanceStatuses": [ONE]},
    ],
)
async def test_statuses_that_are_not_whole_prove_nothing(told: object) -> None:
    """Neither that an instance is gone, nor that another one is stopped."""
    asked = Asked(result(told))
    async with asked.client:
        with pytest.raises(jdcloud.IncompleteAnswer):
            await asked.client.instance_statuses(REGION, ["i-1", "i-2"])
    assert len(asked.requests) == 4


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"instanceStatuses": [], "totalCount": 0}, {}),
        ({"instanceStatuses": [ONE], "totalCount": 1}, {"i-1": "stopped"}),
        ({"instanceStatuses": [ONE, ONE | {"instanceId": "i-2"}]}, {"i-1": "stopped", "i-2": "stopped"}),
        ({"instanceStatuses": [ONE | {"status": None}], "totalCount": 1}, {"i-1": ""}),
    ],
)
async def test_statuses_are_told_as_far_as_they_are_known(told: object, found: dict[str, str]) -> None:
    """Who is missing in a whole answer is gone; whose status is missing is there, and the others are not held up."""
    asked = Asked(result(told))
    async with asked.client:
        assert await asked.client.instance_statuses(REGION, ["i-1", "i-2"]) == found


@pytest.mark.parametrize(
    "told",
    [
        None,
        {"snapshots": []},
        {"snapshots": [], "totalCount": 1},
        {"snapshots": None, "totalCount": 0},
        {"snapshots": [{"snapshotId": "", "status": "creating"}], "totalCount": 1},
        {"snapshots": [{"snapshotId": "s", "images": "img-1"}], "totalCount": 1},
    ],
)
async def test_snapshots_that_are_not_whole_are_not_counted(told: object) -> None:
    """Two of two is something else than two of three."""
    asked = Asked(result(told))
    async with asked.client:
        with pytest.raises(jdcloud.IncompleteAnswer):
            await asked.client.snapshots_of_disks(REGION, ["vol-a"])


async def test_what_an_instance_is_charged_by_may_be_missing() -> None:
    """Then it is not known: keepCharging is said, for a refusal does nothing."""
    told = {"instanceId": "i-abc", "status": "running", "charge": None, "chargeOnStopped": None}
    disk = {"systemDisk": {"deviceName": "vda", "cloudDisk": {"diskId": "vol-a", "diskSizeGB": 40}}}
    asked = Asked(result({"instance": told | disk}))
    async with asked.client:
        instance = await asked.client.instance(REGION, "i-abc")
    assert (instance.charge_mode, instance.charge_on_stopped, instance.dedicated_host) == ("", "", "")
    assert stop_charging_of(instance) is KEEP


def test_the_bodies_are_shown_as_they_are_sent() -> None:
    """One line of JSON each."""
    assert json.loads(StopInstanceSpec(charge_on_stopped=KEEP).body()) == {"chargeOnStopped": "keepCharging"}
    assert StopInstanceSpec().body() == StartInstanceSpec().body() == b"{}"
