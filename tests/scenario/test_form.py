"""The form: what it says of a machine that cannot be imaged yet, or that could not be looked at, and the way on."""

from datetime import UTC, datetime

import pytest

from bot.demo import slack
from bot.demo.jdcloud import Disk, Image, Refuse, Slow
from tests.scenario.conftest import BUSY_1, OPS, WEB_1, World, furnish_one


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "http"


async def opened(world: World, text: str) -> None:
    """The form, as the command opens it."""
    await world.amy.command("/createimage", text, channel=OPS)
    await world.until(lambda: world.amy.view is not None)


async def test_a_machine_that_no_image_can_be_made_of_yet_is_said_once(running: World) -> None:
    """With a way to look again; the form can be sent as soon as the machine is stopped, and nothing typed is lost."""
    amy = running.amy
    await opened(running, BUSY_1)
    await running.until(lambda: "busy-1 is stopping" in running.shown(amy))
    await amy.fill("Description", "before the upgrade")
    await amy.untick("Data disks", "vdc")
    assert await amy.submit() == {}
    await running.until(lambda: "This was not sent." in running.shown(amy))
    assert running.shown(amy).count("⚠️ busy-1 is stopping.") == 1
    assert "Open the console" in running.shown(amy)
    running.cloud.instances[BUSY_1].status = "stopped"
    await amy.press("Check again", view=True)
    await running.until(lambda: "busy-1 is stopped" in running.shown(amy))
    assert "not sent" not in running.shown(amy)
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
    assert "could not be loaded" in (await running.attempt(amy))["Instances"]
    await running.until(lambda: "Load again" in running.shown(amy), seconds=30)
    running.cloud.faults.clear()
    await amy.press("Load again", view=True)
    await running.until(lambda: "web-1 is stopped" in running.shown(amy))
    assert "Load again" not in running.shown(amy)


def image(world: World, name: str) -> None:
    """An image of somebody else's that has this name."""
    system = Disk(device="vda", id="vol-other", name="system")
    world.cloud.images[name] = Image(
        id=f"img-{name}",
        region="cn-north-1",
        instance_id="i-other",
        name=name,
        description="",
        created_at=0,
        status="ready",
        ready_at=0,
        system_disk=system,
    )


async def test_requests_for_the_same_machine_are_named(running: World) -> None:
    """Whoever asks next sees who has asked before, and is offered a name that neither they nor an image have."""
    running.slack.users[running.amy.id].tz_offset = 14 * 3600
    running.slack.users[running.ben.id].tz_offset = 14 * 3600
    day = f"{datetime.fromtimestamp(running.clock() + 14 * 3600, UTC):%Y%m%d}"
    await running.form()
    assert running.amy.values["Name"] == f"web-1-{day}"
    assert "already waits" not in running.shown(running.amy)
    assert await running.attempt(running.amy) == {}
    await running.until(lambda: bool(running.cards()))
    image(running, f"web-1-{day}-2")
    await running.form(running.ben)
    assert "IR-" in running.shown(running.ben)
    assert "@U0AMY already waits for" in running.shown(running.ben)
    assert running.ben.values["Name"] == f"web-1-{day}-3"


async def test_a_request_that_came_in_while_the_form_was_open(running: World) -> None:
    """It is said once, with who asked; sending again asks all the same, and the approvers see both."""
    await running.form(running.ben)
    assert "IR-" not in running.shown(running.ben)
    first = await running.request()
    assert await running.attempt(running.ben) == {}
    await running.until(lambda: "came in while this form was open" in running.shown(running.ben))
    assert "@U0AMY already waits for" in running.shown(running.ben)
    assert running.ben.values["Description"] == "weekly"
    assert running.cards() == [first]
    assert await running.attempt(running.ben) == {}
    await running.until(lambda: len(running.cards()) == 2)
    assert "by @U0AMY already waits for `web-1`." in running.card()


async def test_a_request_that_came_in_and_ended(running: World) -> None:
    """There is nothing to say of it."""
    await running.form(running.ben)
    await running.request()
    await running.amy.press("Cancel", message=await running.own_card(), confirm=True)
    await running.until(lambda: "Cancelled" in running.card())
    assert await running.attempt(running.ben) == {}
    await running.until(lambda: len(running.cards()) == 2)


async def test_names_that_are_not_told_in_time(running: World) -> None:
    """The form does not wait for them: a name is offered, and the check has the last word."""
    running.cloud.faults.add("describeImages", Slow(30), times=9)
    await running.form()
    assert str(running.amy.values["Name"]).startswith("web-1-")


@pytest.mark.parametrize("fault", [slack.RateLimited(30), slack.Error("restricted_action")])
async def test_an_answer_where_slack_limits_what_is_said(running: World, fault: slack.Fault) -> None:
    """Whoever typed the command still hears that no form opens, by the command's own address."""
    for method in ("chat.postEphemeral", "chat.postMessage"):
        running.slack.faults.add(method, fault, times=slack.ALWAYS)
    running.slack.faults.add("views.open", slack.Error("expired_trigger_id"), times=9)
    await running.amy.command("/createimage", "", channel=OPS)
    await running.until(lambda: "again" in running.ephemeral(running.amy.id))


async def test_an_answer_to_a_click_where_slack_limits_what_is_said(running: World) -> None:
    """The same for a button of a message, which stays as it is."""
    card = await running.request()
    for method in ("chat.postEphemeral", "chat.postMessage"):
        running.slack.faults.add(method, slack.RateLimited(30), times=slack.ALWAYS)
    await running.amy.press("Approve", message=card, confirm=True)
    await running.until(lambda: "cannot approve your own request" in running.ephemeral(running.amy.id))
    assert "Approve" in running.card()


async def test_a_form_that_was_not_sent_is_gone_on_with(running: World) -> None:
    """For an hour, in the window of a fresh one, with all that was typed, disks and all; then it is forgotten."""
    amy = running.amy
    await running.form(description="typed and closed")
    await amy.untick("Data disks", "vdb")
    await amy.close()
    await opened(running, "")
    await running.until(lambda: "Go on with your form for web-1?" in running.shown(amy))
    await amy.press("Go on", view=True)
    await running.until(lambda: "web-1 is stopped" in running.shown(amy))
    assert amy.values["Description"] == "typed and closed"
    assert "( ) vdb" in running.shown(amy)
    assert "Go on with" not in running.shown(amy)
    assert await running.attempt(amy) == {}
    await running.until(lambda: bool(running.cards()))
    await amy.close()
    await running.form(description="too long ago")
    running.clock.ahead += 3601
    await amy.close()
    await opened(running, "")
    assert "Go on with" not in running.shown(amy)


async def test_a_machine_whose_name_reads_like_a_number(running: World) -> None:
    """To Python, ² is a digit and no number: its request is made like any other."""
    furnish_one(running.cloud, "i-squared", "3²")
    await running.request(instance="i-squared")
    assert "`3²`" in running.card()
