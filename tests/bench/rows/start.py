"""From the start of a process until it can serve, and the memory that it then holds, beside a bare Bolt app."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from tests.bench.bench import ENGINES, Bench
from tests.bench.figures import Figure, compared
from tests.bench.processes import program
from tests.bench.seeds import copied, many_building
from tests.bench.standins import build, neighbours

BARE = "a bare Bolt app"
ROLES = ("web", "run")


async def measure(bench: Bench) -> Sequence[Figure]:
    """The row."""
    roles = bench.size(ROLES, ROLES[1:])
    sides = [(role, engine) for engine in bench.engines for role in ("bare", *roles)]
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    cpu: dict[tuple[str, str], list[float]] = defaultdict(list)
    memory: dict[tuple[str, str], list[float]] = defaultdict(list)
    async with neighbours() as standins:
        databases = {side: bench.new_database(side[1]) for side in sides}
        for _ in range(bench.rounds):
            for role, engine in sides:
                command = ("tests.bench.peers.bolt",) if role == "bare" else ("bot", role)
                environ = standins.environ | {"DATABASE_URL": databases[role, engine]}
                async with program(*command, environ=environ) as started:
                    await asyncio.sleep(bench.size(2.0, 0.0))
                    seconds[role, engine].append(started.started_in)
                    cpu[role, engine].append(started.start_cpu)
                    memory[role, engine].append(started.memory)
    figures = [
        compared(
            "start",
            f"{what}, {role}, {engine}",
            unit,
            ours=samples[role, engine],
            theirs=samples["bare", engine],
            peer=BARE,
            aim=1.5,
        )
        for role in roles
        for engine in bench.engines
        for what, unit, samples in (
            ("start to /readyz", "s", seconds),
            ("processor time until then", "s", cpu),
            ("memory, idle", "MiB", memory),
        )
    ]
    for engine in bench.size(ENGINES, ()):
        more = await _more_with_many(bench, engine) - sorted(memory["run", engine])[len(memory["run", engine]) // 2]
        figures.append(
            Figure(row="start", what=f"memory for 10,000 building, {engine}", unit="MiB more", ours=more, aim=10.0)
        )
    return figures


async def _more_with_many(bench: Bench, engine: str) -> float:
    """MiB of a bot that has looked a few times at many images."""
    count = bench.size(10_000, 20)
    async with neighbours() as standins:
        for number in range(count):
            build(standins.cloud, number)
        seed, url = await many_building(bench.folder, count, now=standins.cloud.clock()), bench.new_database(engine)
        copied(seed, url)
        async with program("bot", "run", environ=standins.environ | {"DATABASE_URL": url}) as bot:
            await asyncio.sleep(bench.size(25.0, 0.5))
            return bot.memory
