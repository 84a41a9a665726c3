"""The real bot in a process of its own, between the two stand-ins."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

import aiohttp
from aiohttp import web

from bot.demo.cast import APPROVALS, BEN
from bot.demo.slack import Slack

_LOOPBACK = "127.0.0.1"
_STARTS_WITHIN = 30.0
"""Seconds."""

BotState = Literal["starting", "running", "down"]


def environment(slack_api: str, cloud_url: str) -> dict[str, str]:
    """The bot's settings between the two stand-ins."""
    return {
        "SLACK_BOT_TOKEN": "xoxb-demo",
        "SLACK_SIGNING_SECRET": "demo-signing-secret",
        "SLACK_API_URL": slack_api,
        "JDCLOUD_ACCESS_KEY": "demo-ak",
        "JDCLOUD_SECRET_KEY": "demo-sk",
        "JDCLOUD_VM_ENDPOINT": cloud_url,
        "JDCLOUD_DISK_ENDPOINT": cloud_url,
        "APPROVAL_CHANNEL": APPROVALS,
        "APPROVERS": BEN,
        "POLL_INTERVAL": "0.5",
        "HOST": "127.0.0.1",
        "LOG_LEVEL": "warning",
    }


class Process(Protocol):
    """What is asked of a process: `asyncio.subprocess.Process` has it."""

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""

    def kill(self) -> None:
        """SIGKILL."""

    def terminate(self) -> None:
        """SIGTERM."""

    async def wait(self) -> int:
        """Waits for its end, and says how it ended."""


async def launched(environment: Mapping[str, str]) -> Process:
    """`python -m bot run` with nothing but this in its environment."""
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=environment)


class BotProcess:
    """The bot, started with nothing from our own environment but what a process needs to run.

    Args:
        environment: its settings, without `DATABASE_URL` and `PORT`: both stay the same when it is started again.
        folder: where its database is kept.
        slack: learns where the bot takes requests.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path, slack: Slack) -> None:
        own = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "LANG") if name in os.environ}
        self._address = f"http://127.0.0.1:{(port := free_port())}"
        database = {"DATABASE_URL": f"sqlite:///{Path(folder, 'demo.db')}", "PORT": str(port)}
        self._environment = {**own, **environment, **database}
        self._process: Process | None = None
        self._starting = False
        self._ended = False  # by us
        slack.request_url = f"{self._address}/slack/events"

    @property
    def state(self) -> BotState:
        """Whether it serves."""
        if self._process is None or self._process.returncode is not None:
            return "down"
        return "starting" if self._starting else "running"

    async def start(self) -> None:
        """Starts it, and waits until it can serve; nothing when it does.

        Raises:
            SystemExit: it ended instead, by itself.
        """
        if self.state != "down":
            return
        self._starting, self._ended = True, False
        try:
            self._process = await launched(self._environment)
            if not await is_ready(self._address, self._process, within=_STARTS_WITHIN) and not self._ended:
                raise SystemExit("the bot did not start")
        finally:
            self._starting = False

    async def kill(self) -> None:
        """Ends it without a warning, as a machine that loses power does."""
        self._ended = True
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> None:
        """Asks it to end, and waits until it has."""
        self._ended = True
        if self._process:
            if self._process.returncode is None:
                self._process.terminate()
            await self._process.wait()


@asynccontextmanager
async def bot_process(environment: Mapping[str, str], slack: Slack) -> AsyncIterator[BotProcess]:
    """The bot, ready to serve, with a database of its own."""
    with tempfile.TemporaryDirectory(prefix="createimage-demo-") as folder:
        bot = BotProcess(environment, Path(folder), slack)
        try:
            await bot.start()
            yield bot
        finally:
            await bot.stop()


_T = TypeVar("_T")


async def until_told(work: Coroutine[Any, Any, _T]) -> _T | None:
    """Does it until it is done, or until we are told to end: by Ctrl-C, by SIGTERM, or as our terminal is closed
    (SIGHUP). Then it is cancelled, and None. The bot is a process of its own, and takes SIGHUP for a request to read
    its policy file again: unless it is stopped by us, it goes on for ever.
    """
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return None


@asynccontextmanager
async def served(application: web.Application, listener: socket.socket | None = None) -> AsyncIterator[str]:
    """An application on loopback, on a free port unless a socket that listens is given."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.SockSite(runner, listener or socket.create_server((_LOOPBACK, 0))).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def is_ready(address: str, process: Process, *, within: float, every: float = 0.05) -> bool:
    """Waits until `/readyz` there says so; False where the process ends instead.

    Args:
        address: where it serves.
        process: which.
        within: seconds that it may take.
        every: seconds between two looks.

    Raises:
        TimeoutError: it took longer.
    """
    async with aiohttp.ClientSession() as session, asyncio.timeout(within):
        while process.returncode is None:
            try:
                async with session.get(f"{address}/readyz") as answer:
                    if answer.status == 200:
                        return True
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(every)
    return False


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
