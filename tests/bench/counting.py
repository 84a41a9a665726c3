"""Counts what a store asks of its database, from outside: a database around the database."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from bot.store import Database
from bot.store.database import Query, Row


@dataclass
class Counted:
    """What was asked of a database so far. `idle` are transactions in which no statement found or changed anything."""

    transactions: int = 0
    idle: int = 0
    statements: int = 0  # of transactions that were not idle
    idle_statements: int = 0
    by_text: Counter[str] = field(default_factory=Counter)
    writes: list[list[tuple[str, dict[str, Any]]]] = field(default_factory=list)  # by transaction, what changed rows


class CountingDatabase:
    """A database that counts; everything is done by the one inside (implements `bot.store.Database`)."""

    def __init__(self, inner: Database, *, keep_writes: bool = False) -> None:
        self._inner = inner
        self._keep_writes = keep_writes
        self._lock = Lock()
        self.counted = Counted()
        self.threads = inner.threads
        self.now, self.for_update, self.skip_locked = inner.now, inner.for_update, inner.skip_locked
        self.nesting = inner.nesting

    def migrate(self) -> None:
        """Likewise."""
        self._inner.migrate()

    def pending(self) -> Sequence[str]:
        """Likewise."""
        return self._inner.pending()

    def transaction(self, *, reads: bool = False) -> AbstractContextManager[Query]:
        """One that is counted."""
        return self._transaction(reads)

    def announce(self, query: Query) -> None:
        """Likewise."""
        self._inner.announce(query)

    async def listen(self, heard: Callable[[], None]) -> None:
        """Likewise."""
        await self._inner.listen(heard)

    def backup(self, path: Path) -> None:
        """Likewise."""
        self._inner.backup(path)

    def close(self) -> None:
        """Likewise."""
        self._inner.close()

    @contextmanager
    def _transaction(self, reads: bool) -> Iterator[Query]:  # noqa: FBT001
        asked: list[tuple[str, dict[str, Any], int]] = []
        with self._inner.transaction(reads=reads) as query:
            yield _noting(query, asked)
        with self._lock:
            self._note(asked)

    def _note(self, asked: Sequence[tuple[str, dict[str, Any], int]]) -> None:
        counted = self.counted
        if not any(rows for _, _, rows in asked):
            counted.idle += 1
            counted.idle_statements += len(asked)
            return
        counted.transactions += 1
        counted.statements += len(asked)
        counted.by_text.update(" ".join(sql.split()) for sql, _, _ in asked)
        writes = [(sql, parameters) for sql, parameters, _ in asked if not sql.lstrip().startswith("SELECT")]
        if self._keep_writes and writes:
            counted.writes.append(writes)


def _noting(query: Query, asked: list[tuple[str, dict[str, Any], int]]) -> Callable[..., Sequence[Row]]:
    def noting(sql: str, **parameters: Any) -> Sequence[Row]:
        rows = query(sql, **parameters)
        # A write without RETURNING tells nothing of what it found: it counts as one that did something.
        silent = not sql.lstrip().startswith("SELECT") and "RETURNING" not in sql and not _is_mending(sql)
        asked.append((sql, parameters, len(rows) or int(silent)))
        return rows

    return noting


def _is_mending(sql: str) -> bool:
    """What mends times after a clock went back (`Leased._bring_back`) finds nothing but then."""
    return "next_at = CASE WHEN next_at >" in sql and ":within" in sql
