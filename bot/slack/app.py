"""Builds the Bolt app and registers the listeners. It knows nothing of the transport that feeds it."""

import logging
from collections.abc import Iterable
from typing import Protocol

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import Errors
from bot.slack.identity import Identity


class Listeners(Protocol):
    """One surface: what it listens to."""

    def register(self, app: AsyncApp) -> None:
        """Registers its listeners."""
        ...


def build_app(
    *,
    client: AsyncWebClient,
    signing_secret: str | None,
    identity: Identity,
    surfaces: Iterable[Listeners],
    errors: Errors,
) -> AsyncApp:
    """The app, ready to be fed.

    Without a signing secret it must be fed by Socket Mode alone: nobody could tell who signed a request over HTTP.

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
    app = AsyncApp(
        client=client,
        signing_secret=signing_secret,
        authorize=authorize,
        process_before_response=True,
    )
    for surface in surfaces:
        surface.register(app)
    app.error(errors.handle)
    return app


def _is_news(record: logging.LogRecord) -> bool:
    """Bolt warns that it will not use the token in the environment; with `authorize` that is just what is meant."""
    return "SLACK_BOT_TOKEN" not in record.getMessage() and "`token` will be unused" not in record.getMessage()
