"""Slack answers late, half, or not at all, refuses screens, loses messages: said once, never without a way on."""

import pytest

from bot.demo import slack
from bot.demo.slack import Message, User, plain_text
from bot.domain.delivery import DOUBT
from bot.slack.outbox.cards import LOOK_EVERY, LOOK_FOR_SECOND
from bot.slack.protocol.web_api import USUAL_RETRY_AFTER
from tests.scenario.conftest import AMY, APPROVALS, BEN, OPS, Log, World

pytestmark = pytest.mark.parametrize("mode", ["http"])


def labels(message: Message) -> set[str]:
    """The words on its buttons."""
    elements = [element for block in message.blocks if block["type"] == "actions" for element in block["elements"]]
    return {element["text"]["text"] for element in elements}


def looks(world: World) -> int:
    """How often a history was read."""
    return sum(call.method in {"conversations.history", "conversations.replies"} for call in world.slack.calls)


async def sent(world: World) -> None:
    """A request is on its way to the approvers."""
    await world.form()
    assert await world.amy.submit() == {}


async def test_a_card_that_appears_after_504(running: World, log: Log) -> None:
    """Slack says 504 and posts it a little later: nobody posts it again meanwhile, and it is found."""
    running.slack.faults.add("chat.postMessage", slack.Late(2.0), channel=APPROVALS)
    await sent(running)
    await running.until(lambda: bool(log.of("card.may_still_appear")))
    assert running.cards() == []
    await running.until(lambda: len(running.cards()) == 1)
    running.clock.ahead += DOUBT
    await running.until(lambda: any(line["found"] for line in log.of("card.posted")))
    await running.ben.press("Approve", message=running.cards()[0], confirm=True)
    await running.until(lambda: "ready" in running.card().splitlines()[0])
    assert len(running.cards()) == 1


async def test_an_announcement_that_appears_after_504(running: World, log: Log) -> None:
    """Likewise: the team is told once."""
    card = await running.request()
    running.slack.faults.add("chat.postMessage", slack.Late(2.0), channel=OPS)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS))
    running.clock.ahead += DOUBT
    await running.until(lambda: any(line["place"] == "announce" for line in log.of("notice.sent")))
    assert len(running.slack.messages(OPS)) == 1


async def test_a_second_card_is_taken_off(running: World, log: Log) -> None:
    """It appears after all patience has ended and another one was posted: the later one goes, with its buttons."""
    running.slack.faults.add("chat.postMessage", slack.Late(5.0), channel=APPROVALS)
    await sent(running)
    await running.until(lambda: bool(log.of("card.may_still_appear")))
    running.clock.ahead += DOUBT
    await running.until(lambda: len(running.cards()) == 1)
    first = running.cards()[0].ts
    await running.until(lambda: len(running.cards()) == 2)
    running.clock.ahead += LOOK_FOR_SECOND
    await running.until(lambda: len(running.cards()) == 1)
    assert running.cards()[0].ts == first
    await running.until(lambda: bool(log.of("card.duplicate_deleted")))


async def test_a_second_card_that_cannot_be_taken_off_says_where_the_first_is(running: World, log: Log) -> None:
    """Without any button."""
    running.slack.faults.add("chat.postMessage", slack.Late(5.0), channel=APPROVALS)
    running.slack.faults.add("chat.delete", slack.Error("cant_delete_message"), times=slack.ALWAYS)
    await sent(running)
    await running.until(lambda: bool(log.of("card.may_still_appear")))
    running.clock.ahead += DOUBT
    await running.until(lambda: len(running.cards()) == 2)
    running.clock.ahead += LOOK_FOR_SECOND
    await running.until(lambda: "earlier message" in running.card())
    assert labels(running.cards()[1]) == set()
    assert "Approve" in labels(running.cards()[0])


@pytest.mark.parametrize("answer", [slack.Without(("ts",)), slack.Without(("channel",))])
@pytest.mark.parametrize("history", [slack.Without(("messages",)), slack.Error("internal_error")])
async def test_half_an_answer_is_none(running: World, answer: slack.Without, history: slack.Fault) -> None:
    """Neither the post nor the history says what it should: asked again, until one of them does."""
    running.slack.faults.add("chat.postMessage", answer, channel=APPROVALS)
    running.slack.faults.add("conversations.history", history, times=2, channel=APPROVALS)
    await sent(running)
    await running.in_time(lambda: looks(running) == 3, step=3)
    await running.ben.press("Approve", message=running.cards()[0], confirm=True)
    await running.until(lambda: "ready" in running.card().splitlines()[0])
    assert len(running.cards()) == 1


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "msg_too_long"])
@pytest.mark.parametrize("times", [1, 2])
async def test_a_refused_card_keeps_its_buttons(running: World, log: Log, code: str, times: int) -> None:
    """In fewer blocks, with a reference to the operator's log; the next change brings the full card again."""
    running.slack.faults.add("chat.postMessage", slack.Error(code), times=times, channel=APPROVALS)
    card = await running.request()
    reference = log.of("message.refused")[0]["reference"]
    assert reference in plain_text(card)
    assert "web-1" in plain_text(card)
    assert labels(card) == {"Approve", "Reject", "Ask", "Details"}
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "ready" in running.card().splitlines()[0])
    assert "3 disks, 340 GiB" in running.card()
    assert reference not in running.card()


async def test_a_refused_redraw_keeps_the_buttons(running: World) -> None:
    """Likewise when it is drawn anew; and text alone is the last resort."""
    await running.request()
    running.slack.faults.add("chat.update", slack.Error("invalid_blocks"), times=3, channel=APPROVALS)
    await running.amy.press("Cancel", message=await running.own_card(), confirm=True)
    await running.until(lambda: "ancelled" in running.card())
    assert labels(running.cards()[0]) == set()
    assert "Reference" in running.cards()[0].text


async def test_a_card_that_is_deleted_comes_back(running: World, log: Log) -> None:
    """Nobody changes anything: it is missed all the same, posted anew, and its requester hears of it once."""
    await running.request()
    dms = running.slack.dm(AMY).id
    for posts in (1, 2):
        await running.until(lambda posts=posts: approval_cards(log) == posts)  # type: ignore[misc] # a default
        running.slack.remove(running.cards()[0])
        running.clock.ahead += LOOK_EVERY
        await running.until(lambda: len(running.cards()) == 1)
        await running.until(lambda: "no longer in Slack" in running.told(dms))
    await running.ben.press("Approve", message=running.cards()[0], confirm=True)
    await running.until(lambda: "img-" in running.told(OPS))
    assert running.told(dms).count("no longer in Slack") == 1


def approval_cards(log: Log) -> int:
    """How many the bot knows to have posted."""
    return sum(line["kind"] == "approval" for line in log.of("card.posted"))


async def test_a_card_that_is_said_to_be_gone_and_is_there(running: World, log: Log) -> None:
    """Two answers that contradict each other decide nothing: no second card."""
    await running.request()
    await running.until(lambda: approval_cards(log) == 1)
    running.slack.faults.add("chat.update", slack.Error("message_not_found"), channel=APPROVALS)
    running.clock.ahead += LOOK_EVERY
    await running.until(lambda: any(line["code"] == "message_there_and_gone" for line in log.of("card.deferred")))
    redraws = sum(call.method == "chat.update" and call.ok for call in running.slack.calls)
    await running.until(lambda: sum(call.method == "chat.update" and call.ok for call in running.slack.calls) > redraws)
    assert len(running.cards()) == 1


async def test_deciding_without_a_card(running: World) -> None:
    """The card is gone: the Home has its buttons, and shows the newest state once they are pressed."""
    card = await running.request()
    running.slack.remove(card)
    await running.ben.open_home()
    await running.until(lambda: home(running, "Approve"))
    await running.ben.press("Approve", home=True, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS))
    await running.until(lambda: not home(running, "Approve"))


async def test_rejecting_without_a_card(running: World) -> None:
    """Likewise, with its reason."""
    running.slack.remove(await running.request())
    await running.ben.open_home()
    await running.until(lambda: home(running, "Reject"))
    await running.ben.press("Reject", home=True)
    await running.until(lambda: running.ben.view is not None)
    await running.ben.fill("Reason", "not now")
    assert await running.ben.submit() == {}
    await running.until(lambda: not home(running, "Reject"))


def home(world: World, words: str) -> bool:
    """Whether the approver's Home shows them."""
    shown = world.slack.home(BEN)
    return shown is not None and words in world.slack.read(shown)


@pytest.mark.parametrize("retry_after", [None, 1])
async def test_a_limit_is_no_try(running: World, log: Log, retry_after: int | None) -> None:
    """However often Slack says 429, with or without a time: nothing is looked for, and the next try is not put off."""
    card = await running.request()
    running.slack.faults.add("chat.postMessage", slack.RateLimited(retry_after), times=8, channel=OPS)
    await running.ben.press("Approve", message=card, confirm=True)
    for times in range(1, 9):
        await running.until(lambda times=times: len(log.of("notice.deferred")) == times)  # type: ignore[misc] # a default
        running.clock.ahead += retry_after or USUAL_RETRY_AFTER
    await running.until(lambda: "img-" in running.told(OPS))
    assert looks(running) == 0


async def test_an_old_redraw_that_comes_late_is_drawn_over(running: World) -> None:
    """Slack answers 504 and shows the old state when the new one is there already: it is drawn once more."""
    card = await running.request()
    running.slack.faults.add("chat.update", slack.Late(4.0), channel=APPROVALS)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "ready" in running.card().splitlines()[0])
    await running.until(lambda: "ready" not in running.card().splitlines()[0])
    running.clock.ahead += DOUBT
    await running.until(lambda: "ready" in running.card().splitlines()[0])


OTHERS = "U0OTHERAPP"
BY_US = ("messages.bot_id", "messages.app_id", "messages.user")


def echoed(world: World, channel: str) -> None:
    """Another app posts something that says of itself what the bot's last post would have said."""
    call = [
        call for call in world.slack.calls if call.method == "chat.postMessage" and call.args["channel"] == channel
    ][-1]
    world.slack.post(Message(channel=channel, ts="", author=OTHERS, text="me too", metadata=call.args["metadata"]))


async def test_another_apps_message_is_not_taken_for_the_card(running: World, log: Log) -> None:
    """Whatever it says of itself: the card was not posted, and is."""
    running.slack.add_user(User(id=OTHERS, name="other app", is_bot=True))
    running.slack.faults.add("chat.postMessage", slack.Error("internal_error"), channel=APPROVALS)
    await sent(running)
    await running.until(lambda: bool(log.of("card.may_still_appear")))
    echoed(running, APPROVALS)
    running.clock.ahead += DOUBT
    await running.until(lambda: any(line["kind"] == "approval" for line in log.of("card.posted")))
    assert [card.author == OTHERS for card in running.cards()] == [True, False]


@pytest.mark.parametrize("left_out", [BY_US, BY_US[:1], BY_US[1:], BY_US[:2]])
async def test_our_own_message_is_found_whatever_is_told_of_who_posted_it(
    running: World, log: Log, left_out: tuple[str, ...]
) -> None:
    """One of the three is enough, and where none is told, what it says of itself."""
    running.slack.faults.add("chat.postMessage", slack.LoseAnswer(), channel=APPROVALS)
    running.slack.faults.add("conversations.history", slack.Without(left_out), times=slack.ALWAYS, channel=APPROVALS)
    await sent(running)
    await running.until(lambda: any(line["found"] for line in log.of("card.posted")))
    assert len(running.cards()) == 1
