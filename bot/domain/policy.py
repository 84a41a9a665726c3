"""Who may do what: one pure function, asked by every surface at the time a thing takes effect."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.errors import Code, Problem
from bot.domain.request import ImageRequest
from bot.domain.rule import Rule


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
    ASK = "ask"  # a question, which decides nothing
    NUDGE = "nudge"  # call those who have not decided
    EMERGENCY = "emergency"  # begin before anybody has approved
    REVIEW = "review"  # what was begun so
    FREEZE = "freeze"


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
class RuleRosters:
    """A rule, and the people behind the ids that it names."""

    rule: Rule
    approvers: Roster
    escalated: Roster | None = None  # who are approvers later on; None where that is nobody else
    requesters: Roster | None = None  # None: every full member
    emergency: Roster = Roster(frozenset())


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rules that decide about one request, and what is known of people."""

    rules: tuple[RuleRosters, ...]
    ids: Identities = Identities()

    @property
    def self_approval(self) -> bool:
        """Whether people may approve what they asked for themselves: only where every rule lets them."""
        return all(one.rule.self_approval for one in self.rules)

    @property
    def by_rule(self) -> dict[str, "Policy"]:
        """Each of its rules by itself, by its name."""
        return {one.rule.name: dataclasses.replace(self, rules=(one,)) for one in self.rules}

    def approver(self, user_id: str) -> bool | None:
        """Whether somebody is an approver, by any of the rules; None while that is not known."""
        return _any(self.holds(one.approvers, user_id) for one in self.rules)

    def requester(self, user_id: str) -> bool | None:
        """Whether somebody is among those who may ask, by each of the rules; None while that is not known."""
        return _all(self.holds(one.requesters, user_id) if one.requesters else True for one in self.rules)

    def in_emergency(self, user_id: str) -> bool | None:
        """Whether somebody may begin before anybody has approved, by each of the rules; None while not known."""
        return _all(self.holds(one.emergency, user_id) for one in self.rules)

    def holds(self, roster: Roster, user_id: str) -> bool | None:
        """Whether somebody is in a roster, by whichever id; None while that is not known."""
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
            codes = _not_their_own(_unless(policy.approver(actor.id), Code.NOT_AN_APPROVER), own, policy)
        case Action.REVIEW:
            begun = request and policy.ids.same(request.emergency_by, actor.id)
            codes = _not_their_own(_unless(policy.approver(actor.id), Code.NOT_AN_APPROVER), own, policy)
            if begun is not False:
                codes = [Code.OWN_EMERGENCY] if begun else codes or [Code.ROLE_UNKNOWN]
        case Action.REJECT | Action.RESOLVE | Action.ASK | Action.FREEZE:
            codes = _unless(policy.approver(actor.id), Code.NOT_AN_APPROVER)
        case Action.EMERGENCY:
            codes = _unless(policy.in_emergency(actor.id), Code.NOT_FOR_EMERGENCIES)
        case Action.CANCEL | Action.NUDGE:
            codes = _unless(own, Code.NOT_YOUR_REQUEST)
        case Action.RETRY | Action.END | Action.START_NOW | Action.GO_ON | Action.START_AGAIN | Action.LEAVE_STOPPED:
            codes = _unless(policy.approver(actor.id), Code.NOT_YOURS_NOR_AN_APPROVER)
            if own is not False:
                codes = [] if own or not codes else [Code.ROLE_UNKNOWN]
    return Ruling(tuple(Problem(code) for code in codes))


def may_ask(actor: Actor, policy: Policy) -> Ruling:
    """Whether somebody may ask for an image of any machine at all: by one of the rules."""
    rulings = [may(Action.REQUEST, actor, one) for one in policy.by_rule.values()]
    best = next((ruling for ruling in rulings if ruling.allowed), None)
    return best or next((ruling for ruling in rulings if ruling.unknown), rulings[-1])


def _not_their_own(codes: list[Code], own: bool | None, policy: Policy) -> list[Code]:  # noqa: FBT001 # likewise
    """Nobody approves what they asked for themselves, unless the rules let them."""
    if own is False or policy.self_approval:
        return codes
    return [Code.OWN_REQUEST] if own else codes or [Code.ROLE_UNKNOWN]


def _any(answers: Iterable[bool | None]) -> bool | None:
    """Whether one of them is yes; None while that is not known."""
    told = set(answers)
    return True if True in told else None if None in told else False


def _all(answers: Iterable[bool | None]) -> bool | None:
    """Whether each of them is yes; None while that is not known."""
    told = set(answers)
    return False if False in told else None if None in told else True


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
