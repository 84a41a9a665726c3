"""The fields of the request form that say when, and what becomes of a running instance meanwhile."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import Block, DateTimePickerElement, InputBlock, RadioButtonsElement, SectionBlock

from bot.domain.cloud import Instance
from bot.domain.draft import Draft
from bot.domain.plan import Order, WhileImaged
from bot.domain.rule import NO_RULES, Ruleset
from bot.domain.stopping import releases_when_stopped
from bot.slack.protocol import block_ids, ids
from bot.slack.protocol.block_ids import WhileBlock
from bot.slack.protocol.markup import name, plain
from bot.slack.screens import options, rule_lines
from bot.texts import Text, units
from bot.texts import request_form as texts

_CHOICES: Mapping[WhileImaged, Text] = {
    WhileImaged.STOP_AND_START: texts.STOP_AND_START,
    WhileImaged.STOPPED: texts.WHEN_STOPPED,
    WhileImaged.LIVE: texts.LIVE,
}


def while_imaged(draft: Draft, ruleset: Ruleset = NO_RULES) -> list[Block]:
    """What becomes of the instances that run; those that stand still need no choice. What is usual and not offered is
    missed: it is said why.
    """
    language, running = draft.language, _running(draft)
    if not running:
        return []
    choices = {each: options.option(each, _CHOICES[each](language), _details(each, draft)) for each in draft.offered}
    called = units.listed([name(each.called) for each in running], language)
    status = units.instance_status(running[0].status, language)
    one = texts.IT_IS(language, instance=called, status=status)
    which = one if len(running) == 1 else texts.EACH_THAT_RUNS(language, instances=called)
    not_stopped = [job.instance for job in draft.jobs if job.instance and job.offered and not job.may_be_stopped]
    hint = units.sentences(which, *rule_lines.no_stop(ruleset, not_stopped, language), language=language)
    group = InputBlock(
        block_id=WhileBlock.of(draft).encode(),
        label=plain(texts.WHILE_IMAGED(language)),
        hint=plain(hint, options.HINT),
        element=RadioButtonsElement(
            action_id=ids.WHILE_IMAGED, options=list(choices.values()), initial_option=choices[draft.meant]
        ),
    )
    return [group, *_releases(running, language)]


def order(draft: Draft) -> list[Block]:
    """How several images are made."""
    if len(draft.jobs) < 2:
        return []
    language = draft.language
    choices = {
        Order.ONE_AFTER_ANOTHER: options.option(
            Order.ONE_AFTER_ANOTHER, texts.ONE_AFTER_ANOTHER(language), texts.NEXT_WAITS(language)
        ),
        Order.SIDE_BY_SIDE: options.option(Order.SIDE_BY_SIDE, texts.SIDE_BY_SIDE(language), texts.AT_ONCE(language)),
    }
    return [
        InputBlock(
            block_id=block_ids.order_block(draft),
            label=plain(texts.HOW_THEY_RUN(language)),
            element=RadioButtonsElement(
                action_id=ids.ORDER, options=list(choices.values()), initial_option=choices[draft.runs]
            ),
        )
    ]


def not_before(draft: Draft, hours: Sequence[str]) -> Block:
    """When it may begin, where that is not at once; `hours` are what its rules say of that."""
    empty = texts.NOT_BEFORE_HINT_HOURS if hours else texts.NOT_BEFORE_HINT
    return InputBlock(
        block_id=block_ids.text_block(ids.NOT_BEFORE, draft),
        label=plain(texts.NOT_BEFORE(draft.language)),
        hint=plain(units.sentences(*hours, empty(draft.language), language=draft.language), options.HINT),
        optional=True,
        element=DateTimePickerElement(action_id=ids.NOT_BEFORE, initial_date_time=int(draft.not_before) or None),
    )


def _running(draft: Draft) -> list[Instance]:
    """The instances for which there is something to choose."""
    return [job.instance for job in draft.jobs if job.instance and job.offered]


def _details(choice: WhileImaged, draft: Draft) -> str:
    language = draft.language
    match choice:
        case WhileImaged.STOP_AND_START:
            usual = [job.usual_seconds for job in draft.jobs if job.offered and job.usual_seconds is not None]
            said = texts.DOWN_FOR if len(_running(draft)) == 1 else texts.EACH_DOWN_FOR
            return said(language, duration=units.duration(max(usual), language)) if usual else ""
        case WhileImaged.STOPPED:
            return texts.WHEN_STOPPED_DETAILS(language)
        case WhileImaged.LIVE:
            return texts.TORN(language)


def _releases(running: Sequence[Instance], language: str) -> list[Block]:
    """Beside the choice: what stopping these instances would cost them."""
    hungry = [name(instance.called) for instance in running if releases_when_stopped(instance)]
    if not hungry:
        return []
    return [SectionBlock(text=plain(texts.RELEASES(language, instance=units.listed(hungry, language))))]
