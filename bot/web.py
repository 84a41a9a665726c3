"""HTTP: what Slack posts to, and what an operator's tools ask."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog
from aiohttp import web
from prometheus_client.aiohttp import make_aiohttp_handler
from pydantic_core import Url
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot import metrics
from bot.connections import Connections, State
from bot.service.ports import Clock
from bot.slack.protocol.signature import WINDOW, Signature

log = structlog.get_logger(__name__)

LARGEST_BODY = 512 * 1024
"""Bytes. The largest of Slack's is a card or a form of ours, sent back whole; a test holds those to half of this."""

_MALFORMED = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What Bolt trips over in a body that is not text, not JSON, or JSON of a shape that Slack never sends. Errors of
our own listeners do not come this far: `bot.slack.listeners.errors` answers them."""


class Reason(StrEnum):
    """Why a request was turned away before anything was made of it."""

    UNSIGNED = "unsigned"  # no signature of Slack's shape: a stranger, or a browser
    TOO_OLD = "too_old"  # its time is too far from ours, either way: heard before, or a clock that is wrong
    WRONG_SIGNATURE = "wrong_signature"  # of Slack's shape, and not made with our secret: which may be another app's
    TOO_LARGE = "too_large"  # more than Slack would send


_REJECTED = {reason: metrics.REJECTED.labels(reason) for reason in Reason}

Readiness = Callable[[], Awaitable[tuple[bool, Mapping[str, Any]]]]
"""Whether this process can serve, and the whole story as JSON."""

Measure = Callable[[], Awaitable[None]]
"""Brings up to date what no event counts."""

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class SlackEvents:
    """Takes what Slack posts: first who sent it, over the bytes as they are, then what it says.

    Args:
        app: answers.
        signing_secret: what Slack signs with.
        connections: learns when a request is there.
        clock: unix seconds; Slack's signatures tell the time.
    """

    app: AsyncApp
    signing_secret: str
    connections: Connections
    clock: Clock = time.time

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Reads no more than Slack would send, from nobody who cannot be Slack."""
        signature = Signature.claimed(request.headers)
        if signature is None:
            raise _turned_away(Reason.UNSIGNED, request)
        if abs(age := signature.age(self.clock())) > WINDOW:
            raise _turned_away(Reason.TOO_OLD, request, age=round(age))
        if (request.content_length or 0) > LARGEST_BODY:
            raise _turned_away(Reason.TOO_LARGE, request)
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:  # in pieces, without saying how much it would be
            raise _turned_away(Reason.TOO_LARGE, request) from None
        self.connections.tell(request.transport, State.ANSWERED)
        if not signature.proves(body, self.signing_secret):
            raise _turned_away(Reason.WRONG_SIGNATURE, request)
        try:
            said = AsyncBoltRequest(
                body=unwrapped(await request.text()),
                query=request.query_string,
                headers=request.headers,  # type: ignore[arg-type] # Bolt's own adapter hands over the same
            )
            return await to_aiohttp_response(await self.app.async_dispatch(said))
        except _MALFORMED as error:
            log.warning("slack.payload_malformed", remote=request.remote, error=type(error).__name__)
            raise web.HTTPBadRequest(text="not a payload of Slack's") from error


def build_web(
    slack: SlackEvents | None, readiness: Readiness, measure: Measure, connections: Connections
) -> web.Application:
    """`POST /slack/events` for Slack, where it comes by HTTP; for the platform `GET /healthz` (the process lives),
    `GET /readyz` (it can serve: 200 or 503, and why), and `GET /metrics` in Prometheus's format.
    """
    expose = make_aiohttp_handler(metrics.REGISTRY)

    @web.middleware
    async def accounted_for(request: web.Request, handler: _Handler) -> web.StreamResponse:
        connections.tell(request.transport, State.ARRIVING if request.can_read_body else State.ANSWERED)
        try:
            return await handler(request)
        finally:
            connections.tell(request.transport, State.IDLE)

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.Request) -> web.Response:
        ready, story = await readiness()
        return web.json_response({"ready": ready, **story}, status=200 if ready else 503)

    async def scrape(request: web.Request) -> web.StreamResponse:
        await measure()
        return await expose(request)

    application = web.Application(client_max_size=LARGEST_BODY, middlewares=[accounted_for])
    if slack is not None:
        application.router.add_post("/slack/events", slack.take)
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", scrape)
    return application


def unwrapped(body: str) -> str:
    """What somebody did, as JSON: Slack sends it as the only field of a form. Bolt would unwrap it too, by urllib,
    which holds up the event loop five times as long (`python -m tests.bench --only parse`). pydantic keeps nothing of
    what it has read; yarl would keep the last 128 bodies, with all that people typed.

    Raises:
        ValueError: it is not JSON of an object.
    """
    if not body.startswith("payload="):
        return body
    payload = dict(Url(f"https://slack.com/?{body}").query_params())["payload"]
    if not payload.startswith("{"):
        raise ValueError("the payload is no object")
    return payload


def _turned_away(reason: Reason, request: web.Request, **facts: int) -> web.HTTPException:
    """Counted, and logged: as a warning where it may be that our secret is wrong, as then Slack itself is turned away.
    The rest of its body is not waited for.
    """
    refusal: web.HTTPException = (
        web.HTTPRequestEntityTooLarge(LARGEST_BODY, request.content_length or 0)
        if reason is Reason.TOO_LARGE
        else web.HTTPUnauthorized(text="not signed by Slack")
    )
    _REJECTED[reason].inc()
    tell = log.warning if reason is Reason.WRONG_SIGNATURE else log.info
    tell("slack.rejected", reason=reason, remote=request.remote, status=refusal.status, **facts)
    refusal.force_close()
    return refusal
