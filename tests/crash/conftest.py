"""Both databases, for every crash."""

from collections.abc import Iterable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from bot.store.postgres import Postgres
from tests import postgres
from tests.databases import sqlite_file

DATABASES = ("sqlite", "postgres")
TURNS = ("sqlite", *[""] * 8, "postgres", *[""] * 6)
"""Which database a case has in every run, or none: so that neither has only what comes before a step, or only after."""


@pytest.fixture(scope="session")
def migrated(postgres_server: postgres.Server) -> str:
    """A PostgreSQL database with nothing in it."""
    url = postgres_server.new_database()
    database = Postgres(url)
    database.migrate()
    database.close()
    return url


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new database with nothing in it."""
    if request.param == "sqlite":
        (path := tmp_path / "bot.db").write_bytes(sqlite_file())
        yield f"sqlite:///{path}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    url = server.new_database(like=request.getfixturevalue("migrated"))
    yield url
    server.drop(url)


def on_both_databases(name: str, cases: Iterable[Any]) -> pytest.MarkDecorator:
    """Every case, on both of them: every eighth in every run, on one of them by turns, all else as long proofs."""
    return pytest.mark.parametrize(
        ("database_url", name),
        [
            pytest.param(database, case, marks=[] if database == turn else pytest.mark.long)
            for case, turn in zip(cases, cycle(TURNS))
            for database in DATABASES
        ],
        indirect=["database_url"],
    )
