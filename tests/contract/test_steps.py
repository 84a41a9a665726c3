"""Steps, on every engine: moves are guarded, leases fence, one job holds an instance, and each step has its turn."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import OPEN, Move, Notice, Place, State
from bot.domain.outcome import together
from bot.domain.request import ImageRequest
from bot.domain.steps import JobState, JobStep, StepMove, StepState
from bot.store import Lease, StepChanges, Store, Transaction
from tests.contract.conftest import START, Engine
from tests.contract.test_store import (
    AN_HOUR,
    COUNTS,
    ID,
    NUMBERS,
    PROBLEMS,
    TEXTS,
    TIMES,
    all_notices,
    anything,
    cards,
    claim,
    found,
    lease,
    move_on,
    post_card,
    put,
    step_of,
    step_on,
)
from tests.unit.examples import a_plan, a_request, a_stopping_plan

OpenStore = Callable[..., Awaitable[Store]]

PLANNED, CALLING, WORKING, UNSURE = StepState.PLANNED, StepState.CALLING, StepState.WORKING, StepState.UNSURE
DONE, SKIPPED, FAILED = StepState.DONE, StepState.SKIPPED, StepState.FAILED
OTHER = "IR-00002"

CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "attempts": COUNTS,
        "doubtful_calls": COUNTS,
        "doubtful_at": st.none() | TIMES,
        "trying_since": st.none() | TIMES,
        "called_at": TIMES,
        "working_since": st.none() | TIMES,
        "looked_at": TIMES,
        "result": TEXTS,
        "problems": PROBLEMS,
    },
)


def a_stopping_request(**changes: Any) -> ImageRequest:
    """An approved request for an instance that runs."""
    return a_request(state=State.APPROVED, plan=a_stopping_plan(), **changes)


async def step(store: Store, request_id: str = ID, kind: str = "image") -> JobStep:
    """A step as it stands."""
    return await store.transact(lambda tx: step_of(tx, request_id, kind))


async def states(store: Store, request_id: str = ID) -> tuple[State, JobState, tuple[StepState, ...]]:
    """Where a request, its one job and its steps stand."""
    request = await store.transact(lambda tx: found(tx, request_id))
    (job,) = request.jobs
    return request.state, job.state, tuple(step.state for step in job.steps)


async def due(store: Store, by: Lease | None = None) -> list[tuple[str, str]]:
    """The steps whose turn it is, which are given back at once where nobody is named."""

    def work(tx: Transaction) -> list[tuple[str, str]]:
        held = tx.steps.claim_due(by or Lease("looks", 60), 99)
        tx.release("looks")
        return sorted((step.request_id, step.kind) for step in held)

    return await store.transact(work)


async def postpone(store: Store, seconds: float, by: Lease, **changes: Any) -> bool:
    """A step waits."""
    return await store.transact(lambda tx: tx.steps.postpone(step_of(tx), seconds, by, **changes))


# What goes in comes out


@anything
@given(changes=CHANGES)
async def test_any_step_comes_back_as_it_was(store: Store, changes: dict[str, Any]) -> None:
    """With all that a move may write."""
    request_id = f"IR-{next(NUMBERS)}"
    await put(store, a_request(id=request_id, state=State.APPROVED, plan=a_plan(instance_id=request_id)))
    before = await step(store, request_id)
    assert await step_on(store, StepMove.CALL, request_id, **changes)
    assert await step(store, request_id) == dataclasses.replace(before, state=CALLING, **changes)


async def test_a_request_has_the_steps_of_its_plan(store: Store) -> None:
    """Each knows whose it is, where it stands in its job, and what it makes good."""
    await put(store, a_stopping_request())
    (job,) = (await store.transact(found)).jobs
    told = [
        (one.request_id, one.job, one.position, one.region, one.instance_id, one.kind, one.undoes) for one in job.steps
    ]
    assert told == [
        (ID, 0, 0, "cn-north-1", "i-abc123", "stop", None),
        (ID, 0, 1, "cn-north-1", "i-abc123", "image", None),
        (ID, 0, 2, "cn-north-1", "i-abc123", "start", 0),
    ]


# Moves


@pytest.mark.parametrize("move", [move for move in StepMove if move is not StepMove.RETRY])  # of a whole request
@pytest.mark.parametrize("state", StepState)
async def test_every_move_of_a_step_from_every_state(
    store: Store, engine: Engine, state: StepState, move: StepMove
) -> None:
    """The row changes just when the table allows it, and takes job and request with it; then event, cards and notices
    are there too, and else nothing.
    """
    standing = {PLANNED: State.APPROVED, DONE: State.READY, FAILED: State.FAILED, SKIPPED: State.FAILED}
    before = await put(store, a_request({"state": state}, state=standing.get(state, State.WORKING)))
    await post_card(store)
    earlier = {notice.id for notice in await all_notices(store)}
    events = await store.transact(lambda tx: tx.events.of(ID))

    changed = await step_on(store, move, detail={"why": "because"})

    after = await store.transact(found)
    written = (await store.transact(lambda tx: tx.events.of(ID)))[len(events) :]
    engine.time += 1_000
    owed = [notice for notice in await all_notices(store) if notice.id not in earlier]
    drawn_anew = await cards(store, lease())
    assert changed is (state in move.sources)
    assert ("approval" in drawn_anew) is changed
    if not changed:
        assert (after, written, owed) == (before, (), [])
        return
    assert step_of_one(after).state is move.target
    assert after.state is together(after.jobs)
    assert after.version > before.version
    (event, *follows) = written
    assert (event.kind, event.actor, event.at, event.detail) == (
        f"image.{move.event}",
        "w",
        5_000.0,
        {"instance": "i-abc123", "why": "because"},
    )
    assert len(follows) == (after.state is not before.state)
    told = {(Notice.UNSURE, Place.THREAD), (Notice.UNSURE, Place.REQUESTER)} if move is StepMove.DOUBT else set()
    if after.state is not before.state and after.state not in OPEN:
        told |= {(Notice.READY if after.state is State.READY else Notice.FAILED, Place.ANNOUNCE)}
    assert {(notice.kind, notice.place) for notice in owed} == told
    assert (after.finished_at == 5_000.0) is (after.state not in OPEN)
    assert (step_of_one(after).ended_at is not None) is (move.target in {DONE, SKIPPED, FAILED})


def step_of_one(request: ImageRequest) -> JobStep:
    """The one step of a request."""
    (job,) = request.jobs
    (one,) = job.steps
    return one


async def test_a_job_goes_through_its_steps(store: Store) -> None:
    """It holds its instance from the first intent to the last end, and the request is ready when the machine runs."""
    await put(store, a_stopping_request())
    stands = [await states(store)]
    for kind in ("stop", "image", "start"):
        for move in (StepMove.CALL, StepMove.ACCEPT, StepMove.FINISH):
            assert await step_on(store, move, kind=kind)
            stands.append(await states(store))
    running = (State.WORKING, JobState.RUNNING)
    assert stands == [
        (State.APPROVED, JobState.WAITING, (PLANNED, PLANNED, PLANNED)),
        (*running, (CALLING, PLANNED, PLANNED)),
        (*running, (WORKING, PLANNED, PLANNED)),
        (*running, (DONE, PLANNED, PLANNED)),
        (*running, (DONE, CALLING, PLANNED)),
        (*running, (DONE, WORKING, PLANNED)),
        (*running, (DONE, DONE, PLANNED)),
        (*running, (DONE, DONE, CALLING)),
        (*running, (DONE, DONE, WORKING)),
        (State.READY, JobState.ENDED, (DONE, DONE, DONE)),
    ]
    assert [event.kind for event in await store.transact(lambda tx: tx.events.of(ID))][2:] == [
        "stop.call",
        "begin",
        *("stop.accept", "stop.finish", "image.call", "image.accept", "image.finish"),
        *("start.call", "start.accept", "start.finish", "finish"),
    ]


@pytest.mark.parametrize(
    ("moves", "stands"),
    [
        ([("stop", StepMove.DRIFT)], (State.FAILED, JobState.ENDED, (FAILED, SKIPPED, SKIPPED))),
        ([("stop", StepMove.SKIP)], (State.APPROVED, JobState.WAITING, (SKIPPED, PLANNED, SKIPPED))),
        (
            [("stop", StepMove.CALL), ("stop", StepMove.REFUSE)],
            (State.FAILED, JobState.ENDED, (FAILED, SKIPPED, SKIPPED)),
        ),
        (
            [("stop", StepMove.CALL), ("stop", StepMove.DEFER)],
            (State.APPROVED, JobState.WAITING, (PLANNED, PLANNED, PLANNED)),
        ),
        (
            [("stop", StepMove.CALL), ("stop", StepMove.DOUBT)],
            (State.WORKING, JobState.RUNNING, (UNSURE, SKIPPED, PLANNED)),  # it may be down: it is started
        ),
        (
            [("stop", StepMove.ACCEPT), ("stop", StepMove.BREAK)],
            (State.WORKING, JobState.RUNNING, (FAILED, SKIPPED, PLANNED)),  # likewise
        ),
        (
            [("stop", StepMove.ACCEPT), ("stop", StepMove.FINISH), ("image", StepMove.DRIFT)],
            (State.WORKING, JobState.RUNNING, (DONE, FAILED, PLANNED)),
        ),
        (
            [("stop", StepMove.ACCEPT), ("stop", StepMove.FINISH), ("image", StepMove.DOUBT)],
            (State.WORKING, JobState.RUNNING, (DONE, UNSURE, PLANNED)),
        ),
    ],
)
async def test_what_nobody_needs_any_more_is_skipped(
    store: Store, moves: list[tuple[str, StepMove]], stands: tuple[State, JobState, tuple[StepState, ...]]
) -> None:
    """And what is owed is not, whatever came of the steps between."""
    await put(store, a_stopping_request())
    for kind, move in moves:
        changes: dict[str, Any] = {"working_since": 1.0} if move is StepMove.ACCEPT else {}
        assert await step_on(store, move, kind=kind, **changes)
    assert await states(store) == stands
    skipped = [event for event in await store.transact(lambda tx: tx.events.of(ID)) if event.kind.endswith(".skip")]
    assert len(skipped) == stands[2].count(SKIPPED)


async def test_what_was_ended_by_a_person_begins_nothing_new(store: Store) -> None:
    """What is owed is done, and the request comes to its end by it."""
    await put(store, a_stopping_request())
    assert await step_on(store, StepMove.CALL, kind="stop")

    await store.transact(lambda tx: tx.steps.end_here(ID, at=3_000.0, actor="U0AMY"))
    assert await states(store) == (State.WORKING, JobState.RUNNING, (CALLING, SKIPPED, PLANNED))
    for move in (StepMove.ACCEPT, StepMove.FINISH):
        assert await step_on(store, move, kind="stop")
    assert await due(store) == [(ID, "start")]
    for move in (StepMove.CALL, StepMove.ACCEPT, StepMove.FINISH):
        assert await step_on(store, move, kind="start")
    assert await states(store) == (State.FAILED, JobState.ENDED, (DONE, SKIPPED, DONE))


async def test_another_look_that_changes_nothing_is_told_once(store: Store) -> None:
    """Whoever has asked for it sees on the card what came of it."""
    await put(store, a_request({"state": UNSURE}, state=State.WORKING))
    await store.transact(lambda tx: tx.requests.resume(ID, at=1.0, actor="U0BEN", how=StepMove.CHECK_AGAIN.event))
    for move in (StepMove.CHECK_AGAIN, StepMove.DOUBT):
        assert await step_on(store, move)
    await post_card(store)
    assert sorted(notice.place for notice in await all_notices(store)) == [Place.REQUESTER, Place.THREAD]


# One job holds an instance


@pytest.mark.parametrize("holding", [CALLING, WORKING, UNSURE])
async def test_one_job_per_instance(store: Store, holding: StepState) -> None:
    """While one request holds an instance, no step of another of it is claimed or begun; afterwards it is."""
    await put(store, a_request({"state": holding}, state=State.WORKING))
    await put(store, a_request(id=OTHER, state=State.APPROVED))
    await put(store, a_request(id="IR-00003", state=State.APPROVED, plan=a_plan(instance_id="i-other")))
    assert [one for one in await due(store) if one[0] != ID] == [("IR-00003", "image")]
    for move in (StepMove.CALL, StepMove.ACCEPT, StepMove.DOUBT):  # found to have taken effect, or to be in doubt, too
        assert not await step_on(store, move, OTHER)
    (way_out,) = {CALLING: [StepMove.REFUSE], WORKING: [StepMove.FINISH], UNSURE: [StepMove.GIVE_UP]}[holding]
    assert await step_on(store, way_out)
    assert (OTHER, "image") in await due(store)
    assert await step_on(store, StepMove.CALL, OTHER)


async def test_an_instance_is_held_between_the_steps_of_a_job(store: Store) -> None:
    """Though nothing is being asked at that moment: it is down, and about to be started."""
    await put(store, a_stopping_request())
    await put(store, a_request(id=OTHER, state=State.APPROVED))
    for move in (StepMove.CALL, StepMove.ACCEPT, StepMove.FINISH):
        assert await step_on(store, move, kind="stop")
        assert not await step_on(store, StepMove.CALL, OTHER)
    assert await due(store) == [(ID, "image")]
    assert (await store.transact(lambda tx: found(tx, OTHER))).waits_for == ID


async def test_two_jobs_at_once(open_store: OpenStore) -> None:
    """Two workers, two approved requests of one instance: one of them begins."""
    stores = [await open_store(), await open_store()]
    for number in range(10):
        plan = a_plan(instance_id=f"i-{number}")
        ids = [f"IR-{number}A", f"IR-{number}B"]
        for request_id in ids:
            await put(stores[0], a_request(id=request_id, plan=plan, state=State.APPROVED))
        won = await asyncio.gather(*(step_on(one, StepMove.CALL, id_) for one, id_ in zip(stores, ids, strict=True)))
        assert sorted(won) == [False, True]


async def test_a_request_says_whom_it_waits_for(store: Store) -> None:
    """While another one holds its instance; its cards are outdated when that begins and when it ends, and what it has
    waited for others is not its own patience.
    """
    await put(store, a_request(state=State.APPROVED))
    waiting = await put(store, a_request(id=OTHER, state=State.APPROVED))
    by = lease("waits")
    assert OTHER in await claim(store, by)
    assert await store.transact(lambda tx: tx.steps.postpone(step_of(tx, OTHER), 5.0, by, trying_since=2_000.0))
    assert (waiting.waits_for, (await step(store, OTHER)).trying_since) == ("", 2_000.0)
    assert await step_on(store, StepMove.CALL)
    begun = await store.transact(lambda tx: found(tx, OTHER))
    assert (begun.waits_for, (await step(store, OTHER)).trying_since) == (ID, None)
    assert begun.version > waiting.version
    assert (await store.transact(found)).waits_for == ""
    assert await step_on(store, StepMove.REFUSE)
    ended = await store.transact(lambda tx: found(tx, OTHER))
    assert ended.waits_for == ""
    assert ended.version > begun.version


# Whose turn it is


async def test_steps_have_their_turn_one_after_another(store: Store) -> None:
    """The next one is due when the one before has ended, and not while it is under way."""
    await put(store, a_stopping_request())
    for kind in ("stop", "image", "start"):
        assert await due(store) == [(ID, kind)]
        assert await step_on(store, StepMove.CALL, kind=kind)
        assert await due(store) == [(ID, kind)]  # whoever is calling may have died
        assert await step_on(store, StepMove.ACCEPT, kind=kind)
        assert await due(store) == []
        assert await step_on(store, StepMove.FINISH, kind=kind)
    assert await due(store) == []


async def test_what_is_owed_waits_for_no_person(store: Store) -> None:
    """An image that nobody can tell of keeps no machine down."""
    await put(store, a_stopping_request())
    for move in (StepMove.CALL, StepMove.ACCEPT, StepMove.FINISH):
        assert await step_on(store, move, kind="stop")
    for move in (StepMove.CALL, StepMove.DOUBT):
        assert await step_on(store, move, kind="image")
    assert await due(store) == [(ID, "start")]
    assert await step_on(store, StepMove.CHECK_AGAIN, kind="image")  # what it did is looked for: the start waits
    assert await due(store) == [(ID, "image")]


async def test_nothing_is_due_before_its_time(store: Store, engine: Engine) -> None:
    """Or before its approval, or once its request has ended; *Start now* brings it forward."""
    await put(store, a_request(state=State.APPROVED, begin_at=engine.time + 100))
    await put(store, a_request(id=OTHER, plan=a_plan(instance_id="i-2")))
    await put(store, a_request(id="IR-00003", plan=a_plan(instance_id="i-3"), state=State.CANCELLED))
    assert await due(store) == []
    engine.time += 99
    assert await due(store) == []
    engine.time += 2
    assert await due(store) == [(ID, "image")]
    engine.time -= 50
    assert await due(store) == []
    await store.transact(lambda tx: tx.requests.begin_now(ID, at=1.0, actor="U0AMY"))
    await store.transact(lambda tx: tx.steps.hasten(ID))
    assert await due(store) == [(ID, "image")]


async def test_what_was_put_off_can_be_hastened(store: Store) -> None:
    """But not what somebody has in hand."""
    await put(store, a_request(state=State.APPROVED))
    by = lease()
    assert await claim(store, by) == (ID,)
    assert await postpone(store, 200.0, by)
    assert await due(store) == []
    await store.transact(lambda tx: tx.steps.hasten(ID))
    assert await claim(store, by) == (ID,)
    await store.transact(lambda tx: tx.steps.hasten(ID))
    assert await claim(store, lease("other")) == ()


async def test_the_oldest_comes_first(store: Store, engine: Engine) -> None:
    """In the order in which it became due."""
    for number in (3, 1, 2):
        plan = a_plan(instance_id=f"i-{number}")
        await put(store, a_request(id=f"IR-{number}", plan=plan, state=State.APPROVED))
        assert await claim(store, by := lease(f"w{number}")) == (f"IR-{number}",)
        assert await store.transact(lambda tx, n=number, by=by: tx.steps.postpone(step_of(tx, f"IR-{n}"), 5.0, by))  # type: ignore[misc] # bound in a loop
        engine.time += 1
    engine.time += 10
    assert await claim(store, lease(), 2) == ("IR-3", "IR-1")


# Leases


@pytest.mark.parametrize("ended", [Move.CANCEL, Move.EXPIRE])
async def test_nothing_is_called_for_what_was_called_off(store: Store, ended: Move) -> None:
    """Between the claim and the intent: whoever holds the step finds that it may not begin."""
    await put(store, a_request(state=State.APPROVED))
    by = lease()
    assert await claim(store, by) == (ID,)
    assert await move_on(store, ended)
    for move in (StepMove.CALL, StepMove.ACCEPT, StepMove.DOUBT):
        assert not await store.transact(
            lambda tx, move=move: tx.steps.advance(  # type: ignore[misc] # bound in a loop
                step_of(tx), move, at=1.0, actor="w", lease=by, keep_lease=True
            )
        )
    assert (await states(store))[1:] == (JobState.ENDED, (SKIPPED,))


async def test_a_late_owner_cannot_write(store: Store, engine: Engine) -> None:
    """Whoever slept through the end of a lease writes nothing, whether or not somebody else has taken over."""
    await put(store, a_request(state=State.APPROVED))
    early, late = lease("early"), lease("late")

    async def call(by: Lease) -> bool:
        return await store.transact(
            lambda tx: tx.steps.advance(step_of(tx), StepMove.CALL, at=1.0, actor=by.owner, lease=by, keep_lease=True)
        )

    assert await claim(store, early) == (ID,)
    engine.time += 30
    assert await claim(store, late) == ()
    engine.time += 31
    assert not await call(early)
    assert await claim(store, late) == (ID,)
    engine.time += 1
    assert not await call(early)
    assert not await postpone(store, 5.0, early)
    assert await call(late)
    assert await postpone(store, 5.0, late)


async def test_a_move_ends_a_lease_or_renews_it(store: Store, engine: Engine) -> None:
    """Kept for the call that comes next; given back when there is nothing more to do."""
    await put(store, a_request(state=State.APPROVED))
    by, other = lease(), lease("other")

    async def move(move: StepMove, *, keep: bool, after: float = 0.0) -> bool:
        return await store.transact(
            lambda tx: tx.steps.advance(step_of(tx), move, at=1.0, actor="w", lease=by, keep_lease=keep, after=after)
        )

    assert await claim(store, by) == (ID,)
    engine.time += 50
    assert await move(StepMove.CALL, keep=True)
    engine.time += 50
    assert await claim(store, other) == ()
    assert await move(StepMove.DEFER, keep=False, after=30.0)
    assert not await move(StepMove.CALL, keep=True)
    assert await claim(store, other) == ()
    engine.time += 31
    assert await claim(store, other) == (ID,)


async def test_leases_are_renewed_and_given_back(store: Store, engine: Engine) -> None:
    """A renewed lease holds on, one that has ended is not renewed, a released one is free at once."""
    await put(store, a_request(state=State.APPROVED))
    by = lease()
    assert await claim(store, by) == (ID,)
    held = (await step(store)).id
    engine.time += 50
    await store.transact(lambda tx: tx.steps.renew([held], by))
    engine.time += 50
    assert await claim(store, lease("other")) == ()
    engine.time += 50
    await store.transact(lambda tx: tx.steps.renew([held], by))
    assert await claim(store, lease("other")) == (ID,)
    await store.transact(lambda tx: tx.release("other"))
    assert await claim(store, by) == (ID,)


async def bring_back(store: Store) -> None:
    """What a worker does when it has seen the clock go back."""
    await store.transact(lambda tx: tx.bring_back(held=60.0, asked_within=120.0, watched_within=20.0))


async def test_a_clock_that_goes_back_puts_nothing_off(store: Store, engine: Engine) -> None:
    """What was put off waits once more for as long as it can have been meant to, and not until the clock is there."""
    await put(store, a_request(state=State.WORKING))
    by = lease()

    async def looked_at() -> bool:
        return bool(await store.transact(lambda tx: tx.steps.claim_working(by, 9)))

    assert await looked_at()
    assert await postpone(store, 10.0, by)
    engine.time -= AN_HOUR
    await bring_back(store)
    assert not await looked_at()
    engine.time += 19.9
    assert not await looked_at()
    engine.time += 0.2
    assert await looked_at()


async def test_a_clock_that_goes_back_shortens_no_pause(store: Store, engine: Engine) -> None:
    """A mark is not looked for before its grace has passed: the image would not be listed yet, and made once more."""
    await put(store, a_request({"state": CALLING}, state=State.WORKING))

    async def settled() -> bool:
        return bool(await store.transact(lambda tx: tx.steps.claim_due(lease(), 9)))

    assert await settled()
    assert await postpone(store, 120.0, lease())
    engine.time -= AN_HOUR
    await bring_back(store)
    assert not await settled()
    engine.time += 119
    assert not await settled()
    engine.time += 2
    assert await settled()
    assert await postpone(store, 120.0, lease())
    engine.time += 119  # nor is one that the clock has nothing to do with
    await bring_back(store)
    assert not await settled()
    engine.time += 2
    assert await settled()


async def test_a_process_does_not_succeed_itself(store: Store, engine: Engine) -> None:
    """One that slept and claims again what it still has in hand: only the later claim can write."""
    await put(store, a_request(state=State.APPROVED))
    before, after = Lease("worker-1", 60, 1), Lease("worker-1", 60, 2)
    assert await claim(store, before) == (ID,)
    engine.time += 61
    assert await claim(store, after) == (ID,)
    assert not await postpone(store, 5.0, before)
    assert await postpone(store, 5.0, after)


async def test_work_is_shared_out_once(open_store: OpenStore) -> None:
    """Four processes that claim at once get everything, and nothing twice."""
    stores = [await open_store() for _ in range(4)]
    ids = {f"IR-{number}" for number in range(24)}
    for request_id in sorted(ids):
        await put(stores[0], a_request(id=request_id, plan=a_plan(instance_id=request_id), state=State.APPROVED))

    async def take(owner: int) -> list[str]:
        taken: list[str] = []
        while more := await claim(stores[owner], lease(f"worker-{owner}"), 3):
            taken += more
        return taken

    taken = [request_id for part in await asyncio.gather(*map(take, range(4))) for request_id in part]
    assert sorted(taken) == sorted(ids)


# What the cards show


async def test_a_problem_that_stays_draws_nothing_anew(store: Store, engine: Engine) -> None:
    """However the words of the cloud differ; another problem, or none, does."""
    request = await put(store, a_request(state=State.WORKING))
    versions = []
    for problems in (
        (Problem(Code.CLOUD_SILENT, facts={"request_id": "1"}),),
        (Problem(Code.CLOUD_SILENT, facts={"request_id": "2"}),),
        (Problem(Code.CLOUD_FAILED),),
        (),
        (),
    ):
        engine.time += 100
        by = lease()
        await store.transact(lambda tx, by=by: tx.steps.claim_working(by, 9))  # type: ignore[misc] # bound in a loop
        assert await postpone(store, 1, by, problems=problems)
        versions.append((await store.transact(found)).version - request.version)
    assert versions == [1, 1, 2, 3, 3]


async def test_progress_draws_anew_only_what_is_new(store: Store, engine: Engine) -> None:
    """And what is not told leaves it as it was."""
    request = await put(store, a_request(state=State.WORKING))
    shown = []
    for progress in ("1/3", "1/3", None, "2/3"):
        engine.time += 100
        by = lease()
        await store.transact(lambda tx, by=by: tx.steps.claim_working(by, 9))  # type: ignore[misc] # bound in a loop
        assert await postpone(store, 1, by, progress=progress)
        shown.append(((await step(store)).progress, (await store.transact(found)).version - request.version))
    assert shown == [("1/3", 1), ("1/3", 1), ("1/3", 1), ("2/3", 2)]


def _note_status(tx: Transaction, *, status: str, at: float, by: Lease) -> None:
    tx.steps.note_cloud_status(step_of(tx), status, at, by)


async def test_what_jd_cloud_says_of_an_image_is_kept(store: Store) -> None:
    """With the time since when, and drawn anew; only by whoever holds the step."""
    request = await put(store, a_request(state=State.WORKING))
    await store.transact(lambda tx: tx.steps.claim_working(lease(), 9))
    for by, status, at in ((lease("worker-2"), "other", 1.0), (lease(), "create_failed", 2.0)):
        await store.transact(partial(_note_status, status=status, at=at, by=by))
    heard = await step(store)
    assert (heard.cloud_status, heard.cloud_status_since) == ("create_failed", 2.0)
    assert (await store.transact(found)).version == request.version + 1
    await store.transact(lambda tx: tx.steps.note_cloud_status(step_of(tx), "", 3.0, lease()))
    heard = await step(store)
    assert (heard.cloud_status, heard.cloud_status_since) == ("", None)


async def test_what_is_usual_needs_three(store: Store) -> None:
    """The median of the last images; nothing while there are too few to say, and nothing of another kind of step."""

    async def usual(instance_id: str, kind: str = "image") -> float | None:
        return await store.transact(lambda tx: tx.requests.usual_seconds(instance_id, kind))

    for number, seconds in enumerate((100.0, 300.0, 200.0)):
        assert await usual("i-abc123") is None
        request = await put(store, a_request(id=f"IR-{number:05}", state=State.APPROVED))
        assert await step_on(store, StepMove.ACCEPT, request.id, working_since=START - seconds)
        assert await step_on(store, StepMove.FINISH, request.id)
    assert await usual("i-abc123") == 200.0
    assert await usual("i-other") == 200.0
    assert await usual("i-abc123", "stop") is None


async def test_a_retry_keeps_the_doubt(store: Store) -> None:
    """Every step once more under the same approval; what an earlier call may have done is there."""
    doubt: StepChanges = {"attempts": 2, "doubtful_calls": 2, "doubtful_at": 900.0, "trying_since": 800.0}
    await put(store, a_request(state=State.APPROVED))
    assert await step_on(store, StepMove.CALL, **doubt)
    assert await step_on(store, StepMove.REFUSE, problems=(Problem(Code.CLOUD_QUOTA),))
    await store.transact(lambda tx: tx.steps.retry(ID))
    assert await move_on(store, Move.RETRY)
    again = await step(store)
    assert (again.state, again.attempts, again.trying_since, again.problems) == (PLANNED, 1, None, ())
    assert (again.doubtful_calls, again.doubtful_at) == (2, 900.0)
    assert await due(store) == [(ID, "image")]
    assert await store.transact(lambda tx: tx.requests.due_to_expire(1e12, 9)) == ()


async def test_a_machine_that_is_off_is_told_to_everybody_who_can_help(store: Store) -> None:
    """The requester, the approvers' thread, and where the request says."""
    await put(store, a_stopping_request())
    await store.transact(lambda tx: tx.steps.owe_machine_off(step_of(tx, kind="start")))
    await post_card(store)
    owed = {(notice.kind, notice.place, notice.conversation) for notice in await all_notices(store)}
    assert owed == {
        (Notice.MACHINE_OFF, Place.REQUESTER, "U0AMY"),
        (Notice.MACHINE_OFF, Place.THREAD, ""),
        (Notice.MACHINE_OFF, Place.ANNOUNCE, "C0OPS"),
    }
