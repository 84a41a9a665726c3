"""Ways to break on purpose what the rules of a file say, each of which the simulation finds."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from unittest.mock import patch

from bot.domain import policy
from bot.domain.lifecycle import Notice
from bot.domain.policy import Action, Ruling
from bot.domain.request import ImageRequest
from bot.domain.rule import Machine, Rulebook, Ruleset
from bot.service.gate import Gate
from bot.store.notices import Notices
from bot.store.requests import Requests


def _at_any_hour() -> Iterator[Any]:
    """What is approved begins, whatever the hours of its rule are."""
    yield patch.object(Gate, "closed", lambda *_: None)


def _through_a_freeze() -> Iterator[Any]:
    """What is frozen begins all the same."""
    yield patch.object(Gate, "frozen", lambda *_: None)


def _emergency_by_anybody() -> Iterator[Any]:
    """Whoever presses the button may begin before anybody has approved."""
    may = policy.may

    def whoever(action: Action, *whose: Any) -> Ruling:
        return Ruling() if action is Action.EMERGENCY else may(action, *whose)

    yield patch.object(policy, "may", whoever)


def _passed_over_in_silence() -> Iterator[Any]:
    """Nobody is told that something was begun without them."""
    owe = Notices.owe

    def or_not(self: Notices, kind: Notice, *where: Any, **more: Any) -> None:
        if kind is not Notice.PASSED_OVER:
            owe(self, kind, *where, **more)

    yield patch.object(Notices, "owe", or_not)


def _question_puts_off() -> Iterator[Any]:
    """While a question waits for its answer, the request waits for its approval."""
    ask = Requests.ask

    def and_wait(self: Requests, request: ImageRequest, *what: Any, **more: Any) -> None:
        ask(self, request, *what, **more)
        self.keep_until(request.id, request.expires_at + 60)

    yield patch.object(Requests, "ask", and_wait)


def _one_rule_of_several() -> Iterator[Any]:
    """Of several rules, the first one decides for all machines."""
    ruleset = Rulebook.ruleset

    def first(self: Rulebook, machines: Iterable[Machine]) -> Ruleset:
        return Ruleset(ruleset(self, machines).rules[:1], self.hash)

    yield patch.object(Rulebook, "ruleset", first)


OF_RULES: dict[str, Callable[[], Iterator[Any]]] = {
    "at-any-hour": _at_any_hour,
    "through-a-freeze": _through_a_freeze,
    "one-rule-of-several": _one_rule_of_several,
    "emergency-by-anybody": _emergency_by_anybody,
    "passed-over-in-silence": _passed_over_in_silence,
    "question-puts-off": _question_puts_off,
}
"""By name."""
