"""The door of the page: only its own machine, its own address and its own scripts come in."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from bot.demo.web import PortTaken, Running, running

ACT = {"do": "look", "user": "U0AMY", "conversation": "C0OPS"}


@pytest.fixture
def demo(shared: Running) -> Running:
    """Whoever knocks changes nothing."""
    return shared


@pytest_asyncio.fixture(loop_scope="session")
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_bound_to_loopback(demo: Running) -> None:
    assert demo.address.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("path", ["/", "/events?user=U0AMY", "/static/app.js"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil"])
async def test_other_names_are_refused(demo: Running, session: aiohttp.ClientSession, path: str, host: str) -> None:
    """Also a name that somebody made resolve to this machine (DNS rebinding)."""
    named = host.format(port=demo.address.rpartition(":")[2])
    async with session.get(demo.address + path, headers={"Host": named}) as answer:
        assert answer.status == 403
        assert "this machine" not in named
        assert "machine it runs on" in await answer.text()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
async def test_its_own_names_are_taken(demo: Running, session: aiohttp.ClientSession, name: str) -> None:
    """With headers that keep scripts in and frames out."""
    port = demo.address.rpartition(":")[2]
    async with session.get(demo.address, headers={"Host": f"{name}:{port}"}) as answer:
        assert answer.status == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "{own}", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "{own}", "Sec-Fetch-Site": "same-site"},
        {"Origin": "{own}", "Content-Type": "text/plain"},
    ],
)
async def test_other_pages_cannot_act(demo: Running, session: aiohttp.ClientSession, headers: dict[str, str]) -> None:
    """A page of somebody else's, open in the same browser, may send requests here; they do nothing."""
    own = {name: value.replace("{own}", demo.address) for name, value in headers.items()}
    async with session.post(f"{demo.address}/do", json=ACT, headers=own) as answer:
        assert answer.status == 403


async def test_the_page_itself_acts(demo: Running, session: aiohttp.ClientSession) -> None:
    async with session.post(f"{demo.address}/do", json=ACT, headers={"Origin": demo.address}) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("[]", 400),
        ('{"do": "fly", "user": "U0AMY"}', 400),
        ('{"do": "send", "user": "U0AMY", "channel": "C0OPS", "text": ""}', 400),
        ('{"do": "send", "user": "U0AMY", "channel": "C0NONE", "text": "hello"}', 404),
        ('{"do": "send", "user": "U0NOBODY", "channel": "C0OPS", "text": "hello"}', 404),
        ('{"do": "switch", "user": "U0AMY", "instance": "i-none", "to": "stopped"}', 404),
        ('{"do": "press", "user": "U0AMY", "block_id": "b", "action_id": "a", "home": true}', 200),
        ('{"do": "submit", "user": "U0AMY", "view_id": "V0"}', 200),
    ],
)
async def test_what_makes_no_sense_is_answered(
    demo: Running, session: aiohttp.ClientSession, body: str, status: int
) -> None:
    headers = {"Origin": demo.address, "Content-Type": "application/json"}
    async with session.post(f"{demo.address}/do", data=body, headers=headers) as answer:
        assert answer.status == status
        assert await answer.json()


async def test_nobody_has_no_screen(demo: Running, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{demo.address}/events?user=U0NOBODY") as answer:
        assert answer.status == 404


async def test_a_port_that_is_taken_is_said(demo: Running) -> None:
    port = int(demo.address.rpartition(":")[2])
    with pytest.raises(PortTaken, match=f"port {port} of 127.0.0.1"):
        async with running(port=port):
            pass
