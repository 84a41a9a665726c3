"""Who may do what: one pure function, asked by every surface at the time a thing takes effect."""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.errors import Code, Problem
from bot.domain.request import Decision, ImageRequest, Validity, Verdict


class Action(StrEnum):
    """What somebody wants to do."""

    REQUEST = "request"
    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    RETRY = "retry"
    RESOLVE = "resolve"  # decide what becomes of a step that is unsure
    END = "end"  # nothing new begins
    START_NOW = "start_now"  # before its time
    GO_ON = "go_on"  # though a job has come to no good end
    START_AGAIN = "start_again"  # a machine that could not be started
    LEAVE_STOPPED = "leave_stopped"


class Membership(StrEnum):
    """What somebody is in the workspace."""

    MEMBER = "member"
    GUEST = "guest"
    OUTSIDER = "outsider"  # of another organisation, a bot, or deactivated
    NOBODY = "nobody"  # Slack has said that it knows nobody by this id
    UNKNOWN = "unknown"  # Slack has not told yet


@dataclass(frozen=True)
class Actor:
    """Somebody who wants to do something."""

    id: str
    membership: Membership = Membership.UNKNOWN


@dataclass(frozen=True)
class Identities:
    """Who is who: on Enterprise Grid one person may have an id of the workspace and another of the organisation.

    (Slack: user object, enterprise_user; ids of either kind may begin with U or W.)
    """

    canonical: Mapping[str, str] = field(default_factory=dict)  # every id that Slack has told of -> the one we go by
    several: bool = False  # the workspace is of an organisation: who is not in it may have an id that is

    def of(self, user_id: str) -> str:
        """The id that somebody goes by, as far as it is known."""
        return self.canonical.get(user_id, user_id)

    def settled(self, user_id: str) -> bool:
        """Whether no other id of somebody's is still to be heard of."""
        return user_id in self.canonical or not (self.several or user_id.startswith("W"))

    def same(self, one: str, other: str) -> bool | None:
        """Whether two ids are one person's; None while that is not known."""
        if self.of(one) == self.of(other):
            return True
        return False if self.settled(one) and self.settled(other) else None


@dataclass(frozen=True)
class Roster:
    """A set of people named in the settings, with user groups resolved, by the ids that they go by."""

    people: frozenset[str]
    unsure: frozenset[str] = frozenset()  # who may have left the workspace
    complete: bool = True  # False while Slack has not told who is in one of the groups, or who one of them is

    def holds(self, user_id: str) -> bool | None:
        """Whether somebody is in it; None while that is not known."""
        if user_id in self.people:
            return True
        return False if self.complete and user_id not in self.unsure else None


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The settings of the policy, and what is known of people."""

    approvers: Roster
    requesters: Roster | None  # None: every full member
    quorum: int
    allow_self_approval: bool
    ids: Identities = Identities()

    def approver(self, user_id: str) -> bool | None:
        """Whether somebody is an approver; None while that is not known."""
        return self._holds(self.approvers, user_id)

    def requester(self, user_id: str) -> bool | None:
        """Whether somebody is among those who may ask; None while that is not known."""
        return self._holds(self.requesters, user_id) if self.requesters else True

    def _holds(self, roster: Roster, user_id: str) -> bool | None:
        held = roster.holds(self.ids.of(user_id))
        return None if held is False and not self.ids.settled(user_id) else held


@dataclass(frozen=True)
class Ruling:
    """Whether somebody may do a thing, and why not."""

    problems: tuple[Problem, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether nothing stands against it."""
        return not self.problems

    @property
    def unknown(self) -> bool:
        """Whether all that stands against it is that Slack has not told yet."""
        return bool(self.problems) and all(problem.code is Code.ROLE_UNKNOWN for problem in self.problems)


def may(action: Action, actor: Actor, policy: Policy, request: ImageRequest | None = None) -> Ruling:
    """Whether `actor` may do `action`, to `request` where there is one already."""
    own = policy.ids.same(request.requester, actor.id) if request is not None else False
    match action:
        case Action.REQUEST:
            codes = _requester(actor, policy)
        case Action.APPROVE:
            codes = _unless(policy.approver(actor.id), Code.NOT_AN_APPROVER)
            if own is not False and not policy.allow_self_approval:
                codes = [Code.OWN_REQUEST] if own else codes or [Code.ROLE_UNKNOWN]
        case Action.REJECT | Action.RESOLVE:
            codes = _unless(policy.approver(actor.id), Code.NOT_AN_APPROVER)
        case Action.CANCEL:
            codes = _unless(own, Code.NOT_YOUR_REQUEST)
        case Action.RETRY | Action.END | Action.START_NOW | Action.GO_ON | Action.START_AGAIN | Action.LEAVE_STOPPED:
            codes = _unless(policy.approver(actor.id), Code.NOT_AN_APPROVER)
            if own is not False:
                codes = [] if own or not codes else [Code.ROLE_UNKNOWN]
    return Ruling(tuple(Problem(code) for code in codes))


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


def able_to_approve(policy: Policy, requester: str, *, besides: Collection[str] = ()) -> int | None:
    """How many people may approve what somebody asks for; None while that is not known.

    Args:
        policy: with what is known of people.
        requester: who asks.
        besides: who is not to be counted, as they have approved already.
    """
    roster, ids = policy.approvers, policy.ids
    if roster.unsure or not roster.complete:
        return None
    if not policy.allow_self_approval:
        if not ids.settled(requester):
            return None
        besides = {*besides, requester}
    return len(roster.people - {ids.of(one) for one in besides})


def _validity(decision: Decision, request: ImageRequest, policy: Policy, counted: Collection[Decision]) -> Validity:
    if decision.plan_hash != request.plan.hash:
        return Validity.VOID
    ruling = may(Action.APPROVE, Actor(decision.approver), policy, request)
    again = [
        policy.ids.same(decision.approver, other.approver) for other in counted if other.validity is Validity.VALID
    ]
    if True in again or not (ruling.allowed or ruling.unknown):
        return Validity.VOID
    return Validity.UNCONFIRMED if ruling.unknown or None in again else Validity.VALID


def _unless(held: bool | None, refusal: Code) -> list[Code]:  # noqa: FBT001 # what a roster says
    """Nothing against it where it holds, `refusal` where it does not; while that is not known, just that."""
    return {True: [], False: [refusal], None: [Code.ROLE_UNKNOWN]}[held]


def _requester(actor: Actor, policy: Policy) -> list[Code]:
    if actor.membership is Membership.NOBODY:
        return [Code.PERSON_NOT_FOUND]
    if actor.membership in {Membership.GUEST, Membership.OUTSIDER}:
        return [Code.NOT_A_MEMBER]
    listed = policy.requester(actor.id)
    if listed is False:
        return [Code.NOT_A_REQUESTER]
    return [] if listed and actor.membership is Membership.MEMBER else [Code.ROLE_UNKNOWN]
