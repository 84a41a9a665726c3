"""`python -m bot check`: whether the bot would work, and what to do if not."""

import asyncio
import json
import re
import time
from pathlib import Path

import psycopg
import pytest

from bot.cli import check as checks
from bot.demo import jdcloud
from bot.demo import slack as demo_slack
from bot.settings import load_settings
from tests import postgres
from tests.program import bot
from tests.scenario import conftest as worlds
from tests.scenario.conftest import SCOPES, World
from tests.unit.test_deploy import cloud_calls


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot is asked for where it makes a difference."""
    return "http"


async def checked(world: World, *options: str, **environ: str) -> tuple[int, str]:
    """`python -m bot check` with the world's settings: its exit code, and what it says."""
    done = await asyncio.to_thread(bot, "check", *options, **world.environ | environ)
    text = done.stdout + done.stderr
    assert "Traceback" not in text
    assert not any(secret in text for secret in ("scenario-", "xoxb-other", "xoxp-a", "xapp-other", "hunter2"))
    return done.returncode, text


async def states(world: World, **environ: str) -> tuple[int, dict[str, str]]:
    """The exit code of a check, and the state of each probe."""
    code, text = await checked(world, "--json", **environ)
    said = json.loads(text)
    assert said["ok"] is (code == 0)
    assert all(probe["remedy"] for probe in said["probes"] if probe["state"] != "ok")
    return code, {probe["name"]: probe["state"] for probe in said["probes"]}


async def test_check_before_the_first_start(world: World, tmp_path: Path) -> None:
    """Everything is right: exit 0, and nothing was changed, made or posted anywhere."""
    code, text = await checked(world)
    assert code == 0
    assert text.splitlines()[-1] == "The bot would work."
    assert not (tmp_path / "bot.db").exists()
    changing = {"createImage", "stopInstance", "startInstance"}
    assert {call.action for call in world.cloud.calls} == {action for _, action in cloud_calls()} - changing
    assert not any(call.method.startswith("chat.") for call in world.slack.calls)


async def test_check_after_it_has_run(world: World) -> None:
    """The database is there, current and can be written."""
    async with world.bot():
        code, found = await states(world)
    assert (code, found["database"]) == (0, "ok")


async def test_check_of_a_policy_file(world: World, tmp_path: Path) -> None:
    """How many rules it has is said; without one there is nothing to say."""
    assert "policy file" not in (await states(world))[1]
    file = tmp_path / "policy.toml"
    file.write_text('[[rule]]\nname = "db"\nmatch = { names = ["db-*"] }\n')
    code, text = await checked(world, POLICY_FILE=str(file))
    assert code == 0
    said = r"^ok +policy file +1 rule before the settings \(SHA-256 [0-9a-f]{12}…\)$"
    assert re.search(said, text, re.MULTILINE)


async def test_check_in_socket_mode(world: World) -> None:
    """The app-level token is tried, and the signing secret not asked for."""
    code, found = await states(world, SLACK_APP_TOKEN="xapp-scenario")
    assert (code, found["socket mode"], "signing secret" in found) == (0, "ok", False)
    code, found = await states(world, SLACK_APP_TOKEN="xapp-other")
    assert (code, found["socket mode"]) == (1, "failed")


@pytest.mark.parametrize(
    ("environ", "failing"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-other"}, {"slack token", "slack scopes", "approval channel", "approvers"}),
        ({"SLACK_API_URL": "http://127.0.0.1:1/api"}, {"slack token", "slack scopes", "approval channel", "approvers"}),
        ({"APPROVAL_CHANNEL": "C0NOWHERE"}, {"approval channel"}),
        ({"APPROVAL_CHANNEL": "C0ELSEWHERE"}, {"approval channel"}),
        ({"APPROVERS": "U0NOBODY,U0BEN"}, {"approvers"}),
        ({"APPROVERS": "S0NOBODY,U0BEN"}, {"approvers"}),
        ({"APPROVERS": "S0ADMINS", "REQUIRED_APPROVALS": "2"}, {"approvers"}),
        ({"REQUESTERS": "U0NOBODY"}, {"requesters"}),
        ({"JDCLOUD_ACCESS_KEY": "other"}, {"jdcloud cn-north-1", "jdcloud cn-east-2"}),
        ({"JDCLOUD_DISK_ENDPOINT": "http://127.0.0.1:1"}, {"jdcloud cn-north-1", "jdcloud cn-east-2"}),
        ({"DATABASE_URL": "sqlite:////nowhere/at/all.db"}, {"database"}),
        ({"DATABASE_URL": "postgresql://nobody:hunter2@127.0.0.1:1/none"}, {"database"}),
        ({"PORT": "door", "SLACK_BOT_TOKEN": "xoxp-a-person"}, {"settings"}),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
async def test_check_names_what_is_wrong(world: World, environ: dict[str, str], failing: set[str]) -> None:
    """Just the probes that it concerns fail, each with what to do."""
    code, found = await states(world, JDCLOUD_TIMEOUT="1", **environ)
    assert code == 1
    assert {name for name, state in found.items() if state == "failed"} == failing


async def test_check_of_people_who_left(world: World) -> None:
    """Somebody was deactivated: the others can still approve."""
    world.slack.users["U0CAT"].deleted = True
    code, found = await states(world, APPROVERS="U0BEN,U0CAT")
    assert (code, found["approvers"]) == (0, "warning")


@pytest.mark.parametrize(
    ("environ", "code", "state"),
    [
        ({"APPROVERS": "U0BEN"}, 0, "warning"),
        ({"APPROVERS": "U0BEN", "ALLOW_SELF_APPROVAL": "true"}, 0, "ok"),
        ({"REQUIRED_APPROVALS": "2"}, 0, "warning"),
        ({"APPROVERS": "S0ADMINS"}, 0, "warning"),
        ({"APPROVERS": "U0BEN,W0BEN,U0CAT", "REQUIRED_APPROVALS": "3"}, 1, "failed"),
    ],
    ids=str,
)
async def test_check_of_a_quorum_that_an_approver_cannot_reach(
    world: World, environ: dict[str, str], code: int, state: str
) -> None:
    """What one of those who are needed asks for could never be approved; nobody counts twice by two ids."""
    world.slack.users["U0BEN"].enterprise_id = "W0BEN"
    world.slack.add_user(demo_slack.User(id="W0BEN", name="ben", enterprise_id="W0BEN"))
    ended, found = await states(world, **environ)
    assert (ended, found["approvers"]) == (code, state)


async def test_check_of_a_group_of_people_who_left(world: World) -> None:
    """Slack may still list them."""
    world.slack.users["U0CAT"].deleted = True
    world.slack.usergroups["S0ADMINS"].lists_deactivated = True
    code, found = await states(world, APPROVERS="S0ADMINS")
    assert (code, found["approvers"]) == (1, "failed")


@pytest.mark.parametrize(
    ("granted", "code", "state"),
    [
        ([scope for scope in SCOPES if scope != "usergroups:read"], 1, "failed"),
        ([*SCOPES, "files:write"], 0, "warning"),
    ],
    ids=["missing", "superfluous"],
)
async def test_check_of_scopes(tmp_path: Path, granted: list[str], code: int, state: str) -> None:
    """What Slack granted is held against the manifest, both ways."""
    slack = demo_slack.Slack(bot_token="xoxb-scenario", signing_secret="scenario-signing", scopes=granted)
    cloud = jdcloud.JDCloud(access_key="scenario-ak", secret_key="scenario-sk")
    async with worlds.between(slack, cloud, tmp_path, "http") as world:
        worlds.populate(slack)
        ended, text = await checked(world, "--json")
        found = {probe["name"]: probe for probe in json.loads(text)["probes"]}
        assert (ended, found["slack scopes"]["state"]) == (code, state)
        other = "usergroups:read" if code else "files:write"
        assert other in found["slack scopes"]["said"]


async def test_check_of_rights_and_quotas(world: World) -> None:
    """A call that the key may not make is named; a quota that is used up is a warning."""
    world.cloud.faults.add("describeImages", jdcloud.Refuse(403, "HTTP_FORBIDDEN", "no"), times=99, region="cn-east-2")
    world.cloud.quotas["cn-north-1"] = jdcloud.Quotas(images=0, snapshots=15)
    world.cloud.faults.add(
        "describeSnapshots", jdcloud.Refuse(403, "HTTP_FORBIDDEN", "no"), times=99, region="cn-north-1"
    )
    code, text = await checked(world)
    assert code == 1
    assert "FAILED    jdcloud cn-east-2   not allowed: describeImages" in text
    assert "warning   jdcloud cn-north-1  not allowed: describeSnapshots" in text
    assert "warning   quotas cn-north-1   used up: 0 of 0 images" in text
    assert text.splitlines()[-1] == "The bot would not work: jdcloud cn-east-2."


async def test_check_of_stopping(world: World) -> None:
    """It stays unproved, but the call that watches it is tried; who does without it is asked nothing of it."""
    world.cloud.faults.add(
        "describeInstanceStatus", jdcloud.Refuse(403, "HTTP_FORBIDDEN", "no"), times=99, region="cn-east-2"
    )
    code, text = await checked(world)
    assert code == 1
    assert "FAILED    jdcloud cn-east-2   not allowed: describeInstanceStatus" in text
    assert "unproved  stop and start" in text
    assert "stopInstance and startInstance, or set ALLOW_STOPPING=false" in text
    assert "live images" not in text
    world.cloud.calls.clear()
    code, found = await states(world, ALLOW_STOPPING="false", ALLOW_LIVE_IMAGES="true")
    assert (code, found.get("stop and start"), found["live images"]) == (0, None, "unproved")
    assert "describeInstanceStatus" not in {call.action for call in world.cloud.calls}
    assert not world.cloud.switches


async def test_check_of_a_clock_that_is_wrong(world: World) -> None:
    """Signatures carry the time: the clock is named, and by how much it is off."""
    found = await checks.ask(load_settings(world.environ), clock=lambda: time.time() + 3600)
    assert found["clock"].level == "failed"
    assert re.match(r"360[01] s ahead of", found["clock"].said)
    assert found["jdcloud cn-north-1"].level == "failed"


async def test_check_of_a_postgresql(world: World, postgres_server: postgres.Server) -> None:
    """Empty it is good enough, for the bot makes its schema; where nothing can be written it would not work."""
    url = postgres_server.new_database()
    try:
        assert (await states(world, DATABASE_URL=url))[1]["database"] == "warning"
        async with world.bot(DATABASE_URL=url):
            assert (await states(world, DATABASE_URL=url))[1]["database"] == "ok"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', "
                "current_database()); END$$"
            )
        code, found = await states(world, DATABASE_URL=url)
        assert (code, found["database"]) == (1, "failed")
    finally:
        postgres_server.drop(url)
