"""Deciding: what approvers and requesters do to a request, each in one guarded transaction."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Unpack

import structlog

from bot.domain import policy as rights
from bot.domain import rules
from bot.domain.errors import Code, Problem, UserError
from bot.domain.lifecycle import Move, State
from bot.domain.policy import Action, Actor, standing_approvals
from bot.domain.request import Decision, ImageRequest, Verdict
from bot.jdcloud import create_image_spec
from bot.service.ports import Clock, Directory
from bot.store import Changes, Store, Transaction

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Deciding:
    """The decisions. Each raises `UserError` with what stands against it, and then nothing has changed."""

    store: Store
    directory: Directory
    approval_ttl: float  # seconds an approval is good for: as long as it may take to come
    clock: Clock

    async def approve(self, *, request_id: str, plan_hash: str, actor: str) -> ImageRequest:
        """One approval of the plan the approver saw; the last one of the quorum starts the launch."""

        def work(tx: Transaction) -> ImageRequest:
            request = self._pending(tx, request_id, plan_hash)
            self._may(Action.APPROVE, actor, request)
            if any(d.approver == actor and d.verdict is Verdict.APPROVE for d in request.decisions):
                raise UserError(Problem(Code.ALREADY_DECIDED, facts={"request": request.id}))
            now = self.clock()
            decision = Decision(approver=actor, verdict=Verdict.APPROVE, plan_hash=plan_hash, reason="", at=now)
            tx.requests.decide(request_id, decision)
            decided = _existing(tx.requests.get(request_id), request_id)
            if len(standing_approvals(decided, self.directory.policy())) >= decided.quorum:
                expires_at = now + self.approval_ttl
                tx.requests.advance(
                    request_id, Move.APPROVE, at=now, actor=actor, approved_at=now, expires_at=expires_at
                )
            return _existing(tx.requests.get(request_id), request_id)

        return await self._decide("approve", work, actor)

    async def check_reject(self, *, request_id: str, plan_hash: str, actor: str) -> ImageRequest:
        """Whether a rejection would be accepted now: asked before somebody is made to type a reason."""

        def work(tx: Transaction) -> ImageRequest:
            request = self._pending(tx, request_id, plan_hash)
            self._may(Action.REJECT, actor, request)
            return request

        return await self.store.transact(work)

    async def reject(self, *, request_id: str, plan_hash: str, actor: str, reason: str) -> ImageRequest:
        """One rejection ends the request; it needs a reason."""
        reason = reason.strip()
        if problems := rules.check_reason(reason):
            raise UserError(*problems)

        def work(tx: Transaction) -> ImageRequest:
            request = self._pending(tx, request_id, plan_hash)
            self._may(Action.REJECT, actor, request)
            now = self.clock()
            decision = Decision(approver=actor, verdict=Verdict.REJECT, plan_hash=plan_hash, reason=reason, at=now)
            tx.requests.decide(request_id, decision)
            return self._advance(tx, request, Move.REJECT, actor, finished_at=now)

        return await self._decide("reject", work, actor)

    async def cancel(self, *, request_id: str, actor: str) -> ImageRequest:
        """The requester's own way out, until createImage may have been called."""

        def work(tx: Transaction) -> ImageRequest:
            request = _existing(tx.requests.lock(request_id), request_id)
            self._may(Action.CANCEL, actor, request)
            return self._advance(tx, request, Move.CANCEL, actor, finished_at=self.clock(), ended_by=actor)

        return await self._decide("cancel", work, actor)

    async def retry(self, *, request_id: str, plan_hash: str, actor: str) -> ImageRequest:
        """The approved plan once more, after a failure in which nothing was made."""

        def work(tx: Transaction) -> ImageRequest:
            request = _existing(tx.requests.lock(request_id), request_id)
            _same_plan(request, plan_hash)
            self._may(Action.RETRY, actor, request)
            if request.state is State.FAILED and not request.retriable:
                raise UserError(Problem(Code.NOT_RETRIABLE, facts={"request": request.id}))
            if request.state is State.FAILED and self.clock() >= request.expires_at:
                raise UserError(Problem(Code.APPROVAL_EXPIRED, facts={"request": request.id}))
            now = self.clock()
            return self._advance(
                tx, request, Move.RETRY, actor, approved_at=now, attempts=0, problems=(), finished_at=None
            )

        return await self._decide("retry", work, actor)

    async def resolve(self, *, request_id: str, move: Move, actor: str) -> ImageRequest:
        """An approver's word on a request that is unsure: CHECK_AGAIN, CREATE_ANYWAY or GIVE_UP."""
        if State.UNSURE not in move.sources:
            msg = f"{move} does not resolve anything"
            raise ValueError(msg)

        def work(tx: Transaction) -> ImageRequest:
            request = _existing(tx.requests.lock(request_id), request_id)
            self._may(Action.RESOLVE, actor, request)
            now = self.clock()
            match move:
                case Move.GIVE_UP:
                    given_up = (Problem(Code.GIVEN_UP),)
                    return self._advance(tx, request, move, actor, finished_at=now, ended_by=actor, problems=given_up)
                case Move.CREATE_ANYWAY:
                    return self._advance(tx, request, move, actor, approved_at=now, attempts=0, problems=())
                case _:
                    return self._advance(tx, request, move, actor, problems=())

        return await self._decide(move.event, work, actor)

    async def call(self, *, request_id: str) -> str:
        """What JD Cloud is, or will be, asked: method, path and JSON body, made by the very code that asks."""
        request = await self.store.transact(lambda tx: _existing(tx.requests.get(request_id), request_id))
        plan = request.plan
        body = json.loads(create_image_spec(plan, request_id=request.id).body())
        head = f"POST /v1/regions/{plan.region}/instances/{plan.instance_id}:createImage"
        return f"{head}\n{json.dumps(body, ensure_ascii=False, indent=2)}"

    async def _decide(self, what: str, work: Callable[[Transaction], ImageRequest], actor: str) -> ImageRequest:
        request = await self.store.transact(work)
        log.info("request.decided", decision=what, request_id=request.id, actor=actor, state=request.state)
        return request

    def _pending(self, tx: Transaction, request_id: str, plan_hash: str) -> ImageRequest:
        request = _existing(tx.requests.lock(request_id), request_id)
        if request.state is not State.PENDING:
            raise _too_late(request.id, request.state)
        if self.clock() >= request.expires_at:  # the worker has not come round to it yet
            raise _too_late(request.id, State.EXPIRED)
        _same_plan(request, plan_hash)
        return request

    def _may(self, action: Action, actor: str, request: ImageRequest) -> None:
        ruling = rights.may(action, Actor(actor), self.directory.policy(), request)
        if not ruling.allowed:
            raise UserError(*ruling.problems)

    def _advance(
        self, tx: Transaction, request: ImageRequest, move: Move, actor: str, **changes: Unpack[Changes]
    ) -> ImageRequest:
        if not tx.requests.advance(request.id, move, at=self.clock(), actor=actor, **changes):
            raise _too_late(request.id, request.state)
        return _existing(tx.requests.get(request.id), request.id)


def _too_late(request_id: str, state: State) -> UserError:
    return UserError(Problem(Code.TOO_LATE, facts={"request": request_id, "state": state}))


def _existing(request: ImageRequest | None, request_id: str) -> ImageRequest:
    if request is None:
        raise UserError(Problem(Code.REQUEST_NOT_FOUND, facts={"request": request_id}))
    return request


def _same_plan(request: ImageRequest, plan_hash: str) -> None:
    if request.plan.hash != plan_hash:
        raise UserError(Problem(Code.PLAN_CHANGED, facts={"request": request.id}))
