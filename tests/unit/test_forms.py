"""When a form is drawn from what is known already, and when what is stored is read first."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from slack_sdk.models.views import View

from bot.domain.rule import NO_RULES
from bot.service.form_state import FormState
from bot.slack.outbox.forms import Forms
from bot.slack.outbox.windows import Window
from bot.slack.protocol.web_api import SlackError
from tests.unit.examples import a_draft


def form(revision: int) -> FormState:
    """A form at a revision, which its description tells."""
    return FormState(a_draft(revision=revision, view_id="V1", description=f"at {revision}"), NO_RULES, None)


@dataclass
class Slack:
    """One window, and a draft beside it that others may change meanwhile."""

    stored: int
    tells_hash: bool = True
    hash: str = "1"
    drawn: list[str] = field(default_factory=list)
    read: int = 0
    meanwhile: list[int] = field(default_factory=list)  # the revisions that are stored while it is drawn, one each time

    async def form(self, _: str) -> FormState:
        """What is stored."""
        self.read += 1
        return form(self.stored)

    async def update(self, view: View, _: str, *, view_hash: str = "", **__: object) -> Window:
        """Slack: views.update. Takes no hash but the newest."""
        if view_hash and view_hash != self.hash:
            raise SlackError("hash_conflict")
        (said,) = (word for word in ("at 1", "at 2", "at 3", "at 4") if word in str(view.to_dict()))
        self.drawn.append(said)
        self.hash += "1"
        if self.meanwhile:
            self.stored = self.meanwhile.pop(0)
        return Window("V1", self.hash if self.tells_hash else "")


def forms(slack: Slack) -> Forms:
    """Over one window."""
    parts: Any = {"ephemeral": None, "disk_forms": None, "people": None}
    return Forms(windows=cast("Any", slack), drafting=cast("Any", slack), **parts)


async def test_what_is_known_is_drawn_at_once() -> None:
    """Slack's hash tells whether the window is still the one that it is drawn for."""
    slack = Slack(stored=2)
    await forms(slack).draw("draft-1", shown_hash="1", known=form(2))
    assert (slack.drawn, slack.read) == (["at 2"], 0)


async def test_what_was_drawn_over_is_read_again() -> None:
    """By another process, with what was chosen since."""
    slack = Slack(stored=3, hash="another")
    await forms(slack).draw("draft-1", shown_hash="1", known=form(2))
    assert slack.drawn == ["at 3"]


async def test_without_a_hash_what_is_stored_is_read_first() -> None:
    """Nothing would tell that what is known is not the newest."""
    slack = Slack(stored=3)
    await forms(slack).draw("draft-1", known=form(2))
    assert slack.drawn == ["at 3"]


@pytest.mark.parametrize("meanwhile", [[2], [3], [3, 4]])
async def test_without_a_hash_what_was_drawn_is_compared(meanwhile: list[int]) -> None:
    """Until what Slack shows is the newest, whoever has changed it."""
    slack = Slack(stored=2, tells_hash=False, meanwhile=list(meanwhile))
    await forms(slack).draw("draft-1")
    assert slack.drawn[-1] == f"at {meanwhile[-1]}"
    assert len(slack.drawn) == len(set(slack.drawn))


async def test_what_is_older_than_what_stands_is_not_drawn() -> None:
    """Of two instances that arrive together the one that waits for its turn may be the older."""
    slack = Slack(stored=3)
    drawing = forms(slack)
    screen = drawing._screen("draft-1")  # as `load` holds it
    await drawing.draw("draft-1", shown_hash="1", known=form(3))
    await drawing.draw("draft-1", known=form(2))
    assert slack.drawn == ["at 3"]
    del screen
