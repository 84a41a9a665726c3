"""What the rules name, asked of Slack: the channels of their cards, and the people and groups."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.rule import SETTINGS, Rule, Rulebook
from bot.probes.people import Behind, Look
from bot.probes.probe import Finding, Level, Probe, ok
from bot.probes.slack import failed
from bot.settings.settings_rule import VARIABLES
from bot.slack.protocol.web_api import SlackError, call

_INVITE = "in that channel: /invite @createimage-bot"

_HOW_BAD = (Level.OK, Level.UNPROVED, Level.WARNING, Level.FAILED)


@dataclass(frozen=True, kw_only=True)
class RuleProbes:
    """Questions to Slack about all rules that are in force; of one by which nobody may ask, none."""

    client: AsyncWebClient
    rules: Callable[[], Rulebook]

    def probes(self) -> Sequence[Probe]:
        """Each of every rule at once: which rules there are may change while the bot runs."""
        return (
            Probe("approval channel", self.approval_channel),
            Probe("approvers", self.who_approves),
            Probe("requesters", self.who_requests),
        )

    async def approval_channel(self) -> Finding:
        """Reachable, with the bot in it: only members may read a history (Slack: conversations.history)."""
        rules = self._asked()
        channels = list(dict.fromkeys(rule.channel for rule in rules))
        answers = dict(zip(channels, await asyncio.gather(*map(self._answer_of, channels)), strict=True))
        return _together([(rule, _channel(rule, answers[rule.channel])) for rule in rules])

    async def who_approves(self) -> Finding:
        """The people and groups exist, and are enough: also for what one of them asks for."""
        look = Look(self.client)
        return await self._of_each(lambda rule: _approvers(rule, look))

    async def who_requests(self) -> Finding:
        """Likewise of those who may ask."""
        look = Look(self.client)
        return await self._of_each(lambda rule: _requesters(rule, look))

    async def _of_each(self, ask: Callable[[Rule], Awaitable[Sequence[Finding]]]) -> Finding:
        async def one(rule: Rule) -> Sequence[Finding]:
            try:
                return await ask(rule)
            except SlackError as error:
                return [failed(error, "see `slack token` and `slack scopes`")]

        rules = self._asked()
        found = await asyncio.gather(*map(one, rules))
        return _together([(rule, finding) for rule, several in zip(rules, found, strict=True) for finding in several])

    def _asked(self) -> Sequence[Rule]:
        return [rule for rule in self.rules().rules if not rule.refuse]

    async def _answer_of(self, channel: str) -> SlackError | None:
        try:
            await call(self.client.conversations_history(channel=channel, limit=1))
        except SlackError as error:
            return error
        return None


def _channel(rule: Rule, error: SlackError | None) -> Finding:
    """What the answer about its channel means for a rule."""
    if error is None:
        return ok(f"the bot is a member of {rule.channel}")
    if error.code == "not_in_channel":
        return Finding(Level.FAILED, f"the bot is not a member of {rule.channel}", _INVITE)
    if error.code in {"channel_not_found", "is_archived"}:
        return Finding(
            Level.FAILED,
            f"{rule.channel}: {error.code}; it is not there, or private and the bot is not a member of it",
            f"look at {_called('channel', rule)}, and {_INVITE}",
        )
    return failed(error, f"look at {_called('channel', rule)} and at `slack scopes`")


async def _approvers(rule: Rule, look: Look) -> Sequence[Finding]:
    now, later = await look.behind(rule.approvers), await look.behind(rule.escalate_to)
    wrong = [
        *_who(now, _called("approvers", rule)),
        *_who(later, "escalate_to"),
        *_who(await look.behind(rule.emergency), "emergency"),
    ]
    able = now.people | later.people
    ask = await look.behind(rule.requesters) if rule.requesters else None
    of_them = able - now.guests - later.guests if ask is None else (ask.people - ask.guests) & able
    others = ask is None or bool(ask.people - ask.guests - able)
    if not any(finding.level is Level.FAILED for finding in wrong):
        wrong += _quorum(rule, able, of_them, others=others)
    return wrong or [ok(f"known to Slack: {len(able)} who may, {rule.quorum} needed")]


def _quorum(rule: Rule, able: Collection[str], of_them: Collection[str], *, others: bool) -> Iterator[Finding]:
    """What keeps requests from getting as many approvals as they need.

    Args:
        rule: by which they need them.
        able: who may approve.
        of_them: those of them who may ask too.
        others: whether anybody else may.
    """
    approvers, needed = _called("approvers", rule), rule.quorum
    if len(able) < needed:
        yield Finding(Level.FAILED, f"{needed} are needed, and there are {len(able)}", f"correct {approvers}")
    elif len(able) == needed and not rule.self_approval and of_them:
        said = f"{needed} needed, and {len(able)} who may: what one of them asks for can never be approved"
        yield Finding(
            Level.WARNING if others else Level.FAILED,
            said if others else f"{said}, and nobody else may ask",
            f"add people to {approvers}, lower {_called('quorum', rule)}, or set {_called('self_approval', rule)}=true",
        )


async def _requesters(rule: Rule, look: Look) -> Sequence[Finding]:
    if not rule.requesters:
        return [ok("every full member may ask")]
    found, key = await look.behind(rule.requesters), _called("requesters", rule)
    wrong = list(_who(found, key))
    may_ask = found.people - found.guests
    if found.guests:
        said = f"{', '.join(sorted(found.guests))}: guests, who may not ask for images"
        wrong.append(Finding(Level.WARNING, said, f"correct {key}"))
    if not may_ask and not found.unknown:
        said = "; ".join(("nobody may ask", *(finding.said for finding in wrong)))
        wrong = [Finding(Level.FAILED, said, f"correct {key}")]
    return wrong or [ok(f"known to Slack: {len(may_ask)} who may")]


def _who(found: Behind, key: str) -> Iterator[Finding]:
    """What is wrong with the ids of people and groups that a key names."""
    if found.unknown:
        yield Finding(Level.FAILED, f"Slack does not know {', '.join(found.unknown)}", f"correct {key}")
    if found.nobody:
        said = f"{', '.join(found.nobody)}: deactivated, a bot, or a group with nobody in it"
        yield Finding(Level.WARNING, said, f"correct {key}")


def _called(key: str, rule: Rule) -> str:
    """What a key of a rule is called where it stands: in the file, or in the environment."""
    return key if rule.name else VARIABLES[key]


def _together(found: Sequence[tuple[Rule, Finding]]) -> Finding:
    """One finding of all rules: what is wrong, or else what is well, each with the rules of which it is so."""
    worst = max((finding.level for _, finding in found), key=_HOW_BAD.index, default=Level.OK)
    told = [(rule, finding) for rule, finding in found if worst is Level.OK or not finding.is_well]
    rules: dict[str, list[str]] = {}
    for rule, finding in told:
        rules.setdefault(finding.said, []).append(f'rule "{rule.name}"' if rule.name else "the settings")
    alone = {rule.name for rule, _ in found} == {SETTINGS}
    lines = [said if alone else f"{', '.join(names)}: {said}" for said, names in rules.items()]
    remedies = dict.fromkeys(finding.remedy for _, finding in told if finding.remedy)
    return Finding(worst, "\n".join(lines), "; ".join(remedies))
