"""The form: what it says of a machine that cannot be imaged yet, or that could not be looked at, and the way on."""

import pytest

from bot.demo.jdcloud import Refuse
from tests.scenario.conftest import DB_1, OPS, WEB_1, World


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "http"


async def opened(world: World, text: str) -> None:
    """The form, as the command opens it."""
    await world.amy.command("/createimage", text, channel=OPS)
    await world.until(lambda: world.amy.view is not None)


async def test_a_running_machine_is_said_once(running: World) -> None:
    """With a way to look again; the form can be sent as soon as the machine is stopped, and nothing typed is lost."""
    amy = running.amy
    await opened(running, DB_1)
    await running.until(lambda: "db-1 is running" in running.shown(amy))
    await amy.fill("Description", "before the upgrade")
    await amy.untick("Data disks", "vdc")
    assert await amy.submit() == {}
    await running.until(lambda: "db-1 is running" in running.shown(amy))
    assert running.shown(amy).count("is running.") == 1
    assert "Open the console" in running.shown(amy)
    running.cloud.instances[DB_1].status = "stopped"
    await amy.press("Check again", view=True)
    await running.until(lambda: "db-1 is stopped" in running.shown(amy))
    assert "( ) vdc" in running.shown(amy)
    assert amy.values["Description"] == "before the upgrade"
    assert await amy.submit() == {}
    await running.until(lambda: bool(running.cards()))


async def test_a_machine_that_could_not_be_loaded(running: World) -> None:
    """It says so, and is loaded again at a press; sending says that it was not loaded, and not that it still is."""
    amy = running.amy
    running.cloud.faults.add("describeInstance", Refuse(500, "INTERNAL", "oops"), times=99)
    await opened(running, WEB_1)
    await running.until(lambda: "Load again" in running.shown(amy), seconds=30)
    assert "Loading the disks" not in running.shown(amy)
    await amy.fill("Name", "web-1-now")
    await amy.fill("Description", "before the upgrade")
    assert "could not be loaded" in (await running.attempt(amy))["Instance"]
    await running.until(lambda: "Load again" in running.shown(amy), seconds=30)
    running.cloud.faults.clear()
    await amy.press("Load again", view=True)
    await running.until(lambda: "web-1 is stopped" in running.shown(amy))
    assert "Load again" not in running.shown(amy)
