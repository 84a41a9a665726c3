"""What every row of the bench is given: how much to measure, a place for files, and a database server."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests import postgres
from tests.bench.figures import Figure

T = TypeVar("T")

ENGINES = ("SQLite", "PostgreSQL")


@dataclass
class Bench:
    """One run of it.

    Args:
        stack: ends what was started for several rows.
        folder: for files of this run.
        smoke: whether a little of everything is enough: that nothing breaks is all that it shows.
    """

    stack: ExitStack
    folder: Path
    smoke: bool = False
    _server: postgres.Server | None = None
    _names: int = field(default=0)

    def size(self, full: T, smoke: T) -> T:
        """How much of something."""
        return smoke if self.smoke else full

    @property
    def rounds(self) -> int:
        """How often each side takes its turn."""
        return self.size(3, 1)

    @property
    def engines(self) -> Sequence[str]:
        """On what the bot is measured."""
        return self.size(ENGINES, ENGINES[:1])

    def new_database(self, engine: str) -> str:
        """The address of an empty database: a file of its own, or on a server that is started once, with fsync."""
        if engine == "SQLite":
            self._names += 1
            return f"sqlite:///{self.folder}/{self._names}.db"
        if self._server is None:
            self._server = self.stack.enter_context(postgres.serving(fsync=True))
        return self._server.new_database()


Row = Callable[[Bench], Awaitable[Sequence[Figure]]]
"""Measures one row of the table."""
