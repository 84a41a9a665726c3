"""Who decides about a request, for messages about it: whom to call, and whose approval is missing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.lifecycle import State
from bot.domain.quorum import Need
from bot.domain.request import ImageRequest
from bot.service.current_rules import CurrentRules
from bot.service.ports import Directory
from bot.service.undecided import Call, Undecided


@dataclass(frozen=True, kw_only=True)
class Deciders:
    """By the rules that are in force now, and as last heard of Slack: it is only shown."""

    rules: CurrentRules
    directory: Directory
    mentions: Callable[[Iterable[str]], Sequence[str]]  # ids as they are to be mentioned, nobody twice

    def of(self, request: ImageRequest, channel: str = "") -> Sequence[str]:
        """Ids of the people and groups who decide about a request. Whoever has asked is not asked to approve it, where
        they may not, and there are others.

        Args:
            request: which.
            channel: those whose card goes there; where that is nobody, or none is given, all of them.
        """
        ruleset = self.rules.of(request)
        here = [rule for rule in ruleset.rules if rule.channel == channel]
        people = [one for rule in here or ruleset.rules for one in rule.approvers]
        if request.state is State.PENDING:
            known = self.directory.policy(ruleset)
            own = [] if known.self_approval else [one for one in people if known.ids.same(request.requester, one)]
            people = [one for one in people if one not in own] or people
        return self.mentions(people)

    def channel_of(self, request: ImageRequest, approver: str) -> str:
        """Where the card stands on which an approver decides; empty where nobody knows."""
        known = self.directory.policy(self.rules.of(request))
        return next((one.rule.channel for one in known.rules if known.holds(one.approvers, approver)), "")

    def needs(self, request: ImageRequest) -> Sequence[Need]:
        """What each rule has of the approvals that it wants."""
        return self._undecided.needs(request)

    def called(self, request: ImageRequest, call: Call) -> Sequence[str]:
        """Whom to mention of those who can still decide and have not."""
        return self.mentions(self._undecided.called(request, call))

    @property
    def _undecided(self) -> Undecided:
        return Undecided(rules=self.rules, directory=self.directory)
