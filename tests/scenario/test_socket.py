"""Socket Mode: the connection is kept, found broken and made anew; nothing is done twice; `/readyz` tells the truth."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.demo.slack import Error, RateLimited, ServerError
from bot.domain.errors import BotError
from bot.slack.protocol import socket
from tests.scenario.conftest import OPS, Log, World


@pytest.fixture
def mode() -> str:
    """Over HTTP there is no socket."""
    return "socket"


def with_sockets(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """The bot is built with a socket of which something is otherwise."""
    usual = socket.Socket
    monkeypatch.setattr("bot.slack.protocol.socket.Socket", lambda **parts: usual(**parts, **changed))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes tens of seconds in production takes tenths of one."""
    with_sockets(monkeypatch, ping=0.1, silent=0.8, greeted_within=0.5)


@asynccontextmanager
async def readiness(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who asks `/readyz`."""
    async with aiohttp.ClientSession(world.address) as session:
        yield session


async def ready(session: aiohttp.ClientSession) -> tuple[int, str]:
    """The status, and what it says of the socket."""
    async with session.get("/readyz") as answer:
        socket = (await answer.json())["probes"]["socket"]
        return answer.status, "ok" if socket["state"] == "ok" else socket["said"]


async def until_ready(session: aiohttp.ClientSession, *, status: int) -> None:
    """Waits until `/readyz` answers so."""
    async with asyncio.timeout(15):
        while (await ready(session))[0] != status:  # noqa: ASYNC110 # the bot has to be asked
            await asyncio.sleep(0.02)


async def helps(world: World) -> bool:
    """Whether a command is answered."""
    return "createimage" in (await world.amy.command("/createimage", "help", channel=OPS)).text


async def test_there_is_no_door_for_requests(running: World) -> None:
    """Without a signing secret nobody could tell who sent them."""
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{running.address}/slack/events", data="") as answer:
            assert answer.status == 404
        async with session.get(f"{running.address}/readyz") as answer:
            assert (await answer.json())["probes"]["socket"]["state"] == "ok"


async def test_an_envelope_that_comes_twice_does_nothing_twice(running: World) -> None:
    """Both are answered, and one request is made."""
    await running.form()
    running.slack.sockets.repeats = 1
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(running.cards()))
    running.slack.sockets.repeats = 1
    await running.ben.press("Approve", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "ready" in running.card())
    assert len(running.cards()) == 1
    assert running.created() == 1


async def test_slack_asks_for_a_new_connection(running: World) -> None:
    """It is opened, and requests come through it."""
    before = running.slack.sockets.opened
    await running.slack.sockets.refresh()
    await running.until(lambda: running.slack.sockets.opened > before)
    assert await helps(running)


@pytest.mark.parametrize("reason", ["too_many_websockets", "link_disabled", "refresh_requested", "warning"])
async def test_a_slack_that_sends_every_connection_away(
    world: World, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    """Each pause is up to twice as long as the one before, whatever the reason; and it finds back when that is over."""
    pauses: list[float] = []

    async def noted(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0.01)

    with_sockets(monkeypatch, sleep=noted, leaving=0.0)
    world.slack.sockets.farewell = reason
    async with world.bot():
        await world.until(lambda: world.slack.sockets.opened > 9)
        assert len(pauses) >= world.slack.sockets.opened - 1
        for number, pause in enumerate(pauses):
            longest = min(30, 0.25 * 2**number)
            assert longest / 2 <= pause <= longest
        assert len(set(pauses)) == len(pauses)  # chance has its part in each
        world.slack.sockets.farewell = ""
        before = world.slack.sockets.opened
        await world.until(lambda: world.slack.sockets.opened > before)
        await world.until(lambda: world.slack.sockets.connections == 1)
        assert await helps(world)


async def test_a_connection_that_worked_for_long_is_replaced_soon(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no part of a storm: the next pause is a first one."""
    pauses: list[float] = []

    async def noted(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    with_sockets(monkeypatch, sleep=noted, steady=0.0)
    async with world.bot():
        for _ in range(4):
            before = world.slack.sockets.opened
            await world.slack.sockets.refresh()
            await world.until(lambda: world.slack.sockets.opened > before)  # noqa: B023 # awaited at once
    assert len(pauses) >= 4
    assert max(pauses) <= 0.25


async def test_an_end_that_is_announced_is_no_gap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack goes on sending through the old connection, which is held until the new one is there."""
    pausing, go_on = asyncio.Event(), asyncio.Event()

    async def held_up(_: float) -> None:
        pausing.set()
        await go_on.wait()

    with_sockets(monkeypatch, sleep=held_up, leaving=0.2)
    async with world.bot(), readiness(world) as session:
        await world.slack.sockets.refresh()
        await pausing.wait()
        assert await helps(world)
        assert await ready(session) == (200, "ok")
        go_on.set()
        await world.until(lambda: world.slack.sockets.opened == 2)
        await world.until(lambda: world.slack.sockets.connections == 1)
        assert await helps(world)


async def test_a_connection_that_breaks_is_made_anew(impatient: None, world: World) -> None:
    """Also when Slack has trouble of its own meanwhile; `/readyz` says so, and says when it is over."""
    async with world.bot(), readiness(world) as session:
        assert await ready(session) == (200, "ok")
        for fault in (ServerError(503), RateLimited(1), Error("internal_error"), ServerError(500)):
            world.slack.faults.add("apps.connections.open", fault)
        world.slack.sockets.cut()
        await until_ready(session, status=503)
        assert (await ready(session))[1].startswith("no connection to Slack for")
        await until_ready(session, status=200)
        assert await helps(world)


async def test_a_connection_that_fell_silent_is_given_up(impatient: None, world: World) -> None:
    """It is open, and nothing comes through: not even answers to pings."""
    async with world.bot(), readiness(world) as session:
        world.slack.sockets.deaf = True
        world.slack.sockets.cut()
        await until_ready(session, status=503)
        heard_nothing = world.slack.sockets.opened
        await world.until(lambda: world.slack.sockets.opened > heard_nothing + 1)  # it tries again and again
        assert (await ready(session))[0] == 503
        world.slack.sockets.deaf = False
        await until_ready(session, status=200)
        assert await helps(world)


@pytest.mark.parametrize("code", ["invalid_auth", "not_allowed_token_type", "missing_scope"])
async def test_a_token_that_is_not_good_ends_the_start(world: World, code: str) -> None:
    """In plain words, and not in a loop."""
    world.slack.faults.add("apps.connections.open", Error(code), times=9)
    with pytest.raises(BotError, match=rf"does not take SLACK_APP_TOKEN \(it answered {code}\)"):
        async with world.bot():
            pass


async def test_the_other_token_is_told_apart(world: World) -> None:
    """Both may be wrong, and look alike."""
    world.slack.faults.add("auth.test", Error("invalid_auth"), times=9)
    with pytest.raises(BotError, match=r"does not take SLACK_BOT_TOKEN \(it answered invalid_auth\)"):
        async with world.bot():
            pass


async def test_slack_that_does_not_answer_yet_is_waited_for(world: World) -> None:
    """The platform sees a bot that is not ready, instead of one that dies and is started again."""
    for fault in (ServerError(503), ServerError(500), ServerError(503)):
        world.slack.faults.add("apps.connections.open", fault)
    async with world.bot():
        assert await helps(world)


def held_up(monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """What comes through the socket from now on is held up: when the first has come, and when it may go on."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def answered_later(app: AsyncApp, request: SocketModeRequest) -> BoltResponse:
        begun.set()
        await go_on.wait()
        answer: BoltResponse = await run_async_bolt_app(app, request)
        return answer

    monkeypatch.setattr("bot.slack.protocol.socket.run_async_bolt_app", answered_later)
    return begun, go_on


async def test_an_answer_in_hand_when_the_connection_breaks(
    world: World, monkeypatch: pytest.MonkeyPatch, log: Log
) -> None:
    """One line says that it was not sent: no trace of the SDK's, and no advice."""
    begun, go_on = held_up(monkeypatch)
    async with world.bot():
        asking = asyncio.create_task(world.amy.command("/createimage", "help", channel=OPS))
        await begun.wait()
        before = world.slack.sockets.opened
        world.slack.sockets.cut()
        await world.until(lambda: world.slack.sockets.opened > before)
        go_on.set()
        await world.until(lambda: bool(log.of("socket.answer_not_sent")))
        await asyncio.gather(asking, return_exceptions=True)
    (line,) = log.of("socket.answer_not_sent")
    assert line["level"] == "warning"
    libraries = [one for one in log.lines if one["logger"].startswith(("slack_", "slack_sdk"))]
    assert not [one for one in libraries if one["level"] != "debug" and "Failed" in one["event"]]
    assert "Traceback" not in log.stream.getvalue()


async def test_what_is_in_hand_is_answered_before_the_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that is being worked on as the bot is told to stop."""
    begun, go_on = held_up(monkeypatch)
    async with world.bot():
        answering = asyncio.create_task(world.amy.command("/createimage", "help", channel=OPS))
        await begun.wait()
        asyncio.get_running_loop().call_later(0.1, go_on.set)
    assert "createimage" in (await answering).text
