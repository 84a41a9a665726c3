"""Deciding: what approvers and requesters do to a request, each in one guarded transaction."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict, Unpack

import structlog

from bot.domain import policy as rights
from bot.domain import rules
from bot.domain.errors import Code, Problem, UserError
from bot.domain.lifecycle import Move, State
from bot.domain.policy import Action, Actor
from bot.domain.request import Decision, ImageRequest, Validity, Verdict
from bot.domain.steps import JobStep, StepMove, StepState
from bot.jdcloud import CloudError, JDCloud, planned_calls
from bot.service.count import Counting, approvals, existing
from bot.service.ports import Clock, Directory
from bot.store import Changes, StepChanges, Store, Transaction

log = structlog.get_logger(__name__)


LOOK_WITHIN = 1.5
"""Seconds of a click's three that Slack is given to tell who may do what."""

LOOK_BEFORE_ASKING = 0.7
"""Likewise where a window is to be opened afterwards: what opens it lives for three seconds (Slack: trigger_id)."""


@dataclass(frozen=True)
class Approval:
    """What became of an approval."""

    request: ImageRequest
    repeated: bool  # it was given before, and is what the quorum was waiting for now


@dataclass(frozen=True)
class Called:
    """What a request comes to."""

    request: ImageRequest
    calls: tuple[str, ...]  # method, path and JSON of each, in order
    usual_seconds: float | None  # how long such an image usually takes, where that is known


@dataclass(frozen=True, kw_only=True)
class Deciding:
    """The decisions. Each raises `UserError` with what stands against it, and then nothing has changed.

    What gives a right is looked at freshly when the right is used. Where Slack does not tell in time, an approval is
    noted and waits (`Counting.settle`); anything else is to be done again in a moment, with nothing lost.
    """

    store: Store
    cloud: JDCloud
    directory: Directory
    counting: Counting
    clock: Clock

    async def approve(self, *, request_id: str, plan_hash: str, actor: str) -> Approval:
        """One approval of the plan the approver saw; the last one of the quorum starts the launch."""
        since, seen = await asyncio.gather(self._look(request_id, actor), self._see(request_id, actor))

        def work(tx: Transaction) -> tuple[ImageRequest, Validity | None]:
            request = self._pending(tx, request_id, plan_hash)
            policy = self.directory.rights(since)
            ruling = rights.may(Action.APPROVE, Actor(actor), policy, request)
            if not (ruling.allowed or ruling.unknown):
                raise UserError(*ruling.problems)
            if seen:
                tx.requests.saw(request_id, *seen)
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
                )
                tx.requests.decide(request_id, decision)
            counted = self.counting.count(tx, request_id, policy)
            if before is None:
                return counted, None
            return counted, next(d.validity for d in counted.decisions if d.approver == before.approver)

        request, given_before = await self.store.transact(work)
        log.info("request.decided", decision="approve", request_id=request.id, actor=actor, state=request.state)
        if given_before is not None and request.state is State.PENDING:
            waits = given_before is Validity.UNCONFIRMED
            code = Code.APPROVAL_UNCONFIRMED if waits else Code.ALREADY_DECIDED
            raise UserError(Problem(code, facts={"request": request.id}))
        return Approval(request, repeated=given_before is not None)

    async def check_reject(self, *, request_id: str, plan_hash: str, actor: str) -> ImageRequest:
        """Whether a rejection might be accepted: asked before somebody is made to type a reason."""
        since = await self._look(request_id, actor, within=LOOK_BEFORE_ASKING)

        def work(tx: Transaction) -> ImageRequest:
            request = self._pending(tx, request_id, plan_hash)
            ruling = rights.may(Action.REJECT, Actor(actor), self.directory.rights(since), request)
            if not (ruling.allowed or ruling.unknown):
                raise UserError(*ruling.problems)
            return request

        return await self.store.transact(work)

    async def reject(self, *, request_id: str, plan_hash: str, actor: str, reason: str) -> ImageRequest:
        """One rejection ends the request; it needs a reason."""
        reason = reason.strip()
        if problems := rules.check_reason(reason):
            raise UserError(*problems)
        since = await self._look(request_id, actor)

        def work(tx: Transaction) -> ImageRequest:
            request = self._pending(tx, request_id, plan_hash)
            self._may(Action.REJECT, actor, request, since)
            now = self.clock()
            decision = Decision(approver=actor, verdict=Verdict.REJECT, plan_hash=plan_hash, reason=reason, at=now)
            tx.requests.decide(request_id, decision)
            return self._advance(tx, request, Move.REJECT, actor, finished_at=now, noted=())

        return await self._decide("reject", work, actor)

    async def cancel(self, *, request_id: str, actor: str) -> ImageRequest:
        """The requester's own way out, until anything may have been asked of the cloud."""
        since = await self._look(request_id, actor, own=True)

        def work(tx: Transaction) -> ImageRequest:
            request = existing(tx.requests.lock(request_id), request_id)
            self._may(Action.CANCEL, actor, request, since)
            now = self.clock()
            return self._advance(tx, request, Move.CANCEL, actor, finished_at=now, ended_by=actor, noted=())

        return await self._decide("cancel", work, actor)

    async def retry(self, *, request_id: str, plan_hash: str, actor: str) -> ImageRequest:
        """The approved plan once more, after a failure in which nothing was made."""
        since = await self._look(request_id, actor, own=True)

        def work(tx: Transaction) -> ImageRequest:
            request = existing(tx.requests.lock(request_id), request_id)
            _same_plan(request, plan_hash)
            self._may(Action.RETRY, actor, request, since)
            if request.state is State.FAILED and not request.retriable:
                raise UserError(Problem(Code.NOT_RETRIABLE, facts={"request": request.id}))
            if request.state is State.FAILED and self.clock() >= request.expires_at:
                raise UserError(Problem(Code.APPROVAL_EXPIRED, facts={"request": request.id}))
            now = self.clock()
            tx.steps.retry(request.id)
            return self._advance(
                tx,
                request,
                Move.RETRY,
                actor,
                approved_at=now,
                finished_at=None,
                ending=0,
                ended_by="",
                **_resumed("retry", actor, now),
            )

        return await self._decide("retry", work, actor)

    async def end(self, *, request_id: str, actor: str) -> ImageRequest:
        """Nothing new begins; what is owed is still done. Of the requester, or an approver."""
        since = await self._look(request_id, actor, own=True)

        def work(tx: Transaction) -> ImageRequest:
            request = existing(tx.requests.lock(request_id), request_id)
            self._may(Action.END, actor, request, since)
            if request.state is not State.WORKING or request.ending:
                raise _too_late(request.id, request.state)
            now = self.clock()
            tx.requests.end(request.id, at=now, actor=actor)
            tx.steps.settle(request.id, at=now, actor=actor)
            return existing(tx.requests.get(request.id), request.id)

        return await self._decide("end", work, actor)

    async def start_now(self, *, request_id: str, plan_hash: str, actor: str) -> ImageRequest:
        """An approved request does not wait for its time any longer. Of the requester, or an approver."""
        since = await self._look(request_id, actor, own=True)

        def work(tx: Transaction) -> ImageRequest:
            request = existing(tx.requests.lock(request_id), request_id)
            _same_plan(request, plan_hash)
            self._may(Action.START_NOW, actor, request, since)
            if request.state is not State.APPROVED:
                raise _too_late(request.id, request.state)
            if request.begin_at:  # else somebody has said so already
                tx.requests.begin_now(request.id, at=self.clock(), actor=actor)
            tx.steps.hasten(request.id)
            return existing(tx.requests.get(request.id), request.id)

        return await self._decide("start_now", work, actor)

    async def start_again(self, *, request_id: str, actor: str) -> ImageRequest:
        """A start that the cloud refused is tried again at once."""
        since = await self._look(request_id, actor, own=True)

        def work(tx: Transaction) -> ImageRequest:
            request, _ = self._owed(tx, request_id)
            self._may(Action.START_AGAIN, actor, request, since)
            tx.steps.hasten(request.id)
            tx.requests.resume(request.id, at=self.clock(), actor=actor, how="start_again")
            return existing(tx.requests.get(request.id), request.id)

        return await self._decide("start_again", work, actor)

    async def leave_stopped(self, *, request_id: str, actor: str) -> ImageRequest:
        """A person's word that a machine which the bot has stopped may stay so."""
        since = await self._look(request_id, actor, own=True)

        def work(tx: Transaction) -> ImageRequest:
            request, step = self._owed(tx, request_id)
            self._may(Action.LEAVE_STOPPED, actor, request, since)
            detail = {"why": "left stopped"}
            if not tx.steps.advance(step, StepMove.SKIP, at=self.clock(), actor=actor, detail=detail):
                raise _too_late(request.id, request.state)
            return existing(tx.requests.get(request.id), request.id)

        return await self._decide("leave_stopped", work, actor)

    def _owed(self, tx: Transaction, request_id: str) -> tuple[ImageRequest, JobStep]:
        """A request with a step that is owed, and that something stands against."""
        request = existing(tx.requests.lock(request_id), request_id)
        step = request.stuck
        if step is None:
            raise _too_late(request.id, request.state)
        return request, step

    async def resolve(self, *, request_id: str, move: StepMove, actor: str) -> ImageRequest:
        """An approver's word on a step that is unsure: CHECK_AGAIN, CREATE_ANYWAY or GIVE_UP. The last one also ends
        the watch over an image of which JD Cloud says what no page documents.
        """
        if StepState.UNSURE not in move.sources:
            msg = f"{move} does not resolve anything"
            raise ValueError(msg)
        since = await self._look(request_id, actor)

        def work(tx: Transaction) -> ImageRequest:
            request = existing(tx.requests.lock(request_id), request_id)
            self._may(Action.RESOLVE, actor, request, since)
            step = request.unsure or (request.odd if move is StepMove.GIVE_UP else None)
            if step is None:  # it comes, or came, to its end by itself
                raise _too_late(request.id, request.state)
            now = self.clock()
            tx.requests.resume(request.id, at=now, actor=actor, how=move.event)
            changes: StepChanges = {"problems": ()}
            if move is StepMove.GIVE_UP:
                tx.requests.gave_up(request.id, actor=actor)
                changes = {"problems": (_given_up(step),)}
            elif move is StepMove.CREATE_ANYWAY:
                changes = {"problems": (), "attempts": 0, "trying_since": None}
            if not tx.steps.advance(step, move, at=now, actor=actor, **changes):
                raise _too_late(request.id, request.state)
            return existing(tx.requests.get(request.id), request.id)

        return await self._decide(move.event, work, actor)

    async def calls(self, *, request_id: str) -> Called:
        """A request, and what JD Cloud is, or will be, asked for it, call by call: method, path and JSON body, made by
        the very code that asks.
        """

        def work(tx: Transaction) -> tuple[ImageRequest, float | None]:
            request = existing(tx.requests.get(request_id), request_id)
            return request, tx.requests.usual_seconds(request.plan.instance_id)

        request, usual = await self.store.transact(work)
        plan = request.plan
        shown = [
            f"POST /v1/regions/{plan.region}/instances/{plan.instance_id}:{action}\n"
            + json.dumps(json.loads(body), ensure_ascii=False, indent=2)
            for action, body in planned_calls(plan, request_id=request.id)
        ]
        return Called(request, tuple(shown), usual)

    async def _decide(self, what: str, work: Callable[[Transaction], ImageRequest], actor: str) -> ImageRequest:
        request = await self.store.transact(work)
        log.info("request.decided", decision=what, request_id=request.id, actor=actor, state=request.state)
        return request

    def _pending(self, tx: Transaction, request_id: str, plan_hash: str) -> ImageRequest:
        request = existing(tx.requests.lock(request_id), request_id)
        if request.state is not State.PENDING:
            raise _too_late(request.id, request.state)
        if self.clock() >= request.expires_at:  # the worker has not come round to it yet
            raise _too_late(request.id, State.EXPIRED)
        _same_plan(request, plan_hash)
        return request

    async def _look(self, request_id: str, actor: str, *, within: float = LOOK_WITHIN, own: bool = False) -> float:
        """Has Slack asked about everybody whose right matters now; since when its answers are to count.

        Args:
            request_id: what it is about.
            actor: who has just acted.
            within: seconds that Slack is given.
            own: whether it is enough that it is their own request.
        """
        since = self.directory.now()
        request = await self.store.transact(lambda tx: tx.requests.get(request_id))
        if request is None or (own and request.requester == actor):
            return since
        if request.state in _DECIDED_BY_PEOPLE:
            deciding = {actor, *(decision.approver for decision in approvals(request))}
            await self.directory.look(deciding, (request.requester,), present=actor, since=since, within=within)
        return since

    async def _see(self, request_id: str, actor: str) -> tuple[str, float] | None:
        """The state of the instance and when it was seen, where this approval may be the last one of the quorum and
        JD Cloud answers within the click's time; the launch looks right after in any case.
        """
        request = await self.store.transact(lambda tx: tx.requests.get(request_id))
        if request is None or request.state is not State.PENDING:
            return None
        if len({actor, *(decision.approver for decision in approvals(request))}) < request.quorum:
            return None
        at = self.clock()
        try:
            async with asyncio.timeout(LOOK_WITHIN):
                instance = await self.cloud.instance(request.plan.region, request.plan.instance_id)
        except (CloudError, TimeoutError) as error:
            log.info("instance.not_seen", request_id=request_id, error=str(error))
            return None
        return instance.status, at

    def _may(self, action: Action, actor: str, request: ImageRequest, since: float) -> None:
        ruling = rights.may(action, Actor(actor), self.directory.rights(since), request)
        if not ruling.allowed:
            raise UserError(*ruling.problems)

    def _advance(
        self, tx: Transaction, request: ImageRequest, move: Move, actor: str, **changes: Unpack[Changes]
    ) -> ImageRequest:
        if not tx.requests.advance(request.id, move, at=self.clock(), actor=actor, **changes):
            raise _too_late(request.id, request.state)
        return existing(tx.requests.get(request.id), request.id)


_DECIDED_BY_PEOPLE = frozenset({State.PENDING, State.APPROVED, State.WORKING, State.FAILED})
"""The states in which somebody's word counts."""


class _Resumed(TypedDict):
    resumed_how: str
    resumed_by: str
    resumed_at: float


def _resumed(how: str, actor: str, now: float) -> _Resumed:
    """Who has taken it up again: said on its cards."""
    return {"resumed_how": how, "resumed_by": actor, "resumed_at": now}


def _given_up(step: JobStep) -> Problem:
    """What was given up: the search for an image, or the watch over one that JD Cloud has."""
    if not step.result:
        return Problem(Code.GIVEN_UP)
    return Problem(Code.GIVEN_UP_WATCHING, facts={"image": step.result, "status": step.cloud_status})


def _too_late(request_id: str, state: State) -> UserError:
    return UserError(Problem(Code.TOO_LATE, facts={"request": request_id, "state": state}))


def _same_plan(request: ImageRequest, plan_hash: str) -> None:
    if request.plan.hash != plan_hash:
        raise UserError(Problem(Code.PLAN_CHANGED, facts={"request": request.id}))
