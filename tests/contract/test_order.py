"""The jobs of one request: whose turn it is, what holds the rest, and what a person's word does about it."""

import dataclasses

import pytest

from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import Move, Notice, Place, State
from bot.domain.plan import Order, Plan, WhileImaged
from bot.domain.planning import draw_up
from bot.domain.request import ImageRequest
from bot.domain.steps import JobState, StepMove
from bot.store import Lease, Store, Transaction
from tests.contract.test_store import CARDS, ID, all_notices, found
from tests.unit.examples import a_plan, a_request, replan

HELD, WAITING, RUNNING, ENDED = JobState.HELD, JobState.WAITING, JobState.RUNNING, JobState.ENDED
WELL = (StepMove.CALL, StepMove.ACCEPT, StepMove.FINISH)
SERVES = WhileImaged.STOP_AND_START


def of_three(order: Order | None = None, meant: WhileImaged = SERVES) -> Plan:
    """The plan of three machines."""
    jobs = [
        replan(
            a_plan(), instance_id=f"i-{name}", instance_name=name, image_name=f"{name}-image", while_imaged=meant
        ).jobs[0]
        for name in ("web-1", "web-2", "web-3")
    ]
    return draw_up(jobs, description="weekly", order=order)


async def approved(store: Store, plan: Plan) -> None:
    """A request for it that has its approval."""
    request = a_request(plan=plan)

    def work(tx: Transaction) -> None:
        assert tx.requests.add(request, draft_id="draft-1", cards=CARDS)
        assert tx.requests.advance(ID, Move.APPROVE, at=2_000.0, actor="U0BEN", approved_at=2_000.0)

    await store.transact(work)


async def of(store: Store) -> ImageRequest:
    """The request as it stands."""
    return await store.transact(lambda tx: found(tx, ID))


async def jobs(store: Store) -> list[JobState]:
    """Where its jobs stand."""
    return [job.state for job in (await of(store)).jobs]


async def due(store: Store) -> list[tuple[int, str]]:
    """The steps whose turn it is, by job."""

    def work(tx: Transaction) -> list[tuple[int, str]]:
        steps = tx.steps.claim_due(Lease("looks", 60), 99)
        tx.release("looks")
        return sorted((step.job, step.kind) for step in steps)

    return await store.transact(work)


async def do(store: Store, job: int, kind: str, *moves: StepMove, problems: tuple[Problem, ...] = ()) -> None:
    """A step goes through these moves."""

    def work(tx: Transaction) -> None:
        for move in moves:
            step = next(step for step in found(tx, ID).jobs[job].steps if step.kind == kind)
            assert tx.steps.advance(step, move, at=2_000.0, actor="w", problems=problems)

    await store.transact(work)


async def all_of(store: Store, job: int) -> None:
    """A job ends well."""
    for kind in ("stop", "image", "start"):
        await do(store, job, kind, *WELL)


async def test_the_next_begins_when_the_one_before_runs_again(store: Store) -> None:
    """Its image is not enough."""
    await approved(store, of_three())
    for job in range(3):
        assert await jobs(store) == [ENDED] * job + [WAITING] + [HELD] * (2 - job)
        for kind in ("stop", "image", "start"):
            assert await due(store) == [(job, kind)]
            await do(store, job, kind, *WELL)
    assert (await of(store)).state is State.READY


async def test_side_by_side_nothing_waits(store: Store) -> None:
    """And what becomes of one is nothing to the others."""
    await approved(store, of_three(Order.SIDE_BY_SIDE))
    assert await due(store) == [(job, "stop") for job in range(3)]
    await do(store, 0, "stop", StepMove.CALL, StepMove.REFUSE)
    assert await due(store) == [(1, "stop"), (2, "stop")]
    for job in (1, 2):
        await all_of(store, job)
    assert (await of(store)).state is State.PARTLY


@pytest.mark.parametrize("how", ["failed", "unsure", "left stopped"])
async def test_a_job_that_comes_to_no_good_end_holds_the_rest(store: Store, how: str) -> None:
    """Until somebody lets them go on; people hear of it once."""
    await approved(store, of_three())
    await do(store, 0, "stop", *WELL)
    match how:
        case "failed":
            await do(store, 0, "image", StepMove.CALL, StepMove.REFUSE)
        case "unsure":
            await do(store, 0, "image", StepMove.CALL, StepMove.DOUBT)
        case _:
            await do(store, 0, "image", *WELL)
    assert (await of(store)).held_up is None, "the machine is off: it is started first"
    if how == "left stopped":
        owed = (Problem(Code.STILL_OWED, facts={"instance": "web-1"}),)
        await do(store, 0, "start", StepMove.CALL, StepMove.DEFER, StepMove.SKIP, problems=owed)
    else:
        await do(store, 0, "start", *WELL)
    assert (await jobs(store))[1:] == [HELD, HELD]
    assert await due(store) == []
    held = (await of(store)).held_up
    assert held is not None
    assert held.number == 1
    assert ID in {one.id for one in await store.transact(lambda tx: tx.requests.undecided(9))}, "it waits for a button"
    told = await all_notices(store)
    places = [notice.place for notice in told if notice.kind is Notice.HELD]  # the thread waits for its card
    assert places == ([] if how == "unsure" else [Place.REQUESTER]), "of what is unsure they have heard"

    await store.transact(lambda tx: tx.steps.let_on(ID, 1, at=2_100.0, actor="U0AMY"))
    assert await due(store) == [(1, "stop")]
    assert (await of(store)).held_up is None
    undecided = await store.transact(lambda tx: tx.requests.undecided(9))
    assert (ID in {one.id for one in undecided}) is (how == "unsure")
    await all_of(store, 1)
    assert await due(store) == [(2, "stop")]


async def test_what_is_held_is_not_begun_once_it_was_ended(store: Store) -> None:
    """What is owed is done; the others are skipped."""
    await approved(store, of_three())
    await do(store, 0, "stop", *WELL)

    await store.transact(lambda tx: tx.steps.end_here(ID, at=2_100.0, actor="U0AMY"))
    assert await jobs(store) == [RUNNING, ENDED, ENDED]
    assert await due(store) == [(0, "start")]
    await do(store, 0, "start", *WELL)
    request = await of(store)
    assert (request.state, request.undone) == (State.FAILED, (0, 1, 2))


async def test_one_that_is_tried_again_is_tried_in_its_order(store: Store) -> None:
    """What was let on is forgotten with it."""
    await approved(store, of_three(Order.ONE_AFTER_ANOTHER, WhileImaged.STOPPED))
    for job in range(3):
        if job:
            await store.transact(lambda tx, number=job: tx.steps.let_on(ID, number, at=2_100.0, actor="U0AMY"))  # type: ignore[misc] # one number each
        await do(store, job, "image", StepMove.CALL, StepMove.REFUSE)
    assert (await of(store)).state is State.FAILED

    def again(tx: Transaction) -> None:
        assert tx.requests.advance(ID, Move.RETRY, at=2_200.0, actor="U0AMY")
        tx.steps.retry(ID)

    await store.transact(again)
    assert await jobs(store) == [WAITING, HELD, HELD]
    assert await due(store) == [(0, "image")]


async def test_only_the_machine_that_is_held_makes_others_wait(store: Store) -> None:
    """A job waits for whichever request holds its instance, by name; a job that is not its turn waits for none."""
    await approved(store, of_three())
    await do(store, 0, "stop", StepMove.CALL)
    other = a_request(id="IR-00002", plan=dataclasses.replace(of_three(), order=Order.SIDE_BY_SIDE))

    def work(tx: Transaction) -> ImageRequest:
        assert tx.requests.add(other, draft_id="draft-2", cards=CARDS)
        assert tx.requests.advance(other.id, Move.APPROVE, at=2_000.0, actor="U0BEN", approved_at=2_000.0)
        return found(tx, other.id)

    assert [job.waits_for for job in (await store.transact(work)).jobs] == [ID, "", ""]
    assert await due(store) == [(0, "stop"), (1, "stop"), (2, "stop")]


async def test_who_waits_for_one_machine_hears_of_that_one(store: Store) -> None:
    """What becomes of the others of a request is nothing to them."""
    await approved(store, of_three(Order.SIDE_BY_SIDE))
    for job in range(3):
        await do(store, job, "stop", *WELL)
    of_second = dataclasses.replace(of_three(), jobs=of_three().jobs[1:2], order=Order.SIDE_BY_SIDE)
    other = a_request(id="IR-00002", plan=of_second)

    def work(tx: Transaction) -> int:
        assert tx.requests.add(other, draft_id="draft-2", cards=CARDS)
        assert tx.requests.advance(other.id, Move.APPROVE, at=2_000.0, actor="U0BEN", approved_at=2_000.0)
        return found(tx, other.id).version

    before = await store.transact(work)
    for kind in ("image", "start"):
        await do(store, 0, kind, *WELL)
    assert await store.transact(lambda tx: found(tx, other.id).version) == before
    for kind in ("image", "start"):
        await do(store, 1, kind, *WELL)
    assert await store.transact(lambda tx: found(tx, other.id).version) > before
