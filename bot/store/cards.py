"""Cards: which version of a request Slack shows where."""

from collections.abc import Collection

from bot.domain.delivery import DOUBT, POSTED_WITHIN, Card, CardKind
from bot.store.database import Lease, Row, in_list
from bot.store.outgoing import Outgoing
from bot.store.pace import Limited, may_go

REST = 1.0
"""Seconds for which a card rests after it was redrawn: what changes meanwhile is shown by one redraw."""

_NEVER = -1.0
"""Seconds until a card is looked for that is not."""

_OUTDATED = "drawn_version < version"

_AT_HAND = 200
"""Cards that a claim looks at, the oldest first: more than a few processes take at once."""


class Cards(Outgoing):
    """The table `card`. `version` is what should be seen, `drawn_version` what is; where they differ, work is owed."""

    table = "card"

    def add(self, request_id: str, kind: CardKind, conversation: str, version: int) -> None:
        """A card that is owed: its requester's once the approvers', to which it has a link, is likely to be there."""
        self._query(
            f"""
            INSERT INTO card (request_id, kind, conversation, version, next_at)
            VALUES (:request_id, :kind, :conversation, :version,
                CASE WHEN :after > 0 THEN {self._now} + :after ELSE 0 END)
            """,
            after=POSTED_WITHIN if kind is CardKind.REQUESTER else 0.0,
            request_id=request_id,
            kind=kind,
            conversation=conversation,
            version=version,
        )

    def outdate(self, request_id: str, version: int) -> None:
        """The request has changed: its cards are owed a redraw, now, or once they have rested."""
        self._query(
            f"""
            UPDATE card SET version = :version,
                next_at = CASE WHEN next_at > {self._now} + :rest THEN {self._now} ELSE next_at END
            WHERE request_id = :id AND version < :version
            """,
            id=request_id,
            version=version,
            rest=REST,
        )

    def owed(self) -> int:
        """How many Slack does not show at their newest version."""
        (row,) = self._query(f"SELECT COUNT(*) AS owed FROM card WHERE {_OUTDATED}")
        return int(row["owed"])

    @property
    def _to_look_for(self) -> str:
        return f"(ts <> '' AND look_at > 0 AND look_at <= {self._now})"

    @property
    def _to_draw(self) -> str:
        return f"({_OUTDATED} OR {self._to_look_for})"

    @property
    def any_to_draw(self) -> str:
        """SQL of whether there is anything for `claim`, were it not for Slack's pace."""
        return f"({self._first(_OUTDATED, 'next_at')} OR {self._first(self._to_look_for, 'look_at')})"

    @property
    def next_to_draw(self) -> str:
        """SQL of when the next is due that rests, or was put off."""
        return self._next(_OUTDATED)

    def _first(self, due: str, order: str) -> str:
        """SQL of whether there is one. Of either kind there is an index in its order, without which PostgreSQL takes a
        third of all cards to be outdated, and reads them until it finds one.
        """
        return f"(SELECT id FROM card WHERE {due} AND {self._is_free} ORDER BY {order} LIMIT 1) IS NOT NULL"

    def bring_back(self, *, held: float) -> None:
        """After the clock went back (see `Leased`)."""
        self._bring_back(self._to_draw, held=held)

    def claim(self, lease: Lease, limit: int) -> tuple[Card, ...]:
        """Cards that Slack does not show at their newest version, or that are to be looked for.

        Of those that are still to be posted the oldest one of each conversation, and none while this process posts
        one there.
        """
        free, redraw = self._is_free, may_go(Limited.REDRAW, "card.channel", self._now)
        claimable = f"""
            id IN (
                SELECT id FROM (
                    SELECT id FROM card WHERE {_OUTDATED} AND ts <> '' AND {free} AND {redraw}
                    ORDER BY next_at LIMIT {_AT_HAND}
                ) AS redrawn
                UNION ALL
                SELECT id FROM (
                    SELECT id FROM card
                    WHERE {self._to_look_for} AND {free} AND {redraw}
                    ORDER BY look_at LIMIT {_AT_HAND}
                ) AS looked_for
                UNION ALL
                SELECT id FROM (
                    SELECT conversation, MIN(id) AS id FROM card WHERE {_OUTDATED} AND ts = '' AND {free}
                    GROUP BY conversation
                ) AS posted
                WHERE {may_go(Limited.POST, "posted.conversation", self._now)} AND NOT EXISTS (
                    SELECT 1 FROM card AS sent
                    WHERE {self._in_hand} AND sent.ts = '' AND sent.conversation = posted.conversation
                )
            )
        """
        rows = self._claim(self._to_draw, lease, limit, among=claimable, mine=f"{lease.owner}/")
        return tuple(_card(row) for row in rows)

    def intend_redraw(self, card: Card, lease: Lease) -> bool:
        """It is about to be drawn anew, where Slack wants none of its conversation to wait."""
        return self.intend(card, lease, only=may_go(Limited.REDRAW, "card.channel", self._now))

    def standing(self, request_ids: Collection[str]) -> tuple[Card, ...]:
        """The cards of these requests that Slack shows."""
        if not request_ids:
            return ()
        these, named = in_list("request", sorted(request_ids))
        rows = self._query(f"SELECT * FROM card WHERE request_id IN ({these}) AND ts <> ''", **named)
        return tuple(_card(row) for row in rows)

    def get(self, request_id: str, kind: CardKind, conversation: str = "") -> Card | None:
        """One card as it stands: of several in one request's channels the first, or the one of this conversation."""
        rows = self._query(
            """
            SELECT * FROM card WHERE request_id = :id AND kind = :kind AND :conversation IN (conversation, '')
            ORDER BY id LIMIT 1
            """,
            id=request_id,
            kind=kind,
            conversation=conversation,
        )
        return _card(rows[0]) if rows else None

    def posted(
        self,
        card: Card,
        *,
        channel: str,
        ts: str,
        version: int,
        lease: Lease,
        look_in: float | None = None,
        perhaps_twice: bool = False,
    ) -> bool:
        """Slack has it, at a version. Where the lease was lost, whoever took over may have posted it too.

        Args:
            card: as it was claimed.
            channel: where Slack put it.
            ts: its id there.
            version: of the request that it shows.
            lease: by which it was claimed.
            look_in: seconds until it is looked for; None for never.
            perhaps_twice: an earlier post of it may have appeared after all.
        """
        held = self._query.quietly(
            f"""
            UPDATE card SET channel = :channel, ts = :ts, drawn_version = :version, attempts = 0, doubtful_since = 0,
                perhaps_twice = :twice, look_at = {self._looked_at}, next_at = {self._now}, owner = '', lease_until = 0
            WHERE id = :id AND {self._held}
            RETURNING version
            """,
            id=card.id,
            channel=channel,
            ts=ts,
            version=version,
            twice=int(perhaps_twice),
            look_in=_NEVER if look_in is None else look_in,
            lease=lease.token,
        )
        if not held:
            self.doubt_single(card)
        elif card.kind is CardKind.APPROVAL or held[0]["version"] > version:  # what belongs to its thread can go now
            self._query.tell()
        return bool(held)

    def doubt_single(self, card: Card) -> None:
        """It may stand there twice: a look says so once what was sent has appeared, whoever takes it."""
        self._query(
            f"UPDATE card SET perhaps_twice = 1, look_at = {self._looked_at} WHERE id = :id RETURNING id",
            id=card.id,
            look_in=DOUBT,
        )

    def drawn(self, card: Card, *, version: int, lease: Lease, look_in: float | None = None) -> bool:
        """Slack shows it at a version; it is looked for again in so many seconds.

        Where an older redraw may still appear, or has perhaps been drawn over a newer one because the lease was lost,
        it is owed once more: then.
        """
        after, known = card.doubt_lasts, 0 if card.doubt_lasts else version
        held = self._query.quietly(
            f"""
            UPDATE card SET drawn_version = :known, attempts = 0, doubtful_since = :doubtful,
                look_at = {self._looked_at}, owner = '', lease_until = 0,
                next_at = {self._now} + CASE WHEN version > :version THEN :rest ELSE :after END
            WHERE id = :id AND {self._held}
            RETURNING version
            """,
            id=card.id,
            known=known,
            version=version,
            rest=REST,
            after=max(after, REST),
            doubtful=card.doubtful_since if after else 0.0,
            look_in=_NEVER if look_in is None else look_in,
            lease=lease.token,
        )
        if not held:
            self._query("UPDATE card SET drawn_version = 0 WHERE id = :id RETURNING id", id=card.id)
        elif held[0]["version"] > known:
            self._query.tell()
        return bool(held)

    @property
    def _looked_at(self) -> str:
        """SQL: when it is looked for, which is in `:look_in` seconds."""
        return f"CASE WHEN :look_in < 0 THEN 0.0 ELSE {self._now} + :look_in END"

    def single(self, card: Card, lease: Lease) -> bool:
        """It stands there once, for all that a look can tell; the row is still held."""
        held = self._query(
            f"UPDATE card SET perhaps_twice = 0 WHERE id = :id AND {self._held} RETURNING id",
            id=card.id,
            lease=lease.token,
        )
        return bool(held)

    def abandon(self, card: Card, *, version: int, lease: Lease) -> bool:
        """It cannot be shown: it stays as it is, until the request changes again."""
        return self._change(card.id, lease, drawn_version=version, look_at=0.0, doubtful_since=0.0)

    def repost(self, card: Card, lease: Lease) -> bool:
        """Its message is gone: a new one."""
        return self._change(
            card.id, lease, channel="", ts="", drawn_version=0, attempts=0, doubtful_since=0.0, look_at=0.0
        )


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
        doubtful_since=row["doubtful_since"],
        claimed_at=row.get("claimed_at", 0.0),
        look_at=row["look_at"],
        perhaps_twice=bool(row["perhaps_twice"]),
    )
