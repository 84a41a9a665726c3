"""The databases that the store's contract is held on, each new and empty, and in a time that the test sets."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from bot.store import Database, SQLite, Store
from bot.store.postgres import Postgres
from tests import postgres
from tests.contract.reused import Reused, set_clock
from tests.databases import sqlite_file
from tests.turns import by_turns

_ENGINE = "test_steps_engine"

START = 10_000.0
"""Unix seconds at which every test begins."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each on one of the two databases in every run: that of the engine of steps, which knows of none, on SQLite."""
    here = [item for item in items if item.path.parent == Path(__file__).parent]
    by_turns((item for item in here if item.path.stem != _ENGINE), ("sqlite", "postgres"))
    for item in here:
        if item.path.stem == _ENGINE and "[postgres" in item.nodeid:
            item.add_marker(pytest.mark.long)


class Engine:
    """One new database, to which any number of stores connect as other processes would."""

    def __init__(self, url: str, *, set_clock: Callable[[float], None] = lambda _: None) -> None:
        self.url = url
        self._time = START
        self._set_clock = set_clock

    @property
    def is_postgres(self) -> bool:
        """Which of the two it is."""
        return self.url.startswith("postgresql:")

    @property
    def path(self) -> Path:
        """The file of an SQLite database."""
        return Path(self.url.removeprefix("sqlite:///"))

    @property
    def time(self) -> float:
        """The database's clock."""
        return self._time

    @time.setter
    def time(self, at: float) -> None:
        self._time = at
        self._set_clock(at)

    def connect(self) -> Database:
        """Another connection, as another process would have."""
        if self.is_postgres:
            return Postgres(self.url, now="(SELECT at FROM test_clock)")
        return SQLite(self.path, clock=lambda: self._time)


@pytest.fixture(scope="session")
def with_clock(postgres_server: postgres.Server) -> str:
    """A PostgreSQL database with the time of the tests and nothing else."""
    url = postgres_server.new_database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE test_clock AS SELECT %s::double precision AS at", [START])
    return url


@pytest.fixture(scope="session")
def migrated(postgres_server: postgres.Server, with_clock: str) -> str:
    """Likewise, with the schema of this version."""
    url = postgres_server.new_database(like=with_clock)
    database = Postgres(url)
    database.migrate()
    database.close()
    return url


@pytest.fixture(scope="session")
def reused(postgres_server: postgres.Server, migrated: str) -> Iterator[Reused]:
    """Such a database, new for each test or as good as new."""
    with closing(Reused(postgres_server, migrated)) as databases:
        yield databases


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of each kind: with the schema of this version where the test begins with a store, else empty."""
    begins_with_store = "store" in request.fixturenames
    if request.param == "sqlite":
        made = Engine(f"sqlite:///{tmp_path}/bot.db")
        if begins_with_store:
            made.path.write_bytes(sqlite_file())
        yield made
    elif begins_with_store:
        reused: Reused = request.getfixturevalue("reused")
        with reused.database() as database:
            yield Engine(database.url, set_clock=database.set_clock)
    else:
        server: postgres.Server = request.getfixturevalue("postgres_server")
        url = server.new_database(like=request.getfixturevalue("with_clock"))
        with psycopg.connect(url, autocommit=True) as connection:
            yield Engine(url, set_clock=lambda at: set_clock(connection, at))
        server.drop(url)


@pytest.fixture
async def open_store(engine: Engine) -> AsyncIterator[Callable[..., Awaitable[Store]]]:
    """Opens stores on that database."""
    opened: list[Store] = []

    async def another(*, on_commit: Callable[[], None] = lambda: None) -> Store:
        store = Store(engine.connect(), on_commit=on_commit)
        opened.append(store)
        await store.open()
        return store

    yield another
    for store in opened:
        await store.close()


@pytest.fixture
async def store(open_store: Callable[..., Awaitable[Store]]) -> Store:
    """An empty store."""
    return await open_store()
