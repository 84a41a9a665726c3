"""Bad luck: upstreams that are slow, silent or broken, and people who are faster than they are."""

import asyncio
from typing import Any

import pytest

from bot.demo import jdcloud, slack
from bot.domain.delivery import DOUBT
from tests.scenario.conftest import AMY, OPS, Log, World


async def test_answer_lost(running: World) -> None:
    """An image whose answer was lost is found again by its mark; nothing is made twice."""
    card = await running.request()
    running.cloud.faults.add("createImage", jdcloud.LoseAnswer())
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS))
    assert running.created() == 1
    assert len(running.cloud.images) == 1


@pytest.mark.parametrize("fault", [jdcloud.Drop(), jdcloud.Html(502), jdcloud.Refuse(500, "INTERNAL", "oops")])
async def test_call_that_came_to_nothing(running: World, fault: jdcloud.Drop | jdcloud.Html | jdcloud.Refuse) -> None:
    """After a doubtful call that left no trace, the call is made once more."""
    card = await running.request()
    running.cloud.faults.add("createImage", fault)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS))
    assert len(running.cloud.images) == 1


async def test_still_in_doubt(running: World) -> None:
    """After two doubtful calls a person decides; checking again finds what has appeared meanwhile."""
    card = await running.request()
    running.cloud.faults.add("createImage", jdcloud.Html(503), times=2)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Check again" in running.card())
    assert "Give up" in running.card()
    await running.ben.press("Create anyway", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "img-" in running.told(OPS))
    assert len(running.cloud.images) == 1


async def test_the_clock_goes_back(running: World) -> None:
    """By an hour, while an image is being made: it is looked at as often as before, and announced."""
    running.clock.ahead = 7200
    running.cloud.build_time = 3600
    card = await running.request()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.card())
    (image,) = running.cloud.images.values()
    running.clock.ahead -= 3600
    image.ready_at = 0.0
    await running.until(lambda: image.id in running.told(OPS))


async def test_give_up(running: World) -> None:
    """Giving up ends the request and says by whom."""
    card = await running.request()
    running.cloud.faults.add("createImage", jdcloud.Drop(), times=2)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Give up" in running.card())
    await running.ben.press("Give up", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "failed" in running.card().lower())
    assert "Retry" not in running.card()


@pytest.mark.parametrize(
    "fault",
    [
        jdcloud.Refuse(429, "RATE_LIMIT", "too many requests"),
        jdcloud.Refuse(400, "FAILED_PRECONDITION", "Conflict with underlay task xx"),
        jdcloud.Refuse(400, "FAILED_PRECONDITION", "Disk 'vol-web-1-b' busy in 'backup'"),
    ],
)
async def test_refusal_that_passes(running: World, fault: jdcloud.Refuse) -> None:
    """What is refused for the moment is tried again by itself."""
    card = await running.request()
    running.cloud.faults.add("createImage", fault)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.in_time(lambda: "img-" in running.told(OPS), step=3)
    assert len(running.cloud.images) == 1


async def test_image_breaks(running: World) -> None:
    """Only the cloud's own error fails an image; the requester is told, and may ask again."""
    card = await running.request()
    running.cloud.faults.add("createImage", jdcloud.ImageBreaks())
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "failed" in running.card().lower())
    assert "img-" in running.card()
    assert "Request again" in running.card()
    assert "Retry" not in running.card()


async def test_cloud_is_silent_while_it_builds(running: World) -> None:
    """A look that fails changes nothing: the watch goes on."""
    card = await running.request()
    running.cloud.faults.add("describeImages", jdcloud.Refuse(503, "UNAVAILABLE", "later"), times=4)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS), seconds=20)


async def test_slow_cloud_does_not_hold_the_form(running: World) -> None:
    """However slow JD Cloud is, the options come in time; an option that says so cannot be chosen by mistake."""
    running.cloud.faults.add("describeInstances", jdcloud.Slow(4), times=4)
    await running.amy.command("/createimage", "", channel=OPS)
    await running.until(lambda: running.amy.view is not None)
    options = await running.amy.search("Instances", "web")
    assert all("does not answer" in option.text for option in options)
    assert running.slack.failures == []
    await running.amy.choose("Instances", options[0].text)
    await running.amy.fill("Name", "some-name")
    await running.amy.fill("Description", "x")
    assert set(await running.attempt(running.amy)) == {"Instances"}


async def test_form_closed_while_it_loads(running: World) -> None:
    """A form that is closed while its disks load troubles nobody; the next one works."""
    running.cloud.faults.add("describeInstances", jdcloud.Slow(0.3), times=2)
    await running.amy.command("/createimage", "i-web1aaaaaa", channel=OPS)
    await running.until(lambda: running.amy.view is not None)
    await running.amy.close()
    card = await running.request()
    assert card
    assert running.slack.failures == []


async def test_form_closed_while_it_is_checked(running: World) -> None:
    """What the check found reaches the person by direct message when the form is gone."""
    await running.form(instance="busy-1")
    running.cloud.faults.add("describeInstance", jdcloud.Slow(0.3))
    await running.amy.submit()
    await running.amy.close()
    await running.until(lambda: "stopping" in running.told(running.slack.dm(AMY).id))


async def test_expired_trigger(running: World) -> None:
    """Where Slack opens no form any more, the person is told to try again."""
    running.slack.faults.add("views.open", slack.Error("expired_trigger_id"))
    await running.amy.command("/createimage", "", channel=OPS)
    await running.until(lambda: "/createimage" in running.ephemeral(AMY))
    assert running.amy.view is None


@pytest.mark.parametrize("fault", [slack.RateLimited(1), slack.ServerError(500), slack.ServerError(503), slack.Drop()])
async def test_slack_in_trouble_posts_later(running: World, log: Log, fault: slack.Fault) -> None:
    """A card that Slack would not take is brought later; nothing is dropped."""
    running.slack.faults.add("chat.postMessage", fault, times=2)
    await running.form()
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(log.of("request.submitted")))
    await running.in_time(lambda: len(running.cards()) == 1 and bool(running.slack.dms(AMY)), step=DOUBT)


async def test_card_whose_answer_was_lost(running: World) -> None:
    """A card that was posted without our knowing is found by its metadata, not posted again."""
    running.slack.faults.add("chat.postMessage", slack.LoseAnswer(), times=2)
    await running.request()
    await running.ben.press("Approve", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "ready" in running.card().splitlines()[0])
    assert len(running.cards()) == 1


async def test_announcement_whose_answer_was_lost(running: World) -> None:
    """So is an announcement: the team is told once."""
    card = await running.request()
    await running.until(lambda: bool(running.told(running.slack.dm(AMY).id)))
    running.slack.faults.add("chat.postMessage", slack.LoseAnswer(), times=3)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS) and "ready" in running.card().splitlines()[0])
    sent = [call for call in running.slack.calls if call.method == "chat.postMessage" and call.args["channel"] == OPS]
    await running.until(lambda: any(call.method.startswith("conversations.") for call in running.slack.calls))
    assert len(running.slack.messages(OPS)) == 1
    assert sent


@pytest.mark.parametrize("fault", [slack.RateLimited(1), slack.ServerError(503), slack.LoseAnswer()])
async def test_slack_in_trouble_redraws_later(running: World, fault: slack.Fault) -> None:
    """A card that could not be redrawn is redrawn later: what Slack shows ends equal to what is stored."""
    card = await running.request()
    running.slack.faults.add("chat.update", fault, times=2)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.card() and "ready" in running.card().lower(), seconds=20)


async def test_deleted_card_is_posted_again(running: World) -> None:
    """Somebody deletes the card: the next change brings a new one."""
    card = await running.request()
    running.slack.remove(card)
    await running.amy.press("Cancel", message=await running.own_card(), confirm=True)
    await running.until(lambda: bool(running.cards()) and "cancelled" in running.card().lower())


async def test_restart_between_all_steps(world: World) -> None:
    """The bot may be restarted at any time: what was acknowledged is carried on."""
    async with world.bot():
        await world.form()
    async with world.bot():
        assert await world.amy.submit() == {}
    async with world.bot():
        await world.until(lambda: bool(world.cards()))
    async with world.bot():
        await world.ben.press("Approve", message=world.cards()[-1], confirm=True)
    async with world.bot():
        await world.until(lambda: "img-" in world.told(OPS))
    assert world.created() == 1
    assert len(world.cards()) == 1


class Twice:
    """Slack's line, on which every interaction arrives a second time, as a retry."""

    def __init__(self, line: slack.Transport) -> None:
        self._line = line

    async def deliver(self, kind: str, payload: dict[str, Any]) -> slack.Answer:
        """The first answer counts."""
        answer = await self._line.deliver(kind, payload)
        if kind != "slash_commands":  # which Slack sends once
            await self._line.deliver(kind, payload)
        return answer


async def test_everything_arrives_twice(running: World) -> None:
    """A payload that comes again does nothing again: one request, one decision, one image, each told once."""
    running.slack.transport = Twice(running.slack.transport)
    card = await running.request()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "ready" in running.card().splitlines()[0])
    await running.until(lambda: len(running.slack.messages(OPS)) == 1)
    assert len(running.cards()) == 1
    assert running.created() == 1
    assert running.card().count("@U0BEN") == 1
    assert "Nothing was changed" in running.ephemeral("U0BEN")


async def test_a_bot_that_has_stopped_waits_for_nothing(world: World) -> None:
    """No task of it is left behind, which would be told of as destroyed one day."""
    before = asyncio.all_tasks()
    async with world.bot():
        await world.request()
    left = {getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks() - before}
    assert not {name for name in left if name.startswith(("Event.", "Worker.", "Store."))}
