"""Reminders: what those who decide by each rule have been told of a request, and when it is looked at next."""

from collections.abc import Collection, Mapping

from bot.domain.reminders import LOOK_AGAIN, NUDGE_EVERY, Reminded
from bot.store.columns import write_names
from bot.store.database import Query, Row

_TO_LOOK_AT = f"""
    state = 'pending' AND expires_at > :at AND (remind_at <= :at OR remind_at > :at + {LOOK_AGAIN})
"""
"""SQL: the requests that it is time for at `:at`."""


class Reminders:
    """The table `reminder`, and the columns of `request` beside it. Times are those of the caller's clock."""

    def __init__(self, query: Query) -> None:
        self._query = query

    @property
    def any_due(self) -> str:
        """SQL of whether there is anything for `due` at `:at`."""
        return f"EXISTS (SELECT 1 FROM request WHERE {_TO_LOOK_AT})"

    def due(self, now: float, limit: int) -> tuple[str, ...]:
        """Ids of the requests to be looked at, the longest overdue first; after the clock went back, of all."""
        rows = self._query(
            f"SELECT id FROM request WHERE {_TO_LOOK_AT} ORDER BY remind_at LIMIT :limit", at=now, limit=limit
        )
        return tuple(row["id"] for row in rows)

    def look_at(self, request_id: str, at: float) -> None:
        """A request is looked at again at this time."""
        self._query("UPDATE request SET remind_at = :at WHERE id = :id", id=request_id, at=at)

    def of(self, request_id: str) -> Mapping[str, Reminded]:
        """What has been told so far, by the name of the rule."""
        rows = self._query("SELECT * FROM reminder WHERE request_id = :id", id=request_id)
        return {row["rule"]: _reminded(row) for row in rows}

    def told(self, request_id: str, rules: Collection[str], *, at: float) -> int:
        """Those who decide by these rules are being called; says how often that has been done by now, by any rule."""
        for rule in rules:
            self._query(
                """
                INSERT INTO reminder (request_id, rule, count, last_at) VALUES (:id, :rule, 1, :at)
                ON CONFLICT (request_id, rule) DO UPDATE SET count = reminder.count + 1, last_at = excluded.last_at
                """,
                id=request_id,
                rule=rule,
                at=at,
            )
        (row,) = self._query("SELECT SUM(count) AS times FROM reminder WHERE request_id = :id", id=request_id)
        return int(row["times"])

    def bring_back(self, request_id: str, *, now: float) -> None:
        """After the clock went back: who was called by one that was ahead was called now, for all that can be known."""
        self._query("UPDATE reminder SET last_at = :at WHERE request_id = :id AND last_at > :at", id=request_id, at=now)

    def escalated(self, request_id: str, rule: str, *, at: float) -> None:
        """The next group has become approvers too."""
        self._query(
            """
            INSERT INTO reminder (request_id, rule, escalated_at) VALUES (:id, :rule, :at)
            ON CONFLICT (request_id, rule) DO UPDATE SET escalated_at = excluded.escalated_at
            """,
            id=request_id,
            rule=rule,
            at=at,
        )

    def escalation_told(self, request_id: str, rules: Collection[str]) -> int:
        """The next groups of these rules are being called; says of how many rules that has been done."""
        for rule in rules:
            self._query(
                "UPDATE reminder SET escalation_told = 1 WHERE request_id = :id AND rule = :rule",
                id=request_id,
                rule=rule,
            )
        told = "SELECT SUM(escalation_told) AS rules FROM reminder WHERE request_id = :id"
        (row,) = self._query(told, id=request_id)
        return int(row["rules"])

    def nudge(self, request_id: str, called: Collection[str], *, at: float) -> bool:
        """The requester calls those who can still decide; whether the last time was long enough ago. One that is yet to
        come, and not in a moment, is of a clock that was ahead.

        Args:
            request_id: which request.
            called: ids of the people and groups that are called.
            at: when.
        """
        return bool(
            self._query(
                """
                UPDATE request SET nudged_at = :at, nudged = :called
                WHERE id = :id AND state = 'pending'
                    AND (nudged_at IS NULL OR nudged_at <= :early OR nudged_at >= :late)
                RETURNING id
                """,
                id=request_id,
                at=at,
                called=write_names(called),
                early=at - NUDGE_EVERY,
                late=at + NUDGE_EVERY,
            )
        )


def _reminded(row: Row) -> Reminded:
    return Reminded(
        last_at=row["last_at"], escalated_at=row["escalated_at"], escalation_told=bool(row["escalation_told"])
    )
