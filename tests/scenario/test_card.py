"""The approval card: what it says first, that it claims only what was looked at, and what its buttons leave on it."""

import re
import threading
from typing import Any

import pytest

from bot.demo import jdcloud
from bot.demo.slack import plain_text
from bot.slack.screens.card import card_message
from tests.scenario.conftest import AMY, APPROVALS, BEN, CAT, WEB_1, World


def lines(world: World) -> list[str]:
    """The newest approval card, line by line."""
    return world.card().splitlines()


async def test_what_matters_comes_first(running: World) -> None:
    """Who wants an image of which machine, why, what it does; then the buttons; the rest is small, and last."""
    await running.form(description="before the OpenSSL patch")
    await running.amy.untick("Data disks", "vdc")
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(running.cards()))
    who, why, what, buttons, *small = lines(running)
    assert who == "*@U0AMY wants an image of `web-1` in Beijing*"
    assert why == "before the OpenSSL patch"
    assert what == "2 disks, 240 GiB · `vdc` *left out*"
    assert buttons == "[Approve] [Reject] [Ask] [Details]"
    assert "waiting for approval" in small[0]
    assert re.search(r"Expires: .* \((24|23) h left\)", "\n".join(small))
    pushed = running.cards()[-1].text.splitlines()
    assert pushed[:3] == ["<@U0AMY> wants an image of `web-1` in Beijing", why, "2 disks, 240 GiB · `vdc` left out"]


async def test_a_card_is_made_when_its_transaction_is_over(running: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever acts meanwhile waits for no rendering: the thread that transactions run on makes none."""
    where: list[str] = []

    def noting(*args: Any, **facts: Any) -> Any:
        where.append(threading.current_thread().name)
        return card_message(*args, **facts)

    monkeypatch.setattr("bot.slack.outbox.cards.card_message", noting)
    card = await running.request()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Approved by" in running.card())
    assert len(where) >= 2  # the card that was pressed, and that card anew
    assert not [thread for thread in where if thread.startswith("store")]


async def test_exceptions_are_marked(running: World) -> None:
    """What is usual is summed up in one line; what is left out or added stands out in it."""
    await running.form()
    await running.amy.untick("Data disks", "vdc")
    await running.amy.press("Add a disk", view=True)
    await running.until(lambda: "Device name" in running.shown(running.amy))
    await running.amy.fill("Size (GiB)", "100")
    await running.amy.fill("Name", "scratch")
    await running.amy.choose("Billing", "Prepaid")
    await running.until(lambda: "Billing duration" in running.shown(running.amy))
    await running.amy.fill("Billing duration", "1")
    assert await running.amy.submit() == {}
    await running.until(lambda: "scratch" in running.shown(running.amy))
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(running.cards()))
    what = lines(running)[2]
    assert what == "2 disks, 240 GiB · `vdc` *left out* · *adds* `vdd`, blank, 100 GiB, prepaid for 1 month"


async def test_who_must_still_approve_is_small(world: World) -> None:
    """Below the buttons: who has approved, and how many are still needed; also in what is pushed."""
    async with world.bot(REQUIRED_APPROVALS="2"):
        card = await world.request()
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: "Approvals still needed: 1." in world.card())
        shown = lines(world)
        small = "\n".join(shown[shown.index("[Approve] [Reject] [Ask] [Details]") :])
        for words in (f"Approved by @{BEN}.", "Approvals still needed: 1."):
            assert words in small
        assert "Approvals still needed: 1." in world.cards()[-1].text
        await world.cat.press("Approve", message=world.cards()[-1], confirm=True)
        await world.until(lambda: "still needed" not in world.card())
        assert f"@{CAT}" in world.card()


async def test_the_purpose_stays_second(running: World) -> None:
    """Whatever becomes of it, and what became of it is said once, in the first line."""
    card = await running.request(description="before the OpenSSL patch")
    await running.ben.press("Reject", message=card)
    await running.until(lambda: running.ben.view is not None)
    await running.ben.fill("Reason", "wait for Monday")
    assert await running.ben.submit() == {}
    await running.until(lambda: "wait for Monday" in running.card())
    who, why, happened, reason, *rest = lines(running)
    assert who.endswith("in Beijing* · rejected")
    assert why == "before the OpenSSL patch"
    assert happened == f"Rejected by @{BEN}:"
    assert reason == "wait for Monday"
    assert "rejected" not in "\n".join(rest)
    pushed = running.cards()[-1].text.splitlines()
    assert [pushed[0].rpartition(" · ")[2], *pushed[1:4]] == ["rejected", why, f"Rejected by <@{BEN}>:", reason]


async def test_cancel_is_the_requesters(running: World) -> None:
    """It stands on their own card, and not on that of the approvers."""
    await running.request()
    own = await running.own_card()
    assert "[Cancel]" in plain_text(own)
    assert "Approve" not in plain_text(own)
    assert "Cancel" not in running.card()


async def test_another_look_is_said_where_it_was_asked_for(world: World) -> None:
    """When, for whom, and that there is still no image; nobody is told it in a message besides."""
    async with world.bot(JDCLOUD_TIMEOUT="1"):
        card = await world.request()
        world.cloud.faults.add("createImage", jdcloud.Html(503), times=2)
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: "Check again" in world.card())
        await world.until(lambda: len(world.slack.messages(APPROVALS)) == 2)
        await world.until(lambda: len(world.slack.messages(world.slack.dm(AMY).id)) == 2)
        await world.ben.press("Check again", message=world.cards()[-1])
        await world.until(lambda: f"for @{BEN}: still no image." in world.card())
        assert "Looked again " in world.card()
        assert len(world.slack.messages(APPROVALS)) == 2
        assert len(world.slack.messages(world.slack.dm(AMY).id)) == 2


async def test_details_disk_by_disk(running: World) -> None:
    """In a window: each disk, and the call."""
    card = await running.request()
    await running.ben.press("Details", message=card)
    await running.until(lambda: "createImage" in running.shown(running.ben))
    assert "vdb` · 200 GiB" in running.shown(running.ben)


async def test_buttons_are_told_apart_when_read_aloud(running: World) -> None:
    """Two cards have an Approve each: what is read aloud says of which request."""
    card = await running.request()
    request = re.search(r"IR-\w+", running.card())
    assert request
    await running.ben.press(f"Approve: {request[0]}, image of web-1", message=card, confirm=True)
    await running.until(lambda: running.created() == 1)


async def test_the_state_of_the_instance_has_its_time(running: World) -> None:
    """A card says when the machine was seen, and an approval that is final looks again."""
    card = await running.request()
    first = re.search(r"stopped, seen (.*)", running.card())
    assert first
    running.clock.ahead += 3600
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "ready" in lines(running)[0])
    again = re.search(r"stopped, seen (.*)", running.card())
    assert again
    assert again[1] != first[1]


async def test_a_machine_that_runs_again_is_said_at_once(world: World) -> None:
    """The approver hears it on the card, before anything is tried: no worker has come round to it."""
    async with world.bot():
        card = await world.request()
    world.cloud.instances[WEB_1].status = "running"
    async with world.bot(work=False):
        await world.ben.press("Approve", message=card, confirm=True)
    world.cloud.faults.add("describeInstance", jdcloud.Refuse(500, "INTERNAL", "busy"), times=99)
    async with world.bot():
        await world.until(lambda: "by whoever stops it.* Now: running" in world.card())
    assert world.created() == 0


async def test_an_approval_does_not_wait_for_a_cloud_that_is_silent(running: World) -> None:
    """It counts all the same, and the launch looks as soon as JD Cloud answers."""
    card = await running.request()
    running.cloud.faults.add("describeInstance", jdcloud.Refuse(500, "INTERNAL", "busy"), times=2)
    answer = await running.ben.press("Approve", message=card, confirm=True)
    assert answer.status == 200
    await running.until(lambda: "Approved by @U0BEN" in running.card())


async def test_another_request_for_the_machine_is_named(running: World) -> None:
    """On the later card, until the earlier one has come to its end."""
    await running.request()
    first = re.search(r"IR-\w+", running.card())
    assert first
    earlier = await running.own_card()
    await running.request(running.cat, description="me too")
    assert f"{first[0]} by @U0AMY already waits for `web-1`." in running.card()
    await running.amy.press("Cancel", message=earlier, confirm=True)
    await running.until(lambda: first[0] not in running.card())
    assert "me too" in running.card()


async def test_a_retry_is_said_where_it_was_pressed(running: World) -> None:
    """The card changes; nobody is told a second time what they know."""
    card = await running.request()
    running.cloud.faults.add("createImage", jdcloud.Refuse(400, "QUOTA_EXCEEDED", "Quota exceeded"))
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Retry" in running.card())
    await running.amy.press("Retry", message=running.cards()[-1])
    await running.until(lambda: "Retried by @U0AMY, " in running.card() or "ready" in lines(running)[0])
    await running.until(lambda: "ready" in lines(running)[0])
