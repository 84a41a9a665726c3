"""Nobody acts: what one process asks of its database all the same, and four of them on one server."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from tests.bench.bench import Bench
from tests.bench.figures import Figure
from tests.bench.processes import program
from tests.bench.seeds import counted
from tests.bench.standins import neighbours

COMMITS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
REPLICAS = 4

COUNTING = 2
"""Commits of whoever counts them: one to connect, and one to ask."""

WINDOWS = 5
"""Times that they are counted. The server has commits of its own once a minute, and tells some late: the median tells
of the bots.
"""


async def measure(bench: Bench) -> Sequence[Figure]:
    """The row."""
    seconds = bench.size(15.0, 1.0)
    figures: list[Figure] = []
    async with neighbours() as standins:
        for engine in bench.engines:
            environ = standins.environ | {"DATABASE_URL": bench.new_database(engine)}
            async with program("tests.bench.counted", "run", environ=environ) as bot:
                await asyncio.sleep(bench.size(5.0, 0.0))
                before = await bot.get("/counted")
                await asyncio.sleep(seconds)
                after = await bot.get("/counted")
            spent = {name: (after[name] - before[name]) / seconds for name in before}
            for what, unit, value, aim in (
                ("transactions a second", "", spent["transactions"] + spent["idle"], 1.2),
                ("statements a second", "", spent["statements"] + spent["idle_statements"], 1.2),
                ("processor time", "% of a core", spent["cpu"] * 100, None),
            ):
                figures.append(Figure(row="idle", what=f"{what}, {engine}", unit=unit, ours=value, aim=aim))
        if not bench.smoke:
            figures.append(await _replicas(bench, standins.environ, seconds))
    return figures


async def _replicas(bench: Bench, environ: dict[str, str], seconds: float) -> Figure:
    url = bench.new_database("PostgreSQL")
    async with AsyncExitStack() as stack:
        for _ in range(REPLICAS):
            await stack.enter_async_context(program("bot", "run", environ=environ | {"DATABASE_URL": url}))
        await asyncio.sleep(5.0)
        found = []
        for _ in range(WINDOWS):
            before = counted(url, COMMITS)
            await asyncio.sleep(seconds)
            found.append((counted(url, COMMITS) - before - COUNTING) / seconds)
    return Figure(
        row="idle",
        what=f"commits a second, {REPLICAS} replicas, PostgreSQL",
        unit="",
        ours=sorted(found)[len(found) // 2],
        aim=1.2 * REPLICAS,
    )
