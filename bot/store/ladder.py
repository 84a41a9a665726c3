"""How an SQLite file climbs the ladder of the schema: by sqlite-utils, which notes what was taken in its own table.

Only who climbs imports it: once the schema is up to date, a start has no use for a library of 2 MiB.
"""

import sqlite3
from collections.abc import Callable, Sequence

from sqlite_utils import Database, Migrations

from bot.store.schema import LADDER, MIGRATIONS

_DIALECT = {
    "identity": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "region_of_plan": "json_extract(plan, '$.region')",
}


def climb(connection: sqlite3.Connection) -> None:
    """Takes the steps that are still to be taken, inside the transaction that is open."""
    ladder = Migrations(LADDER)
    for name, statements in MIGRATIONS:
        ladder(name=name)(_step(statements))
    ladder.apply(Database(connection, execute_plugins=False))


def _step(statements: Sequence[str]) -> Callable[[Database], None]:
    def step(database: Database) -> None:
        for statement in statements:
            database.execute(statement.format(**_DIALECT))

    return step
