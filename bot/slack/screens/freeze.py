"""What is frozen, in words: answers to the command, messages to channels, lines of forms, cards and lists."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, SectionBlock

from bot.domain.freeze import Freeze
from bot.domain.lifecycle import Notice
from bot.service.freezing import Begun, Lifted
from bot.slack.protocol.freeze_words import EXAMPLE
from bot.slack.protocol.markup import code, markdown, mentions, moment, person
from bot.slack.screens.message import Message
from bot.slack.screens.rule_lines import called
from bot.texts import freeze as texts
from bot.texts import units


def line(freeze: Freeze, language: str) -> str:
    """What stands on a form that it holds up: until when, by whom, and why."""
    return units.sentences(still(freeze, language), texts.MEANWHILE(language), language=language)


def waits(freeze: Freeze, language: str) -> str:
    """What stands on the card of a request that waits for approval."""
    return units.sentences(still(freeze, language), texts.MEANWHILE_HERE(language), language=language)


def facts(freeze: Freeze, language: str) -> dict[str, str]:
    """What there is to say of a freeze: `when`, `person` and `why`, which may be empty."""
    why = texts.WHY(language, why=code(freeze.why)) if freeze.why else ""
    return {"when": moment(freeze.until), "person": person(freeze.by), "why": why}


def still(freeze: Freeze, language: str) -> str:
    """What stands on the card of a request that is under way."""
    return f"🧊 {texts.FROZEN(language, **facts(freeze, language))}"


def listed(freezes: Sequence[Freeze], language: str) -> list[str]:
    """What stands on top of a list, a line each: what is frozen."""
    return [
        units.sentences(still(one, language), texts.HOLDS_FOR(language, scope=_scope(one, language)), language=language)
        for one in freezes
    ]


def blocks(freezes: Sequence[Freeze], language: str) -> list[Block]:
    """The same as blocks."""
    return [SectionBlock(text=markdown(text)) for text in listed(freezes, language)]


def now(freezes: Sequence[Freeze], language: str) -> str:
    """The answer to who asks what is frozen."""
    return "\n".join(listed(freezes, language)) or texts.NOTHING(language, example=EXAMPLE)


def no_duration(words: str, language: str) -> str:
    """The answer to who does not say for how long."""
    return texts.NO_DURATION(language, words=code(words), example=EXAMPLE)


def begun(freeze: Freeze, language: str) -> str:
    """It has begun: to who said so, and to everybody there."""
    nothing_new = texts.NOTHING_NEW if freeze.scope is None else texts.NOTHING_NEW_THERE
    what = texts.BEGUN(language, scope=_scope(freeze, language), **facts(freeze, language))
    means = units.sentences(nothing_new(language), texts.ALL_THE_SAME(language), language=language)
    return f"🧊 {what}\n{means}"


def begun_by(what: Begun, language: str) -> str:
    """What came of somebody's word that things are to be frozen: what is, and what Slack did not tell of."""
    lines = [begun(what.freeze, language)]
    if what.not_told:
        scope = units.listed([called(name, language) for name in what.not_told], language)
        lines.append(texts.NOT_TOLD(language, person=person(what.freeze.by), scope=scope))
    return "\n".join(lines)


def ended(freeze: Freeze, in_force: Sequence[Freeze], language: str) -> str:
    """Somebody has ended it before its time: to everybody there, with what of it others still hold frozen."""
    held = [_goes_on(one, language) for one in in_force if one.overlaps(freeze)]
    return "\n".join([_ended(freeze, in_force, language), *held])


def lifted(what: Lifted, language: str) -> str:
    """What came of somebody's word that freezes are to end."""
    in_force = [one.freeze for one in what.kept] + list(what.not_told)
    lines = [_ended(one, in_force, language) for one in what.ended]
    for one in what.kept:
        enders = texts.CAN_END(language, people=units.listed(mentions(one.enders), language))
        lines.append(units.sentences(_goes_on(one.freeze, language), enders, language=language))
    for freeze in what.not_told:
        again = texts.END_NOT_TOLD(language, person=person(what.by))
        lines.append(units.sentences(_goes_on(freeze, language), again, language=language))
    return "\n".join(lines) or texts.NOTHING(language, example=EXAMPLE)


def freeze_message(kind: Notice, freeze: Freeze, in_force: Sequence[Freeze], language: str) -> Message:
    """What a channel hears.

    Args:
        kind: whether it has begun or was ended.
        freeze: which.
        in_force: what is frozen now.
        language: the channel's.
    """
    said = begun(freeze, language) if kind is Notice.FROZEN else ended(freeze, in_force, language)
    return Message.of([said], [SectionBlock(text=markdown(said))], language)


def _ended(freeze: Freeze, in_force: Sequence[Freeze], language: str) -> str:
    """That it was ended, and that what waited for it begins, where no other holds it up."""
    words = texts.ENDED_OWN if freeze.ended_by == freeze.by else texts.ENDED
    scope = _scope(freeze, language)
    said = words(language, person=person(freeze.ended_by), beginner=person(freeze.by), scope=scope)
    if any(one.overlaps(freeze) for one in in_force):
        return said
    return units.sentences(said, texts.BEGINS(language), language=language)


def _goes_on(freeze: Freeze, language: str) -> str:
    beginner, scope = person(freeze.by), _scope(freeze, language)
    return texts.STILL(language, when=moment(freeze.until), beginner=beginner, scope=scope)


def _scope(freeze: Freeze, language: str) -> str:
    if freeze.scope is None:
        return texts.EVERYTHING(language)
    return units.listed([called(name, language) for name in freeze.scope], language)
