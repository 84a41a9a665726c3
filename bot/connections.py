"""The connections to our port: how many there may be, and how long one may take to say what it wants.

aiohttp has no limit on connections, nor on the time that a request takes to arrive. A stranger who opens ten thousand
and says nothing would leave the bot no file descriptor for its own calls of Slack, JD Cloud and the database. So when
room is short, whoever has kept it waiting for longest has to go; what is being answered never has to.
"""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import IntEnum

import structlog
from aiohttp import web

log = structlog.get_logger(__name__)

MOST = 256
"""Connections at most; Slack, through a proxy or not, needs a few."""

SHARE = 4
"""One in so many file descriptors may be a connection to our port (and up to BACKLOG more, until one is closed)."""

BACKLOG = 64
"""Connections that the system holds for us, and that are taken at once."""


@dataclass(frozen=True)
class Limits:
    """What strangers may have of us."""

    connections: int
    bytes: int = 16 * 1024 * 1024  # of requests that are still arriving, all together
    arrives_within: float = 10.0  # seconds for a whole request, from its first byte or the connection's beginning
    idle: float = 75.0  # seconds between two requests: longer than proxies keep a connection (nginx: 60)

    @classmethod
    def of_this_process(cls) -> "Limits":
        """With as many connections as leave descriptors for everything else (`ulimit -n`)."""
        descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return cls(MOST if descriptors == resource.RLIM_INFINITY else max(8, min(MOST, descriptors // SHARE)))


class State(IntEnum):
    """What a connection is at; the lower, the sooner it has to go."""

    IDLE = 0
    ARRIVING = 1
    ANSWERED = 2  # the request is there, and the bot is at it


class Connections:
    """Those that are open. What a transport is at is told by whoever handles its requests."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._open: dict[asyncio.BaseTransport, _Connection] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._open)

    def tell(self, transport: asyncio.BaseTransport | None, state: State) -> None:
        """A request is arriving, is there, or has been answered."""
        if transport is not None and (connection := self._open.get(transport)):
            connection.enter(state)

    def opened(self, transport: asyncio.BaseTransport, connection: "_Connection") -> None:
        """There is one more."""
        self._open[transport] = connection
        connection.enter(State.ARRIVING)
        while len(self._open) > self.limits.connections:
            waiting = [one for one in self._open.values() if one.state is not State.ANSWERED]
            min(waiting, key=lambda one: (one.state, one.since), default=connection).close("no room")

    def received(self, count: int) -> None:
        """So many bytes more have to be kept (or less)."""
        self._bytes += count
        while self._bytes > self.limits.bytes:
            arriving = [one for one in self._open.values() if one.state is State.ARRIVING and one.bytes]
            if not arriving:
                return
            min(arriving, key=lambda one: one.since).close("too many bytes")

    def closed(self, transport: asyncio.BaseTransport) -> None:
        """There is one less."""
        self._open.pop(transport, None)


class _Connection(asyncio.Protocol):
    """Stands between the transport and aiohttp's protocol, and passes everything on."""

    def __init__(self, handler: asyncio.Protocol, connections: Connections) -> None:
        self.state, self.since, self.bytes = State.ARRIVING, 0.0, 0
        self._handler = handler
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._late: asyncio.TimerHandle | None = None

    def enter(self, state: State) -> None:
        """Is at something else from here on; a request that begins to arrive has its time."""
        if state is State.ARRIVING and self._late:
            return
        loop = asyncio.get_running_loop()
        self.state, self.since = state, loop.time()
        if self._late:
            self._late.cancel()
            self._late = None
        if state is State.ARRIVING:
            self._late = loop.call_later(self._connections.limits.arrives_within, self.close, "too slow")
        else:
            self._connections.received(-self.bytes)
            self.bytes = 0

    def close(self, reason: str) -> None:
        """At once: what is still to be sent or read is nobody's."""
        if self._transport:
            log.debug("http.closed", reason=reason, state=self.state.name.lower())
            self._forget()
            self._transport.abort()

    def _forget(self) -> None:
        self.enter(State.IDLE)
        if self._transport:
            self._connections.closed(self._transport)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._handler.connection_made(transport)
        self._connections.opened(transport, self)

    def data_received(self, data: bytes) -> None:
        if self.state is State.IDLE:
            self.enter(State.ARRIVING)
        self.bytes += len(data)
        self._connections.received(len(data))
        self._handler.data_received(data)

    def eof_received(self) -> bool | None:
        return self._handler.eof_received()

    def pause_writing(self) -> None:
        self._handler.pause_writing()

    def resume_writing(self) -> None:
        self._handler.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        self._handler.connection_lost(exc)


@asynccontextmanager
async def listening(
    application: web.Application, connections: Connections, *, host: str, port: int
) -> AsyncIterator[list[str]]:
    """Serves an application for as long as the block lasts; gives the addresses, as `host:port`.

    Raises:
        OSError: the address cannot be used.
    """
    runner = web.AppRunner(
        application,
        access_log=None,
        shutdown_timeout=3,
        keepalive_timeout=connections.limits.idle,
        lingering_time=2,  # seconds to go on reading from a sender who has been answered already
        auto_decompress=False,  # Slack compresses nothing, and a small body must not become a large one
    )
    await runner.setup()
    handle = runner.server
    assert handle
    try:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(handle(), connections), host, port, backlog=BACKLOG)
        try:
            yield [f"{name[0]}:{name[1]}" for name in (one.getsockname() for one in server.sockets)]
        finally:
            server.close()
    finally:
        await runner.cleanup()
