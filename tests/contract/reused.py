"""A PostgreSQL database that is emptied after each test, and made anew only where that would leave something behind.

Making one for each test cost more than all that the tests do with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from tests import postgres

_TABLES = """
    SELECT class.relname, (SELECT count(*) FROM pg_constraint WHERE conrelid = class.oid AND contype = 'f') AS refers
    FROM pg_class AS class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    ORDER BY refers DESC, relname
"""
"""Those that refer to others first: they are emptied first."""

_SEQUENCES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"

_MADE_LATER = 16384
"""The first oid of what is not PostgreSQL's own (FirstNormalObjectId)."""

_SHAPE = f"""
    SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM (
        SELECT concat_ws('/', 'class', oid, xmin, reltuples) FROM pg_class WHERE oid >= {_MADE_LATER}
        UNION ALL SELECT concat_ws('/', 'column', attrelid, attnum, xmin)
            FROM pg_attribute WHERE attrelid >= {_MADE_LATER}
        UNION ALL SELECT concat_ws('/', 'default', oid, xmin) FROM pg_attrdef
        UNION ALL SELECT concat_ws('/', 'constraint', oid, xmin) FROM pg_constraint WHERE oid >= {_MADE_LATER}
        UNION ALL SELECT concat_ws('/', 'trigger', oid, xmin) FROM pg_trigger
        UNION ALL SELECT concat_ws('/', 'function', oid, xmin) FROM pg_proc WHERE oid >= {_MADE_LATER}
        UNION ALL SELECT concat_ws('/', 'schema', oid, xmin) FROM pg_namespace WHERE oid >= {_MADE_LATER}
        UNION ALL SELECT concat_ws('/', 'setting', setdatabase, setrole, xmin) FROM pg_db_role_setting
    ) AS parts (part)
"""
"""Which row versions of the catalog there are: another one after any DDL, TRUNCATE, ANALYZE or VACUUM."""

_PAGES = f"""
    SELECT max(pg_relation_size(oid)) / current_setting('block_size')::integer FROM pg_class
    WHERE oid >= {_MADE_LATER} AND relkind = 'r'
"""

_PAGES_OF_A_NEW_ONE = 10
"""A table of up to so many pages that was never vacuumed is planned for as if it had so many."""

_ALONE = """
    SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Database:
    """One database with the clock of the tests. What it holds when it is new is put back by `empty`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection = psycopg.connect(url, autocommit=True)
        tables = [Identifier(str(name)) for name, _ in self._connection.execute(_TABLES)]
        sequences = [str(name) for (name,) in self._connection.execute(_SEQUENCES)]
        self._connection.execute("CREATE SCHEMA as_new")
        for table in tables:
            self._connection.execute(SQL("CREATE TABLE as_new.{0} AS TABLE public.{0}").format(table))
        self._empty = SQL("; ").join(
            [SQL("BEGIN")]
            + [SQL("DELETE FROM public.{}").format(table) for table in tables]
            + [
                SQL("INSERT INTO public.{0} OVERRIDING SYSTEM VALUE TABLE as_new.{0}").format(table)
                for table in tables[::-1]
            ]
            + [SQL("SELECT setval({}, 1, false)").format(name) for name in sequences]
            + [SQL("COMMIT")]
        )
        self._shape = self._value(_SHAPE)

    def set_clock(self, at: float) -> None:
        """Sets the clock of the tests."""
        set_clock(self._connection, at)

    def empty(self) -> bool:
        """Makes it as good as new; False where it is not to be used again."""
        try:
            self._value(_ALONE)
            if self._value(_SHAPE) != self._shape:
                return False
            self._connection.execute(self._empty)
            return bool(self._value(_PAGES) <= _PAGES_OF_A_NEW_ONE and self._value(_SHAPE) == self._shape)
        except psycopg.Error:  # the test cut all connections
            return False

    def close(self) -> None:
        """To be called before it is dropped."""
        self._connection.close()

    def _value(self, query: str) -> Any:
        row = self._connection.execute(query.encode()).fetchone()
        return row[0] if row else None


class Reused:
    """Makes databases like another, and keeps one for the next test."""

    def __init__(self, server: postgres.Server, like: str) -> None:
        self.server, self.like = server, like
        self._kept: Database | None = None

    @contextmanager
    def database(self) -> Iterator[Database]:
        """One that nobody else uses, and that is as good as new."""
        database, self._kept = self._kept or Database(self.server.new_database(like=self.like)), None
        try:
            yield database
        finally:
            if database.empty():
                self._kept = database
            else:
                self._drop(database)

    def close(self) -> None:
        """No test comes any more."""
        if self._kept:
            self._drop(self._kept)

    def _drop(self, database: Database) -> None:
        database.close()
        self.server.drop(database.url)


def set_clock(connection: Connection[tuple[Any, ...]], at: float) -> None:
    """Sets the clock of the tests in a database that has one."""
    connection.execute("UPDATE test_clock SET at = %s", [at])
