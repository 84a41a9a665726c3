"""Reminding, held on every engine: each is owed once, by whichever process, whatever the clock does."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, cast

import pytest

from bot.domain.delivery import DueNotice
from bot.domain.errors import Code, UserError
from bot.domain.hours import Hours, Window
from bot.domain.lifecycle import Move, Notice
from bot.domain.policy import Policy, Roster, RuleRosters
from bot.domain.reminders import LOOK_AGAIN
from bot.domain.rule import Match, Rule, Ruleset
from bot.service.nudge import Nudging
from bot.service.ports import Directory
from bot.service.remind import Reminding
from bot.service.undecided import Undecided
from bot.store import Lease, Store, Transaction
from tests.contract.test_store import CARDS, CHANNEL, ID, found
from tests.unit.examples import a_decision, a_plan_of, a_request, a_rule, rules_in_force

OpenStore = Callable[..., Awaitable[Store]]

AMY, BEN, CAT, DAN = "U0AMY", "U0BEN", "U0CAT", "U0DAN"
HOUR, DAY = 3_600.0, 86_400.0
MADE = 1_000.0
LEASE = Lease("worker-1", 60.0)
RULE = a_rule(remind_after=(HOUR, 4 * HOUR))


class Known:
    """A directory in which everybody who is named is there."""

    def now(self) -> float:
        return 0.0

    def policy(self, ruleset: Ruleset) -> Policy:
        return Policy(
            rules=tuple(RuleRosters(rule=rule, approvers=Roster(frozenset(rule.approvers))) for rule in ruleset.rules)
        )

    def rights(self, since: float, ruleset: Ruleset) -> Policy:
        del since
        return self.policy(ruleset)

    def members(self, group: str) -> Collection[str] | None:
        raise AssertionError(group)


@dataclasses.dataclass
class Office:
    """Reminding over a store, at a time that the test sets."""

    store: Store
    rules: Sequence[Rule] = (RULE,)
    now: float = MADE

    def _parts(self) -> dict[str, Any]:
        def clock() -> float:
            return self.now

        rules = rules_in_force(clock, *self.rules)
        undecided = Undecided(rules=rules, directory=cast("Directory", Known()))
        return {"store": self.store, "rules": rules, "undecided": undecided, "clock": clock}

    async def ask(self, **changes: Any) -> None:
        """Amy's request, which expires after ten days, with its cards in Slack."""
        request = a_request(created_at=MADE, expires_at=MADE + 10 * DAY, **changes)
        await self.store.transact(lambda tx: tx.requests.add(request, draft_id="draft-1", cards=CARDS))

        def post(tx: Transaction) -> None:
            for card in tx.cards.claim(LEASE, 10):
                assert tx.cards.posted(card, channel=CHANNEL, ts="1.1", version=1, lease=LEASE)

        await self.store.transact(post)

    async def look(self, age: float) -> list[DueNotice]:
        """Looks at the request when it is so old; what Slack takes then."""
        self.now = MADE + age
        await Reminding(**self._parts()).remind()
        return await self.store.transact(_sent)

    async def nudge(self, age: float) -> list[DueNotice]:
        """Amy nudges; what Slack takes then."""
        self.now = MADE + age
        nudging = Nudging(**self._parts(), directory=cast("Directory", Known()))
        await nudging.nudge(request_id=ID, actor=AMY)
        return await self.store.transact(_sent)

    async def events(self, kind: str) -> int:
        """How many of a kind the audit has."""
        return len([one for one in await self.store.transact(lambda tx: tx.events.of(ID)) if one.kind == kind])


def _sent(tx: Transaction) -> list[DueNotice]:
    taken: list[DueNotice] = []
    while due := tx.notices.claim(LEASE, 10):
        for notice in due:
            assert tx.notices.sent(notice, channel=CHANNEL, ts=f"2.{notice.id}", at=1.0, lease=LEASE)
        taken += due
    return taken


async def test_each_is_owed_once(open_store: OpenStore) -> None:
    """By two processes that look at the same time, again and again."""
    one, other = Office(await open_store()), Office(await open_store())
    await one.ask()
    for age, told in ((0.5 * HOUR, 0), (HOUR, 1), (2 * HOUR, 0), (4 * HOUR, 1), (27 * HOUR, 0), (28 * HOUR, 1)):
        looks = await asyncio.gather(one.look(age), other.look(age), one.look(age + 1))
        assert len([notice for taken in looks for notice in taken]) == told


async def test_two_nudges_at_once_are_one(open_store: OpenStore) -> None:
    """Pressed twice, or in two windows: the second one is told when it can be done again."""
    offices = [Office(await open_store()) for _ in range(3)]
    await offices[0].ask()
    pressed = await asyncio.gather(*(office.nudge(HOUR / 2) for office in offices))
    assert [notice.kind for taken in pressed for notice in taken] == [Notice.NUDGED]
    assert await offices[0].nudge(HOUR / 2 + 899) == []
    assert len(await offices[1].nudge(HOUR / 2 + 901)) == 1
    assert await offices[0].events("nudge") == 2


async def test_a_nudge_by_a_clock_that_was_ahead(open_store: OpenStore) -> None:
    """Counts while it is a moment ahead, as another process's may be; else nobody has to wait for that day."""
    one, other = Office(await open_store()), Office(await open_store())
    await one.ask()
    assert len(await one.nudge(9 * DAY + 2)) == 1
    assert await other.nudge(9 * DAY) == []
    assert len(await other.nudge(HOUR)) == 1


async def test_a_reminder_that_slack_has_not_taken_is_not_followed_by_another(store: Store) -> None:
    """When Slack is back it takes one."""
    office = Office(store)
    await office.ask()
    for age in (HOUR, 4 * HOUR, 28 * HOUR):
        office.now = MADE + age
        await Reminding(**office._parts()).remind()
    assert len(await office.look(29 * HOUR)) == 1
    assert await office.look(51 * HOUR) == []
    assert len(await office.look(52 * HOUR)) == 1


async def test_what_slack_has_not_taken_speaks_for_its_own_rules_only(store: Store) -> None:
    """Of two rules of one channel the second one falls due meanwhile: those who decide by it are called as well."""
    databases = a_rule(name="databases", match=Match(names=("web-1",)), approvers=(CAT,), remind_after=(HOUR,))
    databases = dataclasses.replace(databases, escalate_after=HOUR, escalate_to=(DAN,))
    others = a_rule(approvers=(BEN,), remind_after=(2 * HOUR,), escalate_after=2 * HOUR, escalate_to=("U0EVE",))
    office = Office(store, [databases, others])
    await office.ask(plan=a_plan_of(2), jobs=())
    for age in (HOUR, 2 * HOUR):
        office.now = MADE + age
        await Reminding(**office._parts()).remind()
    taken = await office.look(3 * HOUR)
    assert {(one.kind, *one.asked) for one in taken} == {
        (Notice.REMINDER, CAT),
        (Notice.ESCALATED, DAN),
        (Notice.REMINDER, BEN),
        (Notice.ESCALATED, "U0EVE"),
    }


async def test_decided_requests_are_left_alone(store: Store) -> None:
    """Nobody is reminded, nobody is asked too, nobody can be nudged."""
    office = Office(store, rules=[a_rule(remind_after=(HOUR,), escalate_after=HOUR, escalate_to=(DAN,))])
    await office.ask()
    rejected = await store.transact(lambda tx: tx.requests.advance(ID, Move.REJECT, at=MADE, actor=BEN))
    assert rejected
    assert [one.kind for one in await office.look(2 * HOUR)] == [Notice.REJECTED]
    assert await office.events("escalate") == 0
    with pytest.raises(UserError) as refused:
        await office.nudge(2 * HOUR)
    assert refused.value.problems[0].code is Code.TOO_LATE


async def test_nobody_is_called_for_what_has_expired(store: Store) -> None:
    """Also where the worker has not come round to it yet."""
    office = Office(store)
    await office.ask()
    assert await office.look(11 * DAY) == []
    with pytest.raises(UserError):
        await office.nudge(11 * DAY)


async def test_the_clock_goes_back(store: Store) -> None:
    """Who was reminded by a clock that was ahead is reminded as long after it was put right, and no sooner."""
    office = Office(store)
    await office.ask()
    assert len(await office.look(9 * DAY)) == 1
    assert await office.look(2 * HOUR) == []
    assert await office.look(4.9 * HOUR) == []
    assert len(await office.look(5 * HOUR)) == 1


async def test_the_next_group_is_noted_and_told_once(open_store: OpenStore) -> None:
    """The cards are drawn anew, as they name them; the audit has it once, and they are called once."""
    rules = [a_rule(escalate_after=2 * HOUR, escalate_to=(DAN,))]
    one, other = Office(await open_store(), rules), Office(await open_store(), rules)
    await one.ask()
    assert await one.look(HOUR) == []
    before = await one.store.transact(lambda tx: found(tx).version)
    looks = await asyncio.gather(one.look(2 * HOUR), other.look(2 * HOUR))
    (told,) = [notice for taken in looks for notice in taken]
    assert (told.kind, told.asked, told.card) == (Notice.ESCALATED, (DAN,), CHANNEL)
    assert await one.store.transact(lambda tx: found(tx).version) == before + 1
    assert await other.look(3 * DAY) == []
    assert await one.events("escalate") == 1


async def test_the_next_group_is_told_within_its_hours(store: Store) -> None:
    """Their right does not wait for it."""
    noon = Hours((Window(frozenset(range(7)), 12 * 60, 13 * 60),), "UTC")
    office = Office(store, [a_rule(remind_hours=noon, escalate_after=HOUR, escalate_to=(DAN,))])
    await office.ask()  # at 00:16
    assert await office.look(2 * HOUR) == []
    assert await office.events("escalate") == 1
    assert [one.kind for one in await office.look(12 * HOUR)] == [Notice.ESCALATED]


async def test_rules_of_one_channel_call_in_one_message(store: Store) -> None:
    """Where they are due at one time; and the rule that has what it wants calls nobody."""
    databases = a_rule(name="databases", match=Match(names=("web-1",)), approvers=(CAT,), remind_after=(HOUR, 2 * HOUR))
    office = Office(store, [databases, a_rule(approvers=(BEN, DAN), remind_after=(HOUR, 3 * HOUR))])
    plan = a_plan_of(2)
    await office.ask(plan=plan, jobs=())
    (both,) = await office.look(HOUR)
    assert (both.rules, both.asked) == (("databases", ""), (CAT, BEN, DAN))
    (one,) = await office.look(2 * HOUR)
    assert (one.rules, one.asked) == (("databases",), (CAT,))
    await store.transact(lambda tx: tx.requests.decide(ID, a_decision(CAT, plan.hash)))
    (other,) = await office.look(30 * HOUR)
    assert (other.rules, other.asked) == (("",), (BEN, DAN))


async def test_rules_that_were_changed_are_gone_by_soon(store: Store) -> None:
    """A request is looked at again before long, whatever it was put off to."""
    office = Office(store, [a_rule(remind_after=(9 * DAY,))])
    await office.ask()
    assert await office.look(2 * HOUR) == []
    office.rules = [RULE]
    assert len(await office.look(2 * HOUR + LOOK_AGAIN)) == 1
