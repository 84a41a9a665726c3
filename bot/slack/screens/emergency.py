"""An emergency, as pure functions: its form, what stands first on the cards, and what is told of it."""

from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block, SectionBlock
from slack_sdk.models.views import View

from bot.domain import limits
from bot.domain.lifecycle import Notice
from bot.domain.request import ImageRequest
from bot.slack.protocol import ids
from bot.slack.protocol.markup import clip, escape, markdown, mentions, moment, person, plain
from bot.slack.screens.message import Message
from bot.slack.screens.notice_words import what
from bot.slack.screens.window import text_window
from bot.texts import emergency as texts
from bot.texts import units

WHY = 200
"""Characters of the reason in the text of a card, which also says what it is about."""


def emergency_form(request: ImageRequest, language: str) -> View:
    """Says what happens, and asks why it cannot wait."""
    about = texts.ABOUT(language, request=request.id, what=what(replace(request, language=language)))
    return text_window(
        request,
        language,
        callback_id=ids.EMERGENCY_FORM,
        field=ids.REASON,
        about=markdown(f"⚠️ {about}"),
        title=texts.TITLE,
        label=texts.WHY,
        send=texts.SEND,
        rule=limits.REASON,
    )


def on_card(request: ImageRequest) -> Sequence[Block]:
    """What stands first on a card of what was begun so, whatever has become of it."""
    if not request.emergency_by:
        return []
    return [
        SectionBlock(text=markdown(_begun(request))),
        SectionBlock(text=plain(request.emergency_why)),
        SectionBlock(text=markdown(review(request))),
    ]


def card_lines(request: ImageRequest) -> Sequence[str]:
    """The same as text, of which only the first line may be shown, and no more of the reason than leaves room."""
    if not request.emergency_by:
        return []
    return [f"{request.id} · {_begun(request)}", escape(clip(request.emergency_why, WHY)), review(request)]


def in_list(request: ImageRequest, limit: int) -> Sequence[str]:
    """The same in a list, with so many characters of the reason."""
    if not request.emergency_by:
        return []
    return [f"{_begun(request)} {escape(clip(request.emergency_why, limit))}", review(request)]


def review(request: ImageRequest) -> str:
    """Whether an approver has looked at it, and who."""
    if request.reviewed_at is None:
        return texts.OWED(request.language)
    return texts.REVIEWED(request.language, person=person(request.reviewed_by), when=moment(request.reviewed_at))


def in_result(request: ImageRequest) -> Sequence[str]:
    """What the message says of it that tells how the request has ended."""
    if not request.emergency_by:
        return []
    begun = texts.BEGUN_SHORT(request.language, person=person(request.emergency_by))
    return [begun, review(request)]


def emergency_message(kind: Notice, request: ImageRequest, *, language: str, approvers: Sequence[str]) -> Message:
    """What approvers are told below their card, once, and then daily until one of them has looked at it.

    Args:
        kind: which of the two.
        request: as it stands.
        language: of whoever reads it there.
        approvers: ids of people and groups, to be mentioned: those who were passed over.
    """
    passed = [one for one in approvers if one != request.emergency_by]
    facts = {
        "approvers": units.listed(mentions(passed), language),
        "person": person(request.emergency_by),
        "request": request.id,
        "what": what(replace(request, language=language)),
        "when": moment(request.emergency_at or 0),
    }
    head = (texts.PASSED_OVER if kind is Notice.PASSED_OVER else texts.STILL_OWED)(language, **facts)
    last = texts.REVIEW_IT(language, button=texts.REVIEWED_BUTTON(language))
    blocks: list[Block] = [
        SectionBlock(text=markdown(head)),
        SectionBlock(text=plain(request.emergency_why)),
        SectionBlock(text=markdown(last)),
    ]
    return Message.of([head, escape(request.emergency_why), last], blocks, language)


def _begun(request: ImageRequest) -> str:
    when = moment(request.emergency_at or 0)
    return texts.BEGUN(request.language, person=person(request.emergency_by), when=when)
