"""kill -9 between any two steps of the story: nothing that was acknowledged is lost, and nothing is done twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.demo import jdcloud
from bot.demo.jdcloud import JDCloud
from bot.demo.slack import plain_text
from tests.crash.conftest import on_both_databases
from tests.crash.stage import Stage, stage
from tests.scenario.conftest import AMY, APPROVALS, BEN, OPS

STEPS = ("form opened", "disks shown", "form sent", "card posted", "approved", "call in flight", "building", "told")


@asynccontextmanager
async def playing(database_url: str) -> AsyncIterator[Stage]:
    """A stage with the bot on it, in one process."""
    async with stage(database_url) as on:
        await on.bot.start()
        try:
            yield on
        finally:
            await on.bot.stop()


async def play(on: Stage) -> None:
    """The story, with the bot killed wherever the stage says."""
    amy, ben = on.slack.person(AMY), on.slack.person(BEN)
    await amy.command("/createimage", "", channel=OPS)
    await on.until(lambda: amy.view)
    await on.after("form opened")
    await amy.choose("Instances", "web-1")
    await on.until(lambda: amy.view and "vdc" in plain_text(amy.view))
    await on.after("disks shown")
    await amy.fill("Description", "before the patch")
    assert await amy.submit() == {}
    await on.after("form sent")
    await on.until(on.cards)
    await on.after("card posted")
    if "call in flight" in on.kill_after:
        on.cloud.faults.add("createImage", jdcloud.Slow(0.5))
    await ben.press("Approve", message=on.slack.messages(APPROVALS)[0], confirm=True)
    await on.after("approved")
    if "call in flight" in on.kill_after:
        await called(on.cloud)
        await on.after("call in flight")
    await on.until(lambda: "img-" in on.cards()[0])
    await on.after("building")
    await on.until(lambda: any("img-" in words for words in on.told()))
    await on.after("told")
    await on.until(lambda: "ready" in on.cards()[0].splitlines()[0])


async def called(cloud: JDCloud) -> None:
    """createImage has reached the cloud, which has not answered yet."""
    async with asyncio.timeout(20):
        while not any(call.action == "createImage" for call in cloud.calls):  # noqa: ASYNC110 - it tells no news
            await asyncio.sleep(0.01)


def check(on: Stage) -> None:
    """What the stand-ins saw; and createImage was called once."""
    on.check()
    assert sum(call.action == "createImage" for call in on.cloud.calls) == 1


@on_both_databases("step", STEPS)
async def test_killed_once(database_url: str, step: str) -> None:
    """Killed right after one step, started again: the story goes on as if nothing had happened."""
    async with playing(database_url) as on:
        on.kill_after = {step}
        await play(on)
        assert on.bot.kills == 1
        check(on)


@on_both_databases("steps", [STEPS])
async def test_killed_after_every_step(database_url: str, steps: tuple[str, ...]) -> None:
    """And so it does when it is killed after each of them in one story."""
    async with playing(database_url) as on:
        on.kill_after = set(steps)
        await play(on)
        assert on.bot.kills == len(steps)
        check(on)


@on_both_databases("fault", [None, jdcloud.Slow(1.5)])
async def test_sigterm_ends_within_ten_seconds(database_url: str, fault: jdcloud.Slow | None) -> None:
    """Whatever is in hand: it is finished, or left for the next start, which carries it on."""
    async with playing(database_url) as on:
        amy, ben = on.slack.person(AMY), on.slack.person(BEN)
        if fault:
            on.cloud.faults.add("createImage", fault)
        await amy.command("/createimage", "i-web1aaaaaa", channel=OPS)
        await on.until(lambda: amy.view and "vdc" in plain_text(amy.view))
        await amy.fill("Description", "before the patch")
        await amy.submit()
        await on.until(on.cards)
        await ben.press("Approve", message=on.slack.messages(APPROVALS)[0], confirm=True)
        await called(on.cloud)
        assert await on.bot.stop() == 0
        await on.bot.start()
        await on.until(lambda: any("img-" in words for words in on.told()))
        check(on)
