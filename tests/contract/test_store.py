"""The store's contract, held on every engine: what goes in comes out, moves are guarded, leases fence."""

import asyncio
import dataclasses
import gc
import itertools
import json
import weakref
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.cloud import Disk, Instance, ListedInstance, Seen, Snapshot
from bot.domain.delivery import POSTED_WITHIN, Card, CardKind, DueNotice
from bot.domain.disks import AddedDisk, Charge
from bot.domain.draft import DiskForm, Draft, DraftJob, DraftState, Fitting, UnsentDraft
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import Move, Notice, Place, State
from bot.domain.plan import Order, Plan, PlannedDisk, PlannedJob, WhileImaged
from bot.domain.request import Decision, ImageRequest
from bot.domain.steps import JobStep, StepMove, StepState
from bot.store import Changes, Conflict, Lease, Store, Transaction
from bot.store.jobs import OVERTAKEN
from tests.contract.conftest import Engine
from tests.unit.examples import a_decision, a_draft, a_plan, a_request

T = TypeVar("T")
OpenStore = Callable[..., Awaitable[Store]]

ID = a_request().id
UNSURE = {"state": StepState.UNSURE}
CHANNEL = "C0APPROVALS"
CARDS = ((CardKind.APPROVAL, CHANNEL), (CardKind.REQUESTER, "U0AMY"))


def path_to(state: State) -> list[Move]:
    """The moves that lead from pending to a state."""
    paths: dict[State, list[Move]] = {State.PENDING: []}
    while state not in paths:
        for move in Move:
            for source in move.sources & paths.keys():
                paths.setdefault(move.target, [*paths[source], move])
    return paths[state]


STEP_PATHS = {
    StepState.PLANNED: (),
    StepState.CALLING: (StepMove.CALL,),
    StepState.WORKING: (StepMove.CALL, StepMove.ACCEPT),
    StepState.UNSURE: (StepMove.CALL, StepMove.DOUBT),
    StepState.DONE: (StepMove.CALL, StepMove.ACCEPT, StepMove.FINISH),
    StepState.FAILED: (StepMove.CALL, StepMove.REFUSE),
    StepState.SKIPPED: (StepMove.SKIP,),
}
"""The moves that lead from planned to a state, as the engine makes them."""


async def put(store: Store, request: ImageRequest, **changes: Any) -> ImageRequest:
    """A request in the store, brought to the state it is in by moves of its own and of its step; the last of its own
    writes `changes`.
    """

    def work(tx: Transaction) -> ImageRequest:
        fresh = dataclasses.replace(request, state=State.PENDING)
        assert tx.requests.add(fresh, draft_id=f"draft of {request.id}", cards=CARDS)
        begun = request.state in {State.WORKING, State.READY, State.FAILED}
        path = path_to(State.APPROVED if begun else request.state)
        for move in path:
            last = changes if move is path[-1] else {}
            assert tx.requests.advance(request.id, move, at=2_000.0, actor="U0BEN", **last)
        if begun:
            for job in request.jobs:
                for step in job.steps:
                    bring(tx, step.state, request.id, step.kind)
        return found(tx, request.id)

    return await store.transact(work)


def bring(tx: Transaction, state: StepState, request_id: str = ID, kind: str = "image") -> None:
    """A planned step comes to a state."""
    for move in STEP_PATHS[state]:
        assert tx.steps.advance(step_of(tx, request_id, kind), move, at=2_000.0, actor="w")


def step_of(tx: Transaction, request_id: str = ID, kind: str = "image") -> JobStep:
    """A step that is there."""
    (step,) = (step for job in found(tx, request_id).jobs for step in job.steps if step.kind == kind)
    return step


def found(tx: Transaction, request_id: str = ID) -> ImageRequest:
    """A request that is there."""
    request = tx.requests.get(request_id)
    assert request is not None
    return request


def lease(owner: str = "worker-1", seconds: float = 60.0) -> Lease:
    """A claim for a minute."""
    return Lease(owner, seconds)


async def move_on(store: Store, move: Move, request_id: str = ID, **changes: Any) -> bool:
    """One move, outside any lease."""
    return await store.transact(lambda tx: tx.requests.advance(request_id, move, at=5_000.0, actor="U0BEN", **changes))


async def step_on(store: Store, move: StepMove, request_id: str = ID, kind: str = "image", **changes: Any) -> bool:
    """One move of a step, outside any lease."""
    return await store.transact(
        lambda tx: tx.steps.advance(step_of(tx, request_id, kind), move, at=5_000.0, actor="w", **changes)
    )


async def claim(store: Store, by: Lease, limit: int = 10) -> tuple[str, ...]:
    """The ids of the requests of whose steps somebody gets those that are due."""
    return tuple(step.request_id for step in await store.transact(lambda tx: tx.steps.claim_due(by, limit)))


async def cards(store: Store, by: Lease) -> dict[CardKind, Card]:
    """The cards that somebody gets."""
    return {card.kind: card for card in await store.transact(lambda tx: tx.cards.claim(by, 9))}


async def notices(store: Store, by: Lease) -> tuple[DueNotice, ...]:
    """The notices that somebody gets."""
    return await store.transact(lambda tx: tx.notices.claim(by, 99))


async def all_notices(store: Store) -> tuple[DueNotice, ...]:
    """Everything that is due, each conversation's one after the other, by ever new owners."""
    found: list[DueNotice] = []
    while more := await notices(store, lease(f"owner-{len(found)}", seconds=1)):
        found += more
    return tuple(found)


async def post_card(store: Store, kind: CardKind = CardKind.APPROVAL, request_id: str = ID) -> None:
    """A card is in Slack, at the newest version."""

    def work(tx: Transaction) -> None:
        by = lease("poster", seconds=1)
        (card,) = [one for one in tx.cards.claim(by, 99) if (one.request_id, one.kind) == (request_id, kind)]
        tx.cards.posted(card, channel="C1", ts="1.1", version=found(tx, request_id).version, lease=by)
        tx.release(by.owner)

    await store.transact(work)


# What goes in comes out


def whole(kind: type[T], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[T]:
    """Values of a dataclass with every field varied, also those that have defaults."""
    return st.builds(kind, **{field.name: fields.get(field.name, ...) for field in dataclasses.fields(kind)})  # type: ignore[arg-type] # T is one


def some(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    """None, one or two."""
    return st.lists(strategy, max_size=2).map(tuple)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)  # PostgreSQL: no NUL in a TEXT
TIMES = st.floats(0, 1e11)
COUNTS = st.integers(0, 2**31 - 2)  # PostgreSQL: INTEGER has 32 bits; one is added
PROBLEMS = some(whole(Problem, facts=st.dictionaries(TEXTS, TEXTS, max_size=2)))
SNAPSHOTS = whole(Snapshot)
ADDED = whole(AddedDisk, snapshot=st.none() | SNAPSHOTS, charge=whole(Charge))
INSTANCES = whole(Instance, system_disk=st.none() | whole(Disk), data_disks=some(whole(Disk)))
DRAFT_JOBS = whole(
    DraftJob,
    region=TEXTS,
    instance_id=TEXTS,
    instance=st.none() | INSTANCES,
    usual_seconds=st.none() | TIMES,
    added=some(ADDED),
    problems=PROBLEMS,
)
DRAFTS = whole(
    Draft,
    revision=COUNTS,
    requester=TEXTS,
    region=TEXTS,
    created_at=TIMES,
    jobs=some(DRAFT_JOBS),
    aside=some(DRAFT_JOBS),
    unsettled=some(whole(Fitting, instances=some(whole(ListedInstance)))),
    disk_form=st.none() | whole(DiskForm, snapshot=st.none() | SNAPSHOTS),
    unsent=st.none() | whole(UnsentDraft, created_at=TIMES),
    not_before=TIMES,
    problems=PROBLEMS,
)
JOBS = whole(
    PlannedJob,
    region=TEXTS,
    instance_id=TEXTS,
    data_disks=some(whole(PlannedDisk)),
    added=some(ADDED),
    local_disks=some(whole(PlannedDisk)),
)
PLANS = whole(Plan, jobs=st.lists(JOBS, min_size=1, max_size=3).map(tuple), not_before=st.none() | TIMES).map(
    lambda plan: dataclasses.replace(plan, order=Order.SIDE_BY_SIDE) if plan.only else plan
)
REQUESTS = st.builds(
    a_request,
    version=COUNTS.filter(lambda count: count < 2**31 - 9),
    requester=TEXTS,
    team=TEXTS,
    language=TEXTS,
    plan=PLANS,
    note=TEXTS,
    announce_in=TEXTS,
    quorum=COUNTS,
    created_at=TIMES,
    expires_at=TIMES,
    begin_at=TIMES,
)
DECISIONS = whole(
    Decision,
    approver=st.text("ABCU0123456789", min_size=1, max_size=9),
    plan_hash=TEXTS,
    reason=TEXTS,
    at=TIMES,
    policy_hash=TEXTS,
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "noted": PROBLEMS,
        "approved_at": TIMES,
        "finished_at": st.none() | TIMES,
        "expires_at": TIMES,
        "begin_at": TIMES,
        "ended_by": TEXTS,
        "ending": st.integers(0, 1),
        "resumed_how": TEXTS,
        "resumed_by": TEXTS,
        "resumed_at": TIMES,
    },
)
NUMBERS = itertools.count()
anything = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@anything
@given(draft=DRAFTS)
async def test_any_draft_comes_back_as_it_was(store: Store, draft: Draft) -> None:
    """With its instance, its disks, the form that is open and its problems."""
    draft = dataclasses.replace(draft, id=f"draft-{next(NUMBERS)}")
    await store.transact(lambda tx: tx.drafts.add(draft))
    assert await store.transact(lambda tx: tx.drafts.get(draft.id)) == draft
    changed = dataclasses.replace(draft, note="changed")
    saved = await store.transact(lambda tx: tx.drafts.save(changed))
    if draft.state is not DraftState.OPEN:  # its check's alone
        assert saved is None
        return
    assert saved == dataclasses.replace(changed, revision=draft.revision + 1)
    assert await store.transact(lambda tx: tx.drafts.get(draft.id)) == saved


@anything
@given(
    request_=REQUESTS,
    decisions=st.lists(DECISIONS, max_size=3, unique_by=lambda decision: decision.approver),
    changes=CHANGES,
)
async def test_any_request_comes_back_as_it_was(
    store: Store, request_: ImageRequest, decisions: list[Decision], changes: Changes
) -> None:
    """With its plan and that plan's hash, its decisions in their order, and all that a move may write."""
    request = dataclasses.replace(request_, id=f"IR-{next(NUMBERS)}")
    draft_id = f"draft of {request.id}"
    assert await store.transact(lambda tx: tx.requests.add(request, draft_id=draft_id, cards=CARDS))
    stored = await store.transact(lambda tx: found(tx, request.id))
    planned = stored.jobs
    assert stored == dataclasses.replace(request, jobs=planned)
    assert stored.plan.hash == request.plan.hash
    assert [(step.kind, step.undoes) for job in planned for step in job.steps] == [
        (step.kind, step.undoes) for job in request.plan.jobs for step in job.steps
    ]

    def decide(tx: Transaction) -> ImageRequest:
        for decision in decisions:
            tx.requests.decide(request.id, decision)
        return found(tx, request.id)

    in_order = tuple(sorted(decisions, key=lambda decision: (decision.at, decision.approver)))
    version = request.version + bool(decisions)  # a transaction makes one version, whatever it changes
    decided = dataclasses.replace(request, jobs=planned, decisions=in_order, version=version)
    assert await store.transact(decide) == decided

    assert await move_on(store, Move.APPROVE, request.id, **changes)
    approved: dict[str, Any] = {"state": State.APPROVED, "version": decided.version + 1, **changes}
    assert await store.transact(lambda tx: found(tx, request.id)) == dataclasses.replace(decided, **approved)
    by_draft = await store.transact(lambda tx: tx.requests.of_draft(draft_id))
    assert by_draft is not None
    assert by_draft.id == request.id


# Drafts


async def test_a_draft_is_not_written_over(store: Store) -> None:
    """A change to an older revision is refused, so that it is made again on the newer one."""
    await store.transact(lambda tx: tx.drafts.add(a_draft()))
    saved = await store.transact(lambda tx: tx.drafts.save(a_draft(name="first")))
    assert saved is not None
    assert await store.transact(lambda tx: tx.drafts.save(a_draft(name="second"))) is None
    assert await store.transact(lambda tx: tx.drafts.get("draft-1")) == saved
    assert await store.transact(lambda tx: tx.drafts.get("another")) is None


async def test_a_draft_that_is_sent_is_checked_once(store: Store, engine: Engine) -> None:
    """One worker gets it; who was too slow cannot write; and it is not forgotten before it was checked."""
    await store.transact(lambda tx: tx.drafts.add(a_draft(id="open")))
    await store.transact(lambda tx: tx.drafts.add(a_draft(state=DraftState.CHECKING)))
    early, late = lease("early"), lease("late")
    (draft,) = await store.transact(lambda tx: tx.drafts.claim_checking(early, 9))
    assert draft == a_draft(state=DraftState.CHECKING)
    engine.time += 30
    assert await store.transact(lambda tx: tx.drafts.claim_checking(late, 9)) == ()
    engine.time += 31
    checked = dataclasses.replace(draft, state=DraftState.SENT)
    assert await store.transact(lambda tx: tx.drafts.save(checked, lease=early)) is None
    assert await store.transact(lambda tx: tx.drafts.claim_checking(late, 9)) == (draft,)
    assert await store.transact(lambda tx: tx.drafts.save(checked, lease=early)) is None
    assert await store.transact(lambda tx: tx.drafts.purge(before=2_000.0)) == 1
    assert await store.transact(lambda tx: tx.drafts.save(checked, lease=late)) is not None
    assert await store.transact(lambda tx: tx.drafts.purge(before=2_000.0)) == 1


async def test_a_draft_that_is_sent_is_its_checks_alone(store: Store) -> None:
    """Nobody without its lease writes it, claimed or not, and the lease is not lost over the attempt."""
    await store.transact(lambda tx: tx.drafts.add(a_draft(state=DraftState.CHECKING)))
    changed = a_draft(state=DraftState.CHECKING, instance_id="i-late")
    assert await store.transact(lambda tx: tx.drafts.save(changed)) is None
    mine, other = lease("mine"), lease("other")
    (draft,) = await store.transact(lambda tx: tx.drafts.claim_checking(mine, 9))
    assert await store.transact(lambda tx: tx.drafts.save(changed)) is None
    assert await store.transact(lambda tx: tx.drafts.claim_checking(other, 9)) == ()
    sent = dataclasses.replace(draft, state=DraftState.SENT)
    assert await store.transact(lambda tx: tx.drafts.save(sent, lease=mine)) is not None
    assert await store.transact(lambda tx: tx.drafts.save(dataclasses.replace(sent, revision=1))) is None


async def test_the_last_region_is_remembered(store: Store) -> None:
    """Somebody's own, and the newest."""
    for number, (requester, region) in enumerate((("U0AMY", "cn-south-1"), ("U0AMY", "cn-east-2"), ("U0BEN", "x"))):
        draft = a_draft(id=f"draft-{number}", requester=requester, region=region, created_at=1_000.0 + number)
        await store.transact(lambda tx, draft=draft: tx.drafts.add(draft))  # type: ignore[misc] # bound in a loop
    assert await store.transact(lambda tx: tx.drafts.last_region("U0AMY")) == "cn-east-2"
    assert await store.transact(lambda tx: tx.drafts.last_region("U0CAI")) is None


async def test_a_draft_becomes_one_request(store: Store) -> None:
    """Neither a taken id nor a draft that became a request before makes another, or leaves a card or an event."""

    async def add(request: ImageRequest, draft_id: str) -> bool:
        return await store.transact(lambda tx: tx.requests.add(request, draft_id=draft_id, cards=CARDS))

    assert await add(a_request(), "draft-1")
    assert not await add(a_request(id="IR-00002"), "draft-1")
    assert not await add(a_request(note="another"), "draft-2")
    became = await store.transact(lambda tx: tx.requests.of_draft("draft-1"))
    assert became == dataclasses.replace(a_request(), jobs=became.jobs if became else ())
    assert await store.transact(lambda tx: tx.requests.of_draft("draft-2")) is None
    assert [event.kind for event in await store.transact(lambda tx: tx.events.of(ID))] == ["request"]
    assert await store.transact(lambda tx: tx.cards.get("IR-00002", CardKind.APPROVAL)) is None


# Moves


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("state", State)
async def test_every_move_from_every_state(store: Store, engine: Engine, state: State, move: Move) -> None:
    """The row changes just when the table allows it; then event, cards and notices are there too, and else nothing."""
    await put(store, a_request())
    for step in path_to(state):
        assert await move_on(store, step)
    before = await store.transact(found)
    await post_card(store)
    earlier = {notice.id for notice in await all_notices(store)}
    events = await store.transact(lambda tx: tx.events.of(ID))

    changed = await move_on(store, move, detail={"why": "because"})

    after = await store.transact(found)
    written = (await store.transact(lambda tx: tx.events.of(ID)))[len(events) :]
    engine.time += 1_000
    by = lease()
    owed = [notice for notice in await all_notices(store) if notice.id not in earlier]
    drawn_anew = await cards(store, by)
    assert changed is (state in move.sources)
    if not changed:
        assert (after, written, owed) == (before, (), [])
        assert set(drawn_anew) == {CardKind.REQUESTER}  # which was never drawn
        return
    assert after == dataclasses.replace(before, state=move.target, version=before.version + 1, jobs=after.jobs)
    ended = move.target in {State.REJECTED, State.CANCELLED, State.EXPIRED}
    assert (after.jobs == before.jobs) is not ended
    assert [step.state for job in after.jobs for step in job.steps] == [
        StepState.SKIPPED if ended else StepState.PLANNED
    ]
    (event,) = written
    assert (event.kind, event.actor, event.at, event.detail) == (move.event, "U0BEN", 5_000.0, {"why": "because"})
    assert set(drawn_anew) == set(CardKind)
    where = {Place.ANNOUNCE: before.announce_in, Place.REQUESTER: before.requester, Place.THREAD: ""}
    assert sorted((notice.kind, notice.place, notice.conversation, notice.version) for notice in owed) == sorted(
        (kind, place, where[place], after.version) for kind, place in move.owes
    )


@pytest.mark.parametrize("move", [StepMove.FINISH, StepMove.BREAK])
async def test_nothing_is_told_twice_in_one_channel(store: Store, engine: Engine, move: StepMove) -> None:
    """Announced where the approval card is, the end is not told in its thread as well."""
    await put(store, a_request(state=State.WORKING, announce_in=CHANNEL))
    await post_card(store)
    earlier = {notice.id for notice in await all_notices(store)}
    assert await step_on(store, move)
    engine.time += 1_000
    owed = [notice.place for notice in await all_notices(store) if notice.id not in earlier]
    assert owed == [Place.ANNOUNCE]


async def test_a_request_that_fails_again_is_told_again(store: Store) -> None:
    """What is owed once is owed once for each time that it happens."""
    await put(store, a_request(state=State.WORKING))
    for _ in range(2):
        assert await step_on(store, StepMove.BREAK)
        await store.transact(lambda tx: tx.steps.retry(ID))
        assert await move_on(store, Move.RETRY)
        for again in (StepMove.CALL, StepMove.ACCEPT):
            assert await step_on(store, again)
    owed = [notice for notice in await all_notices(store) if notice.place is Place.ANNOUNCE]
    assert [notice.kind for notice in owed] == [Notice.FAILED] * 2


async def test_two_approvers_at_once(open_store: OpenStore) -> None:
    """Two processes, one request, many times: one of them wins, always, and the loser sees it."""
    stores = [await open_store(), await open_store()]
    for number in range(20):
        request = await put(stores[0], a_request(id=f"IR-{number:05}", plan=a_plan(instance_id=f"i-{number}")))
        moves = (Move.APPROVE, Move.REJECT)
        won = await asyncio.gather(*(move_on(one, move, request.id) for one, move in zip(stores, moves, strict=True)))
        assert sorted(won) == [False, True]
        (winner,) = itertools.compress(moves, won)
        left = await stores[1].transact(lambda tx, request=request: found(tx, request.id))  # type: ignore[misc]
        assert left.state is winner.target


async def test_a_transaction_leaves_no_garbage(store: Store) -> None:
    """It is gone with its tables as soon as it has ended: none of them holds what holds it."""
    gc.disable()
    try:
        tables = await store.transact(lambda tx: [weakref.ref(one) for one in (tx, tx.requests, tx.steps, tx.cards)])
        assert [table() for table in tables] == [None] * len(tables)
    finally:
        gc.enable()


async def test_a_second_decision_of_one_person_replaces_the_first(store: Store) -> None:
    """So that a quorum counts people, not clicks."""
    request = await put(store, a_request())
    first = a_decision("U0BEN", "an older plan")
    second = dataclasses.replace(a_decision("U0BEN", request.plan.hash), at=3_000.0)
    await store.transact(lambda tx: tx.requests.decide(ID, first))
    await store.transact(lambda tx: tx.requests.decide(ID, second))
    assert (await store.transact(found)).decisions == (second,)
    kinds = [event.kind for event in await store.transact(lambda tx: tx.events.of(ID))]
    assert kinds == ["request", "decide.approve", "decide.approve"]


async def test_lists(store: Store) -> None:
    """Somebody's own and those that wait are shown newest first; those whose time is over are found."""
    for number, (requester, state) in enumerate(
        (("U0AMY", State.PENDING), ("U0BEN", State.PENDING), ("U0AMY", State.REJECTED), ("U0AMY", State.PENDING))
    ):
        times: dict[str, Any] = {"created_at": 1_000.0 + number, "expires_at": 5_000.0 + number}
        await put(store, a_request(id=f"IR-{number}", requester=requester, state=state, **times))

    def lists(tx: Transaction) -> list[list[str]]:
        listed = (tx.requests.of_person({"U0AMY"}, set(State), 2), tx.requests.pending(9))
        return [*([request.id for request in one] for one in listed), sorted(tx.requests.due_to_expire(5_001.0, 9))]

    assert await store.transact(lists) == [["IR-3", "IR-2"], ["IR-3", "IR-1", "IR-0"], ["IR-0", "IR-1"]]


async def test_what_waits_for_a_button_comes_by_how_long_it_still_can(store: Store) -> None:
    """The request that expires first is shown first, and one that is unsure waits among them."""
    for number, (state, expires_at) in enumerate(
        ((State.PENDING, 9_000.0), (State.WORKING, 5_000.0), (State.PENDING, 7_000.0), (State.READY, 6_000.0))
    ):
        plan = a_plan(instance_id=f"i-{number}")
        unsure = UNSURE if state is State.WORKING else None
        await put(store, a_request(unsure, id=f"IR-{number}", plan=plan, state=state, expires_at=expires_at))
    waiting = await store.transact(lambda tx: tx.requests.undecided(9))
    assert [request.id for request in waiting] == ["IR-1", "IR-2", "IR-0"]


async def test_somebody_with_several_ids_has_the_requests_of_all(store: Store) -> None:
    """Only those in the states that are asked for."""
    for number, (requester, state) in enumerate(
        (("U0AMY", State.CANCELLED), ("W0AMY", State.CANCELLED), ("U0BEN", State.CANCELLED), ("U0AMY", State.PENDING))
    ):
        await put(store, a_request(id=f"IR-{number}", requester=requester, state=state, created_at=1_000.0 + number))
    own = await store.transact(lambda tx: tx.requests.of_person({"U0AMY", "W0AMY"}, {State.CANCELLED}, 9))
    assert [request.id for request in own] == ["IR-1", "IR-0"]


async def test_the_mark_tells_every_change(store: Store) -> None:
    """A new request, a note on its card, its end: whoever looks at the mark misses none of them."""

    async def mark() -> object:
        return await store.transact(lambda tx: tx.requests.mark())

    seen = [await mark()]
    await put(store, a_request())
    seen.append(await mark())
    await store.transact(lambda tx: tx.requests.note("IR-7K3QF", (Problem(Code.ROLE_UNKNOWN),)))
    seen.append(await mark())
    await store.transact(lambda tx: tx.requests.advance("IR-7K3QF", Move.CANCEL, at=2_000.0, actor="U0AMY"))
    seen.append(await mark())
    assert await mark() == seen[-1]
    assert len(set(map(str, seen))) == len(seen)


# Leases


async def test_every_kind_of_work_is_fenced(store: Store, engine: Engine) -> None:
    """Cards and notices too: an owner that was succeeded can neither begin nor record anything."""
    await put(store, a_request(state=State.REJECTED))
    engine.time += POSTED_WITHIN
    early, late = lease("early"), lease("late")
    first_cards, first_notices = await cards(store, early), await notices(store, early)
    engine.time += 61
    assert set(await cards(store, late)) == set(first_cards)
    assert len(await notices(store, late)) == len(first_notices) == 1
    for card in first_cards.values():

        def card_writes(tx: Transaction, card: Card = card) -> list[bool]:
            return [
                tx.cards.intend(card, early),
                tx.cards.posted(card, channel="C1", ts="1.1", version=9, lease=early),
                tx.cards.drawn(card, version=9, lease=early),
                tx.cards.defer(card, 9.0, early),
                tx.cards.repost(card, early),
                tx.cards.abandon(card, version=9, lease=early),
            ]

        assert not any(await store.transact(card_writes))
        assert await store.transact(lambda tx, card=card: tx.cards.intend(card, late))  # type: ignore[misc]
    for notice in first_notices:

        def notice_writes(tx: Transaction, notice: DueNotice = notice) -> list[bool]:
            return [
                tx.notices.intend(notice, early),
                tx.notices.sent(notice, channel="C1", ts="1.1", at=1.0, lease=early),
                tx.notices.defer(notice, 9.0, early),
                tx.notices.move(notice, "U0AMY", early),
                tx.notices.abandon(notice, "why", at=1.0, lease=early),
            ]

        assert not any(await store.transact(notice_writes))
        assert await store.transact(lambda tx, notice=notice: tx.notices.intend(notice, late))  # type: ignore[misc]


AN_HOUR = 3_600.0


async def test_a_clock_that_goes_back_ends_no_lease_early_and_holds_none_for_ever(store: Store, engine: Engine) -> None:
    """Its owner may be at work, and renews it then; one that died leaves it after the usual time."""
    await put(store, a_request())
    engine.time += POSTED_WITHIN
    alive, dead, later = lease("alive"), lease("dead"), lease("later")
    held = list((await cards(store, alive)).values())
    await put(store, a_request(id="IR-00002", plan=a_plan(instance_id="i-other")))
    engine.time += POSTED_WITHIN
    assert len(await cards(store, dead)) == 2
    engine.time -= AN_HOUR
    await store.transact(lambda tx: tx.bring_back(held=60.0, asked_within=120.0, watched_within=20.0))
    for _ in range(4):
        assert await cards(store, later) == {}
        engine.time += 19
        await store.transact(lambda tx: tx.cards.renew([card.id for card in held], alive))
    assert {card.request_id for card in (await cards(store, later)).values()} == {"IR-00002"}
    assert await store.transact(lambda tx: all(tx.cards.intend(card, alive) for card in held))


# Cards and notices


@pytest.mark.parametrize(
    ("at", "then"),
    [(5_010.0, "stopped"), (4_999.0, "running"), (5_000.0 - OVERTAKEN, "running"), (1_400.0, "stopped")],
)
async def test_the_latest_look_at_an_instance_counts(store: Store, at: float, then: str) -> None:
    """One that was overtaken changes nothing; but after the clock went back, what was seen by it is not kept for as
    long as it was ahead: rules go by the tags, and the cards show the state.
    """
    request = await put(store, a_request())
    first, second = Seen("running", 5_000.0, (("env", "running"),)), Seen("stopped", at, (("env", "stopped"),))
    await store.transact(lambda tx: tx.requests.note_seen(request.id, 0, first))
    await store.transact(lambda tx: tx.requests.note_seen(request.id, 0, second))
    (job,) = (await store.read(lambda tx: tx.requests.existing(request.id))).jobs
    assert (job.seen_status, job.seen_tags) == (then, (("env", then),))


async def test_cards_are_owed_until_drawn(store: Store, engine: Engine) -> None:
    """At the newest version, wherever they are; what is deferred waits, what is gone is posted anew."""
    request = await put(store, a_request())
    by = lease()
    await post_card(store)
    assert await cards(store, by) == {}  # the requester's has a link to it, and gives it a moment
    engine.time += POSTED_WITHIN
    assert set(await cards(store, by)) == {CardKind.REQUESTER}
    assert await move_on(store, Move.APPROVE)
    again = (await cards(store, by))[CardKind.APPROVAL]
    assert (again.channel, again.ts, again.drawn_version) == ("C1", "1.1", request.version)
    assert await store.transact(lambda tx: tx.cards.defer(again, 500.0, by))
    engine.time += 400
    assert CardKind.APPROVAL not in await cards(store, lease("early"))
    engine.time += 200
    due = (await cards(store, by))[CardKind.APPROVAL]
    assert await store.transact(lambda tx: tx.cards.repost(due, by))
    anew = (await cards(store, by))[CardKind.APPROVAL]
    assert (anew.channel, anew.ts) == ("", "")
    assert await store.transact(lambda tx: tx.cards.abandon(anew, version=request.version + 1, lease=by))
    assert CardKind.APPROVAL not in await cards(store, by)
    assert await move_on(store, Move.CANCEL)
    assert CardKind.APPROVAL in await cards(store, by)


async def test_notices_are_owed_once(store: Store) -> None:
    """The same one again is not owed again; once sent it is never due; it can move, wait, or be given up."""
    for _ in range(2):
        await store.transact(
            lambda tx: tx.notices.owe(Notice.READY, Place.ANNOUNCE, conversation="C1", request_id="IR-1", version=3)
        )
    by = lease()
    (notice,) = await notices(store, by)
    assert await store.transact(lambda tx: tx.notices.intend(notice, by))
    assert await store.transact(lambda tx: tx.notices.move(notice, "U0AMY", by))
    (moved,) = await notices(store, by)
    assert (moved.conversation, moved.attempts) == ("U0AMY", 0)
    assert await store.transact(lambda tx: tx.notices.sent(moved, channel="D1", ts="1.1", at=2.0, lease=by))
    assert await notices(store, by) == ()


async def test_a_thread_waits_for_its_card(store: Store) -> None:
    """The approval card begins the thread; where it cannot be posted, the notices go elsewhere."""
    await put(store, a_request(UNSURE, state=State.WORKING))
    by = lease()
    assert [notice.place for notice in await notices(store, by)] == [Place.REQUESTER]
    await post_card(store)
    assert [(notice.kind, notice.place) for notice in await notices(store, by)] == [(Notice.UNSURE, Place.THREAD)]
    await put(store, a_request(UNSURE, id="IR-00002", plan=a_plan(instance_id="i-2"), state=State.WORKING))
    await store.transact(lambda tx: tx.notices.leave_thread("IR-00002", CHANNEL, "U0BEN"))
    assert {notice.conversation for notice in await notices(store, by)} == {"U0BEN"}


# Transactions


async def test_a_failure_rolls_everything_back(store: Store) -> None:
    """Whatever a transaction had done before."""

    def work(tx: Transaction) -> None:
        tx.drafts.add(a_draft())
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await store.transact(work)
    assert await store.transact(lambda tx: tx.drafts.get("draft-1")) is None


async def test_a_broken_rule_is_a_conflict(store: Store) -> None:
    """It is tried again, as another transaction may have been in the way, and then told; the store goes on."""
    tries = []

    def work(tx: Transaction) -> None:
        tries.append(1)
        tx.drafts.add(a_draft())
        tx.drafts.add(a_draft())

    with pytest.raises(Conflict):
        await store.transact(work)
    assert len(tries) > 1
    assert await store.transact(lambda tx: tx.drafts.get("draft-1")) is None


async def test_commits_are_told(open_store: OpenStore) -> None:
    """A change that gives somebody work wakes the worker; a look that finds nothing does not."""
    told: list[int] = []
    store = await open_store(on_commit=lambda: told.append(1))
    await claim(store, lease())
    assert told == []
    await put(store, a_request())
    assert len(told) == 1


async def test_what_gives_nobody_work_is_told_to_nobody(open_store: OpenStore, engine: Engine) -> None:
    """A form that somebody fills in, and what Slack shows as it stands: a worker would look, and find nothing."""
    told: list[str] = []
    doing, by = "", lease()
    store = await open_store(on_commit=lambda: told.append(doing))

    async def do(what: str, work: Callable[[Transaction], object]) -> None:
        nonlocal doing
        doing = what
        await store.transact(work)

    async def show(what: str, show: Callable[[Transaction, Card], bool]) -> None:
        (card,) = await store.claim(lambda tx: tx.cards.claim(by, 1))
        await do(what, lambda tx: show(tx, card))

    await do("a form", lambda tx: tx.drafts.add(a_draft()))
    await do("a choice", lambda tx: tx.drafts.save(a_draft(name="db")))
    await do("sent", lambda tx: tx.drafts.save(a_draft(revision=1, state=DraftState.CHECKING)))
    await do("a request", lambda tx: tx.requests.add(a_request(), draft_id="draft-1", cards=CARDS))
    await show("posted", lambda tx, card: tx.cards.posted(card, channel="C1", ts="1.1", version=1, lease=by))
    engine.time += POSTED_WITHIN
    await show("its requester's", lambda tx, card: tx.cards.posted(card, channel="D1", ts="1.2", version=1, lease=by))
    await do("changed", lambda tx: tx.versions.touch(ID))
    await show("drawn", lambda tx, card: tx.cards.drawn(card, version=2, lease=by))
    await show("drawn as it was", lambda tx, card: tx.cards.drawn(card, version=1, lease=by))
    assert told == ["sent", "a request", "posted", "changed", "drawn as it was"]


async def test_a_commit_is_told_even_when_nobody_waits_for_it(open_store: OpenStore) -> None:
    """A listener that is cut off meanwhile leaves a whole transaction behind, and the worker is woken for it."""
    told = asyncio.Event()
    store = await open_store(on_commit=told.set)
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work(tx: Transaction) -> None:
        loop.call_soon_threadsafe(begun.set)
        assert tx.requests.add(a_request(), draft_id="draft-1", cards=CARDS)

    waiting = asyncio.create_task(store.transact(work))
    await begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.wait_for(told.wait(), 10)
    assert await store.transact(lambda tx: tx.requests.get(ID)) is not None


async def test_a_draft_of_a_version_that_knew_one_instance(store: Store) -> None:
    """A form that was open when the bot was updated is still there, with all that was chosen in it."""
    await store.transact(lambda tx: tx.drafts.add(a_draft(id="older")))
    added = {"device": "vdd", "name": "more", "disk_type": "ssd", "size_gb": 30, "az": "cn-north-1a"}
    older = {"id": "older", "state": "open", "revision": 0, "requester": "U0AMY", "team": "T0", "language": "en"}
    older |= {"origin": "C0OPS", "region": "cn-north-1", "created_at": 1_000.0, "instance_id": "i-1", "name": "mine"}
    older |= {"left_out": ["vdb"], "added": [added], "while_imaged": "live", "offered": ["stop_and_start", "live"]}
    older |= {"suggested_name": "web-1-20261125", "warned_name": "taken", "usual_seconds": 60.0, "note": "hurry"}
    older |= {"disk_form": {"device": "vde"}, "others": [], "instance": None}
    older |= {"unsent": {"id": "u", "instance": "web-1, web-2", "created_at": 1.0}}
    await store.transact(
        lambda tx: tx.drafts._query(
            "UPDATE draft SET content = :content WHERE id = 'older' RETURNING id", content=json.dumps(older)
        )
    )
    draft = await store.transact(lambda tx: tx.drafts.get("older"))
    assert draft
    (job,) = draft.jobs
    assert (job.region, job.instance_id, job.name, job.left_out) == ("cn-north-1", "i-1", "mine", frozenset({"vdb"}))
    assert (job.added[0].name, job.usual_seconds, job.free_names) == ("more", 60.0, ("web-1-20261125",))
    assert (draft.meant, draft.warned_names, draft.note) == (WhileImaged.LIVE, ("taken",), "hurry")
    assert draft.disk_form
    assert draft.disk_form.instance_id == "i-1"
    assert draft.unsent == UnsentDraft(id="u", names=("web-1", "web-2"), created_at=1.0)
