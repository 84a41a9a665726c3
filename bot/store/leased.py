"""Leases: how a row is claimed by one worker, and written only by the worker that holds it."""

from collections.abc import Sequence
from typing import ClassVar

from bot.store.database import Database, Lease, Query, Row


class Leased:
    """A table whose rows are work: `next_at` says when, `owner` and `lease_until` say whose."""

    table: ClassVar[str]

    def __init__(self, query: Query, database: Database) -> None:
        self._query = query
        self._database = database

    def release(self, owner: str) -> None:
        """Gives back what an owner holds."""
        self._query(f"UPDATE {self.table} SET owner = '', lease_until = 0 WHERE owner = :owner", owner=owner)

    def _claim(self, due: str, lease: Lease, limit: int, **parameters: object) -> Sequence[Row]:
        """Rows that are due and nobody's, oldest first, now held by `lease`."""
        return self._query(
            f"""
            WITH due AS MATERIALIZED (
                SELECT id FROM {self.table}
                WHERE {due} AND next_at <= :now AND lease_until <= :now
                ORDER BY next_at LIMIT :limit {self._database.skip_locked}
            )
            UPDATE {self.table} SET owner = :owner, lease_until = :until
            WHERE id IN (SELECT id FROM due)
            RETURNING *
            """,
            owner=lease.owner,
            now=lease.now,
            until=lease.until,
            limit=limit,
            **parameters,
        )

    def _change(self, row_id: object, lease: Lease, **columns: object) -> bool:
        """Writes columns of a row that `lease` holds, and lets go of it; whether it was still held."""
        assignments = ", ".join(f"{column} = :{column}" for column in columns)
        changed = self._query(
            f"""
            UPDATE {self.table} SET {assignments}, owner = '', lease_until = 0
            WHERE id = :row_id AND owner = :lease_owner AND lease_until > :lease_now
            RETURNING id
            """,
            row_id=row_id,
            lease_owner=lease.owner,
            lease_now=lease.now,
            **columns,
        )
        return bool(changed)
