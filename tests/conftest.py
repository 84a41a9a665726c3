"""What tests of every kind share."""

from collections.abc import Iterator

import pytest

from tests import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A real PostgreSQL, one for each process that tests."""
    with postgres.serving() as server:
        yield server
