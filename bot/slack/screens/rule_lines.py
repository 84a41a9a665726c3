"""What the rules say about a request: in the form before it is sent, and on its cards."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ContextBlock, SectionBlock

from bot.domain.request import ImageRequest
from bot.domain.rule import Rule, Ruleset
from bot.slack.protocol.markup import code, conversation, escape, markdown, mentions, plain
from bot.slack.screens.plan_lines import parts
from bot.texts import rules as texts
from bot.texts import units


def warnings(ruleset: Ruleset) -> list[Block]:
    """What stands first, in the form and on a card."""
    return [SectionBlock(text=plain(text)) for text in warning_lines(ruleset)]


def warning_lines(ruleset: Ruleset) -> list[str]:
    """The same as text."""
    return [f"⚠️ {warning}" for warning in ruleset.warnings]


def destination(ruleset: Ruleset, language: str) -> list[Block]:
    """Where a form goes when it is sent, who decides there, and what is asked for besides."""
    refused = [texts.REFUSED(language, why=why) for why in ruleset.refusals]
    if refused:
        return [SectionBlock(text=plain("⚠️ " + text)) for text in refused]
    lines = [_goes_to(rule, ruleset, language) for rule in ruleset.rules]
    lines += [
        escape(texts.HOURS(language, hours=texts.hours(rule.hours, language))) for rule in ruleset.rules if rule.hours
    ]
    lines += [texts.TICKET_WANTED(language, pattern=code(ticket.pattern)) for ticket in ruleset.tickets]
    return [ContextBlock(elements=[markdown(part) for part in parts(list(dict.fromkeys(lines)), language)])]


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
    """What stands small on a card: the ticket as a link, and the rules by which it is decided."""
    language, lines = request.language, []
    for wanted in ruleset.tickets:
        if ticket := wanted.found_in(request.plan.description, request.note):
            address = wanted.address(ticket)
            shown = f"<{escape(address).replace('|', '%7C')}|{escape(ticket)}>" if address else escape(ticket)
            lines.append(texts.TICKET(language, ticket=shown))
    if ruleset.hash and any(ruleset.names):
        names = units.listed([rule_name(rule, language) for rule in ruleset.rules], language)
        lines.append(texts.RULES(language, names=names))
    return lines
