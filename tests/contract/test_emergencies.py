"""Emergencies in the store: what is written of them comes out, a review is once, and what is owed is found."""

from typing import Any

from bot.domain.lifecycle import Move, Notice, State
from bot.store import Store
from tests.contract.test_store import ID, all_notices, found, move_on, post_card, put
from tests.unit.examples import a_request


async def begun(store: Store) -> None:
    """Somebody has begun it before anybody has approved."""
    await put(store, a_request())
    await post_card(store)
    written: dict[str, Any] = {
        "emergency_by": "U0DAN",
        "emergency_why": "it burns",
        "emergency_at": 5_000.0,
        "begin_at": 0.0,
    }
    assert await move_on(store, Move.EMERGENCY, **written)


async def test_an_emergency_owes_a_review(store: Store) -> None:
    """It is found until an approver has looked at it, wherever the request stands; and told in the thread."""
    await begun(store)
    owed = await store.transact(lambda tx: tx.requests.review_owed(list(State), 9))
    assert [(one.id, one.state, one.emergency_by, one.emergency_why) for one in owed] == [
        (ID, State.APPROVED, "U0DAN", "it burns")
    ]
    assert Notice.PASSED_OVER in {one.kind for one in await all_notices(store)}
    assert await move_on(store, Move.CANCEL)
    assert await store.transact(lambda tx: tx.requests.undecided(9)) == await store.transact(
        lambda tx: tx.requests.review_owed(list(State), 9)
    )
    assert await store.transact(lambda tx: tx.requests.review(ID, at=6_000.0, actor="U0BEN"))
    after = await store.transact(found)
    assert (after.reviewed_by, after.reviewed_at, after.review_owed) == ("U0BEN", 6_000.0, False)
    assert await store.transact(lambda tx: tx.requests.review_owed(list(State), 9)) == ()
    assert await store.transact(lambda tx: tx.requests.undecided(9)) == ()


async def test_a_review_is_once(store: Store) -> None:
    """Of several who press at once, one has done it; and nobody reviews what was approved."""
    await begun(store)
    assert await store.transact(lambda tx: tx.requests.review(ID, at=6_000.0, actor="U0BEN"))
    assert not await store.transact(lambda tx: tx.requests.review(ID, at=7_000.0, actor="U0CAT"))
    kinds = [event.kind for event in await store.transact(lambda tx: tx.events.of(ID))]
    assert kinds.count("review") == 1
    assert kinds.count("emergency") == 1


async def test_what_was_approved_needs_no_review(store: Store) -> None:
    """Nor is there anything to be found."""
    await put(store, a_request(state=State.APPROVED))
    assert not await store.transact(lambda tx: tx.requests.review(ID, at=6_000.0, actor="U0BEN"))
    assert await store.transact(lambda tx: tx.requests.review_owed(list(State), 9)) == ()
