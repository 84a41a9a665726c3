"""One process of the bot: started, killed at any step, put to sleep for longer than its leases, stopped."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot import clients, running, wiring
from bot.ids import Ids
from bot.jdcloud import JDCloud
from bot.settings import Settings
from bot.store import SQLite
from tests.simulate.loop import acting
from tests.simulate.network import Network
from tests.simulate.transports import CloudTransport, SlackTransport


@dataclass
class FailureRates:
    """How often a step of a replica is its last one, or is followed by a long sleep, of 1."""

    kill: float = 0.0
    sleep: float = 0.0
    sleeps: tuple[float, float] = (8.0, 20.0)  # seconds: around the length of a lease


@dataclass(eq=False)
class Replica:
    """One process (see `loop.Process`). It has its own connection to the database and its own clock error."""

    name: str
    settings: Settings
    database: Path
    cloud: web.Application
    slack: web.Application
    network: Network
    failures: FailureRates
    random: Random
    trace: Callable[[str], None]
    serves: bool = True
    works: bool = True
    ahead: float = 0.0  # seconds that its wall clock is ahead of the others'
    dead: bool = False
    application: web.Application | None = None  # there while it serves
    _asleep_until: float = 0.0
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _life: "asyncio.Task[None] | None" = None
    _opened: SQLite | None = None

    def clock(self) -> float:
        """Unix seconds, by its own wall clock, which may step."""
        return self.now() + self.ahead

    @staticmethod
    def now() -> float:
        """Unix seconds, as they are; and as the database has them, which all replicas share."""
        return asyncio.get_running_loop().time()

    def paused_for(self) -> float:
        """Seconds until it goes on."""
        return max(0.0, self._asleep_until - self.now())

    def latency(self) -> float:
        """Seconds that its database takes."""
        return self.random.uniform(0.0005, 0.005)

    def chance(self, step: str, *, weight: float = 1.0, may_sleep: bool = True) -> None:
        """Something may befall it at this step."""
        if self.dead:
            return
        drawn = self.random.random() / weight
        if drawn < self.failures.kill:
            self.trace(f"{self.name} is killed {step}")
            self.kill()
        elif may_sleep and drawn < self.failures.kill + self.failures.sleep:
            seconds = self.random.uniform(*self.failures.sleeps)
            self.trace(f"{self.name} sleeps {seconds:.1f} s {step}")
            self._asleep_until = max(self._asleep_until, self.now() + seconds)

    def start(self) -> None:
        """Begins to live; `application` is there once it serves."""
        self._life = asyncio.create_task(self._live(), name=self.name)

    def kill(self) -> None:
        """kill -9: from here on nothing of it reaches the world. What is under way in the network goes on."""
        self.dead, self.application = True, None
        if self._opened is not None:
            self._opened.close()

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL where that is not enough (it sleeps, say), as platforms do it."""
        assert self._life is not None
        self._stop.set()
        await asyncio.wait({self._life}, timeout=10)
        if not self._life.done() and not self.dead:
            self.kill()

    def cancel(self) -> None:
        """At the end of the run."""
        if self._life is not None:
            self._life.cancel()

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    @property
    def failure(self) -> BaseException | None:
        """Why it ended by itself, which it must not."""
        if self._life is None or not self._life.done() or self._life.cancelled() or self._stop.is_set():
            return None
        return self._life.exception() or AssertionError(f"{self.name} ended")

    async def _live(self) -> None:
        acting.set(self)
        self._opened = SQLite(self.database, clock=self.now)
        settings = self.settings
        ids = Ids(self.random)
        cloud = JDCloud(
            access_key=settings.jdcloud_access_key.get_secret_value(),
            secret_key=settings.jdcloud_secret_key.get_secret_value(),
            vm_endpoint=settings.jdcloud_vm_endpoint,
            disk_endpoint=settings.jdcloud_disk_endpoint,
            timeout=settings.jdcloud_timeout,
            clock=self.clock,
            new_nonce=ids.nonce,
            transport=CloudTransport(self.network, self.cloud),
        )
        session: Any = SlackTransport(self.network, self.slack)
        reader, writer = clients.slack_clients(settings, session)
        assert isinstance(reader, AsyncWebClient)
        world = clients.Clients(
            database=self._opened,
            cloud=cloud,
            reader=reader,
            writer=writer,
            clock=self.clock,
            steady=self.now,
            ids=ids,
        )
        async with wiring.build(settings, world, serve=self.serves, work=self.works) as bot:
            await running.attend(bot, serving=self._serving(bot.web), stop=self._stop)

    @asynccontextmanager
    async def _serving(self, application: web.Application) -> AsyncIterator[None]:
        application.freeze()
        self.application = application if self.serves else None
        yield
        self.application = None
