"""How often PostgreSQL is waited for, and that what is sent late fails like what is sent at once."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from threading import Event

import psycopg
import pytest

from bot.domain.lifecycle import Move
from bot.store import Store, Transaction
from bot.store.database import Conflict, Row, StoreFault
from bot.store.postgres import _Messages
from tests.contract.conftest import Engine
from tests.contract.test_store import ID, OpenStore, lease, put
from tests.unit.examples import a_request

PATIENCE = 10.0
"""Seconds."""

pytestmark = pytest.mark.parametrize("engine", ["postgres"], indirect=True)


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What is sent to the server: the statements of each message."""
    sent: list[list[str]] = []
    send = _Messages._send

    def noting(self: _Messages) -> Sequence[Row]:
        sent.append(list(self._waiting))
        return send(self)

    monkeypatch.setattr(_Messages, "_send", noting)
    return sent


async def _waiting(engine: Engine) -> None:
    """Until somebody waits for a lock."""
    with psycopg.connect(engine.url, autocommit=True) as server:
        while not server.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall():  # noqa: ASYNC110 # it tells nobody
            await asyncio.sleep(0.01)


async def test_a_cancellation_is_few_messages(store: Store, messages: list[list[str]]) -> None:
    """The server is asked for rows, and else waited for at the commit only."""
    await put(store, a_request())
    messages.clear()

    def cancel(tx: Transaction) -> bool:
        tx.requests.lock(ID)
        return tx.requests.advance(ID, Move.CANCEL, at=5_000.0, actor="U0AMY", finished_at=5_000.0)

    assert await store.transact(cancel)
    assert [len(one) for one in messages] == [3, 1, 4, 1, 5]


async def test_whoever_waits_for_a_lock_reads_what_was_behind_it(open_store: OpenStore, engine: Engine) -> None:
    """Though the lock and the reading are one message."""
    first, second = await open_store(), await open_store()
    await put(first, a_request())
    holds, let_go = Event(), Event()

    def hold(tx: Transaction) -> None:
        tx.requests.lock(ID)
        holds.set()
        assert let_go.wait(PATIENCE)
        tx.versions.touch(ID)

    holding = asyncio.create_task(first.transact(hold))
    assert await asyncio.to_thread(holds.wait, PATIENCE)
    waiting = asyncio.create_task(second.transact(lambda tx: tx.requests.lock(ID)))
    await _waiting(engine)
    let_go.set()
    await holding
    read = await waiting
    assert read
    assert read.version == 2


async def test_a_claim_and_a_decision_do_not_wait_for_each_other(open_store: OpenStore, engine: Engine) -> None:
    """A card that is claimed and then intended is written twice, which has PostgreSQL look at its request: whoever
    decides has that, and waits for the card.
    """
    worker, web = await open_store(), await open_store()
    await put(worker, a_request())
    claimed, decides, tries = Event(), Event(), list[str]()

    def claim(tx: Transaction) -> bool:
        tries.append("claim")
        (card,) = tx.cards.claim(lease(), 9)
        claimed.set()
        assert decides.wait(PATIENCE)
        return tx.cards.intend(card, lease())

    def decide(tx: Transaction) -> None:
        tries.append("decide")
        assert tx.requests.lock(ID)
        tx.versions.touch(ID)

    claiming = asyncio.create_task(worker.transact(claim))
    assert await asyncio.to_thread(claimed.wait, PATIENCE)
    deciding = asyncio.create_task(web.transact(decide))
    await _waiting(engine)
    decides.set()
    assert await claiming
    await deciding
    assert sorted(tries) == ["claim", "decide"]


async def test_what_had_a_statement_fail_is_not_taken_for_committed(store: Store) -> None:
    """The server answers a commit then as if nothing were wrong, and has undone all of it."""
    await put(store, a_request())

    def swallow(tx: Transaction) -> None:
        tx.reminders.look_at(ID, 77.0)
        with suppress(StoreFault):
            tx.cards._query("SELECT 1 / 0 AS nothing")

    with pytest.raises(Conflict):
        await store.transact(swallow)
    assert await store.transact(lambda tx: tx.reminders.due(50.0, 9)) == (ID,)


async def test_what_breaks_a_rule_of_the_schema_breaks_it_at_the_commit(store: Store) -> None:
    """And nothing of the transaction is done."""
    await put(store, a_request())

    def twice(tx: Transaction) -> None:
        tx.reminders.look_at(ID, 77.0)
        tx.cards._query(
            "INSERT INTO job (request_id, number, region, instance_id, state) VALUES (:id, 0, 'r', 'i', 'waiting')",
            id=ID,
        )

    with pytest.raises(Conflict):
        await store.transact(twice)
    assert await store.transact(lambda tx: tx.reminders.due(50.0, 9)) == (ID,)


async def test_a_connection_that_was_cut_loses_nothing_that_was_only_written(store: Store, engine: Engine) -> None:
    """What returns no rows is sent with its commit, and that is sent once: the connection is tried before."""
    await put(store, a_request())
    with psycopg.connect(engine.url, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
            "WHERE application_name = 'createimage-bot' AND datname = current_database()"
        )
    await store.transact(lambda tx: tx.reminders.look_at(ID, 77.0))
    assert await store.transact(lambda tx: tx.reminders.due(50.0, 9)) == ()
