"""Slack and JD Cloud in the same process, behind a network that delays, loses and repeats."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

import aiohttp
import httpx
from aiohttp import web

from bot.demo.slack import Answer
from bot.demo.slack.refusals import Json
from bot.demo.slack.requests import encoded, read_answer, signed
from tests.simulate.loop import acting, pass_gate
from tests.simulate.wire import Cut, Reply, ask

SLACK_PATIENCE = 3.0
"""Seconds in which the app must answer."""

WEB_API_PATIENCE = 15.0
"""Seconds in which Slack must answer the bot (bot.wiring.SLACK_TIMEOUT)."""


@dataclass
class Trouble:
    """How often things go wrong, of 1."""

    slow: float = 0.0  # an exchange that takes seconds
    dropped: float = 0.0  # before it has arrived
    lost: float = 0.0  # after it has taken effect
    refused: float = 0.0  # 429 or 5xx, before anything is done
    failed: float = 0.0  # 5xx after everything was done
    repeated: float = 0.0  # a payload of Slack that comes twice


@dataclass
class Network:
    """Carries requests. `longest` bounds each way, as the bot's grace and lease need such a bound."""

    random: Random
    trouble: Trouble = field(default_factory=Trouble)
    longest: float = 8.0
    trace: Callable[[str], None] = lambda _: None
    _carried: set["asyncio.Task[Reply]"] = field(default_factory=set)

    def happens(self, chance: float) -> bool:
        """Whether it does this time."""
        return self.random.random() < chance

    def way(self) -> float:
        """Seconds for one way."""
        if self.happens(self.trouble.slow):
            return self.random.uniform(1.0, self.longest)
        return self.random.uniform(0.005, 0.2)

    async def carry(self, what: str, deliver: Callable[[], Awaitable[Reply]]) -> Reply:
        """A request, there and back. What was sent arrives even when its sender has given up or died.

        Raises:
            ConnectionRefusedError: it never left.
            ConnectionResetError: it may have taken effect.
        """
        sender = acting.get()
        what = f"{sender.name if sender else 'nobody'}: {what}"
        await pass_gate(f"before {what}", may_sleep=False)
        if self.happens(self.trouble.dropped / 2):
            raise ConnectionRefusedError(what)

        async def travel() -> Reply:
            acting.set(None)
            await asyncio.sleep(self.way())
            if self.happens(self.trouble.dropped / 2):
                raise ConnectionResetError(what)
            reply = await deliver()
            self.trace(f"{what} -> {reply.status}")
            if self.happens(self.trouble.lost):
                raise ConnectionResetError(what)
            await asyncio.sleep(self.way())
            return reply

        travelling = asyncio.create_task(travel())
        self._carried.add(travelling)
        travelling.add_done_callback(self._arrived)
        try:
            reply = await asyncio.shield(travelling)
        except Cut:
            raise ConnectionResetError(what) from None
        finally:
            await pass_gate(f"after {what}", may_sleep=True)
        return reply

    def _arrived(self, task: "asyncio.Task[Reply]") -> None:
        self._carried.discard(task)
        if not task.cancelled():
            task.exception()  # its sender may not wait for it any more


@dataclass
class CloudSide(httpx.AsyncBaseTransport):
    """What carries JD Cloud's client."""

    network: Network
    cloud: web.Application

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange."""
        body = await request.aread()
        what = f"{request.method} {request.url.path.rsplit('/', 1)[-1]}"
        network, trouble = self.network, self.network.trouble

        async def deliver() -> Reply:
            if network.happens(trouble.refused):
                return _cloud_says(network.random.choice(_REFUSALS))
            reply = await ask(
                self.cloud, request.method, str(request.url), headers=dict(request.headers), body=bytes(body)
            )
            return _cloud_says((500, "INTERNAL", "oops")) if network.happens(trouble.failed) else reply

        try:
            reply = await network.carry(what, deliver)
        except ConnectionRefusedError as error:
            raise httpx.ConnectError(str(error)) from None
        except ConnectionResetError as error:
            raise httpx.ReadError(str(error)) from None
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body)


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
class SlackSide:
    """What carries the Web API's client: as much of an aiohttp session as Slack's SDK uses."""

    network: Network
    slack: web.Application
    closed: bool = False

    @asynccontextmanager
    async def request(self, method: str, url: str, **sent: Any) -> AsyncIterator[SlackAnswer]:
        """One exchange."""
        what = " ".join((url.rsplit("/", 1)[-1], *_about({**(sent.get("json") or {}), **(sent.get("params") or {})})))
        network, trouble = self.network, self.network.trouble
        headers, body = _encoded(sent)

        async def deliver() -> Reply:
            if network.happens(trouble.refused):
                return _slack_says(network.random)
            reply = await ask(self.slack, method, url, headers=headers, body=body)
            return _slack_says(network.random, 500) if network.happens(trouble.failed) else reply

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
    form = {**(sent.get("params") or {}), **(sent.get("data") or {})}
    return {**headers, "Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode()


def _slack_says(random: Random, status: int = 0) -> Reply:
    status = status or random.choice((429, 429, 500, 503))
    code = {429: "ratelimited", 503: "service_unavailable"}.get(status, "internal_error")
    headers = {"Content-Type": "application/json"}
    if status == 429:
        headers["Retry-After"] = str(random.randint(1, 5))
    return Reply(status, headers, json.dumps({"ok": False, "error": code}).encode())


@dataclass
class ToTheBot:
    """Slack's line to the app: to any replica that serves, sometimes twice, and no longer than three seconds."""

    network: Network
    serving: Callable[[], list[Any]]
    signing_secret: str

    async def deliver(self, kind: str, payload: Json) -> Answer:
        """Signs, sends, waits."""
        body, content_type = encoded(kind, payload)
        first = asyncio.create_task(self._reach(kind, body, content_type))
        if self.network.happens(self.network.trouble.repeated):
            again = asyncio.create_task(self._reach(kind, body, content_type, late=True))
            again.add_done_callback(_heard)
        done, _ = await asyncio.wait({first}, timeout=SLACK_PATIENCE)
        first.add_done_callback(_heard)
        if not done:
            return Answer(error="operation_timeout")
        if first.exception():
            return Answer(error="dispatch_failed")
        reply = first.result()
        return read_answer(reply.status, reply.body.decode())

    async def _reach(self, kind: str, body: bytes, content_type: str, *, late: bool = False) -> Reply:
        await asyncio.sleep(self.network.way() + (self.network.random.uniform(0, 5) if late else 0))
        serving = self.serving()
        if not serving:
            raise ConnectionRefusedError
        replica = self.network.random.choice(serving)
        headers = {"Content-Type": content_type, **signed(body, signing_secret=self.signing_secret, at=_now())}
        context = copy_context()
        context.run(acting.set, replica)
        listening = asyncio.create_task(
            ask(replica.application, "POST", "http://bot/slack/events", headers=headers, body=body), context=context
        )
        listening.add_done_callback(_heard)
        reply = await listening
        self.network.trace(f"{kind} at {replica.name} -> {reply.status}")
        if replica.dead or self.network.happens(self.network.trouble.lost):
            raise ConnectionResetError
        await asyncio.sleep(self.network.random.uniform(0.005, 0.1))
        return reply


def _heard(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled():
        task.exception()


def _now() -> int:
    """Bolt compares signatures with the real clock, whatever time the run has."""
    import time  # noqa: PLC0415 # the one use of the real clock

    return int(time.time())
