"""Counting approvals: an answer of Slack's speaks for what was given before it was asked for, and for nothing later."""

import dataclasses
from collections.abc import Collection
from functools import partial
from typing import cast

from bot.domain.lifecycle import Notice, State
from bot.domain.policy import Policy, Roster, RuleRosters
from bot.domain.request import Decision, ImageRequest, Validity
from bot.domain.rule import Match, Rulebook, Ruleset
from bot.service.count import Counting
from bot.service.current_rules import CurrentRules
from bot.service.gate import Gate
from bot.service.ports import Directory
from bot.store import Lease, Store, Transaction
from tests.contract.test_store import put
from tests.unit.examples import a_decision, a_request, a_rule, rules_in_force

BEN, CAT = "U0BEN", "U0CAT"


class Told:
    """What Slack says: both approve. While it is asked for the first time, one more approval is given."""

    def __init__(self, store: Store, request: ImageRequest) -> None:
        self._store, self._request = store, request

    def now(self) -> float:
        return 3_000.0

    def policy(self, ruleset: Ruleset) -> Policy:
        rosters = (RuleRosters(rule=rule, approvers=Roster(frozenset({BEN, CAT}))) for rule in ruleset.rules)
        return Policy(rules=tuple(rosters))

    def rights(self, since: float, ruleset: Ruleset) -> Policy:
        del since
        return self.policy(ruleset)

    async def look(
        self,
        _: Ruleset,
        deciding: Collection[str],
        others: Collection[str] = (),
        *,
        present: str = "",
        since: float,
        within: float,
    ) -> None:
        if CAT not in deciding:
            await noted(self._store, self._request, CAT)


def counting_with(store: Store, rules: CurrentRules, told: Told) -> Counting:
    """Counts by these rules, and by what Slack says."""
    return Counting(
        store=store,
        rules=rules,
        directory=cast("Directory", told),
        gate=Gate(rules=rules, clock=lambda: 3_000.0),
        approval_ttl=3_600,
        clock=lambda: 3_000.0,
    )


async def noted(store: Store, request: ImageRequest, approver: str) -> None:
    """An approval that waits for Slack's word on whoever gave it."""
    given = dataclasses.replace(a_decision(approver, request.plan.hash), validity=Validity.UNCONFIRMED)
    await store.transact(lambda tx: tx.requests.decide(request.id, given))


async def test_an_approval_is_not_confirmed_by_an_earlier_answer(store: Store) -> None:
    """Its giver may have lost the right between the question and the click: the next look tells."""
    request = await put(store, a_request(quorum=2))
    await noted(store, request, BEN)
    rules = rules_in_force(lambda: 3_000.0, a_rule(quorum=2))
    counting = counting_with(store, rules, Told(store, request))

    async def stands() -> tuple[str, set[Validity]]:
        found = await store.transact(lambda tx: tx.requests.get(request.id))
        assert found is not None
        return found.state, {decision.validity for decision in found.decisions}

    await counting.settle()
    assert await stands() == ("pending", {Validity.UNCONFIRMED})
    await counting.settle()
    assert await stands() == ("approved", {Validity.VALID})


class Nobody(Told):
    """What Slack says: nobody may approve any more."""

    def policy(self, ruleset: Ruleset) -> Policy:
        return Policy(rules=tuple(RuleRosters(rule=rule, approvers=Roster(frozenset())) for rule in ruleset.rules))

    async def look(self, *_: object, **__: object) -> None: ...


async def test_everybody_hears_that_their_approval_counts_no_more(store: Store) -> None:
    """Also where it is found of two in one transaction."""
    request = await put(store, a_request(quorum=3))
    for given in (a_decision(BEN, request.plan.hash), a_decision(CAT, request.plan.hash)):
        await store.transact(partial(_decide, request_id=request.id, given=given))
    rules = rules_in_force(lambda: 3_000.0, a_rule(quorum=3))
    counting = counting_with(store, rules, Nobody(store, request))
    await counting.recount()
    owed = await store.transact(lambda tx: tx.notices.claim(Lease("me", 60.0), 10))
    told = {notice.conversation for notice in owed if notice.kind is Notice.APPROVAL_VOID}
    assert told == {BEN, CAT}


def _decide(tx: Transaction, request_id: str, given: Decision) -> None:
    tx.requests.decide(request_id, given)


async def test_cards_are_drawn_anew_where_their_rules_have_changed(store: Store) -> None:
    """And nowhere else: a request that others decide about is left as it is."""
    request, done = await put(store, a_request()), await put(store, a_request(id="IR-00002", state=State.CANCELLED))
    rules = rules_in_force(lambda: 3_000.0, a_rule())
    counting = counting_with(store, rules, Told(store, request))

    async def versions() -> list[int]:
        found = await store.transact(lambda tx: [tx.requests.existing(one.id) for one in (request, done)])
        return [one.version for one in found]

    first, last = await versions()
    before = rules.book
    others = a_rule(name="others", match=Match(names=("nothing-*",)))
    rules.replace(Rulebook((others, *before.rules), "hash"))
    await counting.rules_changed(before)
    assert await versions() == [first, last]
    before = rules.book
    rules.replace(Rulebook((a_rule(warning="careful"),)))
    await counting.rules_changed(before)
    assert await versions() == [first + 1, last]
