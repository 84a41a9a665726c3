"""Those who can still decide are called in the thread of the card, rarely, and never for nothing."""

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bot.demo import slack
from bot.demo.slack import Channel, Message, Person, plain_text
from tests.scenario.conftest import ADMINS, AMY, APPROVALS, BEN, CAT, GUS, ZHANG, World, furnish_one
from tests.scenario.test_policy import DATABASES, DB_RULE, approve, cards_in, rules

pytestmark = pytest.mark.parametrize("mode", ["http"])

MINUTE, HOUR = 60.0, 3_600.0
DAY = 24 * HOUR


@pytest.fixture
def world(world: World) -> World:
    """With a database that is stopped, the channel where databases are decided about, and requests that last."""
    furnish_one(world.cloud, "i-db2aaaaaaa", "db-2")
    world.slack.add_channel(Channel(id=DATABASES, name="db-approvals", members={AMY, BEN, CAT}))
    world.environ["APPROVAL_TTL"] = "10d"
    return world


@asynccontextmanager
async def asked(world: World, instance: str = "web-1", **environ: str) -> AsyncIterator[None]:
    """The bot runs, and a request of Amy's waits for approval."""
    world.environ |= environ
    async with world.bot():
        await world.form(instance=instance)
        assert await world.attempt(world.amy) == {}
        await world.until(lambda: any(cards_in(world, channel) for channel in (APPROVALS, DATABASES)))
        await looked(world)
        yield


async def looked(world: World) -> None:
    """Waits until somebody has looked, by the clock as it is now, whether anybody is to be called."""
    path = world.environ["DATABASE_URL"].removeprefix("sqlite:///")
    async with asyncio.timeout(15):
        while True:
            with closing(sqlite3.connect(path)) as database:
                (late,) = database.execute(
                    "SELECT COUNT(*) FROM request WHERE state = 'pending' AND remind_at <= ?", [world.clock()]
                ).fetchone()
                (owed,) = database.execute("SELECT COUNT(*) FROM notice WHERE ended_at IS NULL").fetchone()
            if not late and not owed:
                return
            await asyncio.sleep(0.05)


async def after(world: World, seconds: float) -> None:
    """So much time passes, and whoever is to be called then has been."""
    world.clock.ahead += seconds
    await looked(world)


def calls(world: World, channel: str = APPROVALS) -> list[str]:
    """What stands in the threads of a channel."""
    return [plain_text(message) for message in world.slack.messages(channel) if message.thread_ts]


async def test_after_an_hour_after_four_and_daily(world: World) -> None:
    """In the thread of the card: who still can decide, who wants what, since when and until when, and a link."""
    async with asked(world):
        card = world.cards()[0]
        await after(world, 59 * MINUTE)
        assert calls(world) == []
        await after(world, 2 * MINUTE)
        (first,) = calls(world)
        assert first.startswith(f"@{BEN}, @{CAT}: IR-")  # Cat is the group
        assert "of `web-1`, waits for you. " in first
        assert f"@{AMY}" not in first, "whoever asked need not hear of it"
        assert "It has waited 1 h and expires" in first
        assert "\n" not in first
        (reminder,) = [message for message in world.slack.messages(APPROVALS) if message.thread_ts]
        assert reminder.thread_ts == card.ts
        assert f"archives/{APPROVALS}/p{card.ts.replace('.', '')}|approval card>" in str(reminder.blocks)
        for passes, told in ((2 * HOUR, 1), (1 * HOUR, 2), (23 * HOUR, 2), (1 * HOUR, 3), (24 * HOUR, 4)):
            await after(world, passes)
            assert len(calls(world)) == told
        assert "It has waited 2 days" in calls(world)[-1]


@pytest.mark.parametrize("decided", ["approved", "cancelled"])
async def test_not_after_the_decision(world: World, decided: str) -> None:
    """Nor where a reminder was owed before it, and Slack took it no sooner."""
    async with asked(world):
        own = await world.own_card()
        world.slack.faults.add("chat.postMessage", slack.RateLimited(2), channel=APPROVALS)
        world.clock.ahead += 61 * MINUTE
        await world.until(lambda: any(call.error == "ratelimited" for call in world.slack.calls))
        if decided == "approved":
            await approve(world.ben, world.cards()[0])
        else:
            assert (await world.amy.press("Cancel", message=own, confirm=True)).status == 200
        await world.until(lambda: decided in world.card().lower())
        await after(world, 5 * HOUR)
    assert calls(world) == []


async def test_who_has_approved_is_not_called(world: World) -> None:
    """Of two who must approve, the other one."""
    async with asked(world, REQUIRED_APPROVALS="2"):
        await approve(world.ben, world.cards()[0])
        await after(world, 61 * MINUTE)
        (call,) = calls(world)
    assert call.startswith(f"@{CAT}: ")


async def test_a_large_group_is_called_by_its_name(world: World) -> None:
    """Until one or two are left of it, who are called by theirs."""
    world.slack.usergroups[ADMINS].users = [CAT, ZHANG, GUS]
    async with asked(world, REQUIRED_APPROVALS="3", APPROVERS=ADMINS):
        await after(world, 61 * MINUTE)
        assert calls(world)[-1].startswith(f"@{ADMINS}: ")
        await approve(world.cat, world.cards()[0])
        await after(world, 3 * HOUR)
        assert calls(world)[-1].startswith(f"@{GUS}, @{ZHANG}: ")


def opening(world: World, hours: int) -> str:
    """Times of a day that begin so many whole hours from now, and last for two."""
    begin = datetime.fromtimestamp(world.clock(), UTC) + timedelta(hours=hours)
    return f'{{ times = ["{begin:%H}:00-{begin + timedelta(hours=2):%H}:00"], zone = "UTC" }}'


async def test_not_out_of_hours(world: World) -> None:
    """What falls due before they open waits until they do, and is one reminder."""
    rules(world, f"{DB_RULE}remind_hours = {opening(world, 6)}")
    async with asked(world, "db-2"):
        await after(world, 4.5 * HOUR)
        assert calls(world, DATABASES) == []
        await after(world, 1.6 * HOUR)
        assert len(calls(world, DATABASES)) == 1


async def test_the_next_group_is_asked_too(world: World) -> None:
    """They are told once, the card names them, the audit has it, and what they say counts."""
    rules(world, f'{DB_RULE}escalate_after = "2h"\nescalate_to = ["{BEN}"]\nremind_after = []')
    async with asked(world, "db-2"):
        card = cards_in(world, DATABASES)[0]
        assert f"@{BEN}" not in plain_text(card)
        await after(world, 2 * HOUR)
        (call,) = calls(world, DATABASES)
        assert call.startswith(f"@{BEN}: you can decide too now. IR-")
        assert "of `db-2`, has waited" in call
        await world.until(lambda: f"@{BEN}" in plain_text(cards_in(world, DATABASES)[0]))
        await after(world, 9 * HOUR)
        assert len(calls(world, DATABASES)) == 1
        with closing(sqlite3.connect(world.environ["DATABASE_URL"].removeprefix("sqlite:///"))) as database:
            events = database.execute("SELECT detail FROM event WHERE kind = 'escalate'").fetchall()
        assert [json.loads(detail) for (detail,) in events] == [{"rule": "databases", "asked": f'["{BEN}"]'}]
        await approve(world.ben, card)
        await world.until(lambda: world.created() == 1)


async def test_who_is_asked_too_is_reminded_like_the_others(world: World) -> None:
    """But not in the same breath."""
    rules(world, f'{DB_RULE}escalate_after = "1h"\nescalate_to = ["{BEN}"]')
    async with asked(world, "db-2"):
        await after(world, 61 * MINUTE)
        assert [call.split(": ")[0] for call in calls(world, DATABASES)] == [f"@{BEN}", f"@{CAT}"]
        await after(world, 3 * HOUR)
        assert [call.split(": ")[0] for call in calls(world, DATABASES)[2:]] == [f"@{CAT}, @{BEN}"]


async def test_each_rule_reminds_its_own_in_its_channel(world: World) -> None:
    """At its own times, and no more once it has all that it wants."""
    rules(world, f'{DB_RULE}remind_after = ["2h"]')
    async with world.bot(APPROVERS=BEN):
        await world.form(instance="db-2")
        await world.amy.choose("Instances", "web-1")
        await world.until(lambda: world.shown(world.amy).count("[Disks and name]") == 2)
        assert await world.attempt(world.amy) == {}
        await world.until(lambda: bool(cards_in(world, DATABASES) and cards_in(world, APPROVALS)))
        await after(world, 61 * MINUTE)
        assert (len(calls(world)), len(calls(world, DATABASES))) == (1, 0)
        assert calls(world)[0].startswith(f"@{BEN}: IR-")
        assert "images of 2 machines (`db-2`, `web-1`), waits for you." in calls(world)[0]
        await after(world, HOUR)
        assert (len(calls(world)), len(calls(world, DATABASES))) == (1, 1)
        assert calls(world, DATABASES)[0].startswith(f"@{CAT}: ")
        await approve(world.ben, cards_in(world, APPROVALS)[0])
        await after(world, 40 * HOUR)
        assert (len(calls(world)), len(calls(world, DATABASES))) == (1, 2)


async def nudge(person: Person, card: Message) -> None:
    """Presses the button."""
    assert (await person.press("Nudge", message=card)).status == 200


async def test_a_nudge(world: World) -> None:
    """Calls the same people now, at most once in a quarter of an hour, and puts off the next reminder."""
    async with asked(world):
        own = await world.own_card()
        await after(world, 30 * MINUTE)
        await nudge(world.amy, own)
        await world.until(lambda: len(calls(world)) == 1)
        assert calls(world)[0].startswith(f"@{BEN}, @{CAT}: please decide. IR-")
        assert "of `web-1`, has waited" in calls(world)[0]
        await world.until(lambda: "Nudged " in plain_text(own_cards(world)[0]))
        assert re.search(f"Nudged .*: @{BEN}, @{CAT}", plain_text(own_cards(world)[0]))
        assert "Nudged" not in world.card()
        await after(world, 3 * MINUTE)
        await nudge(world.amy, own)
        await world.until(lambda: "was nudged 3 min ago. You can nudge again from" in world.ephemeral(AMY))
        await after(world, 31 * MINUTE)  # a reminder would have been due
        assert len(calls(world)) == 1
        await nudge(world.amy, own)
        await world.until(lambda: len(calls(world)) == 2)
        await after(world, 2.9 * HOUR)
        assert len(calls(world)) == 2
        await after(world, 0.2 * HOUR)
        assert len(calls(world)) == 3
        assert "please decide" not in calls(world)[-1]


def own_cards(world: World) -> list[Message]:
    """Amy's."""
    return world.slack.messages(world.slack.dm(AMY).id)


async def test_a_nudge_is_the_requesters_own_and_for_what_waits(world: World) -> None:
    """Nobody else's, whoever has got hold of the button; and not after the decision."""
    async with asked(world):
        own = await world.own_card()
        await nudge(world.ben, own)
        await world.until(lambda: "Only the person who asked for it can do this." in world.told(world.slack.dm(BEN).id))
        await approve(world.ben, world.cards()[0])
        await world.until(lambda: world.created() == 1)
        await nudge(world.amy, own)
        await world.until(lambda: "is already" in world.ephemeral(AMY))
    assert calls(world) == []


async def test_nobody_is_left_to_be_nudged(world: World) -> None:
    """The only approver has approved, and Slack does not say yet whether that counts: nobody is called for it."""
    async with asked(world, APPROVERS=ADMINS):
        world.slack.faults.add("usergroups.users.list", slack.ServerError(503), times=slack.ALWAYS)
        await approve(world.cat, world.cards()[0])
        await nudge(world.amy, await world.own_card())
        await world.until(lambda: "There is nobody to nudge" in world.ephemeral(AMY))
        await after(world, 2 * HOUR)
    assert calls(world) == []


async def test_switched_off(world: World) -> None:
    """With nothing in `REMIND_AFTER` nobody is reminded; a nudge still calls."""
    async with asked(world, REMIND_AFTER=""):
        await after(world, 3 * DAY)
        assert calls(world) == []
        await nudge(world.amy, await world.own_card())
        await world.until(lambda: len(calls(world)) == 1)


async def test_two_processes_remind_once(world: World) -> None:
    """Whoever is second finds it done."""
    async with asked(world), world.bot(serve=False):
        for passes, told in ((61 * MINUTE, 1), (3 * HOUR, 2), (DAY, 3)):
            await after(world, passes)
            assert len(calls(world)) == told


async def test_down_in_between(world: World) -> None:
    """What came due meanwhile is one reminder."""
    async with asked(world):
        pass
    world.clock.ahead += 30 * HOUR
    async with world.bot():
        await looked(world)
        assert len(calls(world)) == 1
        assert "It has waited 30 h" in calls(world)[0]


def tried(world: World, before: int) -> bool:
    """Whether Slack was asked anything since so many calls."""
    return len(world.slack.calls) > before


async def test_slack_away_in_between(world: World) -> None:
    """Nor do those pile up that Slack did not take."""
    async with asked(world):
        world.slack.faults.add("chat.postMessage", slack.ServerError(503), times=slack.ALWAYS, channel=APPROVALS)
        for _ in range(3):
            before = len(world.slack.calls)
            world.clock.ahead += 5 * HOUR
            await world.until(partial(tried, world, before))
        world.slack.faults.clear()
        await world.in_time(lambda: len(calls(world)) == 1, step=MINUTE)  # pauses grow while it is away
        await looked(world)
        assert len(calls(world)) == 1
