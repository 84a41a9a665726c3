"""Slack brings things late, twice, and in any order: the approvers are asked for what the acknowledged form showed."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.demo.jdcloud import Disk, Image
from bot.demo.slack import Answer, Error, Transport
from tests.scenario.conftest import WEB_1, Log, World, furnish_one

DB_2 = "i-db2aaaaaaa"


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "http"


@dataclass
class Held:
    """A line on which interactions of some kinds are kept back, to be brought later; the person sees them done."""

    under: Transport
    kinds: set[str]
    kept: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    noted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def deliver(self, kind: str, payload: dict[str, Any]) -> Answer:
        """As Slack does, but for what is kept back."""
        if payload.get("type") in self.kinds:
            self.kept.append((kind, payload))
            return Answer(status=200)
        self.noted.append((kind, payload))
        return await self.under.deliver(kind, payload)

    async def bring(self) -> list[Answer]:
        """What was kept back, in the order in which it was done."""
        return [await self.under.deliver(kind, payload) for kind, payload in self.kept]


@dataclass
class Unheard:
    """A line on which all that is done arrives, and every answer is lost."""

    under: Transport

    async def deliver(self, kind: str, payload: dict[str, Any]) -> Answer:
        """As when the app takes longer than three seconds."""
        await self.under.deliver(kind, payload)
        return Answer(error="operation_timeout")


@pytest.fixture
def world(world: World) -> World:
    """With one more instance."""
    furnish_one(world.cloud, DB_2, "db-2")
    return world


def held(world: World, *kinds: str) -> Held:
    """From now on Slack keeps back what is done of these kinds."""
    line = Held(world.slack.transport, set(kinds))
    world.slack.transport = line
    return line


async def take_away(world: World, other: str, instance: str) -> None:
    """Takes back a choice, and waits until the disks of the one that is left are there."""
    await world.amy.untick("Instances", other)
    await world.until(lambda: f"{instance} is stopped" in world.shown(world.amy))


async def test_a_choice_that_arrives_after_the_form_was_sent(world: World, log: Log) -> None:
    """It is answered as any other, and changes nothing of what was acknowledged."""
    amy = world.amy
    async with world.bot(work=False):
        await world.form()
        line = held(world, "block_actions")
        await amy.choose("Instances", "db-2")
        line.kinds.clear()
        await take_away(world, "db-2", "web-1")
        assert await world.attempt(amy) == {}
        assert [answer.status for answer in await line.bring()] == [200]
        assert log.of("draft.late")
        assert "Checking web-1" in world.shown(amy)
        async with world.bot(serve=False):
            await world.until(lambda: bool(world.cards()))
    assert WEB_1 in world.card()
    assert DB_2 not in world.card()


async def test_changes_of_disks_that_arrive_after_the_form_was_sent(world: World) -> None:
    """A disk that is taken back, edited or added too late: the request is as it was sent."""
    amy = world.amy
    async with world.bot(work=False):
        await world.form()
        await amy.press("Add a disk", view=True)
        await world.until(lambda: "Device name" in world.shown(amy))
        await amy.fill("Size (GiB)", "30")
        await amy.fill("Name", "extra")
        assert await amy.submit() == {}
        await world.until(lambda: "extra" in world.shown(amy))
        line = held(world, "block_actions")
        for button in ("Remove", "Edit", "Add a disk"):
            await amy.press(button, view=True)
        line.kinds.clear()
        assert await world.attempt(amy) == {}
        assert {answer.status for answer in await line.bring()} == {200}
        assert "Checking web-1" in world.shown(amy)
        async with world.bot(serve=False):
            await world.until(lambda: bool(world.cards()))
    assert "`vdd`, blank" in world.card()
    assert "in Beijing" in world.card()


async def test_an_instance_that_is_taken_away_just_before_the_form_is_sent(running: World) -> None:
    """What is sent is not what was shown of it: it is shown as it was meant, and then it can be sent."""
    amy = running.amy
    await running.form()
    await amy.choose("Instances", "db-2")
    await running.until(lambda: "db-2-" in running.shown(amy))
    line = held(running, "block_actions")
    await amy.untick("Instances", "db-2")
    line.kinds.clear()
    assert set(await running.attempt(amy)) == {"Instances"}
    await running.until(lambda: "web-1 is stopped" in running.shown(amy))
    assert [answer.status for answer in await line.bring()] == [200]
    assert await running.attempt(amy) == {}
    await running.until(lambda: bool(running.cards()))
    assert WEB_1 in running.card()
    assert DB_2 not in running.card()


async def test_a_form_that_is_changed_while_it_is_checked(world: World) -> None:
    """Slack did not hear that it was taken, so it is still there to be changed; but what was sent first counts."""
    amy = world.amy
    async with world.bot(work=False):
        await world.form()
        await amy.fill("Description", "as first sent")
        answering, world.slack.transport = world.slack.transport, Unheard(world.slack.transport)
        assert "trouble connecting" in "".join((await world.attempt(amy)).values())
        world.slack.transport = answering
        await amy.fill("Description", "changed since")
        problems = await world.attempt(amy)
        assert "sent a moment ago" in "".join(problems.values())
        async with world.bot(serve=False):
            await world.until(lambda: bool(world.cards()))
    assert "as first sent" in world.card()
    assert "changed since" not in world.card()


async def test_a_choice_from_before_the_check_that_gave_the_form_back(running: World) -> None:
    """Nor does it change the form that came back: it was made in an older one."""
    amy = running.amy
    taken(running, "golden")
    await running.form()
    line = held(running, "block_actions")
    await amy.choose("Instances", "db-2")
    line.kinds.clear()
    await take_away(running, "db-2", "web-1")
    await amy.fill("Name", "golden")
    assert await running.attempt(amy) == {}
    await running.until(lambda: "img-old" in running.shown(amy))
    before = running.shown(amy)
    assert [answer.status for answer in await line.bring()] == [200]
    assert running.shown(amy) == before
    assert await running.attempt(amy) == {}
    await running.until(lambda: bool(running.cards()))
    assert WEB_1 in running.card()


async def test_a_form_that_arrives_twice(running: World) -> None:
    """A warning is passed by whoever has read it, and not by the same form once more."""
    amy = running.amy
    taken(running, "golden")
    await running.form()
    await amy.fill("Name", "golden")
    line = held(running)
    line.noted = []
    assert await running.attempt(amy) == {}
    await running.until(lambda: "img-old" in running.shown(amy))
    ((kind, payload),) = line.noted
    again = await line.under.deliver(kind, payload)
    assert "img-old" in str(again.body), "it is answered with the form as it stands"
    assert running.cards() == []
    assert await running.attempt(amy) == {}
    await running.until(lambda: bool(running.cards()))


async def test_choices_out_of_order(running: World) -> None:
    """What was chosen last counts, in whatever order it arrives."""
    amy = running.amy
    await running.form()
    line = held(running, "block_actions")
    await amy.choose("Instances", "db-2")
    line.kinds.clear()
    await take_away(running, "db-2", "web-1")
    before = running.shown(amy)
    assert [answer.status for answer in await line.bring()] == [200]
    assert await running.attempt(amy) == {}
    await running.until(lambda: bool(running.cards()))
    assert "web-1 is stopped" in before
    assert WEB_1 in running.card()


async def test_a_window_that_shows_less_than_there_is(running: World) -> None:
    """Nobody sends a disk that they have not seen: the form is drawn anew, and then it can be sent."""
    amy = running.amy
    await running.form()
    await amy.press("Add a disk", view=True)
    await running.until(lambda: "Device name" in running.shown(amy))
    await amy.fill("Size (GiB)", "30")
    await amy.fill("Name", "extra")
    running.slack.faults.add("views.update", Error("not_found"))
    assert await amy.submit() == {}
    await running.until(lambda: any(call.error == "not_found" for call in running.slack.calls))
    assert "extra" not in running.shown(amy)
    assert set(await running.attempt(amy)) == {"Instances"}
    await running.until(lambda: "extra" in running.shown(amy))
    assert await running.attempt(amy) == {}
    await running.until(lambda: bool(running.cards()))
    assert "`vdd`, blank" in running.card()


async def test_a_choice_that_never_arrived(running: World) -> None:
    """What the form shows is what the person wants: it is loaded when they send it, and sent when they have seen it."""
    amy = running.amy
    await running.form()
    line = held(running, "block_actions")
    await amy.choose("Instances", "db-2")
    await amy.untick("Instances", "web-1")
    line.kinds.clear()
    assert set(await running.attempt(amy)) == {"Instances"}
    await running.until(lambda: "db-2 is stopped" in running.shown(amy))
    assert await running.attempt(amy) == {}
    await running.until(lambda: bool(running.cards()))
    assert DB_2 in running.card()


def taken(world: World, name: str) -> None:
    """An image that has this name already."""
    world.cloud.images["img-old"] = Image(
        id="img-old",
        region="cn-north-1",
        instance_id="i-other",
        name=name,
        description="",
        created_at=world.clock(),
        status="ready",
        ready_at=world.clock(),
        system_disk=Disk(device="vda", id="vol-other", name="system"),
    )
