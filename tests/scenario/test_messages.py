"""What a request says, to whom, in which language: each fact once, where it concerns somebody."""

import asyncio

import pytest

from bot.demo import jdcloud, slack
from bot.demo.slack import Message, plain_text
from tests.scenario.conftest import AMY, APPROVALS, BEN, OPS, WEB_1, ZHANG, World
from tests.scenario.test_operator import metric


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot makes no difference to what it says."""
    return "http"


CARD = "card.requester"


def direct(world: World, kind: str, person: str = AMY) -> list[Message]:
    """Messages of this kind between the bot and somebody. A card may come after a notice: it waits for its link."""
    said = world.slack.messages(world.slack.dm(person).id)
    return [one for one in said if one.metadata and one.metadata["event_payload"]["kind"] == kind]


def words(world: World, kind: str, person: str = AMY) -> str:
    """What these say."""
    return "\n".join(plain_text(one) for one in direct(world, kind, person))


async def all_said(world: World) -> None:
    """Waits until nothing is owed to Slack any more: what would come late has come."""
    outstanding = "createimage_deliveries_outstanding"
    async with asyncio.timeout(10):
        while sum([await metric(world, outstanding, kind=kind) for kind in ("card", "notice")]):  # noqa: ASYNC110 # Slack sees nothing
            await asyncio.sleep(0.05)


async def approved(world: World) -> None:
    """A request of Amy's that Ben has approved."""
    card = await world.request()
    await world.ben.press("Approve", message=card, confirm=True)


async def ready(world: World) -> str:
    """What is said where it was asked when the image is there; and every card shows it."""
    await world.until(lambda: "img-" in world.told(OPS))
    await world.until(lambda: "img-" in world.card() and "ready" in world.card().lower())
    await world.until(lambda: "img-" in words(world, CARD))
    return world.told(OPS)


async def test_one_card_each_and_one_result(running: World) -> None:
    """On the good path: one for the approvers, one for the requester, and the result, which mentions the requester."""
    await approved(running)
    told = await ready(running)
    await all_said(running)
    assert len(running.slack.messages(APPROVALS)) == 1  # nothing in its thread
    assert len(running.slack.messages(running.slack.dm(AMY).id)) == 1
    assert len(running.slack.messages(OPS)) == 1
    assert told.count(f"@{AMY}") == 1


async def test_a_failure_is_told_once(running: World) -> None:
    """Where it was asked; the card says it to the approvers."""
    running.cloud.faults.add("createImage", jdcloud.Refuse(400, "INVALID_ARGUMENT", "no"))
    await approved(running)
    await running.until(lambda: "failed" in running.told(OPS))
    await running.until(lambda: "failed" in running.card().lower())
    await all_said(running)
    assert len(running.slack.messages(APPROVALS)) == 1
    assert len(running.slack.messages(OPS)) == 1


async def test_ready_says_what_is_needed(running: World) -> None:
    """Image id and name, size, time taken, how the machine is now, and a link to the images."""
    await approved(running)
    told = await ready(running)
    (image,) = running.cloud.images.values()
    for words in (f"Image id: `{image.id}`", f"Image `{image.name}` of", "340 GiB", "it took", "cn-north-1"):
        assert words in told
    assert "still stopped, as seen" in told
    (message,) = running.slack.messages(OPS)
    assert "https://cns-console.jdcloud.com/host/image/list" in str(message.blocks)


async def test_ready_says_how_the_machine_is(running: World) -> None:
    """Somebody has started it meanwhile: it is not said to be stopped."""
    running.cloud.build_time = 2.0
    await approved(running)
    await running.until(lambda: bool(running.cloud.images))
    running.cloud.instances[WEB_1].status = "running"
    told = await ready(running)
    assert "stopped" not in told
    assert "is running, as seen" in told


async def test_ready_says_nothing_of_a_machine_that_was_not_seen(running: World) -> None:
    """Where JD Cloud does not tell, the result is told all the same, and no word of the machine."""
    running.cloud.build_time = 2.0
    await approved(running)
    await running.until(lambda: bool(running.cloud.images))
    running.cloud.faults.add("describeInstance", jdcloud.Html(503), times=100)
    told = await ready(running)
    assert "stopped" not in told
    assert "as seen" not in told


async def test_a_rejection_is_one_message(running: World) -> None:
    """With the reason, what was asked, and the way to ask again."""
    card = await running.request(description="before the upgrade")
    await running.ben.press("Reject", message=card)
    await running.until(lambda: running.ben.view is not None)
    await running.ben.fill("Reason", "wait for Monday")
    assert await running.ben.submit() == {}
    await running.until(lambda: bool(direct(running, "notice.rejected")))
    said = words(running, "notice.rejected")
    for part in ("rejected", "wait for Monday", "before the upgrade", "web-1", "3 disks", "Request again"):
        assert part in said
    await running.amy.close(everything=True)
    await running.amy.press("Request again", message=direct(running, "notice.rejected")[0])
    await running.until(lambda: "before the upgrade" in running.shown(running.amy))


async def test_a_doubt_says_what_happened_and_what_to_look_for(running: World) -> None:
    """An error answered twice is not an answer that was lost; approvers and requester get the mark and a link."""
    running.cloud.faults.add("createImage", jdcloud.Refuse(500, "INTERNAL", "oops"), times=2)
    await approved(running)
    await running.until(lambda: len(running.slack.messages(APPROVALS)) == 2 and bool(direct(running, "notice.unsure")))
    request_id = running.cards()[-1].metadata["event_payload"]["request"]  # type: ignore[index] # a card has it
    for message in (running.slack.messages(APPROVALS)[1], direct(running, "notice.unsure")[0]):
        said = plain_text(message)
        assert f"[{request_id}]" in said
        assert "JD Cloud had an error of its own." in said
        assert "lost" not in said
        assert "decide" in said
        assert "https://cns-console.jdcloud.com/host/image/list" in str(message.blocks)
    assert f"@{BEN}" in plain_text(running.slack.messages(APPROVALS)[1])
    assert f"@{BEN}" not in words(running, "notice.unsure")


async def test_after_sending_it_is_clear_who_decides(running: World) -> None:
    """By when, and where: in the window, and on the requester's card while it waits."""
    await running.form()
    running.slack.faults.add("chat.postMessage", slack.RateLimited(1), channel=APPROVALS)
    assert await running.amy.submit() == {}
    await running.until(lambda: "To be decided by" in running.shown(running.amy))
    await running.until(lambda: bool(direct(running, CARD)))
    link = f"archives/{APPROVALS}/p{running.cards()[-1].ts.replace('.', '')}"
    for shown in (str(running.amy.view), str(direct(running, CARD)[0].blocks)):
        assert link in shown
        assert f"<@{BEN}>" in shown
    await running.ben.press("Approve", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "ready" in words(running, CARD).lower())
    assert "To be decided" not in words(running, CARD)


async def test_after_sending_where_the_card_cannot_be_posted(running: World) -> None:
    """Nobody waits for it: the window and the card name the channel."""
    await running.form()
    running.slack.faults.add("chat.postMessage", slack.RateLimited(30), channel=APPROVALS)
    assert await running.amy.submit() == {}
    await running.until(lambda: f"<#{APPROVALS}>" in str(running.amy.view))
    await running.until(lambda: any(f"<#{APPROVALS}>" in str(message.blocks) for message in direct(running, CARD)))


async def asked_by_zhang(world: World) -> Message:
    """A request of somebody who reads Chinese: its card."""
    zhang = world.slack.person(ZHANG)
    await zhang.command("/createimage", WEB_1, channel=OPS)
    await world.until(lambda: "vda" in world.shown(zhang))
    await zhang.fill("描述", "weekly")
    assert await zhang.submit() == {}
    await world.until(lambda: bool(world.cards()))
    return world.cards()[-1]


async def test_a_channel_reads_its_own_language(running: World) -> None:
    """English where nothing is set, whoever asks; the requester's own card is in theirs."""
    card = await asked_by_zhang(running)
    await running.until(lambda: bool(direct(running, CARD, ZHANG)))
    assert "申请" not in plain_text(card)
    assert "取消" in words(running, CARD, ZHANG)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "is ready" in running.told(OPS))
    await running.until(lambda: "镜像可用" in words(running, CARD, ZHANG))
    assert "镜像" not in running.told(OPS)


async def test_a_chinese_channel(world: World) -> None:
    """The card, its thread and the announcement are in Chinese, and what goes to Amy is in English."""
    async with world.bot(CHANNEL_LANGUAGE="ZH"):
        world.cloud.faults.add("createImage", jdcloud.Refuse(500, "INTERNAL", "oops"), times=2)
        card = await world.request()
        await world.ben.press("批准", message=card, confirm=True)
        await world.until(lambda: len(world.slack.messages(APPROVALS)) == 2 and bool(direct(world, "notice.unsure")))
        assert "无法确定" in plain_text(world.slack.messages(APPROVALS)[1])
        assert "Nobody can tell" in words(world, "notice.unsure")
        await world.until(lambda: "仍然创建" in world.card())
        await world.ben.press("仍然创建", message=world.cards()[-1], confirm=True)
        await world.until(lambda: "已可用" in world.told(OPS))
        assert "is ready" not in world.told(OPS)
        await world.until(lambda: "is ready" in words(world, CARD))
