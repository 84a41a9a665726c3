"""Both databases, for every crash."""

from collections.abc import Iterable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from tests import postgres

DATABASES = ("sqlite", "postgres")
TURNS = ("sqlite", "", "", "postgres", "postgres", "", "", "sqlite")
"""Which database a case has in every run, or none: so that neither has only what comes before a step, or only after."""


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new, empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/bot.db"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    url = server.new_database()
    yield url
    server.drop(url)


def by_turns(name: str, cases: Iterable[Any]) -> pytest.MarkDecorator:
    """Every case on both databases: every other one in every run, on one of them by turns, all else as long proofs."""
    return pytest.mark.parametrize(
        ("database_url", name),
        [
            pytest.param(database, case, marks=[] if database == turn else pytest.mark.long)
            for case, turn in zip(cases, cycle(TURNS))
            for database in DATABASES
        ],
        indirect=["database_url"],
    )
