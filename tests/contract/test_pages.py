"""Steps that the cloud is at, on every engine: looked at by the page, and what is new of them written one by one."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from bot.domain.cloud import Accepted
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import State
from bot.domain.steps import JobStep, StepMove, StepState
from bot.jdcloud.errors import CloudError, NotAnswered
from bot.service.steps import Watching, watching
from bot.service.steps.kind import Absent, Answer, Broke, Going, Happened, NoTrace, Ready, Sight, Task, Trace
from bot.store import Lease, Store, Transaction
from bot.store.step_queue import TOGETHER
from tests.bench.counting import CountingDatabase
from tests.contract.conftest import START, Engine
from tests.contract.test_store import found, put, step_of, step_on
from tests.unit.examples import a_plan, a_request

INTERVAL, GRACE = 10.0, 120.0
REGIONS = ("cn-north-1", "cn-east-2", "cn-south-1")
BY = Lease("worker-1", 60.0)


@dataclass
class Look:
    """What is seen of images, by the ids of their requests; all others are going on."""

    sights: dict[str, Sight] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)  # of progress
    fault: CloudError | None = None
    asked: int = 0  # how often for progress
    calls_at_most: int | None = None

    async def look(self, region: str, steps: Sequence[JobStep]) -> Sequence[Sight]:
        """As it was set."""
        assert {step.region for step in steps} == {region}
        if self.fault:
            raise self.fault
        return [self.sights.get(step.request_id, Going()) for step in steps]

    async def progress(self, region: str, steps: Sequence[JobStep]) -> Mapping[int, str]:
        """Likewise."""
        del region
        self.asked += 1
        return {step.id: self.told[step.request_id] for step in steps if step.request_id in self.told}

    def absent(self, task: Task, *, gone: bool) -> Problem:
        """It is gone."""
        return Problem(Code.IMAGE_GONE, facts={"image": task.step.result})

    async def prepare(self, task: Task) -> Answer:
        """Nothing is asked for here."""
        del task
        return Ready()

    async def call(self, task: Task) -> Accepted:
        """Likewise."""
        raise NotImplementedError

    async def trace(self, task: Task) -> Trace:
        """Likewise."""
        del task
        return NoTrace()


class Watched:
    """Images that are being made, and whoever looks at them."""

    def __init__(self, store: Store, engine: Engine, database: CountingDatabase) -> None:
        self.store, self.engine, self.kind, self.counted = store, engine, Look(), database.counted
        self.watching = Watching(
            store=store, kinds={"image": self.kind}, interval=INTERVAL, grace=GRACE, clock=lambda: engine.time
        )

    async def building(self, number: int, region: str = REGIONS[0]) -> str:
        """One more, begun now."""
        request_id = f"IR-{number:05}"
        plan = a_plan(instance_id=f"i-{number}", region=region)
        await put(self.store, a_request(id=request_id, plan=plan, state=State.APPROVED))
        since, image = self.engine.time, f"img-{number}"
        assert await step_on(self.store, StepMove.ACCEPT, request_id, working_since=since, result=image)
        return request_id

    async def page(self, limit: int = 100) -> Sequence[JobStep]:
        """What is claimed at one time."""
        return await self.store.transact(lambda tx: tx.steps.claim_working(BY, limit))

    async def look(self) -> None:
        """One look at what is due by then."""
        self.engine.time += INTERVAL
        while page := await self.page():
            await self.watching.look(page, BY)

    async def statements(self) -> int:
        """How many one look takes."""
        before = self.counted.statements
        await self.look()
        return self.counted.statements - before

    async def step(self, request_id: str) -> JobStep:
        """As it stands."""
        return await self.store.transact(lambda tx: step_of(tx, request_id))

    async def version(self, request_id: str) -> int:
        """What its cards are to show."""
        return (await self.store.transact(lambda tx: found(tx, request_id))).version


@pytest.fixture
async def watched(store: Store, engine: Engine) -> AsyncIterator[Watched]:
    """Nothing yet."""
    del store  # only its schema
    database = CountingDatabase(engine.connect())
    counting = Store(database)
    yield Watched(counting, engine, database)
    await counting.close()


async def test_a_page_is_of_one_kind_and_region(watched: Watched) -> None:
    """However they come: as few pages as hold them, those that have been due for longest first."""
    for number in range(12):
        await watched.building(number, REGIONS[number % 3])
        watched.engine.time += 0.1
    pages = []
    while page := await watched.page(3):
        pages.append([(step.region, step.instance_id) for step in page])
    assert [len(page) for page in pages] == [3, 3, 3, 1, 1, 1]
    assert [{region for region, _ in page} for page in pages] == [{region} for region in REGIONS] * 2
    assert [instance for _, instance in pages[0]] == ["i-0", "i-3", "i-6"]


async def test_what_is_due_in_a_moment_is_looked_at_too(watched: Watched) -> None:
    """By the call for what is due, and not before: so images that were begun one by one come to share their calls."""
    begun = [await watched.building(number) for number in range(3)]
    for step, seconds in zip(await watched.page(), (5.0, 5.0 + TOGETHER, 5.1 + TOGETHER), strict=True):
        await watched.store.transact(lambda tx, step=step, seconds=seconds: tx.steps.postpone(step, seconds, BY))  # type: ignore[misc]
    watched.engine.time += 4.9
    assert not await watched.page()
    watched.engine.time += 0.1
    assert [step.request_id for step in await watched.page()] == begun[:2]


async def test_what_was_missing_is_a_page_by_itself(watched: Watched) -> None:
    """It may have a call refused, which then is a call about nothing else."""
    ids = [await watched.building(number) for number in range(4)]
    watched.kind.sights = {ids[1]: Absent(), ids[2]: Absent()}
    await watched.look()
    assert [(await watched.step(one)).misses for one in ids] == [0, 1, 1, 0]
    watched.engine.time += INTERVAL
    pages = [sorted(step.request_id for step in await watched.page()) for _ in range(2)]
    assert sorted(pages) == [[ids[0], ids[3]], [ids[1], ids[2]]]
    assert not await watched.page()


async def test_a_page_of_many_takes_as_many_statements_as_one(watched: Watched) -> None:
    """While there is nothing new of any; nothing is drawn anew, and each is looked at again in its time."""
    first = await watched.building(0)
    await watched.look()
    of_one = await watched.statements()
    ids = [first, *[await watched.building(number) for number in range(1, 9)]]
    await watched.look()
    before = [await watched.version(one) for one in ids]
    assert await watched.statements() == of_one <= 10
    assert [await watched.version(one) for one in ids] == before
    watched.engine.time += INTERVAL - 1
    assert not await watched.page()
    watched.engine.time += 1
    assert len(await watched.page()) == len(ids)


async def test_what_is_new_of_some_is_drawn_of_these(watched: Watched) -> None:
    """Progress, an end, and what came to nothing; of the others nothing is."""
    ids = [await watched.building(number) for number in range(4)]
    await watched.look()
    before = [await watched.version(one) for one in ids]
    watched.kind.told = {ids[0]: "1/3"}
    watched.kind.sights = {ids[1]: Happened(), ids[2]: Broke(Problem(Code.IMAGE_BROKEN))}
    await watched.look()
    states = [(step.state, step.progress) for step in [await watched.step(one) for one in ids]]
    assert states == [(StepState.WORKING, "1/3"), (StepState.DONE, ""), (StepState.FAILED, ""), (StepState.WORKING, "")]
    drawn = [await watched.version(one) > version for one, version in zip(ids, before, strict=True)]
    assert drawn == [True, True, True, False]
    before = [await watched.version(one) for one in ids]
    await watched.look()
    assert [await watched.version(one) for one in ids] == before


async def test_a_cloud_that_is_silent_is_said_once(watched: Watched) -> None:
    """Of each step of the page; then each look is as cheap as one at a cloud that answers."""
    ids = [await watched.building(number) for number in range(3)]
    await watched.look()
    quiet = await watched.statements()
    watched.kind.fault = NotAnswered(action="describeImages", message="connection reset")
    await watched.look()
    assert [[one.code for one in (await watched.step(one)).problems] for one in ids] == [[Code.STILL_WATCHING]] * 3
    before = [await watched.version(one) for one in ids]
    watched.engine.time += INTERVAL
    assert await watched.statements() <= quiet
    assert [await watched.version(one) for one in ids] == before
    watched.kind.fault = None
    watched.engine.time += INTERVAL
    await watched.look()
    assert [(await watched.step(one)).problems for one in ids] == [()] * 3


async def test_what_another_worker_holds_is_left_to_it(watched: Watched) -> None:
    """Whoever slept through the end of its lease puts nothing off."""
    request_id = await watched.building(0)
    page = await watched.page()
    watched.engine.time += 61
    other = Lease("worker-2", 60.0)

    def claim(tx: Transaction) -> Sequence[JobStep]:
        return tx.steps.claim_working(other, 9)

    assert await watched.store.transact(claim)
    await watched.watching.look(page, BY)
    await watched.store.transact(lambda tx: tx.release("worker-2"))
    assert [step.request_id for step in await watched.page()] == [request_id]


async def test_pages_that_are_full_ask_for_progress_in_turn(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is only shown; one image alone tells it at every look."""
    await watched.building(0)
    for looks, asked in ((1, 1), (2, 2)):
        await watched.look()
        assert watched.kind.asked == asked, looks
    monkeypatch.setattr(watching, "PAGE", 1)
    watched.kind.asked = 0
    for _ in range(watching.PROGRESS_EVERY):
        await watched.look()
    assert watched.kind.asked == 1


async def test_what_is_usual_of_several(watched: Watched) -> None:
    """Each of its own past where it has enough of one, else of anybody's; in one statement."""
    number = 0
    for instance, past in {"i-a": (100.0, 300.0, 200.0), "i-b": (50.0, 70.0)}.items():
        for seconds in past:
            number += 1
            request = a_request(id=f"IR-{number:05}", plan=a_plan(instance_id=instance), state=State.APPROVED)
            await put(watched.store, request)
            assert await step_on(watched.store, StepMove.ACCEPT, request.id, working_since=START - seconds)
            assert await step_on(watched.store, StepMove.FINISH, request.id)

    ids = [await watched.building(number) for number in (11, 12)]
    of_past = await watched.step("IR-00001"), await watched.step("IR-00004")
    assert [step.instance_id for step in of_past] == ["i-a", "i-b"]
    steps = [*of_past, *[await watched.step(one) for one in ids]]
    before = watched.counted.statements
    usual = await watched.store.transact(lambda tx: tx.requests.usual_of_steps(steps, "image"))
    assert watched.counted.statements == before + 1
    assert [usual[step.id] for step in steps] == [200.0, 100.0, 100.0, 100.0]
    assert await watched.store.transact(lambda tx: tx.requests.usual_of_steps(steps, "stop")) == {}


async def test_full_pages_are_not_looked_at_together(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else all that has come to its end would have to be told at one moment; a page that is not full keeps it."""
    monkeypatch.setattr(watching, "PAGE", 2)
    for number in range(7):
        await watched.building(number)
    watched.engine.time += INTERVAL
    while page := await watched.page(limit=2):
        await watched.watching.look(page, BY)
    rows = await watched.store.read(lambda tx: tx.events._query("SELECT next_at FROM step"))
    waits = sorted(row["next_at"] - watched.engine.time for row in rows)
    assert len(set(waits)) == 4
    assert INTERVAL in waits
    assert 0.8 * INTERVAL <= waits[0] < waits[-1] <= 1.2 * INTERVAL
