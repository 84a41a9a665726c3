"""Versions: each change that shows makes a new one of its request, and a card of an older one is drawn anew."""

from bot.store.cards import Cards
from bot.store.database import Database, Query, Row


class Versions:
    """The column `request.version`. A transaction makes one of a request at most: nobody sees what is between."""

    def __init__(self, query: Query, database: Database, cards: Cards) -> None:
        self._query, self._database, self._cards = query, database, cards
        self._made: dict[str, int] = {}  # in this transaction, by request

    def touch(self, request_id: str) -> int:
        """Something that the cards show has changed, but not the state; returns the version that has it."""
        if request_id not in self._made:
            (row,) = self._query(
                "UPDATE request SET version = version + 1 WHERE id = :id RETURNING id, version", id=request_id
            )
            self.made(row)
        return self._made[request_id]

    def more(self, request_id: str) -> int:
        """What a statement that changes a request itself adds to its version: one, or nothing."""
        return int(request_id not in self._made)

    def made(self, row: Row) -> None:
        """Such a statement has left a request in this row: its cards are owed a redraw."""
        if self.more(row["id"]):
            self._made[row["id"]] = row["version"]
            self._cards.outdate(row["id"], row["version"])

    def touch_waiting(self, request_id: str, instance_id: str) -> None:
        """An instance of a request was taken, or is free again. The cards of those that wait for it say so, and what
        they have waited for others does not count as their own.
        """
        for waiting in self._not_being_moved(
            """
            id <> :id AND state IN ('approved', 'working')
                AND id IN (SELECT request_id FROM job WHERE instance_id = :instance_id)
            """,
            id=request_id,
            instance_id=instance_id,
        ):
            self._query(
                """
                UPDATE step SET trying_since = NULL
                WHERE request_id = :waiting AND state = 'planned' AND instance_id = :instance_id
                """,
                waiting=waiting,
                instance_id=instance_id,
            )
            self.touch(waiting)

    def touch_later(self, request_id: str, created_at: float) -> None:
        """A request came to its end, or back from it: the cards of those that were made later for an instance of it,
        and wait for approvers, name it no longer, or again.
        """
        for later in self._not_being_moved(
            """
            id <> :id AND state = 'pending' AND created_at > :created_at AND id IN (
                SELECT other.request_id FROM job AS other JOIN job AS own ON own.instance_id = other.instance_id
                WHERE own.request_id = :id
            )
            """,
            id=request_id,
            created_at=created_at,
        ):
            self.touch(later)

    def _not_being_moved(self, which: str, **parameters: object) -> list[str]:
        """The ids of these requests, locked, but for those that somebody moves at this very moment."""
        rows = self._query(f"SELECT id FROM request WHERE {which} {self._database.skip_locked}", **parameters)
        return [row["id"] for row in rows]
