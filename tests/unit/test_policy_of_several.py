"""Several rules decide about one request: each wants its own approvals, and of each thing the strictest holds."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Code
from bot.domain.policy import (
    Action,
    Actor,
    Membership,
    Policy,
    Roster,
    RuleRosters,
    may,
    may_ask,
)
from bot.domain.quorum import able_to_approve, needs, valid_approvals
from bot.domain.request import ImageRequest, Promise
from tests.unit.examples import a_decision, a_request, a_rule

AMY, BEN, CAT, DAN = "U0AMY", "U0BEN", "U0CAT", "U0DAN"
EVERYBODY = (AMY, BEN, CAT, DAN)


def by(name: str, *approvers: str, complete: bool = True, **says: object) -> RuleRosters:
    """A rule by which these approve."""
    return RuleRosters(rule=a_rule(name=name, **says), approvers=Roster(frozenset(approvers), complete=complete))


def missing(request: ImageRequest, policy: Policy) -> dict[str, int]:
    """How many approvals each rule still wants."""
    return {need.rule.name: need.missing for need in needs(request, valid_approvals(request, policy), policy)}


def approved_by(*approvers: str, **changes: Any) -> ImageRequest:
    """Amy's request, with these approvals."""
    request = a_request(requester=AMY, **changes)
    return dataclasses.replace(
        request, decisions=tuple(a_decision(approver, request.plan.hash) for approver in approvers)
    )


def test_each_rule_wants_its_own() -> None:
    """One approval counts for each rule that names its giver, and for no other."""
    policy = Policy(rules=(by("db", BEN, CAT, quorum=2), by("", CAT, DAN)))
    assert missing(approved_by(DAN), policy) == {"db": 2, "": 0}
    assert missing(approved_by(CAT), policy) == {"db": 1, "": 0}
    assert missing(approved_by(BEN, CAT), policy) == {"db": 0, "": 0}


def test_no_less_than_was_said_when_it_was_asked() -> None:
    """A rule that has become looser meanwhile does not count for what its card has said; a stricter one does."""
    request = approved_by(BEN, promises=(Promise("db", 2),))
    assert missing(request, Policy(rules=(by("db", BEN, CAT, quorum=1),))) == {"db": 1}
    assert missing(request, Policy(rules=(by("db", BEN, CAT, quorum=3),))) == {"db": 2}
    assert missing(request, Policy(rules=(by("new", BEN, CAT, quorum=1),))) == {"new": 0}


def test_not_known_by_one_of_them_waits() -> None:
    """Else an approval would be counted for the one that is known, and never for the other."""
    policy = Policy(rules=(by("db", complete=False), by("", BEN)))
    assert missing(approved_by(BEN), policy) == {"db": 1, "": 1}


def test_everything_that_one_of_them_forbids() -> None:
    """Approving one's own; asking at all."""
    strict, loose = by("db", AMY, self_approval=False), by("", AMY, self_approval=True)
    codes = [
        problem.code
        for problem in may(Action.APPROVE, Actor(AMY), Policy(rules=(strict, loose)), approved_by()).problems
    ]
    assert codes == [Code.OWN_REQUEST]
    closed = dataclasses.replace(loose, requesters=Roster(frozenset({BEN})))
    amy = Actor(AMY, Membership.MEMBER)
    assert not may(Action.REQUEST, amy, Policy(rules=(strict, closed))).allowed
    assert may_ask(amy, Policy(rules=(closed, strict))).allowed
    assert not may_ask(amy, Policy(rules=(closed,))).allowed


def test_who_becomes_an_approver_is_counted_among_those_who_can() -> None:
    """What cannot be approved today may be once the next group is asked too."""
    rule = dataclasses.replace(by("db", BEN, quorum=2), escalated=Roster(frozenset({BEN, CAT})))
    assert able_to_approve(rule, Policy(rules=(rule,)), AMY) == 2


def test_emergencies_are_for_those_whom_every_rule_names() -> None:
    """And who began one does not review it."""
    named = dataclasses.replace(by("db", BEN, DAN), emergency=Roster(frozenset({DAN})))
    assert may(Action.EMERGENCY, Actor(DAN), Policy(rules=(named,)), approved_by()).allowed
    assert not may(Action.EMERGENCY, Actor(DAN), Policy(rules=(named, by("", DAN))), approved_by()).allowed
    begun = approved_by(emergency_by=DAN)
    assert may(Action.REVIEW, Actor(BEN), Policy(rules=(named,)), begun).allowed
    (problem,) = may(Action.REVIEW, Actor(DAN), Policy(rules=(named,)), begun).problems
    assert problem.code is Code.OWN_EMERGENCY


rosters = st.builds(
    lambda name, approvers, quorum, own: by(name, *approvers, quorum=quorum, self_approval=own),
    st.sampled_from(["a", "b", "c", "d"]),
    st.sets(st.sampled_from(EVERYBODY)),
    st.integers(1, 3),
    st.booleans(),
)
several = st.lists(rosters, min_size=1, max_size=4, unique_by=lambda one: one.rule.name)
approvals = st.lists(st.sampled_from(EVERYBODY), unique=True)


@given(several, approvals)
def test_nobody_decides_whom_no_rule_names(rules: Sequence[RuleRosters], approvers: Sequence[str]) -> None:
    """And nobody for a rule that does not name them."""
    policy = Policy(rules=tuple(rules))
    request = approved_by(*approvers)
    for need, one in zip(needs(request, valid_approvals(request, policy), policy), rules, strict=True):
        assert set(need.given) <= one.approvers.people


@given(several, rosters, approvals)
def test_one_more_rule_lets_nothing_through(
    rules: Sequence[RuleRosters], more: RuleRosters, approvers: Sequence[str]
) -> None:
    """What is stopped without it is stopped with it; and their order does not matter."""
    request = approved_by(*approvers)

    def is_enough(*these: RuleRosters) -> bool:
        return not any(missing(request, Policy(rules=these)).values())

    assert is_enough(*reversed(rules)) == is_enough(*rules)
    if is_enough(*rules, dataclasses.replace(more, rule=dataclasses.replace(more.rule, name="one more"))):
        assert is_enough(*rules)


@given(several, approvals, st.integers(0, 3))
def test_a_stricter_rule_lets_nothing_through(
    rules: Sequence[RuleRosters], approvers: Sequence[str], which: int
) -> None:
    """One approval more, one approver fewer, nobody's own."""
    request, number = approved_by(*approvers), which % len(rules)
    one = rules[number]
    stricter = dataclasses.replace(
        one,
        rule=dataclasses.replace(one.rule, quorum=one.rule.quorum + which % 2, self_approval=False),
        approvers=Roster(frozenset(sorted(one.approvers.people)[which % 2 :])),
    )
    strict = Policy(rules=(*rules[:number], stricter, *rules[number + 1 :]))
    if not any(missing(request, strict).values()):
        assert not any(missing(request, Policy(rules=tuple(rules))).values())
