"""One look tells what there is to do: of each kind there is some exactly when somebody who claims it gets some."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.delivery import POSTED_WITHIN
from bot.domain.lifecycle import Move, Notice, Place, State
from bot.domain.request import Validity
from bot.domain.steps import StepState
from bot.store import Lease, Store, Work
from tests.contract.conftest import Engine
from tests.contract.test_store import put
from tests.unit.examples import a_decision, a_request

A_DAY = 86_400.0


async def due(store: Store, now: float = -1.0) -> set[Work]:
    """What there is to do, at a time by the clock of whoever asks."""
    return set((await store.transact(lambda tx: tx.due(now))).work)


async def test_nothing_is_due_of_nothing(store: Store, engine: Engine) -> None:
    """And the time is the database's."""
    found = await store.transact(lambda tx: tx.due(0.0))
    assert found.work == ()
    assert found.at == engine.time


async def test_a_look_tells_when_the_next_is_due(store: Store, engine: Engine) -> None:
    """Of all that was put off, and that nobody holds, the first."""
    await put(store, a_request({"state": StepState.WORKING}, state=State.WORKING))
    engine.time += POSTED_WITHIN
    me = Lease("me", 60.0)

    async def again() -> float | None:
        return (await store.transact(lambda tx: tx.due(0.0))).again

    assert await again() is None  # what is due now is not put off
    (step,) = await store.claim(lambda tx: tx.steps.claim_working(me, 9))
    assert await store.transact(lambda tx: tx.steps.postpone(step, 7.0, me))
    assert await again() == pytest.approx(7.0)
    first, *_ = await store.claim(lambda tx: tx.cards.claim(me, 9))
    assert await store.transact(lambda tx: tx.cards.defer(first, 3.0, me))
    assert await again() == pytest.approx(3.0)
    engine.time += 6.5
    assert await again() == pytest.approx(0.5)
    engine.time += 0.5
    assert await store.claim(lambda tx: tx.steps.claim_working(me, 9))
    assert await again() is None


async def test_what_is_claimed_is_due_until_it_is_held(store: Store) -> None:
    """Cards of a new request; once they are held nothing is."""
    await put(store, a_request())
    assert await due(store) == {Work.CARDS}
    assert await store.claim(lambda tx: tx.cards.claim(Lease("me", 60.0), 9))
    assert await due(store) == set()


@pytest.mark.parametrize(
    ("state", "step", "work"),
    [
        (State.APPROVED, StepState.PLANNED, Work.ASK),
        (State.WORKING, StepState.CALLING, Work.ASK),
        (State.WORKING, StepState.WORKING, Work.WATCH),
    ],
)
async def test_steps_are_due_in_their_states(store: Store, state: State, step: StepState, work: Work) -> None:
    """To be asked for, or to be looked at."""
    await put(store, a_request({"state": step}, state=state))
    assert await due(store) & {Work.ASK, Work.WATCH} == {work}


async def test_what_is_owed_is_due(store: Store) -> None:
    """A notice of a failure, for the requester."""
    await put(store, a_request(state=State.FAILED))
    assert Work.NOTICES in await due(store)


async def test_a_request_that_nobody_decides_expires(store: Store) -> None:
    """At its time, by the clock of whoever asks; until then reminders are looked for."""
    request = await put(store, a_request())
    assert Work.EXPIRE not in await due(store, request.expires_at - 1)
    assert Work.EXPIRE in await due(store, request.expires_at)
    assert Work.REMIND in await due(store, request.expires_at - 1)
    assert await store.transact(
        lambda tx: tx.requests.advance(request.id, Move.EXPIRE, at=1.0, actor="", finished_at=1.0, noted=())
    )
    assert not await due(store, request.expires_at) & {Work.EXPIRE, Work.REMIND}


async def test_an_approval_that_waits_for_slack_is_settled_while_it_counts(store: Store) -> None:
    """Of a request that was rejected meanwhile it is never asked again."""
    request = await put(store, a_request())
    given = replace(a_decision("U0BEN", request.plan.hash), validity=Validity.UNCONFIRMED)
    await store.transact(lambda tx: tx.requests.decide(request.id, given))
    assert Work.SETTLE in await due(store)
    assert await store.transact(lambda tx: tx.requests.advance(request.id, Move.REJECT, at=1.0, actor="U0CAT"))
    assert Work.SETTLE not in await due(store)


async def test_a_review_is_due_once_a_day(store: Store) -> None:
    """For as long as it is owed; whoever owes the reminder of the day has done it for all."""
    request = a_request(state=State.APPROVED)
    began: dict[str, object] = {"emergency_by": "U0BEN", "emergency_why": "fire", "emergency_at": 1_000.0}
    await put(store, request, **began)
    assert Work.REVIEW not in await due(store, 1_000.0 + A_DAY - 1)
    assert Work.REVIEW in await due(store, 1_000.0 + A_DAY)
    owed: dict[str, Any] = {"conversation": "", "request_id": request.id, "version": 1}
    await store.transact(lambda tx: tx.notices.owe(Notice.REVIEW_OWED, Place.THREAD, **owed))
    assert Work.REVIEW not in await due(store, 1_000.0 + 2 * A_DAY - 1)
    assert Work.REVIEW in await due(store, 1_000.0 + 2 * A_DAY)


async def test_a_review_is_due_after_the_clock_went_back(store: Store) -> None:
    """What was said by a clock that was nine days ahead keeps nobody from being reminded until then."""
    began: dict[str, object] = {"emergency_by": "U0BEN", "emergency_why": "fire", "emergency_at": 1_000.0}
    request = await put(store, a_request(state=State.APPROVED), **began)
    owed: dict[str, Any] = {"conversation": "", "request_id": request.id, "version": 9}
    await store.transact(lambda tx: tx.notices.owe(Notice.REVIEW_OWED, Place.THREAD, **owed))
    assert Work.REVIEW in await due(store, 1_000.0 + 2 * A_DAY)
    await store.transact(lambda tx: tx.notices.owe(Notice.REVIEW_OWED, Place.THREAD, **owed | {"version": 2}))
    assert Work.REVIEW not in await due(store, 1_000.0 + 2 * A_DAY)
    assert Work.REVIEW not in await due(store, 1_000.0 + 9.5 * A_DAY)
