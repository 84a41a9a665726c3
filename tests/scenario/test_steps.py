"""A running machine: stopped, imaged, started again, and never left off by the bot."""

from functools import partial

import pytest

from bot.demo import jdcloud
from bot.demo.slack import Message
from bot.domain.plan import WhileImaged, draw_up
from bot.service import check
from tests.scenario.conftest import OPS, WEB_1, World

STOP_WEB_1 = partial(draw_up, while_imaged=WhileImaged.STOP_AND_START)


@pytest.fixture(params=["http"])
def mode(request: pytest.FixtureRequest) -> str:
    """Not about how Slack reaches the bot."""
    return str(request.param)


@pytest.fixture(autouse=True)
def stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "draw_up", STOP_WEB_1)


async def asked(running: World) -> Message:
    """A request for web-1, which runs."""
    card = await running.request()
    running.cloud.stop_time = running.cloud.start_time = 0.2
    running.cloud.start(WEB_1)
    return card


async def test_stopped_imaged_started(running: World) -> None:
    card = await asked(running)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS), 20)
    assert running.cloud.instances[WEB_1].status == "running"
    assert [
        (call.action) for call in running.cloud.calls if call.action in {"stopInstance", "createImage", "startInstance"}
    ] == ["stopInstance", "createImage", "startInstance"]


async def test_found_stopped(running: World) -> None:
    card = await running.request()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS), 20)
    assert running.cloud.instances[WEB_1].status == "stopped"


async def test_image_refused(running: World) -> None:
    running.cloud.faults.add("createImage", jdcloud.Refuse(400, "INVALID_ARGUMENT", "no such thing"))
    card = await asked(running)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "failed" in running.told(OPS), 20)
    assert running.cloud.instances[WEB_1].status == "running"


async def test_no_stock(running: World) -> None:
    running.cloud.faults.add("startInstance", jdcloud.Refuse(400, "INVALID_ARGUMENT", "no such thing"), times=1)
    card = await asked(running)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "is off" in running.told(OPS), 20)
    await running.ben.press("Try again", message=running.cards()[-1])
    await running.until(lambda: "ready" in running.told(OPS), 20)
    assert running.cloud.instances[WEB_1].status == "running"


async def test_leave(running: World) -> None:
    running.cloud.faults.add("startInstance", jdcloud.Refuse(400, "INVALID_ARGUMENT", "no such thing"), times=9)
    card = await asked(running)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "is off" in running.told(OPS), 20)
    await running.ben.press("Leave it stopped", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "ready" in running.told(OPS), 20)
    assert running.cloud.instances[WEB_1].status == "stopped"


async def test_end_here(running: World) -> None:
    card = await asked(running)
    running.cloud.stop_time = 1.5
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "stopping" in running.card(), 20)
    await running.ben.press("End here", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "was ended by" in running.told(OPS), 20)
    assert running.cloud.instances[WEB_1].status == "running"
    assert running.created() == 0


async def test_lost(running: World) -> None:
    for name in ("stopInstance", "startInstance", "createImage"):
        running.cloud.faults.add(name, jdcloud.LoseAnswer())
    card = await asked(running)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS), 20)
    assert running.cloud.instances[WEB_1].status == "running"
