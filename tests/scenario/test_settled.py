"""What asks people to do something says what came of it once that is settled elsewhere, and asks no more."""

from collections.abc import AsyncIterator

import pytest

from bot.demo import jdcloud
from bot.demo.slack import Message, RateLimited, plain_text
from tests.scenario import test_several as several
from tests.scenario import test_steps as steps
from tests.scenario.conftest import AMY, APPROVALS, BEN, OPS, WEB_1, ZHANG, Log, World, furnish_one

REFUSED = jdcloud.Refuse(400, "INVALID_ARGUMENT", "no such thing")
QUOTA = jdcloud.Refuse(429, "QUOTA_EXCEEDED", "Image quota limit exceeded")


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "http"


def notices(world: World, of: str) -> list[Message]:
    """What was told once of something, in #ops, in the thread of the approvers and to the requester."""
    cards = [message.ts for message in world.cards()]
    return [
        message
        for channel in (OPS, APPROVALS, world.slack.dm(AMY).id)
        for message in world.slack.messages(channel)
        if of in message.text and message.ts not in cards and "card." not in str(message.metadata)
    ]


def said(world: World, of: str) -> list[str]:
    """The same as words."""
    return [plain_text(message) for message in notices(world, of)]


def every(world: World, of: str, *, count: int, says: str) -> bool:
    """Whether so many say something, and none of them has a button left."""
    found = notices(world, of)
    return len(found) == count and all(says in plain_text(one) and not has_buttons(one) for one in found)


def has_buttons(message: Message) -> bool:
    """Whether it still asks for something."""
    return any(block["type"] == "actions" for block in message.blocks)


async def off(running: World) -> None:
    """A machine that is not started, of which everybody is told."""
    running.cloud.instances[WEB_1].in_stock = False
    await steps.approved(running)
    await running.until(lambda: sum("[Try again]" in one for one in said(running, "is off")) == 3, 30)


async def test_a_machine_that_runs_again(running: World) -> None:
    """Tried again on the card: the three alarms are no more, and keep what they said; nobody is told anew."""
    await off(running)
    before = {message.ts: message.text for message in notices(running, "is off")}
    running.cloud.instances[WEB_1].in_stock = True
    await running.ben.press("Try again", message=running.cards()[-1])
    await running.until(lambda: every(running, "is off", count=3, says="`web-1` runs again, "))
    for message in notices(running, "is off"):
        assert message.text.startswith(before[message.ts]), "what it said stays"
        assert "runs again" in message.text, "whoever reads no blocks hears of it too"


async def test_a_machine_that_is_left_stopped(running: World) -> None:
    """By whom, wherever it was asked."""
    await off(running)
    await running.amy.press("Leave it stopped", message=await running.own_card(), confirm=True)
    await running.until(lambda: every(running, "is off", count=3, says=f"@{AMY} said to leave `web-1` stopped, "))


async def test_a_start_that_fails_once_more(running: World) -> None:
    """Where the button was pressed it is said; all the others still ask, and in the end all of them say what came."""
    await off(running)
    pressed = notices(running, "is off")[0]
    await running.ben.press("Try again", message=pressed)
    await running.until(lambda: f"@{BEN} asked to start it again, " in said(running, "is off")[0])
    await running.until(lambda: steps.asked(running).count("startInstance") == 2)
    await running.until(lambda: "[Try again]" in running.card())
    assert ["[Try again]" in one for one in said(running, "is off")] == [False, True, True]
    running.cloud.start(WEB_1)
    await running.in_time(lambda: every(running, "is off", count=3, says="`web-1` runs again, "))
    assert f"@{BEN} asked to start it again, " in said(running, "is off")[0]


async def test_go_on_is_said_in_every_place(running_several: World) -> None:
    """Pressed in the thread, and the requester's own message asks no more."""
    running = running_several
    await several.second_fails(running)
    await running.until(lambda: sum("[Go on]" in one for one in said(running, "does not go on by itself")) == 2)
    (thread,) = [one for one in notices(running, "does not go on by itself") if one.thread_ts]
    await running.ben.press("Go on", message=thread, confirm=True)
    told = f"@{BEN} said to go on, "
    await running.until(lambda: every(running, "does not go on by itself", count=2, says=told))
    assert all(one.count("said to go on") == 1 for one in said(running, "does not go on by itself"))


async def test_end_here_is_said_in_every_place(running_several: World) -> None:
    """Pressed on the card."""
    running = running_several
    await several.second_fails(running)
    await running.until(lambda: sum("[Go on]" in one for one in said(running, "does not go on by itself")) == 2)
    await running.ben.press("End here", message=running.cards()[-1], confirm=True)
    told = f"@{BEN} ended it here, "
    await running.until(lambda: every(running, "does not go on by itself", count=2, says=told))


async def test_a_retry_is_said_where_the_failure_was(running: World) -> None:
    """A failure that was retried on the card offers no second retry, and the next one does."""
    card = await running.request()
    running.cloud.faults.add("createImage", QUOTA, times=2)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "[Retry]" in running.told(OPS))
    await running.until(lambda: "[Retry]" in running.card())
    await running.amy.press("Retry", message=running.cards()[-1])
    await running.until(lambda: len(said(running, "failed")) == 2)
    await running.until(lambda: f"Retried by @{AMY}, " in said(running, "failed")[0])
    first, second = notices(running, "failed")
    assert not has_buttons(first)
    assert "[Retry]" in plain_text(second)


@pytest.mark.parametrize(
    ("button", "says"),
    [("Give up", f"@{BEN} gave it up, "), ("Create anyway", f"@{BEN} decided to create it anyway, ")],
)
async def test_a_doubt_that_is_settled(world: World, button: str, says: str) -> None:
    """By an approver's word on the card: the thread and the requester's message say so, and ask nobody to look."""
    async with world.bot(JDCLOUD_TIMEOUT="1"):
        card = await world.request()
        world.cloud.faults.add("createImage", jdcloud.Html(503), times=2)
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: len(said(world, "nobody can tell") + said(world, "Nobody can tell")) == 2)
        await world.until(lambda: f"[{button}]" in world.card())
        await world.ben.press(button, message=world.cards()[-1], confirm=True)
        for words in ("nobody can tell", "Nobody can tell"):
            await world.until(lambda of=words: every(world, of, count=1, says=says))  # type: ignore[misc]


async def test_it_waits_for_slack_and_leaves_alone_what_is_gone(running: World, log: Log) -> None:
    """Slack wants no redraw for a while, and one of the three messages was deleted."""
    await off(running)
    thread = next(message for message in notices(running, "is off") if message.thread_ts)
    running.slack.remove(thread)
    running.slack.faults.add("chat.update", RateLimited(1), times=4)
    running.cloud.instances[WEB_1].in_stock = True
    await running.ben.press("Try again", message=running.cards()[-1])
    await running.until(lambda: every(running, "is off", count=2, says="`web-1` runs again, "), 30)
    await running.until(lambda: "message_not_found" in [line["code"] for line in log.of("notice.not_redrawn")])


@pytest.fixture
async def running_several(world: World) -> AsyncIterator[World]:
    """The bot, and three machines that run."""
    world.cloud.stop_time = world.cloud.start_time = 0.2
    for name in several.NAMES:
        furnish_one(world.cloud, f"i-{name}aaaa", name, status="running")
    async with world.bot():
        yield world


def links(message: Message) -> list[str]:
    """Where its buttons lead."""
    elements = [element for block in message.blocks for element in block.get("elements", ())]
    return [element["url"] for element in elements if "url" in element]


async def test_a_machine_that_runs_again_when_it_is_approved(running: World, log: Log) -> None:
    """Whoever asked is told at once what to do, and where; once, and when it has begun that it has."""
    card = await running.request()
    running.cloud.start(WEB_1)
    await running.ben.press("Approve", message=card, confirm=True)
    waits = "begins once this is stopped again: `web-1`"
    await running.until(lambda: len(notices(running, waits)) == 1)
    (told,) = notices(running, waits)
    assert told.channel == running.slack.dm(AMY).id
    assert "Please stop it in the JD Cloud console by " in told.text
    assert links(told) == ["https://cns-console.jdcloud.com/host/compute/list"]
    await running.until(lambda: "[Open the JD Cloud console]" in running.card())
    assert links(running.cards()[-1]) == links(told)
    await running.until(lambda: "runs_again" in [line["kind"] for line in log.of("notice.sent")])
    running.cloud.stop(WEB_1)
    await running.in_time(lambda: every(running, waits, count=1, says="`web-1` was stopped, and its image begun."))
    await running.until(lambda: "is ready" in running.told(OPS))
    assert len(notices(running, waits)) == 1


async def test_who_chose_to_stop_it_later_needs_no_message(running: World) -> None:
    """The card says until when, and has the link."""
    running.cloud.start(WEB_1)
    await running.form()
    await running.amy.choose("While the image is made", "Begin when it is stopped")
    assert await running.attempt(running.amy) == {}
    await running.until(lambda: bool(running.cards()))
    await running.ben.press("Approve", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "It begins when the machine is stopped" in running.card())
    await running.until(lambda: "[Open the JD Cloud console]" in running.card())
    running.cloud.stop(WEB_1)
    await running.in_time(lambda: "is ready" in running.told(OPS))
    assert "stopped again" not in running.told(running.slack.dm(AMY).id)


async def test_a_look_that_lasts_as_long_as_an_outage(world: World) -> None:
    """Meanwhile it can be given up, and stands among what waits for approvers."""
    async with world.bot(JDCLOUD_TIMEOUT="1"):
        card = await world.request()
        world.cloud.faults.add("createImage", jdcloud.Html(503), times=2)
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: "[Check again]" in world.card() and len(said(world, "nobody can tell")) == 1)
        world.cloud.faults.add("describeImages", jdcloud.Refuse(500, "INTERNAL", "boom"), jdcloud.ALWAYS)
        await world.ben.press("Check again", message=world.cards()[-1])
        await world.until(lambda: "[Check again]" not in world.card() and "[Give up]" in world.card())
        assert "[Give up]" not in plain_text(await world.own_card())
        await world.ben.open_home()
        await world.until(lambda: "[Give up]" in plain_text(home) if (home := world.slack.home(BEN)) else False)
        await world.ben.press("Give up", message=world.cards()[-1], confirm=True)
        await world.until(lambda: "Given up by" in world.card())
        await world.until(lambda: every(world, "nobody can tell", count=1, says=f"@{BEN} gave it up, "))


async def test_who_may_not_approve_is_not_asked_to(running: World) -> None:
    """An approver who asks: on the card and in their own message the others are named."""
    card = await running.request(running.ben)
    assert f"@{BEN}" not in plain_text(card).split("please approve or reject")[0].splitlines()[-1]
    own = plain_text(await running.own_card(BEN))
    assert "To be decided by @" in own
    assert f"@{BEN}" not in own.split("To be decided by")[1]


async def test_a_stranger_hears_who_may_retry(running: World) -> None:
    """Also whoever asked."""
    card = await running.request()
    running.cloud.faults.add("createImage", QUOTA)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "[Retry]" in running.told(OPS))
    (told,) = notices(running, "failed")
    await running.slack.person(ZHANG).press("Retry", message=told)
    await running.until(lambda: "只有申请人本人和审批人可以执行此操作" in running.ephemeral(ZHANG))
