"""Socket Mode: what people do reaches the app through a WebSocket that the app opened (Slack: using Socket Mode)."""

import asyncio
import json
from collections.abc import Callable
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from bot.demo.slack.refusals import Json
from bot.demo.slack.requests import EVENT, Answer, read_answer
from bot.demo.slack.workspace import Workspace

MOST_CONNECTIONS = 10
"""Slack: an app may have up to 10 connections, and each payload goes to any one of them."""


class Sockets:
    """The app's open connections, and a way to bring requests to it through any one of them.

    Args:
        workspace: what issues and takes the addresses.
        patience: seconds of real time that the app may take (Slack: 3).
        new_id: makes an id of so many characters.
    """

    def __init__(self, workspace: Workspace, patience: float, new_id: Callable[[int], str]) -> None:
        self.repeats = 0  # how many of the next envelopes are delivered twice
        self.deaf = False  # whether new connections hear nothing, and are not even answered a ping
        self.farewell = ""  # the reason with which new connections are told to go as soon as they are greeted
        self.opened = 0  # connections so far
        self._workspace = workspace
        self._patience = patience
        self._new_id = new_id
        self._open: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._turns = count()

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._open)

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """The app opens a connection at an address that `apps.connections.open` gave it, good for once."""
        if not self._workspace.socket_links.redeem(request.query.get("ticket", "")):
            return web.Response(status=403, text="the ticket is not good")
        if len(self._open) >= MOST_CONNECTIONS:
            return web.Response(status=429, text="too_many_websockets")
        connection = web.WebSocketResponse(autoping=not self.deaf)
        await connection.prepare(request)
        self.opened += 1
        if not self.deaf:
            await connection.send_json(self._hello())
        if self.farewell:
            await connection.send_json(_disconnect(self.farewell))
        self._open.append(connection)
        self._workspace.changes.tell("socket", self.opened)
        try:
            async for message in connection:
                if message.type is WSMsgType.TEXT and not self.deaf:
                    self._answered(json.loads(message.data))
        finally:
            self._open.remove(connection)
            self._workspace.changes.tell("socket", self.opened)
        return connection

    async def deliver(self, kind: str, payload: Json) -> Answer:
        """Sends an envelope of a kind (`slash_commands`, `interactive`, `events_api`) and waits for its answer."""
        if not self._open:
            return Answer(error="dispatch_failed")
        connection = self._open[next(self._turns) % len(self._open)]
        envelope: Json = {
            "envelope_id": self._new_id(32),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != EVENT,
        }
        if kind == EVENT:
            envelope |= {"retry_attempt": 0, "retry_reason": ""}
        times = 2 if self.repeats else 1
        self.repeats = max(0, self.repeats - 1)
        return await self._ask(connection, envelope, times)

    async def refresh(self) -> None:
        """Slack is about to take the connections down, and says so."""
        for connection in tuple(self._open):
            await connection.send_json(_disconnect("refresh_requested"))

    def cut(self) -> None:
        """The connections break without a word."""
        for connection in tuple(self._open):
            transport = connection._req.transport if connection._req else None  # noqa: SLF001 # no other way to break it
            if transport:
                transport.abort()

    async def _ask(self, connection: web.WebSocketResponse, envelope: Json, times: int) -> Answer:
        waiting = self._waiting[envelope["envelope_id"]] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._patience):
                for _ in range(times):
                    await connection.send_json(envelope)
                answered: Any = (await waiting).get("payload")
        except TimeoutError:
            return Answer(error="operation_timeout")
        except ConnectionError:
            return Answer(error="dispatch_failed")
        finally:
            del self._waiting[envelope["envelope_id"]]
        return read_answer(200, json.dumps(answered) if answered else "")

    def _answered(self, answer: Json) -> None:
        waiting = self._waiting.get(str(answer.get("envelope_id")))
        if waiting and not waiting.done():
            waiting.set_result(answer)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open) + 1,
            "debug_info": {"host": "applink-demo", "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._workspace.app.id},
        }


def _disconnect(reason: str) -> Json:
    """Slack: `warning` some seconds before it cuts, `refresh_requested`, `link_disabled`, `too_many_websockets`."""
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-demo"}}
