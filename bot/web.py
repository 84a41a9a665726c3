"""HTTP: what Slack posts to, and what an operator's tools ask."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import structlog
from aiohttp import web
from prometheus_client.aiohttp import make_aiohttp_handler
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot import metrics

log = structlog.get_logger(__name__)

LARGEST_BODY = 1024 * 1024
"""Bytes. Slack's largest payload carries a view of at most 250 kB; anything above this is not Slack's."""

_MALFORMED = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What Bolt trips over in a body that is not text, not JSON, or JSON of a shape that Slack never sends. Errors of
our own listeners do not come this far: `bot.slack.errors` answers them."""

Readiness = Callable[[], Awaitable[tuple[bool, Mapping[str, Any]]]]
"""Whether this process can serve, and the whole story as JSON."""

Measure = Callable[[], Awaitable[None]]
"""Brings up to date what no event counts."""


def build_web(app: AsyncApp | None, readiness: Readiness, measure: Measure) -> web.Application:
    """`POST /slack/events` for Slack, without an app not; for the platform `GET /healthz` (the process lives),
    `GET /readyz` (it can serve: 200 or 503, and why), and `GET /metrics` in Prometheus's format.
    """
    expose = make_aiohttp_handler(metrics.REGISTRY)

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.Request) -> web.Response:
        ready, story = await readiness()
        return web.json_response({"ready": ready, **story}, status=200 if ready else 503)

    async def scrape(request: web.Request) -> web.StreamResponse:
        await measure()
        return await expose(request)

    application = web.Application(client_max_size=LARGEST_BODY)
    if app is not None:
        application.router.add_post("/slack/events", partial(_slack_events, app))
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", scrape)
    return application


async def _slack_events(app: AsyncApp, request: web.Request) -> web.Response:
    _check_headers(request)
    try:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))
    except _MALFORMED as error:
        log.warning("slack.payload_malformed", remote=request.remote, error=type(error).__name__)
        raise web.HTTPBadRequest(text="not a payload of Slack's") from error


def _check_headers(request: web.Request) -> None:
    """Turns away what Bolt's signature check trips over: it answers 500 to headers that Slack never sends."""
    timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and signature.isascii()):
        log.info("slack.malformed_headers", remote=request.remote)
        raise web.HTTPUnauthorized(text="not signed by Slack")
