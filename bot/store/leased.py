"""Leases: how a row is claimed by one worker, and written only by the worker that holds it."""

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from bot.store.database import Database, Lease, Query, Row, assigned, in_list
from bot.store.noting import Noting

LONGEST_PAUSE = 300.0
"""Seconds: nothing is put off for longer, but for a launch where its grace is longer."""


class Leased:
    """A table whose rows are work: `next_at` says when, `owner` and `lease_until` say whose."""

    table: ClassVar[str]

    def __init__(self, query: Noting, database: Database) -> None:
        self._query = query
        self._database = database
        self._now = database.now
        self._held = f"owner = :lease AND lease_until > {database.now}"
        self._is_free = f"next_at <= {database.now} AND lease_until <= {database.now}"

    def renew(self, ids: Collection[object], lease: Lease) -> None:
        """Holds on to rows for as long again; a lease that has ended stays ended."""
        for row_id in ids:
            self._query(
                f"UPDATE {self.table} SET lease_until = {self._now} + :seconds WHERE id = :id AND {self._held}",
                id=row_id,
                seconds=lease.seconds,
                lease=lease.token,
            )

    def release(self, owner: str, *, keep: Collection[object] = ()) -> None:
        """Gives back what an owner holds, by whichever claim, but for the rows of these ids."""
        these, kept = in_list("kept", keep)
        but = f"AND id NOT IN ({these})" if kept else ""
        self._query(
            f"""
            UPDATE {self.table} SET owner = '', lease_until = 0
            WHERE owner <> '' AND substr(owner, 1, length(:prefix)) = :prefix {but}
            """,
            prefix=f"{owner}/",
            **kept,
        )

    def _claim(
        self,
        due: str,
        lease: Lease,
        limit: int,
        *,
        among: str = "1 = 1",
        ahead: float = 0.0,
        **parameters: object,
    ) -> Sequence[Row]:
        """Rows that are due and nobody's, oldest first, now held by `lease`.

        Args:
            due: SQL of what makes a row work.
            lease: of whoever claims.
            limit: how many rows at most.
            among: SQL of which of these may be claimed now, where others come first.
            ahead: seconds; what is due within them counts as due.
            parameters: of `due`.
        """
        claimed = self._query(
            f"""
            WITH due AS MATERIALIZED (
                SELECT id FROM {self.table}
                WHERE {due} AND next_at <= {self._now} + :ahead AND lease_until <= {self._now} AND {among}
                ORDER BY next_at LIMIT :limit {self._database.skip_locked}
            )
            UPDATE {self.table} SET owner = :owner, lease_until = {self._now} + :seconds
            WHERE id IN (SELECT id FROM due)
            RETURNING *, {self._now} AS claimed_at
            """,
            owner=lease.token,
            seconds=lease.seconds,
            limit=limit,
            ahead=ahead,
            **parameters,
        )
        return sorted(claimed, key=lambda row: float(row["next_at"]))  # RETURNING promises no order

    def _any(self, due: str) -> str:
        """SQL of whether there is anything to be claimed of what is `due`."""
        return f"EXISTS (SELECT 1 FROM {self.table} WHERE {due} AND {self._is_free})"

    def _next(self, due: str) -> str:
        """SQL of when the first is due of what is put off; NULL where nothing is."""
        later = f"next_at > {self._now} AND lease_until <= {self._now}"
        return f"(SELECT next_at FROM {self.table} WHERE {due} AND {later} ORDER BY next_at LIMIT 1)"

    def _bring_back(self, due: str, *, held: float, within: float = LONGEST_PAUSE) -> None:
        """After the clock went back: what was put off or held by a clock that was ahead would wait for it to get there.

        Nobody can tell how long a row has waited already, so it waits once more for as long as it can have been meant
        to; a lease is not ended, for its owner may be at work, and renews it if it is.

        Args:
            due: SQL of what makes a row work.
            held: seconds of a lease.
            within: seconds that such a row is put off at most.
        """
        self._query(
            f"""
            UPDATE {self.table} SET
                next_at = CASE WHEN next_at > {self._now} + :within THEN {self._now} + :within ELSE next_at END,
                lease_until = CASE WHEN lease_until > {self._now} + :held THEN {self._now} + :held ELSE lease_until END
            WHERE {due} AND (next_at > {self._now} + :within OR lease_until > {self._now} + :held)
            """,
            within=within,
            held=held,
        )

    def _change(self, row_id: object, lease: Lease, *, after: float = 0.0, **columns: object) -> bool:
        """Writes columns of a row that `lease` holds, and lets go of it for `after` seconds; whether it was held."""
        return self._written(self._query, row_id, lease, after, columns)

    def _finish(self, row_id: object, lease: Lease, **columns: object) -> bool:
        """Likewise, where nobody has work by that."""
        return self._written(self._query.quietly, row_id, lease, 0.0, columns)

    def _written(self, query: Query, row_id: object, lease: Lease, after: float, columns: Mapping[str, object]) -> bool:
        assignments, given = assigned(columns, self._now)
        changed = query(
            f"""
            UPDATE {self.table} SET next_at = {self._now} + :after, owner = '', lease_until = 0 {assignments}
            WHERE id = :row_id AND {self._held}
            RETURNING id
            """,
            row_id=row_id,
            after=after,
            lease=lease.token,
            **given,
        )
        return bool(changed)
