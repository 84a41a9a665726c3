"""Step 0017 makes the table of events anew, so that an event may be about no request: nothing of the audit is lost."""

from collections.abc import Sequence

import pytest

from bot.store import Event
from bot.store.database import Conflict, Query
from tests.contract.conftest import Engine
from tests.contract.test_audit import FORGED, _for
from tests.contract.test_climb import ROWS, OpenStore, database_before, fill

OLDER = FORGED.replace("IR-00001", "IR-READY")
"""An event from before the chain began."""


def events(query: Query) -> Sequence[tuple[object, ...]]:
    """All of them, in the order of the record, but for their ids."""
    columns = ("request_id", "at", "actor", "kind", "detail", "number", "hash")
    return [tuple(row[column] for column in columns) for row in query("SELECT * FROM event ORDER BY id")]


@pytest.fixture
async def before(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Sequence[tuple[object, ...]]:
    """The events of a database of the version before, among them two from before the chain, and a gap in the ids."""
    with database_before(engine, "0011_jobs_and_steps", monkeypatch) as query:
        fill(query)
    with database_before(engine, "0017_freeze", monkeypatch) as query:
        for number in (-1, -7):
            query(_for(engine, OLDER.format(id="id,", value=f"{number},", number=0)))
        query("UPDATE event_chain SET unchained = 2")
        return events(query)


async def test_every_event_is_as_it_was(before: Sequence[tuple[object, ...]], open_store: OpenStore) -> None:
    """In its order, with its place and its hash, those from before the chain first: it can still be proved."""
    assert len(before) == len(ROWS["event"]) + 2
    store = await open_store()
    assert await store.transact(lambda tx: events(tx.events._query)) == before
    chain = await store.transact(lambda tx: tx.events.verify(head=ROWS["event_chain"][0]["hash"]))
    assert (chain.events, chain.unchained, chain.broken) == (len(ROWS["event"]), 2, "")
    shown = await store.transact(lambda tx: tx.events.of("IR-READY"))
    assert [event.number for event in shown][:2] == [0, 0]
    assert [event.kind for event in shown[2:]] == [
        row["kind"] for row in ROWS["event"] if row["request_id"] == "IR-READY"
    ]


@pytest.mark.usefixtures("before")
async def test_the_chain_goes_on(engine: Engine, open_store: OpenStore) -> None:
    """With events about no request as well; one about a request that is not there, or of a place taken, is none."""
    store = await open_store()
    last = len(ROWS["event"])
    for number, request_id in enumerate(("", "IR-READY"), last + 1):
        event = Event(request_id=request_id, at=12_000.0, actor="U0BEN", kind="freeze", detail={"freeze": "1"})
        await store.transact(lambda tx, event=event: tx.events.add(event))  # type: ignore[misc]
        newest = (await store.transact(lambda tx: tx.events.matching(since=12_000.0)))[-1]
        assert (newest.number, newest.request_id) == (number, request_id)
    assert (await store.transact(lambda tx: tx.events.verify())).events == last + 2
    for of, place in (("IR-NOBODY", 0), ("IR-READY", last)):
        forged = _for(engine, OLDER.replace("IR-READY", of).format(id="", value="", number=place))
        with pytest.raises(Conflict):
            await store.transact(lambda tx, forged=forged: tx.events._query(forged))  # type: ignore[misc]
