"""The gate: whether anything new may begin now, for a request that has been approved."""

from dataclasses import dataclass

from bot.domain.errors import Code, Problem
from bot.domain.plan import WhileImaged
from bot.domain.request import ImageRequest
from bot.service.current_rules import CurrentRules
from bot.service.ports import Clock
from bot.store import Transaction


@dataclass(frozen=True)
class Closed:
    """Nothing new begins for now."""

    problem: Problem
    until: float  # unix seconds


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Asked before a step begins, and once more in the transaction that writes its intent. What is owed passes by it,
    and so does what was begun in an emergency.
    """

    rules: CurrentRules
    clock: Clock

    def closed(self, _tx: Transaction, request: ImageRequest) -> Closed | None:
        """Why nothing new begins, and until when; None where it may."""
        if request.emergency_by:
            return None
        now = self.clock()
        opens = self.rules.of(request).opens_at(now)
        if opens is None or opens > now:
            until = now + _NEVER if opens is None else opens
            return Closed(Problem(Code.OUT_OF_HOURS, facts={"until": f"{until:.0f}"}), until)
        return None

    def forbidden(self, request: ImageRequest, job: int) -> tuple[Problem, ...]:
        """What the rules of now say against beginning a job that was approved by those of then.

        Args:
            request: which.
            job: the number of the job.
        """
        planned, rule = request.plan.jobs[job], self.rules.book.rule_for(request.machines[job])
        if rule.refuse:
            facts = {"instance": planned.called, "why": rule.refuse}
            return (Problem(Code.REFUSED_BY_RULE, facts=facts),)
        if planned.stops and not rule.stopping:
            return (Problem(Code.STOPPING_NOT_ALLOWED),)
        if planned.while_imaged is WhileImaged.LIVE and not rule.live:
            return (Problem(Code.LIVE_NOT_ALLOWED),)
        return ()


_NEVER = 365 * 86_400.0
"""Seconds: the rules may be changed by then."""
