"""The chain of events, on every engine: whoever changes the past is found out, and where."""

import asyncio
import dataclasses
import hashlib
import json
from collections.abc import Awaitable, Callable

import pytest

from bot.cli.audit import FORMATS, event_json, event_lines, verdict
from bot.domain.lifecycle import Move
from bot.domain.steps import StepMove
from bot.store import Chain, Store, StoreFault, Transaction
from tests.contract.conftest import Engine
from tests.unit.examples import a_decision, a_request, replan

EVENTS = 5
FORGED = """
INSERT INTO event ({id} request_id, at, actor, kind, detail, number) OVERRIDING SYSTEM VALUE
VALUES ({value} 'IR-00001', 1, 'U0BEN', 'approve', '{{}}', {number})
"""


def _for(engine: Engine, statement: str) -> str:
    """PostgreSQL wants to be told that an id is chosen on purpose; SQLite does not know the words."""
    return statement if engine.is_postgres else statement.replace("OVERRIDING SYSTEM VALUE", "")


async def story(store: Store, number: int = 1) -> None:
    """A request from its beginning to the intent of its first step: five events."""
    request = a_request(id=f"IR-0000{number}")
    request = dataclasses.replace(request, plan=replan(request.plan, instance_id=f"i-{number}"))

    def work(tx: Transaction) -> None:
        tx.requests.add(request, draft_id=f"draft-{number}", cards=())
        tx.requests.decide(request.id, a_decision("U0BEN", plan_hash=request.plan.hash))
        why = {"why": "为何 \U0001f600"}
        assert tx.requests.advance(request.id, Move.APPROVE, at=2_000.5, actor="U0BEN", detail=why)
        ((step,),) = (job.steps for job in tx.requests.existing(request.id).jobs)
        assert tx.steps.advance(step, StepMove.CALL, at=2_000.5, actor="U0BEN", detail=why)

    await store.transact(work)


async def looked(store: Store, head: str = "") -> Chain:
    """What a look at the chain finds."""
    return await store.transact(lambda tx: tx.events.verify(head=head))


async def test_an_untouched_chain_holds(store: Store) -> None:
    """Also an empty one, and one that two requests wrote."""
    assert await looked(store) == Chain(events=0, head="")
    await story(store)
    await story(store, 2)
    chain = await looked(store)
    assert (chain.events, chain.broken, len(chain.head)) == (2 * EVENTS, "", 64)


async def test_many_at_once_make_one_chain(store: Store) -> None:
    """Whoever writes an event waits for the one before."""
    await asyncio.gather(*(story(store, number) for number in range(1, 9)))
    chain = await looked(store)
    assert (chain.events, chain.broken) == (8 * EVENTS, "")


@pytest.mark.parametrize(
    ("tampering", "events", "broken"),
    [
        ("UPDATE event SET actor = 'U0EVE' WHERE number = 3", 2, "event 3 (approve of IR-00001) is not as it was"),
        ("UPDATE event SET at = at + 1 WHERE number = 1", 0, "event 1 (request of IR-00001) is not as it was"),
        (
            "UPDATE event SET detail = 'nonsense' WHERE number = 4",
            3,
            "event 4 (image.call of IR-00001) is not",
        ),
        ("UPDATE event SET number = 9 WHERE number = 2", 1, "event 2 is missing"),
        ("DELETE FROM event WHERE number = 2", 1, "event 2 is missing"),
        ("DELETE FROM event WHERE number = 5", 4, "the chain ends at event 4, and 5 were written"),
        ("UPDATE event_chain SET events = 6", 5, "the chain ends at event 5, and 6 were written"),
        ("UPDATE event_chain SET hash = 'another'", 5, "the chain ends at event 5 with another hash"),
        ("DELETE FROM event_chain", 5, "the end of the chain is gone"),
        ("UPDATE event SET detail = '[1]' WHERE number = 4", 3, "event 4 (image.call of IR-00001) is not"),
        (
            "UPDATE event SET detail = '{\"a\": 1}' WHERE number = 4",
            3,
            "event 4 (image.call of IR-00001) is not",
        ),
        (
            r"""UPDATE event SET detail = '{"a": "\ud800"}' WHERE number = 4""",
            3,
            "event 4 (image.call of IR-00001) is not",
        ),
        (
            f"UPDATE event SET detail = '{'[' * 100_000}' WHERE number = 4",
            3,
            "event 4 (image.call of IR-00001) is not",
        ),
        ("UPDATE event SET at = 1e300 WHERE number = 4", 3, "event 4 (image.call of IR-00001) is not"),
        (
            "UPDATE event SET number = -1 WHERE number = 4",
            3,
            "event -1 (image.call of IR-00001) was put in",
        ),
        (FORGED.format(id="", value="", number=0), 5, "event 0 (approve of IR-00001) was put in after event 5"),
        (FORGED.format(id="", value="", number=-7), 5, "event -7 (approve of IR-00001) was put in after event 5"),
        (FORGED.format(id="id,", value=f"{-(2**63)},", number=0), 5, "1 events have no number, and 0 were there"),
        (FORGED.format(id="id,", value="-1,", number=-1), 0, "event -1 (approve of IR-00001) was put in after event 0"),
        (
            f"DROP INDEX event_number; {FORGED.format(id='', value='', number=2)}",
            5,
            "event 2 (approve of IR-00001) comes once more after event 5",
        ),
    ],
)
async def test_tampering_is_found(engine: Engine, store: Store, tampering: str, events: int, broken: str) -> None:
    """The first link that does not hold is named."""
    await story(store)

    def tamper(tx: Transaction) -> None:
        for statement in tampering.split(";"):
            tx.events._query(_for(engine, statement))

    await store.transact(tamper)
    chain = await looked(store)
    assert chain.events == events
    assert chain.broken.startswith(broken)
    assert "Broken after" in verdict(chain)
    event_lines(await store.transact(lambda tx: tx.events.matching()))  # nor does a list break over it


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("column", ["request_id", "actor", "kind", "detail", "hash", "number", "at"])
@pytest.mark.parametrize("value", ["x'00ff'", "CAST(x'ff1b' AS TEXT)", "9e999", "NULL"])
async def test_what_is_no_event_is_found(store: Store, column: str, value: str) -> None:
    """SQLite takes a blob, bytes that are no text, or a number in any column, and nothing at all from who insists."""
    await story(store)

    def tamper(tx: Transaction) -> None:
        query = tx.events._query
        (table,) = query("SELECT sql FROM sqlite_schema WHERE name = 'event'")
        query("ALTER TABLE event RENAME TO before")
        query(table["sql"].replace("NOT NULL", "").replace("REFERENCES request (id)", ""))
        query("INSERT INTO event SELECT * FROM before")
        query(f"UPDATE event SET {column} = {value} WHERE id = 3")

    await store.transact(tamper)
    chain = await looked(store)
    assert chain.events == 2
    assert chain.broken.startswith("event ")
    assert "is not as it was written" in chain.broken or "is missing" in chain.broken
    assert "\x1b" not in verdict(chain)
    events = await store.transact(lambda tx: tx.events.matching())
    assert all(write(events) for write in FORMATS.values())


async def test_without_the_chains_end_nothing_is_written(store: Store) -> None:
    """What cannot be recorded is not done, the operator is told why, and the database counts as broken."""
    await story(store)
    await store.transact(lambda tx: tx.events._query("DELETE FROM event_chain"))
    with pytest.raises(StoreFault, match="end of the chain is gone"):
        await story(store, 2)
    with pytest.raises(StoreFault, match="end of the chain is gone"):
        await store.ping()


async def test_an_end_cut_off_with_care_is_found_by_an_earlier_head(store: Store) -> None:
    """Who may write to the table may also write its end anew; a head noted elsewhere tells."""
    await story(store)
    noted = (await looked(store)).head

    def cut(tx: Transaction) -> None:
        (last,) = tx.events._query("DELETE FROM event WHERE number = 5 RETURNING number")
        (before,) = tx.events._query("SELECT hash FROM event WHERE number = 4")
        tx.events._query(
            "UPDATE event_chain SET events = :events, hash = :hash", events=last["number"] - 1, hash=before["hash"]
        )

    await store.transact(cut)
    assert not (await looked(store)).broken
    assert "not in the chain" in (await looked(store, noted)).broken


async def test_an_earlier_head_stays_in_the_chain(store: Store) -> None:
    await story(store)
    noted = (await looked(store)).head
    await story(store, 2)
    assert not (await looked(store, noted)).broken


async def test_events_from_before_the_chain_are_told_apart(
    engine: Engine, open_store: Callable[..., Awaitable[Store]]
) -> None:
    """They are listed and not covered; but how many there were is known, so that none is put among them."""
    store = await open_store()
    await story(store)

    def step_back(tx: Transaction) -> None:
        """As the steps before 0005 left it, with two events that 0003 had found there."""
        for number in (-2, -1):
            tx.events._query(_for(engine, FORGED.format(id="id,", value=f"{number},", number=0)))
        tx.events._query("ALTER TABLE event_chain DROP COLUMN unchained")
        table = "schema_migration" if engine.is_postgres else "_sqlite_migrations"
        tx.events._query(f"DELETE FROM {table} WHERE name = '0005_before_the_chain'")

    await store.transact(step_back)
    store = await open_store()
    chain = await looked(store)
    assert (chain.events, chain.unchained, chain.broken) == (EVENTS, 2, "")
    assert "2 events are from before the chain" in verdict(chain)
    forged = _for(engine, FORGED.format(id="id,", value="-3,", number=0))
    await store.transact(lambda tx: tx.events._query(forged))
    assert (await looked(store)).broken == "3 events have no number, and 2 were there when the chain began"


async def test_the_export_can_be_verified_by_anybody(store: Store) -> None:
    """With SHA-256 and JSON alone, as docs/operating.md says."""
    await story(store)
    head = ""
    for line in event_json(await store.transact(lambda tx: tx.events.matching())).splitlines():
        told = json.loads(line)
        fields = [told[name] for name in ("number", "request_id", "unix", "actor", "kind", "detail")]
        written = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        head = hashlib.sha256(f"{head}\n{written}".encode()).hexdigest()
        assert head == told["hash"]
    assert head == (await looked(store)).head


async def test_events_are_found(store: Store) -> None:
    """By request, person and time."""
    await story(store)
    await story(store, 2)

    async def found(**wanted: object) -> int:
        return len(await store.transact(lambda tx: tx.events.matching(**wanted)))  # type: ignore[arg-type]

    assert await found() == 2 * EVENTS
    assert await found(request_id="IR-00002") == EVENTS
    assert await found(request_id="IR-00002", actor="U0BEN", since=2_000.1) == EVENTS - 2
    assert await found(actor="U0NOBODY") == 0
