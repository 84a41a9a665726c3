"""The chain of events, on every engine: whoever changes the past is found out, and where."""

import asyncio
import dataclasses
import hashlib
import json
from collections.abc import Callable

import pytest

from bot.cli.audit import event_json, verdict
from bot.domain.lifecycle import Move
from bot.store import Chain, Store, Transaction
from tests.unit.examples import a_decision, a_request

EVENTS = 5
Tampering = Callable[[Transaction], object]


async def story(store: Store, number: int = 1) -> None:
    """A request from its beginning to its launch: five events."""
    request = a_request(id=f"IR-0000{number}")
    request = dataclasses.replace(request, plan=dataclasses.replace(request.plan, instance_id=f"i-{number}"))

    def work(tx: Transaction) -> None:
        tx.requests.add(request, draft_id=f"draft-{number}", cards={})
        tx.requests.decide(request.id, a_decision("U0BEN", plan_hash=request.plan.hash))
        for move in (Move.APPROVE, Move.SUBMIT, Move.ACCEPT):
            assert tx.requests.advance(request.id, move, at=2_000.5, actor="U0BEN", detail={"why": "为何 \U0001f600"})

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
        ("UPDATE event SET detail = 'nonsense' WHERE number = 4", 3, "event 4 (submit of IR-00001) is not as it was"),
        ("UPDATE event SET number = 9 WHERE number = 2", 1, "event 2 is missing"),
        ("DELETE FROM event WHERE number = 2", 1, "event 2 is missing"),
        ("DELETE FROM event WHERE number = 5", 4, "the chain ends at event 4, and 5 were written"),
        ("UPDATE event_chain SET events = 6", 5, "the chain ends at event 5, and 6 were written"),
    ],
)
async def test_tampering_is_found(store: Store, tampering: str, events: int, broken: str) -> None:
    """The first link that does not hold is named."""
    await story(store)
    await store.transact(lambda tx: tx.events._query(tampering))
    chain = await looked(store)
    assert chain.events == events
    assert chain.broken.startswith(broken)
    assert "Broken after" in verdict(chain)


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


async def test_events_from_before_the_chain_are_told_apart(store: Store) -> None:
    """They are listed and not covered."""
    await story(store)
    await store.transact(
        lambda tx: tx.events._query(
            "INSERT INTO event (request_id, at, actor, kind, detail) VALUES ('IR-00001', 1, 'U0BEN', 'request', '{{}}')"
        )
    )
    chain = await looked(store)
    assert (chain.events, chain.unchained, chain.broken) == (EVENTS, 1, "")
    assert "1 events are from before the chain" in verdict(chain)


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
