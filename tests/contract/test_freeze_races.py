"""A freeze that is begun while a step begins, on every engine: the intent was before the freeze, or nothing begins."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from threading import Event

import pytest

from bot.domain.errors import Code, Problem
from bot.domain.request import ImageRequest
from bot.service.freezing import Freezing
from bot.service.gate import Closed, Gate
from bot.service.steps.kind import Answer, Task
from bot.store import Store, Transaction
from bot.store.events import Events
from tests.contract.conftest import Engine
from tests.contract.test_climb import OpenStore
from tests.contract.test_freezes import BOTH, freezing_over
from tests.contract.test_steps_engine import PLANNED, Nap, Night, night

__all__ = ["night"]  # a fixture

LONG_ENOUGH = 0.5
"""Seconds for which a transaction is held, so that another one gets past it that does not wait for it."""


class Held:
    """A place in a transaction where it is held for a while, or until it is let on."""

    def __init__(self) -> None:
        self._reached, self._let_on = Event(), Event()

    def stay(self) -> None:
        """Called in the transaction."""
        self._reached.set()
        self._let_on.wait(LONG_ENOUGH)

    async def reached(self) -> None:
        """Waits until a transaction is held here."""
        await asyncio.to_thread(self._reached.wait)

    def let_on(self) -> None:
        """What was to be done meanwhile is done."""
        self._let_on.set()


@dataclass(frozen=True, kw_only=True)
class HeldGate(Gate):
    """A gate at which the transaction that writes an intent is held, after it was found open."""

    held: Held
    found: list[Closed | None]

    def closed(self, tx: Transaction, request: ImageRequest) -> Closed | None:
        """As it is."""
        self.found.append(super().closed(tx, request))
        if len(self.found) == 2:  # the first time is before anything is asked of the cloud
            self.held.stay()
        return self.found[-1]


@dataclass(frozen=True, kw_only=True)
class OpenedMeanwhile(Gate):
    """A gate that somebody opens right after it was found closed."""

    found: list[Closed]

    def closed(self, tx: Transaction, request: ImageRequest) -> Closed | None:
        """At first."""
        if self.found:
            return super().closed(tx, request)
        self.found.append(Closed(Problem(Code.FROZEN), self.clock() + 3_600))
        return self.found[0]


@dataclass(frozen=True, kw_only=True)
class LateNap(Nap):
    """A nap before which something happens, once the gate was found open for the first time."""

    meanwhile: Callable[[], Awaitable[None]]

    async def prepare(self, task: Task) -> Answer:
        """As it is."""
        await self.meanwhile()
        return await super().prepare(task)


@pytest.fixture
async def freezing(open_store: OpenStore, engine: Engine) -> Freezing:
    """That of another process."""
    return freezing_over(await open_store(), engine)


async def freeze(freezing: Freezing) -> None:
    """Everything is frozen."""
    await freezing.begin(actor=BOTH, until=freezing.clock() + 3_600, why="", asked="a command")


def held_at_the_record(monkeypatch: pytest.MonkeyPatch) -> tuple[Held, Held]:
    """Where a freeze is held before and after it is added to the record, the last that it does."""
    write, before, after = Events.write, Held(), Held()

    def held(self: Events) -> None:
        if [event.kind for event in self._added] != ["freeze"]:
            write(self)
            return
        before.stay()
        write(self)
        after.stay()

    monkeypatch.setattr(Events, "write", held)
    return before, after


async def recorded(store: Store) -> Sequence[str]:
    """What the audit has, in its order, of freezes and of naps that were asked for."""
    kinds = [event.kind for event in await store.transact(lambda tx: tx.events.matching())]
    return [kind for kind in kinds if kind in {"freeze", "nap.call"}]


async def test_an_intent_that_is_being_written_is_before_the_freeze(
    night: Night, store: Store, freezing: Freezing
) -> None:
    """The freeze waits for it."""
    held, found = Held(), list[Closed | None]()
    gate = HeldGate(rules=freezing.rules, clock=night.clock, held=held, found=found)
    night.asking = replace(night.asking, gate=gate)

    async def freeze_meanwhile() -> None:
        await held.reached()
        await freeze(freezing)
        held.let_on()

    await asyncio.gather(night.turn(), freeze_meanwhile())
    assert found[:2] == [None, None]
    assert await recorded(store) == ["nap.call", "freeze"]
    assert night.nap.calls == 1


async def test_a_freeze_that_ends_meanwhile_puts_nothing_off(night: Night, freezing: Freezing) -> None:
    """Whoever ended it could not hasten a step that a worker held, which was about to put it off."""
    gate = OpenedMeanwhile(rules=freezing.rules, clock=night.clock, found=[])
    night.asking = replace(night.asking, gate=gate)
    await night.turn()
    assert night.nap.calls == 0
    await night.turn()
    assert night.nap.calls == 1


async def test_while_a_freeze_is_being_written_nothing_begins(
    night: Night, store: Store, freezing: Freezing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step for which the gate was open just now waits for the freeze, and then sees it."""
    before, after = held_at_the_record(monkeypatch)
    begun = list[asyncio.Task[None]]()

    async def freeze_first() -> None:
        before.let_on()
        begun.append(asyncio.create_task(freeze(freezing)))
        await after.reached()

    night.asking = replace(
        night.asking, kinds={**night.asking.kinds, "nap": LateNap(night.nap, meanwhile=freeze_first)}
    )
    await night.turn()
    after.let_on()
    await asyncio.gather(*begun)
    assert await recorded(store) == ["freeze"]
    assert (night.nap.calls, (await night.step()).state) == (0, PLANNED)


async def test_nor_does_what_the_freeze_has_not_seen(
    store: Store, engine: Engine, freezing: Freezing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that is made and approved after the freeze has looked which there are, and before it is written."""
    night = Night(store, engine)
    before, after = held_at_the_record(monkeypatch)
    begun = asyncio.create_task(freeze(freezing))
    await before.reached()
    await night.approved()
    before.let_on()
    await after.reached()
    await night.turn()
    after.let_on()
    await begun
    assert await recorded(store) == ["freeze"]
    assert night.nap.calls == 0
