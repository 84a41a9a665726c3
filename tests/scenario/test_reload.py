"""The policy file is read again while the bot works: what is good is in force at once, what is not changes nothing."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.settings import load_policy, load_settings
from tests.scenario.conftest import ADMINS, BEN, CAT, ELSEWHERE, Log, World

pytestmark = pytest.mark.parametrize("mode", ["http"])


@pytest.fixture
def file(world: World, tmp_path: Path) -> Path:
    """The policy file of the world's bot, which names one rule with Ben alone."""
    found = tmp_path / "policy.toml"
    world.environ["POLICY_FILE"] = str(found)
    found.write_text(rule(f'approvers = ["{BEN}"]'))
    return found


def rule(*keys: str) -> str:
    """A file of one rule, which takes every machine."""
    return "\n".join(("[[rule]]", 'name = "all"', *keys, ""))


def write(file: Path, text: str) -> None:
    """A small file on a local disk."""
    file.write_text(text)


async def reread(world: World, log: Log, file: Path, text: str) -> None:
    """The file says something else, and the bot is told to read it: until it has."""
    before = len(log.of("policy.loaded")) + len(log.of("policy.kept"))
    write(file, text)
    world.reread.set()
    await world.until(lambda: len(log.of("policy.loaded")) + len(log.of("policy.kept")) > before)


async def probe(world: World, name: str = "policy file") -> tuple[int, dict[str, Any]]:
    """The status of `/readyz`, and what it says of one thing."""
    async with aiohttp.ClientSession() as session, session.get(f"{world.address}/readyz") as answer:
        return answer.status, (await answer.json())["probes"].get(name, {})


async def test_new_rules_are_in_force_at_once(world: World, file: Path, log: Log) -> None:
    """Cards say who is needed now, and whoever they no longer name can no longer approve."""
    async with world.bot():
        card = await world.request()
        await reread(world, log, file, rule(f'approvers = ["{CAT}"]'))
        await world.until(lambda: f"@{CAT}" in world.card() and f"@{BEN}" not in world.card())
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: "approver" in world.ephemeral(BEN))
        assert world.created() == 0
        await world.cat.press("Approve", message=card, confirm=True)
        await world.until(lambda: world.created() == 1)


async def test_what_waits_is_counted_again(world: World, file: Path, log: Log) -> None:
    """An approval that its giver could not give now is void, and they hear of it."""
    write(file, rule(f'approvers = ["{BEN}", "{CAT}"]', "quorum = 2"))
    async with world.bot():
        card = await world.request()
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: f"Approved by @{BEN}" in world.card())
        await reread(world, log, file, rule(f'approvers = ["{CAT}", "{ADMINS}"]', "quorum = 2"))
        await world.until(lambda: f"Approved by @{BEN}" not in world.card())
        await world.until(lambda: "does not count" in world.told(f"D{BEN}"))


async def test_groups_that_are_newly_named_are_looked_up(world: World, file: Path, log: Log) -> None:
    """Though nobody does anything: who is in them is known when somebody does."""

    def looked_up() -> bool:
        return any(call.method == "usergroups.users.list" for call in world.slack.calls)

    async with world.bot(APPROVERS=BEN):
        assert not looked_up()
        await reread(world, log, file, rule(f'requesters = ["{ADMINS}"]'))
        await world.until(looked_up)


async def test_a_file_with_mistakes_changes_nothing(world: World, file: Path, log: Log) -> None:
    """Each is in the log and in `/readyz`, where the process stays in service, until a good one is read."""
    async with world.bot():
        assert (await probe(world))[1]["state"] == "ok"
        before = load_policy(load_settings(world.environ)).hash
        await reread(world, log, file, rule("quorum = 0", "stoping = true"))
        status, found = await probe(world)
        assert (status, found["state"]) == (200, "failed")
        told = [line["mistake"] for line in log.of("policy.mistake")]
        assert [one.split(": ")[0].removeprefix(str(file)) for one in told] == [":3", ":4"]
        assert all(one in found["said"] for one in told)
        assert [line["policy_hash"] for line in log.of("policy.kept")] == [before]
        card = await world.request()
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: world.created() == 1)
        await reread(world, log, file, rule())
        status, found = await probe(world)
        assert (status, found["state"]) == (200, "ok")
        assert load_policy(load_settings(world.environ)).hash[:12] in found["said"]


async def test_a_file_that_has_gone(world: World, file: Path, log: Log) -> None:
    """It is a mistake like any other; and whatever else goes wrong, the next reading is as good as the first."""
    async with world.bot():
        await asyncio.to_thread(file.unlink)
        world.reread.set()
        await world.until(lambda: bool(log.of("policy.kept")))
        assert "cannot be read" in log.of("policy.mistake")[0]["mistake"]
        await reread(world, log, file, rule())
        assert (await probe(world))[1]["state"] == "ok"


async def test_without_a_file(world: World, log: Log) -> None:
    """There is nothing to read, and nothing to say in `/readyz`."""
    async with world.bot():
        world.reread.set()
        await world.until(lambda: bool(log.of("policy.loaded")))
        assert (await probe(world)) == (200, {})


async def test_what_new_rules_name_is_probed(
    world: World, file: Path, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`/readyz` tells of a channel that the bot is not in, which only the new rules name."""
    monkeypatch.setattr("bot.probes.watch.FIRST_AFTER", 0.0)
    monkeypatch.setattr("bot.probes.watch.EVERY", 0.1)

    async def until(state: str) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while (found := await probe(world, "approval channel"))[1].get("state") != state:  # noqa: ASYNC110 # asked
                await asyncio.sleep(0.05)
        return found[1]

    async with world.bot():
        await until("ok")
        await reread(world, log, file, rule(f'channel = "{ELSEWHERE}"'))
        assert 'rule "all": the bot is not a member' in (await until("failed"))["said"]
