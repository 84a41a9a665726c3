"""A running machine: stopped, imaged, started again with one approval, and never left off by the bot."""

import pytest

from bot.demo import jdcloud
from bot.demo.slack import Message
from tests.scenario.conftest import AMY, APPROVALS, OPS, WEB_1, World

SWITCHES = {"stopInstance", "createImage", "startInstance"}


@pytest.fixture(params=["http"])
def mode(request: pytest.FixtureRequest) -> str:
    """It is not about how Slack reaches the bot."""
    return str(request.param)


async def requested(running: World) -> Message:
    """A request to stop web-1, which runs, for its image, and to start it again: what the form offers first."""
    running.cloud.stop_time = running.cloud.start_time = 0.2
    running.cloud.start(WEB_1)
    return await running.request()


async def approved(running: World) -> Message:
    """The same with its approval."""
    card = await requested(running)
    await running.ben.press("Approve", message=card, confirm=True)
    return card


async def it_is_off(running: World) -> None:
    """The machine does not start: it is told, and both cards offer what can be done about it."""
    await running.until(lambda: "is off" in running.told(OPS), 20)
    await running.until(lambda: "[Leave it stopped]" in running.told(running.slack.dm(AMY).id))
    await running.until(lambda: "[Try again]" in running.card())


def asked(running: World) -> list[str]:
    """What JD Cloud was asked to change, in order."""
    return [call.action for call in running.cloud.calls if call.action in SWITCHES]


def status(running: World) -> str:
    return running.cloud.instances[WEB_1].status


async def test_stop_image_start(running: World) -> None:
    """One approval, three calls in order; the result says that it runs."""
    await approved(running)
    await running.until(lambda: "is ready" in running.told(OPS), 20)
    assert asked(running) == ["stopInstance", "createImage", "startInstance"]
    assert status(running) == "running"
    assert "`web-1` is running, as seen" in running.told(OPS)
    await running.until(lambda: "✔ running again" in running.card())
    card = running.card()
    assert card.index("✔ stopped") < card.index("✔ image made") < card.index("✔ running again")


async def test_keeps_charging(running: World) -> None:
    """A stop never releases what it need not."""
    await approved(running)
    await running.until(lambda: "is ready" in running.told(OPS), 20)
    stops = [switch for switch in running.cloud.switches if switch.action == "stop" and switch.by == jdcloud.API]
    assert [stop.charge_on_stopped for stop in stops] == ["keepCharging"]


async def test_found_stopped(running: World) -> None:
    """We start only what we have stopped."""
    card = await requested(running)
    running.cloud.stop(WEB_1)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "is ready" in running.told(OPS), 20)
    assert asked(running) == ["createImage"]
    assert status(running) == "stopped"
    assert "`web-1` is still stopped" in running.told(OPS)
    await running.until(lambda: "not stopped by the bot" in running.card())


@pytest.mark.parametrize("action", sorted(SWITCHES))
async def test_an_answer_is_lost(running: World, action: str) -> None:
    """After its effect: a look tells that it took place, and it is not asked again."""
    running.cloud.faults.add(action, jdcloud.LoseAnswer())
    await approved(running)
    await running.until(lambda: "is ready" in running.told(OPS), 20)
    assert asked(running) == ["stopInstance", "createImage", "startInstance"]
    assert status(running) == "running"


async def test_the_image_is_refused(running: World) -> None:
    """The machine is started again all the same, and the failure says that it runs."""
    running.cloud.faults.add("createImage", jdcloud.Refuse(400, "INVALID_ARGUMENT", "no such thing"))
    await approved(running)
    await running.until(lambda: "failed" in running.told(OPS), 20)
    assert status(running) == "running"
    assert "`web-1` is running, as seen" in running.told(OPS)
    await running.until(lambda: "Retry" in running.card())
    assert "✘ image" in running.card()


async def test_the_stop_is_refused(running: World) -> None:
    """Nothing was done, so nothing is made good."""
    running.cloud.faults.add("stopInstance", jdcloud.Refuse(400, "INVALID_ARGUMENT", "no such thing"))
    await approved(running)
    await running.until(lambda: "failed" in running.told(OPS), 20)
    assert asked(running) == ["stopInstance"]
    assert status(running) == "running"


async def test_no_capacity_to_start(running: World) -> None:
    """Requester, approvers and the thread hear at once that it is off; Try again starts it."""
    running.cloud.instances[WEB_1].in_stock = False
    await approved(running)
    await running.until(lambda: "is off" in running.told(OPS), 20)
    await running.until(lambda: "is off" in running.told(running.slack.dm(AMY).id))
    await running.until(lambda: running.told(APPROVALS).count("is off") > 1)  # on the card, and in its thread
    assert "the machine is off" in running.card()
    assert "End here" not in running.card()
    running.cloud.instances[WEB_1].in_stock = True
    await running.ben.press("Try again", message=running.cards()[-1])
    await running.until(lambda: "is ready" in running.told(OPS), 20)
    assert status(running) == "running"
    assert running.told(OPS).count("is off") == 1


async def test_leave_it_stopped(running: World) -> None:
    """A person's word ends what is owed, and the result says that it is stopped."""
    running.cloud.instances[WEB_1].in_stock = False
    await approved(running)
    await it_is_off(running)
    await running.amy.press("Leave it stopped", message=await running.own_card(), confirm=True)
    await running.until(lambda: "is ready" in running.told(OPS), 20)
    assert status(running) == "stopped"
    assert f"the bot had stopped it, and @{AMY} said to leave it so." in running.told(OPS)
    assert "still stopped" not in running.told(OPS), "it ran before"
    await running.until(lambda: f"– left stopped by @{AMY}" in running.card())


async def test_leave_it_stopped_while_a_start_is_on_its_way(running: World) -> None:
    """The start takes place, and that is what is told in the end; had it not, nothing more would be tried."""
    running.cloud.instances[WEB_1].in_stock = False
    await approved(running)
    await it_is_off(running)
    running.cloud.instances[WEB_1].in_stock = True
    running.cloud.faults.add("startInstance", jdcloud.LoseAnswer())
    await running.ben.press("Try again", message=running.cards()[-1])
    await running.until(lambda: asked(running).count("startInstance") == 2)
    await running.amy.press("Leave it stopped", message=await running.own_card(), confirm=True)
    await running.in_time(lambda: "is ready" in running.told(OPS))
    await running.until(lambda: "✔ running again" in running.card())
    assert "not started by the bot" not in running.card()
    assert "`web-1` is running, as seen" in running.told(OPS)


async def test_leave_it_stopped_when_a_start_came_to_nothing(running: World) -> None:
    """Its answer is lost, and so is the call: a look says that it is stopped, and so it stays."""
    running.cloud.instances[WEB_1].in_stock = False
    await approved(running)
    await it_is_off(running)
    running.cloud.instances[WEB_1].in_stock = True
    running.cloud.faults.add("startInstance", jdcloud.Drop())
    await running.ben.press("Try again", message=running.cards()[-1])
    await running.until(lambda: asked(running).count("startInstance") == 2)
    await running.amy.press("Leave it stopped", message=await running.own_card(), confirm=True)
    await running.in_time(lambda: "is ready" in running.told(OPS))
    assert asked(running).count("startInstance") == 2
    await running.until(lambda: f"– left stopped by @{AMY}" in running.card())
    assert f"the bot had stopped it, and @{AMY} said to leave it so." in running.told(OPS)


async def test_started_by_hand(running: World) -> None:
    """Somebody starts in the console what the bot could not: it is seen, and that is the end of it."""
    running.cloud.instances[WEB_1].in_stock = False
    await approved(running)
    await running.until(lambda: "is off" in running.told(OPS), 20)
    running.cloud.start(WEB_1)
    await running.in_time(lambda: "is ready" in running.told(OPS))
    assert "not started by the bot" in running.card()


async def test_end_here(running: World) -> None:
    """Nothing new begins, and what is owed is done: no image, and a machine that runs."""
    card = await requested(running)
    running.cloud.stop_time = 1.5
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "● stopping" in running.card(), 20)
    await running.ben.press("End here", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "Ended here by @U0BEN" in running.card())
    await running.until(lambda: "was ended by" in running.told(OPS), 20)
    assert asked(running) == ["stopInstance", "startInstance"]
    assert status(running) == "running"


async def test_unsure_and_started(running: World) -> None:
    """What is owed waits for nobody: the machine runs while a person is asked about its image."""
    running.cloud.faults.add("createImage", jdcloud.HideImages(3600), times=2)
    running.cloud.faults.add("createImage", jdcloud.LoseAnswer(), times=2)
    await approved(running)
    await running.until(lambda: "Check again" in running.card(), 30)
    await running.until(lambda: "✔ running again" in running.card(), 30)
    assert status(running) == "running"
    assert "Create anyway" not in running.card()  # none is made of a machine that runs


async def test_an_image_holds_up_the_start(running: World) -> None:
    """JD Cloud starts nothing of which it is still making an image: that is no failure, and nobody is alarmed."""
    running.cloud.faults.add("startInstance", jdcloud.Refuse(400, "FAILED_PRECONDITION", "Conflict with underlay task"))
    await approved(running)
    await running.until(lambda: "is ready" in running.told(OPS), 20)
    assert asked(running).count("startInstance") == 2
    assert "is off" not in running.told(OPS) + running.told(APPROVALS)


async def test_a_start_that_fails_again_and_again(running: World) -> None:
    """It is told once, and tried for as long as it takes."""
    running.cloud.faults.add("startInstance", jdcloud.StartFails(), times=2)
    await approved(running)
    await running.until(lambda: "is off" in running.told(OPS), 20)
    await running.in_time(lambda: "is ready" in running.told(OPS))
    assert asked(running).count("startInstance") == 3
    assert running.told(OPS).count("is off") == 1
