"""Questions in the store: each once, the last ones with the request that waits, and each found by what tells of it."""

import pytest

from bot.domain.lifecycle import Move, Notice, Place
from bot.domain.request import Question
from bot.store import Conflict, Store
from tests.contract.test_store import ID, all_notices, found, move_on, post_card, put
from tests.unit.examples import a_request


def a_question(number: int) -> Question:
    """One of several."""
    return Question(asker="U0BEN", text=f"Question {number}?", at=2_000.0)


async def ask(store: Store, number: int, *, view_id: str = "") -> None:
    """Somebody asks, each time in a form of its own."""
    await store.transact(lambda tx: tx.requests.ask(found(tx), a_question(number), view_id=view_id or f"V{number}"))


async def test_the_last_ones_come_with_a_request_that_waits(store: Store) -> None:
    """Oldest first; of one that is decided they are not read."""
    await put(store, a_request())
    for number in range(4):
        await ask(store, number)
    asked = await store.transact(lambda tx: found(tx).questions)
    assert asked == tuple(map(a_question, (1, 2, 3)))
    assert await move_on(store, Move.APPROVE)
    assert await store.transact(lambda tx: found(tx).questions) == ()


async def test_the_same_form_twice_breaks_a_rule_of_the_schema(store: Store) -> None:
    """Whatever the code above does; and nothing of the second is left."""
    before = await put(store, a_request())
    await ask(store, 1, view_id="V1")
    with pytest.raises(Conflict):
        await ask(store, 2, view_id="V1")
    after = await store.transact(found)
    assert after.questions == (a_question(1),)
    assert after.version == before.version + 1
    assert await store.transact(lambda tx: tx.questions.is_asked(ID, "U0BEN", "V1"))
    assert not await store.transact(lambda tx: tx.questions.is_asked(ID, "U0CAT", "V1"))


async def test_what_a_question_owes(store: Store) -> None:
    """A notice in the thread and one to the requester, which find it by the version they tell of; and an event."""
    await put(store, a_request())
    await post_card(store)
    for number in (1, 2):
        await ask(store, number)
    told = [(one.place, one.version) for one in await all_notices(store) if one.kind is Notice.ASKED]
    assert sorted(told) == [(Place.REQUESTER, 2), (Place.REQUESTER, 3), (Place.THREAD, 2), (Place.THREAD, 3)]
    for version, number in ((2, 1), (3, 2)):
        assert await of_version(store, version) == a_question(number)
    assert await of_version(store, 1) is None
    events = await store.transact(lambda tx: tx.events.of(ID))
    assert [dict(one.detail) for one in events if one.kind == "ask"] == [{"question": f"Question {n}?"} for n in (1, 2)]


async def of_version(store: Store, version: int) -> Question | None:
    """The question by which the request came to a version."""
    return await store.transact(lambda tx: tx.questions.of_version(ID, version))
