"""Looking instances up among 5,000 while the cloud takes 2 s an answer, beside asking it at each keystroke."""

import asyncio
import statistics
import time
from collections.abc import Sequence

from bot.demo.slack.requests import INTERACTION
from tests.bench.bench import Bench
from tests.bench.clicks import Clicker, clicker
from tests.bench.figures import Figure, quantile
from tests.bench.payloads import look_up
from tests.bench.processes import Program, program
from tests.bench.standins import AMY, SECRET, Neighbours, instance, neighbours

ASKING = "asking JD Cloud each time, by the SDK"

SOON = 60.0
"""Seconds within which there must be a list."""

RENEWED_WITHIN = 300.0
"""Seconds within which it must be renewed while somebody types."""


async def measure(bench: Bench) -> Sequence[Figure]:
    """The row."""
    count, takes, keys = bench.size(5_000, 40), bench.size(2.0, 0.1), bench.size(200, 4)
    async with clicker(SECRET) as click, neighbours(frozen=True) as standins:
        for number in range(count):
            standins.cloud.add_instance(instance(number))
        standins.take(takes)
        environ = standins.environ | {"DATABASE_URL": bench.new_database("SQLite")}
        async with program("tests.bench.counted", "web", environ=environ | {"BENCH_LAG": "1"}) as bot:
            answers = await _first_list(standins, bot) / takes
            idle = await _idle(bot, bench.size(5.0, 0.1))
            await bot.get("/counted")
            cpu, begun = bot.cpu, time.monotonic()
            ours = await _typed(standins, click, bot, keys)
            cpu = bot.cpu - cpu - idle * (time.monotonic() - begun)
            lag = (await bot.get("/counted"))["lag"]
            window = keys * 0.3
            calls = []
            for number in (keys, max(keys // 10, 1)):
                if bench.size(1, 0):
                    await _renewal(standins, bot, takes)
                calls.append(await _calls(standins, click, bot, number, window))
            many, few = calls
        async with program("tests.bench.peers.asking", environ=environ) as bare:
            theirs = await _typed(standins, click, bare, max(keys // 10, 2))
    medians = statistics.median(ours), statistics.median(theirs)
    slow = quantile(ours, 0.99), quantile(theirs, 0.99)
    return (
        Figure(
            row="lookup",
            what="a keystroke: median",
            unit="ms",
            ours=medians[0],
            theirs=medians[1],
            ratio=medians[0] / medians[1],
            peer=ASKING,
        ),
        Figure(row="lookup", what="a keystroke: p99", unit="ms", ours=slow[0], theirs=slow[1], peer=ASKING, aim=20.0),
        Figure(
            row="lookup", what="processor time a keystroke, beyond idling", unit="ms", ours=cpu * 1000 / keys, aim=3.0
        ),
        Figure(row="lookup", what="the loop held up at most, meanwhile", unit="ms", ours=lag * 1000, aim=10.0),
        Figure(row="lookup", what="the first list", unit="answers of the cloud", ours=round(answers, 1), aim=3.5),
        Figure(
            row="lookup",
            what=f"calls of JD Cloud in {window:g} s, {keys} keys",
            unit="calls",
            ours=many,
            theirs=few,
            ratio=many / max(few, 1),
            peer=f"with {max(keys // 10, 1)} keys",
            aim=1.1,
        ),
    )


async def _first_list(standins: Neighbours, bot: Program) -> float:
    """Seconds from the first look until every region's instances are offered."""
    slack = standins.slack
    slack.request_url = f"{bot.url}/slack/events"
    begun = time.monotonic()
    while time.monotonic() - begun < SOON:
        _, payload = look_up(slack, AMY, "web-1")
        answer = await slack.transport.deliver(INTERACTION, payload)
        if answer.body.get("option_groups") and "unavailable/" not in str(answer.body):
            return time.monotonic() - begun
        await asyncio.sleep(0.05)
    raise AssertionError(f"no list within {SOON} s")


async def _idle(bot: Program, seconds: float) -> float:
    """Of a core, while nobody types."""
    cpu = bot.cpu
    await asyncio.sleep(seconds)
    return (bot.cpu - cpu) / seconds


async def _renewal(standins: Neighbours, bot: Program, takes: float) -> None:
    """Types until what is listed is renewed, and waits until that is done: so that each while begins alike."""
    standins.cloud.calls.clear()
    begun, seen = time.monotonic(), 0
    while not seen or len(standins.cloud.calls) > seen:
        if time.monotonic() - begun > RENEWED_WITHIN:
            raise AssertionError(f"no renewal within {RENEWED_WITHIN} s")
        seen = len(standins.cloud.calls)
        _, payload = look_up(standins.slack, AMY, "web-1")
        await standins.slack.transport.deliver(INTERACTION, payload)
        await asyncio.sleep(takes * 1.5)


async def _typed(standins: Neighbours, click: Clicker, app: Program, keys: int) -> list[float]:
    bodies = [look_up(standins.slack, AMY, f"web-{number}"[: 1 + number % 8]) for number in range(keys)]
    return await click(f"{app.url}/slack/events", 0.1, bodies)


async def _calls(standins: Neighbours, click: Clicker, bot: Program, keys: int, window: float) -> int:
    """Calls of JD Cloud while somebody types so many keys, in a while that is as long for few as for many."""
    standins.cloud.calls.clear()
    begun = time.monotonic()
    bodies = [look_up(standins.slack, AMY, f"web-{number}") for number in range(keys)]
    await click(f"{bot.url}/slack/events", window / keys, bodies)
    await asyncio.sleep(max(begun + window - time.monotonic(), 0))
    return len(standins.cloud.calls)
