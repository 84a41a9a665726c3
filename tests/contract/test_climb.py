"""Databases of earlier versions climb to the schema of this one, on every engine, and what is in them goes on."""

import itertools
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.domain.errors import Code
from bot.domain.lifecycle import Move, State
from bot.domain.plan import Plan
from bot.domain.request import ImageRequest
from bot.domain.steps import JobState, StepMove, StepState
from bot.store import Lease, Store, Transaction, ladder, postgres
from bot.store.database import Query
from bot.store.schema import MIGRATIONS
from tests.contract.conftest import Engine
from tests.contract.test_store import found, step_of
from tests.unit.examples import a_plan

OpenStore = Callable[..., Awaitable[Store]]

PLANNED, CALLING, WORKING, UNSURE = StepState.PLANNED, StepState.CALLING, StepState.WORKING, StepState.UNSURE
DONE, SKIPPED, FAILED = StepState.DONE, StepState.SKIPPED, StepState.FAILED


@contextmanager
def database_before(engine: Engine, step: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Query]:
    """A new database as it was made before a step of the ladder was there."""
    before = tuple(itertools.takewhile(lambda one: one[0] != step, MIGRATIONS))
    with monkeypatch.context() as older:
        older.setattr(ladder, "MIGRATIONS", before)
        older.setattr(postgres, "MIGRATIONS", before)
        database = engine.connect()
        database.migrate()
        with database.transaction() as query:
            yield query
        database.close()


async def test_a_doubt_of_an_older_version_is_kept(
    engine: Engine, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until 0007 the calls that may have taken effect were counted as attempts, and forgotten with them."""
    with database_before(engine, "0007_doubt", monkeypatch) as query:
        for number, state in enumerate(("pending", "submitting", "approved", "failed", "building")):
            query(
                """
                INSERT INTO request (id, draft_id, state, version, requester, team, language, instance_id, plan,
                    note, announce_in, quorum, created_at, expires_at, submitted_at, attempts, image_id, next_at)
                VALUES (:id, :id, :state, 1, 'U', 'T', 'en', :id, :plan, '', 'C', 1, 1, 2, 3, :attempts, :image, 0)
                """,
                id=f"IR-{number}",
                state=state,
                plan=TypeAdapter(Plan).dump_json(a_plan()).decode(),
                attempts=number,
                image="img-1" if state == "building" else "",
            )
    store = await open_store()
    doubts = [(await store.transact(lambda tx, n=n: step_of(tx, f"IR-{n}"))) for n in range(5)]  # type: ignore[misc]
    assert [(one.doubtful_calls, one.doubtful_at) for one in doubts] == [(0, None), (1, 3), (2, 3), (3, 3), (0, None)]


# From requests that launch to jobs and steps

ROWS: Mapping[str, Sequence[Mapping[str, Any]]] = json.loads(
    (Path(__file__).parent / "before_steps.json").read_text("utf-8")
)
"""A request in every state, as the last version before 0011 wrote them at 10,000 seconds of its clock."""

STAND = {
    "IR-PEND2": (State.PENDING, JobState.WAITING, PLANNED),  # one of two approvals
    "IR-PENDU": (State.PENDING, JobState.WAITING, PLANNED),  # an approval that waits for Slack
    "IR-APPRO": (State.APPROVED, JobState.WAITING, PLANNED),
    "IR-QUEUE": (State.APPROVED, JobState.WAITING, PLANNED),  # waits for IR-BUILD
    "IR-BUSY1": (State.APPROVED, JobState.WAITING, PLANNED),  # its instance is on its way to rest
    "IR-AGAIN": (State.APPROVED, JobState.WAITING, PLANNED),  # retried, with an earlier call in doubt
    "IR-DOUBT": (State.WORKING, JobState.RUNNING, CALLING),  # asked for, and no answer
    "IR-BUILD": (State.WORKING, JobState.RUNNING, WORKING),
    "IR-UNSUR": (State.WORKING, JobState.RUNNING, UNSURE),
    "IR-READY": (State.READY, JobState.ENDED, DONE),
    "IR-BROKE": (State.FAILED, JobState.ENDED, FAILED),  # JD Cloud could not finish it
    "IR-QUOTA": (State.FAILED, JobState.ENDED, FAILED),  # refused
    "IR-GIVEN": (State.FAILED, JobState.ENDED, FAILED),  # given up while it was unsure
    "IR-DRIFT": (State.FAILED, JobState.ENDED, FAILED),
    "IR-REJEC": (State.REJECTED, JobState.ENDED, SKIPPED),
    "IR-CANCL": (State.CANCELLED, JobState.ENDED, SKIPPED),
    "IR-EXPIR": (State.EXPIRED, JobState.ENDED, SKIPPED),
}


def fill(query: Query) -> None:
    """Puts them into a database of that version."""
    query("DELETE FROM event_chain")
    for table, rows in ROWS.items():
        for row in rows:
            given = {f"_{column}": value for column, value in row.items()}
            query(f"INSERT INTO {table} ({', '.join(row)}) VALUES (:{', :'.join(given)})", **given)


@pytest.fixture
async def climbed(engine: Engine, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch) -> Store:
    """That database, opened by this version."""
    with database_before(engine, "0011_jobs_and_steps", monkeypatch) as query:
        fill(query)
        query("UPDATE request SET owner = 'old-worker/1', lease_until = 10030 WHERE id = 'IR-APPRO'")
    return await open_store()


async def request_of(store: Store, request_id: str) -> ImageRequest:
    """As it stands."""
    return await store.transact(lambda tx: found(tx, request_id))


async def test_every_request_stands_where_it_stood(climbed: Store) -> None:
    """What it was doing is its one step."""
    stands = {}
    for request_id in STAND:
        request = await request_of(climbed, request_id)
        ((job, step),) = ((job, step) for job in request.jobs for step in job.steps)
        stands[request_id] = (request.state, job.state, step.state)
        assert (step.kind, step.job, step.position, step.undoes) == ("image", 0, 0, None)
        assert (step.request_id, step.region) == (request_id, "cn-north-1")
        assert step.instance_id == request.plan.jobs[0].instance_id
    assert stands == STAND
    assert {row["id"] for row in ROWS["request"]} == set(STAND)


async def test_nothing_that_was_known_is_lost(climbed: Store) -> None:
    """Neither of the request nor of what it was doing."""
    for row in ROWS["request"]:
        request = await request_of(climbed, row["id"])
        (job,) = request.jobs
        (step,) = job.steps
        assert [getattr(request, name) for name in _OF_REQUEST] == [row[name] for name in _OF_REQUEST]
        assert (job.seen_status, job.seen_at) == (row["seen_status"], row["seen_at"])
        known = {name: row[_OF_STEP[name]] for name in _OF_STEP}
        known["attempts"] = known["attempts"] or min(known["doubtful_calls"], 1)  # nobody has answered for a doubt
        assert {name: getattr(step, name) for name in _OF_STEP} == known
        assert not step.answered_for
        assert ", ".join(request.image_ids) == row["image_id"]
        told = [problem["code"] for problem in json.loads(row["problems"])]
        assert [problem.code for problem in request.problems] == told
        assert [problem.code for problem in step.problems] == ([] if row["state"] == "pending" else told)
        assert not request.ending
        assert request.begin_at == 0


_OF_REQUEST = (
    *("id", "version", "requester", "team", "language", "note", "announce_in", "quorum", "created_at", "expires_at"),
    *("approved_at", "finished_at", "resumed_how", "resumed_by", "resumed_at", "ended_by"),
)
_OF_STEP = {
    **{name: name for name in ("attempts", "doubtful_calls", "doubtful_at", "trying_since", "misses", "looked_at")},
    **{name: name for name in ("cloud_status", "cloud_status_since")},
    "result": "image_id",
    "called_at": "submitted_at",
    "working_since": "building_since",
    "ended_at": "finished_at",
}


async def test_doubts_are_looked_for_and_decided_by_the_same_people(climbed: Store) -> None:
    """The doubt is where it was, and so is whatever waits for a button."""
    doubts = {one: (await request_of(climbed, one)).images[0] for one in STAND}
    in_doubt = {one: (step.doubtful_calls, step.doubtful_at) for one, step in doubts.items() if step and step.in_doubt}
    assert in_doubt == {"IR-DOUBT": (1, 9_950), "IR-AGAIN": (1, 9_950), "IR-UNSUR": (2, 9_950), "IR-GIVEN": (2, 9_950)}
    waiting = await climbed.transact(lambda tx: tx.requests.undecided(9))
    assert {request.id for request in waiting} == {"IR-PEND2", "IR-PENDU", "IR-UNSUR"}
    unconfirmed = await climbed.transact(lambda tx: tx.requests.unconfirmed(9))
    assert [request.id for request in unconfirmed] == ["IR-PENDU"]
    assert (await request_of(climbed, "IR-PEND2")).noted[0].code is Code.ROLE_UNKNOWN


async def test_approvals_stay_good(climbed: Store) -> None:
    """Each is bound to the hash of its plan, which is what it was."""
    given = {(row["request_id"], row["plan_hash"]) for row in ROWS["decision"]}
    assert len(given) == len(ROWS["decision"])
    for request_id, plan_hash in given:
        request = await request_of(climbed, request_id)
        assert {decision.plan_hash for decision in request.decisions} == {plan_hash} == {request.plan.hash}


async def test_the_chain_of_events_holds(climbed: Store) -> None:
    """Nothing of it was written anew."""
    chain = await climbed.transact(lambda tx: tx.events.verify())
    assert (chain.events, chain.broken) == (len(ROWS["event"]), "")


async def due(store: Store) -> tuple[set[str], set[str]]:
    """The requests whose steps are to be asked for, and those whose are to be looked at."""

    def work(tx: Transaction) -> tuple[set[str], set[str]]:
        by = Lease("looks", 60)
        asked = {step.request_id for step in tx.steps.claim_due(by, 99)}
        looked_at = {step.request_id for step in tx.steps.claim_working(by, 99)}
        tx.release("looks")
        return asked, looked_at

    return await store.transact(work)


async def test_work_is_due_when_it_was(climbed: Store, engine: Engine) -> None:
    """Pauses, graces and leases go on from where they were; who holds an instance keeps it."""
    assert await due(climbed) == ({"IR-AGAIN"}, set())
    engine.time += 11
    assert await due(climbed) == ({"IR-AGAIN", "IR-BUSY1"}, {"IR-BUILD"})
    engine.time += 20  # whoever held IR-APPRO is gone
    assert await due(climbed) == ({"IR-AGAIN", "IR-BUSY1", "IR-APPRO"}, {"IR-BUILD"})
    engine.time += 30  # the mark of what was asked for would be listed by now
    assert await due(climbed) == ({"IR-AGAIN", "IR-BUSY1", "IR-APPRO", "IR-DOUBT"}, {"IR-BUILD"})
    assert (await request_of(climbed, "IR-QUEUE")).waits_for == "IR-BUILD"


@pytest.mark.parametrize(
    ("request_id", "moves", "ends"),
    [
        ("IR-APPRO", [StepMove.CALL, StepMove.ACCEPT, StepMove.FINISH], State.READY),
        ("IR-BUSY1", [StepMove.DRIFT], State.FAILED),
        ("IR-AGAIN", [StepMove.ACCEPT, StepMove.FINISH], State.READY),  # found to have taken effect
        ("IR-DOUBT", [StepMove.ACCEPT, StepMove.FINISH], State.READY),
        ("IR-DOUBT", [StepMove.RECALL, StepMove.DEFER], State.APPROVED),
        ("IR-UNSUR", [StepMove.CHECK_AGAIN, StepMove.ACCEPT, StepMove.FINISH], State.READY),
        ("IR-UNSUR", [StepMove.GIVE_UP], State.FAILED),
        ("IR-BUILD", [StepMove.FINISH], State.READY),
        ("IR-BUILD", [StepMove.BREAK], State.FAILED),
    ],
)
async def test_requests_go_on(climbed: Store, request_id: str, moves: list[StepMove], ends: State) -> None:
    """To their ends."""

    def work(tx: Transaction) -> None:
        for move in moves:
            assert tx.steps.advance(step_of(tx, request_id), move, at=11_000.0, actor="w")

    await climbed.transact(work)
    assert (await request_of(climbed, request_id)).state is ends


async def test_who_waits_comes_next(climbed: Store, engine: Engine) -> None:
    """When the image before it is made."""
    engine.time += 100
    assert not await climbed.transact(lambda tx: _called(tx, "IR-QUEUE"))
    assert await climbed.transact(
        lambda tx: tx.steps.advance(step_of(tx, "IR-BUILD"), StepMove.FINISH, at=11_000.0, actor="w")
    )
    assert "IR-QUEUE" in (await due(climbed))[0]
    assert await climbed.transact(lambda tx: _called(tx, "IR-QUEUE"))


def _called(tx: Transaction, request_id: str) -> bool:
    return tx.steps.advance(step_of(tx, request_id), StepMove.CALL, at=11_000.0, actor="w")


async def test_what_was_undecided_can_be_decided_and_what_failed_can_be_tried_again(climbed: Store) -> None:
    """And then it is done."""

    def work(tx: Transaction) -> None:
        assert tx.requests.advance("IR-PEND2", Move.APPROVE, at=11_000.0, actor="U0CAI")
        tx.steps.retry("IR-QUOTA")
        assert tx.requests.advance("IR-QUOTA", Move.RETRY, at=11_000.0, actor="U0AMY")
        assert tx.requests.advance("IR-PENDU", Move.CANCEL, at=11_000.0, actor="U0AMY")

    await climbed.transact(work)
    assert {"IR-PEND2", "IR-QUOTA"} <= (await due(climbed))[0]
    assert (await request_of(climbed, "IR-PENDU")).jobs[0].state is JobState.ENDED
