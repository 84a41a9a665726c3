"""Reading requests: one statement, however many there are, and nothing is lost on the way."""

import asyncio
import contextlib
import dataclasses
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from bot.domain.lifecycle import State
from bot.domain.request import ImageRequest, Question
from bot.domain.steps import StepMove
from bot.store import Store, Transaction
from bot.store.usual import USUAL_FROM
from tests.bench.counting import CountingDatabase
from tests.contract.conftest import START, Engine
from tests.contract.test_freeze_races import Held
from tests.contract.test_store import ID, OpenStore, found, put, step_of
from tests.unit.examples import a_decision, a_plan, a_request

READS: dict[str, Callable[[Transaction], Sequence[ImageRequest]]] = {
    "pending": lambda tx: tx.requests.pending(100),
    "undecided": lambda tx: tx.requests.undecided(100),
    "of a person": lambda tx: tx.requests.of_person({"U0AMY"}, {State.PENDING}, 100),
    "latest": lambda tx: tx.requests.latest({State.PENDING}, 100),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
async def test_a_list_is_one_statement(
    store: Store, engine: Engine, read: Callable[[Transaction], Sequence[ImageRequest]]
) -> None:
    """However many requests it has: with their decisions, questions, jobs and steps."""
    database = CountingDatabase(engine.connect())
    counted = Store(database)
    for number in range(50):
        request = dataclasses.replace(a_request(), id=f"IR-{number:05}", requester="U0AMY")
        await put(store, request)
        await store.transact(lambda tx, one=request: tx.requests.decide(one.id, a_decision("U0BEN", "")))  # type: ignore[misc]
        if number in {0, 49}:
            before = database.counted.statements
            requests = await counted.transact(read)
            assert len(requests) == number + 1
            assert all(one.decisions and one.jobs[0].steps for one in requests)
            assert database.counted.statements == before + 1
    await counted.close()


async def test_what_is_usual_is_one_statement(store: Store, engine: Engine) -> None:
    """Of all machines of a request: what each took itself, and where that is not known, what others took."""
    for number in range(USUAL_FROM):
        request = a_request(id=f"IR-{number}", plan=a_plan(instance_id="i-own"), state=State.APPROVED)
        await put(store, request)
        await store.transact(partial(_take, request_id=request.id, seconds=100.0 + number))
    await put(store, asked := a_request(plan=a_plan(instance_id="i-own")))
    await put(store, new := a_request(id="IR-NEW", plan=a_plan(instance_id="i-new")))
    database = CountingDatabase(engine.connect())
    counted = Store(database)
    assert await counted.transact(lambda tx: tx.requests.usual_of(asked)) == {0: 101.0}
    assert await counted.transact(lambda tx: tx.requests.usual_of(new)) == {0: 101.0}
    both = await counted.transact(lambda tx: tx.requests.usual_of_each([asked.id, new.id]))
    assert both == {asked.id: {0: 101.0}, new.id: {0: 101.0}}
    assert database.counted.statements == 3
    await counted.close()


async def test_earlier_requests_for_the_same_machines_are_one_statement(store: Store, engine: Engine) -> None:
    """However many ask for them: each has those before it that have not ended, the oldest first."""
    one, other = a_plan(instance_id="i-one"), a_plan(instance_id="i-other")
    requests = [
        a_request(id=f"IR-{number}", plan=plan, state=state, created_at=1_000.0 + number)
        for number, (plan, state) in enumerate(
            [(one, State.APPROVED), (one, State.PENDING), (other, State.PENDING), (one, State.PENDING)]
        )
    ]
    for request in requests:
        await put(store, request)
    await put(store, a_request(id="IR-ENDED", plan=one, state=State.CANCELLED, created_at=900.0))
    database = CountingDatabase(engine.connect())
    counted = Store(database)
    found_each = await counted.transact(lambda tx: tx.requests.earlier(requests[1:]))
    assert {key: [other.id for other in others] for key, others in found_each.items()} == {
        "IR-1": ["IR-0"],
        "IR-2": [],
        "IR-3": ["IR-0", "IR-1"],
    }
    assert await counted.transact(lambda tx: tx.requests.earlier([])) == {}
    assert database.counted.statements == 1
    await counted.close()


def _take(tx: Transaction, request_id: str, seconds: float) -> None:
    """An image of the request is made in so many seconds."""
    assert tx.steps.advance(step_of(tx, request_id), StepMove.CALL, at=1_000.0, actor="w")
    since = START - seconds
    assert tx.steps.advance(step_of(tx, request_id), StepMove.ACCEPT, at=1_000.0, actor="w", working_since=since)
    assert tx.steps.advance(step_of(tx, request_id), StepMove.FINISH, at=1_000.0, actor="w")


async def test_every_digit_of_a_time_comes_back(store: Store) -> None:
    """Times have as many digits as a double has, wherever they are kept."""
    at = 1_764_401_234.0000002  # the next but one double after the whole second
    assert f"{at:.15g}" != repr(at)

    def work(tx: Transaction) -> ImageRequest:
        request = found(tx)
        tx.requests.decide(request.id, dataclasses.replace(a_decision("U0BEN", ""), at=at))
        step = step_of(tx)
        assert tx.steps.advance(step, StepMove.CALL, at=at, actor="w", called_at=at, doubtful_at=at)
        return found(tx)

    await put(store, a_request(state=State.APPROVED))
    read = await store.transact(work)
    step = read.jobs[0].steps[0]
    assert (read.decisions[0].at, step.called_at, step.doubtful_at) == (at, at, at)


async def test_whoever_waits_for_a_request_reads_all_that_was_done_meanwhile(open_store: OpenStore) -> None:
    """What stands behind its row too: two approvers who press at once are counted together."""
    first, second = await open_store(), await open_store()
    await put(first, a_request())
    held = Held()

    def approve(tx: Transaction) -> None:
        assert tx.requests.lock(ID)
        held.stay()
        tx.requests.decide(ID, a_decision("U0BEN", ""))

    approving = asyncio.create_task(first.transact(approve))
    await held.reached()
    read = await second.transact(lambda tx: tx.requests.lock(ID))
    await approving
    assert read
    assert [decision.approver for decision in read.decisions] == ["U0BEN"]


async def test_words_come_back_as_they_were_said(store: Store) -> None:
    """Quotes, signs of JSON and of SQL, and every script."""
    said = """它's "{columns}" \\ :name %(x)s 'ok' \u2028 😀"""
    await put(store, a_request())

    def work(tx: Transaction) -> ImageRequest:
        request = found(tx)
        tx.requests.decide(request.id, dataclasses.replace(a_decision("U0BEN", ""), reason=said))
        tx.requests.ask(request, Question(asker="U0BEN", text=said, at=1.0), view_id="V1")
        return found(tx)

    read = await store.transact(work)
    assert (read.decisions[0].reason, read.questions[0].text) == (said, said)


async def test_words_that_are_no_words_are_read_as_far_as_they_are(store: Store, engine: Engine) -> None:
    """Whoever else writes into the file may cut a character in two: the request is read all the same."""
    if engine.is_postgres:
        pytest.skip("PostgreSQL takes none")
    await put(store, a_request())
    await store.transact(
        lambda tx: tx.requests.decide(ID, dataclasses.replace(a_decision("U0BEN", ""), reason="Zustimmung"))
    )
    with contextlib.closing(sqlite3.connect(engine.path)) as file, file:
        file.execute("UPDATE decision SET reason = CAST(X'5aff' AS TEXT)")
    read = await store.transact(found)
    assert read.decisions[0].reason == "Z\N{REPLACEMENT CHARACTER}"
