"""The fields of the request form in which something is typed, and where the result is told."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    Block,
    ConversationFilter,
    ConversationSelectElement,
    InputBlock,
    PlainTextInputElement,
)

from bot.domain import limits
from bot.domain.draft import Draft, DraftJob
from bot.slack.protocol import block_ids, ids
from bot.slack.protocol.block_ids import NameBlock
from bot.slack.protocol.markup import clean, clip, plain
from bot.slack.screens import options
from bot.texts import Text, units
from bot.texts import request_form as texts


def name(draft: Draft, job: DraftJob | None) -> list[Block]:
    """The name of an image; not before there is one to suggest, so that nothing typed has to make way for it."""
    if job and not (job.instance or job.name or job.problems or draft.problems):
        return []
    shown = draft.names[job.instance_id] if job else draft.name
    facts = {"minimum": str(limits.NAME.minimum), "maximum": str(limits.NAME.maximum)}
    element = PlainTextInputElement(
        action_id=ids.NAME,
        initial_value=clip(clean(shown), limits.NAME.maximum) or None,
        min_length=limits.NAME.minimum,
        max_length=limits.NAME.maximum,
    )
    return [
        InputBlock(
            block_id=NameBlock.of(draft, job).encode(),
            label=plain(texts.NAME(draft.language)),
            hint=plain(texts.NAME_HINT(draft.language, **facts)),
            element=element,
        )
    ]


def description(draft: Draft, tickets: Sequence[str]) -> Block:
    """What it is for, with the tickets that its rules ask for."""
    usual = (texts.DESCRIPTION_HINT if len(draft.jobs) < 2 else texts.DESCRIPTION_HINT_SEVERAL)(draft.language)
    hint = units.sentences(usual, *tickets, language=draft.language)
    return _text(draft, texts.DESCRIPTION, ids.DESCRIPTION, draft.description, limits.DESCRIPTION, hint=hint)


def note(draft: Draft) -> Block:
    """What else the approver should know."""
    return _text(draft, texts.NOTE, ids.NOTE, draft.note, limits.NOTE)


def announce(draft: Draft) -> Block:
    """Where the result is told."""
    return InputBlock(
        block_id=block_ids.text_block(ids.ANNOUNCE, draft),
        label=plain(texts.ANNOUNCE(draft.language)),
        hint=plain(texts.ANNOUNCE_HINT(draft.language)),
        optional=True,
        element=ConversationSelectElement(
            action_id=ids.ANNOUNCE,
            initial_conversation=draft.announce_in or None,
            default_to_current_conversation=None if draft.announce_in else True,
            filter=ConversationFilter(exclude_bot_users=True),
        ),
    )


def _text(draft: Draft, label: Text, action_id: str, value: str, rule: limits.TextRule, *, hint: str = "") -> Block:
    return InputBlock(
        block_id=block_ids.text_block(action_id, draft),
        label=plain(label(draft.language)),
        hint=plain(hint, options.HINT) if hint else None,
        optional=rule.minimum == 0,
        element=PlainTextInputElement(
            action_id=action_id,
            multiline=True,
            initial_value=clip(clean(value), rule.maximum) or None,
            max_length=rule.maximum,
        ),
    )
