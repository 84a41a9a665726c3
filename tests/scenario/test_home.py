"""The Home of people who have it open: first what waits for them, and always as things stand."""

import pytest

from bot.demo import jdcloud, slack
from bot.demo.slack import User
from bot.slack.outbox import home as outbox
from tests.scenario.conftest import AMY, BEN, OPS, WEB_1, ZHANG, World

pytestmark = pytest.mark.parametrize("mode", ["http"])


def home(world: World, user: str) -> str:
    """The words on somebody's Home."""
    shown = world.slack.home(user)
    return world.slack.read(shown) if shown else ""


def published(world: World, user: str) -> int:
    """How often somebody's Home was drawn."""
    return sum(call.method == "views.publish" and call.args.get("user_id") == user for call in world.slack.calls)


async def test_it_changes_by_itself(running: World) -> None:
    """An approver sees what is asked while their Home is open, and its requester what became of it."""
    for person, user in ((running.ben, BEN), (running.amy, AMY)):
        await person.open_home()
        await running.until(lambda user=user: "Nothing waits for you." in home(running, user))  # type: ignore[misc]  # a default binds the loop's value
    card = await running.request(description="before the patch")
    await running.until(lambda: "Open its card" in home(running, BEN))
    waits = home(running, BEN)
    for words in ("@amy wants an image of `web-1` in", "before the patch", "left)", "[Approve]", "[Reject]"):
        assert words in waits
    assert waits.index("Waiting for your decision") < waits.index("@amy wants") < waits.index("Under way")
    await running.until(lambda: "[Cancel]" in home(running, AMY))
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Nothing waits for you." in home(running, BEN))
    await running.until(lambda: "Image id: `img-" in home(running, AMY))
    assert home(running, AMY).index("What became of") < home(running, AMY).index("Image id: `img-")


async def test_a_rejection_says_why_and_what_can_be_done(running: World) -> None:
    """The reason stands on the requester's Home, with the button that opens the form again."""
    card = await running.request()
    await running.amy.open_home()
    await running.ben.press("Reject", message=card)
    await running.until(lambda: running.ben.view is not None)
    await running.ben.fill("Reason", "freeze until Monday")
    assert await running.ben.submit() == {}
    await running.until(lambda: "Rejected by @ben: freeze until Monday" in home(running, AMY))
    await running.amy.close(everything=True)
    await running.amy.press("Request again", home=True)
    await running.until(lambda: "vda" in running.shown(running.amy))


async def test_nobody_else_is_drawn_anew(running: World) -> None:
    """Who has nothing to do with a request has their Home drawn once, when they open it; others not at all."""
    await running.slack.person(ZHANG).open_home()
    await running.amy.open_home()
    await running.until(lambda: published(running, AMY) == published(running, ZHANG) == 1)
    await running.request()
    await running.until(lambda: "[Cancel]" in home(running, AMY))
    assert published(running, ZHANG) == 1
    assert published(running, BEN) == 0


async def test_it_waits_for_the_language_of_whoever_opens_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long Slack takes to tell it: what is kept up to date meanwhile shows nobody a language not theirs."""
    for name in ("PAUSE", "LOOK_EVERY"):
        monkeypatch.setattr(outbox, name, 0.05)
    async with world.bot():
        world.slack.faults.add("users.info", slack.Slow(1), times=1)
        await world.slack.person(ZHANG).open_home()
        await world.until(lambda: published(world, ZHANG) > 0)
        assert "没有需要您处理的申请" in home(world, ZHANG)


async def test_before_approve_it_says_what_that_does_and_then_when_it_begins(running: World) -> None:
    """The machine goes down, not before a time: who approves on their Home reads it; then all read when it begins."""
    await running.request(instance="web-1")
    await running.form(instance="db-1", description="before the upgrade")
    await running.amy.choose("Not before", str(int(running.clock()) + 6 * 3600))
    assert await running.amy.submit() == {}
    await running.ben.open_home()
    await running.until(lambda: "wants an image of `db-1`" in home(running, BEN))
    waits = home(running, BEN)
    assert "before the upgrade\nStops `db-1`, makes the image, starts it again · not before" in waits
    await running.until(lambda: len(running.cards()) == 2)
    await running.amy.open_home()
    await running.ben.press("Approve", message=running.cards()[-1], confirm=True)
    await running.until(
        lambda: "approved, waiting\n" in home(running, AMY) and "approved, waiting\n" in home(running, BEN)
    )
    request = next(word for word in running.card().split() if word.startswith("IR-"))
    answers = [await running.amy.command("/createimage", typed, channel=OPS) for typed in ("list", f"status {request}")]
    for words in (home(running, AMY), home(running, BEN), *(answer.text for answer in answers)):
        assert "approved, waiting" in words
        assert "Approved by <@U0BEN>. Begins" in words or "Approved by @ben. Begins" in words
        assert "approved, starting" not in words


async def test_what_else_is_asked_of_the_machine_stands_there_too(running: World) -> None:
    """Whoever decides on their Home may find that one is enough."""
    await running.request()
    earlier = next(word for word in running.card().split() if word.startswith("IR-"))
    await running.request(description="once more")
    await running.ben.open_home()
    await running.until(lambda: f"{earlier} by @amy already waits for `web-1`." in home(running, BEN))


async def test_what_waits_for_its_machine_begins_by_itself(running: World) -> None:
    """A machine that somebody has started again meanwhile: it says what it waits for, and there is nothing to try."""
    card = await running.request()
    await running.amy.open_home()
    running.cloud.start(WEB_1)
    await running.until(lambda: running.cloud.instances[WEB_1].status == "running")
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "It begins when the machine is stopped" in home(running, AMY))
    assert "approved, waiting" in home(running, AMY)
    assert "try again" not in home(running, AMY)


async def test_a_doubt_waits_with_its_buttons(world: World) -> None:
    """An approver settles it on their Home; its requester reads there what is going on."""
    async with world.bot(JDCLOUD_TIMEOUT="1"):
        card = await world.request()
        world.cloud.faults.add("createImage", jdcloud.Html(503), times=2)
        await world.ben.open_home()
        await world.amy.open_home()
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: "[Give up]" in home(world, BEN))
        await world.until(lambda: "Nobody can tell whether JD Cloud made the image" in home(world, AMY))
        await world.ben.press("Give up", home=True, confirm=True)
        await world.until(lambda: "Nothing waits for you." in home(world, BEN))


async def test_what_an_approver_has_approved_waits_for_the_others(world: World) -> None:
    """Once they have, it is not their turn any more."""
    async with world.bot(REQUIRED_APPROVALS="2"):
        card = await world.request()
        await world.ben.open_home()
        await world.until(lambda: "[Approve]" in home(world, BEN))
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: "Nothing waits for you." in home(world, BEN))


async def test_one_person_by_either_of_their_ids(world: World) -> None:
    """In an organisation, what somebody asked for by one id is theirs by the other (Slack: Enterprise Grid)."""
    world.slack.users[AMY].enterprise_id = "W0AMY"
    world.slack.add_user(User(id="W0AMY", name="amy", enterprise_id="W0AMY"))
    async with world.bot():
        await world.request()
        await world.slack.person("W0AMY").open_home()
        await world.until(lambda: "[Cancel]" in home(world, "W0AMY"))


async def test_slack_that_takes_no_home_for_a_while(running: World) -> None:
    """What could not be drawn is drawn when Slack takes it."""
    await running.ben.open_home()
    await running.until(lambda: "Nothing waits for you." in home(running, BEN))
    running.slack.faults.add("views.publish", slack.RateLimited(1), times=1)
    await running.request()
    await running.until(lambda: "[Approve]" in home(running, BEN))
