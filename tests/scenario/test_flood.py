"""Strangers at the door: who says nothing, drips or sends too much costs the bot little, and holds up nobody."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import aiohttp
import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.connections import Limits
from tests.scenario.conftest import OPS, World
from tests.scenario.test_http import COMMAND, FORM, signed

AHEAD = "POST /slack/events HTTP/1.1\r\nHost: bot\r\n"
"""How a request begins."""


@pytest.fixture
def mode() -> str:
    """In Socket Mode there is no such door."""
    return "http"


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The bot is built with less patience than it has."""

    def limit(**limits: float) -> None:
        given = Limits(**{"connections": 256} | limits)  # type: ignore[arg-type] # names and numbers of the test's
        monkeypatch.setattr(Limits, "of_this_process", lambda: given)

    return limit


def plausible(length: int) -> str:
    """The head of a request that might be Slack's, for all one can see before its body is there."""
    return (
        f"{AHEAD}X-Slack-Request-Timestamp: {int(time.time())}\r\nX-Slack-Signature: v0={'0' * 64}\r\n"
        f"Content-Type: {FORM}\r\nContent-Length: {length}\r\n\r\n"
    )


@asynccontextmanager
async def strangers(world: World, count: int) -> AsyncIterator[list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]:
    """So many open connections."""
    address = urlsplit(world.address)
    opened = [await asyncio.open_connection(address.hostname, address.port) for _ in range(count)]
    try:
        yield opened
    finally:
        for _, writer in opened:
            writer.close()


async def is_closed(reader: asyncio.StreamReader) -> None:
    """Waits until the bot has closed it, whatever it said before."""
    with suppress(ConnectionError):
        async with asyncio.timeout(10):
            while await reader.read(2**16):
                pass


async def drip(writer: asyncio.StreamWriter, words: str) -> None:
    """A byte now and then, without end."""
    with suppress(ConnectionError):
        for letter in words + "x" * 10_000:
            writer.write(letter.encode())
            await writer.drain()
            await asyncio.sleep(0.02)


async def helps(world: World) -> bool:
    """Whether a signed command is answered."""
    return "createimage" in (await world.amy.command("/createimage", "help", channel=OPS)).text


@pytest.mark.parametrize(
    "words", [lambda: "", lambda: AHEAD + "X-Drip: ", lambda: plausible(9_000)], ids=["nothing", "head", "body"]
)
async def test_who_drips_is_cut_off(world: World, limited: Callable[..., None], words: Callable[[], str]) -> None:
    """A whole request has its time, and bytes that keep coming do not make it longer."""
    limited(arrives_within=0.4)
    dripped = words()
    async with world.bot(), strangers(world, 60) as opened:
        dripping = [asyncio.create_task(drip(writer, dripped)) for _, writer in opened if dripped]
        assert await helps(world)
        await asyncio.gather(*(is_closed(reader) for reader, _ in opened))
        assert all(reader.at_eof() or reader.exception() for reader, _ in opened)
        for task in dripping:
            task.cancel()
        assert await helps(world)


async def test_room_is_made_by_who_waits_for_longest(world: World, limited: Callable[..., None]) -> None:
    """However many connections are opened, the newest are there, the click comes through, and the oldest are gone."""
    limited(connections=20, arrives_within=60)
    async with world.bot(), strangers(world, 100) as opened:
        assert await helps(world)
        await asyncio.gather(*(is_closed(reader) for reader, _ in opened[:80]))
        newest = opened[-1]
        newest[1].write(b"GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n")
        assert b"200" in await asyncio.wait_for(newest[0].readline(), 10)


async def test_who_is_answered_stays(world: World, limited: Callable[..., None]) -> None:
    """A connection between two requests goes before one that begins, and that before one whose request is there."""
    limited(connections=3, arrives_within=60)
    async with world.bot(), strangers(world, 1) as idle:
        reader, writer = idle[0]
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n")
        await asyncio.wait_for(reader.readuntil(b"true}"), 10)
        async with strangers(world, 2) as beginning:
            for _, one in beginning:
                one.write(AHEAD.encode())
            async with strangers(world, 1):
                await is_closed(reader)
                assert not any(one.at_eof() for one, _ in beginning)


async def test_bodies_that_arrive_have_a_bound_together(world: World, limited: Callable[..., None]) -> None:
    """The oldest goes."""
    limited(bytes=250_000, arrives_within=60)
    async with world.bot(), strangers(world, 3) as opened:
        for _, writer in opened:
            writer.write(plausible(200_000).encode() + b"x" * 100_000)
            await writer.drain()
        await is_closed(opened[0][0])
        assert await helps(world)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (lambda: f"{AHEAD}Content-Length: 400000\r\n\r\n", b"401"),
        (lambda: plausible(600_000), b"413"),  # of now: what was sent five minutes ago is turned away as too old
    ],
    ids=["unsigned", "oversized"],
)
async def test_a_body_that_cannot_be_slacks_is_not_read(running: World, head: Callable[[], str], status: bytes) -> None:
    """The answer is there before any of it was sent."""
    async with strangers(running, 1) as opened:
        reader, writer = opened[0]
        writer.write(head().encode())
        assert status in await asyncio.wait_for(reader.readline(), 10)


@pytest.mark.parametrize(
    "body", ["[" * 100_000, "payload=" + "%7B" * 100_000, "&".join(f"{number}=" for number in range(30_000))]
)
async def test_nothing_is_made_of_a_body_that_slack_did_not_sign(
    running: World, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    """It is held against the signature, and that is all."""
    parsed: list[str] = []

    def parse(**parts: object) -> AsyncBoltRequest:
        parsed.append(str(parts)[:20])
        raise AssertionError("a body was parsed before it was known whose it is")

    monkeypatch.setattr("slack_bolt.adapter.aiohttp.AsyncBoltRequest", parse)
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{running.address}/slack/events", data=body.encode(), headers=signed(body, secret=b"other")
        ) as answer,
    ):
        assert answer.status == 401
    assert parsed == []


async def test_a_compressed_body_stays_as_it_is(running: World) -> None:
    """Slack compresses nothing; what is signed are the bytes that came."""
    headers = signed(COMMAND) | {"Content-Encoding": "gzip"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{running.address}/slack/events", data=COMMAND.encode(), headers=headers) as answer,
    ):
        assert answer.status == 200
