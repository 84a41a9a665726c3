"""Answers of JD Cloud that are not whole: unknown is not no, so nothing is decided by them."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot.demo.jdcloud import ALWAYS, LoseAnswer, Tell
from tests.scenario.conftest import OPS, WEB_1, World

Result = dict[str, Any]


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "http"


@pytest.fixture
async def running(world: World) -> AsyncIterator[World]:
    """A bot that is told soon that nothing is told."""
    async with world.bot(JDCLOUD_TIMEOUT="1"):
        yield world


def nothing(_: Result) -> Result:
    """An empty result."""
    return {}


def without(*names: str) -> Callable[[Result], Result]:
    """The result without these of its fields."""
    return lambda result: {key: value for key, value in result.items() if key not in names}


def saying(**fields: object) -> Callable[[Result], Result]:
    """The result with these fields changed."""
    return lambda result: result | fields


def each_without(name: str) -> Callable[[Result], Result]:
    """Every image of a list without one of its fields."""

    def change(result: Result) -> Result:
        return result | {"images": [without(name)(image) for image in result["images"]]}

    return change


def of_instance(change: Callable[[Result], Result]) -> Callable[[Result], Result]:
    """The instance in the result, changed."""
    return lambda result: {"instance": change(result["instance"])}


@pytest.mark.parametrize(
    "change",
    [
        nothing,
        without("images"),
        without("totalCount"),
        saying(images=None),
        saying(images=None, totalCount=None),
        saying(images=[]),
        saying(images=[None]),
        each_without("desc"),
        each_without("imageId"),
    ],
)
async def test_a_look_for_a_lost_image_that_tells_nothing(running: World, change: Callable[[Result], Result]) -> None:
    """The image is there, and the answer does not show it: no second one is asked for."""
    card = await running.request()
    running.cloud.faults.add("createImage", LoseAnswer())
    running.cloud.faults.add("describeImages", Tell(change), ALWAYS)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: any(words in running.card() for words in ("is not whole", "has no description")))
    assert running.created() == 1
    running.cloud.faults.clear()
    await running.until(lambda: "img-" in running.told(OPS), seconds=20)
    assert running.created() == 1
    assert len(running.cloud.images) == 1


async def test_an_image_without_a_description_that_is_somebody_elses(running: World) -> None:
    """Made in the console and called otherwise, it stands in nobody's way: the call is made once more."""
    running.cloud.make_image(
        running.cloud.instances[WEB_1],
        name="by-hand",
        description="",
        included=[],
        added=[],
        breaks=False,
        hidden_for=0,
    ).status = "ready"
    card = await running.request()
    running.cloud.faults.add("createImage", LoseAnswer())
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS))
    assert running.created() == 1


async def test_an_image_that_may_be_ours_is_a_persons_to_look_at(running: World) -> None:
    """One of the very name and without a description: after half an hour a person is asked, whose word counts."""
    card = await running.request()
    running.cloud.faults.add("createImage", LoseAnswer(), times=1)
    running.cloud.faults.add("describeImages", Tell(each_without("desc")), ALWAYS)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "has no description" in running.card())
    assert "Give up" not in running.card()
    running.clock.ahead += 1900
    await running.until(lambda: "Create anyway" in running.card(), seconds=80)
    (image,) = running.cloud.images
    assert image in running.card()
    await running.ben.press("Create anyway", message=running.cards()[-1], confirm=True)
    await running.until(lambda: running.created() == 2)


@pytest.mark.parametrize(
    "change",
    [
        nothing,
        saying(instance=None),
        of_instance(without("status")),
        of_instance(without("systemDisk")),
        of_instance(without("dataDisks")),
        of_instance(saying(dataDisks=None)),
        of_instance(saying(instanceId="i-another")),
    ],
)
async def test_an_approved_instance_that_is_not_told_is_asked_for_again(
    running: World, change: Callable[[Result], Result]
) -> None:
    """Neither is it gone, nor were its disks detached: the request waits and says so."""
    card = await running.request()
    running.cloud.faults.add("describeInstance", Tell(change), ALWAYS)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(
        lambda: any(words in running.card() for words in ("is not whole", "names no data disks of web-1"))
    )
    assert "Not started yet" in running.card()
    running.cloud.faults.clear()
    await running.until(lambda: "img-" in running.told(OPS), seconds=20)
    assert running.created() == 1


async def test_disks_that_are_not_told_any_more(running: World) -> None:
    """JD Cloud leaves the list out, too, when the last disk was detached: in the end that is said, with Retry."""
    card = await running.request()
    running.cloud.instances[WEB_1].data_disks.clear()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "there were vdb, vdc" in running.card())
    running.clock.ahead += 1900
    await running.until(lambda: "Retry" in running.card(), seconds=80)
    assert "tried again for 30 min" in running.card()
    assert "request again with the disks of now" in running.card()
    assert running.created() == 0


async def test_a_form_whose_disks_are_not_told_when_it_is_sent(running: World) -> None:
    """It comes back with the disks that the person saw; sent again, it goes through."""
    await running.form()
    running.cloud.faults.add("describeInstance", Tell(of_instance(without("dataDisks"))))
    await running.amy.submit()
    await running.until(lambda: "names no data disks of web-1 this time" in running.shown(running.amy))
    assert "vdc" in running.shown(running.amy)
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(running.cards()))
    assert "3 disks" in running.card()
    assert "left out" not in running.card()


@pytest.mark.parametrize("change", [nothing, saying(quotas=[], quota=None), saying(images=None)])
async def test_quotas_that_are_not_told_stop_nobody(running: World, change: Callable[[Result], Result]) -> None:
    """They are not known, which is not the same as used up."""
    for action in ("describeQuotas", "describeQuota", "describeImages"):
        running.cloud.faults.add(action, Tell(change), ALWAYS)
    assert await running.request()


async def test_an_accepted_call_without_its_image(running: World) -> None:
    """A 200 that names no image is a doubt like any other: it is found by its mark."""
    card = await running.request()
    running.cloud.faults.add("createImage", Tell(saying(imageId="")))
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS))
    assert running.created() == 1
