"""Notices: messages that are owed once."""

from bot.domain.delivery import DueNotice
from bot.domain.lifecycle import Notice, Place
from bot.store.database import Lease, Row
from bot.store.leased import Leased


class Notices(Leased):
    """The table `notice`."""

    table = "notice"

    def owe(
        self,
        kind: Notice,
        place: Place,
        *,
        conversation: str,
        request_id: str = "",
        draft_id: str = "",
        version: int,
    ) -> None:
        """One more notice; the same one is never owed twice."""
        self._query(
            f"""
            INSERT INTO notice (subject, request_id, draft_id, kind, place, version, conversation, next_at)
            VALUES (:subject, :request_id, :draft_id, :kind, :place, :version, :conversation, {self._now})
            ON CONFLICT (subject, kind, place, version) DO NOTHING
            RETURNING id
            """,
            subject=draft_id or request_id,
            request_id=request_id,
            draft_id=draft_id,
            kind=kind,
            place=place,
            version=version,
            conversation=conversation,
        )

    def owed(self) -> int:
        """How many Slack does not have yet."""
        (row,) = self._query("SELECT COUNT(*) AS owed FROM notice WHERE ended_at IS NULL")
        return int(row["owed"])

    def claim(self, lease: Lease, limit: int) -> tuple[DueNotice, ...]:
        """Notices that are due; those for a thread once the approval card, which begins it, is there."""
        begun = """
            ended_at IS NULL AND (place <> 'thread' OR conversation <> '' OR EXISTS (
                SELECT 1 FROM card
                WHERE card.request_id = notice.request_id AND card.kind = 'approval' AND card.ts <> ''
            ))
        """
        return tuple(_notice(row) for row in self._claim(begun, lease, limit))

    def intend(self, notice: DueNotice, lease: Lease) -> bool:
        """It is about to be sent: whoever takes over knows that it may have been. False: it was taken over."""
        return self._intend(notice.id, lease)

    def sent(self, notice: DueNotice, *, channel: str, ts: str, at: float, lease: Lease) -> bool:
        """Slack has it."""
        return self._change(notice.id, lease, channel=channel, ts=ts, ended_at=at)

    def defer(self, notice: DueNotice, seconds: float, lease: Lease) -> bool:
        """It did not go: again later."""
        return self._change(notice.id, lease, after=seconds)

    def move(self, notice: DueNotice, conversation: str, lease: Lease) -> bool:
        """It cannot go where it should: somewhere else, now."""
        return self._change(notice.id, lease, conversation=conversation, attempts=0)

    def leave_thread(self, request_id: str, conversation: str) -> None:
        """The card that would begin the thread cannot be posted: what is owed there goes somewhere else."""
        self._query(
            """
            UPDATE notice SET conversation = :conversation
            WHERE request_id = :id AND place = 'thread' AND conversation = '' AND ended_at IS NULL
            RETURNING id
            """,
            id=request_id,
            conversation=conversation,
        )

    def abandon(self, notice: DueNotice, why: str, *, at: float, lease: Lease) -> bool:
        """It cannot go anywhere."""
        return self._change(notice.id, lease, ended_at=at, failure=why)


def _notice(row: Row) -> DueNotice:
    return DueNotice(
        id=row["id"],
        kind=Notice(row["kind"]),
        place=Place(row["place"]),
        request_id=row["request_id"],
        draft_id=row["draft_id"],
        conversation=row["conversation"],
        version=row["version"],
        attempts=row["attempts"],
    )
