"""Ended in doubt: what nobody wants any more is not asked for again, and what was done meanwhile is made good."""

from collections.abc import AsyncIterator

import pytest

from bot.demo import jdcloud
from bot.demo.slack import Message
from tests.scenario.conftest import AMY, DB_1, OPS, WEB_1, World

SWITCHES = {"stopInstance", "createImage", "startInstance"}


@pytest.fixture(params=["http"])
def mode(request: pytest.FixtureRequest) -> str:
    """It is not about how Slack reaches the bot."""
    return str(request.param)


@pytest.fixture
async def running(world: World) -> AsyncIterator[World]:
    """Whether a call took place is looked at after a while, so that there is time to end it."""
    async with world.bot(LAUNCH_GRACE="15"):
        yield world


def asked(running: World) -> list[str]:
    """What JD Cloud was asked to change, in order."""
    return [call.action for call in running.cloud.calls if call.action in SWITCHES]


async def ended(running: World, action: str, fault: jdcloud.Fault) -> Message:
    """A request for db-1, which runs, with a call that meets a fault, and somebody who ends it there."""
    running.cloud.stop_time = running.cloud.start_time = 0.2
    running.cloud.faults.add(action, fault)
    card = await running.request(instance="db-1")
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: action in asked(running) and "End here" in running.card(), 20)
    await running.ben.press("End here", message=running.cards()[-1], confirm=True)
    return card


async def test_a_stop_that_was_lost_is_not_sent_again(running: World) -> None:
    """Nothing came of it: nothing new begins, and there is nothing to make good."""
    await ended(running, "stopInstance", jdcloud.Drop())
    await running.in_time(lambda: "ended" in running.card().splitlines()[0], step=31)
    assert asked(running) == ["stopInstance"]
    assert running.cloud.instances[DB_1].status == "running"


async def test_a_stop_whose_answer_was_lost_is_made_good(running: World) -> None:
    """It took effect: no image is made of it any more, and it is started again."""
    await ended(running, "stopInstance", jdcloud.LoseAnswer())
    await running.in_time(lambda: "ended" in running.card().splitlines()[0], step=31)
    assert asked(running) == ["stopInstance", "startInstance"]
    assert running.cloud.instances[DB_1].status == "running"
    await running.until(lambda: "is running" in running.told(OPS))


async def test_what_waits_in_doubt_ends_with_its_approval(running: World) -> None:
    """Nothing came of the call, and the instance runs by now: it waits for people as long as the approval is good."""
    running.cloud.faults.add("createImage", jdcloud.Drop())
    card = await running.request()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: asked(running) == ["createImage"])
    running.cloud.start(WEB_1)
    await running.in_time(lambda: "is running" in running.card(), step=5)
    await running.in_time(lambda: "failed" in running.card().splitlines()[0], step=86_400)
    assert asked(running) == ["createImage"]
    assert "The approval of" in running.card()
    assert "Retry" not in running.card()


async def in_doubt(running: World, action: str) -> None:
    """The answer to a call for db-1 is lost, before it could take effect."""
    running.cloud.stop_time = running.cloud.start_time = 0.2
    running.cloud.faults.add(action, jdcloud.Drop())
    card = await running.request(instance="db-1")
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: action in asked(running), 20)


async def test_a_machine_in_error_whose_start_is_in_doubt(running: World) -> None:
    """It is told after half an hour, as of any machine that was stopped and does not start; tried again, it runs."""
    await in_doubt(running, "startInstance")
    running.cloud.instances[DB_1].status = "error"
    await running.in_time(lambda: "`db-1` is off" in running.told(OPS), step=901)
    await running.until(lambda: "is off" in running.told(running.slack.dm(AMY).id))
    await running.until(lambda: "[Leave it stopped]" in running.card())
    assert "db-1 is error, and JD Cloud starts only what is stopped" in running.card()
    assert "Its image can be made" not in running.card()
    running.cloud.instances[DB_1].status = "stopped"
    await running.ben.press("Try again", message=running.cards()[-1])
    await running.in_time(lambda: "is ready" in running.told(OPS), step=31)
    assert running.cloud.instances[DB_1].status == "running"
    assert running.told(OPS).count("is off") == 1


async def test_a_machine_in_error_whose_start_is_in_doubt_may_be_left(running: World) -> None:
    """A person's word ends it."""
    await in_doubt(running, "startInstance")
    running.cloud.instances[DB_1].status = "error"
    await running.in_time(lambda: "[Leave it stopped]" in running.card(), step=901)
    await running.ben.press("Leave it stopped", message=running.cards()[-1], confirm=True)
    await running.in_time(lambda: "is ready" in running.told(OPS), step=31)
    assert asked(running) == ["stopInstance", "createImage", "startInstance"]
    assert "`db-1` is error" in running.told(OPS)


async def test_a_machine_that_was_deleted_whose_stop_is_in_doubt(running: World) -> None:
    """It is looked for a few times more, and then there is nothing left to be done."""
    await in_doubt(running, "stopInstance")
    del running.cloud.instances[DB_1]
    await running.in_time(lambda: "failed" in running.card().splitlines()[0], step=61)
    assert "JD Cloud has no db-1 in cn-north-1 any more" in running.card()
    assert asked(running) == ["stopInstance"]
    assert "is off" not in running.told(OPS)


async def test_a_machine_that_was_deleted_while_it_stops(running: World) -> None:
    """It is not said to run still. Whether it is to be started, should it be there after all, is a person's word."""
    running.cloud.stop_time = 3600
    card = await running.request(instance="db-1")
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: running.called("describeInstanceStatus") > 0)
    del running.cloud.instances[DB_1]
    await running.in_time(lambda: "is off" in running.told(OPS), step=61)
    assert "JD Cloud took the request to stop db-1, and does not list it any more." in running.told(OPS)
    assert "still runs" not in running.told(OPS)
    await running.until(lambda: "[Leave it stopped]" in running.card())
    await running.ben.press("Leave it stopped", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "failed" in running.card().splitlines()[0])
    assert "[Retry]" not in running.card()
    assert asked(running) == ["stopInstance"]


async def test_a_machine_that_was_deleted_is_ended(running: World) -> None:
    """By who presses *End here* meanwhile."""
    await in_doubt(running, "stopInstance")
    del running.cloud.instances[DB_1]
    await running.until(lambda: "[End here]" in running.card())
    await running.ben.press("End here", message=running.cards()[-1], confirm=True)
    await running.in_time(lambda: "ended" in running.card().splitlines()[0], step=61)
    assert asked(running) == ["stopInstance"]


async def test_a_machine_that_is_missing_for_a_while(running: World) -> None:
    """From fewer looks than it takes: unknown is not gone, and what was asked goes on."""
    await in_doubt(running, "stopInstance")
    nobody = jdcloud.Tell(lambda result: result | {"instanceStatuses": [], "totalCount": 0})
    running.cloud.faults.add("describeInstanceStatus", nobody, times=4)
    running.cloud.faults.add("describeInstance", jdcloud.Refuse(404, "NOT_FOUND", "no such instance"), times=4)
    await running.in_time(lambda: "is ready" in running.told(OPS), step=61)
    assert asked(running) == ["stopInstance", "stopInstance", "createImage", "startInstance"]
    assert running.cloud.instances[DB_1].status == "running"
