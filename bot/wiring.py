"""Builds the whole bot from its settings: the one place where parts meet."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.circuit import Circuit
from bot.clients import Clients, names_token
from bot.connections import Connections, Limits
from bot.probes import Upstreams, Watch, needed, policy_file, tick
from bot.reload import Reload
from bot.service.count import Counting
from bot.service.current_rules import CurrentRules
from bot.service.measure import Measuring
from bot.settings import Settings, load_policy
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.home import Homes
from bot.slack.people import People
from bot.slack.protocol.backoff import Backoff
from bot.slack.protocol.identity import identify
from bot.slack_wiring import build_slack
from bot.store import Store
from bot.use_cases import UseCases
from bot.web import SlackEvents, build_web

if TYPE_CHECKING:
    from bot.slack.protocol.socket import Socket
    from bot.worker import Worker


@dataclass(frozen=True, kw_only=True)
class Bot:
    """The parts that a process runs."""

    web: web.Application
    connections: Connections  # of those who ask it
    watch: Watch
    socket: "Socket | None"  # Socket Mode, instead of requests over HTTP
    worker: "Worker | None"  # where this process works
    tasks: Tasks
    people: People
    counting: Counting
    homes: Homes
    reload: Reload
    refresh_in: float  # seconds until the user groups are looked up again


@asynccontextmanager
async def build(settings: Settings, clients: Clients, *, serve: bool = True, work: bool = True) -> AsyncIterator[Bot]:
    """The bot, with its database open and Slack's word on who it is; closed again in the end.

    Args:
        settings: what the operator chose.
        clients: what it touches.
        serve: whether this process takes Slack's requests.
        work: whether this process does the work.

    Raises:
        PolicyError: the policy file has mistakes.
        Fault: a setting is missing, Slack does not take the token, the database cannot be used, or its schema is newer
            than the code.
    """
    cloud, reader, clock, ids = clients.cloud, clients.reader, clients.clock, clients.ids
    rules = CurrentRules(book=load_policy(settings), clock=clock)  # its mistakes are told before anything is touched
    async with AsyncExitStack() as stack:
        worker: Worker | None = None
        homes: Homes | None = None

        def wake() -> None:
            if worker is not None:
                worker.wake()
            if homes is not None:
                homes.changed()

        store = Store(clients.database, on_commit=wake)
        await store.open()
        stack.push_async_callback(store.close)
        with names_token("SLACK_BOT_TOKEN"):
            identity = await Backoff(ids.chance).until_answered(partial(identify, reader))

        people = People(
            reader,
            team=identity.team_id,
            enterprise=identity.enterprise_id,
            rules=rules.everything,
            clock=clients.steady,
        )
        stack.push_async_callback(people.close)
        refresh_in = await people.refresh()
        service = UseCases.over(store, clients, settings=settings, rules=rules, directory=people)
        stack.push_async_callback(service.instances.close)
        stack.push_async_callback(service.snapshots.close)
        side = build_slack(
            store=store,
            clients=clients,
            settings=settings,
            rules=rules,
            people=people,
            service=service,
            identity=identity,
        )
        homes = side.homes
        slack = Circuit("slack")
        if work:
            # None of it is needed where people are only listened to, and it is a tenth of what the bot imports.
            from bot.worker_wiring import build_worker  # noqa: PLC0415

            worker = build_worker(
                store=store.behind(),
                clients=clients,
                settings=settings,
                rules=rules,
                people=people,
                service=service,
                windows=side.windows,
                slack=slack,
                identity=identity,
            )

        socket = _socket(settings, side.app, reader, Backoff(ids.chance)) if serve else None

        connections = Connections(Limits.of_this_process())
        reload = Reload(settings=settings, rules=rules, people=people, counting=service.counting)
        watch = Watch(
            needed=needed(store, socket.probe if socket else None, worker),
            beside=[policy_file(lambda: rules.book, lambda: reload.mistakes)] if settings.policy_file else [],
            rounds=Upstreams(settings, clients, lambda: rules.book).rounds(),
        )

        async def readiness() -> tuple[bool, Mapping[str, Any]]:
            ready, probes = await watch.report()
            return ready, {
                "probes": probes,
                "worker": tick(worker),
                "upstreams": {"slack": slack.status()} | cloud.status(),
            }

        yield Bot(
            web=build_web(
                _slack_events(settings, side.app, connections) if serve else None,
                readiness,
                Measuring(store=store).measure,
                connections,
            ),
            connections=connections,
            watch=watch,
            socket=socket,
            worker=worker,
            tasks=side.tasks,
            people=people,
            counting=service.counting,
            homes=homes,
            reload=reload,
            refresh_in=refresh_in,
        )


def _slack_events(settings: Settings, app: AsyncApp, connections: Connections) -> SlackEvents | None:
    """What Slack posts to; nothing in Socket Mode: without a signing secret nobody could tell who sent it."""
    secret = settings.slack_signing_secret
    if settings.slack_app_token or not secret:
        return None
    return SlackEvents(app=app, signing_secret=secret.get_secret_value(), connections=connections)


def _socket(settings: Settings, app: AsyncApp, client: AsyncWebClient, backoff: Backoff) -> "Socket | None":
    """Socket Mode, where it is asked for; else requests come over HTTP, signed (the settings see to that)."""
    token = settings.slack_app_token
    if not token:
        return None
    # Over HTTP nothing of it is needed, and the SDK's own client for it takes its time to import.
    from bot.slack.protocol.socket import Socket  # noqa: PLC0415

    return Socket(app=app, client=client, app_token=token.get_secret_value(), backoff=backoff)
