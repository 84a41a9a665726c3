"""Cards: which version of a request Slack shows where."""

from bot.domain.delivery import Card, CardKind
from bot.store.database import Lease, Row
from bot.store.leased import Leased


class Cards(Leased):
    """The table `card`. `version` is what should be seen, `drawn_version` what is; where they differ, work is owed."""

    table = "card"

    def add(self, request_id: str, kind: CardKind, conversation: str, version: int) -> None:
        """A card that is owed."""
        self._query(
            """
            INSERT INTO card (request_id, kind, conversation, version)
            VALUES (:request_id, :kind, :conversation, :version)
            """,
            request_id=request_id,
            kind=kind,
            conversation=conversation,
            version=version,
        )

    def outdate(self, request_id: str, version: int) -> None:
        """The request has changed: its cards are owed a redraw."""
        self._query(
            "UPDATE card SET version = :version WHERE request_id = :id AND version < :version RETURNING id",
            id=request_id,
            version=version,
        )

    def claim(self, lease: Lease, limit: int) -> tuple[Card, ...]:
        """Cards that Slack does not show at their newest version."""
        return tuple(_card(row) for row in self._claim("drawn_version < version", lease, limit))

    def get(self, request_id: str, kind: CardKind) -> Card | None:
        """One card as it stands."""
        rows = self._query("SELECT * FROM card WHERE request_id = :id AND kind = :kind", id=request_id, kind=kind)
        return _card(rows[0]) if rows else None

    def intend(self, card: Card, lease: Lease) -> None:
        """It is about to be posted or drawn: whoever takes over knows that it may have been."""
        self._query(
            """
            UPDATE card SET attempts = attempts + 1
            WHERE request_id = :id AND kind = :kind AND owner = :owner AND lease_until > :now
            """,
            id=card.request_id,
            kind=card.kind,
            owner=lease.owner,
            now=lease.now,
        )

    def posted(self, card: Card, *, channel: str, ts: str, version: int, lease: Lease) -> bool:
        """Slack has it, at a version."""
        return self._change(self._id(card), lease, channel=channel, ts=ts, drawn_version=version, attempts=0, next_at=0)

    def drawn(self, card: Card, *, version: int, lease: Lease) -> bool:
        """Slack shows it at a version."""
        return self._change(self._id(card), lease, drawn_version=version, attempts=0, next_at=0)

    def defer(self, card: Card, until: float, lease: Lease) -> bool:
        """It did not go: again later."""
        return self._change(self._id(card), lease, next_at=until)

    def repost(self, card: Card, lease: Lease) -> bool:
        """Its message is gone: a new one."""
        return self._change(self._id(card), lease, channel="", ts="", attempts=0, next_at=0)

    def _id(self, card: Card) -> object:
        rows = self._query(
            "SELECT id FROM card WHERE request_id = :id AND kind = :kind", id=card.request_id, kind=card.kind
        )
        return rows[0]["id"]


def _card(row: Row) -> Card:
    return Card(
        request_id=row["request_id"],
        kind=CardKind(row["kind"]),
        conversation=row["conversation"],
        channel=row["channel"],
        ts=row["ts"],
        drawn_version=row["drawn_version"],
        attempts=row["attempts"],
    )
