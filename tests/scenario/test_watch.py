"""While images are being made, and while requests wait for their turn: what the cards say, and what ends a request."""

from collections.abc import AsyncIterator

import pytest

from bot.demo import jdcloud
from bot.demo.slack import Message, plain_text
from tests.scenario.conftest import AMY, OPS, WEB_1, Log, World, furnish_one

HOUR = 3600.0


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "http"


@pytest.fixture
async def running(world: World) -> AsyncIterator[World]:
    """A bot between upstreams that are quick to answer, and images that are made while the test wants it."""
    furnish_more(world)
    async with world.bot(JDCLOUD_TIMEOUT="1"):
        yield world


def furnish_more(world: World) -> None:
    """Two more instances to choose from."""
    world.cloud.build_time = HOUR
    for name in ("web-2", "web-3"):
        furnish_one(world.cloud, f"i-{name}", name)


def looks(world: World) -> int:
    """How often images were looked at."""
    return world.called("describeImages")


async def look_on(world: World, number: int = 4) -> None:
    """Waits for more looks."""
    before = looks(world)
    await world.until(lambda: looks(world) >= before + number, seconds=30)


def finish(world: World) -> None:
    """Every image that is being made is ready."""
    for image in world.cloud.images.values():
        image.ready_at = 0.0


def now(world: World, card: Message) -> str:
    """A card as it is now."""
    return next(plain_text(one) for one in world.cards() if one.ts == card.ts)


async def approve(world: World, card: Message) -> None:
    """An approval, until its image is being made."""
    await world.ben.press("Approve", message=card, confirm=True)
    await world.until(lambda: "img-" in now(world, card))


async def several(world: World) -> list[Message]:
    """Three images of three instances, in one region; their cards."""
    cards = [await world.request(instance=name) for name in ("web-1", "web-2", "web-3")]
    for card in cards:
        await approve(world, card)
    return cards


async def test_one_of_three_is_deleted(running: World) -> None:
    """JD Cloud refuses to tell about all three: the two that are there become ready, only the third is gone."""
    cards = await several(running)
    gone = next(image for image in running.cloud.images.values() if image.instance_id == "i-web-2")
    running.cloud.remove_image(gone, with_snapshots=True)
    running.cloud.faults.add("describeImages", jdcloud.RefuseUnknown(), jdcloud.ALWAYS)
    finish(running)
    await running.until(lambda: all("ready" in now(running, cards[one]).splitlines()[0] for one in (0, 2)))
    await running.until(lambda: "is gone from JD Cloud" in now(running, cards[1]))
    await running.until(lambda: running.told(OPS).count("is ready") == 2)


@pytest.mark.parametrize(
    ("refusal", "calls"),
    [
        (jdcloud.Refuse(401, "UNAUTHENTICATED", "no"), 1),
        (jdcloud.Refuse(403, "HTTP_FORBIDDEN", "no"), 1),
        (jdcloud.Refuse(400, "INVALID_ARGUMENT", "no"), 4),
    ],
)
async def test_a_refusal_that_is_about_no_image(running: World, refusal: jdcloud.Refuse, calls: int) -> None:
    """A key that is not accepted, or a call that nobody's image is told by, makes no image gone."""
    cards = await several(running)
    running.cloud.faults.add("describeImages", refusal, jdcloud.ALWAYS)
    await look_on(running, 7 * calls)
    assert all("gone" not in now(running, card) for card in cards)
    running.cloud.faults.clear()
    finish(running)
    await running.until(lambda: running.told(OPS).count("is ready") == 3)


async def test_an_image_that_is_listed_late(world: World) -> None:
    """JD Cloud has as long to list it as it has after a doubtful call, however often it was looked for by then."""
    furnish_more(world)
    async with world.bot(LAUNCH_GRACE="120"):
        cards = [await world.request(instance=name) for name in ("web-1", "web-2")]
        for card, seconds in zip(cards, (100, HOUR), strict=True):
            world.cloud.faults.add("createImage", jdcloud.HideImages(seconds))
            await approve(world, card)
        await look_on(world, 10)
        assert all("gone" not in now(world, card) for card in cards)
        world.clock.ahead += 130
        await world.until(lambda: "is gone from JD Cloud" in now(world, cards[1]))
        finish(world)
        await world.until(lambda: "ready" in now(world, cards[0]).splitlines()[0])


async def test_two_requests_for_one_instance(running: World) -> None:
    """The second waits for the first and says so; the half hour that it is tried for begins with its own first try."""
    first, second = await running.request(), await running.request()
    await approve(running, first)
    await running.ben.press("Approve", message=second, confirm=True)
    assert first.metadata is not None
    holder = str(first.metadata["event_payload"]["request"])
    await running.until(
        lambda: f"Waits for {holder}, which is making an image of `web-1`" in now(running, second).replace("*", "")
    )
    assert "starting" not in now(running, second)
    await running.until(lambda: f"Waits for {holder}" in running.told(running.slack.dm(AMY).id))
    assert running.created() == 1
    running.cloud.faults.add("createImage", jdcloud.Refuse(429, "RATE_LIMIT", "too many requests"))
    running.clock.ahead += 2000
    finish(running)
    await running.until(lambda: "· ready" in now(running, first))
    await running.until(lambda: "img-" in now(running, second) or "failed" in now(running, second))
    assert "failed" not in now(running, second)
    assert "Waits for" not in now(running, second)
    assert running.created() == 3


async def test_a_second_request_that_goes_on(running: World) -> None:
    """Its card is redrawn as soon as the instance is free, whatever it meets then."""
    first, second = await running.request(), await running.request()
    await approve(running, first)
    await running.ben.press("Approve", message=second, confirm=True)
    await running.until(lambda: "Waits for" in now(running, second))
    running.cloud.faults.add("describeInstance", jdcloud.Slow(2), jdcloud.ALWAYS)
    finish(running)
    await running.until(lambda: "Waits for" not in now(running, second))


async def test_patience_ends(running: World) -> None:
    """Half an hour of tries, and the card says that; it does not say that it is tried again."""
    card = await running.request()
    running.cloud.faults.add(
        "createImage", jdcloud.Refuse(400, "FAILED_PRECONDITION", "Conflict with underlay task xx"), jdcloud.ALWAYS
    )
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Not started yet" in running.card())
    running.clock.ahead += 1801
    await running.until(lambda: "failed" in running.card(), seconds=20)
    assert "Another task is under way on web-1." in running.card()
    assert "tried again for 30 min" in running.card()
    assert "tries again" not in running.card()


async def say(world: World, status: str) -> None:
    """JD Cloud says something of its one image."""
    (image,) = world.cloud.images.values()
    image.status = status


async def test_a_status_that_no_page_documents(running: World, log: Log) -> None:
    """The card shows what JD Cloud says and since when; it is logged once; the watch goes on."""
    card = await running.request()
    await approve(running, card)
    await say(running, "create_failed")
    await running.until(lambda: "JD Cloud says `create_failed`" in running.card())
    assert ", since" in running.card()
    assert ", begun" not in running.card()
    assert "Give up" in running.card()
    assert "Give up" not in running.told(running.slack.dm(AMY).id)
    await look_on(running)
    assert [line["status"] for line in log.of("step.status_unknown")] == ["create_failed"]
    await say(running, "rolling_back")
    await running.until(lambda: "JD Cloud says `rolling_back`" in running.card())
    assert [line["status"] for line in log.of("step.status_unknown")] == ["create_failed", "rolling_back"]
    await say(running, "pending")
    await running.until(lambda: ", begun" in running.card())
    assert "Give up" not in running.card()
    await say(running, "ready")
    await running.until(lambda: "img-" in running.told(OPS))


async def test_a_status_that_is_not_told(running: World, log: Log) -> None:
    """Is no status: nothing is said of it."""
    card = await running.request()
    await approve(running, card)
    await say(running, "")
    await look_on(running)
    assert ", begun" in running.card()
    assert not log.of("step.status_unknown")


async def test_an_approver_gives_up_an_image_that_comes_to_no_end(running: World) -> None:
    """The request has failed then, by a person's word, and says that JD Cloud still has the image."""
    first, second = await running.request(), await running.request()
    await approve(running, first)
    await say(running, "create_failed")
    await running.until(lambda: "Give up" in now(running, first))
    await running.ben.press("Give up", message=next(one for one in running.cards() if one.ts == first.ts), confirm=True)
    await running.until(lambda: "Given up by" in now(running, first))
    assert now(running, first).splitlines()[0].endswith("· failed")
    assert "JD Cloud still has image img-" in now(running, first)
    assert "says create_failed of it" in now(running, first)
    assert "Retry" not in now(running, first)
    await running.until(lambda: "JD Cloud still has image img-" in running.told(OPS))
    await running.ben.press("Approve", message=second, confirm=True)
    await running.until(lambda: "img-" in now(running, second))


async def test_an_image_that_is_being_made_cannot_be_given_up(running: World) -> None:
    """A button of an older card does nothing, once JD Cloud says again that it is making the image."""
    card = await running.request()
    await approve(running, card)
    await say(running, "create_failed")
    await running.until(lambda: "Give up" in running.card())
    older = running.cards()[-1]
    await say(running, "pending")
    await running.until(lambda: "Give up" not in running.card())
    await running.ben.press("Give up", message=older, confirm=True)
    await running.until(lambda: "Nothing was changed" in running.ephemeral("U0BEN"))
    assert WEB_1 in running.cloud.instances
    assert ", begun" in running.card()
