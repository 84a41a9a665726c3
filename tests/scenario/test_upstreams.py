"""Upstreams that fail for long: they are left alone, said so once, and hold up nobody else."""

import asyncio

import aiohttp

from bot.demo import jdcloud, slack
from bot.demo.jdcloud import Disk, Instance
from bot.demo.slack import plain_text
from bot.domain.delivery import DOUBT
from tests.scenario.conftest import OPS, Log, World

DOWN = jdcloud.Refuse(503, "UNAVAILABLE", "later")


def furnish_elsewhere(world: World) -> None:
    """An instance in the other region."""
    world.cloud.add_instance(
        Instance(
            region="cn-east-2",
            id="i-east1aaaa",
            name="east-1",
            status="stopped",
            private_ip="10.0.0.9",
            az="cn-east-2a",
            system_disk=Disk(device="vda", id="vol-east-a", name="system", size_gb=40),
        )
    )


async def said(world: World, upstream: str) -> str:
    """What an operator's tools are told of an upstream; the bot itself stays ready."""
    async with aiohttp.ClientSession() as session, session.get(f"{world.address}/readyz") as answer:
        assert answer.status == 200
        return str((await answer.json())["upstreams"][upstream])


async def until_said(world: World, upstream: str, start: str) -> None:
    """Waits until it is told."""
    async with asyncio.timeout(20):
        while not (await said(world, upstream)).startswith(start):  # noqa: ASYNC110 - it tells no news
            await asyncio.sleep(0.05)


async def test_cloud_is_silent_for_long(running: World, log: Log) -> None:
    """The card says that it is still watched, /readyz who is silent, and in the end it is ready all the same."""
    running.cloud.build_time = 3600
    card = await running.request()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.card())
    running.cloud.faults.add("describeImages", DOWN, times=10_000)
    await running.until(lambda: "Still watching" in running.card(), seconds=20)
    await until_said(running, "jdcloud vm cn-north-1", "not answering")
    redrawn = sum(call.method == "chat.update" for call in running.slack.calls)
    calls = len(running.cloud.calls)
    running.clock.ahead += 120
    await until_said(running, "jdcloud vm cn-north-1", "not answering for 1")
    assert sum(call.method == "chat.update" for call in running.slack.calls) == redrawn
    assert len(running.cloud.calls) - calls < 20
    running.cloud.faults.clear()
    running.clock.ahead += 3600
    await running.until(lambda: "img-" in running.told(OPS), seconds=20)
    assert await said(running, "jdcloud vm cn-north-1") == "ok"
    assert len(log.of("upstream.not_answering")) <= 1


async def test_a_region_that_fails_holds_up_no_other(running: World) -> None:
    """While one region hangs, a request of the other goes from the form to ready."""
    furnish_elsewhere(running)
    card = await running.request()
    running.cloud.faults.add("describeInstance", jdcloud.Slow(4), times=50, region="cn-north-1")
    await running.ben.press("Approve", message=card, confirm=True)
    await running.amy.command("/createimage", "i-east1aaaa", channel=OPS)
    await running.until(lambda: "vda" in running.shown(running.amy))
    await running.amy.fill("Description", "x")
    await running.amy.submit()
    await running.until(lambda: len(running.cards()) == 2)
    await running.ben.press("Approve", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "east-1" in running.told(OPS))
    assert "img-" not in plain_text(running.cards()[0])


async def test_slack_is_silent_for_long(running: World, log: Log) -> None:
    """What is owed waits, without a call for each item of it, and arrives once Slack answers again."""
    for method in ("chat.postMessage", "conversations.open", "conversations.history"):
        running.slack.faults.add(method, slack.ServerError(503), times=slack.ALWAYS)
    for number in range(1, 4):
        await running.form()
        assert await running.amy.submit() == {}
        # Else the next form would not know of this request, and would come back with it.
        await running.until(lambda number=number: len(log.of("request.submitted")) == number)  # type: ignore[misc]
    await until_said(running, "slack", "not answering")
    before = len(running.slack.calls)
    running.clock.ahead += 3600
    await until_said(running, "slack", "not answering for 3")  # real seconds, whatever the clock on the wall says
    assert len(running.slack.calls) - before < 5
    running.slack.faults.clear()
    await running.in_time(lambda: len(running.cards()) == 3, step=DOUBT)
    await until_said(running, "slack", "ok")
