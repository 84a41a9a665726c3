"""Processes over one PostgreSQL tell each other that there may be work. Behind a pooler they do not hear it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import LiteralString

import psycopg
import pytest

from bot.store import Store, StoreFault
from tests.contract.conftest import Engine
from tests.contract.test_climb import OpenStore
from tests.contract.test_store import claim, lease, put
from tests.unit.examples import a_request

pytestmark = pytest.mark.parametrize("engine", ["postgres"], indirect=True)

LISTENING: LiteralString = "FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND datname = current_database()"

PATIENCE = 10.0
"""Seconds within which it must be heard."""


class Ears:
    """Somebody who listens."""

    def __init__(self, store: Store) -> None:
        self.heard = 0
        self._news = asyncio.Event()
        self.listening = asyncio.create_task(store.listen(self._hear))

    def _hear(self) -> None:
        self.heard += 1
        self._news.set()

    async def hear(self) -> None:
        """Waits for news that has not been heard yet."""
        await asyncio.wait_for(self._news.wait(), PATIENCE)
        self._news.clear()


@asynccontextmanager
async def ears(store: Store, engine: Engine) -> AsyncIterator[Ears]:
    """Somebody who listens already."""
    one = Ears(store)
    while not _listeners(engine):  # noqa: ASYNC110 # the server tells nobody who is there
        await asyncio.sleep(0.01)
    try:
        yield one
    finally:
        one.listening.cancel()
        with suppress(asyncio.CancelledError, StoreFault):
            await one.listening


def _listeners(engine: Engine) -> int:
    with psycopg.connect(engine.url) as connection:
        (found,) = connection.execute(f"SELECT count(*) {LISTENING}").fetchall()
    return int(found[0])


async def test_another_process_hears_of_work_at_once(engine: Engine, open_store: OpenStore) -> None:
    """Once it is committed; of claims and reads, which change nothing for others, nothing is heard."""
    worker, web, numbers = await open_store(), await open_store(), count()
    async with ears(worker, engine) as ear:
        await put(web, a_request(id=f"IR-{next(numbers)}"))
        await ear.hear()
        heard = ear.heard
        await web.claim(lambda tx: tx.steps.claim_due(lease("another"), 9))
        await web.read(lambda tx: tx.requests.get("IR-0"))
        await put(web, a_request(id=f"IR-{next(numbers)}"))
        await ear.hear()
        assert ear.heard == heard + 1


async def test_nobody_hears_themselves(engine: Engine, open_store: OpenStore) -> None:
    """Nor of what was rolled back."""
    worker, web = await open_store(), await open_store()
    async with ears(worker, engine) as ear:
        await put(worker, a_request(id="IR-OWN"))
        await claim(worker, lease())
        with pytest.raises(AssertionError):
            await put(web, a_request(id="IR-OWN"))
        await put(web, a_request(id="IR-OTHER"))
        await ear.hear()
        assert ear.heard == 1


async def test_a_connection_that_is_cut_is_told_of(engine: Engine, open_store: OpenStore) -> None:
    """Whoever listens begins anew; until then work is found by looking for it."""
    worker = await open_store()
    async with ears(worker, engine) as ear:
        with psycopg.connect(engine.url, autocommit=True) as server:
            server.execute(f"SELECT pg_terminate_backend(pid) {LISTENING}")
        with pytest.raises(StoreFault):
            await asyncio.wait_for(ear.listening, PATIENCE)
