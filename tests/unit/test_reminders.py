"""When those who can still decide are called, and who that is."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.hours import Hours, Window
from bot.domain.policy import Policy, Roster, RuleRosters
from bot.domain.reminders import DAILY, asked_too, may_call, next_reminder, still_to_decide
from bot.domain.request import Validity
from bot.domain.rule import Rule
from tests.unit.examples import a_decision, a_request, a_rule

HOUR, DAY = 3_600.0, DAILY
MADE = 1_795_000_000.25  # on a Wednesday, 11:06 UTC: no round number, as times are none
OFFICE = Hours((Window(frozenset({0, 1, 2, 3, 4}), 9 * 60, 18 * 60),), "Asia/Shanghai")


def reminded(rule: Rule, *, until: float, down: tuple[float, float] = (0.0, 0.0), every: float = 60.0) -> list[float]:
    """The ages, in hours, at which somebody is reminded who is looked for every minute, but for a time."""
    told: list[float] = []
    for number in range(int(until / every) + 1):
        now = MADE + number * every
        if down[0] <= now - MADE < down[1]:
            continue
        due = next_reminder(rule, created_at=MADE, last_at=told[-1] if told else None, now=now)
        if due is not None and due <= now:
            told.append(now)
    return [round((at - MADE) / HOUR, 2) for at in told]


@pytest.mark.parametrize(
    ("after", "ages"),
    [
        ((HOUR, 4 * HOUR), [1, 4, 28, 52, 76]),
        ((30 * 60.0, 2 * HOUR), [0.5, 2, 26, 50, 74]),
        ((3 * HOUR, 4 * HOUR), [3, 4, 28, 52, 76]),
        ((HOUR, 4 * HOUR, 5 * HOUR), [1, 4, 7, 31, 55, 79]),  # growing rarer, though the file does not
        ((3 * DAY,), [72]),
        ((), []),
    ],
)
def test_at_these_ages_and_daily(after: tuple[float, ...], ages: list[float]) -> None:
    """At each that is named, and daily after the last one."""
    assert reminded(a_rule(remind_after=after), until=80 * HOUR) == ages


def test_out_of_hours_it_waits_and_counts_as_one() -> None:
    """Asked on Wednesday at 19:06 of the office's clock: at 09:00 the next morning, and daily from there on."""
    rule = a_rule(remind_after=(HOUR, 4 * HOUR), remind_hours=OFFICE)
    opens = 13.9  # hours after it was asked, to the minute that follows
    assert reminded(rule, until=5 * DAY) == [opens, opens + 24, opens + 96]  # on Thursday, Friday, and Monday
    assert may_call(rule, MADE + opens * HOUR)
    assert not may_call(rule, MADE)


def test_hours_that_never_come() -> None:
    """Nobody is reminded, and nothing breaks."""
    never = Hours((), "UTC")
    assert next_reminder(a_rule(remind_after=(HOUR,), remind_hours=never), created_at=MADE, last_at=None, now=0) is None


def test_down_in_between_reminds_once() -> None:
    """What came due while the bot was down is one reminder, and the next keeps its distance from it."""
    rule = a_rule(remind_after=(HOUR, 4 * HOUR))
    assert reminded(rule, until=60 * HOUR, down=(0.5 * HOUR, 10 * HOUR)) == [10, 34, 58]
    assert reminded(rule, until=30 * HOUR, down=(0.5 * HOUR, 3.5 * HOUR)) == [3.5, 6.5]


def test_a_nudge_puts_off_the_next_one() -> None:
    """As if those had just been reminded."""
    rule, nudged = a_rule(remind_after=(HOUR, 4 * HOUR)), MADE + 0.5 * HOUR
    assert next_reminder(rule, created_at=MADE, last_at=nudged, now=nudged) == nudged + HOUR
    late = MADE + 3 * HOUR
    assert next_reminder(rule, created_at=MADE, last_at=late, now=late) == late + 3 * HOUR


AGES = st.lists(st.integers(60, 200_000), min_size=1, max_size=5, unique=True).map(sorted).map(tuple)
WINDOWS = st.builds(
    lambda days, begin, length: Window(days, begin, (begin + length) % 1440),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, 1439),
    st.integers(30, 1400),
)
HOURS = st.none() | st.builds(
    lambda windows: Hours(tuple(windows), "Europe/Berlin"), st.lists(WINDOWS, min_size=1, max_size=2)
)


@given(
    after=AGES,
    hours=HOURS,
    looks=st.lists(st.integers(1, 150_000), min_size=1, max_size=60),
    back=st.dictionaries(st.integers(0, 59), st.integers(0, 300_000), max_size=3),
)
def test_reminders_grow_rarer(
    after: tuple[int, ...], hours: Hours | None, looks: list[int], back: dict[int, int]
) -> None:
    """Whenever somebody looks, and however the clock is set back: in hours alone; at no age before the first; never two
    within the shortest gap of those that the rule names and a day; and as reminders go on, within no shorter one than
    that of their number.
    """
    rule = a_rule(remind_after=tuple(map(float, after)), remind_hours=hours)
    gaps = [min(DAY, float(one)) for one in itertools.accumulate((b - a for a, b in itertools.pairwise(after)), max)]
    passed, clock, last_at, told = 0.0, MADE, None, list[float]()
    for number, seconds in enumerate(looks):
        passed, clock = passed + seconds, clock + seconds - back.get(number, 0)
        last_at = None if last_at is None else min(last_at, clock)  # as the store brings it back
        due = next_reminder(rule, created_at=MADE, last_at=last_at, now=clock)
        assert due is None or due >= clock
        if due == clock:
            assert may_call(rule, clock)
            told.append(passed)
            last_at = clock
    assert all(age >= after[0] for age in told[:1])
    for number, (earlier, later) in enumerate(itertools.pairwise(told)):
        if not back:
            assert later - earlier >= (gaps[number] if number < len(gaps) else DAY) - 1
        assert later - earlier >= min([*gaps, float(after[0]), DAY]) - 1


@given(after=AGES, hours=HOURS, last=st.none() | st.floats(0, 1e6), waited=st.floats(0, 1e6))
def test_reminders_go_on(after: tuple[int, ...], hours: Hours | None, last: float | None, waited: float) -> None:
    """The next one always comes: a day after the last one, or when the hours open after that, at the latest."""
    rule = a_rule(remind_after=tuple(map(float, after)), remind_hours=hours)
    now = MADE + waited
    last_at = None if last is None else min(MADE + last, now)
    due = next_reminder(rule, created_at=MADE, last_at=last_at, now=now)
    latest = max(now, MADE + after[-1] + DAY, (last_at or 0.0) + DAY + 1)
    opens = hours.opens_at(latest) if hours else latest
    assert due is not None
    assert opens is not None
    assert due <= opens


def test_who_is_asked_too() -> None:
    """Those of `escalate_to` who are not approvers anyway, from then on."""
    rule = a_rule(approvers=("U0BEN", "S0DBA"), escalate_after=HOUR, escalate_to=("S0LEADS", "U0BEN"))
    assert asked_too(rule, HOUR - 1) == ()
    assert asked_too(rule, HOUR) == ("S0LEADS",)
    assert asked_too(a_rule(), 9 * DAY) == ()


AMY, BEN, CAT, DAN, EVE = "U0AMY", "U0BEN", "U0CAT", "U0DAN", "U0EVE"
DBA = "S0DBA"
MEMBERS = {DBA: frozenset({AMY, CAT, DAN, EVE})}


def mentioned(*approved: str, members: frozenset[str] | None = MEMBERS[DBA], **rule: object) -> tuple[str, ...]:
    """Who is mentioned of Ben and a group, after these have approved what Amy asked for."""
    one = a_rule(approvers=(BEN, DBA), quorum=3, **rule)
    people = Roster(frozenset({BEN, *(members or ())}), complete=members is not None)
    rosters = RuleRosters(rule=one, approvers=people)
    request = a_request()
    request = replace(request, decisions=tuple(a_decision(who, request.plan.hash) for who in approved))
    policy = Policy(rules=(rosters,))
    return still_to_decide(request, rosters, policy, asked=one.approvers, members={DBA: members})


def test_who_can_still_decide_is_mentioned() -> None:
    """People by name, a group as it is called, as long as more are left of it than are easily named."""
    assert mentioned() == (BEN, DBA)
    assert mentioned(BEN) == (DBA,)


def test_the_last_ones_of_a_group_are_mentioned_themselves() -> None:
    """Those who have approved, and whoever asked, are not called for nothing."""
    assert mentioned(CAT) == (BEN, DAN, EVE)
    assert mentioned(BEN, CAT, DAN) == (EVE,)
    assert mentioned(BEN, CAT, DAN, EVE) == ()
    assert mentioned(CAT, self_approval=True) == (BEN, DBA)
    assert mentioned(CAT, DAN, self_approval=True) == (BEN, AMY, EVE)


def test_a_group_that_slack_has_not_told_is_mentioned() -> None:
    """Somebody is in it, for all that is known."""
    assert mentioned(members=None) == (BEN, DBA)
    assert mentioned(members=frozenset()) == (BEN,)


def test_an_approval_that_does_not_count_calls_its_giver() -> None:
    """As long as they may approve at all; one that waits for Slack calls nobody."""
    request = a_request()
    given_by_ben = a_decision(BEN, request.plan.hash)
    rosters = RuleRosters(rule=a_rule(), approvers=Roster(frozenset({BEN, CAT})))
    for validity, called in (
        (Validity.VOID, (BEN, CAT)),
        (Validity.UNCONFIRMED, (CAT,)),
        (Validity.VALID, (CAT,)),
    ):
        noted = replace(request, decisions=(replace(given_by_ben, validity=validity),))
        policy = Policy(rules=(rosters,))
        assert still_to_decide(noted, rosters, policy, asked=(BEN, CAT), members={}) == called


def test_who_is_no_approver_any_more_is_not_called() -> None:
    """Whoever has left the workspace, or another rule's people."""
    rosters = RuleRosters(rule=a_rule(approvers=(BEN,)), approvers=Roster(frozenset({BEN})))
    called = still_to_decide(
        a_request(), rosters, Policy(rules=(rosters,)), asked=(BEN, CAT, "S0LEFT"), members={"S0LEFT": None}
    )
    assert called == (BEN,)
