"""Decisions: what each approver has said of a request, and what an approval is worth."""

import json

from bot.domain.request import Decision, Validity, Verdict
from bot.store.database import Query


class Decisions:
    """The table `decision`."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def of(self, request_id: str) -> tuple[Decision, ...]:
        """The decisions on a request, oldest first."""
        rows = self._query("SELECT * FROM decision WHERE request_id = :id ORDER BY at, approver", id=request_id)
        return tuple(
            Decision(
                approver=row["approver"],
                verdict=Verdict(row["verdict"]),
                plan_hash=row["plan_hash"],
                reason=row["reason"],
                at=row["at"],
                validity=Validity(row["validity"]),
                rules=tuple(json.loads(row["rules"])),
                policy_hash=row["policy_hash"],
            )
            for row in rows
        )

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
