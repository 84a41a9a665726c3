"""What carries a replica's calls to its upstreams: JD Cloud's client and Slack's SDK find their transports here."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode

import aiohttp
import httpx
from aiohttp import web

from tests.simulate import mangle
from tests.simulate.network import Network
from tests.simulate.wire import Reply, ask

WEB_API_PATIENCE = 15.0
"""Seconds in which Slack must answer the bot (bot.clients.SLACK_TIMEOUT)."""

IMAGE_LATE = 9.0
"""Seconds after its arrival in which createImage takes effect: on the way, by then and until it is listed, it stays
within the grace of `world`."""

SLACK_LATE = 20.0
"""Likewise what Slack was asked to show."""

SLACK_SHARE = 0.4
"""How much rarer Slack's answers are spoilt: where hardly a form opens, little is asked of JD Cloud."""

_SHOWN_LATE = {"chat.postMessage", "chat.update", "views.update"}


@dataclass
class CloudTransport(httpx.AsyncBaseTransport):
    """What carries JD Cloud's client."""

    network: Network
    cloud: web.Application

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange."""
        body = await request.aread()
        what = _asked(request)
        network, faults = self.network, self.network.faults

        async def effect() -> Reply:
            return await ask(
                self.cloud, request.method, str(request.url), headers=dict(request.headers.items()), body=bytes(body)
            )

        async def deliver() -> Reply:
            if network.happens(faults.refused):
                return _cloud_says(network.random.choice(_REFUSALS))
            if request.method == "POST" and network.happens(faults.made_late):
                network.later(what, effect, within=IMAGE_LATE)
                return _cloud_says((504, "GATEWAY_TIMEOUT", "later"))
            reply = await effect()
            if network.happens(faults.failed):
                return _cloud_says((500, "INTERNAL", "oops"))
            return _mangled(network, mangle.CLOUD, what, reply)

        try:
            reply = await network.carry(what, deliver)
        except ConnectionRefusedError as error:
            raise httpx.ConnectError(str(error)) from None
        except ConnectionResetError as error:
            raise httpx.ReadError(str(error)) from None
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body)


def _asked(request: httpx.Request) -> str:
    """What is asked, in two words: of an instance or an image by its id, without the id."""
    last = request.url.path.rpartition("/")[2]
    kind = last.rpartition(":")[2] if ":" in last else "instance" if last.startswith("i-") else last
    return f"{request.method} {kind}"


def _mangled(
    network: Network, ways: Mapping[str, Mapping[str, mangle.Way]], what: str, reply: Reply, *, share: float = 1.0
) -> Reply:
    """The answer, or what is left of it."""
    if reply.status != 200 or what not in ways or not network.happens(network.faults.mangled * share):
        return reply
    how, body = mangle.mangled(ways[what], reply.body, network.random)
    network.trace(f"mangled: {what}: {how}")
    return Reply(reply.status, reply.headers, body)


_REFUSALS = (
    (429, "RATE_LIMIT", "too many requests"),
    (500, "INTERNAL", "oops"),
    (503, "UNAVAILABLE", "later"),
    (400, "FAILED_PRECONDITION", "Conflict with underlay task xx"),
)


def _cloud_says(refusal: tuple[int, str, str]) -> Reply:
    status, name, message = refusal
    body = {"requestId": "simulated", "error": {"code": status, "status": name, "message": message}}
    return Reply(status, {"Content-Type": "application/json"}, json.dumps(body).encode())


class SlackAnswer:
    """As much of aiohttp's response as Slack's SDK reads."""

    def __init__(self, reply: Reply) -> None:
        self.status, self.headers, self._body = reply.status, reply.headers, reply.body
        self.content_type = reply.headers.get("Content-Type", "").partition(";")[0]

    async def json(self) -> Any:
        """The body."""
        return json.loads(self._body)

    async def text(self) -> str:
        """Likewise."""
        return self._body.decode()


@dataclass
class SlackTransport:
    """What carries the Web API's client: as much of an aiohttp session as Slack's SDK uses."""

    network: Network
    slack: web.Application
    closed: bool = False

    @asynccontextmanager
    async def request(self, method: str, url: str, **sent: Any) -> AsyncIterator[SlackAnswer]:
        """One exchange."""
        called = url.rsplit("/", 1)[-1]
        what = " ".join((called, *_about({**(sent.get("json") or {}), **(sent.get("params") or {})})))
        network, faults = self.network, self.network.faults
        headers, body = _encoded(sent)

        async def effect() -> Reply:
            return await ask(self.slack, method, url, headers=headers, body=body)

        async def deliver() -> Reply:
            if network.happens(faults.refused):
                return _slack_says(network.random)
            if called in _SHOWN_LATE and network.happens(faults.shown_late):
                network.later(what, effect, within=SLACK_LATE)
                return _slack_says(network.random, 504)
            reply = await effect()
            if network.happens(faults.failed):
                return _slack_says(network.random, 500)
            return _mangled(network, mangle.SLACK, called, reply, share=SLACK_SHARE)

        try:
            async with asyncio.timeout(WEB_API_PATIENCE):
                reply = await network.carry(what, deliver)
        except ConnectionRefusedError as error:
            key: Any = aiohttp.client_reqrep.ConnectionKey(
                "slack", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
            )
            raise aiohttp.ClientConnectorError(key, error) from None
        except ConnectionResetError as error:
            raise aiohttp.ServerDisconnectedError(str(error)) from None
        yield SlackAnswer(reply)


def _about(args: dict[str, Any]) -> list[str]:
    """For the trace: where to, and what it says of itself."""
    metadata = args.get("metadata")
    payload = (json.loads(metadata) if isinstance(metadata, str) else metadata or {}).get("event_payload", {})
    return [str(word) for word in (args.get("channel"), args.get("users"), *payload.values()) if word]


def _encoded(sent: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    headers = {name: str(value) for name, value in (sent.get("headers") or {}).items()}
    if sent.get("json") is not None:
        return {**headers, "Content-Type": "application/json"}, json.dumps(sent["json"]).encode()
    if isinstance(sent.get("data"), str):  # of a response_url
        return {"Content-Type": "application/json", **headers}, sent["data"].encode()
    form = {**(sent.get("params") or {}), **(sent.get("data") or {})}
    return {**headers, "Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode()


def _slack_says(random: Random, status: int = 0) -> Reply:
    status = status or random.choice((429, 429, 500, 503))
    code = {429: "ratelimited", 503: "service_unavailable"}.get(status, "internal_error")
    headers = {"Content-Type": "application/json"}
    if status == 429:
        headers["Retry-After"] = str(random.randint(1, 5))
    return Reply(status, headers, json.dumps({"ok": False, "error": code}).encode())
