"""Windows that Slack does not take: plainer ones, then messages, and no promise of something that is not coming."""

import dataclasses
import re
from typing import Any

import pytest

from bot.demo import slack
from bot.demo.slack import ALWAYS, Workspace, plain_text
from bot.demo.slack.methods import METHODS
from bot.demo.slack.methods.asked import Asked, Method
from tests.scenario.conftest import AMY, BEN, OPS, Log, World

REFERENCE = re.compile(r"E-[0-9A-Z]{6}\b")
REFUSALS = ("invalid_blocks", "view_too_large", "invalid_arguments", "some_new_error")


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "http"


def refuse(world: World, method: str, times: int, code: str = "invalid_blocks") -> None:
    """So many windows are not taken."""
    world.slack.faults.add(method, slack.Error(code), times=times)


def known(words: str, log: Log) -> None:
    """What a person is told has a reference that the operator's log has too."""
    found = REFERENCE.search(words)
    assert found, words
    assert any(line.get("reference") == found[0] for line in log.of("view.refused")), found[0]


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_form_that_is_not_taken_comes_plainer(running: World, log: Log, code: str) -> None:
    """The same fields without what may be wrong with them; with the next change the whole form is tried again."""
    await running.form()
    await running.amy.fill("Name", "golden")
    refuse(running, "views.update", 1, code)
    await running.amy.untick("Instances", "web-1")
    await running.until(lambda: "plainer" in running.shown(running.amy))
    known(running.shown(running.amy), log)
    await running.amy.choose("Instances", "web-1")
    await running.until(lambda: "vda" in running.shown(running.amy))
    assert "plainer" not in running.shown(running.amy)
    assert await running.attempt(running.amy) == {}
    await running.until(lambda: bool(running.cards()))
    assert "golden" in running.card()


async def test_a_form_that_is_not_taken_at_all(running: World, log: Log) -> None:
    """It says so, with a way back; what was chosen is there when it opens again."""
    refuse(running, "views.update", 2)
    await running.amy.command("/createimage", "i-web1aaaaaa", channel=OPS)
    await running.until(lambda: "Open again" in running.shown(running.amy))
    assert "Loading" not in running.shown(running.amy)
    known(running.shown(running.amy), log)
    await running.amy.press("Open again", view=True)
    await running.until(lambda: "vdb" in running.shown(running.amy))


async def test_a_form_that_cannot_even_say_so(running: World, log: Log) -> None:
    """Then a message does, with the same way back."""
    refuse(running, "views.update", ALWAYS)
    await running.amy.command("/createimage", "i-web1aaaaaa", channel=OPS)
    await running.until(lambda: "Open again" in running.ephemeral(AMY))
    known(running.ephemeral(AMY), log)
    running.slack.faults.clear()
    (message,) = running.slack.ephemerals(AMY)
    await running.amy.press("Open again", message=message)
    await running.until(lambda: "vdb" in running.shown(running.amy))


@pytest.mark.parametrize("fault", [slack.RateLimited(0), slack.ServerError(), slack.LoseAnswer()])
async def test_a_redraw_that_slack_is_too_busy_for(running: World, fault: slack.Fault) -> None:
    """It is tried again: `Loading` does not stay."""
    running.slack.faults.add("views.update", fault)
    await running.amy.command("/createimage", "i-web1aaaaaa", channel=OPS)
    await running.until(lambda: "vdb" in running.shown(running.amy))


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_form_that_does_not_open(running: World, log: Log, code: str) -> None:
    """A plainer one opens; where none does, the person is told that, and not that Slack was too slow."""
    refuse(running, "views.open", 1, code)
    await running.amy.command("/createimage", "", channel=OPS)
    await running.until(lambda: "plainer" in running.shown(running.amy))
    await running.amy.close(everything=True)
    refuse(running, "views.open", 2, code)
    await running.amy.command("/createimage", "", channel=OPS)
    await running.until(lambda: "does not take" in running.ephemeral(AMY))
    known(running.ephemeral(AMY), log)
    assert "in time" not in running.ephemeral(AMY)


async def test_a_form_whose_opening_was_not_told(running: World) -> None:
    """Slack's answer was lost: the form is found by the bot's own id for it, and completed."""
    running.slack.faults.add("views.open", slack.LoseAnswer())
    await running.amy.command("/createimage", "i-web1aaaaaa", channel=OPS)
    await running.until(lambda: "vdb" in running.shown(running.amy))
    assert running.ephemeral(AMY) == ""


def silent(method: Method) -> Method:
    """Does what it is asked, and answers 200 without saying what came of it."""

    def run(workspace: Workspace, asked: Asked) -> dict[str, Any]:
        method.run(workspace, asked)
        return {}

    return dataclasses.replace(method, run=run)


async def test_a_form_that_slack_says_nothing_of(running: World, monkeypatch: pytest.MonkeyPatch, log: Log) -> None:
    """A 200 without a `view` is no fault: the form is there, and is completed."""
    for method in ("views.open", "views.update", "views.push"):
        monkeypatch.setitem(METHODS, method, silent(METHODS[method]))
    await running.form(instance="web-1")
    await running.amy.press("Add a disk", view=True)
    await running.until(lambda: "Device name" in running.shown(running.amy))
    await running.amy.fill("Size (GiB)", "30")
    await running.amy.fill("Name", "extra")
    assert await running.amy.submit() == {}
    await running.until(lambda: "extra" in running.shown(running.amy))
    assert await running.attempt(running.amy) == {}
    await running.until(lambda: bool(running.cards()))
    assert not log.of("task.fault")


@pytest.mark.parametrize("times", [1, 2])
async def test_the_form_of_a_disk_that_is_not_taken(running: World, log: Log, times: int) -> None:
    """A plainer one, or a word; the request form stays."""
    await running.form()
    refuse(running, "views.push", times)
    await running.amy.press("Add a disk", view=True)
    if times == 1:
        await running.until(lambda: "plainer" in running.shown(running.amy))
        assert "Device name" in running.shown(running.amy)
    else:
        await running.until(lambda: "does not take" in running.ephemeral(AMY))
        known(running.ephemeral(AMY), log)
        assert await running.attempt(running.amy) == {}


async def test_a_check_whose_result_no_window_shows(running: World) -> None:
    """It comes as a direct message, for real."""
    await running.form(instance="busy-1")
    refuse(running, "views.update", 2)
    assert await running.attempt(running.amy) == {}
    dm = running.slack.dm(AMY).id
    await running.until(lambda: "was not sent" in running.told(dm))
    assert "stopping" in running.told(dm)


async def test_a_home_that_is_not_taken(running: World, log: Log) -> None:
    """Who looks at it is told that something is wrong, with a reference that the operator has too."""
    refuse(running, "views.publish", 1)
    await running.amy.open_home()
    dm = running.slack.dm(AMY).id
    await running.until(lambda: bool(REFERENCE.search(running.told(dm) + running.ephemeral(AMY))))
    found = REFERENCE.search(running.told(dm) + running.ephemeral(AMY))
    assert found
    assert [line["reference"] for line in log.of("task.not_shown")] == [found[0]]


async def test_the_call_that_no_window_shows(running: World, log: Log) -> None:
    """It is shown in a message instead."""
    card = await running.request()
    refuse(running, "views.open", 2)
    await running.ben.press("Details", message=card)
    await running.until(lambda: "createImage" in running.ephemeral(BEN))
    known(running.ephemeral(BEN), log)


async def test_a_rejection_whose_window_comes_plainer(running: World) -> None:
    """It can be given all the same."""
    card = await running.request()
    refuse(running, "views.open", 1)
    await running.ben.press("Reject", message=card)
    await running.until(lambda: "plainer" in running.shown(running.ben))
    await running.ben.fill("Reason", "not today")
    assert await running.ben.submit() == {}
    await running.until(lambda: "not today" in plain_text(running.cards()[-1]))
