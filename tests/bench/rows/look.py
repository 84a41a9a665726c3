"""One look at 10,000 images that are being made in four regions, beside one describeImage an image by the SDK."""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from tests.bench.bench import ENGINES, Bench
from tests.bench.figures import Figure, compared
from tests.bench.processes import program
from tests.bench.seeds import copied, counted, many_building
from tests.bench.standins import Neighbours, build, neighbours

INTERVAL = 10.0
"""Seconds between two looks (POLL_INTERVAL), as they are meant to be."""

SDK = "one describeImage an image, by the SDK"


async def measure(bench: Bench) -> Sequence[Figure]:
    """The row."""
    count, sample = bench.size(10_000, 40), bench.size(200, 4)
    engines = bench.size(ENGINES, ENGINES[1:])
    figures: list[Figure] = []
    async with neighbours() as standins:
        for number in range(count):
            build(standins.cloud, number)
        seed = await many_building(bench.folder, count, now=standins.cloud.clock())
        looks: dict[str, list[dict[str, float]]] = {engine: [] for engine in engines}
        each: list[dict[str, float]] = []
        for _ in range(bench.rounds):
            each.append(await _one_by_one(standins, sample))
            for engine in engines:
                url = bench.new_database(engine)
                copied(seed, url)
                looks[engine].append(await _look(standins, url, count))
        for engine, rounds in looks.items():
            figures += _figures(engine, rounds, each, count, sample)
    return figures


async def _one_by_one(standins: Neighbours, sample: int) -> dict[str, float]:
    endpoint = urlsplit(standins.environ["JDCLOUD_VM_ENDPOINT"]).netloc
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.peers.describe_each", endpoint, str(sample), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    told: dict[str, float] = json.loads(said)
    return told


async def _look(standins: Neighbours, url: str, count: int) -> dict[str, float]:
    """What one look takes: from the first call to the last row that is put off."""
    due = "SELECT COUNT(*) FROM step WHERE state = 'working' AND next_at < {}"
    environ = standins.environ | {"DATABASE_URL": url, "POLL_INTERVAL": "3000", "LEASE_TTL": "600"}
    standins.cloud.calls.clear()
    async with program("tests.bench.counted", "worker", environ=environ) as bot:
        while counted(url, due.format(standins.cloud.clock())):  # noqa: ASYNC110 - a row in another process's database
            await asyncio.sleep(0.2)
        told: dict[str, Any] = await bot.get("/counted")
    calls = [call for call in standins.cloud.calls if call.action == "describeImages"]
    asides = [call for call in standins.cloud.calls if call.action == "describeSnapshots"]
    assert len(calls) >= count / 100
    return {
        **told,
        "calls": len(calls),
        "asides": len(asides),
        "seconds": calls[-1].at - calls[0].at,
        "cpu": told["cpu"] - bot.start_cpu,
    }


def _figures(
    engine: str, rounds: Sequence[dict[str, float]], each: Sequence[dict[str, float]], count: int, sample: int
) -> Sequence[Figure]:
    def median(name: str, unit: str, what: str, aim: float | None, share: float = 1.0) -> Figure:
        value = sorted(one[name] for one in rounds)[len(rounds) // 2] * share
        return Figure(row="look", what=f"{what}, {engine}", unit=unit, ours=value, aim=aim)

    return (
        compared(
            "look",
            f"processor time an image, {engine}",
            "ms",
            ours=[one["cpu"] * 1000 / count for one in rounds],
            theirs=[one["cpu"] * 1000 / sample for one in each],
            peer=SDK,
            aim=1 / 15,
        ),
        Figure(
            row="look",
            what=f"calls of describeImages, {engine}",
            unit="calls",
            ours=rounds[0]["calls"],
            theirs=count,
            ratio=rounds[0]["calls"] / count,
            peer=SDK,
            aim=101 / 10_000,
        ),
        median("asides", "calls", "calls of describeSnapshots, for progress", None),
        median("statements", "statements", "statements a page of 100", 10.0, 100 / count),
        median("transactions", "transactions", "transactions a page of 100", None, 100 / count),
        median("seconds", "s", "one look, from its first call to its last", None),
        median("cpu", "of a core", f"of a core, at a look every {INTERVAL:g} s", 0.15, 1 / INTERVAL),
    )
