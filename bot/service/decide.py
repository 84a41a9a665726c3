"""Deciding: what approvers and requesters do to a request, each in one guarded transaction."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

import structlog

from bot.domain import limits
from bot.domain import policy as rights
from bot.domain.cloud import Seen
from bot.domain.errors import Code, Problem, UserError
from bot.domain.lifecycle import Move, State
from bot.domain.policy import Action, Actor
from bot.domain.request import Decision, ImageRequest, Validity, Verdict
from bot.service.acting import LOOK_WITHIN, Acting, May, same_plan, too_late
from bot.service.count import Counting, approvals, existing
from bot.service.look import Looking
from bot.store import Transaction

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Deciding(Acting):
    """The decisions. Each raises `UserError` with what stands against it, and then nothing has changed.

    What gives a right is looked at freshly when the right is used. Where Slack does not tell in time, an approval is
    noted and waits (`Counting.settle`); anything else is to be done again in a moment, with nothing lost.
    """

    looking: Looking
    counting: Counting

    async def approve(self, *, request_id: str, plan_hash: str, actor: str) -> bool:
        """One approval of the plan the approver saw; the last one of the quorum starts the launch. Returns whether it
        was given before, and is what the quorum was waiting for now.
        """
        since = self.directory.now()
        shown = await self._read(request_id)
        _, seen = await asyncio.gather(self._ask_of(shown, actor, since=since), self._see(shown, actor))

        def work(tx: Transaction) -> tuple[ImageRequest, Validity | None]:
            request = existing(tx.requests.lock(request_id), request_id)
            self._check_pending(request, plan_hash)
            for job, found in seen.items():
                tx.requests.note_seen(request_id, job, found)
            if any(found.tags not in {None, request.jobs[job].seen_tags} for job, found in seen.items()):
                request = tx.requests.existing(request_id)  # rules may go by them
            ruleset = self.rules.of(request)
            policy = self.directory.rights(since, ruleset)
            ruling = rights.may(Action.APPROVE, Actor(actor), policy, request)
            if not (ruling.allowed or ruling.unknown):
                raise UserError(*ruling.problems)
            before = next((d for d in approvals(request) if policy.ids.same(d.approver, actor)), None)
            if before is None:
                validity = Validity.UNCONFIRMED if ruling.unknown else Validity.VALID
                decision = Decision(
                    approver=actor,
                    verdict=Verdict.APPROVE,
                    plan_hash=plan_hash,
                    reason="",
                    at=self.clock(),
                    validity=validity,
                    rules=ruleset.names,
                    policy_hash=ruleset.hash,
                )
                tx.requests.decide(request_id, decision)
                request = _decided(request, decision)
            counted = self.counting.count(tx, request, policy)
            if before is None:
                return counted, None
            return counted, next(d.validity for d in counted.decisions if d.approver == before.approver)

        request, given_before = await self.store.transact(work)
        log.info("request.decided", decision="approve", request_id=request.id, actor=actor, state=request.state)
        if given_before is not None and request.state is State.PENDING:
            waits = given_before is Validity.UNCONFIRMED
            code = Code.APPROVAL_UNCONFIRMED if waits else Code.ALREADY_DECIDED
            raise UserError(Problem(code, facts={"request": request.id}))
        return given_before is not None

    async def check_reject(self, *, request_id: str, plan_hash: str, actor: str) -> ImageRequest:
        """Whether a rejection might be accepted: asked before somebody is made to type a reason."""
        return await self._might(Action.REJECT, request_id, plan_hash, actor)

    async def reject(self, *, request_id: str, plan_hash: str, actor: str, reason: str) -> None:
        """One rejection ends the request; it needs a reason."""
        reason = reason.strip()
        if problems := limits.check_reason(reason):
            raise UserError(*problems)

        def work(tx: Transaction, request: ImageRequest, may: May) -> None:
            self._check_pending(request, plan_hash)
            may(Action.REJECT)
            now = self.clock()
            ruleset = self.rules.of(request)
            decision = Decision(
                approver=actor,
                verdict=Verdict.REJECT,
                plan_hash=plan_hash,
                reason=reason,
                at=now,
                rules=ruleset.names,
                policy_hash=ruleset.hash,
            )
            tx.requests.decide(request_id, decision)
            self._advance(tx, request, Move.REJECT, actor, finished_at=now, noted=())

        await self._act("reject", request_id, actor, work)

    async def cancel(self, *, request_id: str, actor: str) -> None:
        """The requester's own way out, until anything may have been asked of the cloud."""

        def work(tx: Transaction, request: ImageRequest, may: May) -> None:
            may(Action.CANCEL)
            now = self.clock()
            self._advance(tx, request, Move.CANCEL, actor, finished_at=now, ended_by=actor, noted=())

        await self._act("cancel", request_id, actor, work, own=True)

    async def retry(self, *, request_id: str, plan_hash: str, actor: str) -> None:
        """The approved plan once more, after a failure in which nothing was made."""

        def work(tx: Transaction, request: ImageRequest, may: May) -> None:
            same_plan(request, plan_hash)
            may(Action.RETRY)
            if request.state is not State.FAILED:  # pressed before: none of its steps is touched
                raise too_late(request.id, request.state)
            if not request.retriable:
                raise UserError(Problem(Code.NOT_RETRIABLE, facts={"request": request.id}))
            if self.clock() >= request.expires_at:
                raise UserError(Problem(Code.APPROVAL_EXPIRED, facts={"request": request.id}))
            now, gate = self.clock(), self.counting.gate
            tx.steps.retry(request.id)
            waits = gate.closed(tx, request) is not None  # and the approval is no older for it
            self._advance(
                tx,
                request,
                Move.RETRY,
                actor,
                approved_at=now,
                expires_at=max(request.expires_at, self.counting.good_until(tx, request) if waits else 0.0),
                finished_at=None,
                ending=0,
                ended_by="",
                **_resumed("retry", actor, now),
            )

        await self._act("retry", request_id, actor, work, own=True)

    async def _see(self, request: ImageRequest, actor: str) -> Mapping[int, Seen]:
        """The state of each job's instance and when it was seen, where this approval may be the last one of the quorum
        and JD Cloud answers within the click's time; what begins looks right after in any case.
        """
        if request.state is not State.PENDING:
            return {}
        if len({actor, *(decision.approver for decision in approvals(request))}) < request.quorum:
            return {}
        return await self.looking.look(request.plan, within=LOOK_WITHIN)


def _decided(request: ImageRequest, decision: Decision) -> ImageRequest:
    """A request with a decision in the place of an earlier one of the same person."""
    others = (one for one in request.decisions if one.approver != decision.approver)
    decisions = sorted((*others, decision), key=lambda one: (one.at, one.approver))
    return replace(request, decisions=tuple(decisions))


class _Resumed(TypedDict):
    resumed_how: str
    resumed_by: str
    resumed_at: float


def _resumed(how: str, actor: str, now: float) -> _Resumed:
    """Who has taken it up again: said on its cards."""
    return {"resumed_how": how, "resumed_by": actor, "resumed_at": now}
