"""Who may do what: every action, by everybody, as a member of every kind."""

import dataclasses

import pytest

from bot.domain.errors import Code
from bot.domain.policy import (
    Action,
    Actor,
    Identities,
    Membership,
    Policy,
    Roster,
    RuleRosters,
    may,
)
from bot.domain.quorum import able_to_approve, valid_approvals, weighed
from bot.domain.request import Validity, Verdict
from tests.unit.examples import a_decision, a_request, a_rule

AMY, BEN, CAT = "U0AMY", "U0BEN", "U0CAT"


def policy(
    *, approvers: Roster | None = None, requesters: Roster | None = None, quorum: int = 1, self_approval: bool = False
) -> Policy:
    """Ben approves, everybody asks, unless told otherwise."""
    rule = a_rule(quorum=quorum, self_approval=self_approval)
    return Policy(
        rules=(RuleRosters(rule=rule, approvers=approvers or Roster(frozenset({BEN})), requesters=requesters),)
    )


def codes(action: Action, actor: Actor, by: Policy) -> list[Code]:
    """Why somebody may not do something to Amy's request."""
    return [problem.code for problem in may(action, actor, by, a_request(requester=AMY)).problems]


@pytest.mark.parametrize("action", [Action.APPROVE, Action.REJECT, Action.RESOLVE])
@pytest.mark.parametrize(
    ("roster", "answer"),
    [
        (Roster(frozenset({BEN})), []),
        (Roster(frozenset({BEN}), complete=False), []),
        (Roster(frozenset({CAT})), [Code.NOT_AN_APPROVER]),
        (Roster(frozenset({CAT}), complete=False), [Code.ROLE_UNKNOWN]),
    ],
)
def test_approvers_decide(action: Action, roster: Roster, answer: list[Code]) -> None:
    """Approvers alone; while a group is not known, only those named by themselves are certain."""
    assert codes(action, Actor(BEN), policy(approvers=roster)) == answer


@pytest.mark.parametrize(("allowed", "answer"), [(False, [Code.OWN_REQUEST]), (True, [])])
def test_own_request(allowed: bool, answer: list[Code]) -> None:  # noqa: FBT001 - the setting
    """Nobody approves their own request, unless the team allows it; rejecting it harms nobody."""
    by = policy(approvers=Roster(frozenset({AMY})), self_approval=allowed)
    assert codes(Action.APPROVE, Actor(AMY), by) == answer
    assert codes(Action.REJECT, Actor(AMY), by) == []


def test_self_approval_makes_nobody_an_approver() -> None:
    """The setting lets approvers approve their own requests, and only approvers."""
    assert codes(Action.APPROVE, Actor(AMY), policy(self_approval=True)) == [Code.NOT_AN_APPROVER]


def test_cancel_is_the_requesters() -> None:
    """Not even an approver cancels somebody else's request."""
    assert codes(Action.CANCEL, Actor(AMY), policy()) == []
    assert codes(Action.CANCEL, Actor(BEN), policy()) == [Code.NOT_YOUR_REQUEST]


def test_retry_is_the_requesters_and_the_approvers() -> None:
    """Whoever asked, and whoever may decide."""
    assert codes(Action.RETRY, Actor(AMY), policy()) == []
    assert codes(Action.RETRY, Actor(BEN), policy()) == []
    assert codes(Action.RETRY, Actor(CAT), policy()) == [Code.NOT_YOURS_NOR_AN_APPROVER]


@pytest.mark.parametrize(
    ("membership", "requesters", "answer"),
    [
        (Membership.MEMBER, None, []),
        (Membership.GUEST, None, [Code.NOT_A_MEMBER]),
        (Membership.OUTSIDER, None, [Code.NOT_A_MEMBER]),
        (Membership.NOBODY, None, [Code.PERSON_NOT_FOUND]),
        (Membership.UNKNOWN, None, [Code.ROLE_UNKNOWN]),
        (Membership.MEMBER, Roster(frozenset({AMY})), []),
        (Membership.GUEST, Roster(frozenset({AMY})), [Code.NOT_A_MEMBER]),
        (Membership.MEMBER, Roster(frozenset({BEN})), [Code.NOT_A_REQUESTER]),
        (Membership.UNKNOWN, Roster(frozenset({BEN})), [Code.NOT_A_REQUESTER]),
        (Membership.MEMBER, Roster(frozenset({BEN}), complete=False), [Code.ROLE_UNKNOWN]),
    ],
)
def test_requesters(membership: Membership, requesters: Roster | None, answer: list[Code]) -> None:
    """Full members, and among them those who are listed where a list is kept. Guests never."""
    ruling = may(Action.REQUEST, Actor(AMY, membership), policy(requesters=requesters))
    assert [problem.code for problem in ruling.problems] == answer
    assert ruling.allowed is not bool(answer)


def test_approvals_that_still_count() -> None:
    """Of this plan, by people who may still give them; a rejection is none."""
    request = a_request(requester=AMY)
    decided = a_request(
        requester=AMY,
        decisions=(
            a_decision(BEN, request.plan.hash),
            a_decision(CAT, request.plan.hash),
            a_decision("U0DAN", "another plan"),
            a_decision(AMY, request.plan.hash),
            a_decision("U0EVE", request.plan.hash, verdict=Verdict.REJECT),
        ),
    )
    by = policy(approvers=Roster(frozenset({BEN, AMY, "U0DAN", "U0EVE"})), quorum=2)
    assert [decision.approver for decision in valid_approvals(decided, by)] == [BEN]


GRID = Identities({"U0AMY": "W0AMY", "W0AMY": "W0AMY", "U0BEN": "W0BEN", "W0BEN": "W0BEN"}, several=True)


@pytest.mark.parametrize(
    ("one", "other", "ids", "same"),
    [
        (AMY, AMY, Identities(), True),
        (AMY, BEN, Identities(), False),
        (AMY, "W0AMY", Identities(), None),
        (AMY, "W0AMY", GRID, True),
        ("W0AMY", BEN, GRID, False),
        (AMY, "U0NEW", GRID, None),
        ("U0NEW", "U0NEW", GRID, True),
    ],
)
def test_two_ids_of_one_person(one: str, other: str, ids: Identities, *, same: bool | None) -> None:
    """Where an organisation stands behind the workspace, an id that is not known may be anybody's."""
    assert ids.same(one, other) is same


def test_either_id_has_the_rights_and_the_bans() -> None:
    """Named, asking and acting by one id or the other is the same."""
    by = dataclasses.replace(policy(approvers=Roster(frozenset({"W0BEN", "W0AMY"}))), ids=GRID)
    assert codes(Action.APPROVE, Actor("U0BEN"), by) == []
    assert codes(Action.APPROVE, Actor("W0AMY"), by) == [Code.OWN_REQUEST]
    assert codes(Action.APPROVE, Actor("U0NEW"), by) == [Code.ROLE_UNKNOWN]
    assert codes(Action.CANCEL, Actor("W0AMY"), by) == []
    assert codes(Action.CANCEL, Actor("U0NEW"), by) == [Code.ROLE_UNKNOWN]
    assert codes(Action.RETRY, Actor("W0AMY"), by) == []


def test_who_may_have_left_is_not_known_to_approve() -> None:
    """Named, and Slack has not told whether they are still there."""
    by = policy(approvers=Roster(frozenset(), unsure=frozenset({BEN})))
    assert codes(Action.APPROVE, Actor(BEN), by) == [Code.ROLE_UNKNOWN]
    assert codes(Action.APPROVE, Actor(CAT), by) == [Code.NOT_AN_APPROVER]


def test_what_approvals_are_worth() -> None:
    """By who may give them; by whom Slack has not told of; by who may not; and by somebody's other id."""
    request = a_request(requester=AMY)
    given = ("U0BEN", "W0BEN", CAT, "U0NEW", AMY)
    decided = a_request(decisions=tuple(a_decision(one, request.plan.hash) for one in given))
    ids = dataclasses.replace(GRID, canonical={**GRID.canonical, CAT: "W0CAT"})
    by = dataclasses.replace(policy(approvers=Roster(frozenset({"W0BEN"}))), ids=ids)
    assert [decision.validity for decision in weighed(decided, by)] == [
        Validity.VALID,
        Validity.VOID,
        Validity.VOID,
        Validity.UNCONFIRMED,
        Validity.VOID,
    ]


@pytest.mark.parametrize(
    ("approvers", "self_approval", "besides", "able"),
    [
        (Roster(frozenset({AMY})), False, [], 0),
        (Roster(frozenset({AMY})), True, [], 1),
        (Roster(frozenset({AMY, BEN, CAT})), False, [BEN], 1),
        (Roster(frozenset({BEN}), complete=False), False, [], None),
        (Roster(frozenset({BEN}), unsure=frozenset({CAT})), False, [], None),
    ],
)
def test_how_many_can_approve(approvers: Roster, besides: list[str], able: int | None, *, self_approval: bool) -> None:
    """Without the requester, where nobody approves their own; not known while a group is not."""
    by = policy(approvers=approvers, self_approval=self_approval)
    (rule,) = by.rules
    assert able_to_approve(rule, by, AMY, besides=besides) == able
