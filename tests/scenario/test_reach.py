"""Who cannot be reached: channels that are gone, people who left, a Slack that limits. Nothing owed is dropped."""

import pytest

from bot.demo import jdcloud, slack
from bot.demo.slack import plain_text
from bot.domain.delivery import DOUBT
from tests.scenario.conftest import AMY, APPROVALS, OPS, Log, World, furnish_one


def posts(world: World, channel: str) -> list[float]:
    """When each post to a channel reached Slack."""
    calls = world.slack.calls
    return [call.at for call in calls if call.method == "chat.postMessage" and call.args["channel"] == channel]


def dm(world: World) -> str:
    """All that the requester was told directly."""
    return world.told(world.slack.dm(AMY).id)


@pytest.mark.parametrize("why", ["not a member", "archived"])
async def test_approval_channel_closed_to_the_bot(running: World, why: str) -> None:
    """The requester is told, once, and the card appears as soon as the bot is let in."""
    if why == "archived":
        running.slack.archive(APPROVALS)
    else:
        running.slack.remove_bot(APPROVALS)
    await running.form()
    assert await running.amy.submit() == {}
    await running.until(lambda: "cannot see" in dm(running))
    assert len(posts(running, APPROVALS)) == 1
    for tries in (2, 3):  # a minute later, and some minutes later
        await running.in_time(lambda tries=tries: len(posts(running, APPROVALS)) >= tries)  # type: ignore[misc]
    running.slack.channels[APPROVALS].is_archived = False
    running.slack.invite_bot(APPROVALS)
    await running.in_time(lambda: len(running.cards()) == 1)
    assert dm(running).count("cannot see") == 1


async def test_approval_channel_closed_later(running: World) -> None:
    """What would go to the thread goes to the requester; the request itself takes its way."""
    card = await running.request()
    running.cloud.faults.add("createImage", jdcloud.Html(503), times=2)
    await running.ben.press("Approve", message=card, confirm=True)
    running.slack.remove_bot(APPROVALS)
    await running.until(lambda: "decide" in dm(running))


async def test_announcement_where_the_bot_was_removed(running: World) -> None:
    """It reaches the requester directly, and says why it came there."""
    card = await running.request()
    running.slack.remove_bot(OPS)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "could not post" in dm(running))
    assert dm(running).count("could not post") == 1


async def test_requester_who_cannot_be_written_to(running: World, log: Log) -> None:
    """The operator's log has the last word; nobody is asked again and again."""
    for name in ("web-2", "web-3"):
        furnish_one(running.cloud, f"i-{name}", name)
    card = await running.request()
    await running.until(lambda: bool(dm(running)))
    running.slack.remove_bot(OPS)
    running.slack.faults.add("chat.postMessage", slack.Error("user_disabled"), times=100, channel=AMY)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: len(posts(running, AMY)) == 2)  # the card, and what was to be announced
    for name in ("web-2", "web-3"):
        await running.request(running.cat, instance=name)
        running.clock.ahead += 3600
    assert len(posts(running, AMY)) == 2
    assert log.of("notice.abandoned")


async def test_rate_limit_is_honoured_by_channel(running: World) -> None:
    """Whoever has something for that channel waits as long as Slack said; others go ahead."""
    await running.form()
    running.slack.faults.add("chat.postMessage", slack.RateLimited(2))
    assert await running.amy.submit() == {}
    await running.until(lambda: len(running.cards()) == 1 and bool(dm(running)))
    by_channel = {channel: posts(running, channel) for channel in (APPROVALS, AMY)}
    limited = max(by_channel.values(), key=len)
    assert sorted(map(len, by_channel.values())) == [1, 2]
    assert limited[1] - limited[0] >= 2


async def test_one_limit_for_all_that_goes_there(running: World, log: Log) -> None:
    """Several messages for one channel: only the first one learns of the limit from Slack."""
    running.slack.faults.add("chat.postMessage", slack.RateLimited(3), times=2)
    for number in range(1, 4):
        await running.form()
        assert await running.amy.submit() == {}
        # Else the next form would not know of this request, and would come back with it.
        await running.until(lambda number=number: len(log.of("request.submitted")) == number)  # type: ignore[misc]
    await running.until(lambda: len(running.cards()) == 3, seconds=15)
    refused, next_one, *_ = posts(running, APPROVALS)
    assert next_one - refused >= 2.9  # however long the forms took


async def test_direct_message_whose_answer_was_lost(running: World) -> None:
    """Even the very first one: it is looked for in the person's direct messages before it is posted again."""
    await running.form()
    running.slack.faults.add("chat.postMessage", slack.LoseAnswer(), times=2)
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(running.cards()) and "IR-" in dm(running))
    looked = ("conversations.history", "conversations.open")
    await running.until(lambda: {call.method for call in running.slack.calls} >= set(looked))
    card = running.cards()[-1]
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: any("ready" in plain_text(message) for message in running.slack.dms(AMY)))
    assert len(running.slack.dms(AMY)) == 1
    assert len(running.cards()) == 1


async def test_no_scope_to_look(running: World, log: Log) -> None:
    """An app that was installed with fewer rights posts again rather than not at all."""
    await running.form()
    running.slack.faults.add("chat.postMessage", slack.LoseAnswer(), times=2)
    for method in ("conversations.history", "conversations.open"):
        running.slack.faults.add(method, slack.Error("missing_scope"), times=9)
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(log.of("request.submitted")))
    await running.in_time(lambda: len(running.cards()) == 2, step=DOUBT)
