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


@dataclass(frozen=True)
class Roster:
    """A set of people named in the settings, with user groups resolved."""

    people: frozenset[str]
    complete: bool = True  # False while Slack has not told who is in one of the groups

    def holds(self, user_id: str) -> bool | None:
        """Whether somebody is in it; None while that is not known."""
        return True if user_id in self.people else (False if self.complete else None)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The settings of the policy."""

    approvers: Roster
    requesters: Roster | None  # None: every full member
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
    match policy.approvers.holds(actor.id):
        case True:
            return []
        case False:
            return [Code.NOT_AN_APPROVER]
        case None:
            return [Code.ROLE_UNKNOWN]


def _requester(actor: Actor, policy: Policy) -> list[Code]:
    if actor.standing in {Standing.GUEST, Standing.OUTSIDER}:
        return [Code.NOT_A_MEMBER]
    listed = policy.requesters.holds(actor.id) if policy.requesters else True
    if listed is False:
        return [Code.NOT_A_REQUESTER]
    return [] if listed and actor.standing is Standing.MEMBER else [Code.ROLE_UNKNOWN]
