"""Making calls of JD Cloud: few at a time, within their time, and again where that may help."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import httpx
import stamina
import structlog

from bot import metrics
from bot.circuit import Circuits
from bot.http_date import seconds_of
from bot.jdcloud.call import Call
from bot.jdcloud.classify import LOST, STATUSES, classify_loss
from bot.jdcloud.envelope import Result
from bot.jdcloud.errors import (
    CloudError,
    IncompleteAnswer,
    InternalError,
    NeverSent,
    NotAnswered,
    RateLimited,
    ServiceUnavailable,
)
from bot.jdcloud.reply import read

__all__ = ["Caller"]

log = structlog.get_logger(__name__)

_CONNECTIONS = 100
_CALLS_AT_ONCE = 16
"""To one service in one region, so that one that is slow holds up no other. A listing takes most of them at once, and
leaves some to whoever waits for one thing.
"""
_LARGEST_ANSWER = 8 * 2**20
"""Bytes. A page of a hundred instances with all their disks is well below one MiB."""

_ATTEMPTS = 4
_FAILING = (NeverSent, NotAnswered, InternalError, ServiceUnavailable, RateLimited)
"""What an upstream that answers does not say."""
_WORTH_REPEATING = (*_FAILING, IncompleteAnswer)

Shape = TypeVar("Shape", bound=Result)
Value = TypeVar("Value")


class Caller:
    """Makes calls over one pool of connections.

    Args:
        timeout: seconds for one whole call; for a read with all its attempts.
        clock: unix seconds, to which a Retry-After that is a date is held.
        transport: what carries the requests; httpx's own when there is none.
        regions: those that metrics tell apart; None: all.
    """

    def __init__(
        self,
        *,
        timeout: float,
        clock: Callable[[], float],
        transport: httpx.AsyncBaseTransport | None,
        regions: Collection[str] | None = None,
    ) -> None:
        self._regions = regions
        self._timeout = timeout
        self._clock = clock
        self.circuits = Circuits()
        self.clock_ahead: float | None = None
        """Seconds that our clock is ahead of JD Cloud's, as of the last answer; None before there was one."""
        self._turns = asyncio.Lock()
        self._slots: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_CALLS_AT_ONCE))
        self._http = httpx.AsyncClient(
            # Pool, connection and TLS together end before the whole call does. So when the whole call runs out of
            # time the request was being sent, and NotAnswered is the truth.
            timeout=httpx.Timeout(timeout, connect=timeout / 4, pool=timeout / 4),
            limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
            headers={"content-type": "application/json", "accept": "application/json", "user-agent": "createimage-bot"},
            follow_redirects=False,
            transport=transport,
        )

    def _region(self, call: Call) -> str:
        return call.region if self._regions is None else metrics.one_of(self._regions, call.region)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def read(self, call: Call, shape: type[Shape], value: Callable[[Shape], Value]) -> Value:
        """A call that changes nothing: made again when that may help, and while there is time.

        Args:
            call: what is asked.
            shape: of the result.
            value: what is wanted of it; raises `Incomplete` where the result does not tell it.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timeout

        def worth_repeating(error: Exception) -> bool | float:
            if not isinstance(error, _WORTH_REPEATING):
                return False
            if error.retry_after is None:
                return loop.time() < deadline
            return error.retry_after if loop.time() + error.retry_after < deadline else False

        with self._answering(call):
            async for attempt in stamina.retry_context(
                on=worth_repeating,
                attempts=_ATTEMPTS,
                timeout=self._timeout,
                # A small part of the time there is: the waits fit into it together.
                wait_initial=self._timeout / 100,
                wait_max=self._timeout / 10,
                wait_jitter=self._timeout / 50,
            ):
                with attempt:
                    result, _ = await self._attempt(call, shape, value, deadline)
                    return result
        raise AssertionError("stamina ends with a result or an exception")

    async def once(self, call: Call, shape: type[Shape], value: Callable[[Shape], Value]) -> tuple[Value, str]:
        """A call that changes something: sent once, whatever happens. With JD Cloud's id of the call."""
        with self._answering(call):
            return await self._attempt(call, shape, value, asyncio.get_running_loop().time() + self._timeout)

    @contextmanager
    def _answering(self, call: Call) -> Iterator[None]:
        """A call that is not made at all while the upstream is left alone, and counts for or against it."""
        circuit = self.circuits.of(call.upstream)
        if (seconds := circuit.open_for()) > 0:
            raise call.error(NeverSent, message=f"{call.upstream} is not answering", retry_after=seconds)
        begun = circuit.clock()
        try:
            yield
        except _FAILING as error:
            circuit.failed(str(error), begun=begun)
            raise
        except CloudError:
            circuit.succeeded()
            raise
        else:
            circuit.succeeded()

    @asynccontextmanager
    async def _slot(self, call: Call, deadline: float) -> AsyncIterator[None]:
        """One of the few calls at a time. Whoever waits for it in vain has certainly sent nothing."""
        slots = self._slots[call.upstream]
        try:
            async with asyncio.timeout_at(deadline):
                await slots.acquire()
        except TimeoutError as error:
            raise call.error(NeverSent, message="too many calls are waiting for an answer") from error
        try:
            yield
        finally:
            slots.release()

    async def _attempt(
        self, call: Call, shape: type[Shape], value: Callable[[Shape], Value], deadline: float
    ) -> tuple[Value, str]:
        async with self._slot(call, deadline), _noted(call, self._region(call)) as facts:
            await self._turn()
            try:
                async with asyncio.timeout_at(deadline):
                    response, body = await self._exchange(call)
            except tuple(LOST) as lost:
                text = f"{type(lost).__name__}: {lost}".removesuffix(": ")
                raise call.error(classify_loss(lost), message=text) from lost
            facts["http"] = response.status_code
            self._compare_clocks(response.headers.get("date", ""))
            await self._turn()
            result, request_id = read(call, response, body, shape, value, now=self._clock())
            facts["cloud_request_id"] = request_id
            return result, request_id

    async def _turn(self) -> None:
        """One call begins, or one answer is read, in each turn of the event loop: they come by the dozen, each takes a
        millisecond or two, and somebody may be waiting for an answer to a click.
        """
        async with self._turns:
            await asyncio.sleep(0)

    async def _exchange(self, call: Call) -> tuple[httpx.Response, bytes]:
        # The bytes that are signed are the bytes that are sent: never `json=` or `params=`.
        async with self._http.stream(call.method, call.url, content=call.body or None, auth=call.auth) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _LARGEST_ANSWER:
                    raise httpx.DecodingError(f"the answer is larger than {_LARGEST_ANSWER} bytes")
        return response, bytes(body)

    def _compare_clocks(self, date: str) -> None:
        """RFC 9110, 6.6.1: when the answer was made, to the second."""
        if (made := seconds_of(date)) is not None:
            self.clock_ahead = self._clock() - made


@asynccontextmanager
async def _noted(call: Call, region: str) -> AsyncIterator[dict[str, object]]:
    """One line an attempt: never headers or bodies, which hold signatures and people's words.

    Args:
        call: what is asked.
        region: what metrics call its region.
    """
    loop = asyncio.get_running_loop()
    begun, code = loop.time(), "cancelled"
    facts: dict[str, object] = {"http": None, "cloud_request_id": ""}
    try:
        yield facts
        code = "ok"
    except CloudError as error:
        status = error.status.upper()
        code = status if status in STATUSES else type(error).__name__
        facts |= {"http": error.http, "cloud_request_id": error.request_id, "error": type(error).__name__}
        raise
    finally:
        seconds = loop.time() - begun
        metrics.CLOUD_CALLS.labels(call.action, region, code).inc()
        metrics.CLOUD_SECONDS.labels(call.action, region).observe(seconds)
        log.debug("jdcloud.call", action=call.action, region=call.region, ms=round(seconds * 1000), **facts)
