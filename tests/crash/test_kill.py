"""kill -9 between any two steps of the story: nothing that was acknowledged is lost, and nothing is done twice."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from bot.demo import jdcloud
from bot.demo.jdcloud import JDCloud
from bot.demo.slack import Slack, plain_text
from bot.demo.story import served
from tests.scenario.conftest import AMY, APPROVALS, BEN, OPS, SCOPES, furnish, populate

STEPS = ("form opened", "disks shown", "form sent", "card posted", "approved", "call in flight", "building", "told")


@dataclass
class Process:
    """The bot as a process of its own, which can be killed and started again on the same database and port."""

    environ: dict[str, str]
    port: int = 0
    kills: int = 0
    _process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Starts it, and waits until it can serve."""
        own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=own | self.environ | {"PORT": str(self.port)}
        )
        async with aiohttp.ClientSession() as session, asyncio.timeout(30):
            while True:
                assert self._process.returncode is None, "the bot ended by itself"
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.05)  # it is starting: there is nothing else to wait for

    async def kill(self) -> None:
        """kill -9, and a new start."""
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()
        self.kills += 1
        await self.start()

    async def stop(self) -> int:
        """SIGTERM; its exit code."""
        assert self._process
        if self._process.returncode is None:
            self._process.terminate()
        return await asyncio.wait_for(self._process.wait(), 10)


@dataclass
class Stage:
    """The stand-ins, which outlive the bot."""

    slack: Slack
    cloud: JDCloud
    bot: Process
    kill_after: set[str] = field(default_factory=set)

    async def after(self, step: str) -> None:
        """One step of the story is over."""
        if step in self.kill_after:
            await self.bot.kill()

    async def until(self, predicate: Callable[[], object], seconds: float = 20) -> None:
        """Waits until something can be seen."""
        await self.slack.settle(predicate, timeout=seconds)

    def cards(self) -> list[str]:
        """The words of each approval card."""
        return [plain_text(message) for message in self.slack.messages(APPROVALS) if not message.thread_ts]

    def told(self) -> list[str]:
        """What was announced."""
        return [plain_text(message) for message in self.slack.messages(OPS)]


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Stand-ins that run, and a bot between them."""
    slack = Slack(bot_token="xoxb-crash", signing_secret="crash-signing", scopes=SCOPES)
    cloud = JDCloud(access_key="crash-ak", secret_key="crash-sk", build_time=1.0)
    populate(slack)
    furnish(cloud)
    async with slack.serving() as slack_api, served(cloud.application()) as cloud_url:
        environ = {
            "SLACK_BOT_TOKEN": "xoxb-crash",
            "SLACK_SIGNING_SECRET": "crash-signing",
            "SLACK_API_URL": slack_api,
            "JDCLOUD_ACCESS_KEY": "crash-ak",
            "JDCLOUD_SECRET_KEY": "crash-sk",
            "JDCLOUD_REGIONS": "cn-north-1",
            "JDCLOUD_VM_ENDPOINT": cloud_url,
            "JDCLOUD_DISK_ENDPOINT": cloud_url,
            "JDCLOUD_TIMEOUT": "2",
            "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db",
            "APPROVAL_CHANNEL": APPROVALS,
            "APPROVERS": BEN,
            "POLL_INTERVAL": "0.1",
            "LAUNCH_GRACE": "1",
            "LEASE_TTL": "1",
            "HOST": "127.0.0.1",
            "LOG_LEVEL": "error",
        }
        bot = Process(environ, free_port())
        await bot.start()
        slack.request_url = f"http://127.0.0.1:{bot.port}/slack/events"
        try:
            yield Stage(slack, cloud, bot)
        finally:
            await bot.stop()


async def play(on: Stage) -> None:
    """The story, with the bot killed wherever the stage says."""
    amy, ben = on.slack.person(AMY), on.slack.person(BEN)
    await amy.command("/createimage", "", channel=OPS)
    await on.until(lambda: amy.view)
    await on.after("form opened")
    await amy.choose("Instance", "web-1")
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
    """What the stand-ins saw: one image, one decision, one card, one announcement."""
    assert [image.status for image in on.cloud.images.values()] == ["ready"]
    assert sum(call.action == "createImage" for call in on.cloud.calls) == 1
    assert len(on.cards()) == 1
    assert on.cards()[0].count(f"@{BEN}") == 1
    assert len(on.told()) == 1


@pytest.mark.parametrize("step", STEPS)
async def test_killed_once(tmp_path: Path, step: str) -> None:
    """Killed right after one step, started again: the story goes on as if nothing had happened."""
    async with stage(tmp_path) as on:
        on.kill_after = {step}
        await play(on)
        assert on.bot.kills == 1
        check(on)


async def test_killed_after_every_step(tmp_path: Path) -> None:
    """And so it does when it is killed after each of them in one story."""
    async with stage(tmp_path) as on:
        on.kill_after = set(STEPS)
        await play(on)
        assert on.bot.kills == len(STEPS)
        check(on)


@pytest.mark.parametrize("fault", [None, jdcloud.Slow(1.5)])
async def test_sigterm_ends_within_ten_seconds(tmp_path: Path, fault: jdcloud.Slow | None) -> None:
    """Whatever is in hand: it is finished, or left for the next start, which carries it on."""
    async with stage(tmp_path) as on:
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
