"""What an engine must offer. The SQL is one text for all of them; a driver holds only what differs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from bot.domain.errors import Fault

Row = Mapping[str, Any]
Query = Callable[..., Sequence[Row]]
"""`query(sql, **parameters)`: one statement with named parameters (`:name`), and the rows it returns."""

UNREAD = "/* unread */"
"""Begins a SELECT whose rows nobody reads, as it is for their locks: an engine may send it with the next statement."""


def in_list(name: str, values: Iterable[object]) -> tuple[str, dict[str, object]]:
    """Values for SQL's `IN`: the placeholders, and the parameters behind them (`name_0`, `name_1`, …)."""
    parameters = {f"{name}_{number}": value for number, value in enumerate(values)}
    return ", ".join(f":{one}" for one in parameters), parameters


def listed(words: Iterable[str]) -> str:
    """Words of our own for SQL's `IN`, as they stand in it."""
    return ", ".join(f"'{word}'" for word in sorted(words))


class StoreFault(Fault):
    """The database cannot be used: full disk, read-only file, locked for too long, no server, not a database."""


class Conflict(StoreFault):
    """Another transaction was in the way, or the change breaks a rule of the schema: nothing was done."""


class SchemaTooNew(Fault):
    """The database was made by a newer version of the bot."""


@dataclass(frozen=True)
class Nesting:
    """How an engine makes rows JSON, in SQL."""

    rows: str  # an aggregate of rows of `{columns}`
    column: str = "{column}"  # one of them, as that takes it


class Database(Protocol):
    """One engine."""

    threads: int  # how many threads may use it at once
    now: str  # SQL: the time of the one clock that all replicas share, in unix seconds
    for_update: str  # SQL: locks the rows of a SELECT until the transaction ends, where the engine locks rows
    skip_locked: str  # SQL: likewise, passing over rows that are locked already
    nesting: Nesting  # how rows become one column of another

    def migrate(self) -> None:
        """Brings the schema up to date; safe when several processes do it at once."""
        ...

    def pending(self) -> Sequence[str]:
        """The steps of the schema that are still to be taken."""
        ...

    def transaction(self, *, reads: bool = False) -> AbstractContextManager[Query]:
        """One transaction: committed at the end, rolled back by any exception. One that only `reads` holds up nobody
        who writes, nor waits for them.
        """
        ...

    def announce(self, query: Query) -> None:
        """Tells the other processes, once this transaction is committed, that there may be work for them."""
        ...

    async def listen(self, heard: Callable[[], None]) -> None:
        """Calls `heard` whenever another process has announced something, until this is cancelled; where the engine or
        what stands before it tells nobody, never.

        Raises:
            StoreFault: the database cannot be reached, or not any more.
        """
        ...

    def backup(self, path: Path) -> None:
        """Writes a copy of a consistent moment to a new file, while others go on working."""
        ...

    def close(self) -> None:
        """Lets go of the database."""
        ...


class Stamp(Enum):
    """A time that the statement writes by the database's clock (`Database.now`): what processes hold it against is what
    that clock said when they claimed the row, as their own may differ.
    """

    NOW = "{now}"
    ONCE = "COALESCE({column}, {now})"  # where there is none yet


def assigned(columns: Mapping[str, object], now: str) -> tuple[str, Mapping[str, object]]:
    """What UPDATE sets these columns to, each with a comma before it, and the parameters of that.

    Args:
        columns: their values, or how they are stamped.
        now: SQL of the database's time.
    """
    written = {
        column: value.value.format(column=column, now=now) if isinstance(value, Stamp) else f":{column}"
        for column, value in columns.items()
    }
    given = {column: value for column, value in columns.items() if not isinstance(value, Stamp)}
    return "".join(f", {column} = {sql}" for column, sql in written.items()), given


@dataclass(frozen=True)
class Lease:
    """Who claims work, and for how many seconds. A write that names a lease happens only while it is held.

    When it ends is told by the database's clock (`Database.now`): the clocks of replicas may differ. Every claim has
    a number of its own: a process that slept may claim again what it still has in hand, and must not succeed itself.
    """

    owner: str  # a process, new at every start
    seconds: float
    claim: int = 0

    @property
    def token(self) -> str:
        """What stands in the rows that are held."""
        return f"{self.owner}/{self.claim}"
