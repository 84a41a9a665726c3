"""Socket Mode: Slack's requests come through a WebSocket that the bot opens, so that it needs no public address.

Slack's SDK keeps the connection: it pings, and it opens a new one when Slack asks for that. Here is what it leaves
open: a watch on what is heard, a fresh start where the SDK does not find its way back, and envelopes that come twice.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.answers import SocketAddress
from bot.slack.web_api import SlackError, Unavailable, ask

log = structlog.get_logger(__name__)

PING = 10.0
"""Seconds between pings, each of which Slack answers."""

SILENT = 45.0
"""Seconds without anything heard, answers to pings included, after which a connection is given up."""

MENDING = 30.0
"""Seconds that the SDK has to open a connection anew before it is replaced."""

REMEMBERED = 1000
"""Envelopes whose answers are kept, for the case that one comes again (Slack: retries within minutes)."""

FINISHING = 3.0
"""Seconds for envelopes that are being answered when the bot stops."""

LONGEST_PAUSE = 30.0
"""Seconds between attempts to connect, at most."""


class Socket:
    """The bot's end of Socket Mode.

    Args:
        app: takes the requests, as it does over HTTP.
        client: asks Slack where to connect to.
        app_token: Slack's app-level token.
        ping: seconds between pings.
        silent: seconds without anything heard after which a connection is given up.
        mending: seconds that the SDK has to open a connection anew.
    """

    def __init__(
        self,
        *,
        app: AsyncApp,
        client: AsyncWebClient,
        app_token: str,
        ping: float = PING,
        silent: float = SILENT,
        mending: float = MENDING,
    ) -> None:
        self._app = app
        self._client = client
        self._app_token = app_token
        self._ping, self._silent, self._mending = ping, silent, mending
        self._prepared = ""
        self._connection: _Connection | None = None
        self._answers: OrderedDict[str, asyncio.Task[BoltResponse]] = OrderedDict()
        self._down_since: float | None = time.monotonic()
        self._greeted = asyncio.Event()
        self._in_hand: set[asyncio.Task[None]] = set()

    async def probe(self) -> str:
        """`ok` while requests come through, or since when they do not."""
        if self._connection and await self._connection.works(self._silent):
            return "ok"
        since = self._down_since if self._down_since is not None else time.monotonic()
        return f"no connection to Slack for {time.monotonic() - since:.0f} s"

    async def prepare(self) -> None:
        """Learns where to connect to first, with all the patience it takes.

        Raises:
            SlackError: Slack does not accept the app-level token.
        """
        pause = 1.0
        while True:
            try:
                self._prepared = await self._address()
            except Unavailable as error:
                log.warning("slack.not_answering", code=error.code, seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                return

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
        """One connection after the other, each for as long as it works."""
        pause = 1.0
        while True:
            try:
                async with self._opened() as connection:
                    self._connection = connection
                    if await self._watch(connection):
                        pause = 1.0
            except (SlackError, aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("socket.not_connected", error=f"{type(error).__name__}: {error}", seconds=pause)
            finally:
                self._connection = None
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _watch(self, connection: "_Connection") -> bool:
        """Returns when the SDK has not mended the connection in its time: whether it ever worked."""
        worked = False
        while True:
            if await connection.works(self._silent):
                if self._down_since is not None:
                    log.info("socket.connected", after_seconds=round(time.monotonic() - self._down_since, 1))
                self._down_since, worked = None, True
                self._greeted.set()
            elif self._down_since is None:
                self._down_since = time.monotonic()
                log.warning("socket.silent")
            elif time.monotonic() - max(self._down_since, connection.opened_at) > self._mending:
                log.warning("socket.replaced")
                return worked
            await connection.something_heard(within=min(1.0, self._ping))

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator["_Connection"]:
        # The SDK would try an address that has been used up again and again.
        address, self._prepared = self._prepared or await self._address(), ""
        sdk = SocketModeClient(
            app_token=self._app_token,
            web_client=self._client,
            ping_interval=self._ping,
            logger=logging.getLogger("slack_sdk.socket_mode"),
        )
        sdk.wss_uri = address
        connection = _Connection(sdk)
        sdk.socket_mode_request_listeners.append(self._take)
        try:
            async with asyncio.timeout(self._mending):
                await sdk.connect()  # type: ignore[no-untyped-call] # the SDK's
            yield connection
        finally:
            await sdk.close()  # type: ignore[no-untyped-call] # the SDK's

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
        await send_async_response(sdk, request, await asyncio.shield(answer), started)


class _Connection:
    """What has been heard through the SDK's connection."""

    def __init__(self, sdk: SocketModeClient) -> None:
        self.opened_at = time.monotonic()
        self._sdk = sdk
        self._greeted_on: object = None  # the SDK opens one socket after the other; each is greeted
        self._heard_at = self.opened_at
        self._pong: float | None = None
        self._news = asyncio.Event()
        sdk.message_listeners.append(self._hear)

    async def works(self, silent: float) -> bool:
        """Whether Slack has greeted, and has been heard within so many seconds."""
        if self._sdk.last_ping_pong_time != self._pong:
            self._pong, self._heard_at = self._sdk.last_ping_pong_time, time.monotonic()
        greeted = self._sdk.current_session is not None and self._sdk.current_session is self._greeted_on
        return greeted and await self._sdk.is_connected() and time.monotonic() - self._heard_at < silent

    async def something_heard(self, *, within: float) -> None:
        """Waits for a message, but not for long."""
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._news.wait()

    async def _hear(self, _sdk: AsyncBaseSocketModeClient, message: dict[str, Any], _raw: str | None) -> None:
        self._heard_at = time.monotonic()
        if message.get("type") == "hello":
            self._greeted_on = self._sdk.current_session
        self._news.set()
