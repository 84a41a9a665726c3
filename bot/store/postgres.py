"""PostgreSQL, through psycopg: for replicas on more than one machine, and for disks that get lost."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
from psycopg import AsyncConnection, ClientCursor, Connection, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row

from bot.store.database import UNREAD, Conflict, Nesting, Query, Row, StoreFault
from bot.store.files import new_file
from bot.store.schema import MIGRATIONS, pending

CONNECTIONS = 4
"""Connections of one process: small plans give 20 to all replicas together."""

WAIT_SECONDS = 10
"""How long a lock or a statement is waited for, and an answer on a connection that is there."""

CONNECT_SECONDS = 5
"""How long a new connection is waited for. Whoever waits behind a button of Slack's has given up after 3."""

MIGRATION_LOCK = 4_715_260_713
"""Any number that is the same for every version: only one process climbs the ladder at a time."""

KEPT_ALIVE = 30
"""Seconds after which a connection that is silent is looked at. Nothing else would tell that it is dead, and what
stands in between forgets one after some minutes: whoever needs it next would wait for `WAIT_SECONDS`.
"""

CHANNEL: LiteralString = "createimage_work"
"""What processes announce work on to each other, in one database."""

_IN_THE_WAY = (errors.IntegrityError, errors.SerializationFailure, errors.DeadlockDetected)
_PARAMETER = re.compile(r"(?<!:):([a-z_][a-z_0-9]*)")

_OPTIONS: dict[str, Any] = {
    "autocommit": True,  # transactions are ours alone
    "prepare_threshold": None,
    "row_factory": dict_row,
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": KEPT_ALIVE,
    "tcp_user_timeout": WAIT_SECONDS * 1000,
    "application_name": "createimage-bot",
}


class Postgres:
    """One connection for each transaction that runs at once; it is kept for the next one.

    Nobody tries in the background, with growing pauses, to reach a server that is away: every transaction tries, once,
    and says at once why it cannot. So the first one after the server is back is a transaction like any other.

    Nothing outlives a transaction on the server: no prepared statements, no session settings, no session locks. So a
    pooler that hands out a connection for each transaction may stand in between (PgBouncer: pool_mode=transaction).

    Args:
        url: `postgresql://…` or `postgres://…`, with whatever libpq understands behind it (`?sslmode=require`).
        now: SQL of the time; the server's own, unless a test has another.
    """

    threads = CONNECTIONS
    # Nobody changes a key, so rows that refer to a locked one can be written meanwhile. Else whoever has claimed one of
    # them would wait for whoever has locked this, who may wait for it.
    for_update = "FOR NO KEY UPDATE"
    skip_locked = "FOR NO KEY UPDATE SKIP LOCKED"
    nesting = Nesting("json_agg(json_build_array({columns}))::text")

    def __init__(self, url: str, *, now: str = "extract(epoch FROM statement_timestamp())::double precision") -> None:
        self.now = now  # of the statement, not of the row: an index can be used
        self._url = url
        try:
            known = conninfo_to_dict(url)
        except psycopg.ProgrammingError:  # its words may quote the password
            raise StoreFault("DATABASE_URL is no address that PostgreSQL's libpq understands") from None
        self._name = f"postgresql://{known.get('host') or ''}/{known.get('dbname') or ''}"
        self._idle: list[Connection[DictRow]] = []  # the one used last is taken first; its methods are atomic
        self._closed = False
        self._sender = uuid4().hex  # what one announces oneself is known already

    def migrate(self) -> None:
        """Climbs the ladder in one transaction; processes that start together take turns.

        Raises:
            SchemaTooNew: the database has steps that this version does not know.
        """
        with self.faults(), self.connect() as connection, connection.transaction():
            query = partial(_query, connection)
            query("SELECT pg_advisory_xact_lock(:lock)", lock=MIGRATION_LOCK)
            query("CREATE TABLE IF NOT EXISTS schema_migration (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)")
            to_take = self._pending(query)
            for name, statements in MIGRATIONS:
                if name in to_take:
                    for statement in statements:
                        query(statement.format(**_DIALECT))
                    query("INSERT INTO schema_migration VALUES (:name, statement_timestamp()::text)", name=name)

    def pending(self) -> Sequence[str]:
        """The steps that are still to be taken.

        Raises:
            SchemaTooNew: the database has steps that this version does not know.
        """
        with self.faults(), self.connect() as connection:
            return self._pending(partial(_query, connection))

    def _pending(self, query: Query) -> Sequence[str]:
        (table,) = query("SELECT to_regclass('schema_migration') IS NOT NULL AS made")
        done = [row["name"] for row in query("SELECT name FROM schema_migration")] if table["made"] else []
        return pending(self._name, done)

    @contextmanager
    def transaction(self, *, reads: bool = False) -> Iterator[Query]:
        """READ COMMITTED: every guarded UPDATE sees what was committed before it. Who only reads sees one moment."""
        with self.faults():
            messages = _Messages(self, _BEGIN_READING if reads else _BEGIN)
            try:
                yield messages.query
                messages.commit()
            except BaseException:
                with suppress(psycopg.Error):  # it is closed below, which is as good
                    messages.roll_back()
                raise
            finally:
                connection = messages.connection
                if connection.info.transaction_status is TransactionStatus.IDLE and not self._closed:
                    self._idle.append(connection)
                else:  # it broke, or nobody knows in the middle of what it is
                    connection.close()

    def idle(self) -> Connection[DictRow] | None:
        """A connection that nobody uses, if there is one. It may be dead."""
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def connect(self) -> Connection[DictRow]:
        """A new connection."""
        return Connection[DictRow].connect(self._url, **_OPTIONS)

    def announce(self, query: Query) -> None:
        """By NOTIFY, which PostgreSQL delivers when the transaction is committed."""
        query(f"NOTIFY {CHANNEL}, '{self._sender}'")

    async def listen(self, heard: Callable[[], None]) -> None:
        """By LISTEN, on a connection of its own. A pooler that hands out a connection for each transaction takes it and
        delivers nothing: then work is found by looking for it, once a second.
        """
        with self.faults():
            async with await AsyncConnection.connect(self._url, **_OPTIONS) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                async for notification in connection.notifies():
                    if notification.payload != self._sender:
                        heard()

    def backup(self, path: Path) -> None:
        """By `pg_dump`, in its own format (for `pg_restore`); the password goes by the environment, not the command."""
        known = conninfo_to_dict(self._url)
        secret = {"PGPASSWORD": f"{known['password']}"} if known.get("password") else {}
        address = make_conninfo("", **{name: value for name, value in known.items() if name != "password"})
        command = ["pg_dump", "--format=custom", "--no-owner", f"--dbname={address}"]
        with new_file(path) as unnamed, unnamed.open("wb") as written:
            try:
                subprocess.run(  # noqa: S603 # no shell, and the address is the operator's own
                    command, env={**os.environ, **secret}, check=True, stdout=written, stderr=subprocess.PIPE
                )
            except FileNotFoundError:
                raise StoreFault("pg_dump is not installed here; it comes with PostgreSQL's client programs") from None
            except subprocess.CalledProcessError as error:
                raise StoreFault(f"{self._name}: {error.stderr.decode(errors='replace').strip()}") from None

    def close(self) -> None:
        """Closes every connection: at once, or when the transaction that has it ends."""
        self._closed = True
        self.drop_idle()

    def drop_idle(self) -> None:
        """Closes the connections that nobody uses."""
        while self._idle:
            with suppress(IndexError):  # another thread took it
                self._idle.pop().close()

    @contextmanager
    def faults(self) -> Iterator[None]:
        """PostgreSQL's own errors as one an operator can act on."""
        try:
            yield
        except _IN_THE_WAY as error:
            raise Conflict(f"{self._name}: {_words(error)}") from error
        except psycopg.Error as error:
            raise StoreFault(f"{self._name}: {_words(error)}") from error


_DIALECT = {
    "identity": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "region_of_plan": "plan::json ->> 'region'",
}

_BOUNDS: LiteralString = f"""
SET LOCAL statement_timeout = '{WAIT_SECONDS}s';
SET LOCAL lock_timeout = '{WAIT_SECONDS}s';
SET LOCAL idle_in_transaction_session_timeout = '{WAIT_SECONDS}s'
"""
_BEGIN: LiteralString = f"BEGIN; {_BOUNDS}"
_BEGIN_READING: LiteralString = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {_BOUNDS}"


class _Messages:
    """The statements of one transaction. Those that return no rows go with the next one that does, or with the commit:
    the server is waited for once for all of them. Parameters are written into them (`mogrify`), as several statements
    in one message take no others.

    Args:
        database: for a connection.
        begin: SQL that begins it.
    """

    def __init__(self, database: Postgres, begin: LiteralString) -> None:
        self._database = database
        idle = database.idle()
        self._tested = idle is None  # whether the connection is known to live
        self.connection = idle or database.connect()
        self._cursor = ClientCursor(self.connection)
        self._waiting: list[str] = [begin]

    def query(self, sql: str, **parameters: Any) -> Sequence[Row]:
        """Implements `Query`."""
        self._waiting.append(self._cursor.mogrify(_translated(sql), parameters or None))
        return self._send() if _returns_rows(sql) else []

    def commit(self) -> None:
        """Sends what is left, and makes all of it last."""
        if not self._tested:  # what ends with a commit cannot be sent again
            self._send()
        self._waiting.append("COMMIT")
        self._send()
        if self._cursor.statusmessage != "COMMIT":  # the server answers so where a statement had failed
            raise Conflict("a transaction in which a statement had failed was not committed")

    def roll_back(self) -> None:
        """Undoes what was sent."""
        self._waiting.clear()
        self._cursor.execute("ROLLBACK")

    def _send(self) -> Sequence[Row]:
        message, self._waiting = ";\n".join(self._waiting), []
        with self._database.faults():
            self._execute(message)
        while self._cursor.nextset():
            pass
        return self._cursor.fetchall() if self._cursor.description else []

    def _execute(self, message: str) -> None:
        try:
            self._cursor.execute(message)
        except psycopg.OperationalError:
            if self._tested or not self.connection.closed:
                raise
            # A server was perhaps restarted, or a proxy has cut what was silent. What befell this connection befell the
            # others; each would have to be waited for.
            self._database.drop_idle()
            self.connection = self._database.connect()
            self._cursor = ClientCursor(self.connection)
            self._cursor.execute(message)
        self._tested = True


def _query(connection: Connection[DictRow], sql: str, **parameters: Any) -> Sequence[Row]:
    cursor = connection.execute(_translated(sql), parameters or None)
    return cursor.fetchall() if cursor.description else []


@cache
def _returns_rows(sql: str) -> bool:
    return not sql.startswith(UNREAD) and (sql.lstrip().startswith(("SELECT", "WITH")) or "RETURNING" in sql)


@cache
def _translated(sql: str) -> LiteralString:
    """`:name` as psycopg writes it. Our SQL has no colons in quotes, but casts: `::`."""
    return _PARAMETER.sub(r"%(\1)s", sql)


def _words(error: Exception) -> str:
    return " ".join(str(error).split())
