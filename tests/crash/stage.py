"""Stand-ins that outlive the bot, and the bot as processes of its own that can be killed and started again."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess

import aiohttp

from bot.demo.bot_process import served
from bot.demo.jdcloud import JDCloud
from bot.demo.slack import Slack, plain_text
from tests.crash import cuts
from tests.program import FORKS
from tests.scenario.conftest import APPROVALS, BEN, OPS, SCOPES, furnish, populate


@dataclass
class Process:
    """`python -m bot …` (see `cuts`), which can be killed and started again on the same database and port."""

    command: str  # "run", "web" or "worker"
    environ: dict[str, str]
    port: int = 0
    kills: int = 0
    _process: ForkServerProcess | None = None

    async def start(self, *, cut: str = "") -> None:
        """Starts it, and waits until it can serve; `cut` names the step at which it kills itself (see `cuts`)."""
        own = {name: os.environ[name] for name in ("PATH", "HOME", "SSL_CERT_DIR") if name in os.environ}
        environ = own | self.environ | {"PORT": str(self.port)}
        self._process = FORKS.Process(target=cuts.run, args=(self.command, environ, cut), daemon=True)
        self._process.start()
        if self.command != "worker":
            await self._ready()

    async def _ready(self) -> None:
        async with aiohttp.ClientSession() as session, asyncio.timeout(30):
            while True:
                assert self._process is not None
                assert self._process.exitcode is None, "the bot ended by itself"
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.05)  # it is starting: there is nothing else to wait for

    async def kill(self) -> None:
        """kill -9, and a new start."""
        assert self._process
        self._process.kill()
        await self.again()

    async def again(self) -> None:
        """Waits until it was killed, and starts it anew."""
        assert await self._ended(30) == -signal.SIGKILL
        self.kills += 1
        await self.start()

    async def stop(self) -> int:
        """SIGTERM; its exit code."""
        assert self._process
        self._process.terminate()
        return await self._ended(12)

    async def _ended(self, within: float) -> int:
        """Its exit code, or minus the number of the signal that ended it."""
        assert self._process
        await asyncio.to_thread(self._process.join, within)
        code = self._process.exitcode
        assert code is not None, "the bot did not end"
        return code


@dataclass
class Stage:
    """Everything that outlives the bot."""

    slack: Slack
    cloud: JDCloud
    environ: dict[str, str]
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

    def check(self) -> None:
        """What the stand-ins saw: one image, one decision, one card for each side, one announcement."""
        assert [image.status for image in self.cloud.images.values()] == ["ready"]
        assert len(self.cards()) == 1
        assert self.cards()[0].count(f"@{BEN}") == 1
        assert len(self.told()) == 1
        metadata = [message.metadata for channel in self.slack.channels for message in self.slack.messages(channel)]
        said = [str(one["event_payload"]) for one in metadata if one]
        assert len(said) == len(set(said)), "something was said twice"


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def stage(database_url: str, command: str = "run") -> AsyncIterator[Stage]:
    """Stand-ins that run, and a bot that is not started yet."""
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
            "DATABASE_URL": database_url,
            "APPROVAL_CHANNEL": APPROVALS,
            "APPROVERS": BEN,
            "POLL_INTERVAL": "0.1",
            "LAUNCH_GRACE": "1",
            "LEASE_TTL": "1",
            "HOST": "127.0.0.1",
            "LOG_LEVEL": "error",
        }
        bot = Process(command, environ, free_port())
        slack.request_url = f"http://127.0.0.1:{bot.port}/slack/events"
        yield Stage(slack, cloud, environ, bot)
