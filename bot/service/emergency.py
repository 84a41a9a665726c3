"""Emergencies: somebody begins before anybody has approved, and an approver looks at it afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.domain import limits
from bot.domain.errors import Code, Problem, UserError
from bot.domain.lifecycle import Move, Notice, Place, State
from bot.domain.policy import Action
from bot.domain.request import ImageRequest
from bot.service.acting import Acting, May
from bot.store import Transaction, decided_by

log = structlog.get_logger(__name__)

DAY = 86_400.0
"""Seconds between two reminders that a review is owed."""

AT_ONCE = 500
"""Requests looked through at one time."""


@dataclass(frozen=True, kw_only=True)
class Emergencies(Acting):
    """What only those may do whom every rule of a request names for it, and the review that it owes.

    Each raises `UserError` with what stands against it, and then nothing has changed.
    """

    approval_ttl: float  # seconds for which it may go on trying to begin, as with an approval

    async def check(self, *, request_id: str, plan_hash: str, actor: str) -> ImageRequest:
        """Whether it might be accepted: asked before somebody is made to type a reason.

        Raises:
            UserError: with who may, where it is not them.
        """
        try:
            return await self._might(Action.EMERGENCY, request_id, plan_hash, actor)
        except UserError as refused:
            if refused.problems[0].code is not Code.NOT_FOR_EMERGENCIES:
                raise
            request = await self._read(request_id)
            facts = {"people": ", ".join(self._who_may(request))}
            raise UserError(Problem(Code.NOT_FOR_EMERGENCIES, facts=facts)) from None

    async def begin(self, *, request_id: str, plan_hash: str, actor: str, reason: str) -> None:
        """It begins at once, whatever it would have waited for: an approval, its time, hours, the end of a freeze."""
        reason = " ".join(reason.split())
        if problems := limits.check_why(reason):
            raise UserError(*problems)

        def work(tx: Transaction, request: ImageRequest, may: May) -> None:
            if request.emergency_by == actor:  # Slack repeats what it has no answer to
                return
            self._check_pending(request, plan_hash)
            may(Action.EMERGENCY)
            now, ruleset = self.clock(), self.rules.of(request)
            self._advance(
                tx,
                request,
                Move.EMERGENCY,
                actor,
                detail={"plan_hash": plan_hash, "reason": reason} | decided_by(ruleset.names, ruleset.hash),
                approved_at=now,
                expires_at=now + self.approval_ttl,
                begin_at=0.0,
                emergency_by=actor,
                emergency_why=reason,
                emergency_at=now,
                noted=(),
            )

        await self._act("emergency", request_id, actor, work)

    async def review(self, *, request_id: str, actor: str) -> None:
        """An approver has looked at it: nobody is reminded any more."""

        def work(tx: Transaction, request: ImageRequest, may: May) -> None:
            if not request.review_owed:
                raise UserError(Problem(Code.REVIEWED_ALREADY, facts={"request": request_id}))
            may(Action.REVIEW)
            tx.requests.review(request_id, at=self.clock(), actor=actor)

        await self._act("review", request_id, actor, work)

    async def remind(self) -> None:
        """Owes the reminder of the day for each review that is owed, once, however many processes do it."""
        now = self.clock()

        def work(tx: Transaction) -> None:
            for request in tx.requests.review_owed(list(State), AT_ONCE):
                days = int((now - (request.emergency_at or now)) // DAY)
                if days >= 1:
                    tx.notices.owe(
                        Notice.REVIEW_OWED, Place.THREAD, conversation="", request_id=request.id, version=days
                    )

        await self.store.transact(work)

    def _who_may(self, request: ImageRequest) -> Sequence[str]:
        """Ids of people and groups, where one list holds; of several rules, who is named by each, as last heard."""
        ruleset = self.rules.of(request)
        named = {rule.emergency for rule in ruleset.rules}
        if len(named) == 1:
            return named.pop()
        return sorted(frozenset.intersection(*(one.emergency.people for one in self.directory.policy(ruleset).rules)))
