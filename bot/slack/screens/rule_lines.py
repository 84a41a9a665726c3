"""What the rules say about a request: in the form before it is sent, and on its cards."""

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import Block, ContextBlock, SectionBlock

from bot.domain.cloud import ListedInstance
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import State
from bot.domain.request import ImageRequest
from bot.domain.rule import SETTINGS, Machine, Rule, Ruleset
from bot.slack.protocol.markup import conversation, escape, link, markdown, mentions, name, plain
from bot.slack.screens.plan_lines import parts
from bot.texts import rules as texts
from bot.texts import units
from bot.texts.problems import explain


def no_stop(ruleset: Ruleset, instances: Iterable[ListedInstance], language: str) -> list[str]:
    """Why some instances are not stopped, as plain text: by which rule."""
    kept: dict[str, list[str]] = {}
    for instance in instances:
        rule = _rule_of(instance, ruleset)
        kept.setdefault(rule.name if rule else SETTINGS, []).append(name(instance.called))
    return [
        texts.NO_STOP_BY_RULE(language, rule=rule, instance=units.listed(called, language))
        if rule
        else texts.NO_STOP(language, instance=units.listed(called, language))
        for rule, called in kept.items()
    ]


def _rule_of(instance: ListedInstance, ruleset: Ruleset) -> Rule | None:
    """The rule that decides about one of the instances of a form, where it is known."""
    machine = Machine.of(instance)
    return next((rule for rule in ruleset.rules if rule.match.takes(machine)), None)


def refusals(ruleset: Ruleset, instances: Iterable[ListedInstance], language: str) -> list[Block]:
    """What stands first of all in a form: of which of its instances nobody may ask for an image, and why."""
    refused: dict[str, list[str]] = {}
    for instance in instances:
        rule = _rule_of(instance, ruleset)
        if rule and rule.refuse:
            refused.setdefault(rule.refuse, []).append(instance.called)
    said = [
        explain(Problem(Code.REFUSED_BY_RULE, facts={"instance": units.listed(called, language), "why": why}), language)
        for why, called in refused.items()
    ]
    return [SectionBlock(text=plain("\n".join(f"⚠️ {one}" for one in said)))] if said else []


def warnings(ruleset: Ruleset) -> list[Block]:
    """What stands first, in the form and on a card."""
    return [SectionBlock(text=plain(text)) for text in warning_lines(ruleset)]


def warning_lines(ruleset: Ruleset) -> list[str]:
    """The same as text."""
    return [f"⚠️ {warning}" for warning in ruleset.warnings]


def destination(ruleset: Ruleset, language: str) -> list[Block]:
    """Where a form goes when it is sent, and who decides there; nowhere where nobody may ask."""
    if ruleset.refusals:
        return []
    lines = [_goes_to(rule, ruleset, language) for rule in ruleset.rules]
    return [ContextBlock(elements=[markdown(part) for part in parts(lines, language)])]


def hours(ruleset: Ruleset, language: str) -> list[str]:
    """When steps may begin, as plain text; empty where that is at any time."""
    said = [texts.HOURS(language, hours=texts.hours(rule.hours, language)) for rule in ruleset.rules if rule.hours]
    return list(dict.fromkeys(said))


def tickets(ruleset: Ruleset, language: str) -> list[str]:
    """Which tickets are asked for, as plain text; empty where there are none."""
    return [
        texts.TICKET_WANTED(language, such=texts.ticket(ticket.example, ticket.pattern, rule, language))
        for ticket, rule in ruleset.tickets.items()
    ]


def _goes_to(rule: Rule, ruleset: Ruleset, language: str) -> str:
    facts = {
        "channel": conversation(rule.channel),
        "count": str(rule.quorum),
        "approvers": units.listed(mentions(rule.approvers), language),
    }
    if len(ruleset.rules) == 1:
        return texts.GOES_TO(language, **facts)
    return texts.GOES_TO_FOR(language, rule=rule_name(rule, language), **facts)


def rule_name(rule: Rule, language: str) -> str:
    """What people call a rule; the settings are what holds for the other machines."""
    return called(rule.name, language)


def called(name: str, language: str) -> str:
    """The same by the rule's name."""
    return escape(name) or texts.OTHER_MACHINES(language)


def small(request: ImageRequest, ruleset: Ruleset) -> Sequence[str]:
    """What stands small on a card: the ticket as a link, the rules by which it is decided, and when it may begin."""
    language, lines = request.language, []
    for wanted in ruleset.tickets:
        if ticket := wanted.found_in(request.plan.description, request.note):
            address = wanted.address(ticket)
            shown = link(address, ticket) if address else escape(ticket)
            lines.append(texts.TICKET(language, ticket=shown))
    if ruleset.hash and any(ruleset.names):
        names = [rule_name(rule, language) for rule in ruleset.rules]
        lines.append(
            texts.RULES(language, names=units.listed(names, language))
            if len(names) > 1
            else texts.RULE(language, name=names[0])
        )
    if request.state is State.PENDING:
        lines += [escape(line) for line in hours(ruleset, language)]
    return lines
