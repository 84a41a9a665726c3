"""Freezes, on every engine: what is in force, what is in the audit, and what becomes of the requests they hold up."""

import dataclasses
from collections.abc import Collection
from typing import cast

import pytest

from bot.domain.errors import Code, UserError
from bot.domain.freeze import Freeze
from bot.domain.lifecycle import Notice, Place, State
from bot.domain.policy import Policy, Roster, RuleRosters
from bot.domain.request import ImageRequest
from bot.domain.rule import Match, Ruleset
from bot.service.count import Counting
from bot.service.decide import Deciding
from bot.service.freezing import Freezing
from bot.service.gate import Gate
from bot.service.look import Looking
from bot.service.ports import Directory
from bot.store import Store, Transaction
from tests.contract.conftest import Engine
from tests.contract.test_store import all_notices, found, put
from tests.unit.examples import a_plan, a_request, a_rule, rules_in_force

AMY, BEN, CAT, BOTH = "U0AMY", "U0BEN", "U0CAT", "U0BOTH"
NOW, DAY, TTL = 10_000.0, 86_400.0, 3_600.0
DATABASES = a_rule(name="databases", match=Match(names=("db-*",)), channel="C0DB", approvers=(CAT, BOTH))
OTHERS = a_rule(approvers=(BEN, BOTH))


class Known:
    """Slack, which tells of everybody named at once."""

    def now(self) -> float:
        return 0.0

    async def look(self, *_: object, **__: object) -> None:
        """Nothing is still to be heard."""

    def ids_of(self, user_id: str) -> Collection[str]:
        return {user_id}

    def policy(self, ruleset: Ruleset) -> Policy:
        rosters = (RuleRosters(rule=rule, approvers=Roster(frozenset(rule.approvers))) for rule in ruleset.rules)
        return Policy(rules=tuple(rosters))

    def rights(self, _: float, ruleset: Ruleset) -> Policy:
        return self.policy(ruleset)


def freezing_over(store: Store, engine: Engine) -> Freezing:
    """Cat decides about databases, Ben about all else, and one about both."""

    def clock() -> float:
        return engine.time

    rules = rules_in_force(clock, DATABASES, OTHERS)
    directory, gate = cast("Directory", Known()), Gate(rules=rules, clock=clock)
    counting = Counting(store=store, rules=rules, directory=directory, gate=gate, approval_ttl=TTL, clock=clock)
    return Freezing(store=store, rules=rules, directory=directory, counting=counting, clock=clock)


@pytest.fixture
def freezing(store: Store, engine: Engine) -> Freezing:
    """Of one process."""
    return freezing_over(store, engine)


async def frozen(freezing: Freezing, actor: str, *, hours: float = 4, asked: str = "") -> Freeze:
    """What somebody has frozen just now."""
    until = freezing.clock() + hours * 3_600
    return (await freezing.begin(actor=actor, until=until, why="release", asked=asked or f"{actor} {until}")).freeze


async def a_database(store: Store, request_id: str = "IR-DB", state: State = State.APPROVED) -> ImageRequest:
    """A request that Cat's rule decides about."""
    (job,) = a_plan().jobs
    plan = dataclasses.replace(a_plan(), jobs=(dataclasses.replace(job, instance_id="i-db", instance_name="db-1"),))
    request = a_request(id=request_id, plan=plan, state=state, created_at=NOW, expires_at=NOW + TTL)
    return await put(store, request)


async def stands(store: Store, request_id: str) -> ImageRequest:
    """A request as it stands."""
    return await store.transact(lambda tx: found(tx, request_id))


async def test_each_freezes_what_they_decide_about(freezing: Freezing) -> None:
    """Who decides about all of it freezes everything, rules that come later included; who decides nothing, nothing."""
    assert (await frozen(freezing, CAT)).scope == ("databases",)
    assert (await frozen(freezing, BEN)).scope == ("",)
    assert (await frozen(freezing, BOTH)).scope is None
    with pytest.raises(UserError) as refused:
        await frozen(freezing, AMY)
    assert [problem.code for problem in refused.value.problems] == [Code.NOT_AN_APPROVER]
    assert len(await freezing.in_force()) == 3


async def test_it_is_told_once_in_each_channel(freezing: Freezing, store: Store) -> None:
    """However often the same command is heard."""
    first = await frozen(freezing, BOTH, asked="one command")
    assert await frozen(freezing, BOTH, asked="one command") == first
    await freezing.end(actor=BOTH)
    told = [(one.kind, one.place, one.conversation) for one in await all_notices(store)]
    channels = ("C0DB", "C0APPROVALS")
    assert sorted(told) == sorted((k, Place.CHANNEL, c) for k in (Notice.FROZEN, Notice.UNFROZEN) for c in channels)


async def test_it_is_in_the_audit(freezing: Freezing, store: Store) -> None:
    """Who, until when, what and why, about no request; and the chain holds."""
    await put(store, a_request())
    freeze = await frozen(freezing, CAT)
    await freezing.end(actor=BOTH)
    events = await store.transact(lambda tx: tx.events.matching())
    begun, ended = events[-2:]
    assert (begun.kind, begun.actor, begun.request_id) == ("freeze", CAT, "")
    detail = {"freeze": str(freeze.id), "until": f"{freeze.until:.0f}", "rules": '["databases"]', "why": "release"}
    assert begun.detail == detail
    assert (ended.kind, ended.actor, ended.detail) == ("unfreeze", BOTH, detail)
    assert not (await store.transact(lambda tx: tx.events.verify())).broken
    await store.transact(lambda tx: tx.events._query("UPDATE event SET request_id = NULL WHERE number = 1"))
    assert "event 1 (request) is not as it was" in (await store.transact(lambda tx: tx.events.verify())).broken


async def test_what_it_covers_does_not_expire(freezing: Freezing, store: Store) -> None:
    """An approval of before, and one of meanwhile, is as good as ever once the freeze has ended; others' stay."""
    await a_database(store)
    other = await put(store, a_request(created_at=NOW, expires_at=NOW + TTL, state=State.APPROVED))
    waiting = await a_database(store, "IR-WAITS", State.PENDING)
    freeze = await frozen(freezing, CAT)
    assert (await stands(store, "IR-DB")).expires_at == freeze.until + TTL
    assert (await stands(store, other.id)).expires_at == NOW + TTL
    still = await stands(store, waiting.id)
    assert (still.expires_at, still.version) == (NOW + TTL, waiting.version + 1), "its card is drawn anew"
    assert await store.transact(lambda tx: freezing.counting.good_until(tx, waiting)) == freeze.until + TTL
    assert await store.transact(lambda tx: freezing.counting.good_until(tx, other)) == NOW + TTL


async def test_who_may_end_it(freezing: Freezing) -> None:
    """Who decides about all that it covers, and who began it; who may is named to who may not."""
    by_cat, by_ben, by_both = [await frozen(freezing, one) for one in (CAT, BEN, BOTH)]
    lifted = await freezing.end(actor=CAT)
    assert [one.id for one in lifted.ended] == [by_cat.id]
    assert {one.freeze.id: set(one.enders) for one in lifted.kept} == {by_ben.id: {BEN, BOTH}, by_both.id: {BOTH}}
    assert {one.id for one in (await freezing.end(actor=BOTH)).ended} == {by_ben.id, by_both.id}
    assert await freezing.in_force() == ()


async def test_it_ends_by_itself(freezing: Freezing, store: Store, engine: Engine) -> None:
    """The gate is closed until then; of several the one that lasts longest counts."""
    request = await a_database(store)
    await frozen(freezing, CAT, hours=1)
    longest = await frozen(freezing, CAT, hours=2)

    async def until() -> float | None:
        closed = await store.transact(lambda tx: freezing.counting.gate.closed(tx, request))
        return closed.until if closed else None

    assert await until() == longest.until
    engine.time = longest.until - 1
    assert await until() == longest.until
    engine.time = longest.until
    assert await until() is None


async def test_what_is_approved_is_looked_at_again_at_once(freezing: Freezing, store: Store) -> None:
    """Once somebody has ended it."""
    await a_database(store)
    await frozen(freezing, CAT)

    def put_off(tx: Transaction) -> None:
        tx.steps._query("UPDATE step SET next_at = 99999")

    await store.transact(put_off)
    await freezing.end(actor=CAT)
    (row,) = await store.transact(lambda tx: tx.steps._query("SELECT next_at FROM step"))
    assert row["next_at"] == 0


async def test_a_retry_under_a_freeze_keeps_its_approval(freezing: Freezing, store: Store) -> None:
    """Likewise what is tried again meanwhile."""
    failed = await a_database(store, state=State.FAILED)
    freeze = await frozen(freezing, CAT)
    assert (await stands(store, failed.id)).expires_at == NOW + TTL, "it has ended"
    deciding = Deciding(
        store=store,
        rules=freezing.rules,
        directory=freezing.directory,
        clock=freezing.clock,
        looking=cast("Looking", None),
        counting=freezing.counting,
    )
    await deciding.retry(request_id=failed.id, plan_hash=failed.plan.hash, actor=failed.requester)
    again = await stands(store, failed.id)
    assert (again.state, again.expires_at) == (State.APPROVED, freeze.until + TTL)
