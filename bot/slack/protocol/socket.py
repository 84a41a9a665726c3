"""Socket Mode: Slack's requests come through a WebSocket that the bot opens, so that it needs no public address.

When to connect again is decided here, by a watch on what is heard. Envelopes that come twice are answered once.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.protocol.answers import SocketAddress
from bot.slack.protocol.backoff import Backoff
from bot.slack.protocol.socket_connection import Connection, End, opened
from bot.slack.protocol.web_api import SlackError, ask

log = structlog.get_logger(__name__)

PING = 10.0
"""Seconds between pings, each of which Slack answers."""

SILENT = 45.0
"""Seconds without anything heard, answers to pings included, after which a connection is given up."""

GREETED_WITHIN = 30.0
"""Seconds in which a connection must be open and Slack's greeting there."""

STEADY = 60.0
"""Seconds after which a connection counts as one that works: the next one is opened without much of a pause."""

LEAVING = 10.0
"""Seconds that a connection is kept after the next is there (Slack warns about as long before it takes one down)."""

REMEMBERED = 1000
"""Envelopes whose answers are kept, for the case that one comes again (Slack: retries within minutes)."""

FINISHING = 3.0
"""Seconds for envelopes that are being answered when the bot stops."""


class Socket:
    """The bot's end of Socket Mode.

    Args:
        app: takes the requests, as it does over HTTP.
        client: asks Slack where to connect to.
        app_token: Slack's app-level token.
        backoff: how long to wait before the next connection.
        ping: seconds between pings.
        silent: seconds without anything heard after which a connection is given up.
        greeted_within: seconds in which a connection must be open and Slack's greeting there.
        steady: seconds after which a connection counts as one that works.
        leaving: seconds that a connection is kept after the next one is there.
        sleep: waits for so many seconds.
    """

    def __init__(
        self,
        *,
        app: AsyncApp,
        client: AsyncWebClient,
        app_token: str,
        backoff: Backoff,
        ping: float = PING,
        silent: float = SILENT,
        greeted_within: float = GREETED_WITHIN,
        steady: float = STEADY,
        leaving: float = LEAVING,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._app = app
        self._client = client
        self._app_token = app_token
        self._ping, self._silent, self._greeted_within, self._steady = ping, silent, greeted_within, steady
        self._leaving = leaving
        self._backoff = backoff
        self._sleep = sleep
        self._prepared = ""
        self._connection: Connection | None = None
        self._answers: OrderedDict[str, asyncio.Task[BoltResponse]] = OrderedDict()
        self._down_since: float | None = time.monotonic()
        self._greeted = asyncio.Event()
        self._in_hand: set[asyncio.Task[None]] = set()

    async def probe(self) -> str:
        """`ok` while requests come through, or since when they do not."""
        if self._connection and await self._connection.works(self._silent):
            return "ok"
        return f"no connection to Slack for {time.monotonic() - self._down():.0f} s"

    async def prepare(self) -> None:
        """Learns where to connect to first, with all the patience it takes.

        Raises:
            SlackError: Slack does not accept the app-level token.
        """
        self._prepared = await self._backoff.until_answered(self._address)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Takes requests for as long as the block lasts, from Slack's first greeting on."""
        keeping = asyncio.create_task(self._keep(), name="socket")
        try:
            await self._greeted.wait()
            yield
        finally:
            if self._in_hand:
                await asyncio.wait(self._in_hand, timeout=FINISHING)
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    async def _keep(self) -> None:
        """One connection after the other, each but the first after a pause."""
        async with AsyncExitStack() as held, asyncio.TaskGroup() as leaving:
            while True:
                opened_at = time.monotonic()
                try:
                    async with AsyncExitStack() as opening:
                        connection = await opening.enter_async_context(await self._next())
                        leaving.create_task(self._leave(held.pop_all()), name="leaving")
                        held.push_async_callback(opening.pop_all().aclose)
                        self._connection = connection
                    end = await self._watch(connection)
                    reason = connection.farewell or end
                    if end is not End.ANNOUNCED:
                        self._down()
                        await held.aclose()
                except (SlackError, aiohttp.ClientError, TimeoutError, OSError) as error:
                    reason = f"{type(error).__name__}: {error}"
                except Exception as error:  # whatever it is, requests must come through again
                    log.critical("socket.fault", exc_info=True)
                    reason = type(error).__name__
                if time.monotonic() - opened_at > self._steady:
                    self._backoff.reset()
                pause = self._backoff.next()
                log.warning("socket.ended", reason=reason, seconds=round(pause, 1))
                await self._sleep(pause)

    async def _leave(self, last: AsyncExitStack) -> None:
        """Slack may go on sending through a connection whose end it has announced, until it takes it down."""
        async with last:
            await asyncio.sleep(self._leaving)

    def _down(self) -> float:
        """Since when nothing comes through."""
        if self._down_since is None:
            self._down_since = time.monotonic()
        return self._down_since

    async def _watch(self, connection: Connection) -> End:
        """Returns when the connection is no longer good, and why."""
        while True:
            if await connection.works(self._silent):
                if self._down_since is not None:
                    log.info("socket.connected", after_seconds=round(time.monotonic() - self._down_since, 1))
                self._down_since = None
                self._greeted.set()
            if end := await connection.end(self._silent, self._greeted_within):
                return end
            await connection.something_heard(within=min(1.0, self._ping))

    async def _next(self) -> AbstractAsyncContextManager[Connection]:
        address, self._prepared = self._prepared or await self._address(), ""  # it is good for once
        return opened(
            address,
            app_token=self._app_token,
            client=self._client,
            ping=self._ping,
            within=self._greeted_within,
            take=self._take,
        )

    async def _address(self) -> str:
        """Where to connect to, good for once (Slack: apps.connections.open)."""
        return (await ask(self._client.apps_connections_open(app_token=self._app_token), SocketAddress)).url

    async def _take(self, sdk: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Answers an envelope in a task of its own, which the end waits for."""
        task = asyncio.create_task(self._answer(sdk, request), name="envelope")
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)
        await task

    async def _answer(self, sdk: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Works once on an envelope that comes twice, and answers the same both times."""
        started = time.time()
        answer = self._answers.get(request.envelope_id)
        if answer is None:
            answer = asyncio.create_task(run_async_bolt_app(self._app, request), name="dispatch")
            self._answers[request.envelope_id] = answer
            while len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        else:
            log.info("socket.repeated", envelope_id=request.envelope_id)
        response = await asyncio.shield(answer)
        try:
            await send_async_response(sdk, request, response, started)
        except ConnectionError:  # Slack sends it again, through the next connection
            log.warning("socket.answer_not_sent", envelope_id=request.envelope_id)
