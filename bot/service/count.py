"""Counting: what the approvals of a request are worth now, and whether there are enough of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import structlog

from bot.domain import policy as rights
from bot.domain import quorum
from bot.domain.errors import Code, Problem, UserError
from bot.domain.lifecycle import Move, Notice, Place, State
from bot.domain.policy import Action, Actor, Policy
from bot.domain.quorum import Need
from bot.domain.request import Decision, ImageRequest, Validity, Verdict
from bot.domain.rule import Rule, Rulebook, Ruleset
from bot.service.current_rules import CurrentRules
from bot.service.gate import Gate
from bot.service.ports import Clock, Directory
from bot.store import Store, Transaction

log = structlog.get_logger(__name__)

LOOK_BEHIND_ACK = 10.0
"""Seconds that Slack is given when nobody waits for its answer."""

SETTLE_EVERY = 2.0
"""Seconds between two looks for approvals that wait for Slack."""

AT_ONCE = 500
"""Requests counted anew at one time."""


@dataclass(frozen=True, kw_only=True)
class Counting:
    """Counts, whenever the answer may have changed: at each approval, and after each look at who may approve."""

    store: Store
    rules: CurrentRules
    directory: Directory
    gate: Gate
    approval_ttl: float  # seconds an approval is good for: as long as it may take to come
    clock: Clock

    async def settle(self) -> None:
        """Counts again where an approval waits for Slack to say whether its giver may give it."""
        await self._recount(await self.store.read(lambda tx: tx.requests.unconfirmed(AT_ONCE)))

    async def recount(self) -> None:
        """Counts again everywhere: who may approve may have changed."""
        await self._recount(await self.store.read(lambda tx: tx.requests.pending(AT_ONCE)))

    async def rules_changed(self, before: Rulebook) -> None:
        """Other rules are in force: counts again everywhere, and has the cards say what has changed for them.

        Args:
            before: the rules until then.
        """
        await self.recount()

        def work(tx: Transaction) -> None:
            for request in tx.requests.latest({State.PENDING, State.APPROVED}, AT_ONCE):
                if before.ruleset(request.machines).rules != self.rules.book.ruleset(request.machines).rules:
                    tx.versions.touch(request.id)

        await self.store.transact(work)

    async def _recount(self, requests: Sequence[ImageRequest]) -> None:
        since = self.directory.now()
        asked = [request for request in requests if approvals(request)]
        if deciding := {decision.approver for request in asked for decision in approvals(request)}:
            others = {request.requester for request in asked}
            ruleset = self.rules.book.ruleset(machine for request in asked for machine in request.machines)
            ruleset = ruleset.after(max(self.clock() - request.created_at for request in asked))
            await self.directory.look(ruleset, deciding, others, since=since, within=LOOK_BEHIND_ACK)

        def work(tx: Transaction, request_id: str, known: frozenset[tuple[str, float]]) -> None:
            request = tx.requests.lock(request_id)
            if request is None or request.state is not State.PENDING or self.clock() >= request.expires_at:
                return
            # What was given since the question is not answered by it: the next look counts that.
            if _given(request) <= known:
                policy = self.directory.rights(since, self.rules.of(request))
                counted = self.count(tx, request, policy, keep=True)
                if counted.state is not State.PENDING:
                    log.info("request.decided", decision="recount", request_id=request_id, state=counted.state)

        for request in requests:
            await self.store.transact(partial(work, request_id=request.id, known=_given(request)))

    def count(self, tx: Transaction, request: ImageRequest, policy: Policy, *, keep: bool = False) -> ImageRequest:
        """Weighs the approvals of a request that waits, and moves it on when there are enough: with the state and the
        decisions that it has then.

        Args:
            tx: in which.
            request: which, as it stands: locked.
            policy: with what is known of people now.
            keep: what is not known now leaves what was known before, on the card, though it does not count.
        """
        now, request_id, state = self.clock(), request.id, request.state
        valid = quorum.valid_approvals(request, policy)
        needs = quorum.needs(request, valid, policy)
        decisions: list[Decision] = []
        for was, weighed in zip(request.decisions, quorum.weighed(request, policy), strict=True):
            forgets = was.validity is Validity.VALID and weighed.validity is Validity.UNCONFIRMED
            if was.validity is weighed.validity or (keep and forgets):
                decisions.append(was)
                continue
            decisions.append(weighed)
            version = tx.requests.note_validity(request_id, weighed, at=now)
            if weighed.validity is Validity.VOID:
                self._tell_void(tx, request, was.approver, policy, version)
        if not any(need.missing for need in needs):
            state = Move.APPROVE.target
            tx.requests.advance(
                request_id,
                Move.APPROVE,
                at=now,
                actor=valid[-1].approver,
                approved_at=now,
                expires_at=self.good_until(tx, request),
                noted=(),
            )
        elif (noted := self._out_of_reach(request, needs)) is not None:
            tx.requests.note(request_id, noted)
        return replace(request, state=state, decisions=tuple(decisions))

    def good_until(self, tx: Transaction, request: ImageRequest) -> float:
        """Until when an approval of now is good, in unix seconds: as long as ever once it may begin, whatever it waits
        for until then.
        """
        return self.gate.opens_at(tx, request, max(self.clock(), request.begin_at)) + self.approval_ttl

    def _out_of_reach(self, request: ImageRequest, needs: Sequence[Need]) -> tuple[Problem, ...] | None:
        """Of which rules the quorum can no longer be reached; None while that is not known of one."""
        heard = self.directory.policy(Ruleset(tuple(need.rule for need in needs)))
        problems: list[Problem] = []
        for one, need in zip(heard.rules, needs, strict=True):
            able = quorum.able_to_approve(one, heard, request.requester, besides=need.given)
            if able is None:
                return None
            if able < need.missing:
                facts = {"missing": str(need.missing), "able": str(able)}
                problems.append(by_rule(Code.APPROVERS_LEFT, Code.APPROVERS_LEFT_BY_RULE, need.rule, facts))
        return tuple(problems)

    def _tell_void(self, tx: Transaction, request: ImageRequest, approver: str, policy: Policy, version: int) -> None:
        """Somebody's approval does not count: they hear of it, unless they gave it by another id of theirs as well."""
        ruling = rights.may(Action.APPROVE, Actor(approver), policy, request)
        for problem in ruling.problems[:1]:
            kind = Notice.APPROVAL_OWN if problem.code is Code.OWN_REQUEST else Notice.APPROVAL_VOID
            tx.notices.owe(kind, Place.APPROVER, conversation=approver, request_id=request.id, version=version)


def by_rule(plain: Code, ruled: Code, rule: Rule, facts: Mapping[str, str]) -> Problem:
    """A problem of the settings, or of a rule, which is named then."""
    return Problem(ruled, facts={**facts, "rule": rule.name}) if rule.name else Problem(plain, facts=facts)


def approvals(request: ImageRequest) -> list[Decision]:
    """The approvals among the decisions, whatever they are worth."""
    return [decision for decision in request.decisions if decision.verdict is Verdict.APPROVE]


def _given(request: ImageRequest) -> frozenset[tuple[str, float]]:
    """Who has approved, and when."""
    return frozenset((decision.approver, decision.at) for decision in approvals(request))


def existing(request: ImageRequest | None, request_id: str) -> ImageRequest:
    """A request that was looked for.

    Raises:
        UserError: there is none.
    """
    if request is None:
        raise UserError(Problem(Code.REQUEST_NOT_FOUND, facts={"request": request_id}))
    return request
