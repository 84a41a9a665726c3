"""Several machines in one form: a line for each, with its own disks and name; one description, and one request."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest
from pydantic import TypeAdapter

from bot.demo.jdcloud import Refuse
from bot.domain.plan import Plan, from_stored
from tests.scenario.conftest import OPS, WEB_1, World, furnish_one
from tests.scenario.test_form import image

pytestmark = pytest.mark.parametrize("mode", ["http"])

DB_2, API_3 = "i-db2aaaaaaa", "i-api3aaaaaa"


@pytest.fixture
def world(world: World) -> World:
    """With two more instances, one of them in another region."""
    furnish_one(world.cloud, DB_2, "db-2")
    furnish_one(world.cloud, API_3, "api-3")
    world.cloud.instances[API_3].region = "cn-east-2"
    return world


async def several(world: World, *names: str) -> None:
    """The form with these chosen one by one, and loaded."""
    await world.form()
    for number, name in enumerate(names):
        await world.amy.choose("Instances", name)
        await world.until(lambda: world.shown(world.amy).count("[Disks and name]") == number + 2)  # noqa: B023 - awaited


async def on_top(world: World, name: str) -> None:
    """The form of one of them."""
    await world.amy.press(f"Disks and name of {name}", view=True)
    await world.until(lambda: "[Done]" in world.shown(world.amy))


def line(world: World, name: str) -> str:
    """What the form says of one of them: in its first two lines."""
    shown = world.shown(world.amy).splitlines()
    (first,) = [number for number, one in enumerate(shown) if one.startswith(f"`{name}`")]
    return " ".join(shown[first : first + 2])


async def sent(world: World) -> Sequence[str]:
    """What the stored plan holds, once the request is there: a line for each image."""
    assert await world.attempt(world.amy) == {}
    await world.until(lambda: bool(world.cards()))
    return [f"{job.instance_name} {job.image_name} -{','.join(job.left_out)}" for job in plan(world).jobs]


def plan(world: World) -> Plan:
    """The plan of the newest request, as it is stored."""
    with closing(sqlite3.connect(world.environ["DATABASE_URL"].removeprefix("sqlite:///"))) as connection:
        ((stored,),) = connection.execute("SELECT plan FROM request ORDER BY created_at DESC LIMIT 1").fetchall()
    return TypeAdapter(Plan).validate_python(from_stored(json.loads(stored)))


async def test_a_request_for_one_of_them_that_came_in_meanwhile(running: World) -> None:
    """It is said at that one, beside what else is wrong: both are passed by sending once more."""
    await several(running, "db-2")
    image(running, "taken")
    await on_top(running, "db-2")
    await running.amy.fill("Name", "taken")
    assert await running.amy.submit() == {}
    await running.until(lambda: "`taken`" in running.shown(running.amy))
    await running.request(running.ben, instance="db-2")
    assert await running.attempt(running.amy) == {}
    await running.until(lambda: "came in while this form was open" in running.shown(running.amy))
    assert "is called taken already" in running.shown(running.amy)
    assert running.shown(running.amy).count("@U0BEN already waits for `db-2`") == 1
    assert len(running.cards()) == 1
    assert await running.attempt(running.amy) == {}
    await running.until(lambda: len(running.cards()) == 2)


async def test_each_has_its_own_disks_and_name(running: World) -> None:
    """A line for each with what it stands for; its button opens what is its own, and the form shows what came of it."""
    amy = running.amy
    await several(running, "db-2", "api-3")
    for name in ("web-1", "db-2", "api-3"):
        assert f"image `{name}-" in line(running, name)
        assert "3 disks" in line(running, name)
    assert "Shanghai" in line(running, "api-3")
    assert "cn-east-2 · Shanghai" not in running.shown(amy), "said by its line"
    await on_top(running, "db-2")
    assert "`db-2`" not in running.shown(amy), "the line of its disks names it"
    await amy.untick("Data disks", "vdb")
    await amy.fill("Name", "before-patch")
    assert await amy.submit() == {}
    await running.until(lambda: "before-patch" in running.shown(amy) and "Request approval" in running.shown(amy))
    assert "2 disks" in line(running, "db-2")
    assert "`vdb`" in running.shown(amy)
    assert "weekly" in running.shown(amy)
    asked = await sent(running)
    assert [one for one in asked if one.startswith("db-2")] == ["db-2 before-patch -vdb"]
    assert len(asked) == 3


async def test_nothing_is_lost_when_one_is_taken_away(running: World) -> None:
    """Chosen once more, it is as it was; what was chosen for the others stays."""
    amy = running.amy
    await several(running, "db-2")
    await on_top(running, "db-2")
    await amy.untick("Data disks", "vdc")
    await amy.fill("Name", "kept")
    assert await amy.submit() == {}
    await running.until(lambda: "`kept`" in running.shown(amy))
    await amy.untick("Instances", "db-2")
    await running.until(lambda: "web-1 is stopped" in running.shown(amy))
    assert "kept" not in running.shown(amy)
    await amy.choose("Instances", "db-2")
    await running.until(lambda: "`kept`" in running.shown(amy))
    assert (await sent(running))[0] == "db-2 kept -vdc"


async def test_a_disk_is_added_to_one_of_them(running: World) -> None:
    """Its form lies on that of the machine, which lies on the request's; each comes back with what was chosen."""
    amy = running.amy
    await several(running, "db-2")
    await on_top(running, "db-2")
    await amy.press("Add a disk", view=True)
    await running.until(lambda: "Device name" in running.shown(amy))
    await amy.fill("Size (GiB)", "30")
    await amy.fill("Name", "extra")
    assert await amy.submit() == {}
    await running.until(lambda: "extra" in running.shown(amy) and "[Done]" in running.shown(amy))
    assert await amy.submit() == {}
    await running.until(lambda: "extra" in running.shown(amy) and "Request approval" in running.shown(amy))
    await sent(running)
    jobs = plan(running).jobs
    assert {job.instance_name: len(job.added) for job in jobs} == {"db-2": 1, "web-1": 0}


async def test_one_that_does_not_load(running: World) -> None:
    """It is named, with a way to load it again; the others stay as they are."""
    amy = running.amy
    await several(running)
    running.cloud.faults.add("describeInstance", Refuse(500, "INTERNAL", "oops"), times=99)
    await amy.choose("Instances", "db-2")
    await running.until(lambda: "Load again" in running.shown(amy), seconds=30)
    assert "3 disks" in line(running, "web-1")
    assert "db-2" in (await running.attempt(amy))["Instances"] or DB_2 in (await running.attempt(amy))["Instances"]
    running.cloud.faults.clear()
    await running.until(lambda: "Load again" in running.shown(amy), seconds=30)
    await amy.press("Load again", view=True)
    await running.until(lambda: "Load again" not in running.shown(amy) and "`db-2`" in running.shown(amy))
    assert len(await sent(running)) == 2


async def test_a_problem_stands_at_its_machine(running: World) -> None:
    """A name that an image has: said of that machine; sent again, it passes."""
    amy = running.amy
    image(running, "golden")
    await several(running, "db-2")
    await on_top(running, "db-2")
    await amy.fill("Name", "golden")
    assert await amy.submit() == {}
    await running.until(lambda: "`golden`" in running.shown(amy))
    assert await running.attempt(amy) == {}
    await running.until(lambda: "img-golden" in running.shown(amy))
    shown = running.shown(amy)
    assert shown.index("`db-2`") < shown.index("img-golden")
    assert "db-2 golden -" in await sent(running)


async def test_every_machine_that_is_in_the_way_is_named(running: World) -> None:
    """All of them at once, and not one after another."""
    amy = running.amy
    await several(running, "db-2")
    for each in (WEB_1, DB_2):
        running.cloud.instances[each].status = "stopping"
    assert await running.attempt(amy) == {}
    await running.until(lambda: "web-1 is stopping" in running.shown(amy))
    assert "db-2 is stopping" in running.shown(amy)


async def test_two_images_of_one_name(running: World) -> None:
    """Is said where the second one is typed."""
    amy = running.amy
    await several(running, "db-2")
    await on_top(running, "db-2")
    await amy.fill("Name", "same")
    assert await amy.submit() == {}
    await running.until(lambda: "`same`" in running.shown(amy))
    await on_top(running, "web-1")
    await amy.fill("Name", "same")
    assert "another name" in (await running.attempt(amy))["Name"]


async def test_how_they_run(running: World) -> None:
    """Side by side where they stand still; one after another where one is taken down; or as somebody says."""
    amy = running.amy
    await several(running, "db-2")
    assert "(x) Side by side" in running.shown(amy)
    running.cloud.instances[API_3].status = "running"
    await amy.choose("Instances", "api-3")
    await running.until(lambda: "(x) One after another" in running.shown(amy))
    assert "api-3 is running" in running.shown(amy)
    running.cloud.instances[DB_2].status = "running"
    await amy.untick("Instances", "db-2")
    await running.until(lambda: "`db-2`" not in running.shown(amy))
    await amy.choose("Instances", "db-2")
    await running.until(lambda: "Goes for each that is running: api-3, db-2." in running.shown(amy))
    assert "What the images are for." in running.shown(amy)
    await amy.choose("How they run", "Side by side")
    await sent(running)
    asked = plan(running)
    assert asked.order == "side_by_side"
    assert [job.stops for job in asked.jobs] == [True, True, False]


async def test_behind_the_command(running: World) -> None:
    """Two words, two machines; asked for again, both are there."""
    amy = running.amy
    await amy.command("/createimage", "web-1 db-2", channel=OPS)
    await running.until(lambda: running.shown(amy).count("[Disks and name]") == 2)
    await amy.fill("Description", "weekly")
    await sent(running)
    await running.ben.press("Reject", message=running.cards()[-1])
    await running.until(lambda: "Reason" in running.shown(running.ben))
    await running.ben.fill("Reason", "no")
    await running.ben.submit()
    await running.until(lambda: "Request again" in running.card())
    await amy.close(everything=True)
    await amy.press("Request again", message=running.cards()[-1])
    await running.until(lambda: running.shown(amy).count("[Disks and name]") == 2)
    assert "weekly" in running.shown(amy)


async def test_words_that_fit_several_beside_one_that_is_certain(running: World) -> None:
    """The certain ones are chosen; of the other one chooses what was meant."""
    furnish_one(running.cloud, "i-db3aaaaaaa", "db-3")
    amy = running.amy
    await amy.command("/createimage", "web-1 busy-1 db-", channel=OPS)
    await running.until(lambda: "db- fits several instances" in running.shown(amy))
    await running.until(lambda: running.shown(amy).count("[Disks and name]") == 2)
    await amy.choose("db- fits several instances. Which one?", "db-3")
    await running.until(lambda: running.shown(amy).count("[Disks and name]") == 3)
    assert "fits several" not in running.shown(amy)
