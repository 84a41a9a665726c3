"""One run of one seed."""

import asyncio
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import traceback
from collections.abc import Callable, Coroutine, MutableMapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from math import inf
from pathlib import Path
from random import Random
from typing import Any

import structlog

from bot.demo.jdcloud import API, Disk, Hang, HideImages, Instance, JDCloud, StartFails
from bot.demo.slack import Channel, Person, Slack, User
from bot.domain.patience import PATIENCE
from bot.settings import Settings, load_settings
from tests import memory
from tests.databases import sqlite_file
from tests.simulate import ruled as others
from tests.simulate.accidents import Accidents
from tests.simulate.aim import Aim
from tests.simulate.emergencies import BEGIN, Emergencies
from tests.simulate.interactions import InteractionTransport
from tests.simulate.invariants import GRACE, Broken, Faulty, Watch
from tests.simulate.loop import VirtualLoop
from tests.simulate.machines import jobs_of
from tests.simulate.network import Network, NetworkFaults
from tests.simulate.people import APPROVALS, BUTTONS, DECIDE, HELP, OPS, ORDERS, PATIENT, People, now_and_then
from tests.simulate.replica import FailureRates, Replica
from tests.simulate.rights import GROUP, Group, Rights
from tests.simulate.transports import IMAGE_LATE

MINUTE, HOUR = 60.0, 3600.0

REQUESTERS, GUEST, APPROVERS = ("U0AMY", "U0BOB"), "U0GUS", ("U0BEN", "U0CAT", "U0DAN")
INSTANCES = ("i-one11111", "i-two22222", "i-three333", "i-four4444", "i-five5555")
REGIONS = ("cn-north-1", "cn-east-2")

RUNNING = INSTANCES[1:]
"""Those that run in the beginning. Of the last one, a stop that says nothing else releases what it holds."""

SLUGGISH = 0.25
"""How often, of 1, images take longer than the grace to be made, and to be listed."""

ENOUGH = 50
"""Images that there may be in a region, while it is not full."""

CHAOS = 60.0
"""Seconds of the run in which things go wrong."""

CALM = 900.0
"""Seconds in which everything must have come to an end after that."""

LONG_CALM = CALM + 2 * PATIENCE + 900.0
"""Likewise where machines have accidents: a stop and then a start may be tried for half an hour each."""

SETTLED = 30.0
"""Seconds after which nothing that was late is still to come."""

SHORT = 0.4
"""How often, of 1, a start fails once more and there is no room for a machine, when the trouble is over."""

HANDS = 0.7
"""How often, of 1, somebody who comes along in the worst of runs stops or starts a machine by hand."""

GROUPED, REGROUPED = 0.5, 0.7
"""How often, of 1, the approvers are a user group; and how often something changes in it when it may."""

MADE_LATE, SHOWN_LATE, MANGLED, OVERTAKEN, STEPPED, HASTE = 0.4, 0.15, 0.25, 0.3, 0.4, 0.5
"""How often, of 1, in the worst of runs: images that are made late, messages that are shown late, answers that nothing
can rest on, interactions that others pass, clocks that step, people who do not wait.
"""


@dataclass(frozen=True)
class Trouble:
    """What goes wrong in every run of a script, which else is drawn."""

    breaks: float  # how often a step of a replica is its last one, and how often a long sleep follows, of 1
    faults: NetworkFaults


MILD = Trouble(0.0001, NetworkFaults(slow=0.03, lost=0.02, failed=0.02, repeated=0.1))
"""So little that most requests come to what people wanted."""

DOUBTS = Trouble(0.0, NetworkFaults(slow=0.03, lost=0.2, made_late=0.3, mangled=0.3))
"""A fifth of the answers are lost, and of the others a third tell nothing; every process lives."""


@dataclass
class Outcome:
    """What became of one seed."""

    seed: int
    failure: str = ""
    violates: bool = False  # whether what failed is an invariant, and neither the bot by itself nor the simulation
    trace: list[str] = field(default_factory=list)
    kills: int = 0
    sleeps: int = 0
    requests: int = 0
    images: int = 0
    stops: int = 0
    starts: int = 0
    by_hand: int = 0
    held: int = 0
    went_on: int = 0
    ended: int = 0
    questions: int = 0
    emergencies: int = 0
    reviews: int = 0
    calls: int = 0
    late: int = 0
    mangled: int = 0
    overtaken: int = 0
    steps: int = 0
    seconds: float = 0.0

    @property
    def digest(self) -> str:
        """The same for two runs that went the same way."""
        return sha256("\n".join(self.trace).encode()).hexdigest()[:16]


Script = Callable[["Play"], Coroutine[Any, Any, None]]


async def chaos_and_calm(play: "Play") -> None:
    """What is played unless a test has something else in mind."""
    await play.chaos()
    await play.calm()
    play.count()


async def crowded(play: "Play") -> None:
    """Everybody wants the same two machines: for what only requests for one machine bring to light."""
    play.people.instances = INSTANCES[:2]
    await chaos_and_calm(play)


async def held(play: "Play") -> None:
    """Everybody wants several machines, one after another, and little goes wrong but with one of them: for what becomes
    of the rest.
    """
    play.patient, play.trouble = True, MILD
    play.people.how_many, play.people.orders = (2, 3, 4, 5), ORDERS[:1]
    await chaos_and_calm(play)


async def wrecked(play: "Play") -> None:
    """Many answers to stops and starts are lost, and the machines break with them, or are deleted, for good: for what
    is owed to a machine that cannot be started, and what can come to no end by itself.
    """
    play.patient, play.trouble = True, MILD
    play.people.how_many, play.people.instances = (1, 1, 2, 3), RUNNING
    play.happen()
    await chaos_and_calm(play)


async def doubted(play: "Play") -> None:
    """Many answers are lost, and of what is looked at then, many tell nothing: for what is held to be there or not."""
    play.trouble = DOUBTS
    await chaos_and_calm(play)


async def ruled(play: "Play") -> None:
    """Two rules with different approvers, hours, freezes and reminders, questions and emergencies. Many requests are
    for machines of one rule alone, as only one of the two names anybody for emergencies.
    """
    play.rule()
    play.people.how_many = (1, 1, 1, 1, 2, 3)
    await chaos_and_calm(play)


def run(seed: int, script: Script = chaos_and_calm) -> Outcome:
    """Plays one seed to its end; a failure is part of the outcome."""
    outcome = Outcome(seed)
    random.seed(seed)  # stamina's jitter
    faults: list[str] = []
    structlog.configure(processors=[partial(_only_faults, faults)])
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    folder = Path(tempfile.mkdtemp(prefix="simulate-", dir=memory.folder()))
    database = folder / "bot.db"
    database.write_bytes(sqlite_file())
    seen = sqlite3.connect(database)
    try:
        play = Play(outcome=outcome, seeds=Random(seed), database=database, seen=seen, loop=loop, faults=faults)
        loop.run_until_complete(script(play))
    except Exception as error:  # noqa: BLE001 # whatever it is, it is what this seed has found
        first = _first(error)
        outcome.failure = "".join(traceback.format_exception(first, limit=-6)).strip()
        outcome.violates = isinstance(first, Broken) and not isinstance(first, Faulty)
    finally:
        outcome.seconds = loop.time()
        _bury(loop)
        asyncio.set_event_loop(None)
        seen.close()
        shutil.rmtree(folder)
        structlog.reset_defaults()
    return outcome


def _first(error: BaseException) -> BaseException:
    """The one failure that a group of tasks ended with."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _only_faults(faults: list[str], _: object, __: str, event: MutableMapping[str, Any]) -> str:
    """Nothing is written; what nobody planned for is kept."""
    error = event.get("exc_info")
    if error:
        error = error if isinstance(error, BaseException) else sys.exception()
        faults.append(f"{event['event']}: {''.join(traceback.format_exception(error, limit=-3))}")
    raise structlog.DropEvent


def _bury(loop: VirtualLoop) -> None:
    """Ends what killed replicas left waiting."""
    for _ in range(5):
        left = asyncio.all_tasks(loop)
        if not left:
            break
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.wait(left, timeout=60))
    loop.close()


class Play:
    """The parts of a run, each with a randomness of its own, so that a change to one leaves the others alone."""

    def __init__(
        self,
        *,
        outcome: Outcome,
        seeds: Random,
        database: Path,
        seen: sqlite3.Connection,
        loop: VirtualLoop,
        faults: list[str],
    ) -> None:
        self.outcome, self.loop, self.database = outcome, loop, database
        self.random, ids, lots, moods, aims, words = (Random(seeds.getrandbits(64)) for _ in range(6))

        def new_id(length: int) -> str:
            return "".join(ids.choices("ABCDEFGHJKMNPQRSTVWXYZ0123456789", k=length))

        self.slack = Slack(
            clock=loop.time, bot_token="xoxb-simulated", signing_secret="simulated", scopes=_SCOPES, new_id=new_id
        )
        self.cloud = JDCloud(
            clock=loop.time,
            access_key="simulated-ak",
            secret_key="simulated-sk",
            build_time=self.random.uniform(35, 60) if self.random.random() < SLUGGISH else self.random.uniform(1, 10),
            stop_time=self._switching(),
            start_time=self._switching(),
            new_id=lambda length: new_id(length).lower(),
        )
        self.cloud.live_images = True
        self.quorum = self.random.choice((1, 1, 2))
        self.patient = False
        self.trouble: Trouble | None = None
        self.crowd = self.random.choice((1, 2, 3))  # how many replicas there shall be, at least
        self.network = Network(lots, trace=self.note)
        self.accidents: Accidents | None = None
        self.failures = FailureRates()
        grouped = self.random.random() < GROUPED
        self.settings = _settings(self.quorum, (GROUP,) if grouped else APPROVERS)
        self.cloud_http, self.slack_http = self.cloud.application(), self.slack.application()
        self.cloud_http.freeze()
        self.slack_http.freeze()
        _populate(self.slack)
        _furnish(self.cloud)
        self.replicas: list[Replica] = []
        self.slack.transport = InteractionTransport(self.network, self.serving, "simulated")
        self.rights = Rights(loop.time)
        self.rights.become(frozenset(APPROVERS))
        self.group = Group(self.slack, self.rights, APPROVERS, self.random, self.note) if grouped else None
        self.watch = Watch(seen, self.slack, self.cloud, self.rights, self.quorum, faults, frozenset({GUEST}))
        self.aim = Aim(self.cloud, aims, self.watch.query, self.note, self.watch.aimed_at)
        self.people = People(self.slack, moods, self.watch, INSTANCES, haste=HASTE)
        self.talkers = People(self.slack, words, self.watch, INSTANCES)  # the same people, in what decides nothing
        self.approvers: tuple[str, ...] = APPROVERS

    def rule(self) -> None:
        """From the beginning on, others decide about some of the machines."""
        others.populate(self.slack, (*REQUESTERS, *APPROVERS))
        path = others.written(self.database.parent, self.quorum, self.loop.time())
        self.settings = self.settings.model_copy(update={"policy_file": path})
        self.approvers = (*APPROVERS, *others.APPROVERS)
        self.people.channels = self.talkers.channels = (APPROVALS, others.CHANNEL)
        rights = self.rights.beside(frozenset(others.APPROVERS))
        self.watch.others = ruled = others.Others(rights, self.watch.query, self.loop.time())
        self.watch.emergencies = Emergencies(self.slack, rights, ruled, self.watch.query)

    def happen(self) -> None:
        """From the beginning on, machines have accidents."""
        self.accidents = Accidents(self.cloud, Random(self.outcome.seed), self.watch.query, self.note)
        self.watch.wrecked = self.watch.machines.wrecked = self.accidents.wrecked

    def note(self, what: str) -> None:
        """One line of the trace."""
        self.outcome.trace.append(f"{self.loop.time() - 1_800_000_000:9.3f} {what}")

    def serving(self) -> list[Replica]:
        """The replicas that Slack's requests may reach."""
        return [replica for replica in self.replicas if replica.application is not None and not replica.dead]

    async def chaos(self) -> None:
        """Everything at once."""
        draw = self.random.random
        self.start()
        self.start()
        await self.until(lambda: len(self.serving()) == 2, 60)

        def perhaps(most: float) -> float:
            """Each trouble spares half of the runs: where all come at once, hardly anybody gets to ask for anything."""
            return draw() * most if draw() < 0.5 else 0.0

        self.network.faults = NetworkFaults(
            slow=perhaps(0.1),
            dropped=perhaps(0.1),
            lost=perhaps(0.15),
            refused=perhaps(0.15),
            failed=perhaps(0.1),
            repeated=perhaps(0.3),
            made_late=perhaps(MADE_LATE),
            shown_late=perhaps(SHOWN_LATE),
            mangled=perhaps(MANGLED),
            overtaken=perhaps(OVERTAKEN),
        )
        until = self.loop.time() + CHAOS
        kind = draw()
        if kind < 0.4:
            self.failures.kill, self.failures.sleep = draw() * 0.0006, draw() * 0.0002
        elif kind < 0.7:  # nobody dies, but everybody may sleep through the end of what they hold
            self.failures.sleep = 0.0012
            self.network.faults = replace(self.network.faults, lost=0.2, failed=0.2)
        else:  # nobody can be sure what JD Cloud has done, and for so long that it is looked for meanwhile
            until += GRACE
            self.network.faults = NetworkFaults(
                slow=0.05, made_late=draw() * 2 * MADE_LATE, mangled=draw() * 2 * MANGLED, overtaken=draw() * OVERTAKEN
            )
        if self.trouble:
            self.failures.kill = self.failures.sleep = self.trouble.breaks
            self.network.faults = self.trouble.faults
        async with asyncio.TaskGroup() as watched:
            looking = watched.create_task(self._look())  # as long as anybody does anything
            async with asyncio.TaskGroup() as group:
                for user, every in (*((user, 18) for user in REQUESTERS), (GUEST, 60)):
                    person = self.slack.person(user)
                    ask = partial(self.people.ask, person)
                    group.create_task(now_and_then(ask, self.people.random, every=every, until=until))
                for user in (*self.approvers, *REQUESTERS):
                    person = self.slack.person(user)
                    press = partial(self._press, person)
                    group.create_task(now_and_then(press, self.people.random, every=8, until=until))
                for user in self.approvers if self.watch.others else ():
                    freeze = partial(others.freeze, self.slack.person(user), self.people.random, OPS)
                    group.create_task(now_and_then(freeze, self.people.random, every=90, until=until))
                for user, every, labels in _TALK if self.watch.others else ():
                    talk = partial(self.talkers.press, self.slack.person(user), *labels)
                    group.create_task(now_and_then(talk, self.talkers.random, every=every, until=until))
                group.create_task(self._trouble(until))
                group.create_task(self._clocks_step(until))
                group.create_task(self._hands(until, HANDS * draw() if draw() < 0.6 else 0.0))
                if self.group:
                    group.create_task(self._group_changes(self.group, until))
            looking.cancel()

    async def calm(self) -> None:
        """Nothing goes wrong any more: everything that was acknowledged comes to its end."""
        self.network.faults = NetworkFaults()
        self.failures.kill = self.failures.sleep = 0.0
        self.cloud.faults.clear()
        self.aim.again()
        if self.random.random() < SHORT:  # no trouble of the network's, but of the machines' own
            self.cloud.faults.add("startInstance", StartFails())
            if instance := self.cloud.instances.get(self.random.choice(RUNNING)):
                instance.in_stock = False
        for region in REGIONS:
            self.cloud.quotas[region].images = ENOUGH
        if self.group:
            self.group.restore()
        for replica in self.replicas:
            replica.ahead = 0.0
        self.note("calm")
        self.watch.calm_since = self.loop.time()
        until = self.loop.time() + (LONG_CALM if self.accidents else CALM)
        settled = self.loop.time() + SETTLED
        while self.loop.time() < until and (self.loop.time() < settled or not self.watch.converged()):
            self._mend(at_least=2)
            self._help(stock=self.loop.time() >= settled)
            frozen = self.watch.query("SELECT 1 FROM frozen WHERE ended_at IS NULL")
            for user in self.approvers:
                if frozen:  # by a clock that was ahead, one lasts for hours
                    await others.unfreeze(self.slack.person(user), OPS)
                await self.people.press(self.slack.person(user), *DECIDE, *HELP, self.aim.word())
            await asyncio.sleep(60 if self.accidents and self.loop.time() > settled + CALM / 3 else 5)
            self.watch.look()
            self.aim.look()
        self._check_replicas()
        self.watch.finish()
        for replica in self.serving():
            await replica.stop()
        if held := self.watch.query("SELECT request_id, kind FROM step WHERE owner <> ''"):
            raise Broken(f"leases were not given back: {held}")

    def count(self) -> None:
        """For the summary."""
        self.outcome.kills = sum("is killed" in line for line in self.outcome.trace)
        self.outcome.sleeps = sum(" sleeps " in line for line in self.outcome.trace)
        for name in ("late", "mangled", "overtaken"):
            setattr(self.outcome, name, sum(f" {name}: " in line for line in self.outcome.trace))
        self.outcome.requests = len(self.watch.query("SELECT id FROM request"))
        self.outcome.images = len(self.cloud.images)
        self.outcome.stops = sum(one.action == "stop" and one.by == API for one in self.cloud.switches)
        self.outcome.starts = sum(one.action == "start" and one.by == API for one in self.cloud.switches)
        self.outcome.by_hand = sum("by hand: " in line for line in self.outcome.trace)
        self.outcome.calls = len(self.cloud.calls) + len(self.slack.calls)
        self.outcome.steps = self.watch.steps
        told = self.watch.emergencies.count() if self.watch.emergencies else {}
        for name, count in {**self.aim.count(), **told}.items():
            setattr(self.outcome, name, count)

    async def _press(self, person: Person) -> None:
        """Whatever there is; the patient neither end nor reject a request, unless something of it is held."""
        await self.people.press(person, *((*PATIENT, self.aim.word()) if self.patient else BUTTONS))

    async def _trouble(self, until: float) -> None:
        """Replicas come, are restarted, and go; images hide for a while."""
        while self.loop.time() < until:
            await asyncio.sleep(self.random.uniform(1, 6))
            if self.random.random() < 0.2:
                self.cloud.faults.add("createImage", HideImages(self._hidden_for()))
            self._switching_goes_wrong()
            if self.random.random() < 0.1:
                self.cloud.quotas[self.random.choice(REGIONS)].images = self.random.choice((0, ENOUGH))
            if self.random.random() < 0.1 and self.serving():
                await self.random.choice(self.serving()).stop()
            self._mend(at_least=self.crowd)

    def _switching_goes_wrong(self) -> None:
        """Starts that fail, or are refused for want of stock; stops and starts that hang."""
        draw = self.random.random
        if draw() < 0.1:
            self.cloud.faults.add("startInstance", StartFails())
        if draw() < 0.05:
            self.cloud.faults.add(self.random.choice(("stopInstance", "startInstance")), Hang())
        instance = self.cloud.instances.get(self.random.choice(INSTANCES))
        in_stock = draw() > 0.1
        if instance:
            instance.in_stock = in_stock

    def _hidden_for(self) -> float:
        """Seconds until an image is listed: within the grace, or longer while it keeps others from being made; a call
        that takes effect late may make one as soon as it no longer does.
        """
        longest = self.cloud.build_time - IMAGE_LATE
        return self.random.uniform(GRACE, longest) if longest > GRACE else self.random.uniform(0, 8)

    async def _group_changes(self, group: Group, until: float) -> None:
        """People join the approvers and leave them."""
        while self.loop.time() < until:
            await asyncio.sleep(self.random.uniform(2, 15))
            if self.random.random() < REGROUPED:
                group.change()

    def _switching(self) -> float:
        """Seconds that a stop or a start takes: usually few, at times longer than the grace."""
        return self.random.uniform(30, 50) if self.random.random() < SLUGGISH / 2 else self.random.uniform(0.5, 8)

    async def _hands(self, until: float, often: float) -> None:
        """Somebody stops and starts machines at the console, whatever the bot is doing."""
        while self.loop.time() < until:
            await asyncio.sleep(self.random.uniform(1, 8))
            if self.random.random() >= often:
                continue
            instance = self.cloud.instances.get(self.random.choice(INSTANCES))
            takes = self.random.choice((0.0, 2.0))
            if instance is None:
                continue
            if instance.status == "running":
                self.cloud.begin_stop(instance, takes=takes)
            elif instance.status == "stopped":
                self.cloud.begin_start(instance, takes=takes)
            else:
                continue
            self.note(f"by hand: {instance.id} is {instance.status}")

    def _help(self, *, stock: bool) -> None:
        """What hangs is helped by hand, there is room again in the end, and what a request waits for is stopped."""
        for instance in self.cloud.instances.values():
            instance.in_stock |= stock
            if instance.next_status and instance.next_status_at == inf:
                self.note(f"by hand: {instance.id} is helped out of {instance.status}")
                (self.cloud.stop if instance.status == "stopping" else self.cloud.start)(instance.id)
        for row in self.watch.query("SELECT plan FROM request WHERE state IN ('approved', 'working')"):
            for job in jobs_of(json.loads(row["plan"])):
                waited_for = self.cloud.instances.get(job["instance_id"])
                is_waited_for = waited_for and waited_for.status == "running"
                if waited_for and is_waited_for and job.get("while_imaged", "stopped") == "stopped":
                    self.note(f"by hand: {waited_for.id} is stopped, as it is waited for")
                    self.cloud.stop(waited_for.id)

    async def _clocks_step(self, until: float) -> None:
        """The wall clock of a machine is set, forth or back, by minutes or an hour."""
        while self.loop.time() < until:
            await asyncio.sleep(self.random.uniform(2, 20))
            if self.serving() and self.random.random() < STEPPED:
                replica = self.random.choice(self.serving())
                replica.ahead = self.random.choice((0.0, MINUTE, 10 * MINUTE, HOUR)) * self.random.choice((1, -1))
                self.watch.clock_wrong |= abs(replica.ahead) > MINUTE
                self.note(f"{replica.name} has its clock set to {replica.ahead:+.0f} s")

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            self.watch.look()
            self.aim.look()
            if self.accidents:
                self.accidents.look()
            self._check_replicas()

    def _check_replicas(self) -> None:
        for replica in self.replicas:
            if not replica.dead and replica.failure:
                raise Faulty(f"{replica.name} ended by itself") from replica.failure

    def _mend(self, *, at_least: int) -> None:
        """Starts as many as are missing, as a platform does."""
        living = [replica for replica in self.replicas if not replica.dead and not replica.stopped]
        for _ in range(at_least - len(living)):
            self.start()

    def start(self, *, serves: bool = True, works: bool = True) -> None:
        """One more replica."""
        replica = Replica(
            name=f"replica-{len(self.replicas)}",
            settings=self.settings,
            database=self.database,
            cloud=self.cloud_http,
            slack=self.slack_http,
            network=self.network,
            failures=self.failures,
            random=Random(self.random.getrandbits(64)),
            trace=self.note,
            serves=serves,
            works=works,
        )
        self.note(f"{replica.name} starts")
        self.replicas.append(replica)
        replica.start()

    async def until(self, predicate: Callable[[], object], seconds: float) -> None:
        """Waits for something to be seen."""
        deadline = self.loop.time() + seconds
        while not predicate():
            if self.loop.time() > deadline:
                raise Broken("what was waited for did not come")
            await asyncio.sleep(0.1)


_TALK = (
    *((user, 40, ("Ask",)) for user in (*APPROVERS, *others.APPROVERS)),
    *((user, 8, (BEGIN,)) for user in others.EMERGENCY),
    *((user, 90, (BEGIN,)) for user in (*APPROVERS, *REQUESTERS)),
    *((user, 90, ("Reviewed",)) for user in (*APPROVERS, *others.APPROVERS, *others.EMERGENCY)),
)
"""Who presses what besides, and how often, in seconds; whether they may or not."""

_SCOPES = (
    "channels:history",
    "chat:write",
    "commands",
    "groups:history",
    "im:history",
    "im:write",
    "usergroups:read",
    "users:read",
)


def _settings(quorum: int, approvers: tuple[str, ...]) -> Settings:
    return load_settings(
        {
            "SLACK_BOT_TOKEN": "xoxb-simulated",
            "SLACK_SIGNING_SECRET": "simulated",
            "SLACK_API_URL": "http://slack/api/",
            "JDCLOUD_ACCESS_KEY": "simulated-ak",
            "JDCLOUD_SECRET_KEY": "simulated-sk",
            "JDCLOUD_REGIONS": ",".join(REGIONS),
            "JDCLOUD_VM_ENDPOINT": "http://cloud",
            "JDCLOUD_DISK_ENDPOINT": "http://cloud",
            "APPROVAL_CHANNEL": APPROVALS,
            "APPROVERS": ",".join(approvers),
            "REQUIRED_APPROVALS": str(quorum),
            "APPROVAL_TTL": "5m",
            "ALLOW_LIVE_IMAGES": "true",
            "POLL_INTERVAL": "2",
            "JDCLOUD_TIMEOUT": "5",
            "LAUNCH_GRACE": f"{GRACE:.0f}",
            "LEASE_TTL": "12",
        }
    )


def _populate(slack: Slack) -> None:
    for user in (*REQUESTERS, *APPROVERS):
        slack.add_user(User(id=user, name=user.lower()))
    slack.add_user(User(id=GUEST, name=GUEST.lower(), is_restricted=True))
    for channel in (APPROVALS, OPS):
        slack.add_channel(Channel(id=channel, name=channel.lower(), members={*REQUESTERS, GUEST, *APPROVERS}))


def _furnish(cloud: JDCloud) -> None:
    for number, instance_id in enumerate(INSTANCES):
        cloud.add_instance(
            Instance(
                region=REGIONS[number % 2],
                id=instance_id,
                name=instance_id.removeprefix("i-"),
                status="running" if instance_id in RUNNING else "stopped",
                charge_on_stopped="stopCharging" if instance_id == RUNNING[-1] else "keepCharging",
                private_ip="10.0.0.5",
                az=f"{REGIONS[number % 2]}a",
                system_disk=Disk(device="vda", id=f"vol-{number}-a", name="system", size_gb=40),
                data_disks=[
                    Disk(device=device, id=f"vol-{number}-{device}", name="data", size_gb=20, type="ssd")
                    for device in ("vdb", "vdc")[: 1 + number % 2]
                ],
            )
        )
