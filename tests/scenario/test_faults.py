"""Errors that nobody planned for: a plain sentence and a reference for the person, the whole story for the operator."""

import importlib
import re
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from bot.demo import slack
from bot.demo.slack import plain_text
from tests.scenario.conftest import BEN, OPS, Log, World

REFERENCE = re.compile(r"E-[0-9A-Z]{6}\b")


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "http"


def fail(*_: Any, **__: Any) -> NoReturn:
    """What nobody planned for."""
    raise RuntimeError("a fuse has blown")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes something raise what nobody planned for, from now on."""
    return lambda name: monkeypatch.setattr(name, fail)


def reference(words: str, log: Log, event: str) -> str:
    """The reference that a person sees; the log has the story under it, and the person none of that."""
    found = REFERENCE.search(words)
    assert found, words
    assert "fuse" not in words
    assert "Traceback" not in words
    lines = [line for line in log.of(event) if line.get("reference") == found[0]]
    assert lines, log.of(event)
    assert "a fuse has blown" in lines[0]["exception"]
    return found[0]


async def test_command(running: World, log: Log, broken: Callable[[str], None]) -> None:
    """The answer to a command that broke is a sentence, not an error of Slack's."""
    broken("bot.service.opening.Opening.start")
    answer = await running.amy.command("/createimage", "", channel=OPS)
    assert "Tell whoever runs it" in answer.text
    reference(answer.text, log, "listener.fault")


async def test_an_answer_that_breaks_itself(
    running: World, log: Log, monkeypatch: pytest.MonkeyPatch, broken: Callable[[str], None]
) -> None:
    """Slack marks the button; the operator has the whole story, and not a line about somebody else's payload."""
    card = await running.request()
    broken("bot.service.decide.Deciding.approve")
    monkeypatch.setattr("bot.slack.listeners.errors.Problem", {}.__getitem__)
    answer = await running.ben.press("Approve", message=card, confirm=True)
    assert answer.status == 500
    (line,) = log.of("listener.fault_not_told")
    assert "a fuse has blown" in line["exception"]
    assert not log.of("slack.payload_malformed")


async def test_button(running: World, log: Log, broken: Callable[[str], None]) -> None:
    """Who pressed a button that broke is told, and the request is as it was."""
    card = await running.request()
    before = plain_text(card)
    broken("bot.service.decide.Deciding.approve")
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: bool(REFERENCE.search(running.ephemeral(BEN))))
    reference(running.ephemeral(BEN), log, "listener.fault")
    (line,) = log.of("listener.fault")
    assert line["actor"] == BEN
    assert plain_text(running.cards()[-1]) == before


async def test_form(running: World, log: Log, broken: Callable[[str], None]) -> None:
    """A form that cannot be taken says so in its own window."""
    await running.form()
    broken("bot.service.draft.Drafting.submit")
    await running.amy.submit()
    reference(running.shown(running.amy), log, "listener.fault")


async def test_behind_the_ack(running: World, log: Log, broken: Callable[[str], None]) -> None:
    """What breaks after the ack is told all the same."""
    broken("bot.service.draft.Drafting.opened")
    await running.amy.command("/createimage", "", channel=OPS)
    await running.until(lambda: bool(REFERENCE.search(running.ephemeral("U0AMY"))))
    reference(running.ephemeral("U0AMY"), log, "task.fault")


async def test_check(running: World, log: Log, broken: Callable[[str], None]) -> None:
    """A request that cannot be checked comes back to whoever sent it; no window says `Checking` for ever."""
    await running.form()
    broken("bot.service.preflight.Preflight.look")
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(REFERENCE.search(running.shown(running.amy))))
    reference(running.shown(running.amy), log, "worker.fault")
    assert not running.cards()


async def approve_while_broken(world: World, log: Log, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Until the card of an approved request says that something broke; then it is mended."""
    card = await world.request()
    with monkeypatch.context() as patch:
        patch.setattr(name, fail)
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: bool(REFERENCE.search(world.card())))
        reference(world.card(), log, "worker.fault")


async def test_launch(running: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """The card says it, and once the fault is gone the image is made, once."""
    await approve_while_broken(running, log, monkeypatch, "bot.service.steps.image.create_image_spec")
    await running.in_time(lambda: "img-" in running.told(OPS))
    assert running.created() == 1
    await running.until(lambda: not REFERENCE.search(running.card()))


async def test_observe(running: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Likewise while the image is being made."""
    await approve_while_broken(running, log, monkeypatch, "bot.service.steps.watching.Watching._note")
    await running.until(lambda: "img-" in running.told(OPS))


@pytest.mark.parametrize("of", ["cards.Cards._read", "notices.Notices._plan"])
async def test_one_that_cannot_be_read(running: World, log: Log, monkeypatch: pytest.MonkeyPatch, of: str) -> None:
    """What is claimed with it reaches Slack all the same; it is tried again later, and the operator has the story."""
    first, second = await running.request(), await running.request()
    name, method = of.split(".")[1:]
    owner = importlib.import_module(f"bot.slack.outbox.{of.split('.', maxsplit=1)[0]}")
    read, broken = getattr(getattr(owner, name), method), first.metadata["event_payload"]["request"]  # type: ignore[index] # a card has it

    def reads(self: object, tx: object, row: Any, lease: object) -> object:
        return fail() if row.request_id == broken else read(self, tx, row, lease)

    monkeypatch.setattr(getattr(owner, name), method, reads)
    for card in (first, second):
        await running.ben.press("Approve", message=card, confirm=True)
    await running.in_time(lambda: "img-" in running.told(OPS))
    lines = [line for line in log.of("worker.fault") if line.get("request_id") == broken]
    assert lines
    assert "a fuse has blown" in lines[0]["exception"]


async def test_a_window_that_does_not_open(running: World) -> None:
    """Slack was too slow for the trigger: who pressed is told to press again, and then it opens."""
    card = await running.request()
    running.slack.faults.add("views.open", slack.Error("expired_trigger_id"))
    await running.ben.press("Reject", message=card)
    await running.until(lambda: "press the button again" in running.ephemeral(BEN))
    await running.ben.press("Reject", message=card)
    await running.until(lambda: running.ben.view is not None)
