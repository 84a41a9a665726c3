"""How many requests there are: kept for those that have ended, and the same as if they were counted."""

from collections.abc import Sequence

from bot.domain.lifecycle import Move, State
from bot.store import Store
from tests.contract.test_climb import climbed
from tests.contract.test_store import ID, move_on, put
from tests.unit.examples import a_plan, a_request

__all__ = ["climbed"]  # a fixture

COUNTED = """
SELECT request.state, job.region, COUNT(DISTINCT request.id) AS requests
FROM request JOIN job ON job.request_id = request.id GROUP BY request.state, job.region
"""

Counts = Sequence[tuple[State, str, int]]


async def counts(store: Store) -> tuple[Counts, Counts]:
    """As they are told, and as they are counted."""
    told = await store.read(lambda tx: tx.requests.counts())
    rows = await store.read(lambda tx: tx.events._query(COUNTED))
    return sorted(told), sorted((State(row["state"]), row["region"], row["requests"]) for row in rows)


async def test_every_state_in_every_region(store: Store) -> None:
    """As many as there are."""
    for region in ("cn-north-1", "cn-east-2"):
        for number, state in enumerate(State):
            plan = a_plan(region=region, instance_id=f"i-{region}-{number}")
            await put(store, a_request(id=f"IR-{region}-{number}", plan=plan, state=state))
    told, counted = await counts(store)
    assert told == counted
    assert {state for state, _, _ in told} == set(State)


async def test_one_that_comes_back_has_not_ended(store: Store) -> None:
    """What had failed and is tried again is no failure, until it fails again."""
    await put(store, a_request(state=State.FAILED))
    assert await move_on(store, Move.RETRY)
    assert await counts(store) == ([(State.APPROVED, "cn-north-1", 1)],) * 2
    assert await move_on(store, Move.FAIL)
    assert await counts(store) == ([(State.FAILED, "cn-north-1", 1)],) * 2
    assert not await move_on(store, Move.CANCEL, ID)
    assert await counts(store) == ([(State.FAILED, "cn-north-1", 1)],) * 2


async def test_those_of_an_older_version(climbed: Store) -> None:
    """Which kept none: they are counted once."""
    told, counted = await counts(climbed)
    assert told == counted
    assert {state for state, _, _ in told} > {State.READY, State.FAILED, State.CANCELLED}
