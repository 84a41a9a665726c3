"""Which rule decides about an instance, why, and who could approve: for an operator who asks before somebody does."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain import policy as rights
from bot.domain import quorum
from bot.domain.cloud import ListedInstance
from bot.domain.errors import Problem
from bot.domain.policy import Action, Actor, Policy, RuleRosters
from bot.domain.rule import Machine, Rule, Rulebook


class Could(StrEnum):
    """Whether somebody could approve."""

    NOW = "now"
    LATER = "later"  # once others are asked too
    GONE = "gone"  # deactivated, a bot, or nobody that Slack knows
    ASKS = "asks"  # for it themselves
    UNTOLD = "untold"  # Slack has not told yet


@dataclass(frozen=True)
class Candidate:
    """Somebody whom the rule names, by themselves or by a group."""

    id: str
    by: tuple[str, ...]  # the ids in the rule
    could: Could


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What there is to say about an instance."""

    instance: ListedInstance
    rule: Rule  # which decides
    passed: tuple[tuple[Rule, tuple[str, ...]], ...]  # the rules before it, and by which keys each misses the instance
    requester: str  # empty: nobody in particular
    candidates: tuple[Candidate, ...]
    able: int | None  # how many people could approve; None: not known
    against: tuple[Problem, ...]  # what stands against the requester's asking

    @property
    def reachable(self) -> bool | None:
        """Whether as many could approve as must; None where that is not known."""
        return None if self.able is None else self.able >= self.rule.quorum


def explained(
    book: Rulebook,
    instance: ListedInstance,
    policy: Policy,
    requester: Actor | None,
    behind: Callable[[Sequence[str]], set[str]],
) -> Explanation:
    """What there is to say.

    Args:
        book: the rules.
        instance: as JD Cloud shows it.
        policy: what Slack says of the rule that decides.
        requester: who would ask; None: nobody in particular.
        behind: the people behind ids of people and groups.
    """
    machine, (one,) = Machine.of(instance), policy.rules
    rule = one.rule
    earlier = book.rules[: book.rules.index(rule)]
    candidates = tuple(_candidates(one, policy, requester, behind))
    return Explanation(
        instance=instance,
        rule=rule,
        passed=tuple((other, other.match.misses(machine)) for other in earlier),
        requester=requester.id if requester else "",
        candidates=candidates,
        able=_able(one, policy, requester),
        against=rights.may(Action.REQUEST, requester, policy).problems if requester else (),
    )


def _able(one: RuleRosters, policy: Policy, requester: Actor | None) -> int | None:
    if requester is not None:
        return quorum.able_to_approve(one, policy, requester.id)
    roster = one.escalated or one.approvers
    return len(roster.people) if roster.complete and not roster.unsure else None


def _candidates(
    one: RuleRosters,
    policy: Policy,
    requester: Actor | None,
    behind: Callable[[Sequence[str]], set[str]],
) -> Iterator[Candidate]:
    everybody = one.rule.after(math.inf).approvers
    by = {named: behind([named]) for named in everybody}
    for person in sorted(behind(everybody)):
        yield Candidate(
            person,
            tuple(named for named, people in by.items() if person in people),
            _could(person, one, policy, requester),
        )


def _could(person: str, one: RuleRosters, policy: Policy, requester: Actor | None) -> Could:
    own = policy.ids.same(requester.id, person) if requester and not policy.self_approval else False
    if own:
        return Could.ASKS
    now, later = policy.holds(one.approvers, person), policy.holds(one.escalated or one.approvers, person)
    if own is None or (None in {now, later} and not (now or later)):
        return Could.UNTOLD
    return Could.NOW if now else Could.LATER if later else Could.GONE
