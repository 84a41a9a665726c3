"""Which approvals count, and who is still needed: what becomes of a request while it waits for them."""

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass

from bot.domain import policy as rights
from bot.domain.policy import Action, Actor, Policy, RuleRosters
from bot.domain.request import Decision, ImageRequest, Validity, Verdict
from bot.domain.rule import Rule


@dataclass(frozen=True)
class Need:
    """What a request has of the approvals that one of its rules wants."""

    rule: Rule
    given: tuple[str, ...]  # by whom
    quorum: int

    @property
    def missing(self) -> int:
        """How many more it takes."""
        return max(0, self.quorum - len(self.given))


def weighed(request: ImageRequest, policy: Policy) -> tuple[Decision, ...]:
    """The decisions, each approval with what it is worth now: of this plan, by who may still give it, and once."""
    counted: list[Decision] = []
    for decision in request.decisions:
        if decision.verdict is Verdict.APPROVE:
            counted.append(dataclasses.replace(decision, validity=_validity(decision, request, policy, counted)))
        else:
            counted.append(decision)
    return tuple(counted)


def valid_approvals(request: ImageRequest, policy: Policy) -> tuple[Decision, ...]:
    """The approvals that still count: of this plan, by people who may still give them, nobody twice."""
    return tuple(
        decision
        for decision in weighed(request, policy)
        if decision.verdict is Verdict.APPROVE and decision.validity is Validity.VALID
    )


def needs(request: ImageRequest, approvals: Collection[Decision], policy: Policy) -> tuple[Need, ...]:
    """What each rule wants: as many distinct people of its own as it says now, and no fewer than it said when the
    request was made.

    Args:
        request: which waits for approval.
        approvals: those that count.
        policy: with what is known of people.
    """
    return tuple(
        Need(
            one.rule,
            tuple(given.approver for given in approvals if policy.holds(one.approvers, given.approver)),
            max(one.rule.quorum, request.promised(one.rule.name)),
        )
        for one in policy.rules
    )


def able_to_approve(one: RuleRosters, policy: Policy, requester: str, *, besides: Collection[str] = ()) -> int | None:
    """How many people may approve what somebody asks for, by one of its rules; None while that is not known.

    Args:
        one: the rule. Those who become approvers by it later on are counted.
        policy: of which it is one.
        requester: who asks.
        besides: who is not to be counted, as they have approved already.
    """
    roster, ids = one.escalated or one.approvers, policy.ids
    if roster.unsure or not roster.complete:
        return None
    if not policy.self_approval:
        if not ids.settled(requester):
            return None
        besides = {*besides, requester}
    return len(roster.people - {ids.of(one) for one in besides})


def _validity(decision: Decision, request: ImageRequest, policy: Policy, counted: Collection[Decision]) -> Validity:
    if decision.plan_hash != request.plan.hash:
        return Validity.VOID
    ruling = rights.may(Action.APPROVE, Actor(decision.approver), policy, request)
    again = [
        policy.ids.same(decision.approver, other.approver) for other in counted if other.validity is Validity.VALID
    ]
    if True in again or not (ruling.allowed or ruling.unknown):
        return Validity.VOID
    # One rule may have said yes while it is not known what another says: then it would be counted for the first alone.
    unknown = any(policy.holds(one.approvers, decision.approver) is None for one in policy.rules)
    return Validity.UNCONFIRMED if ruling.unknown or None in again or unknown else Validity.VALID
