"""The fields of the request form that say when, and what becomes of a running instance meanwhile."""

from collections.abc import Mapping

from slack_sdk.models.blocks import Block, DateTimePickerElement, InputBlock, Option, RadioButtonsElement, SectionBlock

from bot.domain.cloud import Instance
from bot.domain.draft import Draft
from bot.domain.plan import WhileImaged
from bot.domain.stopping import releases_when_stopped
from bot.slack.protocol import ids, values
from bot.slack.protocol.markup import name, plain
from bot.slack.protocol.values import WhileBlock
from bot.slack.screens import options
from bot.texts import Text, units
from bot.texts import request_form as texts

_CHOICES: Mapping[WhileImaged, Text] = {
    WhileImaged.STOP_AND_START: texts.STOP_AND_START,
    WhileImaged.STOPPED: texts.WHEN_STOPPED,
    WhileImaged.LIVE: texts.LIVE,
}


def while_imaged(draft: Draft) -> list[Block]:
    """What becomes of a running instance; one that stands still needs no choice."""
    language, instance = draft.language, draft.instance
    if instance is None or not draft.offered:
        return []
    choices = {each: options.option(each, _CHOICES[each](language), _details(each, draft)) for each in draft.offered}
    called, status = name(instance.name or instance.id), units.instance_status(instance.status, language)
    group = InputBlock(
        block_id=WhileBlock.of(instance.id, draft).encode(),
        label=plain(texts.WHILE_IMAGED(language)),
        hint=plain(texts.IT_IS(language, instance=called, status=status)),
        element=RadioButtonsElement(
            action_id=ids.WHILE_IMAGED,
            options=list(choices.values()),
            initial_option=_initial(draft, choices),
        ),
    )
    return [group, *_releases(instance, draft)]


def not_before(draft: Draft) -> Block:
    """When it may begin, where that is not at once."""
    return InputBlock(
        block_id=values.text_block(ids.NOT_BEFORE, draft),
        label=plain(texts.NOT_BEFORE(draft.language)),
        hint=plain(texts.NOT_BEFORE_HINT(draft.language)),
        optional=True,
        element=DateTimePickerElement(action_id=ids.NOT_BEFORE, initial_date_time=int(draft.not_before) or None),
    )


def _initial(draft: Draft, choices: Mapping[WhileImaged, Option]) -> Option:
    chosen = draft.while_imaged if draft.while_imaged in choices else draft.offered[0]
    return choices[chosen or draft.offered[0]]


def _details(choice: WhileImaged, draft: Draft) -> str:
    language, usual = draft.language, draft.usual_seconds
    match choice:
        case WhileImaged.STOP_AND_START:
            return "" if usual is None else texts.DOWN_FOR(language, duration=units.duration(usual, language))
        case WhileImaged.STOPPED:
            return texts.WHEN_STOPPED_DETAILS(language)
        case WhileImaged.LIVE:
            return texts.TORN(language)


def _releases(instance: Instance, draft: Draft) -> list[Block]:
    """Beside the choice: what stopping this instance would cost it."""
    if not releases_when_stopped(instance):
        return []
    called = name(instance.name or instance.id)
    return [SectionBlock(text=plain(texts.RELEASES(draft.language, instance=called)))]
