"""Reminders: when those who can still decide about a request are called, and who that is. All of it is pure."""

import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bot.domain.policy import Policy, RuleRosters
from bot.domain.request import ImageRequest, Validity, Verdict
from bot.domain.rule import Rule
from bot.domain.slack_ids import is_group

DAILY = 86_400.0
"""Seconds between two reminders after the last one that a rule names."""

NUDGE_EVERY = 900.0
"""Seconds between two nudges."""

LOOK_AGAIN = 600.0
"""Seconds after which a request that waits is looked at again at the latest: rules and clocks may have been changed."""

FEW = 2
"""People who are mentioned by name where no more are left of a group: the others of it need not be called."""


@dataclass(frozen=True)
class Reminded:
    """What those who decide by one rule have been told of a request. Times are unix seconds."""

    last_at: float | None = None  # they were last reminded, or nudged
    escalated_at: float | None = None  # the next group became approvers too
    escalation_told: bool = False  # and that group has been called


NOTHING = Reminded()
"""What has been told at first."""


def next_reminder(rule: Rule, *, created_at: float, last_at: float | None, now: float) -> float | None:
    """When those who decide by a rule are to be reminded next, in unix seconds; None for never.

    Each comes at the age that the rule names. One that comes late, as it fell out of hours or the bot was down, counts
    for all that came due meanwhile, and puts off the next one: none follows sooner than its place in the row allows,
    which never is less than the place before it allowed, up to a day.

    Args:
        rule: by which they decide.
        created_at: when the request was made.
        last_at: when they were last reminded, or nudged; None where that never happened.
        now: nothing is due before.
    """
    if not rule.remind_after:
        return None
    reached = 0.0 if last_at is None else last_at - created_at
    places = enumerate(itertools.chain(rule.remind_after, itertools.count(rule.remind_after[-1] + DAILY, DAILY)))
    place, age = next((place, age) for place, age in places if age > reached)
    due = created_at + age
    if last_at is not None:
        due = max(due, last_at + _gap(rule.remind_after, place))
    due = max(due, now)
    return rule.remind_hours.opens_at(due) if rule.remind_hours else due


def next_look(rules: Iterable[Rule], *, created_at: float, told: Mapping[str, Reminded], now: float) -> float:
    """When a request that waits is to be looked at after now, in unix seconds: once something falls due, or what is
    known may have changed.

    Args:
        rules: by which somebody is still to decide about it.
        created_at: when it was made.
        told: what has been told so far, by the name of the rule.
        now: by the same clock.
    """
    times: list[float | None] = []
    for rule in rules:
        last_at = told.get(rule.name, NOTHING).last_at
        times.append(next_reminder(rule, created_at=created_at, last_at=last_at, now=now))
        if rule.escalate_after is not None:
            escalates_at = created_at + rule.escalate_after
            times += [escalates_at, rule.remind_hours.opens_at(escalates_at) if rule.remind_hours else None]
    return min([now + LOOK_AGAIN, *(at for at in times if at is not None and at > now)])


def _gap(ages: tuple[float, ...], place: int) -> float:
    """Seconds that lie between a reminder and the one before it, at least."""
    if place >= len(ages):
        return DAILY
    if place == 0:  # there is none before it but a nudge
        return min(DAILY, ages[0])
    return min(DAILY, max(later - earlier for earlier, later in itertools.pairwise(ages[: place + 1])))


def may_call(rule: Rule, at: float) -> bool:
    """Whether those who decide by a rule may be called at a time of the clock's."""
    return rule.remind_hours is None or rule.remind_hours.open_at(at)


def asked_too(rule: Rule, waited: float) -> tuple[str, ...]:
    """Ids of the people and groups who have become approvers by a rule, as a request has waited so many seconds."""
    return tuple(one for one in rule.after(waited).approvers if one not in rule.approvers)


def still_to_decide(
    request: ImageRequest,
    one: RuleRosters,
    policy: Policy,
    *,
    asked: Iterable[str],
    members: Mapping[str, Collection[str] | None],
) -> tuple[str, ...]:
    """Whom to mention: those who can still decide about a request by a rule, and have not.

    Args:
        request: which waits for them.
        one: the rule, with the people behind it.
        policy: of which it is one.
        asked: ids of people and groups, of whom only approvers by this rule are mentioned.
        members: who is in each of these groups; None while that is not known.
    """
    done = {
        policy.ids.of(given.approver)
        for given in request.decisions
        if given.verdict is Verdict.APPROVE and given.validity is not Validity.VOID
    }
    if not policy.self_approval:
        done.add(policy.ids.of(request.requester))
    called: list[str] = []
    for named in asked:
        group = members.get(named) if is_group(named) else (named,)
        if group is None:
            called += [named] if named in one.rule.approvers else []
            continue
        left = {policy.ids.of(member): member for member in group if policy.holds(one.approvers, member)}
        left = {who: member for who, member in left.items() if who not in done}
        by_name = not is_group(named) or len(left) <= FEW
        called += sorted(left.values()) if by_name else [named]
    return tuple(dict.fromkeys(called))
