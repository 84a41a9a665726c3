"""Emergencies: begun by those alone whom the rules name, told to whom they pass over, and reviewed afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo import jdcloud
from bot.demo.slack import Channel, Message, Person, User, Usergroup, plain_text
from tests.scenario.conftest import ADMINS, AMY, APPROVALS, BEN, CAT, OPS, World

DAN, EVE, ONCALL = "U0DAN", "U0EVE", "S0ONCALL"
BUTTON = "Begin now (emergency)"
DB_APPROVALS = "C0DBAPPR"
WHY = "web-1 is losing its disk <!channel>"
RULES = f"""
[[rule]]
name = "web"
match = {{ names = ["web-*"] }}
channel = "{APPROVALS}"
approvers = ["{BEN}", "{ADMINS}"]
emergency = ["{ONCALL}", "{CAT}"]
hours = {{ times = ["HOURS"], zone = "UTC" }}

[[rule]]
name = "db"
match = {{ names = ["db-*"] }}
channel = "{DB_APPROVALS}"
approvers = ["{EVE}"]
emergency = ["{DAN}", "{AMY}"]
"""
NEVER_NOW = {"HOURS": "mon 00:00-00:01"}
"""Hours that are over, but for a minute a week."""

pytestmark = pytest.mark.parametrize("mode", ["http"])


@pytest.fixture
async def ruled(world: World, tmp_path: Path) -> AsyncIterator[World]:
    """The world under these rules, which let nothing begin now."""
    for user, name in ((DAN, "dan"), (EVE, "eve")):
        world.slack.add_user(User(id=user, name=name))
        for channel in (APPROVALS, OPS):
            world.slack.channels[channel].members.add(user)
    world.slack.add_usergroup(Usergroup(id=ONCALL, handle="oncall", users=[DAN]))
    world.slack.add_channel(Channel(id=DB_APPROVALS, name="db-approvals", members={BEN, EVE, AMY, DAN}))
    file = tmp_path / "policy.toml"
    file.write_text(RULES.replace("HOURS", NEVER_NOW["HOURS"]), encoding="utf-8")
    world.environ["POLICY_FILE"] = str(file)
    async with world.bot():
        yield world


def dan(world: World) -> Person:
    """Who may begin before anybody has approved."""
    return world.slack.person(DAN)


async def begin(world: World, who: Person, card: Message, why: str = WHY) -> dict[str, str]:
    """Somebody begins it."""
    await who.press(BUTTON, message=card)
    await world.until(lambda: who.view is not None and "begins at once" in world.shown(who))
    await who.fill("Why can it not wait?", why)
    return await who.submit()


def thread(world: World, channel: str = APPROVALS) -> list[str]:
    """What is said below the cards."""
    return [message.text for message in world.slack.messages(channel) if message.thread_ts]


async def test_an_emergency_begins_at_once_and_is_reviewed(ruled: World) -> None:
    """Without an approval, out of hours; told to those who were passed over; first on the card until it is reviewed."""
    card = await ruled.request()
    assert await begin(ruled, dan(ruled), card) == {}
    await ruled.until(lambda: ruled.created() == 1 and "is ready" in ruled.card())
    shown = ruled.cards()[-1].text.splitlines()
    assert f"⚠️ Begun by <@{DAN}> without an approval" in shown[0]
    assert plain_text(ruled.cards()[-1]).startswith(f"⚠️ *Begun by @{DAN} without an approval")
    assert shown[1:3] == ["web-1 is losing its disk &lt;!channel&gt;", "Review owed."]
    assert "Approved by" not in ruled.card()
    await ruled.until(lambda: len(thread(ruled)) == 1 and "is ready" in ruled.told(OPS))
    assert thread(ruled)[0].startswith(f"<@{BEN}>, <!subteam^{ADMINS}>: <@{DAN}> has begun")
    assert f"<@{DAN}> without an approval.\n*Review owed.*" in ruled.slack.messages(OPS)[-1].text
    await ruled.ben.press("Reviewed", message=ruled.cards()[-1])
    await ruled.until(lambda: f"Reviewed by @{BEN}" in ruled.card())
    assert "Review owed" not in ruled.card()
    own = await ruled.own_card()
    await ruled.until(lambda: "Reviewed by" in ruled.told(own.channel) and "Review owed" not in ruled.told(own.channel))


async def test_an_emergency_passes_hours_and_a_freeze(ruled: World) -> None:
    """Until it is begun the card says what it waits for, and nothing of that from then on; a freeze that comes while
    the machine is down stops it no more.
    """
    machine = ruled.cloud.instances["i-web1aaaaaa"]
    machine.status = "running"
    await ruled.ben.command("/createimage", "freeze 4h release week", channel=OPS)
    card = await ruled.request()

    def shown() -> str:
        return plain_text(next(one for one in ruled.cards() if one.ts == card.ts))

    await ruled.until(lambda: "release week" in shown() and "it begins afterwards" in shown())
    ruled.cloud.faults.add("stopInstance", jdcloud.Hang())
    assert await begin(ruled, dan(ruled), card) == {}
    await ruled.until(lambda: "stopping the machine" in shown() and machine.status == "stopping")
    assert "rozen" not in shown()
    await ruled.ben.command("/createimage", "freeze 7d", channel=OPS)
    ruled.cloud.stop(machine.id)
    await ruled.until(lambda: "is ready" in shown())
    assert "rozen" not in shown()
    assert (ruled.created(), machine.status) == (1, "running")


async def test_only_who_is_named_begins(ruled: World) -> None:
    """Anybody else is told who may; the button stands on both cards."""
    card = await ruled.request()
    await ruled.ben.press(BUTTON, message=card)
    await ruled.until(lambda: "not among the people who may begin" in ruled.ephemeral(BEN))
    assert f"Who may: <!subteam^{ONCALL}>, <@{CAT}>." in ruled.slack.ephemerals(BEN)[-1].text
    await ruled.amy.press(BUTTON, message=await ruled.own_card())
    await ruled.until(lambda: f"@{CAT}" in ruled.ephemeral(AMY))
    await dan(ruled).press(BUTTON, message=card)
    await ruled.until(lambda: dan(ruled).view is not None)
    await dan(ruled).fill("Why can it not wait?", WHY)
    ruled.slack.usergroups[ONCALL].users = []  # while he types
    problems = await dan(ruled).submit()
    assert "not among the people who may begin" in problems["Why can it not wait?"]
    assert ruled.created() == 0


async def test_a_reason_is_needed_and_sent_once(ruled: World) -> None:
    """One of spaces is none; a form that is sent again begins nothing again."""
    card = await ruled.request()
    problems = await begin(ruled, dan(ruled), card, why=" \n ")
    assert problems["Why can it not wait?"] == "Say why it cannot wait for an approval."
    await dan(ruled).fill("Why can it not wait?", WHY)
    assert await dan(ruled).submit() == {}
    await ruled.until(lambda: "is ready" in ruled.card() and len(thread(ruled)) == 1)
    await dan(ruled).press(BUTTON, message=card)
    await ruled.until(lambda: "is already" in ruled.ephemeral(DAN))
    assert ruled.created() == 1


async def test_without_a_rule_there_is_no_button(world: World) -> None:
    """Nobody may, unless a rule says so."""
    async with world.bot():
        card = await world.request()
        own = await world.own_card()
        assert BUTTON not in str(card.blocks) + str(own.blocks)


async def test_each_of_several_rules_must_name_them(ruled: World) -> None:
    """Dan is named by both; Cat and Amy by one each. Each card's approvers hear of it below their own card."""
    await ruled.form(instance="web-1")
    await ruled.amy.choose("Instances", "db-1")
    await ruled.until(lambda: ruled.shown(ruled.amy).count("[Disks and name]") == 2)
    assert await ruled.amy.submit() == {}
    await ruled.until(lambda: bool(ruled.cards()))
    await ruled.cat.press(BUTTON, message=ruled.cards()[-1])
    await ruled.until(lambda: f"Who may: @{DAN}." in ruled.ephemeral(CAT))
    assert await begin(ruled, dan(ruled), ruled.cards()[-1]) == {}
    await ruled.until(lambda: bool(thread(ruled)) and bool(thread(ruled, DB_APPROVALS)))
    assert thread(ruled)[0].startswith(f"<@{BEN}>, <!subteam^{ADMINS}>:")
    assert thread(ruled, DB_APPROVALS)[0].startswith(f"<@{EVE}>:")


async def test_who_may_not_review(ruled: World) -> None:
    """Neither who began it, nor who asked for it, nor who is no approver; nobody twice."""
    card = await ruled.request()
    assert await begin(ruled, ruled.cat, card) == {}
    await ruled.until(lambda: "is ready" in ruled.card())
    owed = ruled.cards()[-1]
    await ruled.cat.press("Reviewed", message=owed)
    await ruled.until(lambda: "You began it yourself" in ruled.ephemeral(CAT))
    await dan(ruled).press("Reviewed", message=owed)
    await ruled.until(lambda: "not among the approvers" in ruled.ephemeral(DAN))
    assert "Review owed." in ruled.card()
    await ruled.ben.press("Reviewed", message=owed)
    await ruled.until(lambda: f"Reviewed by @{BEN}" in ruled.card())
    await ruled.ben.press("Reviewed", message=owed)
    await ruled.until(lambda: "Nobody has to review" in ruled.ephemeral(BEN))


async def test_a_review_is_asked_for_daily(ruled: World) -> None:
    """Once a day in the thread, and on the Home of who may do it, until it is done."""
    card = await ruled.request()
    assert await begin(ruled, dan(ruled), card) == {}
    await ruled.until(lambda: "is ready" in ruled.card() and len(thread(ruled)) == 1)
    for day in (1, 2):
        ruled.clock.ahead += 86_400
        await ruled.until(lambda day=day: len(thread(ruled)) == 1 + day)  # type: ignore[misc]
        assert "nobody has reviewed" in thread(ruled)[-1]
    await ruled.ben.open_home()
    await ruled.until(lambda: ruled.slack.home(BEN) is not None and "Review owed" in str(ruled.slack.home(BEN)))
    await ruled.ben.press("Reviewed", home=True)
    await ruled.until(lambda: f"Reviewed by @{BEN}" in ruled.card())
    await ruled.until(lambda: "Review owed" not in str(ruled.slack.home(BEN)))
    ruled.clock.ahead += 86_400
    await ruled.request()  # time enough for whatever else would come
    assert len(thread(ruled)) == 3


async def test_it_is_asked_again_and_not_retried(ruled: World) -> None:
    """The plan was never approved: no *Retry* after it has failed, and the review stays owed."""
    card = await ruled.request()
    del ruled.cloud.instances["i-web1aaaaaa"]
    assert await begin(ruled, dan(ruled), card) == {}
    await ruled.until(lambda: "failed" in ruled.card())
    shown = str(ruled.cards()[-1].blocks)
    assert "'Request again'" in shown
    assert "'Retry'" not in shown
    assert "'Reviewed'" in shown


async def test_an_emergency_outlives_a_crash(ruled: World, tmp_path: Path) -> None:
    """What is owed is told once by whoever works next."""
    world = ruled
    async with world.bot(work=False, DATABASE_URL=f"sqlite:///{tmp_path}/other.db"):
        async with world.bot(serve=False, DATABASE_URL=f"sqlite:///{tmp_path}/other.db"):
            card = await world.request()
        assert await begin(world, dan(world), card) == {}
    assert world.created() == 0
    async with world.bot(DATABASE_URL=f"sqlite:///{tmp_path}/other.db"):
        await world.until(lambda: "is ready" in world.card() and len(thread(world)) == 1)
    assert world.created() == 1
