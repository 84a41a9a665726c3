"""Payloads of every listener, signed and broken: 200 or 4xx, never a fault; and no word of them becomes an address."""

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.demo.jdcloud import Snapshot
from bot.demo.slack.requests import COMMAND, INTERACTION
from tests.scenario.conftest import Log, Recording, World

JUNK: list[Any] = [
    None,
    0,
    -1.5,
    True,
    "",
    "x",
    "/",
    "..",
    "../../../v1/regions",
    "%2e%2e/%2f",
    "instance/../../x",
    "cn-east-9/i-abc/x",
    "nan",
    "\0",
    "\u202e\u2066",
    "\ud800",
    "9" * 400,
    "x" * 70_000,
    [],
    {},
    [[]],
    [{}],
    {"": None},
    {"id": "U0AMY", "values": {"x": {"y": {}}}},
]


@pytest.fixture
def mode() -> str:
    """Over HTTP, signed."""
    return "http"


class Traffic:
    """What Slack sent: a payload for every listener. No dataclass, as hypothesis would print it all."""

    def __init__(self, world: World, log: Log, payloads: list[tuple[str, dict[str, Any]]]) -> None:
        self.world, self.log, self.payloads = world, log, payloads


async def everything(world: World) -> list[tuple[str, dict[str, Any]]]:
    """What Slack sends while everything is used once: a payload for every listener."""
    recording = Recording(world.slack.transport)
    world.slack.transport = recording
    amy, ben = world.amy, world.ben
    world.cloud.add_snapshot(Snapshot(id="snapshot-gold", region="cn-north-1", name="gold", size_gb=40))
    await world.form()
    await amy.press("Add a disk", view=True)
    await world.until(lambda: "Device name" in world.shown(amy))
    await amy.choose("Source", "Snapshot")
    await world.until(lambda: "snapshot/" in json.dumps(amy.view.blocks if amy.view else []))
    await amy.choose("Snapshot", "gold")
    await world.until(lambda: amy.values.get("Size (GiB)") == "40")
    await amy.fill("Name", "copy")
    assert await amy.submit() == {}
    await world.until(lambda: "copy" in world.shown(amy))
    for button, shown in (("Edit", "Device name"), ("Remove", "weekly")):
        await amy.press(button, view=True)
        await world.until(lambda shown=shown: shown in world.shown(amy))  # type: ignore[misc] # bound in a loop
        if button == "Edit":
            await amy.close()
    await world.until(lambda: "copy" not in world.shown(amy))
    assert await world.attempt(amy) == {}
    await world.until(lambda: bool(world.cards()))
    card = world.cards()[-1]
    await ben.press("Details", message=card)
    await ben.press("Reject", message=card)
    await world.until(lambda: "Reason" in world.shown(ben))
    await ben.fill("Reason", "no")
    await ben.submit()
    await world.until(lambda: "Request again" in world.card())
    await amy.press("Request again", message=world.cards()[-1])
    await world.until(lambda: "vda" in world.shown(amy))
    await amy.untick("Instances", "web-1")
    await amy.open_home()
    await amy.shortcut("create_image")
    world.slack.transport = recording.under
    return recording.sent


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a payload."""
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from places(one, (*path, index))


def mangled(payload: dict[str, Any], random: Random) -> dict[str, Any]:
    """A payload with one to three of its values gone, or something else."""
    broken = copy.deepcopy(payload)
    for _ in range(random.randint(1, 3)):
        *way, last = random.choice([path for path in places(broken) if "blocks" not in path])
        holder: Any = broken
        for step in way:
            holder = holder[step]
        if random.random() < 0.6:
            holder[last] = copy.deepcopy(random.choice(JUNK))
        elif isinstance(holder, dict) and isinstance(holder[last], dict):
            holder[random.choice(["", "/", "instance", "instance/../..//", "disks/x/y/z", "x" * 300])] = holder.pop(
                last
            )
        else:
            del holder[last]
    return broken


@pytest.fixture
async def traffic(running: World, log: Log) -> Traffic:
    """A payload for every listener, as Slack sends them."""
    recorded = await everything(running)
    kinds = {str(payload.get("type", "command")) for _, payload in recorded}
    assert kinds >= {"command", "shortcut", "block_actions", "block_suggestion", "view_submission", "event_callback"}
    return Traffic(running, log, recorded)


@pytest.mark.parametrize("region", ["cn-north-9", "..", "%2e%2e", "cn-north-1/instances", ""])
async def test_a_look_up_in_a_region_that_is_not_offered(traffic: Traffic, region: str) -> None:
    """Nothing is asked, and nothing offered, whatever block the look-up names."""
    world = traffic.world
    looked = [payload for _, payload in traffic.payloads if payload.get("type") == "block_suggestion"]
    looked = [payload for payload in looked if payload["action_id"] == "snapshot"]
    assert looked
    asked = len(world.cloud.calls)
    for payload in looked:
        kind, _, rest = payload["block_id"].partition("/")
        block_id = "/".join([kind, region, *rest.split("/")[1:]])
        answer = await world.slack.transport.deliver(INTERACTION, payload | {"block_id": block_id})
        assert answer.status == 400 or answer.body == {"options": []}
    assert len(world.cloud.calls) == asked


async def test_an_instance_of_a_region_that_is_not_offered(traffic: Traffic) -> None:
    """Chosen all the same, it is not asked for."""
    world = traffic.world
    chosen = next(
        payload
        for _, payload in traffic.payloads
        if payload.get("type") == "block_actions" and payload["actions"][0]["action_id"] == "instance"
    )
    asked = len(world.cloud.calls)
    for value in ("cn-north-9/i-web1aaaaaa/x", "cn-north-1/../x", "cn-north-1/%2e%2e%2fimages/x", "../i-web1aaaaaa/x"):
        broken = copy.deepcopy(chosen)
        broken["actions"][0]["selected_options"][0]["value"] = value
        assert (await world.slack.transport.deliver(INTERACTION, broken)).status in {200, 400}
    assert len(world.cloud.calls) == asked


@settings(
    max_examples=3 * settings().max_examples // 2,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(min_value=0))
async def test_mangled_payloads(traffic: Traffic, seed: int) -> None:
    """Whatever is missing or wrong in a payload, it is refused or answered; no traceback, no strange address."""
    running, log = traffic.world, traffic.log
    random = Random(seed)
    kind, payload = random.choice(traffic.payloads)
    seen, asked = log.stream.tell(), len(running.cloud.calls)
    broken = mangled(payload, random)
    if kind == COMMAND:  # a form, which holds text only
        broken = {key: str(value).replace("\ud800", "") for key, value in broken.items()}
    answer = await running.slack.transport.deliver(kind, broken)
    assert answer.status == 200 or 400 <= answer.status < 500, (answer, broken)
    lines = [json.loads(line) for line in log.stream.getvalue()[seen:].splitlines()]
    assert [line["exception"][-1500:] for line in lines if "exception" in line] == []
    for call in running.cloud.calls[asked:]:
        assert call.region in {"cn-north-1", "cn-east-2"}
        assert call.action
