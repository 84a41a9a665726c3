"""A whole world on loopback: a Slack, a JD Cloud, and the real bot between them, over the real protocols."""

import asyncio
import copy
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bot import worker
from bot.demo.bot_process import served
from bot.demo.jdcloud import Disk, Instance, JDCloud
from bot.demo.slack import (
    Answer,
    Channel,
    FormIncomplete,
    Message,
    NeverSeen,
    Person,
    Slack,
    Transport,
    User,
    Usergroup,
    plain_text,
)
from bot.logs import configure_logging
from bot.running import run
from bot.settings import load_settings
from bot.slack.outbox import home
from bot.store import cards, pace
from tests.databases import sqlite_file
from tests.turns import by_turns

OPS, APPROVALS, ELSEWHERE = "C0OPS", "C0APPROVALS", "C0ELSEWHERE"
AMY, BEN, CAT, GUS, ZHANG = "U0AMY", "U0BEN", "U0CAT", "U0GUS", "U0ZHANG"
ADMINS = "S0ADMINS"
SCOPES = (
    "channels:history",
    "chat:write",
    "commands",
    "groups:history",
    "im:history",
    "im:write",
    "usergroups:read",
    "users:read",
)
"""What manifest.yml asks for, and no more."""
LATE = 10.0
"""Seconds in which the bot must answer here; real ones, of which a machine with much else to do takes more than 3."""
WEB_1, DB_1, BUSY_1 = "i-web1aaaaaa", "i-db1aaaaaaa", "i-busy1aaaaa"


@dataclass
class Clock:
    """The time the bot and the cloud live in; Slack's signatures need the real one."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass
class World:
    """Everybody, and what a test does with them."""

    slack: Slack
    cloud: JDCloud
    environ: dict[str, str]
    clock: Clock = field(default_factory=Clock)
    steady: Clock | None = None  # what nobody sets, where it differs
    address: str = ""
    reread: asyncio.Event = field(default_factory=asyncio.Event)  # set: the policy file is read again

    @property
    def amy(self) -> Person:
        """A requester."""
        return self.slack.person(AMY)

    @property
    def ben(self) -> Person:
        """An approver."""
        return self.slack.person(BEN)

    @property
    def cat(self) -> Person:
        """Another approver, by the group of admins."""
        return self.slack.person(CAT)

    @asynccontextmanager
    async def bot(self, *, serve: bool = True, work: bool = True, **environ: str) -> AsyncIterator[None]:
        """The bot, or one of its sides, running until the block ends."""
        stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
        settings = load_settings(self.environ | environ)
        if settings.database_path and not settings.database_path.exists():
            settings.database_path.write_bytes(sqlite_file())
        running = asyncio.create_task(
            run(
                settings,
                serve=serve,
                work=work,
                stop=stop,
                reread=self.reread,
                on_ready=ready.set_result,
                clock=self.clock,
                steady=self.steady or self.clock,
            )
        )
        await asyncio.wait([ready, running], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
        if serve:
            self.address = f"http://{ready.result()[0]}"
            if "SLACK_APP_TOKEN" in self.environ:
                self.slack.transport = self.slack.sockets
            else:
                self.slack.request_url = f"{self.address}/slack/events"
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait_for(running, 15)

    async def form(self, person: Person | None = None, *, instance: str = "web-1", description: str = "weekly") -> None:
        """Fills in the form up to the point where it can be sent."""
        person = person or self.amy
        if person.view:
            await person.close(everything=True)
        await person.command("/createimage", "", channel=OPS)
        await self.until(lambda: person.view is not None)
        await person.choose("Instances", instance)
        await self.until(lambda: "vda" in self.shown(person))
        await person.fill("Description", description)

    async def request(self, person: Person | None = None, **choices: str) -> Message:
        """A request that waits for approval: its card."""
        await self.form(person, **choices)
        before = len(self.cards())
        assert await (person or self.amy).submit() == {}
        await self.until(lambda: len(self.cards()) > before)
        return self.cards()[-1]

    async def attempt(self, person: Person) -> dict[str, str]:
        """Tries to send the form: what is shown under its fields, by Slack itself or by the bot."""
        try:
            return await person.submit()
        except FormIncomplete as refused:
            return refused.problems

    def cards(self) -> list[Message]:
        """The approval cards, oldest first: of what is told in their channel, what was posted as one."""
        told = self.slack.messages(APPROVALS)
        return [message for message in told if "card.approval" in str(message.metadata) and not message.thread_ts]

    async def own_card(self, user: str = AMY) -> Message:
        """The newest card in the direct messages of somebody who has asked, once it is there."""
        own = self.slack.dm(user).id
        await self.until(lambda: any("IR-" in message.text for message in self.slack.messages(own)))
        return [message for message in self.slack.messages(own) if "IR-" in message.text][-1]

    def card(self) -> str:
        """The words on the newest approval card."""
        return plain_text(self.cards()[-1])

    def shown(self, person: Person) -> str:
        """The words on a person's screen: the form on top."""
        return plain_text(person.view) if person.view else ""

    def told(self, channel: str) -> str:
        """All words in a conversation."""
        return "\n".join(plain_text(message) for message in self.slack.messages(channel))

    def ephemeral(self, user: str) -> str:
        """All words that only one person sees."""
        return "\n".join(plain_text(message) for message in self.slack.ephemerals(user))

    async def until(self, predicate: Callable[[], bool], seconds: float = 20) -> None:
        """Waits until something can be seen: in Slack, which tells of every change, or by looking again."""
        looking = asyncio.create_task(self._look_again())
        try:
            await self.slack.settle(predicate, timeout=seconds)
        finally:
            looking.cancel()

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            self.slack.changes.tell("looked at", None)

    async def in_time(self, predicate: Callable[[], bool], *, step: float = 301) -> None:
        """Waits until something can be seen, with the clock going ahead by `step` seconds again and again."""
        for _ in range(12):
            self.clock.ahead += step
            with suppress(NeverSeen):
                return await self.until(predicate, seconds=0.8)
        return await self.until(predicate)

    def called(self, action: str) -> int:
        """How often a call reached the cloud."""
        return sum(call.action == action for call in self.cloud.calls)

    def created(self) -> int:
        """How often createImage did."""
        return self.called("createImage")


class Recording:
    """A line that remembers what was sent on it."""

    def __init__(self, under: Transport) -> None:
        self.under = under
        self.sent: list[tuple[str, dict[str, Any]]] = []

    async def deliver(self, kind: str, payload: dict[str, Any]) -> Answer:
        """As Slack does."""
        self.sent.append((kind, copy.deepcopy(payload)))
        return await self.under.deliver(kind, payload)


def populate(slack: Slack) -> None:
    """The workspace that the scenarios play in."""
    for user in (
        User(id=AMY, name="amy"),
        User(id=BEN, name="ben"),
        User(id=CAT, name="cat"),
        User(id=GUS, name="gus", is_restricted=True),
        User(id=ZHANG, name="zhang", locale="zh-CN"),
    ):
        slack.add_user(user)
    everybody = {AMY, BEN, CAT, GUS, ZHANG}
    slack.add_channel(Channel(id=OPS, name="ops", members=set(everybody)))
    slack.add_channel(Channel(id=APPROVALS, name="image-approvals", members=set(everybody)))
    slack.add_channel(Channel(id=ELSEWHERE, name="elsewhere", members=set(everybody), bot_is_member=False))
    slack.add_usergroup(Usergroup(id=ADMINS, handle="admins", users=[CAT]))


def furnish(cloud: JDCloud) -> None:
    """The instances that the scenarios play with."""
    furnish_one(cloud, WEB_1, "web-1")
    furnish_one(cloud, DB_1, "db-1", status="running")
    furnish_one(cloud, BUSY_1, "busy-1", status="stopping")


def furnish_one(
    cloud: JDCloud, instance_id: str, name: str, *, status: str = "stopped", private_ip: str = "10.0.0.5"
) -> None:
    """An instance with two data disks."""
    cloud.add_instance(
        Instance(
            region="cn-north-1",
            id=instance_id,
            name=name,
            status=status,
            private_ip=private_ip,
            az="cn-north-1a",
            system_disk=Disk(device="vda", id=f"vol-{name}-a", name="system", size_gb=40),
            data_disks=[
                Disk(device="vdb", id=f"vol-{name}-b", name="data", size_gb=200, type="ssd"),
                Disk(device="vdc", id=f"vol-{name}-c", name="logs", size_gb=100, type="premium-hdd"),
            ],
        )
    )


@asynccontextmanager
async def between(
    slack: Slack, cloud: JDCloud, folder: Path, mode: str, clock: Clock | None = None
) -> AsyncIterator[World]:
    """A world around these two, with the bot's database in a folder."""
    async with slack.serving() as slack_api, served(cloud.application()) as cloud_url:
        environ = {
            "SLACK_BOT_TOKEN": "xoxb-scenario",
            "SLACK_SIGNING_SECRET": "scenario-signing",
            "SLACK_API_URL": slack_api,
            "JDCLOUD_ACCESS_KEY": "scenario-ak",
            "JDCLOUD_SECRET_KEY": "scenario-sk",
            "JDCLOUD_REGIONS": "cn-north-1,cn-east-2",
            "JDCLOUD_VM_ENDPOINT": cloud_url,
            "JDCLOUD_DISK_ENDPOINT": cloud_url,
            "JDCLOUD_TIMEOUT": "5",
            "DATABASE_URL": f"sqlite:///{folder}/bot.db",
            "APPROVAL_CHANNEL": APPROVALS,
            "APPROVERS": f"{BEN},{ADMINS}",
            "POLL_INTERVAL": "0.25",
            "LAUNCH_GRACE": "0.3",
            "HOST": "127.0.0.1",
            "PORT": "0",
        }
        if mode == "socket":
            environ["SLACK_APP_TOKEN"] = "xapp-scenario"
            del environ["SLACK_SIGNING_SECRET"]
        yield World(slack=slack, cloud=cloud, environ=environ, clock=clock or Clock())


SECRETS = re.compile(
    r"xoxb-scenario|xapp-scenario|scenario-(?:signing|sk|ak)"  # what the settings hold
    r"|v0=[0-9a-f]{8}|Signature=[0-9a-f]{8}|JDCLOUD[23]-HMAC"  # what is made with it
    r"|ticket=[^\[\s\"&]|/(?:commands|actions|app)/T\w+/\w+"  # who knows these may connect, or answer
)
"""What must never be in a log line: a regular expression for all of it."""


@dataclass
class Log:
    """Everything that the bot, its libraries and the stand-ins have logged, at the level `debug`."""

    stream: StringIO
    _read: list[dict[str, Any]] = field(default_factory=list)
    _read_to: int = 0

    @property
    def lines(self) -> Sequence[dict[str, Any]]:
        """Each line, which is one JSON object. Whoever waits for one looks again and again: each is read once."""
        new = self.stream.getvalue()[self._read_to :]
        self._read += map(json.loads, new.splitlines())
        self._read_to += len(new)
        return self._read

    def of(self, event: str) -> list[dict[str, Any]]:
        """The lines of one event."""
        return [line for line in self.lines if line["event"] == event]


class NotAgain(logging.Filter):
    """What a library has said before, word for word, here or in an earlier scenario, is not written again: a call has a
    dozen lines that never differ, and writing them took a quarter of a scenario.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: set[int] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, dict) or record.exc_info:  # the bot's own, or more than words
            return True
        said = hash((record.name, record.getMessage()))
        if said in self._said:
            return False
        self._said.add(said)
        return True


_NOT_AGAIN = NotAgain()


@pytest.fixture(autouse=True)
def log() -> Iterator[Log]:
    """What is logged in a scenario; in the end, every scenario's lines are searched for secrets."""
    kept = Log(StringIO())
    configure_logging("debug", "json", kept.stream)
    (handler,) = (handler for handler in logging.getLogger().handlers if handler.get_name() == "bot")
    handler.addFilter(_NOT_AGAIN)
    yield kept
    configure_logging("warning", "json", StringIO())
    for line in kept.lines:
        assert {"event", "level", "timestamp", "logger"} <= line.keys()
    found = SECRETS.search(kept.stream.getvalue())
    assert found is None, kept.stream.getvalue()[max(0, found.start() - 300) : found.end() + 20]


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker looks for work more often, and cards, channels and Homes need no rest, for each scenario waits for
    them; the simulation holds the usual seconds.
    """
    monkeypatch.setattr(worker, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(cards, "REST", 0.0)
    monkeypatch.setattr(pace, "POST_EVERY", 0.05)
    monkeypatch.setattr(home, "PAUSE", 0.2)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each scenario over one of the two."""
    by_turns((item for item in items if item.path.parent == Path(__file__).parent), ("http", "socket"))


@pytest.fixture(params=["http", "socket"])
def mode(request: pytest.FixtureRequest) -> str:
    """How Slack reaches the bot: `http` or `socket`, for Socket Mode. A test may ask for one of them only."""
    return str(request.param)


@pytest.fixture
async def world(tmp_path: Path, mode: str) -> AsyncIterator[World]:
    """A Slack and a JD Cloud that run; the bot is started by the test."""
    clock = Clock()
    slack = Slack(
        bot_token="xoxb-scenario",
        app_token="xapp-scenario",
        signing_secret="scenario-signing",
        scopes=SCOPES,
        ack_timeout=LATE,
    )
    cloud = JDCloud(clock=clock, access_key="scenario-ak", secret_key="scenario-sk", build_time=0.2)
    populate(slack)
    furnish(cloud)
    async with between(slack, cloud, tmp_path, mode, clock) as made:
        yield made


@pytest.fixture
async def running(world: World) -> AsyncIterator[World]:
    """The world with the bot in it."""
    async with world.bot():
        yield world
