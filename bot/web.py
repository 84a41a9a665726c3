"""HTTP: what Slack posts to, and what an operator's tools ask."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

log = structlog.get_logger(__name__)

LARGEST_BODY = 1024 * 1024
"""Bytes. Slack's largest payload carries a view of at most 250 kB; anything above this is not Slack's."""

_MALFORMED = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What Bolt trips over in a body that is not text, not JSON, or JSON of a shape that Slack never sends. Errors of
our own listeners do not come this far: `bot.slack.errors` answers them."""

Probes = Callable[[], Awaitable[Mapping[str, str]]]
"""What each part that the bot cannot serve without says of itself: `ok`, or what is wrong."""

Neighbours = Callable[[], Mapping[str, str]]
"""Likewise of others, which may fail while the bot goes on."""


def build_web(app: AsyncApp | None, probes: Probes, neighbours: Neighbours) -> web.Application:
    """`POST /slack/events` for Slack, without an app not; `GET /healthz` and `GET /readyz` for the platform."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.Request) -> web.Response:
        answers = await probes()
        ready = all(answer == "ok" for answer in answers.values())
        detail = {"ready": ready, "probes": dict(answers), "neighbours": dict(neighbours())}
        return web.json_response(detail, status=200 if ready else 503)

    application = web.Application(client_max_size=LARGEST_BODY)
    if app is not None:
        application.router.add_post("/slack/events", partial(_slack_events, app))
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
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
