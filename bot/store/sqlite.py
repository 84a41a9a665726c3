"""SQLite: the connection, its pragmas, and the transactions on it."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import stamina

from bot.store.database import Conflict, Nesting, Query, Row, StoreFault
from bot.store.files import make_private, new_file
from bot.store.schema import LADDER, pending

BUSY_SECONDS = 10
"""How long a transaction waits for another process's to end."""

_TAKEN = "SELECT name FROM _sqlite_migrations WHERE migration_set = ?"  # where sqlite-utils notes them


class SQLite:
    """One file, one connection, one thread: a connection that two threads share corrupts transactions.

    Args:
        path: of the file.
        clock: unix seconds; the processes of one machine share it.
        make: whether a file that is not there is made. Whoever only looks makes none: a mistyped path stays a mistake.
    """

    threads = 1
    now = ":now"  # bound anew for every statement
    for_update = skip_locked = ""  # BEGIN IMMEDIATE locks the whole file
    # Text as bytes: where others wrote what is no UTF-8, an aggregate would not get it.
    nesting = Nesting(
        "nested({columns})", "CASE typeof({column}) WHEN 'text' THEN CAST({column} AS BLOB) ELSE {column} END"
    )

    def __init__(self, path: Path | str, *, clock: Callable[[], float] = time.time, make: bool = True) -> None:
        self._path = Path(path)
        self._clock = clock
        self._make = make
        self._opened: sqlite3.Connection | None = None

    @property
    def _db(self) -> sqlite3.Connection:
        """Opened on first use, so that the thread that uses it is the thread that owns it.

        `isolation_level=None`: transactions are ours alone. WAL: readers and the writer do not wait for each other.
        FULL: a commit survives a power loss; a lost intent could mean a second image, and it costs 0.2 ms.
        """
        if self._opened is None:
            with _faults(self._path):
                self._find()
                # mode=rw: SQLite itself never makes the file, whose rights would then follow the umask.
                address = f"{self._path.absolute().as_uri()}?mode=rw"
                connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
                connection.create_aggregate("nested", -1, _Nested)
                connection.text_factory = partial(str, encoding="utf-8", errors="replace")  # others may have written
                for attempt in stamina.retry_context(
                    on=_locked, timeout=BUSY_SECONDS, attempts=None, wait_initial=0.02, wait_jitter=0.1
                ):
                    with attempt:  # the switch to WAL does not wait for other processes by itself
                        connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA foreign_keys=ON")
            self._opened = connection
        return self._opened

    def _find(self) -> None:
        """The file is there, or is made.

        Raises:
            StoreFault: it is neither.
        """
        if self._make:
            try:
                make_private(self._path)
            except OSError as error:
                raise StoreFault(f"{self._path}: unable to open database file: {error.strerror}") from error
        elif not self._path.exists():
            raise StoreFault(f"{self._path} is not there: look at DATABASE_URL (`python -m bot migrate` makes one)")

    def migrate(self) -> None:
        """Climbs the ladder in one transaction, so that processes that start together take turns.

        Raises:
            SchemaTooNew: the file has steps that this version does not know.
        """
        with self.transaction():
            if self._pending():
                # What it needs is 40 modules, and the schema of a database is hardly ever an old one.
                from bot.store.ladder import climb  # noqa: PLC0415

                climb(self._db)

    def pending(self) -> Sequence[str]:
        """The steps that are still to be taken.

        Raises:
            SchemaTooNew: the file has steps that this version does not know.
        """
        with self.transaction(reads=True):
            return self._pending()

    def _pending(self) -> Sequence[str]:
        made = self._db.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone()
        taken = self._db.execute(_TAKEN, (LADDER,)).fetchall() if made else ()
        return pending(f"{self._path}", [name for (name,) in taken])

    @contextmanager
    def transaction(self, *, reads: bool = False) -> Iterator[Query]:
        """BEGIN IMMEDIATE: a transaction that reads first and writes later can otherwise fail half-way."""
        database = self._db

        def query(sql: str, **parameters: object) -> Sequence[Row]:
            with _faults(self._path):
                cursor = database.execute(sql, parameters | {"now": self._clock()})
                names = [column[0] for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        with _faults(self._path):
            database.execute("BEGIN" if reads else "BEGIN IMMEDIATE")
            try:
                yield query
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise

    def announce(self, query: Query) -> None:
        """A file tells nobody: other processes of the machine look once a second."""

    async def listen(self, heard: Callable[[], None]) -> None:
        """Likewise."""
        del heard
        await asyncio.Event().wait()

    def backup(self, path: Path) -> None:
        """Copies page by page, beginning anew when another process writes meanwhile: always one consistent moment."""
        with _faults(path), new_file(path) as unnamed:
            copy = sqlite3.connect(unnamed)
            try:
                self._db.backup(copy)
                if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                    raise StoreFault(f"{path}: the copy is damaged")
            finally:
                copy.close()

    def close(self) -> None:
        """Closes the file."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None


class _Nested:
    """SQL's `nested`: rows as JSON. SQLite's own `json_group_array` writes 15 digits of a time, and it has 17."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []

    def step(self, *row: object) -> None:
        self._rows.append(row)

    def finalize(self) -> Any:  # typeshed knows of numbers only
        return json.dumps(self._rows, default=_text)


def _text(written: bytes) -> str:
    return written.decode(errors="replace")


def _locked(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    """SQLite's own errors as one an operator can act on."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise Conflict(f"{path}: {error}") from error
    except sqlite3.Error as error:
        raise StoreFault(f"{path}: {error}") from error
