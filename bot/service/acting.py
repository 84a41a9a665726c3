"""Acting: what everything that a person does to a request has in common. Rights are looked at when they are used."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar, Unpack

import structlog

from bot.domain import policy as rights
from bot.domain.errors import Code, Problem, UserError
from bot.domain.lifecycle import Move, State
from bot.domain.policy import Action, Actor
from bot.domain.request import ImageRequest
from bot.service.count import approvals, existing
from bot.service.current_rules import CurrentRules
from bot.service.ports import Clock, Directory
from bot.store import Changes, Store, Transaction

log = structlog.get_logger(__name__)

LOOK_WITHIN = 1.5
"""Seconds of a click's three that Slack is given to tell who may do what."""

LOOK_BEFORE_ASKING = 0.7
"""Likewise where a window is to be opened afterwards: what opens it lives for three seconds (Slack: trigger_id)."""


T = TypeVar("T")

May = Callable[[Action], None]
"""Asks whether somebody may do something, and raises `UserError` where they may not."""

Work = Callable[[Transaction, ImageRequest, May], T]
"""What is done to a request, in one transaction."""


class _SlackFirst(Exception):
    """Whether somebody may do something is to be asked of Slack before anything is done."""

    def __init__(self, request: ImageRequest) -> None:
        super().__init__(request.id)
        self.request = request


@dataclass(frozen=True, kw_only=True)
class Acting:
    """Use cases of people: each asks who may, and is one guarded transaction."""

    store: Store
    rules: CurrentRules
    directory: Directory
    clock: Clock

    async def _act(self, what: str, request_id: str, actor: str, work: Work[T], *, own: bool = False) -> T:
        """What somebody does to a request, which is locked meanwhile: nobody else moves it. Returns what `work` does.

        Args:
            what: they do, for the log.
            request_id: to which request.
            actor: who.
            work: does it, or raises `UserError`; it is given the request, and asks whether they may.
            own: whether it is enough that it is their own request: then Slack is not asked.
        """
        since = self.directory.now()

        def attempt(tx: Transaction, *, asked: bool) -> T:
            request = existing(tx.requests.lock(request_id), request_id)
            if not asked and request.requester != actor:
                raise _SlackFirst(request)
            return work(tx, request, lambda action: self._may(action, actor, request, since))

        if not own:
            await self._ask_of(await self._read(request_id), actor, since=since)
        try:
            done = await self.store.transact(partial(attempt, asked=not own))
        except _SlackFirst as first:
            await self._ask_of(first.request, actor, since=since)
            done = await self.store.transact(partial(attempt, asked=True))
        log.info("request.decided", decision=what, request_id=request_id, actor=actor)
        return done

    async def _read(self, request_id: str) -> ImageRequest:
        """A request as it stands; somebody else may move it."""
        return existing(await self.store.read(lambda tx: tx.requests.get(request_id)), request_id)

    async def _ask_of(self, request: ImageRequest, actor: str, *, since: float, within: float = LOOK_WITHIN) -> None:
        """Has Slack asked about everybody whose right matters now.

        Args:
            request: what it is about, as it was read.
            actor: who has just acted.
            since: when its answers begin to count.
            within: seconds that Slack is given.
        """
        if _counts(request):
            deciding = {actor, *(decision.approver for decision in approvals(request))}
            ruleset, others = self.rules.of(request), (request.requester,)
            await self.directory.look(ruleset, deciding, others, present=actor, since=since, within=within)

    async def _might(self, action: Action, request_id: str, plan_hash: str, actor: str) -> ImageRequest:
        """A request that waits, where an action might be accepted: asked before somebody is made to type a text.

        Raises:
            UserError: it certainly would not be.
        """
        since = self.directory.now()
        shown = await self._read(request_id)
        await self._ask_of(shown, actor, since=since, within=LOOK_BEFORE_ASKING)

        def work(tx: Transaction) -> ImageRequest:
            request = existing(tx.requests.get(request_id), request_id)
            self._check_pending(request, plan_hash)
            policy = self.directory.rights(since, self.rules.of(request))
            ruling = rights.may(action, Actor(actor), policy, request)
            if not (ruling.allowed or ruling.unknown):
                raise UserError(*ruling.problems)
            return request

        return await self.store.read(work)

    def _check_pending(self, request: ImageRequest, plan_hash: str) -> None:
        """Whether it waits for approval, of the plan that was on the screen.

        Raises:
            UserError: it does not.
        """
        if request.state is not State.PENDING:
            raise too_late(request.id, request.state)
        if self.clock() >= request.expires_at:  # the worker has not come round to it yet
            raise too_late(request.id, State.EXPIRED)
        same_plan(request, plan_hash)

    def _advance(
        self,
        tx: Transaction,
        request: ImageRequest,
        move: Move,
        actor: str,
        *,
        detail: Mapping[str, str] | None = None,
        **changes: Unpack[Changes],
    ) -> None:
        if not tx.requests.advance(request.id, move, at=self.clock(), actor=actor, detail=detail, **changes):
            raise too_late(request.id, request.state)

    def _may(self, action: Action, actor: str, request: ImageRequest, since: float) -> None:
        ruling = rights.may(action, Actor(actor), self.directory.rights(since, self.rules.of(request)), request)
        if ruling.unknown and not _counts(request):  # so Slack was not asked, and need not be
            raise too_late(request.id, request.state)
        if not ruling.allowed:
            raise UserError(*ruling.problems)


def _counts(request: ImageRequest) -> bool:
    """Whether somebody's word may still change anything."""
    return request.state in _DECIDED_BY_PEOPLE or request.review_owed


_DECIDED_BY_PEOPLE = frozenset({State.PENDING, State.APPROVED, State.WORKING, State.FAILED})
"""The states in which somebody's word counts."""


def too_late(request_id: str, state: State) -> UserError:
    """It has gone on meanwhile."""
    return UserError(Problem(Code.TOO_LATE, facts={"request": request_id, "state": state}))


def same_plan(request: ImageRequest, plan_hash: str) -> None:
    """A button stands for the plan that was on the screen.

    Raises:
        UserError: the plan is another one by now.
    """
    if request.plan.hash != plan_hash:
        raise UserError(Problem(Code.PLAN_CHANGED, facts={"request": request.id}))
