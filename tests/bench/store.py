"""What a durable commit costs: `python -m tests.bench.store` stores requests on each engine, side by side.

A request with its event and its two cards is one transaction. The rounds of the engines take turns, so that whatever
else the machine does befalls all of them; the numbers that count are the ratios.
"""

import asyncio
import itertools
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bot.domain.delivery import CardKind
from bot.store import Store
from bot.store.postgres import Postgres
from bot.store.sqlite import SQLite
from tests import postgres
from tests.unit.examples import a_plan, a_request

ROUNDS, REQUESTS = 7, 200
CARDS = ((CardKind.APPROVAL, "C0APPROVALS"), (CardKind.REQUESTER, "U0AMY"))


class LessDurable(SQLite):
    """The last commits may be lost with the power."""

    def migrate(self) -> None:
        """Likewise."""
        super().migrate()
        self._db.execute("PRAGMA synchronous=NORMAL")


async def measure(stores: dict[str, Store]) -> dict[str, float]:
    """Seconds for one request: the median of the rounds."""
    numbers = itertools.count()
    seconds: dict[str, list[float]] = {name: [] for name in stores}
    for _ in range(ROUNDS):
        for name, store in stores.items():
            begun = time.perf_counter()
            for _ in range(REQUESTS):
                number = next(numbers)
                request = a_request(id=f"IR-{number}", plan=a_plan(instance_id=f"i-{number}"))
                await store.transact(
                    lambda tx, request=request: tx.requests.add(request, draft_id=request.id, cards=CARDS)  # type: ignore[misc]
                )
            seconds[name].append((time.perf_counter() - begun) / REQUESTS)
    return {name: statistics.median(rounds) for name, rounds in seconds.items()}


async def main() -> None:
    """Prints the table."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(postgres.serving(fsync=True))
        stores = {
            "SQLite, synchronous=FULL (the bot's)": Store(SQLite(folder / "full.db")),
            "SQLite, synchronous=NORMAL": Store(LessDurable(folder / "normal.db")),
            "PostgreSQL, over a local socket": Store(Postgres(server.new_database())),
        }
        for store in stores.values():
            await store.open()
        measured = await measure(stores)
        for store in stores.values():
            await store.close()
    base = next(iter(measured.values()))
    for name, seconds in measured.items():
        print(f"{name:40} {seconds * 1e6:7.0f} us a request   x {seconds / base:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
