"""`python -m bot check` of a policy file: what can never matter, and what cannot be done as it is written."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.demo.slack import Usergroup
from tests.program import bot
from tests.scenario.conftest import ADMINS, AMY, APPROVALS, BEN, CAT, ELSEWHERE, GUS, OPS, World

pytestmark = pytest.mark.parametrize("mode", ["http"])


@dataclass(frozen=True)
class Found:
    """What a check has found."""

    code: int
    probes: dict[str, dict[str, str]]

    def state(self, probe: str) -> str:
        return self.probes[probe]["state"]

    def said(self, probe: str) -> Sequence[str]:
        return self.probes[probe]["said"].splitlines()


async def checked(world: World, folder: Path, *rules: str, **environ: str) -> Found:
    """A check with these rules, each by its keys; the first is called "0"."""
    text = "\n".join(f'[[rule]]\nname = "{number}"\n{keys}\n' for number, keys in enumerate(rules))
    file = folder / "policy.toml"
    await asyncio.to_thread(file.write_text, text)
    done = await asyncio.to_thread(bot, "check", "--json", **world.environ | environ, POLICY_FILE=str(file))
    assert "Traceback" not in done.stderr
    said = json.loads(done.stdout)
    assert all(probe["remedy"] for probe in said["probes"] if probe["state"] != "ok")
    return Found(done.returncode, {probe["name"]: probe for probe in said["probes"]})


async def test_a_good_file(world: World, tmp_path: Path) -> None:
    """What is well is said of each rule, those of which the same is so together; each id is asked for once."""
    found = await checked(
        world,
        tmp_path,
        f'match = {{ names = ["db-*"] }}\nchannel = "{OPS}"\nrequesters = ["{ADMINS}"]\nquorum = 1',
        'match = { names = ["web-*"] }',
    )
    assert found.code == 0
    assert {found.state(name) for name in ("policy file", "approval channel", "approvers", "requesters")} == {"ok"}
    assert found.said("approval channel") == [
        f'rule "0": the bot is a member of {OPS}',
        f'rule "1", the settings: the bot is a member of {APPROVALS}',
    ]
    assert found.said("approvers") == ['rule "0", rule "1", the settings: known to Slack: 2 who may, 1 needed']
    assert found.said("requesters") == [
        'rule "0": known to Slack: 1 who may',
        'rule "1", the settings: every full member may ask',
    ]
    asked = [call.args.get("user") for call in world.slack.calls if call.method == "users.info"]
    assert asked.count(BEN) == 1


async def test_rules_that_can_never_decide(world: World, tmp_path: Path) -> None:
    """As those before them take all: named, with the exit code of what would not work."""
    found = await checked(
        world,
        tmp_path,
        'match = { regions = ["cn-north-1"] }',
        'match = { regions = ["cn-east-2"] }',
        'match = { names = ["db-*"] }',
        'match = { regions = ["cn-north-1"], tags = { env = "prod" } }',
    )
    assert (found.code, found.state("policy file")) == (1, "failed")
    assert found.said("policy file") == [
        'rule "2" can never decide: "0" and "1" before it take all of its machines',
        'rule "3" can never decide: "0" before it takes all of its machines',
    ]


async def test_times_that_never_come(world: World, tmp_path: Path) -> None:
    """The wait for an approval is over by then; what the settings say is left alone."""
    environ = {"APPROVAL_TTL": "90m", "REMIND_AFTER": "1h,4h"}
    later = f'escalate_after = "2h"\nescalate_to = ["{ADMINS}"]\nremind_after = ["1h", "1.5h"]'
    inherits = 'match = { names = ["db-*"] }'
    found = await checked(world, tmp_path, inherits, later, **environ)
    assert (found.code, found.state("policy file")) == (0, "warning")
    assert [said.split(" never comes")[0] for said in found.said("policy file")] == [
        'rule "1": remind_after: 90m',
        'rule "1": escalate_after: 2h',
    ]


async def test_channels_that_the_bot_is_not_in(world: World, tmp_path: Path) -> None:
    """Of each rule; not of one by which nobody may ask."""
    found = await checked(
        world,
        tmp_path,
        f'match = {{ names = ["a"] }}\nchannel = "{ELSEWHERE}"',
        'match = { names = ["b"] }\nchannel = "C0NOWHERE"',
        'match = { names = ["c"] }\nchannel = "C0NOWHERE"\nrefuse = "no"',
    )
    assert (found.code, found.state("approval channel")) == (1, "failed")
    first, second = found.said("approval channel")
    assert first == f'rule "0": the bot is not a member of {ELSEWHERE}'
    assert second.startswith('rule "1": C0NOWHERE: channel_not_found')
    assert "look at channel, and in that channel: /invite" in found.probes["approval channel"]["remedy"]


@pytest.mark.parametrize("key", ["approvers", "requesters", "escalate_to", "emergency"])
async def test_groups_that_are_not_there(world: World, tmp_path: Path, key: str) -> None:
    """By any key that may name them."""
    after = '\nescalate_after = "2h"' if key == "escalate_to" else ""
    found = await checked(world, tmp_path, f'{key} = ["S0NOBODY", "{BEN}"]{after}')
    probe = "requesters" if key == "requesters" else "approvers"
    assert (found.code, found.state(probe)) == (1, "failed")
    assert found.said(probe) == ['rule "0": Slack does not know S0NOBODY']
    assert found.probes[probe]["remedy"] == f"correct {key}"


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (f'approvers = ["{ADMINS}"]\nquorum = 2', (1, "failed", "2 are needed, and there are 1")),
        ('approvers = ["S0EMPTY"]', (1, "failed", "1 are needed, and there are 0")),
        (f'approvers = ["{BEN}", "S0EMPTY"]\nself_approval = true', (0, "warning", "S0EMPTY: deactivated")),
        (f'approvers = ["{BEN}", "{AMY}"]\nquorum = 2', (0, "warning", "2 needed, and 2 who may: what one of them")),
        (f'approvers = ["{BEN}", "{AMY}"]\nquorum = 2\nself_approval = true', (0, "ok", "known to Slack")),
        (f'approvers = ["{BEN}"]\nrequesters = ["{AMY}"]', (0, "ok", "known to Slack: 1 who may, 1 needed")),
        (
            f'approvers = ["{BEN}"]\nrequesters = ["{AMY}", "{BEN}"]',
            (0, "warning", "1 needed, and 1 who may: what one"),
        ),
        (f'approvers = ["{BEN}"]\nrequesters = ["{BEN}"]', (1, "failed", "1 needed, and 1 who may: what one of them")),
        (
            f'approvers = ["{BEN}"]\nescalate_after = "2h"\nescalate_to = ["{ADMINS}"]\nquorum = 2',
            (0, "warning", "2 needed, and 2 who may: what one of them"),
        ),
    ],
)
async def test_quorums(world: World, tmp_path: Path, keys: str, found: tuple[int, str, str]) -> None:
    """Whether as many can approve as must, whoever asks: with who is still there, and with who is asked later on."""
    world.slack.add_usergroup(Usergroup(id="S0EMPTY", handle="empty", users=[CAT]))
    world.slack.usergroups["S0EMPTY"].lists_deactivated = True
    if "S0EMPTY" in keys:
        world.slack.users[CAT].deleted = True
    world.environ["APPROVERS"] = f"{BEN},{AMY}"
    code, state, said = found
    told = await checked(world, tmp_path, keys)
    assert (told.code, told.state("approvers")) == (code, state)
    assert any(line.startswith(f'rule "0": {said}') for line in told.said("approvers"))


@pytest.mark.parametrize(
    ("keys", "probe", "found"),
    [
        (f'requesters = ["{GUS}"]', "requesters", (1, "failed", f"nobody may ask; {GUS}: guests")),
        (f'requesters = ["{GUS}", "{AMY}"]', "requesters", (0, "warning", f"{GUS}: guests, who may not ask")),
        ('requesters = ["S0GUS"]', "requesters", (1, "failed", f"nobody may ask; {GUS}: guests")),
        # A guest may approve. What they cannot ask for need not be approved by others.
        (f'approvers = ["{GUS}"]', "approvers", (0, "ok", "known to Slack: 1 who may, 1 needed")),
        (
            f'approvers = ["{GUS}"]\nrequesters = ["{GUS}", "{AMY}"]',
            "approvers",
            (0, "ok", "known to Slack: 1 who may"),
        ),
        (
            f'approvers = ["{BEN}"]\nrequesters = ["{GUS}", "{BEN}"]',
            "approvers",
            (1, "failed", "1 needed, and 1 who may: what one of them asks for can never be approved, and nobody else"),
        ),
    ],
)
async def test_guests_ask_for_nothing(
    world: World, tmp_path: Path, keys: str, probe: str, found: tuple[int, str, str]
) -> None:
    """They are no requesters, whoever names them."""
    world.slack.add_usergroup(Usergroup(id="S0GUS", handle="guests", users=[GUS]))
    code, state, said = found
    told = await checked(world, tmp_path, keys)
    assert told.state(probe) == state
    assert told.code == code or probe == "approvers"
    assert any(line.startswith(f'rule "0": {said}') for line in told.said(probe)), told.said(probe)


async def test_whether_any_rule_stops_machines(world: World, tmp_path: Path) -> None:
    """Then the calls of it are asked for, though the settings do without."""
    settings = {"ALLOW_STOPPING": "false"}
    assert "stop and start" not in (await checked(world, tmp_path, "live = false", **settings)).probes
    found = await checked(world, tmp_path, "stopping = true\nlive = true", **settings)
    assert {"stop and start", "live images"} <= found.probes.keys()
