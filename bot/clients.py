"""What the bot touches of the world: its database, JD Cloud and Slack, connected as the settings say."""

import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Fault
from bot.domain.rule import Ruleset
from bot.ids import Ids
from bot.jdcloud import JDCloud
from bot.service.ports import Clock
from bot.settings import DatabaseSettings, Settings
from bot.slack.people import People
from bot.slack.protocol.identity import identify
from bot.slack.protocol.proxy import UNREAD, check_proxies, proxy_for
from bot.slack.protocol.web_api import CountingClient, SlackError, Unavailable
from bot.store import Database, SQLite

SLACK_TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
"""Seconds for one call of Slack's Web API."""

SOON = 5
"""Seconds that a read waits by itself when Slack says 429."""


@dataclass(frozen=True, kw_only=True)
class Clients:
    """What the bot touches of the world, so that a test may own all of it."""

    database: Database
    cloud: JDCloud
    reader: AsyncWebClient  # of what may be asked again
    writer: AsyncWebClient  # of what may not: a repeated post posts twice
    clock: Clock
    steady: Clock = time.monotonic  # seconds of a clock that nobody sets: only differences count
    ids: Ids


@asynccontextmanager
async def connect(
    settings: Settings, *, clock: Clock = time.time, steady: Clock = time.monotonic, make_database: bool = True
) -> AsyncIterator[Clients]:
    """The world as the settings name it; connections are closed in the end.

    Args:
        settings: what to touch, and with which keys.
        clock: unix seconds.
        steady: seconds of a clock that nobody sets.
        make_database: whether an SQLite file that is not there is made.

    Raises:
        Fault: the environment names a proxy that cannot be used, or the database needs a package that is not installed.
    """
    check_proxies()
    ids = Ids()
    async with (
        _cloud(settings, clock, ids) as cloud,
        aiohttp.ClientSession(timeout=SLACK_TIMEOUT) as session,
    ):
        reader, writer = slack_clients(settings, session)
        yield Clients(
            database=open_database(settings, clock, make=make_database),
            cloud=cloud,
            reader=reader,
            writer=writer,
            clock=clock,
            steady=steady,
            ids=ids,
        )


@contextmanager
def names_token(variable: str) -> Iterator[None]:
    """What is asked here shows whether Slack takes the token that this variable holds.

    Raises:
        Fault: Slack does not take it.
        SlackError: Slack does not answer.
    """
    try:
        yield
    except Unavailable:
        raise
    except SlackError as error:
        raise Fault(
            f"Slack does not take {variable} (it answered {error.code}): `python -m bot check` says more"
        ) from error


@asynccontextmanager
async def who_is_who(clients: Clients, rules: Ruleset) -> AsyncIterator[People]:
    """The directory of the workspace, for as long as the block lasts; nobody is looked up yet.

    Raises:
        Fault: Slack does not take the token.
        SlackError: Slack does not answer.
    """
    with names_token("SLACK_BOT_TOKEN"):
        identity = await identify(clients.reader)
    people = People(
        clients.reader,
        team=identity.team_id,
        enterprise=identity.enterprise_id,
        rules=lambda: rules,
        clock=clients.steady,
    )
    try:
        yield people
    finally:
        await people.close()


def open_database(settings: DatabaseSettings, clock: Clock = time.time, *, make: bool = True) -> Database:
    """The engine that DATABASE_URL names; nothing is connected yet.

    Args:
        settings: DATABASE_URL among them.
        clock: unix seconds.
        make: whether an SQLite file that is not there is made.

    Raises:
        Fault: it needs a package that is not installed.
    """
    if settings.database_path is not None:
        return SQLite(settings.database_path, clock=clock, make=make)
    try:
        from bot.store.postgres import Postgres  # noqa: PLC0415 # an extra: SQLite needs no psycopg
    except ImportError as error:
        raise Fault("DATABASE_URL names PostgreSQL, which needs the extra: pip install '.[postgres]'") from error
    return Postgres(settings.database_url.get_secret_value())


def _cloud(settings: Settings, clock: Clock, ids: Ids) -> JDCloud:
    token = settings.jdcloud_session_token
    return JDCloud(
        access_key=settings.jdcloud_access_key.get_secret_value(),
        secret_key=settings.jdcloud_secret_key.get_secret_value(),
        session_token=token.get_secret_value() if token else None,
        vm_endpoint=settings.jdcloud_vm_endpoint,
        disk_endpoint=settings.jdcloud_disk_endpoint,
        timeout=settings.jdcloud_timeout,
        clock=clock,
        new_nonce=ids.nonce,
        regions=settings.jdcloud_regions,
    )


class _SoonAgain(AsyncRateLimitErrorRetryHandler):
    """Asks again where Slack says that this is soon; a longer pause is the caller's, who has other things to do."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002 # the SDK's
        request: HttpRequest,  # noqa: ARG002 # likewise
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 # likewise
    ) -> bool:
        if response is None or response.status_code != 429:
            return False
        told = next((values[0] for name, values in response.headers.items() if name.lower() == "retry-after"), "")
        return told.isascii() and told.isdigit() and len(told) < 3 and int(told) <= SOON


def slack_clients(settings: Settings, session: aiohttp.ClientSession) -> tuple[AsyncWebClient, AsyncWebClient]:
    """One client for reads, which are retried, and one for writes, which are not: a repeated post posts twice."""
    token, root = settings.slack_bot_token.get_secret_value(), settings.slack_api_url
    retries = [
        AsyncConnectionErrorRetryHandler(max_retry_count=2),
        _SoonAgain(max_retry_count=2),
        AsyncServerErrorRetryHandler(max_retry_count=2),
    ]
    logger = _sdk_logger()
    reader = CountingClient(
        token=token, base_url=root, session=session, retry_handlers=retries, proxy=UNREAD, logger=logger
    )
    writer = CountingClient(token=token, base_url=root, session=session, retry_handlers=[], proxy=UNREAD, logger=logger)
    reader.proxy = writer.proxy = proxy_for(root)
    return reader, writer


def _sdk_logger() -> logging.Logger:
    """The SDK's own, with a level: of one that has its level from above, the SDK takes it that it logs at `debug`, and
    puts each call with its answer into words, which nobody reads.
    """
    logger = logging.getLogger("slack_sdk.web.async_base_client")
    logger.setLevel(logging.NOTSET)  # as it may be another one now than it was
    logger.setLevel(logger.getEffectiveLevel())
    return logger
