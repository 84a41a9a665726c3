"""`policy explain`: which rule decides about an instance, why, and who could approve."""

import json
import math
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click

from bot.cli.console import columns
from bot.clients import Clients, connect, who_is_who
from bot.domain.cloud import ListedInstance
from bot.domain.errors import Code, Fault
from bot.domain.hours import Hours
from bot.domain.rule import SETTINGS, Machine, Rule, Ruleset, Ticket
from bot.logs import printable
from bot.service.explain import Could, Explanation, explained
from bot.service.listing import Listing
from bot.service.resolve import Found, Nothing, Resolving, Several
from bot.service.search import Search
from bot.settings import PolicyFile, Settings, load_policy_file
from bot.settings.settings_rule import VARIABLES
from bot.settings.values import written

WITHIN = 30.0
"""Seconds that JD Cloud has to list a region, and Slack to say who somebody is: an operator can wait."""

KEYS = (
    *("channel", "approvers", "quorum", "requesters", "self_approval", "stopping", "live", "hours", "ticket"),
    *("warning", "remind_after", "remind_hours", "escalate_after", "escalate_to", "refuse", "emergency"),
)
"""Those of a rule that say what holds, in the order in which they are told."""

_SAYS_NOTHING = {
    "requesters": "every full member",
    "hours": "at any time",
    "remind_after": "never",
    "remind_hours": "at any time",
    "escalate_after": "never",
    "escalate_to": "nobody",
    "refuse": "nobody is refused",
    "emergency": "nobody",
}
"""What it means that a key says nothing; of the others "none"."""

_COULD = {
    Could.NOW: "yes",
    Could.LATER: "after {after}",
    Could.GONE: "no: deactivated, a bot, or nobody that Slack knows",
    Could.ASKS: "no: asks for it",
    Could.UNTOLD: "not known: Slack has not told",
}

_AGAINST = {
    Code.NOT_A_MEMBER: "a guest, of another organisation, a bot, or deactivated",
    Code.NOT_A_REQUESTER: "not among `requesters`",
    Code.PERSON_NOT_FOUND: "Slack knows nobody by this id",
    Code.ROLE_UNKNOWN: "Slack has not told",
}


def person(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """The id of a person, or nothing.

    Raises:
        click.BadParameter: it is something else.
    """
    if value and not re.fullmatch(r"[UW][A-Z0-9]+", value):
        raise click.BadParameter(f"{value!a} is no id of a person; expected one such as U012AB3CD")
    return value


@dataclass(frozen=True)
class Answer:
    """What is told about an instance."""

    found: Explanation
    file: PolicyFile
    path: str  # of the file; empty where there is none

    def source(self, key: str) -> str:
        """What says what holds: the rule, a variable, or, empty, nothing."""
        said = self.file.said.get(self.found.rule.name, frozenset())
        if key in said:
            return "the rule"
        if key == "remind_hours" and "hours" in said:
            return "its hours"
        return VARIABLES.get(key, "")


async def ask(settings: Settings, word: str, requester: str) -> Answer:
    """Asks JD Cloud which instance is meant, and Slack who people are.

    Args:
        settings: with or without a policy file.
        word: an instance, by its id, name or private IP.
        requester: the id of who would ask; empty: nobody in particular.

    Raises:
        PolicyError: the policy file has mistakes.
        Fault: it is not one instance, or it is not known which; or Slack does not take the token.
        SlackError: Slack does not answer.
    """
    file = load_policy_file(settings)
    async with connect(settings, make_database=False) as clients:
        instance = await _instance(settings, clients, word)
        rules = Ruleset((file.book.rule_for(Machine.of(instance)),), file.book.hash)
        async with who_is_who(clients, rules.after(math.inf)) as people:
            since = people.now()
            await people.refresh()
            await people.meet_approvers()
            if requester:
                await people.look_at_requester(rules, requester, since=since, within=WITHIN)
            actor = people.actor(requester, since) if requester else None
            found = explained(file.book, instance, people.rights(since, rules), actor, people.behind)
    return Answer(found, file, str(settings.policy_file or ""))


async def _instance(settings: Settings, clients: Clients, word: str) -> ListedInstance:
    listing = Listing(
        name="instances",
        fetch=clients.cloud.instances,
        words=lambda one: (one.name, one.id, one.private_ip),
        clock=time.time,
        wait=WITHIN,
    )
    try:
        search = Search(regions=settings.jdcloud_regions, instances=listing)
        (meaning,) = (await Resolving(search=search, cloud=clients.cloud).resolve([word])).meanings
    finally:
        await listing.close()
    if isinstance(meaning, Found):
        return meaning.instance
    if isinstance(meaning, Nothing):
        nearest = f"; nearest: {_named(meaning.nearest)}" if meaning.nearest else ""
        raise Fault(f"no instance in {', '.join(settings.jdcloud_regions)} is called {printable(word)}{nearest}")
    fitting = _named(meaning.instances) or "none elsewhere"
    if isinstance(meaning, Several):
        raise Fault(f"{printable(word)} may be any of these; give one by its id: {fitting}")
    untold = "; ".join(f"{one.region} cannot be asked ({one.why.code})" for one in meaning.unlisted)
    raise Fault(f"{untold}; of the other regions fits: {fitting}")


def _named(instances: Sequence[ListedInstance]) -> str:
    return ", ".join(printable(f"{one.name} ({one.id})") for one in instances)


def for_eyes(answer: Answer) -> str:
    """A page: the rule and why, what it says, who could approve, and whether it can be approved at all."""
    found = answer.found
    rows = [(key, _shown(found.rule, key), answer.source(key)) for key in KEYS]
    after = written(found.rule.escalate_after or 0.0)
    people = [(one.id, ", ".join(one.by), _COULD[one.could].format(after=after)) for one in found.candidates]
    parts = (
        "".join(f"{printable(line)}\n" for line in _decided(answer)),
        columns(("KEY", "SAYS", "SAID BY"), rows),
        columns(("PERSON", "NAMED BY", "COULD APPROVE"), people) if people else "",
        "".join(f"{printable(line)}\n" for line in _verdicts(found)),
    )
    return "\n".join(part for part in parts if part)


def _decided(answer: Answer) -> Iterator[str]:
    instance, rule, book = answer.found.instance, answer.found.rule, answer.file.book
    tags = "".join(f", {key}={value}" for key, value in instance.tags or ())
    yield f"{instance.name} ({instance.id}) in {instance.region}{tags}"
    if not answer.path:
        yield "The settings decide: there is no policy file."
        return
    of_file = f"{answer.path} (SHA-256 {book.hash[:12]}…)"
    if rule.name == SETTINGS:
        yield f"The settings decide: no rule of {of_file} takes it."
    else:
        yield f'The rule "{rule.name}" of {of_file} decides: it is the first that takes it.'
    for other, misses in answer.found.passed:
        yield f'Not "{other.name}": it does not fit its {" and its ".join(misses)}.'


def _verdicts(found: Explanation) -> Iterator[str]:
    rule, able = found.rule, found.able
    if rule.refuse:
        yield f"Nobody may ask: {rule.refuse}"
        return
    if able is None:
        yield f"Whether {rule.quorum} of them can approve is not known: Slack has not told of all of them."
    else:
        yield f"It can{'' if found.reachable else 'not'} be approved: {rule.quorum} needed, {able} who could."
    if found.requester:
        why = " and ".join(_AGAINST.get(problem.code, problem.code) for problem in found.against)
        yield f"{found.requester} may{f' not ask: {why}' if why else ' ask'}."


def _shown(rule: Rule, key: str) -> str:
    """What a rule says by a key, in one line."""
    match _plain(rule, key):
        case bool(value):
            return str(value).lower()
        case None | "" | []:
            return _SAYS_NOTHING.get(key, "none")
        case list(value):
            return ", ".join(value)
        case value:
            return str(value)


def _plain(rule: Rule, key: str) -> bool | int | str | list[str] | None:
    """What a rule says by a key, as it is written in the file; of a table, one line."""
    match getattr(rule, key):
        case Hours() as hours:
            return str(hours)
        case Ticket(pattern, link):
            return f"{pattern} {link}".strip()
        case float(seconds):
            return written(seconds)
        case tuple(items):
            return [written(item) if isinstance(item, float) else item for item in items]
        case bool() | int() | str() | None as value:
            return value
        case other:
            raise TypeError(f"{key}: {other!r}")


def for_programs(answer: Answer) -> str:
    """The same as JSON."""
    found, rule = answer.found, answer.found.rule
    told: dict[str, Any] = {
        "instance": {"id": found.instance.id, "name": found.instance.name, "region": found.instance.region},
        "rule": rule.name or None,
        "policy_hash": answer.file.book.hash or None,
        "passed": [{"rule": other.name, "misses": list(misses)} for other, misses in found.passed],
        "says": {key: {"value": _plain(rule, key), "said_by": answer.source(key) or None} for key in KEYS},
        "candidates": [{"id": one.id, "named_by": list(one.by), "could": one.could} for one in found.candidates],
        "needed": rule.quorum,
        "able": found.able,
        "reachable": found.reachable,
    }
    if found.requester:
        against: Sequence[str] = [problem.code for problem in found.against]
        told["requester"] = {"id": found.requester, "may_ask": not (against or rule.refuse), "against": against}
    return json.dumps(told, ensure_ascii=False, indent=2)
