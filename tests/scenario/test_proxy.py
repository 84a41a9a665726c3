"""A proxy in the environment: Slack and JD Cloud are reached through it, but for the hosts in NO_PROXY."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.slack.protocol.proxy import proxy_for
from tests.program import bot
from tests.scenario.conftest import OPS, World


@dataclass
class Proxy:
    """Passes on what comes, and notes what it was."""

    address: str = ""
    asked: list[str] = field(default_factory=list)  # the first line of each connection

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to one host."""
        line = await reader.readline()
        self.asked.append(line.decode())
        _, target, _ = line.decode().split(" ")
        host, _, port = target.split("/")[2].partition(":")
        there, onwards = await asyncio.open_connection(host, int(port))
        root = f" http://{host}:{port}".encode()  # a proxy is asked for the whole address, a server for the path
        onwards.write(line.replace(root, b" "))
        await asyncio.gather(pass_on(reader, onwards, without=root), pass_on(there, writer))


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, without: bytes = b"") -> None:
    """Until one of both ends."""
    try:
        while data := await reader.read(2**16):
            writer.write(data.replace(without, b" ") if without else data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    """A proxy that the environment names, for everything."""
    found = Proxy()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    async with await asyncio.start_server(found.serve, "127.0.0.1", 0) as server:
        found.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        monkeypatch.setenv("HTTP_PROXY", f"http://{found.address}")
        yield found


async def story(world: World) -> None:
    """Slack's Web API, its requests, and JD Cloud all have a part in it."""
    await world.request()
    await world.ben.press("Approve", message=world.cards()[-1], confirm=True)
    await world.until(lambda: "ready" in world.card())
    assert "createimage" in (await world.amy.command("/createimage", "help", channel=OPS)).text


async def test_everything_goes_through_the_proxy(world: World, proxy: Proxy, mode: str) -> None:
    """The Web API, the socket of Socket Mode, and JD Cloud."""
    async with world.bot():
        await story(world)
    paths = [line.split(" ")[1].split("/", 3)[3] for line in proxy.asked]
    assert any(path.startswith("api/") for path in paths)
    assert any(path.startswith("link/") for path in paths) is (mode == "socket")
    assert any("/regions/" in path for path in paths)


async def test_a_proxy_for_all(world: World, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """By any name, it is that of Slack and of JD Cloud alike."""
    monkeypatch.setenv("ALL_PROXY", f"http://{proxy.address}")
    monkeypatch.delenv("HTTP_PROXY")
    await test_everything_goes_through_the_proxy(world, proxy, mode)


async def test_no_proxy_is_heeded(world: World, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """By all of them."""
    monkeypatch.setenv("NO_PROXY", "slack.example, 127.0.0.1")
    async with world.bot():
        await story(world)
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://slack.com/api/", "http://secure:1"),
        ("wss://wss-primary.slack.com/link/?ticket=1", "http://secure:1"),
        ("http://slack.com/api/", "http://plain:2"),
        ("ws://127.0.0.1:8000/link/", "http://plain:2"),
        ("https://slack.internal/api/", None),
        ("wss://wss.slack.internal:443/link/", None),
        ("nowhere", None),
    ],
)
def test_which_proxy(monkeypatch: pytest.MonkeyPatch, address: str, expected: str | None) -> None:
    """By the scheme, WebSockets as what they begin as; a proxy without a scheme is one that speaks HTTP."""
    monkeypatch.setenv("HTTPS_PROXY", "http://secure:1")
    monkeypatch.setenv("HTTP_PROXY", "plain:2")
    monkeypatch.setenv("NO_PROXY", ".slack.internal,localhost")
    assert proxy_for(address) == expected


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize(
    ("name", "proxy"),
    [
        ("HTTPS_PROXY", "socks5://user:hunter2@127.0.0.1:1"),
        ("https_proxy", "foo://x"),
        ("ALL_PROXY", "socks5h://127.0.0.1:1"),
        ("HTTP_PROXY", "http://"),
        ("HTTP_PROXY", "http://127.0.0.1:port"),
        ("HTTP_PROXY", "127.0.0.1:99999"),
    ],
)
@pytest.mark.parametrize("mode", ["http"])
async def test_a_proxy_that_cannot_be_used(world: World, command: str, name: str, proxy: str) -> None:
    """One line that names the variable and says what is taken; no password, no traceback."""
    ended = await asyncio.to_thread(bot, command, **world.environ, **{name: proxy})
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1
    assert f"{name} is no proxy that can be used: expected http://HOST:PORT or https://HOST:PORT" in said
    assert "Traceback" not in said
    assert "hunter2" not in said
