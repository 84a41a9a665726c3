"""A freeze: nothing new begins, and everybody sees so and until when; what is owed is still done."""

import re
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.demo import jdcloud
from bot.demo.slack import ALWAYS, Answer, Error, Person
from tests.scenario.conftest import ADMINS, AMY, APPROVALS, BEN, CAT, ELSEWHERE, OPS, Log, World

pytestmark = pytest.mark.parametrize("mode", ["http"])

GROUP = "usergroups.users.list"

POLICY = """
[[rule]]
name = "databases"
match = {{ names = ["db-*"] }}
channel = "{channel}"
approvers = ["{cat}"]
"""


@pytest.fixture
def policy(world: World, tmp_path: Path) -> World:
    """Databases are Cat's, all else is Ben's."""
    file = tmp_path / "policy.toml"
    file.write_text(POLICY.format(channel=OPS, cat=CAT), encoding="utf-8")
    world.environ |= {"POLICY_FILE": str(file), "APPROVERS": BEN}
    return world


async def typed(person: Person, text: str, channel: str = ELSEWHERE) -> Answer:
    """A command, in a channel that no card goes to."""
    return await person.command("/createimage", text, channel=channel)


async def approved(world: World, person: Person | None = None, instance: str = "web-1") -> None:
    """A request with its approval."""
    card = await world.request(instance=instance)
    await (person or world.ben).press("Approve", message=card, confirm=True)


async def test_nothing_begins_until_it_is_ended(running: World) -> None:
    """A request can be made and approved meanwhile; form and card say what it waits for, and it begins at once then."""
    said = await typed(running.ben, "freeze 4h release week, don't ask")
    assert "has frozen everything until" in said.text
    assert "release week, don't ask" in said.text
    assert said.response_type == "in_channel"
    await running.until(lambda: "has frozen everything" in running.told(APPROVALS))
    await running.form()
    assert running.shown(running.amy).startswith("Create image\n🧊 Frozen until")
    card = await running.request()
    assert "it begins afterwards" in running.card()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Nothing begins until" in running.card())
    assert running.created() == 0
    assert "release week" in (await typed(running.amy, "list")).text
    assert "It holds for everything." in (await typed(running.amy, "freeze")).text
    assert "freeze of everything" in (await typed(running.cat, "unfreeze")).text
    await running.until(lambda: running.created() == 1)
    await running.until(lambda: "frozen" not in running.card().casefold())
    await running.until(lambda: "freeze of everything" in running.told(APPROVALS))
    assert running.told(APPROVALS).count("has frozen everything") == 1
    assert (await typed(running.amy, "freeze")).text.startswith("Nothing is frozen")


async def test_only_approvers_freeze(running: World) -> None:
    """Nobody else, be it begun or ended; and what is not understood freezes nothing."""
    for text in ("freeze 4h", "unfreeze"):
        await typed(running.amy, text)
        assert "You are not among the approvers." in running.ephemeral(AMY)
    for text in ("freeze everything", "freeze 32d", "freeze until 25:00", "freeze 10"):
        said = await typed(running.ben, text)
        assert "nothing was frozen" in said.text
        assert "/createimage freeze 4h release week" in said.text
        assert said.response_type != "in_channel"
    assert (await typed(running.ben, "freeze")).text.startswith("Nothing is frozen")
    assert "/createimage freeze 4h" in (await typed(running.ben, "freez 4h")).text
    assert "frozen" not in running.told(APPROVALS)


async def test_it_runs_out(running: World) -> None:
    """By time alone, and the approval is as good as ever by then."""
    await typed(running.ben, "freeze 30d")
    await approved(running)
    await running.until(lambda: "Nothing begins until" in running.card())
    running.clock.ahead += 29.9 * 86_400
    await running.in_time(lambda: running.created() == 1, step=3_000)
    await running.until(lambda: "ready" in running.card().casefold())


async def test_no_card_says_so_once_it_has_run_out(running: World, log: Log) -> None:
    """Nor does that of somebody whose request still waits for approval, on which nothing else has changed."""
    await typed(running.ben, "freeze 30m")
    await running.request()
    own = running.slack.dm(AMY).id
    await running.until(lambda: any(line["kind"] == "requester" for line in log.of("card.posted")))
    assert "Frozen until" in running.told(own)
    await running.in_time(lambda: "Frozen until" not in running.told(own), step=1_801)


async def test_it_outlives_a_restart_and_holds_for_every_process(world: World) -> None:
    """It is kept in the database: another process that serves, and one that works, go by it."""
    async with world.bot():
        await typed(world.ben, "freeze 4h")
    async with world.bot(work=False), world.bot(serve=False), world.bot(serve=False):
        await approved(world)
        await world.until(lambda: "Nothing begins until" in world.card())
        assert world.created() == 0
        await typed(world.ben, "unfreeze")
        await world.until(lambda: world.created() == 1)


async def test_in_the_middle_of_a_job(running: World) -> None:
    """A machine that the bot has stopped gets no image, and is started again."""
    running.cloud.faults.add("stopInstance", jdcloud.Slow(1.0))
    card = await running.request(instance="db-1")
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: running.called("stopInstance") > 0)
    await typed(running.ben, "freeze 4h")
    await running.until(lambda: "image: failed" in running.told(APPROVALS))
    await running.until(lambda: "running again" in running.told(APPROVALS))
    assert "No image was begun any more" in running.told(APPROVALS)
    assert running.created() == 0
    assert running.cloud.instances["i-db1aaaaaaa"].status == "running"
    assert running.called("startInstance") > 0


async def test_each_freezes_what_they_decide_about(policy: World) -> None:
    """The other rule's machines go on; who may end a freeze is named to who may not."""
    policy.cloud.instances["i-db1aaaaaaa"].status = "stopped"
    async with policy.bot():
        said = await typed(policy.cat, "freeze 4h migration")
        assert "has frozen databases until" in said.text
        await policy.until(lambda: "has frozen databases" in policy.told(OPS))
        assert "frozen" not in policy.told(APPROVALS)
        await approved(policy)
        await policy.until(lambda: policy.created() == 1)
        kept = await typed(policy.ben, "unfreeze")
        assert "Still frozen until" in kept.text
        assert "@cat can end it" in kept.text
        await policy.form(instance="db-1")
        await policy.until(lambda: "Frozen until" in policy.shown(policy.amy))
        assert await policy.amy.submit() == {}
        await policy.until(lambda: "db-1" in policy.told(OPS))
        (card,) = [one for one in policy.slack.messages(OPS) if "db-1" in one.text and "wants" in one.text]
        await policy.cat.press("Approve", message=card, confirm=True)
        await policy.until(lambda: "Nothing begins until" in policy.told(OPS))
        assert policy.created() == 1
        await typed(policy.cat, "unfreeze")
        await policy.until(lambda: policy.created() == 2)


async def test_what_another_still_freezes_is_not_said_to_begin(policy: World) -> None:
    """Neither to who ends their own, nor to the channel, which reads who holds it up; once that ends, it begins."""
    async with policy.bot(APPROVERS=f"{BEN},{CAT}"):
        assert "Nothing new begins there until then" in (await typed(policy.ben, "freeze 2h")).text
        await typed(policy.cat, "freeze 4h migration")
        await approved(policy)
        answer = (await typed(policy.ben, "unfreeze")).text
        assert "@ben has ended the freeze of the other machines." in answer
        await policy.until(lambda: "has ended the freeze" in policy.told(APPROVALS))
        for said in (answer, policy.told(APPROVALS)):
            assert "begins now" not in said
            assert re.search(r"Still frozen until .* by @(cat|U0CAT): everything\.", said)
        assert policy.created() == 0
        assert "begins now" in (await typed(policy.cat, "unfreeze")).text
        await policy.until(lambda: policy.created() == 1)


@pytest.fixture
def half_told(policy: World) -> World:
    """Ben decides about all else by name and, for all that Slack tells, perhaps about databases by a group."""
    file = Path(policy.environ["POLICY_FILE"])
    file.write_text(POLICY.format(channel=OPS, cat=ADMINS), encoding="utf-8")
    policy.slack.usergroups[ADMINS].users = [BEN, CAT]
    return policy


async def test_what_slack_does_not_tell_of_is_said_not_to_be_frozen(half_told: World) -> None:
    """The rest is, at once; and the same words again freeze all of it as soon as Slack tells."""
    async with half_told.bot():
        half_told.slack.faults.add(GROUP, Error("fatal_error"), ALWAYS)
        said = (await typed(half_told.ben, "freeze 4h release")).text
        assert "has frozen the other machines until" in said
        assert "Slack has not told in time whether @ben decides about databases too: that is not frozen" in said
        half_told.slack.faults.clear()
        half_told.clock.ahead += 60
        said = (await typed(half_told.ben, "freeze 4h release")).text
        assert "has frozen everything until" in said
        assert "not told" not in said


async def test_whether_a_freeze_is_theirs_to_end_may_not_be_known(half_told: World) -> None:
    """Then it is not said to be others', and the same words again end it."""
    async with half_told.bot():
        await typed(half_told.cat, "freeze 4h migration")
        half_told.slack.faults.add(GROUP, Error("fatal_error"), ALWAYS)
        said = (await typed(half_told.ben, "unfreeze")).text
        assert "Slack has not told in time whether @ben may end it" in said
        assert "can end it" not in said
        half_told.slack.faults.clear()
        half_told.clock.ahead += 60
        assert "has ended" in (await typed(half_told.ben, "unfreeze")).text


async def test_a_freeze_is_shown_also_while_slack_does_not_tell_whom_it_concerns(half_told: World) -> None:
    """It may be theirs."""
    async with half_told.bot():
        half_told.slack.faults.add(GROUP, Error("fatal_error"), ALWAYS)
        await typed(half_told.ben, "freeze 4h")
    async with half_told.bot(APPROVERS=ADMINS, REQUESTERS=ADMINS):
        assert "Frozen until" in (await typed(half_told.amy, "list")).text


async def test_until_a_time_of_the_day_on_which_clocks_are_put_back(world: World) -> None:
    """It ends when the clock on the wall shows it, and not an hour before."""
    zone = ZoneInfo("Europe/Berlin")
    today = datetime.fromtimestamp(world.clock(), UTC).date()
    noons = [datetime.combine(today + timedelta(days=ahead), time(12), zone) for ahead in range(1, 400)]
    before = next(noon for noon, after in pairwise(noons) if after.timestamp() - noon.timestamp() == 25 * 3_600)
    world.slack.users[BEN].tz, world.slack.users[BEN].tz_offset = zone.key, 7_200
    world.clock.ahead = before.timestamp() - world.clock()
    async with world.bot():
        said = (await typed(world.ben, "freeze until 8:00")).text
    assert f"until {before + timedelta(days=1):%Y-%m-%d} 07:00 UTC" in said
