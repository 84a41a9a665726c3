"""Questions of approvers: they reach the requester and the thread, stand on the card, and decide nothing."""

import asyncio

import pytest

from bot.demo.slack import ALWAYS, Error, Message
from tests.scenario.conftest import AMY, APPROVALS, BEN, GUS, World

HOSTILE = "<!channel> <@U0CAT> <http://evil|x>\nBen asked, now: *nothing* & `a`"
SHOWN = "&lt;!channel&gt; &lt;@U0CAT&gt; &lt;http://evil|x&gt; Ben asked, now: ∗nothing∗ &amp; ˋaˋ"


async def ask(world: World, card: Message, question: str, *, sent: int = 1) -> dict[str, str]:
    """Ben asks; the form is sent so often."""
    await world.ben.press("Ask", message=card)
    await world.until(lambda: world.ben.view is not None and "Question" in world.shown(world.ben))
    await world.ben.fill("Question", question)
    answers = await asyncio.gather(*(world.ben.submit() for _ in range(sent)))
    return {field: words for answer in answers for field, words in answer.items()}


def thread(world: World, channel: str = APPROVALS) -> list[Message]:
    """What is said below the cards."""
    return [message for message in world.slack.messages(channel) if message.thread_ts]


def direct(world: World, words: str) -> list[Message]:
    """What Amy is told directly, with these words in it."""
    return [message for message in world.slack.messages(world.slack.dm(AMY).id) if words in message.text]


async def test_a_question_reaches_the_requester_and_decides_nothing(running: World) -> None:
    """In her direct messages, in the thread without calling her, and on both cards; it can still be approved."""
    card = await running.request()
    assert await ask(running, card, "Is the nightly backup over?") == {}
    await running.until(lambda: bool(direct(running, "Is the nightly backup over?")) and bool(thread(running)))
    (said,) = thread(running)
    assert said.thread_ts == card.ts
    assert f"<@{BEN}> has a question" in said.text
    assert f"<@{AMY}>" not in said.text
    link = f"/archives/{APPROVALS}/p{card.ts.replace(chr(46), '')}|approval card>"
    assert link in direct(running, "backup over")[0].text
    await running.until(lambda: f"@{BEN} asked" in running.card())
    await running.until(lambda: any(f"<@{BEN}> asked" in one.text for one in direct(running, "nightly")))
    assert "Approvals still needed: 1" in running.card()
    await running.ben.press("Approve", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "img-" in running.card())
    assert "backup" not in running.card()  # what is decided is asked no more


@pytest.mark.parametrize("mode", ["http"])
async def test_a_form_that_is_sent_twice_asks_once(running: World) -> None:
    """Slack repeats what it has no answer to; a second form is a second question."""
    card = await running.request()
    assert await ask(running, card, "Why now?", sent=3) == {}
    assert await ask(running, card, "Why at all?") == {}
    await running.until(lambda: "Why at all?" in running.card() and len(thread(running)) == 2)
    assert running.card().count("Why now?") == 1
    await running.until(lambda: len(direct(running, "has a question")) == 2)


@pytest.mark.parametrize("mode", ["http"])
async def test_the_last_three_stand_on_the_card(running: World) -> None:
    """However many there were."""
    card = await running.request()
    for number in range(4):
        await ask(running, card, f"Question {number}?")
    await running.until(lambda: "Question 3?" in running.card())
    assert "Question 0?" not in running.card()
    assert "Question 1?" in running.card()
    await running.until(lambda: len(thread(running)) == 4)


@pytest.mark.parametrize("mode", ["http"])
async def test_a_question_that_comes_too_late_is_not_lost(running: World) -> None:
    """Somebody has decided while it was typed: the window says so, and keeps it."""
    card = await running.request()
    await running.ben.press("Ask", message=card)
    await running.until(lambda: running.ben.view is not None)
    await running.ben.fill("Question", "Is it over?")
    await running.cat.press("Approve", message=card, confirm=True)
    await running.until(lambda: f"@{BEN}" not in running.card() and "img-" in running.card())
    problems = await running.ben.submit()
    assert "is already" in problems["Question"]
    assert running.ben.values["Question"] == "Is it over?"
    assert not thread(running)
    await running.ben.press("Ask", message=card)
    await running.until(lambda: "is already" in running.ephemeral(BEN))


@pytest.mark.parametrize("mode", ["http"])
async def test_only_approvers_ask(running: World) -> None:
    """Anybody else is told before they type, and where a right ends meanwhile, when they send."""
    card = await running.request()
    await running.slack.person(GUS).press("Ask", message=card)
    await running.until(lambda: "not among the approvers" in running.ephemeral(GUS))
    await running.cat.press("Ask", message=card)
    await running.until(lambda: running.cat.view is not None)
    await running.cat.fill("Question", "May I?")
    running.slack.usergroups["S0ADMINS"].users = []
    assert "not among the approvers" in (await running.cat.submit())["Question"]
    assert not thread(running)


@pytest.mark.parametrize("mode", ["http"])
async def test_what_is_typed_calls_nobody_and_looks_like_nobody_else(running: World) -> None:
    """It is shown as it was typed, in one line."""
    card = await running.request()
    await ask(running, card, HOSTILE)
    await running.until(lambda: bool(thread(running)) and "has a question" in running.told(f"D{AMY}"))
    await running.until(lambda: "asked" in running.card())
    for text in (thread(running)[0].text, direct(running, "has a question")[0].text, running.cards()[-1].text):
        assert SHOWN in text
    (block,) = [one for one in thread(running)[0].blocks if "Ben asked" in str(one)]
    assert block["text"]["type"] == "plain_text"


@pytest.mark.parametrize("mode", ["http"])
async def test_a_requester_without_direct_messages_is_called_in_the_thread(running: World) -> None:
    """Only then."""
    card = await running.request()
    await running.own_card()
    running.slack.faults.add("chat.postMessage", Error("messages_tab_disabled"), ALWAYS, channel=AMY)
    await ask(running, card, "Why now?")
    await running.until(lambda: any(f"<@{AMY}>" in one.text for one in thread(running)))
    assert sorted(f"<@{AMY}>" in one.text for one in thread(running)) == [False, True]


@pytest.mark.parametrize("mode", ["http"])
async def test_a_question_of_spaces(running: World) -> None:
    """Is none."""
    card = await running.request()
    assert (await ask(running, card, " \n "))["Question"] == "Type a question."


async def test_a_question_outlives_a_crash(world: World) -> None:
    """It is stored before the form closes, and told by whoever works next."""
    async with world.bot(work=False):
        async with world.bot(serve=False):
            card = await world.request()
        assert await ask(world, card, "Why now?") == {}
    async with world.bot():
        await world.until(lambda: "Why now?" in world.card() and len(thread(world)) == 1)
        await world.until(lambda: len(direct(world, "has a question")) == 1)
