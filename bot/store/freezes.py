"""Freezes: from when until when nothing new begins, by whom, and under which rules."""

import json
from collections.abc import Collection

from bot.domain.freeze import Freeze, first_over
from bot.store.database import Query, Row
from bot.store.events import Event, Events


class Freezes:
    """The table `frozen`: PostgreSQL keeps the other word for itself."""

    def __init__(self, query: Query, events: Events) -> None:
        self._query, self._events = query, events

    def add(self, freeze: Freeze, *, asked: str) -> int | None:
        """A new one; returns its id, or None where what asked for it has been heard before.

        Args:
            freeze: which.
            asked: what asked for it: another text each time.
        """
        added = self._query(
            """
            INSERT INTO frozen (asked, frozen_by, at, until, why, scope)
            VALUES (:asked, :frozen_by, :at, :until, :why, :scope)
            ON CONFLICT (asked) DO NOTHING RETURNING id
            """,
            asked=asked,
            frozen_by=freeze.by,
            at=freeze.at,
            until=freeze.until,
            why=freeze.why,
            scope=json.dumps(freeze.scope, ensure_ascii=False),
        )
        return int(added[0]["id"]) if added else None

    def get(self, freeze_id: int) -> Freeze | None:
        """One of them."""
        rows = self._query("SELECT * FROM frozen WHERE id = :id", id=freeze_id)
        return _freeze(rows[0]) if rows else None

    def asked_by(self, asked: str) -> Freeze | None:
        """The one that was asked for by this."""
        rows = self._query("SELECT * FROM frozen WHERE asked = :asked", asked=asked)
        return _freeze(rows[0]) if rows else None

    def in_force(self, at: float) -> tuple[Freeze, ...]:
        """Those in force at a time, in unix seconds, the one that lasts longest first."""
        rows = self._query("SELECT * FROM frozen WHERE ended_at IS NULL AND until > :at ORDER BY until DESC, id", at=at)
        return tuple(_freeze(row) for row in rows)

    def over(self, names: Collection[str], at: float) -> Freeze | None:
        """Of those that cover the rules of these names at a time, the one that lasts longest."""
        return first_over(self.in_force(at), names)

    def end(self, freeze: Freeze, *, at: float, by: str) -> bool:
        """Somebody ends it; whether it was still in force."""
        ended = self._query(
            """
            UPDATE frozen SET ended_at = :at, ended_by = :ended_by
            WHERE id = :id AND ended_at IS NULL AND until > :at RETURNING id
            """,
            id=freeze.id,
            at=at,
            ended_by=by,
        )
        return bool(ended)

    def record(self, kind: str, freeze: Freeze, *, at: float, actor: str) -> None:
        """Adds its event to the record: `freeze` or `unfreeze`."""
        detail = {
            "freeze": str(freeze.id),
            "until": f"{freeze.until:.0f}",
            "rules": "*" if freeze.scope is None else json.dumps(freeze.scope, ensure_ascii=False),
        }
        detail |= {"why": freeze.why} if freeze.why else {}
        self._events.add(Event(request_id="", at=at, actor=actor, kind=kind, detail=detail))


def _freeze(row: Row) -> Freeze:
    scope = json.loads(row["scope"])
    return Freeze(
        id=row["id"],
        by=row["frozen_by"],
        at=row["at"],
        until=row["until"],
        why=row["why"],
        scope=None if scope is None else tuple(scope),
        ended_at=row["ended_at"],
        ended_by=row["ended_by"],
    )
