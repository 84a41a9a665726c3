"""What grows with the past: the same questions to a store with a hundred times as many requests that are done."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg

from bot.domain.lifecycle import State
from bot.service.measure import Measuring
from bot.store import Lease, SQLite, Store, Transaction
from bot.store.postgres import Postgres
from tests.bench.bench import ENGINES, Bench
from tests.bench.counting import CountingDatabase
from tests.bench.figures import Figure, compared
from tests.bench.processes import program
from tests.bench.seeds import building, copied, ready, request, seeded
from tests.bench.standins import neighbours

Ask = Callable[[Store], Any]

ASKED: dict[str, Ask] = {
    "/metrics": lambda store: Measuring(store=store).measure(),
    "usual time of a new instance": lambda store: store.transact(lambda tx: tx.requests.usual_seconds("i-new")),
    "requests --state ready": lambda store: store.transact(lambda tx: tx.requests.latest({State.READY}, 20)),
    "an empty claim of steps": lambda store: store.transact(lambda tx: tx.steps.claim_due(Lease("bench", 0.0), 20)),
    "an empty claim of cards": lambda store: store.transact(lambda tx: tx.cards.claim(Lease("bench", 0.0), 20)),
}
WAITING = 100


async def measure(bench: Bench) -> Sequence[Figure]:
    """The row."""
    few, many = bench.size((100, 10_000), (5, 20))
    figures: list[Figure] = []
    small, large = bench.folder / "few.db", bench.folder / "many.db"
    now = time.time()
    for path, count in ((small, few), (large, many)):
        await seeded(path, (request(number, now=now - 9_000) for number in range(count)), ready, now=now - 9_000)
    for engine in bench.size(ENGINES, ENGINES[:1]):
        urls = bench.new_database(engine), bench.new_database(engine)
        copied(small, urls[0])
        copied(large, urls[1])
        figures += await _slower(bench, engine, urls, many // few)
    figures += await _statements(bench, now)
    if not bench.smoke:
        figures.append(await _scanned(bench, large))
    return figures


def _opened(url: str) -> CountingDatabase:
    return CountingDatabase(SQLite(Path(url.removeprefix("sqlite:///"))) if url.startswith("sqlite") else Postgres(url))


async def _slower(bench: Bench, engine: str, urls: Sequence[str], times: int) -> Sequence[Figure]:
    stores = [Store(_opened(url)) for url in urls]
    taken: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in ASKED}
    for store in stores:
        await store.open()
    for _ in range(bench.rounds):
        for name, ask in ASKED.items():
            for store, rounds in zip(stores, taken[name], strict=True):
                rounds.append(await _asked(store, ask, bench.size(20, 1)))
    for store in stores:
        await store.close()
    return [
        compared("growth", f"{name}, {engine}", "ms", ours=large, theirs=small, peer=f"with 1/{times} of it", aim=1.5)
        for name, (small, large) in taken.items()
    ]


async def _asked(store: Store, ask: Ask, times: int) -> float:
    """Milliseconds of one question."""
    samples = []
    for _ in range(times):
        begun = time.perf_counter()
        await ask(store)
        samples.append((time.perf_counter() - begun) * 1000)
    return statistics.median(samples)


async def _statements(bench: Bench, now: float) -> Sequence[Figure]:
    """How many statements it takes to read many requests at once."""
    many = bench.size(500, 20)
    found = []
    for what, count, become, ask in (
        ("to read 100 that wait, for a Home", WAITING, None, lambda tx: tx.requests.undecided(WAITING)),
        (f"to claim {many} that are being made", many, building, lambda tx: _claimed(tx, many)),
    ):
        path = bench.folder / f"{count}-{become is None}.db"
        await seeded(path, (request(number, now=now) for number in range(count)), become, now=now)
        database = CountingDatabase(SQLite(path))
        store = Store(database)
        await store.open()
        before = database.counted.statements
        assert await store.transact(ask)
        found.append(
            Figure(
                row="growth",
                what=what,
                unit="statements",
                ours=database.counted.statements - before,
                aim=10.0,
            )
        )
        await store.close()
    return found


def _claimed(tx: Transaction, count: int) -> Sequence[object]:
    return tx.steps.claim_working(Lease("bench", 60.0), count)


async def _scanned(bench: Bench, large: Path) -> Figure:
    """How often an idle bot, and one look at `/metrics`, read a large table of PostgreSQL's from end to end."""
    url = bench.new_database("PostgreSQL")
    copied(large, url)
    seconds = 10.0
    async with neighbours() as standins, program("bot", "run", environ=standins.environ | {"DATABASE_URL": url}):
        await asyncio.sleep(3.0)
        before = _scans(url)
        await asyncio.sleep(seconds)
        after = _scans(url)
    scanned = {table: (after[table] - before.get(table, 0)) / seconds for table in after}
    worst = ", ".join(f"{table} {rate:.1f}" for table, rate in sorted(scanned.items()) if rate > 0.05)
    return Figure(
        row="growth",
        what=f"whole tables read a second, idle ({worst or 'none'})",
        unit="",
        ours=sum(scanned.values()),
        aim=0.1,
    )


def _scans(url: str) -> dict[str, int]:
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute("SELECT relname, seq_scan FROM pg_stat_user_tables WHERE n_live_tup > 1000")
        return dict(rows.fetchall())
