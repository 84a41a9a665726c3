"""Nudging: whoever asked calls those who can still decide, now and then."""

import json
from dataclasses import dataclass

from bot.domain.errors import Code, Problem, UserError
from bot.domain.lifecycle import Notice, State
from bot.domain.policy import Action
from bot.domain.reminders import NUDGE_EVERY
from bot.domain.request import ImageRequest
from bot.service.acting import Acting, May, too_late
from bot.service.undecided import Undecided, calls
from bot.store import Transaction


@dataclass(frozen=True)
class Nudge:
    """What became of a nudge. Times are unix seconds."""

    request: ImageRequest
    called: bool  # or it was too soon after the last one
    ago: float  # seconds since the last one
    again_at: float  # the next one can be then


@dataclass(frozen=True, kw_only=True)
class Nudging(Acting):
    """The requester's own, within limits."""

    undecided: Undecided

    async def nudge(self, *, request_id: str, actor: str) -> Nudge:
        """Calls those who can still decide, as a reminder does, and puts the next reminder off. Where that was done
        a moment ago, nothing happens.

        Raises:
            UserError: it is not theirs, it is decided, or there is nobody to call.
        """

        def work(tx: Transaction, request: ImageRequest, may: May) -> Nudge:
            may(Action.NUDGE)
            now = self.clock()
            if request.state is not State.PENDING or now >= request.expires_at:
                raise too_late(request.id, State.EXPIRED if request.state is State.PENDING else request.state)
            called = self._call(tx, request, actor, now)
            nudged_at = now if called or request.nudged_at is None else request.nudged_at
            return Nudge(request, called=called, ago=max(0.0, now - nudged_at), again_at=nudged_at + NUDGE_EVERY)

        return await self._act("nudge", request_id, actor, work, own=True)

    def _call(self, tx: Transaction, request: ImageRequest, actor: str, now: float) -> bool:
        """Owes it below each card; whether the database has it that the last time was long enough ago."""
        missing = self.undecided.missing(request)
        found = {
            call: self.undecided.called(request, call) for call in calls((rule, rule.approvers) for rule in missing)
        }
        everybody = tuple(dict.fromkeys(one for called in found.values() for one in called))
        if not everybody:
            raise UserError(Problem(Code.NOBODY_TO_CALL, facts={"request": request.id}))
        if not tx.reminders.nudge(request.id, everybody, at=now):
            return False
        tx.requests.record(request.id, now, actor, "nudge", {"called": json.dumps(everybody)})
        version = tx.versions.touch(request.id)
        for call in (call for call, called in found.items() if called):
            tx.reminders.told(request.id, call.rules, at=now)
            call.owe(tx, Notice.NUDGED, request.id, version)
        return True
