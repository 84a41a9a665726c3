"""Who may do what: one pure function, asked by every surface at the time a thing takes effect."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import Code, Problem
from bot.domain.request import Decision, ImageRequest, Verdict


class Action(StrEnum):
    """What somebody wants to do."""

    REQUEST = "request"
    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    RETRY = "retry"
    RESOLVE = "resolve"  # decide what becomes of a request that is unsure


class Standing(StrEnum):
    """What somebody is in the workspace."""

    MEMBER = "member"
    GUEST = "guest"
    OUTSIDER = "outsider"  # of another organisation, a bot, or deactivated
    UNKNOWN = "unknown"  # Slack has not told yet


@dataclass(frozen=True)
class Actor:
    """Somebody who wants to do something."""

    id: str
    standing: Standing = Standing.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The settings of the policy, with user groups already resolved to the people in them.

    `None` for a set of people means that Slack has not told yet who they are.
    """

    approvers: frozenset[str] | None
    requesters: frozenset[str] | None
    requesters_limited: bool  # False: every full member may ask, and `requesters` says nothing
    quorum: int
    allow_self_approval: bool


@dataclass(frozen=True)
class Ruling:
    """Whether somebody may do a thing, and why not."""

    problems: tuple[Problem, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether nothing stands against it."""
        return not self.problems


def may(action: Action, actor: Actor, policy: Policy, request: ImageRequest | None = None) -> Ruling:
    """Whether `actor` may do `action`, to `request` where there is one already."""
    own = request is not None and request.requester == actor.id
    match action:
        case Action.REQUEST:
            codes = _requester(actor, policy)
        case Action.APPROVE:
            codes = [Code.OWN_REQUEST] if own and not policy.allow_self_approval else _approver(actor, policy)
        case Action.REJECT | Action.RESOLVE:
            codes = _approver(actor, policy)
        case Action.CANCEL:
            codes = [] if own else [Code.NOT_YOUR_REQUEST]
        case Action.RETRY:
            codes = [] if own else _approver(actor, policy)
    return Ruling(tuple(Problem(code) for code in codes))


def standing_approvals(request: ImageRequest, policy: Policy) -> tuple[Decision, ...]:
    """The approvals that still count: of this plan, by people who may still give them."""
    return tuple(
        decision
        for decision in request.decisions
        if decision.verdict is Verdict.APPROVE
        and decision.plan_hash == request.plan.hash
        and may(Action.APPROVE, Actor(decision.approver), policy, request).allowed
    )


def _approver(actor: Actor, policy: Policy) -> list[Code]:
    if policy.approvers is None:
        return [Code.ROLE_UNKNOWN]
    return [] if actor.id in policy.approvers else [Code.NOT_AN_APPROVER]


def _requester(actor: Actor, policy: Policy) -> list[Code]:
    if actor.standing in {Standing.GUEST, Standing.OUTSIDER}:
        return [Code.NOT_A_MEMBER]
    if policy.requesters_limited and policy.requesters is not None and actor.id not in policy.requesters:
        return [Code.NOT_A_REQUESTER]
    known = actor.standing is Standing.MEMBER and (not policy.requesters_limited or policy.requesters is not None)
    return [] if known else [Code.ROLE_UNKNOWN]
