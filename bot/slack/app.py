"""Builds the Bolt app and registers the listeners. It knows nothing of the transport that feeds it."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from time import perf_counter
from typing import Any, Protocol

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient
from structlog.contextvars import bind_contextvars, clear_contextvars

from bot import metrics
from bot.slack.listeners.errors import Errors
from bot.slack.listeners.routes import Routes
from bot.slack.protocol import response_url
from bot.slack.protocol.identity import Identity
from bot.slack.protocol.workspace import is_ours

log = structlog.get_logger(__name__)


class Listeners(Protocol):
    """One surface: what it listens to."""

    def register(self, routes: Routes) -> None:
        """Registers its listeners."""
        ...


def build_app(
    *,
    client: AsyncWebClient,
    identity: Identity,
    surfaces: Iterable[Listeners],
    errors: Errors,
) -> AsyncApp:
    """The app, ready to be fed.

    Whoever feeds it knows that it was Slack: `bot.web` by the signature, over the bytes as they came, and Socket Mode
    by the connection. Bolt's own look at the signature comes after it has parsed the body, which is too late.

    `process_before_response`: an ack leaves when its listener returns, so what is acknowledged is stored; and it
    leaves at once (Bolt's default looks every 10 ms whether there is an ack).
    """

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        """One workspace, known since the start: no call to Slack before an ack."""
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_id=identity.bot_id,
            bot_user_id=identity.bot_user_id,
            bot_token=client.token,
        )

    logging.getLogger("slack_bolt.AsyncApp").addFilter(_is_news)
    app = _CountingApp(
        name="createimage-bot",  # without one, Bolt reads the source of the whole stack to find one
        client=client,
        request_verification_enabled=False,
        authorize=authorize,
        process_before_response=True,
        raise_error_for_unhandled_request=True,  # else Bolt logs its advice for whoever writes the app; see `Errors`
    )
    app.middleware(_name_actor)
    app.middleware(_only_of(identity))
    routes = Routes()
    for surface in surfaces:
        surface.register(routes)
    routes.listen(app)
    app.error(errors.handle)
    return app


class _CountingApp(AsyncApp):
    """Counts and times its answers, whichever transport feeds it."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        began, kind = perf_counter(), _kind(req.body)
        try:
            response = await super().async_dispatch(req)
        finally:
            clear_contextvars()  # the next request of this connection is somebody else's
        metrics.ACKS.labels(kind, response.status).inc()
        metrics.ACK_SECONDS.labels(kind).observe(perf_counter() - began)
        return response


_KINDS = {"block_actions", "block_suggestion", "view_submission", "view_closed", "shortcut", "event_callback"}
"""What is told apart: a label of a metric is nothing that anybody outside may choose."""


def _kind(body: Mapping[str, Any]) -> str:
    if "command" in body:
        return "command"
    kind = body.get("type")
    return kind if isinstance(kind, str) and kind in _KINDS else "other"


async def _name_actor(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> None:
    """Every line that is logged from here on says who it was; by now Slack's signature has been checked."""
    user, event = body.get("user"), body.get("event")
    actor = body.get("user_id") or (user.get("id") if isinstance(user, dict) else None)
    actor = actor or (event.get("user") if isinstance(event, dict) else None)
    clear_contextvars()
    response_url.remember(body)
    if actor:
        bind_contextvars(actor=actor)
    await next_()


def _only_of(identity: Identity) -> Callable[..., Awaitable[BoltResponse | None]]:
    """Refuses what is another workspace's, of whatever kind, before any listener sees it."""

    async def refuse(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        if is_ours(body, identity):
            await next_()
            return None
        log.warning("slack.foreign_workspace", kind=_kind(body))
        # Nobody waits for the answer to an event, and Slack would send one that is refused three times more.
        return BoltResponse(status=200 if _kind(body) == "event_callback" else 403, body="")

    return refuse


def _is_news(record: logging.LogRecord) -> bool:
    """Bolt warns that it will not use the token in the environment; with `authorize` that is just what is meant."""
    return "SLACK_BOT_TOKEN" not in record.getMessage() and "`token` will be unused" not in record.getMessage()
