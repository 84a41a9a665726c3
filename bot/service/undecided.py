"""Who can still decide about a request and has not: whom it is worth calling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain import quorum
from bot.domain.lifecycle import Notice, Place
from bot.domain.quorum import Need
from bot.domain.reminders import still_to_decide
from bot.domain.request import ImageRequest, Validity
from bot.domain.rule import Rule
from bot.domain.slack_ids import is_group
from bot.service.count import approvals
from bot.service.current_rules import CurrentRules
from bot.service.ports import Directory
from bot.store import Transaction


@dataclass(frozen=True, kw_only=True)
class Undecided:
    """By the rules that are in force now, and as last heard of Slack: who is called gets no right by it."""

    rules: CurrentRules
    directory: Directory

    def needs(self, request: ImageRequest) -> Sequence[Need]:
        """What each rule has of the approvals that it wants."""
        counted = [given for given in approvals(request) if given.validity is Validity.VALID]
        return quorum.needs(request, counted, self.directory.policy(self.rules.of(request)))

    def missing(self, request: ImageRequest) -> Sequence[Rule]:
        """The rules that still miss approvals, after as long as the request has waited."""
        return [need.rule for need in self.needs(request) if need.missing]

    def called(self, request: ImageRequest, call: "Call") -> tuple[str, ...]:
        """Ids of the people and groups to be mentioned: by rules that miss nothing any more, nobody."""
        policy = self.directory.policy(self.rules.of(request))
        missing = {rule.name for rule in self.missing(request)} & set(call.rules)
        members = {one: self.directory.members(one) for one in call.asked if is_group(one)}
        return tuple(
            dict.fromkeys(
                called
                for one in policy.rules
                if one.rule.name in missing
                for called in still_to_decide(request, one, policy, asked=call.asked, members=members)
            )
        )


@dataclass(frozen=True, kw_only=True)
class Call:
    """One message to those who can still decide, below one card."""

    channel: str  # of the card
    rules: tuple[str, ...]  # the names of the rules by which they decide
    asked: tuple[str, ...]  # ids of the people and groups among whom they are

    def owe(self, tx: Transaction, kind: Notice, request_id: str, version: int) -> None:
        """It is to be sent, unless one of this kind, by the same rules, has not been sent yet: what that says is made
        when it is sent.
        """
        if tx.notices.calling(kind, request_id, self.channel).issuperset(self.rules):
            return
        tx.notices.owe(
            kind,
            Place.THREAD,
            conversation="",
            request_id=request_id,
            version=version,
            cards=[self.channel],
            rules=self.rules,
            asked=self.asked,
        )


def calls(rules: Iterable[tuple[Rule, Iterable[str]]]) -> Sequence[Call]:
    """The messages that call people by several rules: those of one channel are one.

    Args:
        rules: each with the ids of the people and groups whom it calls.
    """
    found: dict[str, list[tuple[str, Iterable[str]]]] = {}
    for rule, asked in rules:
        found.setdefault(rule.channel, []).append((rule.name, asked))
    return [
        Call(
            channel=channel,
            rules=tuple(name for name, _ in here),
            asked=tuple(dict.fromkeys(one for _, asked in here for one in asked)),
        )
        for channel, here in found.items()
    ]
