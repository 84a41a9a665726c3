"""Another workspace's payloads: signed by Slack, of a shape that is ours, and not for this bot."""

import asyncio
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.demo.slack import Answer
from bot.demo.slack.requests import Transport
from bot.slack.protocol.identity import Identity
from bot.slack.protocol.workspace import is_ours
from tests.scenario.conftest import APPROVALS, OPS, Log, World

OURS, OTHER = "T0DEMO", "T0OTHER"


@dataclass
class Recorder:
    """Slack's line to the bot, which keeps a payload of each kind; those that are kept back do not arrive."""

    line: Transport
    kept_back: str = ""
    kept: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)

    async def deliver(self, kind: str, payload: dict[str, Any]) -> Answer:
        name = payload["type"] if "type" in payload else payload["command"]
        self.kept[name] = kind, deepcopy(payload)
        return Answer(status=200) if name == self.kept_back else await self.line.deliver(kind, payload)


def named_otherwise(payload: dict[str, Any]) -> dict[str, Any]:
    """Every workspace in it is another."""
    altered = deepcopy(payload)
    for place in (altered, altered.get("view") or {}, *altered.get("authorizations", ())):
        for name in ("team_id", "app_installed_team_id"):
            if name in place:
                place[name] = OTHER
    if "team" in altered:
        altered["team"]["id"] = altered["user"]["team_id"] = OTHER
    return altered


def named_nowhere(payload: dict[str, Any]) -> dict[str, Any]:
    """It does not say whose it is."""
    return {name: value for name, value in payload.items() if name not in {"team", "team_id", "authorizations"}} | (
        {"view": payload["view"] | {"app_installed_team_id": None}} if "view" in payload else {}
    )


def contradictory(payload: dict[str, Any]) -> dict[str, Any]:
    """It names both, where there is room for both."""
    if "command" in payload:
        return named_otherwise(payload)
    return payload | {"authorizations": [{"team_id": OTHER}], "view": {"app_installed_team_id": OTHER}}


async def test_no_kind_of_payload_is_taken_from_another_workspace(running: World, log: Log, mode: str) -> None:
    """Commands, clicks, forms, look-ups, shortcuts and events: turned away, and nothing comes of them."""
    recorder = running.slack.transport = Recorder(running.slack.transport)
    await running.amy.shortcut("create_image")
    await running.until(lambda: running.amy.view is not None)
    await running.amy.close(everything=True)
    await running.amy.open_home()
    await running.request()
    card = running.cards()[-1]
    recorder.kept_back = "block_actions"
    await running.ben.press("Approve", message=card, confirm=True)
    assert {"/createimage", "shortcut", "block_actions", "block_suggestion", "view_submission", "event_callback"} <= (
        recorder.kept.keys()
    )
    before = running.card()
    alterations = (named_otherwise, named_nowhere, contradictory) if mode == "http" else (named_otherwise,)
    sent = [(name, kind, alter(payload)) for name, (kind, payload) in recorder.kept.items() for alter in alterations]
    answers = await asyncio.gather(*(recorder.line.deliver(kind, payload) for _, kind, payload in sent))
    assert len(log.of("slack.foreign_workspace")) == len(sent)
    for (name, _, payload), answer in zip(sent, answers, strict=True):
        if name == "event_callback":
            assert not answer.error
        elif mode == "http":
            assert (answer.status, answer.text, answer.body) == (403, "", {}), payload
        else:
            assert answer.error
    assert running.card() == before
    assert len(running.cards()) == 1
    kind, approval = recorder.kept["block_actions"]
    assert not (await recorder.line.deliver(kind, approval)).error
    await running.until(lambda: "ready" in running.card())


def command(**origin: object) -> dict[str, object]:
    return {"command": "/createimage", "channel_id": OPS, "user_id": "U0AMY", **origin}


def click(**origin: object) -> dict[str, object]:
    return {"type": "block_actions", "channel": {"id": APPROVALS}, "user": {"id": "U0AMY", "team_id": "T0X"}, **origin}


ALONE = Identity(team_id=OURS, bot_id="B0", bot_user_id="U0BOT")
ON_GRID = Identity(team_id=OURS, bot_id="B0", bot_user_id="U0BOT", enterprise_id="E0")
ORG_WIDE = Identity(team_id="E0", bot_id="B0", bot_user_id="U0BOT", enterprise_id="E0", is_org_wide=True)
"""Slack tells the organisation as the team of a token that is the organisation's."""


@pytest.mark.parametrize(
    ("identity", "payload", "ours"),
    [
        (ALONE, command(team_id=OURS, enterprise_id=""), True),
        (ALONE, command(team_id=OTHER), False),
        (ALONE, command(), False),
        (ALONE, click(team={"id": OURS}, enterprise=None), True),
        (ALONE, click(team={"id": OTHER}), False),
        (ALONE, click(team=None), False),
        (ALONE, click(team=OURS), False),  # no shape of Slack's
        (ALONE, click(team={"id": OURS}, view={"app_installed_team_id": OTHER}), False),
        (ON_GRID, click(team={"id": OURS, "enterprise_id": "E0"}), True),
        (ON_GRID, click(team={"id": OURS, "enterprise_id": "E1"}), False),
        (ON_GRID, click(team={"id": OTHER, "enterprise_id": "E0"}), False),
        (ORG_WIDE, command(team_id=OTHER, enterprise_id="E0", is_enterprise_install="true"), True),
        (ORG_WIDE, command(team_id=OTHER, enterprise_id="E1", is_enterprise_install="true"), False),
        (ORG_WIDE, click(team=None, enterprise={"id": "E0"}, is_enterprise_install=True), True),
        (ORG_WIDE, click(team={"id": OTHER, "enterprise_id": "E0"}, enterprise={"id": "E0"}), True),
        (ORG_WIDE, click(team={"id": OTHER}, enterprise=None), False),
    ],
)
def test_whose_it_is(identity: Identity, payload: Mapping[str, object], *, ours: bool) -> None:
    """By the workspace where the app is installed to one, by the organisation where it is installed to that."""
    assert is_ours(payload, identity) is ours
