"""Nested rows: read with the row they belong to, so that one statement reads a request and all that is behind it.

They come as one column, JSON: a list of lists, in no promised order, and empty (NULL) where there are none.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.store.database import Nesting, Row


@dataclass(frozen=True)
class Nested:
    """A subquery whose rows become one column."""

    columns: Mapping[str, str]  # SQL of each, by name
    rows: str  # SQL: where they come from, FROM and WHERE; it may name the row they belong to

    def sql(self, nesting: Nesting) -> str:
        """The column."""
        columns = ", ".join(nesting.column.format(column=column) for column in self.columns.values())
        return f"(SELECT {nesting.rows.format(columns=columns)} {self.rows})"

    def read(self, column: str | None) -> Sequence[Row]:
        """The rows that are in it."""
        return [dict(zip(self.columns, row, strict=True)) for row in json.loads(column or "[]")]


def seconds(value: float | None) -> float | None:
    """A time that may be unknown: JSON writes a whole number of seconds as PostgreSQL does, without a point."""
    return None if value is None else float(value)
