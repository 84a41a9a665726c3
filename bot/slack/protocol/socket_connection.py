"""One connection of Socket Mode: opened at an address that is good for once, with what is heard through it.

Slack's SDK speaks the protocol and pings. It would also connect again by itself, at once and whatever Slack's reason
was: that is kept from it here.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Any

import aiohttp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.protocol.proxy import UNREAD, proxy_for

CLOSED_WITHIN = 1.0
"""Seconds for a goodbye; a far end that is silent does not answer it (aiohttp waits for ten)."""

Take = Callable[[AsyncBaseSocketModeClient, SocketModeRequest], Awaitable[None]]
"""Takes an envelope, and answers it through the client that it came by."""


class End(StrEnum):
    """Why a connection is no longer good."""

    ANNOUNCED = "announced"  # Slack is about to take it down, and still sends through it
    TOO_MANY = "too_many_websockets"  # Slack: an app may have 10; this one has to go before another comes
    CLOSED = "closed"
    SILENT = "silent"


@asynccontextmanager
async def opened(
    address: str, *, app_token: str, client: AsyncWebClient, ping: float, within: float, take: Take
) -> AsyncIterator["Connection"]:
    """A connection, for as long as the block lasts.

    Args:
        address: of apps.connections.open.
        app_token: Slack's app-level token.
        client: the SDK wants one.
        ping: seconds between pings.
        within: seconds in which it must be open.
        take: is called with each envelope.

    Raises:
        TimeoutError: it is not open in time.
        aiohttp.ClientError: it cannot be opened.
    """
    sdk = _Client(
        app_token=app_token,
        web_client=client,
        ping_interval=ping,
        logger=logging.getLogger("slack_sdk.socket_mode"),
        proxy=UNREAD,
    )
    sdk.wss_uri, sdk.proxy = address, proxy_for(address)
    connection = Connection(sdk)
    sdk.socket_mode_request_listeners.append(take)
    try:
        async with asyncio.timeout(within):
            await sdk.connect()  # type: ignore[no-untyped-call] # the SDK's
        yield connection
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSED_WITHIN):
                await sdk.disconnect()  # type: ignore[no-untyped-call] # the SDK's
        await sdk.aiohttp_client_session.close()  # from here on nobody's goodbye is waited for
        await sdk.close()  # type: ignore[no-untyped-call] # the SDK's


class _Client(SocketModeClient):
    """Slack's, but for connecting again: all of its ways to that end in this one method. A connection that is over is
    never another one's, so nothing is sent twice either.
    """

    on_end: Callable[[], None] = staticmethod(lambda: None)

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 # the SDK's
        """Tells that this connection is over, instead."""
        self.on_end()

    async def send_message(self, message: str) -> None:
        """Sends it.

        Raises:
            ConnectionError: the connection is over.
        """
        if self.current_session is None:
            raise ConnectionError("there is no connection yet")
        await self.current_session.send_str(message)


class Connection:
    """What has been heard through the SDK's connection."""

    def __init__(self, sdk: _Client) -> None:
        self.farewell = ""  # the reason that Slack gave, if it did
        self._opened_at = time.monotonic()
        self._sdk = sdk
        self._greeted = False
        self._heard_at = self._opened_at
        self._pong: float | None = None
        self._news = asyncio.Event()
        sdk.on_end = self._news.set
        sdk.on_message_listeners.append(self._hear)

    async def works(self, silent: float) -> bool:
        """Whether Slack has greeted, and has been heard within so many seconds."""
        if self._sdk.last_ping_pong_time != self._pong:
            self._pong, self._heard_at = self._sdk.last_ping_pong_time, time.monotonic()
        return self._greeted and await self._sdk.is_connected() and time.monotonic() - self._heard_at < silent

    async def end(self, silent: float, greeted_within: float) -> End | None:
        """Why it is no longer good, if so."""
        if self.farewell:
            return End.TOO_MANY if self.farewell == End.TOO_MANY else End.ANNOUNCED
        if not await self._sdk.is_connected():
            return End.CLOSED
        if self._greeted:
            return None if await self.works(silent) else End.SILENT
        return End.SILENT if time.monotonic() - self._opened_at > greeted_within else None

    async def something_heard(self, *, within: float) -> None:
        """Waits for a message, but not for long."""
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._news.wait()

    async def _hear(self, received: aiohttp.WSMessage) -> None:
        self._heard_at = time.monotonic()
        message = _read(received.data)
        if message.get("type") == "hello":
            self._greeted = True
        elif message.get("type") == "disconnect":
            self.farewell = str(message.get("reason") or "no reason given")
        self._news.set()


def _read(data: object) -> dict[str, Any]:
    try:
        message = json.loads(data) if isinstance(data, str) else None
    except ValueError:
        message = None
    return message if isinstance(message, dict) else {}
