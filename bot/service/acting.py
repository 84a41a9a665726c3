"""Acting: what everything that a person does to a request has in common. Rights are looked at when they are used."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.domain import policy as rights
from bot.domain.errors import Code, Problem, UserError
from bot.domain.lifecycle import State
from bot.domain.policy import Action, Actor
from bot.domain.request import ImageRequest
from bot.service.count import approvals
from bot.service.current_rules import CurrentRules
from bot.service.ports import Clock, Directory
from bot.store import Store, Transaction

log = structlog.get_logger(__name__)

LOOK_WITHIN = 1.5
"""Seconds of a click's three that Slack is given to tell who may do what."""


@dataclass(frozen=True, kw_only=True)
class Acting:
    """Use cases of people: each asks who may, and is one guarded transaction."""

    store: Store
    rules: CurrentRules
    directory: Directory
    clock: Clock

    async def _decide(self, what: str, work: Callable[[Transaction], ImageRequest], actor: str) -> ImageRequest:
        request = await self.store.transact(work)
        log.info("request.decided", decision=what, request_id=request.id, actor=actor, state=request.state)
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
            ruleset, others = self.rules.of(request), (request.requester,)
            await self.directory.look(ruleset, deciding, others, present=actor, since=since, within=within)
        return since

    def _may(self, action: Action, actor: str, request: ImageRequest, since: float) -> None:
        ruling = rights.may(action, Actor(actor), self.directory.rights(since, self.rules.of(request)), request)
        if not ruling.allowed:
            raise UserError(*ruling.problems)


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
