"""What a durable commit costs: a request with its event and its cards, stored in one transaction on each engine."""

import itertools
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.store import Store
from bot.store.postgres import Postgres
from bot.store.sqlite import SQLite
from tests.bench.bench import Bench
from tests.bench.figures import Figure, compared
from tests.bench.seeds import CARDS, request

FULL = "SQLite, synchronous=FULL (the bot's)"


class LessDurable(SQLite):
    """The last commits may be lost with the power."""

    def migrate(self) -> None:
        """Likewise."""
        super().migrate()
        self._db.execute("PRAGMA synchronous=NORMAL")


async def measure(bench: Bench) -> Sequence[Figure]:
    """The row."""
    times = bench.size(200, 5)
    path = bench.new_database("SQLite").removeprefix("sqlite:///")
    stores = {
        FULL: Store(SQLite(path)),
        "SQLite, synchronous=NORMAL": Store(LessDurable(Path(f"{path}-less"))),
        "PostgreSQL, over a local socket": Store(Postgres(bench.new_database("PostgreSQL"))),
    }
    rounds: dict[str, list[float]] = {name: [] for name in stores}
    numbers = itertools.count()
    for store in stores.values():
        await store.open()
    for _ in range(bench.rounds):
        for name, store in stores.items():
            rounds[name].append(await _taken(store, numbers, times))
    for store in stores.values():
        await store.close()
    return [
        compared("commit", name, "us a request", ours=taken, theirs=rounds[FULL], peer=FULL, aim=None)
        for name, taken in rounds.items()
        if name != FULL
    ]


async def _taken(store: Store, numbers: Iterator[int], times: int) -> float:
    """Microseconds of one request."""
    begun = time.perf_counter()
    for number in itertools.islice(numbers, times):
        one = request(number, now=time.time())
        assert await store.transact(
            lambda tx, one=one: tx.requests.add(one, draft_id=one.id, cards=CARDS)  # type: ignore[misc]
        )
    return (time.perf_counter() - begun) / times * 1e6
