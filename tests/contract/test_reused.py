"""What a test leaves in its database is not there for the next one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.contract.reused import Reused

ROW = "INSERT INTO frozen (asked, frozen_by, at, until, why, scope, ended_by) VALUES ('', '', 1, 2, '', '', '')"

CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
"""All connections to this database, and none of another test's: one server is for all processes that test."""


@pytest.fixture
def own(reused: Reused) -> Iterator[Reused]:
    """Databases that no other test uses."""
    other = Reused(reused.server, reused.like)
    yield other
    other.close()


@pytest.fixture
def left_open() -> Iterator[Callable[[str], psycopg.Connection]]:
    """Connects, and disconnects only when all is over."""
    with ExitStack() as stack:
        yield lambda url: stack.enter_context(closing(psycopg.connect(url, autocommit=True)))


def held(url: str) -> dict[str, object]:
    """Everything that a store could see there: rows, what a sequence gives next, and how each table is made."""
    with psycopg.connect(url, autocommit=True) as connection:
        of_us = "FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        tables = [name for (name,) in connection.execute(f"SELECT relname {of_us} AND relkind IN ('r', 'S')".encode())]
        seen: dict[str, object] = {
            name: sorted(connection.execute(SQL("SELECT * FROM {}").format(Identifier(name))).fetchall())
            for name in tables
        }
        shape = f"SELECT relname, relkind, relnatts, reltuples {of_us} ORDER BY relname"
        return seen | {"": connection.execute(shape.encode()).fetchall()}


@pytest.mark.parametrize(
    ("left_behind", "is_kept"),
    [
        (ROW, True),
        ("INSERT INTO pace VALUES ('card', 'C0OPS', 1)", True),
        ("SELECT nextval('frozen_id_seq')", True),
        ("UPDATE event_chain SET events = 7, hash = 'another'", True),
        ("DELETE FROM event_chain", True),
        ("DELETE FROM schema_migration", True),
        ("UPDATE test_clock SET at = 1", True),
        ("BEGIN; LOCK TABLE frozen; UPDATE event_chain SET events = 7", True),
        (f"{ROW}; TRUNCATE frozen", False),
        ("DROP INDEX frozen_now", False),
        ("ALTER TABLE pace ADD COLUMN more TEXT", False),
        ("ALTER TABLE pace RENAME TO peace", False),
        ("CREATE TABLE more (word TEXT)", False),
        ("CREATE FUNCTION more() RETURNS integer LANGUAGE sql AS 'SELECT 1'", False),
        ("ANALYZE", False),
        ("INSERT INTO pace SELECT 'card', number, 1 FROM generate_series(1, 5000) AS number", False),
        (CUT, False),
    ],
)
def test_the_next_database_is_as_new(
    own: Reused, left_open: Callable[[str], psycopg.Connection], left_behind: str, *, is_kept: bool
) -> None:
    """Emptied where that puts everything back, else made anew."""
    with own.database() as database:
        url, new = database.url, held(database.url)
        connection = left_open(url)
        connection.execute(left_behind.encode())
    with own.database() as database:
        assert held(database.url) == new
        assert (database.url == url) is is_kept
