"""`python -m bot policy explain`: which rule decides about an instance, why, and who could approve."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.demo.slack import ALWAYS, Error, User
from tests.program import bot
from tests.scenario.conftest import ADMINS, AMY, BEN, CAT, DB_1, GUS, WEB_1, World, furnish_one

pytestmark = pytest.mark.parametrize("mode", ["http"])

RULES = f"""
[[rule]]
name = "production"
match = {{ tags = {{ env = "prod" }}, names = ["db-*"] }}
approvers = ["{BEN}"]

[[rule]]
name = "databases"
match = {{ names = ["db-*"] }}
channel = "C0DBA"
approvers = ["{BEN}", "{ADMINS}"]
quorum = 2
requesters = ["{AMY}"]
stopping = false
hours = {{ times = ["mon-fri 22:00-04:00", "sat,sun 00:00-24:00"], zone = "Asia/Shanghai" }}
ticket = {{ pattern = 'OPS-\\d+', link = "https://t.example/{{ticket}}" }}
remind_after = []
escalate_after = "2h"
escalate_to = ["U0EVE"]

[[rule]]
name = "busy"
match = {{ names = ["busy-*"] }}
refuse = "It is going away."
"""


@pytest.fixture(autouse=True)
def _rules(world: World, tmp_path: Path) -> None:
    """A policy file, and somebody who is asked later."""
    file = tmp_path / "policy.toml"
    file.write_text(RULES)
    world.environ["POLICY_FILE"] = str(file)
    world.slack.add_user(User(id="U0EVE", name="eve"))


async def asked(world: World, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """What the command answers."""
    done = await asyncio.to_thread(bot, "policy", "explain", *words, **world.environ | environ)
    assert "Traceback" not in done.stderr
    return done


async def page(world: World, *words: str, **environ: str) -> list[str]:
    """Its lines, for eyes."""
    done = await asked(world, *words, **environ)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


async def told(world: World, *words: str, **environ: str) -> dict[str, Any]:
    """The same for machines."""
    done = await asked(world, *words, "--json", **environ)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


async def test_which_rule_decides_and_why(world: World) -> None:
    """The first that takes it; of those before it, by which keys they do not."""
    lines = await page(world, "db-1")
    assert lines[0] == f"db-1 ({DB_1}) in cn-north-1"
    assert lines[1].startswith('The rule "databases" of ')
    assert lines[1].endswith("…) decides: it is the first that takes it.")
    assert lines[2] == 'Not "production": it does not fit its tags.'
    found = await told(world, "db-1")
    assert found["rule"] == "databases"
    assert found["passed"] == [{"rule": "production", "misses": ["tags"]}]


async def test_what_it_says_and_what_the_settings_say(world: World) -> None:
    """Key by key, each with what says it."""
    lines = [line.split("  ") for line in await page(world, "db-1")]
    rows = {line[0]: tuple(part.strip() for part in line[1:] if part) for line in lines if len(line) > 1}
    assert rows["quorum"] == ("2", "the rule")
    assert rows["approvers"] == (f"{BEN}, {ADMINS}", "the rule")
    assert rows["live"] == ("false", "ALLOW_LIVE_IMAGES")
    assert rows["hours"] == ("mon-fri 22:00-04:00; sat,sun 00:00-24:00 Asia/Shanghai", "the rule")
    assert rows["remind_hours"] == ("mon-fri 22:00-04:00; sat,sun 00:00-24:00 Asia/Shanghai", "its hours")
    assert rows["ticket"] == (r"OPS-\d+ https://t.example/{ticket}", "the rule")
    assert rows["remind_after"] == ("never", "the rule")
    assert rows["escalate_after"] == ("2h", "the rule")
    assert rows["emergency"] == ("nobody",)
    says = (await told(world, "db-1"))["says"]
    assert says["remind_after"] == {"value": [], "said_by": "the rule"}
    assert says["stopping"] == {"value": False, "said_by": "the rule"}
    assert says["self_approval"] == {"value": False, "said_by": "ALLOW_SELF_APPROVAL"}
    assert says["warning"] == {"value": "", "said_by": None}


async def test_the_settings_decide_about_the_rest(world: World) -> None:
    """Of no rule, or without any file."""
    lines = await page(world, "web-1")
    assert lines[1].startswith("The settings decide: no rule of ")
    assert lines[2:5] == [
        'Not "production": it does not fit its names and its tags.',
        'Not "databases": it does not fit its names.',
        'Not "busy": it does not fit its names.',
    ]
    lines = await page(world, "web-1", POLICY_FILE="")
    assert lines[1:3] == ["The settings decide: there is no policy file.", ""]
    found = await told(world, "web-1", POLICY_FILE="")
    assert (found["rule"], found["policy_hash"], found["passed"]) == (None, None, [])
    assert found["says"]["remind_after"] == {"value": ["1h", "4h"], "said_by": "REMIND_AFTER"}


async def test_who_could_approve(world: World) -> None:
    """Groups are resolved; who has left, and who asks, could not; others could later on."""
    world.slack.add_user(User(id="U0DAN", name="dan", deleted=True))
    world.slack.usergroups[ADMINS].users = [CAT, "U0DAN", BEN]
    world.slack.usergroups[ADMINS].lists_deactivated = True
    found = await told(world, "db-1")
    assert {one["id"]: (one["named_by"], one["could"]) for one in found["candidates"]} == {
        BEN: ([BEN, ADMINS], "now"),
        CAT: ([ADMINS], "now"),
        "U0DAN": ([ADMINS], "gone"),
        "U0EVE": (["U0EVE"], "later"),
    }
    assert (found["needed"], found["able"], found["reachable"]) == (2, 3, True)
    lines = await page(world, "db-1", "--requester", CAT)
    assert any(line.split("  ")[0] == CAT and line.endswith("no: asks for it") for line in lines)
    assert any(line.startswith("U0EVE") and line.endswith("after 2h") for line in lines)
    assert "It can be approved: 2 needed, 2 who could." in lines


async def test_a_quorum_that_cannot_be_reached(world: World) -> None:
    """With whoever asks left out, unless the rule lets people approve what they asked for."""
    world.environ |= {"APPROVERS": f"{BEN},{CAT}", "REQUIRED_APPROVALS": "2", "POLICY_FILE": ""}
    assert (await told(world, "web-1"))["reachable"] is True
    assert "It cannot be approved: 2 needed, 1 who could." in await page(world, "web-1", "--requester", BEN)
    found = await told(world, "web-1", "--requester", BEN, ALLOW_SELF_APPROVAL="true")
    assert (found["reachable"], found["able"]) == (True, 2)
    assert {one["id"]: one["could"] for one in found["candidates"]} == {BEN: "now", CAT: "now"}


@pytest.mark.parametrize(
    ("requester", "verdict"),
    [
        (AMY, f"{AMY} may ask."),
        (CAT, f"{CAT} may not ask: not among `requesters`."),
        (GUS, f"{GUS} may not ask: a guest, of another organisation, a bot, or deactivated."),
        ("U0NOBODY", "U0NOBODY may not ask: Slack knows nobody by this id."),
    ],
)
async def test_whether_somebody_may_ask(world: World, requester: str, verdict: str) -> None:
    """And why not."""
    assert (await page(world, "db-1", "--requester", requester))[-1] == verdict
    found = await told(world, "db-1", "--requester", requester)
    assert found["requester"]["may_ask"] is (requester == AMY)


async def test_of_what_nobody_may_ask_for(world: World) -> None:
    """Why."""
    assert "Nobody may ask: It is going away." in await page(world, "busy-1")
    found = await told(world, "busy-1", "--requester", AMY)
    assert (found["requester"]["may_ask"], found["says"]["refuse"]["value"]) == (False, "It is going away.")


async def test_what_slack_does_not_tell(world: World) -> None:
    """It is said not to be known: neither that it can be approved, nor that it cannot."""
    world.slack.faults.add("usergroups.users.list", Error("fatal_error"), ALWAYS)
    world.slack.faults.add("users.info", Error("fatal_error"), ALWAYS)
    found = await told(world, "db-1")
    assert (found["able"], found["reachable"]) == (None, None)
    assert {one["id"]: one["could"] for one in found["candidates"]} == {BEN: "untold", "U0EVE": "untold"}
    lines = await page(world, "db-1")
    assert "Whether 2 of them can approve is not known: Slack has not told of all of them." in lines


@pytest.mark.parametrize("word", [DB_1, "db-1", "10.9.9.9"])
async def test_an_instance_by_its_id_name_or_address(world: World, word: str) -> None:
    """Whichever is at hand."""
    world.cloud.instances[DB_1].private_ip = "10.9.9.9"
    assert (await told(world, word))["instance"] == {"id": DB_1, "name": "db-1", "region": "cn-north-1"}


async def test_words_that_are_not_one_instance(world: World) -> None:
    """None, or several: which are named."""
    done = await asked(world, "nothing-9")
    assert (done.returncode, "no instance in cn-north-1, cn-east-2 is called nothing-9" in done.stderr) == (1, True)
    furnish_one(world.cloud, "i-web2aaaaaa", "web-2")
    done = await asked(world, "web")
    assert done.returncode == 1
    assert f"web-1 ({WEB_1}), web-2 (i-web2aaaaaa)" in done.stderr
    done = await asked(world, "db-1", "--requester", "@amy")
    assert (done.returncode, "is no id of a person" in done.stderr) == (2, True)


async def test_mistakes_in_the_file(world: World, tmp_path: Path) -> None:
    """As everywhere: all of them, with exit code 2."""
    await asyncio.to_thread((tmp_path / "policy.toml").write_text, '[[rule]]\nname = "x"\nquorum = 0\n')
    done = await asked(world, "db-1")
    assert (done.returncode, 'policy.toml:3: rule "x": quorum: 0 is not valid' in done.stderr) == (2, True)


async def test_a_slack_that_knows_no_such_token(world: World) -> None:
    """Plain words, and no trace of the program."""
    done = await asked(world, "db-1", SLACK_BOT_TOKEN="xoxb-other")
    assert (done.returncode, "Slack does not take SLACK_BOT_TOKEN (it answered invalid_auth)" in done.stderr) == (
        1,
        True,
    )
    assert "`python -m bot check` says more" in done.stderr
