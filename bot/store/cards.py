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

    def owed(self) -> int:
        """How many Slack does not show at their newest version."""
        (row,) = self._query("SELECT COUNT(*) AS owed FROM card WHERE drawn_version < version")
        return int(row["owed"])

    def claim(self, lease: Lease, limit: int) -> tuple[Card, ...]:
        """Cards that Slack does not show at their newest version."""
        return tuple(_card(row) for row in self._claim("drawn_version < version", lease, limit))

    def get(self, request_id: str, kind: CardKind) -> Card | None:
        """One card as it stands."""
        rows = self._query("SELECT * FROM card WHERE request_id = :id AND kind = :kind", id=request_id, kind=kind)
        return _card(rows[0]) if rows else None

    def intend(self, card: Card, lease: Lease) -> bool:
        """It is about to be posted or drawn: whoever takes over knows that it may have been. False: it was taken."""
        return self._intend(card.id, lease)

    def posted(self, card: Card, *, channel: str, ts: str, version: int, lease: Lease) -> bool:
        """Slack has it, at a version."""
        return self._change(card.id, lease, channel=channel, ts=ts, drawn_version=version, attempts=0)

    def drawn(self, card: Card, *, version: int, lease: Lease) -> bool:
        """Slack shows it at a version. Where the lease was lost, it was perhaps drawn over a newer one: once more."""
        held = self._change(card.id, lease, drawn_version=version, attempts=0)
        if not held:
            self._query("UPDATE card SET drawn_version = 0 WHERE id = :id RETURNING id", id=card.id)
        return held

    def defer(self, card: Card, seconds: float, lease: Lease) -> bool:
        """It did not go: again later."""
        return self._change(card.id, lease, after=seconds)

    def abandon(self, card: Card, *, version: int, lease: Lease) -> bool:
        """It cannot be shown: it stays as it is, until the request changes again."""
        return self._change(card.id, lease, drawn_version=version)

    def repost(self, card: Card, lease: Lease) -> bool:
        """Its message is gone: a new one."""
        return self._change(card.id, lease, channel="", ts="", attempts=0)


def _card(row: Row) -> Card:
    return Card(
        id=row["id"],
        request_id=row["request_id"],
        kind=CardKind(row["kind"]),
        conversation=row["conversation"],
        channel=row["channel"],
        ts=row["ts"],
        drawn_version=row["drawn_version"],
        attempts=row["attempts"],
    )
