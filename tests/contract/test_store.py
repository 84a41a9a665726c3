"""The store's contract: guarded moves, leases, messages that are owed, and what survives a kill."""

import asyncio
import dataclasses
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.delivery import CardKind
from bot.domain.draft import Draft, DraftState
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import LAUNCHING, Move, Notice, Place, State
from bot.domain.request import ImageRequest
from bot.store import Lease, SchemaTooNew, SQLite, Store, StoreFault, Transaction
from tests.unit.examples import a_decision, a_plan, a_request, an_instance

ROOT = Path(__file__).parents[2]
CARDS = {CardKind.APPROVAL: "C0APPROVALS", CardKind.REQUESTER: "U0AMY"}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store."""
    opened = await open_store(tmp_path / "bot.db")
    yield opened
    await opened.close()


async def open_store(path: Path) -> Store:
    """A store of its own on a file, as another process would have."""
    opened = Store(SQLite(path))
    await opened.open()
    return opened


def a_draft(**changes: object) -> Draft:
    """A draft that was just begun."""
    draft = Draft(
        id="draft-1",
        state=DraftState.OPEN,
        revision=0,
        requester="U0AMY",
        team="T0",
        language="en",
        origin="C0OPS",
        region="cn-north-1",
        created_at=1_000.0,
    )
    return dataclasses.replace(draft, **changes)  # type: ignore[arg-type] # whatever the test changes


async def put(store: Store, request: ImageRequest, draft_id: str = "") -> ImageRequest:
    """A request in the store, in whatever state it is."""

    def work(tx: Transaction) -> ImageRequest:
        fresh = dataclasses.replace(request, state=State.PENDING)
        assert tx.requests.add(fresh, draft_id=draft_id or f"draft of {request.id}", cards=CARDS)
        for move in path_to(request.state):
            assert tx.requests.advance(request.id, move, at=2_000.0, actor="U0BEN")
        found = tx.requests.get(request.id)
        assert found is not None
        return found

    return await store.transact(work)


def path_to(state: State) -> list[Move]:
    """The moves that lead from pending to a state."""
    paths: dict[State, list[Move]] = {State.PENDING: []}
    while state not in paths:
        for move in Move:
            for source in move.sources & paths.keys():
                paths.setdefault(move.target, [*paths[source], move])
    return paths[state]


def lease(owner: str = "worker-1", now: float = 10_000.0, seconds: float = 60.0) -> Lease:
    """A claim for a minute."""
    return Lease(owner, now, now + seconds)


async def claim(store: Store, state: State, by: Lease) -> tuple[ImageRequest, ...]:
    """What somebody gets."""
    return await store.transact(lambda tx: tx.requests.claim({state}, by, 10))


async def test_a_draft_comes_back_as_it_was(store: Store) -> None:
    """With its instance, its disks and its problems."""
    problems = (Problem(Code.DISKS_CHANGED, facts={"devices": "vdb"}),)
    draft = a_draft(instance=an_instance(), left_out=frozenset({"vdb"}), problems=problems)
    await store.transact(lambda tx: tx.drafts.add(draft))
    assert await store.transact(lambda tx: tx.drafts.get("draft-1")) == draft
    assert await store.transact(lambda tx: tx.drafts.get("another")) is None


async def test_a_draft_is_not_written_over(store: Store) -> None:
    """A change to an older revision is refused, so that it is made again on the newer one."""
    await store.transact(lambda tx: tx.drafts.add(a_draft()))
    saved = await store.transact(lambda tx: tx.drafts.save(a_draft(name="first")))
    assert saved is not None
    assert saved.revision == 1
    assert await store.transact(lambda tx: tx.drafts.save(a_draft(name="second"))) is None
    assert await store.transact(lambda tx: tx.drafts.get("draft-1")) == saved


async def test_a_request_comes_back_as_it_was(store: Store) -> None:
    """With its plan, and its decisions in order."""
    request = await put(store, a_request(note="please"))
    assert request == a_request(note="please")
    decisions = [a_decision(approver, request.plan.hash) for approver in ("U2", "U1")]
    for number, decision in enumerate(decisions):
        later = dataclasses.replace(decision, at=3_000.0 + number)
        await store.transact(lambda tx, later=later: tx.requests.decide(request.id, later))  # type: ignore[misc]
    found = await store.transact(lambda tx: tx.requests.get(request.id))
    assert found is not None
    assert found.approved_by == ("U2", "U1")
    assert found.version == request.version + 2


async def test_a_draft_becomes_one_request(store: Store) -> None:
    """Neither a taken id nor a draft that became a request before makes another."""
    await put(store, a_request(), "draft-1")
    for other, draft_id in ((a_request(id="IR-00002"), "draft-1"), (a_request(), "draft-2")):
        added = await store.transact(
            lambda tx, other=other, draft_id=draft_id: tx.requests.add(other, draft_id=draft_id, cards=CARDS)  # type: ignore[misc]
        )
        assert added is False
    found = await store.transact(lambda tx: tx.requests.of_draft("draft-1"))
    assert found is not None
    assert found.id == a_request().id


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("state", State)
async def test_every_move_from_every_state(store: Store, state: State, move: Move) -> None:
    """The row changes exactly when the table allows it; then the event, the cards and the notices are there too."""
    before = await put(store, a_request(state=state))
    owed = len(await store.transact(lambda tx: tx.notices.claim(lease("earlier", seconds=1), 99)))
    events = await store.transact(lambda tx: tx.events.of(before.id))
    changed = await store.transact(lambda tx: tx.requests.advance(before.id, move, at=5_000.0, actor="U0BEN"))
    after = await store.transact(lambda tx: tx.requests.get(before.id))
    assert after is not None
    assert changed is (state in move.sources)
    if not changed:
        assert after == before
        return
    assert after.state is move.target
    assert after.version == before.version + 1
    written = await store.transact(lambda tx: tx.events.of(before.id))
    assert [event.kind for event in written[len(events) :]] == [move.event]
    by = lease(now=20_000.0)
    cards = await store.transact(lambda tx: tx.cards.claim(by, 9))
    assert {card.kind for card in cards} == set(CardKind)
    claimed = await store.transact(lambda tx: tx.notices.claim(by, 99))
    seen_at_once = [place for _, place in move.owes if place is not Place.THREAD]
    assert len(claimed) == owed + len(seen_at_once)


async def test_two_approvers_at_once(tmp_path: Path) -> None:
    """Two processes, one request, many times: one of them wins, always."""
    stores = [await open_store(tmp_path / "bot.db") for _ in range(2)]
    for number in range(20):
        request = await put(stores[0], a_request(id=f"IR-{number:05}", plan=a_plan(instance_id=f"i-{number}")))

        async def approve(by: Store, request_id: str = request.id) -> bool:
            return await by.transact(lambda tx: tx.requests.advance(request_id, Move.APPROVE, at=1.0, actor="U"))

        assert sorted(await asyncio.gather(*(approve(one) for one in stores))) == [False, True]
    for one in stores:
        await one.close()


async def test_a_late_owner_cannot_write(store: Store) -> None:
    """Whoever slept through the end of a lease finds it somebody else's."""
    request = await put(store, a_request(state=State.APPROVED))
    early = lease("early")
    assert len(await claim(store, State.APPROVED, early)) == 1
    assert await claim(store, State.APPROVED, lease("late", now=10_030.0)) == ()
    late = lease("late", now=10_061.0)
    assert len(await claim(store, State.APPROVED, late)) == 1

    for by, expected in ((early.at(10_062.0), False), (late.at(10_062.0), True)):
        written = await store.transact(
            lambda tx, by=by: tx.requests.advance(  # type: ignore[misc]
                request.id, Move.SUBMIT, at=10_062.0, actor=by.owner, lease=by, keep_lease=True
            )
        )
        assert written is expected


async def test_leases_are_renewed_and_given_back(store: Store) -> None:
    """A renewed lease holds on; a released one is free at once."""
    request = await put(store, a_request(state=State.APPROVED))
    by = lease()
    await claim(store, State.APPROVED, by)
    await store.transact(lambda tx: tx.requests.renew([request.id], by.at(10_050.0)))
    assert await claim(store, State.APPROVED, lease("other", now=10_100.0)) == ()
    await store.transact(lambda tx: tx.release(by.owner))
    assert len(await claim(store, State.APPROVED, lease("other", now=10_100.0))) == 1


@pytest.mark.parametrize("holding", sorted(LAUNCHING))
async def test_one_launch_per_instance(store: Store, holding: State) -> None:
    """While one request holds an instance, another of it is neither claimed nor submitted."""
    await put(store, a_request(state=holding))
    second = await put(store, a_request(id="IR-00002", state=State.APPROVED))
    assert await claim(store, State.APPROVED, lease()) == ()
    submitted = await store.transact(lambda tx: tx.requests.advance(second.id, Move.SUBMIT, at=1.0, actor="w"))
    assert submitted is False


async def test_cards_are_owed_until_drawn(store: Store) -> None:
    """At the newest version, wherever they are; what is deferred waits, what is gone is posted anew."""
    request = await put(store, a_request())
    by = lease()
    card, _ = await store.transact(lambda tx: tx.cards.claim(by, 9))
    await store.transact(lambda tx: tx.cards.posted(card, channel="C1", ts="1.1", version=request.version, lease=by))
    await store.transact(lambda tx: tx.release(by.owner))
    rest = await store.transact(lambda tx: tx.cards.claim(by, 9))
    assert [one.kind for one in rest] == [kind for kind in CardKind if kind is not card.kind]
    await store.transact(lambda tx: tx.requests.advance(request.id, Move.APPROVE, at=1.0, actor="U"))
    (again,) = await store.transact(lambda tx: tx.cards.claim(by, 9))
    assert (again.channel, again.ts, again.drawn_version) == ("C1", "1.1", request.version)
    await store.transact(lambda tx: tx.cards.defer(again, 10_500.0, by))
    early = await store.transact(lambda tx: tx.cards.claim(lease("early", now=10_400.0, seconds=1), 9))
    assert again.kind not in {one.kind for one in early}
    later = lease(now=10_600.0)
    due = [one for one in await store.transact(lambda tx: tx.cards.claim(later, 9)) if one.kind is again.kind]
    await store.transact(lambda tx: tx.cards.repost(due[0], later))
    found = await store.transact(lambda tx: tx.cards.get(request.id, again.kind))
    assert found is not None
    assert (found.channel, found.ts) == ("", "")


async def test_notices_are_owed_once(store: Store) -> None:
    """The same one again is not owed again; once sent it is never due; it can move, wait, or be given up."""
    for _ in range(2):
        await store.transact(
            lambda tx: tx.notices.owe(
                Notice.READY, Place.ANNOUNCE, conversation="C1", at=1.0, request_id="IR-1", version=3
            )
        )
    by = lease()
    (notice,) = await store.transact(lambda tx: tx.notices.claim(by, 9))
    await store.transact(lambda tx: tx.notices.intend(notice, by))
    assert await store.transact(lambda tx: tx.notices.move(notice, "U0AMY", by))
    (moved,) = await store.transact(lambda tx: tx.notices.claim(by, 9))
    assert (moved.conversation, moved.attempts) == ("U0AMY", 0)
    assert await store.transact(lambda tx: tx.notices.sent(moved, channel="D1", ts="1.1", at=2.0, lease=by))
    assert await store.transact(lambda tx: tx.notices.claim(by, 9)) == ()


async def test_a_thread_waits_for_its_card(store: Store) -> None:
    """The approval card begins the thread."""
    await put(store, a_request(state=State.BUILDING))
    by = lease()
    assert await store.transact(lambda tx: tx.notices.claim(by, 9)) == ()
    cards = await store.transact(lambda tx: tx.cards.claim(by, 9))
    (card,) = [one for one in cards if one.kind is CardKind.APPROVAL]
    await store.transact(lambda tx: tx.cards.posted(card, channel="C1", ts="1.1", version=9, lease=by))
    assert [notice.kind for notice in await store.transact(lambda tx: tx.notices.claim(by, 9))] == [Notice.BUILDING]


async def test_problems_bump_the_version_only_when_they_differ(store: Store) -> None:
    """A card is not redrawn for a look that brought nothing new."""
    request = await put(store, a_request(state=State.BUILDING))
    problems = (Problem(Code.CLOUD_SILENT),)
    versions = []
    for now in (10_000.0, 10_100.0):
        by = lease(now=now)
        await claim(store, State.BUILDING, by)
        assert await store.transact(
            lambda tx, by=by: tx.requests.postpone(request.id, by.now + 1, by, problems=problems)  # type: ignore[misc]
        )
        found = await store.transact(lambda tx: tx.requests.get(request.id))
        assert found is not None
        versions.append(found.version)
    assert versions == [request.version + 1] * 2


async def test_what_is_usual_needs_three(store: Store) -> None:
    """The median of the last images; nothing while there are too few to say."""
    for number, seconds in enumerate((100.0, 300.0, 200.0)):
        assert await store.transact(lambda tx: tx.requests.usual_build_seconds("i-abc123")) is None
        request = await put(store, a_request(id=f"IR-{number:05}", state=State.BUILDING))
        await store.transact(
            lambda tx, request=request, seconds=seconds: tx.requests.advance(  # type: ignore[misc]
                request.id, Move.FINISH, at=9.0, actor="w", building_since=1_000.0, finished_at=1_000.0 + seconds
            )
        )
    assert await store.transact(lambda tx: tx.requests.usual_build_seconds("i-abc123")) == 200.0
    assert await store.transact(lambda tx: tx.requests.usual_build_seconds("i-other")) == 200.0


async def test_a_failure_rolls_everything_back(store: Store) -> None:
    """Whatever a transaction had done before."""

    def work(tx: Transaction) -> None:
        tx.drafts.add(a_draft())
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await store.transact(work)
    assert await store.transact(lambda tx: tx.drafts.get("draft-1")) is None


async def test_commits_are_told(tmp_path: Path) -> None:
    """A change that gives somebody work wakes the worker; a look that finds nothing does not."""
    told: list[int] = []
    store = Store(SQLite(tmp_path / "bot.db"), on_commit=lambda: told.append(1))
    await store.open()
    await claim(store, State.APPROVED, lease())
    assert told == []
    await put(store, a_request())
    assert len(told) == 1
    await store.close()


KILLED = """
import asyncio, os, signal, sys
from bot.store import SQLite, Store
from tests.contract.test_store import a_draft

async def main():
    store = Store(SQLite(sys.argv[1]))
    await store.open()
    await store.transact(lambda tx: tx.drafts.add(a_draft()))
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_kill_after_a_commit(tmp_path: Path) -> None:
    """What `transact` has returned from is on disk."""
    path = tmp_path / "bot.db"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, str(path), cwd=ROOT)
    assert await process.wait() == -9
    store = await open_store(path)
    assert await store.transact(lambda tx: tx.drafts.get("draft-1")) == a_draft()
    await store.close()


OPENED = "import asyncio, sys; from bot.store import SQLite, Store; asyncio.run(Store(SQLite(sys.argv[1])).open())"


async def test_processes_that_start_together(tmp_path: Path) -> None:
    """Four processes may make the same new database at once."""
    path = str(tmp_path / "bot.db")
    processes = [await asyncio.create_subprocess_exec(sys.executable, "-c", OPENED, path, cwd=ROOT) for _ in range(4)]
    assert await asyncio.gather(*(process.wait() for process in processes)) == [0] * 4


async def test_a_newer_schema_is_refused(store: Store, tmp_path: Path) -> None:
    """An older version does not touch what a newer one has made."""
    with sqlite3.connect(tmp_path / "bot.db") as file:
        file.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('createimage', '9999_later', '')"
        )
    with pytest.raises(SchemaTooNew, match="9999_later"):
        await open_store(tmp_path / "bot.db")


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Told as something for an operator."""
    path = tmp_path / "letter.db"
    path.write_text("this is no database at all, however long one looks at it" * 50)
    with pytest.raises(StoreFault, match="not a database"):
        await open_store(path)


async def test_a_full_disk(store: Store, tmp_path: Path) -> None:
    """Nothing of the transaction is kept, and the fault says why."""

    def work(tx: Transaction) -> None:
        tx.drafts._query("PRAGMA max_page_count = 1")
        for number in range(1000):
            tx.drafts.add(a_draft(id=f"draft-{number}", note="x" * 4000))

    with pytest.raises(StoreFault, match="full"):
        await store.transact(work)
    assert await store.transact(lambda tx: tx.drafts.get("draft-0")) is None


@pytest.mark.parametrize(
    "due",
    [
        "SELECT id FROM request WHERE state = 'approved' AND next_at <= 1 AND lease_until <= 1 ORDER BY next_at",
        "SELECT id FROM card WHERE drawn_version < version AND next_at <= 1 AND lease_until <= 1 ORDER BY next_at",
        "SELECT id FROM notice WHERE ended_at IS NULL AND next_at <= 1 AND lease_until <= 1 ORDER BY next_at",
        "SELECT id FROM draft WHERE state = 'checking' AND next_at <= 1 AND lease_until <= 1 ORDER BY next_at",
        "SELECT id FROM request WHERE state = 'pending' AND expires_at <= 1 LIMIT 9",
    ],
)
async def test_a_look_for_work_reads_an_index(store: Store, tmp_path: Path, due: str) -> None:
    """However many requests are finished, a look that finds nothing costs nothing."""
    with sqlite3.connect(tmp_path / "bot.db") as file:
        plan = " ".join(str(row) for row in file.execute(f"EXPLAIN QUERY PLAN {due}"))
    assert "USING INDEX" in plan or "USING COVERING INDEX" in plan
