"""Decisions: what each approver has said of a request, and what an approval is worth."""

import json

from bot.domain.request import Decision, Validity, Verdict
from bot.store.columns import read_names
from bot.store.database import Query
from bot.store.nested import Nested

DECISIONS = Nested(
    {
        name: f"decision.{name}"
        for name in ("approver", "verdict", "plan_hash", "reason", "at", "validity", "rules", "policy_hash")
    },
    "FROM decision WHERE decision.request_id = request.id",
)


class Decisions:
    """The table `decision`."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def put(self, request_id: str, decision: Decision) -> None:
        """A decision; a later one of the same person takes the place of the earlier."""
        self._query(
            """
            INSERT INTO decision (request_id, approver, verdict, plan_hash, reason, at, validity, rules, policy_hash)
            VALUES (:request_id, :approver, :verdict, :plan_hash, :reason, :at, :validity, :rules, :policy_hash)
            ON CONFLICT (request_id, approver) DO UPDATE SET
                verdict = excluded.verdict, plan_hash = excluded.plan_hash, reason = excluded.reason, at = excluded.at,
                validity = excluded.validity, rules = excluded.rules, policy_hash = excluded.policy_hash
            """,
            request_id=request_id,
            approver=decision.approver,
            verdict=decision.verdict,
            plan_hash=decision.plan_hash,
            reason=decision.reason,
            at=decision.at,
            validity=decision.validity,
            rules=json.dumps(decision.rules, ensure_ascii=False),
            policy_hash=decision.policy_hash,
        )

    def weigh(self, request_id: str, approver: str, validity: Validity) -> None:
        """What somebody's approval is worth now."""
        self._query(
            "UPDATE decision SET validity = :validity WHERE request_id = :request_id AND approver = :approver",
            validity=validity,
            request_id=request_id,
            approver=approver,
        )


def read_decisions(column: str | None) -> tuple[Decision, ...]:
    """The decisions on a request, oldest first, of the column `DECISIONS`."""
    rows = sorted(DECISIONS.read(column), key=lambda row: (row["at"], row["approver"]))
    return tuple(
        Decision(
            approver=row["approver"],
            verdict=Verdict(row["verdict"]),
            plan_hash=row["plan_hash"],
            reason=row["reason"],
            at=float(row["at"]),
            validity=Validity(row["validity"]),
            rules=read_names(row["rules"]),
            policy_hash=row["policy_hash"],
        )
        for row in rows
    )
