"""Builds the worker: what only a process that works needs, and so what a `web` process does not import."""

from bot.circuit import Circuit
from bot.clients import Clients
from bot.queues import Queues, due_tasks
from bot.service.check import Checking
from bot.service.current_rules import CurrentRules
from bot.service.expire import PURGE_EVERY, Expiring
from bot.service.preflight import Preflight
from bot.service.remind import Reminding
from bot.service.steps import Asking, Watching, all_kinds
from bot.service.undecided import Undecided
from bot.settings import Settings
from bot.slack.outbox.deciders import Deciders
from bot.slack.outbox.delivery import Delivery
from bot.slack.outbox.posting import Posting
from bot.slack.outbox.windows import Windows
from bot.slack.people import People
from bot.slack.protocol.identity import Identity
from bot.store import Store
from bot.use_cases import UseCases
from bot.work import PeriodicTask
from bot.worker import Worker


def build_worker(
    *,
    store: Store,
    clients: Clients,
    settings: Settings,
    rules: CurrentRules,
    people: People,
    service: UseCases,
    windows: Windows,
    slack: Circuit,
    identity: Identity,
) -> Worker:
    """The worker over its queues, and the use cases behind them.

    Args:
        store: the state, behind what people do.
        clients: of which the cloud, the client that writes to Slack, the clock and new ids are used.
        settings: what the operator chose.
        rules: who may do what.
        people: who is who.
        service: what people have the bot do.
        windows: the open forms.
        slack: whether Slack answers.
        identity: who the bot is in Slack.
    """
    cloud, clock, ids, grace = clients.cloud, clients.clock, clients.ids, settings.launch_grace
    kinds = all_kinds(store=store, cloud=cloud, rules=rules, clock=clock)
    expiring = Expiring(store=store, clock=clock)
    reminding = Reminding(store=store, rules=rules, undecided=Undecided(rules=rules, directory=people), clock=clock)
    queues = Queues(
        store=store,
        lease_ttl=settings.lease_ttl,
        checking=Checking(
            store=store,
            cloud=cloud,
            preflight=Preflight(cloud=cloud),
            rules=rules,
            directory=people,
            approval_ttl=settings.approval_ttl.total_seconds(),
            clock=clock,
            new_request_id=ids.request,
        ),
        asking=Asking(store=store, gate=service.counting.gate, kinds=kinds, grace=grace, clock=clock),
        watching=Watching(store=store, kinds=kinds, interval=settings.poll_interval, grace=grace, clock=clock),
        delivery=Delivery.over(
            store=store,
            windows=windows,
            posting=Posting(client=clients.writer, identity=identity, circuit=slack, new_reference=ids.reference),
            deciders=Deciders(rules=rules, directory=people, mentions=people.mentions),
            freezing=service.freezing,
            channel_language=settings.channel_language,
            workspace_url=identity.url,
            language_of=people.language,
            look=service.looking.look,
            clock=clock,
        ),
    )
    return Worker(
        store=store,
        bring_back=queues.bring_back,
        queues=queues.all(),
        owner=ids.owner(),
        lease_ttl=settings.lease_ttl,
        clock=clock,
        new_reference=ids.reference,
        due_tasks=due_tasks(expiring, reminding, service.emergencies, service.counting),
        periodic_tasks=[PeriodicTask("purge", expiring.purge_drafts, PURGE_EVERY)],
    )
