"""A start that does not get anywhere: whatever it waits for, SIGTERM and Ctrl-C end the process."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.demo.slack import ServerError, Slack, Slow
from bot.demo.slack.faults import ALWAYS
from tests.crash.stage import free_port
from tests.scenario.conftest import ADMINS, APPROVALS, SCOPES, populate

PROMPTLY = 5.0
"""Seconds of real time for a process to end: more than it needs, and less than anything that it waits for."""

Environ = dict[str, str]
Trouble = Callable[[AsyncExitStack, Environ, Slack], Awaitable[Callable[[], bool]]]
"""Sets the stage; what it returns says whether the bot has got as far as the wait."""


@asynccontextmanager
async def silence() -> AsyncIterator[tuple[int, list[int]]]:
    """A port where everybody is let in and nobody is answered, and how many came."""
    came: list[int] = []
    over = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(1)
        await over.wait()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], came
        over.set()


async def slack_refuses(_: AsyncExitStack, environ: Environ, slack: Slack) -> Callable[[], bool]:
    environ["SLACK_API_URL"] = f"http://127.0.0.1:{free_port()}/api/"
    return lambda: True  # until it says so in its log


async def slack_is_silent(stack: AsyncExitStack, environ: Environ, slack: Slack) -> Callable[[], bool]:
    port, came = await stack.enter_async_context(silence())
    environ["SLACK_API_URL"] = f"http://127.0.0.1:{port}/api/"
    return lambda: bool(came)


async def slack_does_not_know_its_groups(_: AsyncExitStack, environ: Environ, slack: Slack) -> Callable[[], bool]:
    environ["APPROVERS"] = ADMINS
    slack.faults.add("usergroups.users.list", Slow(8), ALWAYS)
    return lambda: any(call.method == "auth.test" for call in slack.calls)


async def slack_has_no_address(_: AsyncExitStack, environ: Environ, slack: Slack) -> Callable[[], bool]:
    environ["SLACK_APP_TOKEN"] = "xapp-crash"
    slack.faults.add("apps.connections.open", ServerError(503), ALWAYS)
    return lambda: True


async def the_socket_never_greets(_: AsyncExitStack, environ: Environ, slack: Slack) -> Callable[[], bool]:
    environ["SLACK_APP_TOKEN"] = "xapp-crash"
    slack.sockets.deaf = True
    return lambda: slack.sockets.opened > 0


async def the_database_is_silent(stack: AsyncExitStack, environ: Environ, slack: Slack) -> Callable[[], bool]:
    port, came = await stack.enter_async_context(silence())
    environ["DATABASE_URL"] = f"postgresql://bot@127.0.0.1:{port}/bot"
    return lambda: bool(came)


SAYS_SO = {slack_refuses, slack_has_no_address}
"""Troubles that the bot tells in its log."""


@pytest.mark.parametrize(
    ("trouble", "number"),
    [
        (slack_refuses, signal.SIGTERM),
        pytest.param(slack_refuses, signal.SIGINT, marks=pytest.mark.long),
        pytest.param(slack_is_silent, signal.SIGTERM, marks=pytest.mark.long),
        pytest.param(slack_does_not_know_its_groups, signal.SIGTERM, marks=pytest.mark.long),
        pytest.param(slack_has_no_address, signal.SIGTERM, marks=pytest.mark.long),
        (the_socket_never_greets, signal.SIGTERM),
        (the_database_is_silent, signal.SIGTERM),
    ],
)
async def test_a_start_that_waits_is_ended(tmp_path: Path, trouble: Trouble, number: signal.Signals) -> None:
    """As cleanly as the end of one that runs: exit code 0, no trace of the program."""
    slack = Slack(bot_token="xoxb-crash", app_token="xapp-crash", scopes=SCOPES)
    populate(slack)
    async with AsyncExitStack() as stack:
        environ = settings(await stack.enter_async_context(slack.serving()), tmp_path)
        waits = await trouble(stack, environ, slack)
        process = await started(environ)
        try:
            assert process.stderr
            if trouble in SAYS_SO:
                await asyncio.wait_for(process.stderr.readuntil(b"slack.not_answering"), 30)
            async with asyncio.timeout(30):
                while not waits():  # noqa: ASYNC110 # a process tells no news
                    await asyncio.sleep(0.02)
            process.send_signal(number)
            said = await asyncio.wait_for(process.stderr.read(), PROMPTLY)
            assert await asyncio.wait_for(process.wait(), PROMPTLY) == 0, said.decode()
            assert b"Traceback" not in said
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def settings(slack_api: str, folder: Path) -> Environ:
    """Those of a bot between a Slack and a JD Cloud that nobody asks."""
    return {
        "SLACK_BOT_TOKEN": "xoxb-crash",
        "SLACK_SIGNING_SECRET": "crash-signing",
        "SLACK_API_URL": slack_api,
        "JDCLOUD_ACCESS_KEY": "crash-ak",
        "JDCLOUD_SECRET_KEY": "crash-sk",
        "DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "APPROVAL_CHANNEL": APPROVALS,
        "APPROVERS": "U0BEN",
        "HOST": "127.0.0.1",
        "PORT": "0",
        "LOG_FORMAT": "json",
    }


async def started(environ: Environ) -> asyncio.subprocess.Process:
    """The bot as a process of its own, with nothing but these settings."""
    own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=own | environ, stderr=asyncio.subprocess.PIPE
    )
