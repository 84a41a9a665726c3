"""Builds the whole bot from its settings: the one place where parts meet."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.circuit import Circuit
from bot.domain.errors import Fault
from bot.ids import Ids
from bot.jdcloud import JDCloud
from bot.service.check import Checking
from bot.service.decide import Deciding
from bot.service.disk_form import DiskForms
from bot.service.draft import Drafting
from bot.service.expire import Expiring
from bot.service.launch import Launching
from bot.service.listing import Listing
from bot.service.observe import Observing
from bot.service.ports import Clock
from bot.service.preflight import Preflight
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.approvals import Approvals
from bot.slack.commands import Commands
from bot.slack.delivery import Delivery
from bot.slack.disk_form import DiskFormListeners
from bot.slack.drafting import RequestForm
from bot.slack.errors import Errors
from bot.slack.home import Home
from bot.slack.identity import Identity, identify
from bot.slack.people import People
from bot.slack.posting import Posting
from bot.slack.show import Show
from bot.slack.socket import Socket
from bot.slack.tasks import Tasks
from bot.slack.web_api import CountingClient, Unavailable
from bot.store import Database, SQLite, Store
from bot.web import build_web
from bot.worker import Worker

log = structlog.get_logger(__name__)

SLACK_TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
"""Seconds for one call of Slack's Web API."""

STOP_WITHIN = 8.0
"""Seconds that what is in hand has to end in after SIGTERM (platforms kill after 10 to 30)."""


@dataclass(frozen=True, kw_only=True)
class Bot:
    """The parts that a process runs."""

    web: web.Application
    socket: Socket | None  # Socket Mode, instead of requests over HTTP
    worker: Worker
    tasks: Tasks
    people: People
    refresh_in: float  # seconds until the user groups are looked up again


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What the bot touches of the world, so that a test may own all of it."""

    database: Database
    cloud: JDCloud
    reader: AsyncWebClient  # of what may be asked again
    writer: AsyncWebClient  # of what may not: a repeated post posts twice
    clock: Clock
    ids: Ids


@asynccontextmanager
async def outside(settings: Settings, *, clock: Clock = time.time) -> AsyncIterator[Outside]:
    """The world as the settings name it; connections are closed in the end.

    Raises:
        Fault: the database needs a package that is not installed.
    """
    ids = Ids()
    async with (
        _cloud(settings, clock, ids) as cloud,
        aiohttp.ClientSession(timeout=SLACK_TIMEOUT, trust_env=True) as session,
    ):
        reader, writer = slack_clients(settings, session)
        yield Outside(
            database=open_database(settings, clock), cloud=cloud, reader=reader, writer=writer, clock=clock, ids=ids
        )


@asynccontextmanager
async def build(settings: Settings, world: Outside) -> AsyncIterator[Bot]:
    """The bot, with its database open and Slack's word on who it is; closed again in the end.

    Raises:
        Fault: a setting is missing, the database cannot be used, or its schema is newer than the code.
        SlackError: Slack does not accept the token.
    """
    cloud, reader, writer, clock, ids = world.cloud, world.reader, world.writer, world.clock, world.ids
    async with AsyncExitStack() as stack:
        worker: Worker | None = None

        def wake() -> None:
            if worker is not None:
                worker.wake()

        store = Store(world.database, on_commit=wake)
        await store.open()
        stack.push_async_callback(store.close)
        identity = await _identify(reader)

        people = People(
            reader,
            team=identity.team_id,
            approvers=settings.approvers,
            requesters=settings.requesters,
            quorum=settings.required_approvals,
            allow_self_approval=settings.allow_self_approval,
            clock=clock,
        )
        refresh_in = await people.refresh()
        approval_ttl = settings.approval_ttl.total_seconds()
        regions = settings.jdcloud_regions
        tasks = Tasks()
        instances = Listing(
            name="instances", fetch=cloud.instances, words=lambda i: (i.name, i.id, i.private_ip), clock=clock
        )
        snapshots = Listing(name="snapshots", fetch=cloud.snapshots, words=lambda s: (s.name, s.id), clock=clock)
        stack.push_async_callback(instances.close)
        stack.push_async_callback(snapshots.close)
        disk_forms = DiskForms(store=store)
        drafting = Drafting(store=store, cloud=cloud, regions=regions, clock=clock, new_id=ids.draft)
        deciding = Deciding(store=store, directory=people, approval_ttl=approval_ttl, clock=clock)
        show = Show(client=writer, drafting=drafting, disk_forms=disk_forms, people=people, regions=regions)
        app = build_app(
            client=writer,
            signing_secret=settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else None,
            identity=identity,
            surfaces=(
                Commands(drafting=drafting, instances=instances, people=people, show=show, tasks=tasks),
                RequestForm(drafting=drafting, instances=instances, people=people, show=show, tasks=tasks),
                DiskFormListeners(disk_forms=disk_forms, snapshots=snapshots, people=people, show=show, tasks=tasks),
                Approvals(deciding=deciding, drafting=drafting, people=people, show=show, tasks=tasks),
                Home(store=store, client=writer, people=people, tasks=tasks),
            ),
            errors=Errors(people=people, show=show, tasks=tasks, new_reference=ids.reference),
        )
        slack = Circuit("slack", clock)
        worker = Worker(
            store=store,
            checking=Checking(
                store=store,
                cloud=cloud,
                preflight=Preflight(cloud=cloud),
                directory=people,
                approval_channel=settings.approval_channel,
                approval_ttl=approval_ttl,
                clock=clock,
                new_request_id=ids.request,
            ),
            launching=Launching(store=store, cloud=cloud, grace=settings.launch_grace, clock=clock),
            observing=Observing(store=store, cloud=cloud, interval=settings.poll_interval, clock=clock),
            expiring=Expiring(store=store, clock=clock),
            delivery=Delivery(
                store=store,
                client=writer,
                posting=Posting(client=writer, clock=clock, circuit=slack),
                approvers=settings.approvers,
                regions=regions,
                clock=clock,
            ),
            owner=ids.owner(),
            lease_ttl=settings.lease_ttl,
            clock=clock,
        )

        socket = _socket(settings, app, reader)

        async def probes() -> Mapping[str, str]:
            answers = {"database": await _probe_database(store)}
            return answers | ({"socket": await socket.probe()} if socket else {})

        def neighbours() -> Mapping[str, str]:
            return {"slack": slack.said()} | cloud.said()

        yield Bot(
            web=build_web(None if socket else app, probes, neighbours),
            socket=socket,
            worker=worker,
            tasks=tasks,
            people=people,
            refresh_in=refresh_in,
        )


async def run(
    settings: Settings,
    *,
    serve: bool,
    work: bool,
    stop: asyncio.Event,
    on_ready: Callable[[Sequence[str]], None] = lambda _: None,
    clock: Clock = time.time,
) -> None:
    """Runs the bot until `stop`: as a web server, as a worker, or as both in one process.

    On `stop` it takes no more work, finishes what is in hand, and gives its leases back, all within 10 s.
    `on_ready` is told the addresses it listens at, as `host:port`, once it can serve.
    """

    def ready(addresses: Sequence[str]) -> None:
        log.info("bot.ready", addresses=addresses, worker=work)
        on_ready(addresses)

    async with outside(settings, clock=clock) as world, build(settings, world) as bot:
        if serve and bot.socket:
            await bot.socket.prepare()
        serving = _served(bot if serve else None, settings, ready)
        await attend(bot, serving=serving, work=work, stop=stop)
    log.info("bot.stopped")


async def attend(bot: Bot, *, serving: AbstractAsyncContextManager[None], work: bool, stop: asyncio.Event) -> None:
    """What the bot does by itself until `stop`; then it serves no more and finishes what is in hand."""
    async with AsyncExitStack() as serves:
        await serves.enter_async_context(serving)
        async with asyncio.TaskGroup() as group:
            refreshing = group.create_task(_refresh(bot.people, bot.refresh_in), name="people")
            working = group.create_task(bot.worker.run(stop), name="worker") if work else None
            await stop.wait()
            await serves.aclose()
            refreshing.cancel()
            await bot.tasks.drain(seconds=3)
            if working and not working.done():
                await asyncio.wait([working], timeout=STOP_WITHIN)
                working.cancel()


@asynccontextmanager
async def _served(
    bot: Bot | None, settings: Settings, on_ready: Callable[[Sequence[str]], None]
) -> AsyncIterator[None]:
    """Listens for as long as the block lasts, and tells the addresses; none where nothing is served.

    Raises:
        Fault: the address cannot be used.
    """
    if bot is None:
        on_ready([])
        yield
        return
    runner = web.AppRunner(bot.web, access_log=None, shutdown_timeout=3)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as error:
            raise Fault(f"HOST {settings.host} and PORT {settings.port} cannot be used: {error.strerror}") from error
        async with bot.socket.connected() if bot.socket else nullcontext():
            on_ready([f"{host}:{port}" for host, port, *_ in runner.addresses])
            yield
    finally:
        await runner.cleanup()


async def _refresh(people: People, pause: float) -> None:
    while True:
        await asyncio.sleep(pause)
        pause = await people.refresh()


async def _identify(client: AsyncWebClient) -> Identity:
    """Who the bot is; a Slack that does not answer yet is waited for."""
    pause = 1.0
    while True:
        try:
            return await identify(client)
        except Unavailable as error:
            log.warning("slack.not_answering", code=error.code, seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 30)


async def _probe_database(store: Store) -> str:
    try:
        await store.ping()
    except Fault as fault:
        return str(fault)
    return "ok"


def _socket(settings: Settings, app: AsyncApp, client: AsyncWebClient) -> Socket | None:
    """Socket Mode, where it is asked for; else requests come over HTTP, signed (the settings see to that)."""
    token = settings.slack_app_token
    return Socket(app=app, client=client, app_token=token.get_secret_value()) if token else None


def open_database(settings: Settings, clock: Clock = time.time) -> Database:
    """The engine that DATABASE_URL names; nothing is connected yet.

    Raises:
        Fault: it needs a package that is not installed.
    """
    if settings.database_path is not None:
        return SQLite(settings.database_path, clock=clock)
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
    )


def slack_clients(settings: Settings, session: aiohttp.ClientSession) -> tuple[AsyncWebClient, AsyncWebClient]:
    """One client for reads, which are retried, and one for writes, which are not: a repeated post posts twice."""
    token, root = settings.slack_bot_token.get_secret_value(), settings.slack_api_url
    retries = [
        AsyncConnectionErrorRetryHandler(max_retry_count=2),
        AsyncRateLimitErrorRetryHandler(max_retry_count=2),
        AsyncServerErrorRetryHandler(max_retry_count=2),
    ]
    reader = CountingClient(token=token, base_url=root, session=session, retry_handlers=retries)
    writer = CountingClient(token=token, base_url=root, session=session, retry_handlers=[])
    return reader, writer
