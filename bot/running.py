"""Runs the bot that `wiring` has built: from its start, which may be given up, to its end, which nothing outlasts."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import structlog

from bot import metrics
from bot.clients import connect, names_token
from bot.connections import listening
from bot.domain.errors import Fault
from bot.probes import Watch
from bot.reload import Reload
from bot.service.count import Counting
from bot.service.ports import Clock
from bot.settings import Settings
from bot.slack.people import GROUPS_RETRY, People
from bot.store import StoreFault
from bot.wiring import Bot, build

log = structlog.get_logger(__name__)

STOP_WITHIN = 8.0
"""Seconds that what is in hand has to end in after SIGTERM (platforms kill after 10 to 30)."""


async def run(
    settings: Settings,
    *,
    serve: bool,
    work: bool,
    stop: asyncio.Event,
    reread: asyncio.Event | None = None,
    on_ready: Callable[[Sequence[str]], None] = lambda _: None,
    clock: Clock = time.time,
    steady: Clock = time.monotonic,
) -> None:
    """Runs the bot until `stop`: as a web server, as a worker, or as both in one process.

    On `stop` it takes no more work, finishes what is in hand, and gives its leases back, all within 10 s; before it
    can serve it has nothing in hand, and whatever it waits for is given up. At `reread` it reads the policy file again.
    `on_ready` is told the addresses it listens at, as `host:port`, once it can serve.

    Raises:
        PolicyError: the policy file has mistakes.
        Fault: a setting is missing, Slack does not take a token, the database cannot be used, or its schema is newer
            than the code.
    """
    async with _given_up_on(stop) as begun:

        def ready(addresses: Sequence[str]) -> None:
            begun()
            log.info("bot.ready", addresses=addresses, worker=work)
            on_ready(addresses)

        async with (
            connect(settings, clock=clock, steady=steady) as clients,
            build(settings, clients, serve=serve, work=work) as bot,
        ):
            if bot.socket:
                with names_token("SLACK_APP_TOKEN"):
                    await bot.socket.prepare()
            serving = _served(bot, settings.host, settings.port if serve else settings.worker_port, ready)
            await attend(bot, serving=serving, stop=stop, reread=reread)
    log.info("bot.stopped")


@asynccontextmanager
async def _given_up_on(stop: asyncio.Event) -> AsyncIterator[Callable[[], None]]:
    """Ends the block at `stop`, whatever it waits for, until what is given here is called: then it ends by itself.

    So no wait of the start has to know of `stop`: Slack, the database, a port, or what is added one day.
    """
    block = asyncio.timeout(None)

    async def give_up() -> None:
        await stop.wait()
        block.reschedule(asyncio.get_running_loop().time())

    def begun() -> None:
        waiting.cancel()

    try:
        async with block:
            waiting = asyncio.create_task(give_up(), name="stop")
            try:
                yield begun
            finally:
                waiting.cancel()
    except TimeoutError:
        if not block.expired():
            raise
        log.info("bot.start_given_up")


async def attend(
    bot: Bot,
    *,
    serving: AbstractAsyncContextManager[None],
    stop: asyncio.Event,
    reread: asyncio.Event | None = None,
) -> None:
    """What the bot does by itself until `stop`; then it serves no more and finishes what is in hand."""
    async with AsyncExitStack() as serves:
        await serves.enter_async_context(serving)
        async with asyncio.TaskGroup() as group:
            refreshing = group.create_task(_refresh(bot.people, bot.counting, bot.refresh_in), name="people")
            drawing = group.create_task(bot.homes.keep_fresh(), name="homes")
            reading = group.create_task(_reload(bot.reload, reread or asyncio.Event()), name="policy")
            working = group.create_task(bot.worker.run(stop), name="worker") if bot.worker else None
            await stop.wait()
            await serves.aclose()
            refreshing.cancel()
            drawing.cancel()
            reading.cancel()
            await bot.tasks.drain(seconds=3)
            if working and not working.done():
                await asyncio.wait([working], timeout=STOP_WITHIN)
                working.cancel()


@asynccontextmanager
async def _served(
    bot: Bot, host: str, port: int | None, on_ready: Callable[[Sequence[str]], None]
) -> AsyncIterator[None]:
    """Listens for as long as the block lasts, and tells the addresses; without a port nowhere.

    Raises:
        Fault: the address cannot be used.
    """
    if port is None:
        on_ready([])
        yield
        return
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_watched(bot.watch))
        try:
            addresses = await stack.enter_async_context(listening(bot.web, bot.connections, host=host, port=port))
        except OSError as error:
            raise Fault(f"HOST {host} and port {port} cannot be used: {error.strerror}") from error
        if bot.socket:
            await stack.enter_async_context(bot.socket.connected())
        on_ready(addresses)
        yield


@asynccontextmanager
async def _watched(watch: Watch) -> AsyncIterator[None]:
    watching = asyncio.create_task(watch.run(), name="watch")
    try:
        yield
    finally:
        watching.cancel()


async def _refresh(people: People, counting: Counting, pause: float) -> None:
    """Looks at the user groups again and again, whatever comes of a look, and counts what may have changed by it."""
    while True:
        try:
            await counting.recount()
            await asyncio.sleep(pause)
            pause = GROUPS_RETRY  # unless it is told
            pause = await people.refresh()
            await people.meet_approvers()
        except StoreFault as fault:  # it may be back in a moment
            log.warning("people.store_unavailable", error=str(fault))
            await asyncio.sleep(GROUPS_RETRY)
        except Exception:  # whatever it is, who approves is looked up again
            metrics.FAULTS.labels("people").inc()
            log.exception("people.fault")
            await asyncio.sleep(GROUPS_RETRY)


async def _reload(reload: Reload, reread: asyncio.Event) -> None:
    """Reads the policy file again whenever that is asked for."""
    while True:
        await reread.wait()
        reread.clear()
        try:
            await reload.reload()
        except StoreFault as fault:  # what waits is counted again later on
            log.warning("policy.store_unavailable", error=str(fault))
        except Exception:  # whatever it is, the file can be read once more
            metrics.FAULTS.labels("policy").inc()
            log.exception("policy.fault")
