"""A call that may have taken effect is not forgotten, whatever the next ones are answered: its image is looked for."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.demo import jdcloud
from tests.scenario.conftest import OPS, WEB_1, World

CONFLICT = jdcloud.Refuse(400, "FAILED_PRECONDITION", "Conflict with underlay task xx")
LIMITED = jdcloud.Refuse(429, "RATE_LIMIT", "too many requests")
QUOTA = jdcloud.Refuse(429, "QUOTA_EXCEEDED", "Image quota limit exceeded")


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "http"


@pytest.fixture
async def running(world: World) -> AsyncIterator[World]:
    """A bot between upstreams that are quick to answer."""
    async with world.bot(JDCLOUD_TIMEOUT="1"):
        yield world


async def lose_an_answer(world: World, *then: jdcloud.Refuse) -> None:
    """A first call takes effect and its answer is lost; its image is listed later than anybody waits for it, and the
    second call is answered with this.
    """
    card = await world.request()
    world.cloud.faults.add("createImage", jdcloud.HideImages(3600))
    world.cloud.faults.add("createImage", jdcloud.LoseAnswer())
    for refusal in then:
        world.cloud.faults.add("createImage", refusal)
    await world.ben.press("Approve", message=card, confirm=True)
    await world.until(lambda: world.created() == 2)


def list_it(world: World) -> None:
    """The image of the first call is listed by now."""
    for image in world.cloud.images.values():
        image.hidden_until = 0


@pytest.mark.parametrize("refusal", [CONFLICT, LIMITED])
async def test_turned_away_in_between(running: World, refusal: jdcloud.Refuse) -> None:
    """What the second call is answered says nothing about the first: the third is not made before a look."""
    await lose_an_answer(running, refusal)
    list_it(running)
    await running.until(lambda: "img-" in running.told(OPS))
    assert running.created() == 2
    assert len(running.cloud.images) == 1


async def test_a_request_in_doubt_cannot_be_cancelled(running: World) -> None:
    """`Cancel` says that no image will be made, which nobody knows."""
    await lose_an_answer(running, *[CONFLICT] * 50)
    await running.until(lambda: "Another task is under way" in running.card())
    assert "looks for the image before it asks again" in running.card()
    assert "Cancel" not in running.card()


def list_it_meanwhile(world: World) -> None:
    """It is listed while the plan is held against the instance before the second call."""

    def listed(result: dict[str, Any]) -> dict[str, Any]:
        list_it(world)
        return result

    world.cloud.faults.add("describeInstance", jdcloud.Tell(listed), jdcloud.ALWAYS)


async def test_refused_in_between(running: World) -> None:
    """A refusal is no end while the first call may have made the image; it is there, and taken."""
    card = await running.request()
    running.cloud.faults.add("createImage", jdcloud.HideImages(3600))
    running.cloud.faults.add("createImage", jdcloud.LoseAnswer())
    running.cloud.faults.add("createImage", QUOTA)
    list_it_meanwhile(running)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS))
    assert "failed" not in running.told(OPS)
    assert running.created() == 2
    assert len(running.cloud.images) == 1


async def test_retry_after_a_refusal(running: World) -> None:
    """The approved plan once more, but not before a look: what the first call has made is listed by then."""
    await lose_an_answer(running, QUOTA)
    await running.until(lambda: "Retry" in running.card())
    list_it(running)
    await running.ben.press("Retry", message=running.cards()[-1])
    await running.until(lambda: "img-" in running.told(OPS))
    assert running.created() == 2
    assert len(running.cloud.images) == 1


async def test_an_image_that_may_be_ours_after_retry(running: World) -> None:
    """Nobody has looked for it: *Retry* is no such word, and neither is what the call after it is answered."""
    await lose_an_answer(running, QUOTA)
    await running.until(lambda: "Retry" in running.card())
    running.cloud.faults.add("createImage", CONFLICT, jdcloud.ALWAYS)
    await running.ben.press("Retry", message=running.cards()[-1])
    await running.until(lambda: running.created() == 3)
    await running.until(lambda: "Another task is under way" in running.card())
    list_it(running)
    running.cloud.faults.clear()
    running.cloud.faults.add("describeImages", jdcloud.Tell(without_descriptions), jdcloud.ALWAYS)
    await running.until(lambda: "has no description" in running.card() or len(running.cloud.images) > 1)
    assert len(running.cloud.images) == 1


def without_descriptions(result: dict[str, Any]) -> dict[str, Any]:
    """A list of images that does not tell what each is for."""
    return result | {"images": [{key: of for key, of in one.items() if key != "desc"} for one in result["images"]]}


async def test_a_plan_that_no_longer_fits_but_was_carried_out(running: World) -> None:
    """The instance was started after the first call: that ends nothing, as the image is there."""
    card = await running.request()
    running.cloud.faults.add("createImage", jdcloud.HideImages(3600))
    running.cloud.faults.add("createImage", jdcloud.LoseAnswer())
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: running.created() == 1)
    running.cloud.start(WEB_1)
    list_it_meanwhile(running)
    await running.until(lambda: "img-" in running.told(OPS))
    assert "failed" not in running.told(OPS)
    assert running.created() == 1


async def test_create_anyway_looks_once_more(running: World) -> None:
    """What has turned up while a person decided is taken, and not made again."""
    card = await running.request()
    running.cloud.faults.add("createImage", jdcloud.HideImages(3600))
    running.cloud.faults.add("createImage", jdcloud.LoseAnswer())
    running.cloud.faults.add("createImage", jdcloud.Html(503))
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Create anyway" in running.card())
    list_it(running)
    await running.ben.press("Create anyway", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "img-" in running.told(OPS))
    assert running.created() == 2
    assert len(running.cloud.images) == 1


async def test_two_images_are_not_followed_by_a_third(running: World) -> None:
    """Where two carry the mark, a person is asked, and not offered to have one more."""
    card = await running.request()
    running.cloud.faults.add("createImage", jdcloud.LoseAnswer())
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: len(running.cloud.images) == 1)
    (image,) = running.cloud.images.values()
    running.cloud.make_image(
        running.cloud.instances[WEB_1],
        name=image.name,
        description=image.description,
        included=[],
        added=[],
        breaks=False,
        hidden_for=0,
    )
    await running.until(lambda: "More than one image" in running.card())
    assert "Give up" in running.card()
    assert "Create anyway" not in running.card()
