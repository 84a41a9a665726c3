"""What is known of people: from what Slack answers, from what it does not, and as of when."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.policy import Membership
from bot.domain.rule import SETTINGS, Rule, Ruleset
from bot.slack.people import GROUPS_RETRY, GROUPS_TTL, People
from bot.slack.protocol.lookups import OLDEST

BEN, CAT, GROUP = "U0BEN", "U0CAT", "S0ADMINS"
MEMBER = {
    "team_id": "T0",
    "deleted": False,
    "is_bot": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
}


class SlackSays(AsyncWebClient):
    """Slack's client, with the answers at hand: by method, and by what is asked about."""

    def __init__(self, clock: "Clock") -> None:
        super().__init__()
        self.says: dict[str, Any] = {}
        self.asked: Counter[str] = Counter()
        self.clock = clock
        self.held: asyncio.Event | None = None

    async def api_call(self, api_method: str, **asked: Any) -> AsyncSlackResponse:
        """One call."""
        given: Mapping[str, str] = asked.get("params") or {}
        about = str(given.get("usergroup") or given.get("user"))
        self.asked[about] += 1
        says = self.says.get(about, {})
        if self.held is not None:
            await self.held.wait()
        data = says() if callable(says) else says
        response = AsyncSlackResponse(
            client=self,
            http_verb="GET",
            api_url=f"https://slack.example/api/{api_method}",
            req_args={},
            data={"ok": "error" not in data, **data} if isinstance(data, dict) else data,
            headers={},
            status_code=200,
        )
        response.validate()  # type: ignore[no-untyped-call] # the SDK's
        return response


class Clock:
    """Unix seconds."""

    at = 1_000.0

    def __call__(self) -> float:
        return self.at


def directory(*approvers: str, enterprise: str = "") -> tuple[People, SlackSays, Clock]:
    """A directory, the Slack it asks, and its clock."""
    clock = Clock()
    slack = SlackSays(clock)
    people = People(
        slack,
        team="T0",
        enterprise=enterprise,
        rules=lambda: rules_of(*approvers),
        clock=clock,
    )
    return people, slack, clock


def rules_of(*approvers: str) -> Ruleset:
    """One rule, by which these approve."""
    return Ruleset((Rule(name=SETTINGS, channel="C0", approvers=approvers or (GROUP,), quorum=1),))


def person(user_id: str, **told: Any) -> dict[str, Any]:
    """An answer of users.info."""
    return {"user": {"id": user_id, **MEMBER, **told}}


@pytest.mark.parametrize(
    "answer",
    [
        *({}, {"users": None}, {"users": "U0CAT"}, {"users": {"U0CAT": 1}}, {"users": [None]}, {"users": [["U0CAT"]]}),
        *(["U0CAT"], "U0CAT", {"error": "fatal_error"}, {"error": "missing_scope"}, {"error": "not_heard_of"}),
    ],
    ids=str,
)
async def test_a_group_that_is_not_told_is_not_known(answer: Any) -> None:
    """Whatever the shape of the answer: it ends nothing, and nobody is in the group for certain, or not in it."""
    people, slack, clock = directory()
    slack.says[GROUP] = answer
    assert await people.refresh() == GROUPS_RETRY
    assert people.policy(rules_of()).approver(CAT) is None
    slack.says[GROUP] = {"users": [CAT]}
    clock.at += 60
    assert await people.refresh() == GROUPS_TTL
    assert people.policy(rules_of()).approver(CAT) is True
    slack.says[GROUP] = answer
    clock.at += 60
    await people.refresh()
    assert people.policy(rules_of()).approver(CAT) is True
    assert people.rights(clock.at, rules_of()).approver(CAT) is None


@pytest.mark.parametrize("code", ["no_such_subteam", "subteam_not_found", "plan_upgrade_required"])
async def test_a_group_that_is_not_there_holds_nobody(code: str) -> None:
    """That is an answer."""
    people, slack, clock = directory()
    slack.says[GROUP] = {"users": [CAT]}
    await people.refresh()
    slack.says[GROUP] = {"error": code}
    await people.refresh()
    assert people.policy(rules_of()).approver(CAT) is True  # it was asked at that very time
    clock.at += 1
    await people.refresh()
    assert people.policy(rules_of()).approver(CAT) is False


async def test_what_gives_a_right_was_asked_for_since() -> None:
    """Not before somebody acted, and not so long ago that a process may have slept since."""
    people, slack, clock = directory()
    slack.says[GROUP] = {"users": [CAT]}
    await people.refresh()
    clock.at += 1
    assert people.rights(clock.at, rules_of()).approver(CAT) is None
    since = clock.at
    await people.look(rules_of(), [CAT], since=since, within=1)
    assert people.rights(since, rules_of()).approver(CAT) is True
    clock.at += OLDEST + 1
    assert people.rights(since, rules_of()).approver(CAT) is None


async def test_one_question_for_all_who_ask_at_one_time() -> None:
    """Whoever comes while it is being asked shares the next answer, as this one may be of before."""
    people, slack, clock = directory()
    slack.says[GROUP] = {"users": [CAT]}
    slack.held = asyncio.Event()
    looks = [asyncio.create_task(people.look(rules_of(), [CAT], since=clock.at, within=5)) for _ in range(5)]
    for _ in range(10):
        await asyncio.sleep(0)
    clock.at += 0.1
    looks += [asyncio.create_task(people.look(rules_of(), [CAT], since=clock.at, within=5)) for _ in range(5)]
    for _ in range(10):
        await asyncio.sleep(0)
    slack.held.set()
    await asyncio.gather(*looks)
    assert slack.asked[GROUP] == 2
    assert people.rights(clock.at, rules_of()).approver(CAT) is True


async def test_a_look_ends_in_time_and_its_answer_is_not_lost() -> None:
    """What comes after the time is there for whoever looks next."""
    people, slack, clock = directory()
    slack.says[GROUP] = {"users": [CAT]}
    slack.held = asyncio.Event()
    await people.look(rules_of(), [CAT], since=clock.at, within=0)
    assert people.rights(clock.at, rules_of()).approver(CAT) is None
    slack.held.set()
    await people.look(rules_of(), [CAT], since=clock.at, within=5)
    assert slack.asked[GROUP] == 1
    assert people.rights(clock.at, rules_of()).approver(CAT) is True


async def test_a_clock_that_is_put_back_stops_no_questions() -> None:
    """Slack did not answer, and an hour is taken back: it is asked again at once."""
    people, slack, clock = directory()
    slack.says[GROUP] = {"error": "fatal_error"}
    await people.refresh()
    clock.at -= 3600
    slack.says[GROUP] = {"users": [CAT]}
    await people.refresh()
    assert people.policy(rules_of()).approver(CAT) is True


@pytest.mark.parametrize(
    ("answer", "membership"),
    [
        (person(BEN), Membership.MEMBER),
        (person(BEN, is_restricted=True), Membership.GUEST),
        (person(BEN, deleted=True), Membership.OUTSIDER),
        (person(BEN, team_id="T0OTHER"), Membership.OUTSIDER),
        ({"user": {"id": BEN}}, Membership.UNKNOWN),
        ({"user": {"id": BEN, "name": "ben"}}, Membership.MEMBER),
        ({"user": {"id": BEN, "team_id": "T0"}}, Membership.UNKNOWN),
        (person(BEN, team_id=""), Membership.UNKNOWN),
        (person(BEN, deleted=None), Membership.UNKNOWN),
        (person(BEN, is_bot=None), Membership.UNKNOWN),
        (person(CAT), Membership.UNKNOWN),
        ({"user": {}}, Membership.UNKNOWN),
        ({"error": "fatal_error"}, Membership.UNKNOWN),
        ({"error": "user_not_found"}, Membership.NOBODY),
        ({"error": "user_not_visible"}, Membership.NOBODY),
    ],
    ids=str,
)
async def test_who_somebody_is(answer: dict[str, Any], membership: Membership) -> None:
    """A full member only where everything says so; somebody else's profile says nothing."""
    people, slack, clock = directory()
    slack.says[BEN] = answer
    await people.look_at_requester(rules_of(), BEN, since=clock.at, within=5)
    assert people.actor(BEN, clock.at).membership is membership


async def test_an_approver_by_name_must_still_be_there() -> None:
    """Somebody who acts is; of anybody else it is asked."""
    people, slack, clock = directory(BEN)
    slack.says[BEN] = {"error": "fatal_error"}
    assert people.policy(rules_of(BEN)).approver(BEN) is True
    assert people.rights(clock.at, rules_of(BEN)).approver(BEN) is None
    await people.look(rules_of(BEN), [BEN], present=BEN, since=clock.at, within=5)
    assert people.rights(clock.at, rules_of(BEN)).approver(BEN) is True
    clock.at += 60
    slack.says[BEN] = person(BEN, deleted=True)
    await people.look(rules_of(BEN), [BEN], since=clock.at, within=5)
    assert people.rights(clock.at, rules_of(BEN)).approver(BEN) is False


@pytest.mark.parametrize(
    ("told", "approver"),
    [
        ({}, None),
        ({"team_id": "T0"}, None),
        ({"name": "ben", "is_bot": False}, None),
        ({"name": "ben"}, True),
        ({"name": "ben", "deleted": True}, False),
        ({"deleted": True}, False),
        ({"deleted": False}, True),
    ],
    ids=str,
)
async def test_who_is_not_said_to_be_there_is_not_known_to_be(told: dict[str, Any], approver: object) -> None:
    """A part of a profile tells nothing of what it leaves out; one with no flag at all has none set."""
    people, slack, clock = directory(BEN)
    slack.says[BEN] = {"user": {"id": BEN, **told}}
    await people.look(rules_of(BEN), [BEN], since=clock.at, within=5)
    assert people.rights(clock.at, rules_of(BEN)).approver(BEN) is approver


async def test_a_no_that_was_heard_before_is_asked_again() -> None:
    """Whom Slack did not know an hour ago, or who was a guest, is not refused by that alone."""
    people, slack, clock = directory(BEN)
    for answer in ({"error": "user_not_found"}, person(CAT, is_restricted=True)):
        slack.says[CAT] = answer
        clock.at += 3600
        await people.meet(CAT)
        assert await people.against_asking(CAT)
        slack.says[CAT] = person(CAT)
        clock.at += 1
        assert not await people.against_asking(CAT)


async def test_what_was_told_of_ids_is_kept() -> None:
    """A later answer that leaves the organisation out takes nothing back."""
    people, slack, clock = directory("W0BEN", enterprise="E0")
    slack.says |= {
        BEN: person(BEN, enterprise_user={"id": "W0BEN"}),
        "W0BEN": person("W0BEN", enterprise_user={"id": "W0BEN"}),
    }
    await people.look(rules_of("W0BEN"), [BEN], present=BEN, since=clock.at, within=5)
    assert people.rights(clock.at, rules_of("W0BEN")).approver(BEN) is True
    slack.says[BEN] = person(BEN)
    clock.at += 60
    await people.look(rules_of("W0BEN"), [BEN], present=BEN, since=clock.at, within=5)
    assert people.rights(clock.at, rules_of("W0BEN")).approver(BEN) is True


async def test_an_organisation_that_does_not_name_somebody_leaves_them_unknown() -> None:
    """Without their id in the organisation nobody can say whom they are not."""
    people, slack, clock = directory("W0BEN", enterprise="E0")
    slack.says |= {"W0BEN": person("W0BEN", enterprise_user={"id": "W0BEN"}), CAT: person(CAT)}
    await people.look(rules_of("W0BEN"), [CAT], present=CAT, since=clock.at, within=5)
    assert people.rights(clock.at, rules_of("W0BEN")).approver(CAT) is None


async def test_looking_survives_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop that looks at the groups goes on after an error that nobody planned for."""
    from bot import running  # noqa: PLC0415 # builds everything; of this test alone

    people, _, _ = directory()
    rounds = Counter[str]()

    async def breaks() -> float:
        rounds["refresh"] += 1
        raise RuntimeError

    class Counting:
        async def recount(self) -> None:
            rounds["recount"] += 1

    pause: Callable[[float], Any] = asyncio.sleep
    monkeypatch.setattr(people, "refresh", breaks)
    monkeypatch.setattr(asyncio, "sleep", lambda _: pause(0))
    refreshing = asyncio.create_task(running._refresh(people, Counting(), 0))  # type: ignore[arg-type] # as much as is used
    while rounds["refresh"] < 3:
        await pause(0)
    assert not refreshing.done()
    assert rounds["recount"] >= 3
    refreshing.cancel()
