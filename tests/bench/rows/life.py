"""The whole life of a request, from the command to the team that is told, beside the writes of it, bare.

Neighbours answer at once. The very same writes are replayed over one connection with nothing around them; what they
wait for, the disk and the server, the bot waits for as well, and it is added to what the bot's process works.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from bot.demo.slack import Slack, plain_text
from bot.store import SQLite
from bot.store.postgres import Postgres
from tests.bench.bench import Bench
from tests.bench.figures import Figure, compared
from tests.bench.processes import Program, program
from tests.bench.standins import AMY, APPROVALS, BEN, OPS, Neighbours, instance, neighbours

PATIENCE = 60.0
"""Seconds until each thing must be seen."""


async def measure(bench: Bench) -> Sequence[Figure]:
    """The row."""
    figures: list[Figure] = []
    lives = bench.size(8, 1)
    rounds: dict[str, list[dict[str, float]]] = {engine: [] for engine in bench.engines}
    for _ in range(bench.rounds):
        for engine in bench.engines:
            rounds[engine].append(await _round(bench, engine, lives))
    for engine, found in rounds.items():
        figures.append(
            compared(
                "life",
                f"work and waiting, {engine}",
                "ms",
                ours=[one["ours"] for one in found],
                theirs=[one["bare"] for one in found],
                peer="the same writes, bare",
                aim=2.5,
            )
        )
        for name, unit, aim in (
            ("transactions", "transactions", 18.0),
            ("statements", "statements", 50.0),
            ("cpu", "ms of processor time", None),
            ("idle", "transactions that found nothing to do", None),
        ):
            value = sorted(one[name] for one in found)[len(found) // 2]
            figures.append(Figure(row="life", what=f"{name}, {engine}", unit=unit, ours=value, aim=aim))
    return figures


async def _round(bench: Bench, engine: str, lives: int) -> dict[str, float]:
    url = bench.new_database(engine)
    async with neighbours() as standins:
        for number in range(lives):
            standins.cloud.add_instance(instance(number))
        environ = standins.environ | {"DATABASE_URL": url, "POLL_INTERVAL": "0.2", "BENCH_WRITES": "1"}
        async with program("tests.bench.counted", "run", environ=environ) as bot:
            standins.slack.request_url = f"{bot.url}/slack/events"
            quiet = await _quiet(bot, bench.size(5.0, 0.5))
            begun, before = time.monotonic(), await bot.get("/counted")
            for number in range(lives):
                await live(standins, number)
            await asyncio.sleep(1.0)  # until the last card is drawn
            after = await bot.get("/counted?all=1")
            elapsed = time.monotonic() - begun
    writes = bench.folder / "writes.json"
    writes.write_text(json.dumps(after["writes"]), encoding="utf-8")
    spent: dict[str, float] = {
        name: (after[name] - before[name]) / lives for name in ("cpu", "transactions", "statements", "idle")
    }
    worked = max(spent["cpu"] - quiet * elapsed / lives, 0.001)
    bare = await _bare(bench.new_database(engine), str(writes))
    waited = (bare["seconds"] - bare["cpu"]) / lives
    return spent | {
        "ours": (worked + waited) * 1000,
        "cpu": worked * 1000,
        "bare": bare["seconds"] * 1000 / lives,
    }


async def _quiet(bot: Program, seconds: float) -> float:
    """Processor time a second when nobody acts: it is no life's."""
    before = await bot.get("/counted")
    await asyncio.sleep(seconds)
    after = await bot.get("/counted")
    return float(after["cpu"] - before["cpu"]) / seconds


async def _bare(url: str, writes: str) -> dict[str, float]:
    """What the writes take without the bot."""
    (SQLite(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else Postgres(url)).migrate()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.peers.bare_writes", url, writes, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    told: dict[str, float] = json.loads(said)
    return told


async def live(standins: Neighbours, number: int) -> None:
    """Amy asks for an image of `i-NUMBER`, Ben approves, and #ops is told."""
    slack = standins.slack
    amy, ben, machine = slack.person(AMY), slack.person(BEN), instance(number)
    told, cards = len(slack.messages(OPS)), len(_cards(slack))
    if amy.view:
        await amy.close(everything=True)
    await amy.command("/createimage", machine.id, channel=OPS)
    await slack.settle(lambda: amy.view and machine.name in plain_text(amy.view), timeout=PATIENCE)
    await amy.fill("Description", "weekly")
    errors = await amy.submit()
    assert not errors, errors
    await slack.settle(lambda: len(_cards(slack)) > cards, timeout=PATIENCE)
    await ben.press("Approve", message=_cards(slack)[-1], confirm=True)
    await slack.settle(lambda: len(slack.messages(OPS)) > told, timeout=PATIENCE)
    await slack.settle(lambda: "ready" in plain_text(_cards(slack)[-1]), timeout=PATIENCE)


def _cards(slack: Slack) -> list[Any]:
    return [message for message in slack.messages(APPROVALS) if not message.thread_ts]
