"""The gate: whether anything new may begin now, for a request that has been approved."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import Code, Problem
from bot.domain.freeze import Freeze, first_over
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

    def closed(self, tx: Transaction, request: ImageRequest) -> Closed | None:
        """Why nothing new begins, and until when; None where it may."""
        now = self.clock()
        if freeze := self.frozen(tx, request, now):
            facts = {"who": freeze.by, "until": f"{freeze.until:.0f}", "why": freeze.why}
            return Closed(Problem(Code.FROZEN, facts=facts), freeze.until)
        if request.emergency_by:
            return None
        opens = self.rules.of(request).opens_at(now)
        if opens is None or opens > now:
            until = now + _NEVER if opens is None else opens
            return Closed(Problem(Code.OUT_OF_HOURS, facts={"until": f"{until:.0f}"}), until)
        return None

    def frozen(self, tx: Transaction, request: ImageRequest, at: float) -> Freeze | None:
        """The freeze that holds a request up at a time, in unix seconds; of several the one that lasts longest."""
        return None if request.emergency_by else self.holding(tx.freezes.in_force(at), request)

    def holding(self, freezes: Sequence[Freeze], request: ImageRequest) -> Freeze | None:
        """The first of these freezes that holds a request up."""
        return None if request.emergency_by else first_over(freezes, self.rules.of(request).names)

    def opens_at(self, tx: Transaction, request: ImageRequest, at: float) -> float:
        """The first time from `at` on at which something new may begin, in unix seconds; where the rules of now know of
        none, `at` itself.
        """
        freeze = self.frozen(tx, request, at)
        at = freeze.until if freeze else at
        opens = None if request.emergency_by else self.rules.of(request).opens_at(at)
        return at if opens is None else opens

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
