"""Reminding: those who can still decide are called now and then, and after a while the next group is asked too."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from bot.domain.lifecycle import Notice, State
from bot.domain.reminders import NOTHING, Reminded, asked_too, may_call, next_look, next_reminder
from bot.domain.request import ImageRequest
from bot.domain.rule import Rule
from bot.service.current_rules import CurrentRules
from bot.service.ports import Clock
from bot.service.undecided import Undecided, calls
from bot.store import Store, Transaction

log = structlog.get_logger(__name__)

AT_ONCE = 100
"""Requests looked at one after another, each in a transaction of its own."""


@dataclass(frozen=True, kw_only=True)
class Reminding:
    """Owes what is due. A message is written when it is sent, so one that was held up says what is so by then."""

    store: Store
    rules: CurrentRules
    undecided: Undecided
    clock: Clock

    async def remind(self) -> None:
        """Looks at the requests that it is time for. Of several processes that do so one finds something to be done."""
        now = self.clock()
        for request_id in await self.store.read(lambda tx: tx.reminders.due(now, AT_ONCE)):
            await self.store.transact(partial(self._look, request_id=request_id))

    def _look(self, tx: Transaction, request_id: str) -> None:
        request, now = tx.requests.lock(request_id), self.clock()
        if request is None or request.state is not State.PENDING or now >= request.expires_at:
            return
        tx.reminders.bring_back(request_id, now=now)
        told, missing = tx.reminders.of(request_id), {rule.name for rule in self.undecided.missing(request)}
        rules = [rule for rule in self.rules.at_first(request).rules if rule.name in missing]
        self._escalate(tx, request, [rule for rule in rules if _escalates(rule, request, told, now)], now)
        newly = self._call_next(tx, request, [rule for rule in rules if _is_to_be_told(rule, request, told, now)], now)
        due = [rule for rule in rules if (at := _next(rule, request, told, now)) is not None and at <= now]
        self._remind(tx, request, due, newly, now)
        told = tx.reminders.of(request_id)
        tx.reminders.look_at(request_id, next_look(rules, created_at=request.created_at, told=told, now=now))

    def _escalate(self, tx: Transaction, request: ImageRequest, rules: Sequence[Rule], now: float) -> None:
        """More people are approvers from here on, as the rules themselves say: it is noted, and the cards name them."""
        for rule in rules:
            asked = asked_too(rule, now - request.created_at)
            tx.reminders.escalated(request.id, rule.name, at=now)
            detail = {"rule": rule.name, "asked": json.dumps(asked)}
            tx.requests.record(request.id, now, "", "escalate", detail)
            log.info("request.escalated", request_id=request.id, rule=rule.name)
        if rules:
            tx.versions.touch(request.id)

    def _call_next(self, tx: Transaction, request: ImageRequest, rules: Sequence[Rule], now: float) -> Collection[str]:
        """Tells the next groups that they are asked too; the names of the rules by which somebody was told."""
        newly: set[str] = set()
        for call in calls((rule, asked_too(rule, now - request.created_at)) for rule in rules):
            if self.undecided.called(request, call):
                call.owe(tx, Notice.ESCALATED, request.id, tx.reminders.escalation_told(request.id, call.rules))
                newly.update(call.rules)
        return newly

    def _remind(
        self, tx: Transaction, request: ImageRequest, rules: Sequence[Rule], newly: Collection[str], now: float
    ) -> None:
        """Reminds those who decide by these rules; whoever is only told now that they are asked needs no reminder."""
        waited = now - request.created_at
        due = ((rule, (rule if rule.name in newly else rule.after(waited)).approvers) for rule in rules)
        for call in calls(due):
            if self.undecided.called(request, call):
                call.owe(tx, Notice.REMINDER, request.id, tx.reminders.told(request.id, call.rules, at=now))


def _next(rule: Rule, request: ImageRequest, told: Mapping[str, Reminded], now: float) -> float | None:
    last_at = told.get(rule.name, NOTHING).last_at
    return next_reminder(rule, created_at=request.created_at, last_at=last_at, now=now)


def _escalates(rule: Rule, request: ImageRequest, told: Mapping[str, Reminded], now: float) -> bool:
    """Whether the next group has become approvers just now."""
    is_new = told.get(rule.name, NOTHING).escalated_at is None
    return is_new and bool(asked_too(rule, now - request.created_at))


def _is_to_be_told(rule: Rule, request: ImageRequest, told: Mapping[str, Reminded], now: float) -> bool:
    """Whether the next group is still to be called, and may be at this time."""
    is_new = not told.get(rule.name, NOTHING).escalation_told
    return is_new and may_call(rule, now) and bool(asked_too(rule, now - request.created_at))
