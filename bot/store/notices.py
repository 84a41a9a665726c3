"""Notices: messages that are owed once."""

from collections.abc import Collection

from bot.domain.delivery import DueNotice
from bot.domain.lifecycle import Notice, Place
from bot.store.columns import read_names, write_names
from bot.store.database import Lease, Row
from bot.store.pace import Limited, may_go
from bot.store.sent_notices import SentNotices

_HOME = """
    CASE WHEN notice.conversation <> '' THEN notice.conversation ELSE (
        SELECT channel FROM card WHERE card.request_id = notice.request_id AND card.kind = 'approval'
            AND notice.card IN (card.conversation, '')
        ORDER BY card.id LIMIT 1
    ) END
"""
"""SQL: the conversation a notice goes to."""


_TO_SEND = """
    ended_at IS NULL AND (place <> 'thread' OR conversation <> '' OR EXISTS (
        SELECT 1 FROM card
        WHERE card.request_id = notice.request_id AND card.kind = 'approval' AND card.ts <> ''
            AND notice.card IN (card.conversation, '')
    ))
"""
"""SQL: what is not sent yet, and has its thread."""


class Notices(SentNotices):
    """The table `notice`."""

    def owe(
        self,
        kind: Notice,
        place: Place,
        *,
        conversation: str,
        request_id: str = "",
        draft_id: str = "",
        freeze_id: int = 0,
        version: int,
        cards: Collection[str] | None = None,
        rules: Collection[str] = (),
        asked: Collection[str] = (),
        after: float = 0.0,
    ) -> None:
        """One more notice; the same one is never owed twice.

        Args:
            kind: what it says.
            place: where. One for the thread is said below each card of the approvers.
            conversation: which; empty for the thread.
            request_id: what it is about.
            draft_id: likewise, before there is a request.
            freeze_id: likewise, where it is about no request.
            version: of the request, or of the draft.
            cards: below which cards alone, by their conversation.
            rules: of one that calls people, the names of the rules by which they decide.
            asked: and the ids of people and groups among whom they are.
            after: seconds until it is sent at the earliest.
        """
        for card in self._several(place, conversation, request_id, cards):
            self._query(
                f"""
                INSERT INTO notice (subject, request_id, draft_id, freeze_id, kind, place, card, version, conversation,
                    rules, asked, next_at)
                VALUES (:subject, :request_id, :draft_id, :freeze_id, :kind, :place, :card, :version, :conversation,
                    :rules, :asked, {self._now} + :after)
                ON CONFLICT (subject, kind, place, version, card) DO NOTHING
                RETURNING id
                """,
                subject=draft_id or request_id or f"freeze/{freeze_id}",
                request_id=request_id,
                draft_id=draft_id,
                freeze_id=freeze_id,
                kind=kind,
                place=place,
                card=card,
                version=version,
                conversation=conversation,
                rules=write_names(rules),
                asked=write_names(asked),
                after=after,
            )

    def _several(self, place: Place, conversation: str, request_id: str, among: Collection[str] | None) -> list[str]:
        """Where the same is said in several conversations: which one tells a notice from the others."""
        match place:
            case Place.THREAD:
                return self._cards(request_id, among)
            case Place.CHANNEL | Place.APPROVER:
                return [conversation]
            case _:
                return [""]

    def _cards(self, request_id: str, among: Collection[str] | None) -> list[str]:
        rows = self._query(
            "SELECT conversation FROM card WHERE request_id = :id AND kind = 'approval' ORDER BY id", id=request_id
        )
        found = [row["conversation"] for row in rows]
        return found if among is None else [one for one in found if one in among]

    def calling(self, kind: Notice, request_id: str, card: str) -> frozenset[str]:
        """The names of the rules by which people are still to be called below a card, by notices of a kind."""
        rows = self._query(
            """
            SELECT rules FROM notice
            WHERE subject = :id AND kind = :kind AND place = 'thread' AND card = :card AND ended_at IS NULL
            """,
            id=request_id,
            kind=kind,
            card=card,
        )
        return frozenset(name for row in rows for name in read_names(row["rules"]))

    def is_followed(self, notice: DueNotice) -> bool:
        """Whether another one of its kind is still to be sent to the same place."""
        return bool(
            self._query(
                """
                SELECT 1 FROM notice
                WHERE subject = :subject AND kind = :kind AND place = :place AND card = :card AND id > :id
                    AND ended_at IS NULL
                """,
                subject=notice.request_id,
                kind=notice.kind,
                place=notice.place,
                card=notice.card,
                id=notice.id,
            )
        )

    def owed(self) -> int:
        """How many Slack does not have yet."""
        (row,) = self._query("SELECT COUNT(*) AS owed FROM notice WHERE ended_at IS NULL")
        return int(row["owed"])

    @property
    def any_to_send(self) -> str:
        """SQL of whether there is anything for `claim`, were it not for Slack's pace."""
        return self._any(_TO_SEND)

    @property
    def next_to_send(self) -> str:
        """SQL of when the next is due that was put off."""
        return self._next("ended_at IS NULL")

    def bring_back(self, *, held: float) -> None:
        """After the clock went back (see `Leased`)."""
        self._bring_back(f"(watched = 1 OR {_TO_SEND})", held=held)

    def claim(self, lease: Lease, limit: int) -> tuple[DueNotice, ...]:
        """Notices that are due, of each conversation the oldest one, and none while this process sends one there.

        Those for a thread wait until the approval card, which begins it, is there.
        """
        oldest = f"""
            id IN (
                SELECT MIN(id) FROM notice
                WHERE {_TO_SEND} AND place <> 'view' AND {self._is_free}
                    AND {may_go(Limited.POST, _HOME, self._now)}
                    AND NOT EXISTS (
                        SELECT 1 FROM notice AS sent
                        WHERE {self._in_hand} AND sent.place = notice.place
                            AND sent.conversation = notice.conversation
                    )
                GROUP BY place, conversation
            )
        """
        among = f"(place = 'view' OR {oldest})"
        rows = self._claim(_TO_SEND, lease, limit, among=among, mine=f"{lease.owner}/")
        return tuple(_notice(row) for row in rows)

    def sent(self, notice: DueNotice, *, channel: str, ts: str, at: float, lease: Lease) -> bool:
        """Slack has it, and wants a second before the next one there; or nothing was to be posted."""
        written = self._finish if ts or notice.place is Place.VIEW else self._change
        return written(notice.id, lease, channel=channel, ts=ts, ended_at=at, doubtful_since=0.0)

    def move(self, notice: DueNotice, conversation: str, lease: Lease) -> bool:
        """It cannot go where it should: somewhere else, now."""
        return self._change(notice.id, lease, conversation=conversation, attempts=0, doubtful_since=0.0)

    def leave_thread(self, request_id: str, card: str, conversation: str) -> None:
        """The card that would begin the thread cannot be posted: what is owed there goes somewhere else."""
        self._query(
            """
            UPDATE notice SET conversation = :conversation
            WHERE request_id = :id AND place = 'thread' AND card IN (:card, '') AND conversation = ''
                AND ended_at IS NULL
            RETURNING id
            """,
            id=request_id,
            card=card,
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
        freeze_id=row["freeze_id"],
        conversation=row["conversation"],
        card=row["card"],
        version=row["version"],
        attempts=row["attempts"],
        doubtful_since=row["doubtful_since"],
        rules=read_names(row["rules"]),
        asked=read_names(row["asked"]),
        claimed_at=row.get("claimed_at", 0.0),
    )
