"""What an engine must offer. The SQL is one text for all of them; a driver holds only what differs."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot.domain.errors import Fault

Row = Mapping[str, Any]
Query = Callable[..., Sequence[Row]]
"""`query(sql, **parameters)`: one statement with named parameters (`:name`), and the rows it returns."""


class StoreFault(Fault):
    """The database cannot be used: full disk, read-only file, locked for too long, not a database."""


class SchemaTooNew(Fault):
    """The database was made by a newer version of the bot."""


class Database(Protocol):
    """One engine."""

    threads: int  # how many threads may use it at once
    for_update: str  # locks the rows of a SELECT until the transaction ends, where the engine locks rows
    skip_locked: str  # likewise, passing over rows that are locked already

    def migrate(self) -> None:
        """Brings the schema up to date; safe when several processes do it at once."""
        ...

    def transaction(self) -> AbstractContextManager[Query]:
        """One write transaction: committed at the end, rolled back by any exception."""
        ...

    def close(self) -> None:
        """Lets go of the database."""
        ...


@dataclass(frozen=True)
class Lease:
    """Who claims work, when, and until when. A write that names a lease happens only while it is held."""

    owner: str
    now: float  # unix seconds
    until: float

    def at(self, now: float) -> "Lease":
        """The same lease, later: renewed for as long as it was first taken."""
        return replace(self, now=now, until=now + (self.until - self.now))
