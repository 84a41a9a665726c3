"""What goes out to Slack: rows that are tried until Slack has them, with what is known of the tries."""

from bot.domain.delivery import Owed
from bot.store.database import Lease
from bot.store.leased import Leased


class Outgoing(Leased):
    """A table of such rows. `doubtful_since` says when a try may last have left of which nobody knows what it did."""

    @property
    def _in_hand(self) -> str:
        """SQL: whether a row, `sent`, is in hand in the process of which `:mine` is the beginning of every token."""
        held = f"sent.owner <> '' AND sent.lease_until > {self._now}"  # an index has just these
        return f"{held} AND substr(sent.owner, 1, length(:mine)) = :mine"

    def intend(self, row: Owed, lease: Lease, *, only: str = "1 = 1") -> bool:
        """It is about to be sent: whoever takes over knows that it may have been. False: it was taken over.

        Whoever sleeps for more than half its lease sends nothing any more, so that is when it may leave at the latest.

        Args:
            row: which.
            lease: by which it is held.
            only: SQL of what must be so besides.
        """
        intended = self._query(
            f"""
            UPDATE {self.table} SET doubtful_since = {self._now} + :latest
            WHERE id = :id AND {self._held} AND {only} RETURNING id
            """,
            id=row.id,
            latest=lease.seconds / 2,
            lease=lease.token,
        )
        return bool(intended)

    def defer(self, row: Owed, seconds: float, lease: Lease) -> bool:
        """It was certainly not done, and that is nobody's failure: again later, with no more doubt than before."""
        latest = row.claimed_at + lease.seconds / 2  # later than that it was only before the clock went back
        return self._change(row.id, lease, after=seconds, doubtful_since=min(row.doubtful_since, latest))

    def failed(self, row: Owed, seconds: float, lease: Lease, *, doubtful: bool) -> bool:
        """A try has failed: again later. `doubtful`: it may have been done all the same."""
        failed = self._query(
            f"""
            UPDATE {self.table} SET attempts = attempts + 1, next_at = {self._now} + :after,
                owner = '', lease_until = 0,
                doubtful_since = CASE WHEN :doubtful = 1 THEN {self._now} ELSE :before END
            WHERE id = :id AND {self._held}
            RETURNING id
            """,
            id=row.id,
            after=seconds,
            doubtful=int(doubtful),
            before=row.doubtful_since,
            lease=lease.token,
        )
        return bool(failed)
