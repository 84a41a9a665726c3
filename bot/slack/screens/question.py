"""A question that an approver has, as pure functions: its form, what is told of it, and where it stands on the card."""

from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block, ContextBlock, SectionBlock
from slack_sdk.models.views import View

from bot.domain import limits
from bot.domain.delivery import Card
from bot.domain.lifecycle import Notice, Place
from bot.domain.request import ImageRequest, Question
from bot.slack.protocol import ids
from bot.slack.protocol.markup import escape, markdown, moment, person, plain
from bot.slack.screens.message import Message
from bot.slack.screens.notice_words import what
from bot.slack.screens.who_decides import where_it_stands
from bot.slack.screens.window import text_window
from bot.texts import question as texts


def question_form(request: ImageRequest, language: str) -> View:
    """Asks what an approver wants to know."""
    told = replace(request, language=language)
    about = texts.ABOUT(language, request=request.id, what=what(told), person=person(request.requester))
    return text_window(
        request,
        language,
        callback_id=ids.QUESTION_FORM,
        field=ids.QUESTION,
        about=markdown(about),
        title=texts.TITLE,
        label=texts.QUESTION,
        send=texts.SEND,
        rule=limits.QUESTION,
    )


def question_message(
    kind: Notice,
    request: ImageRequest,
    question: Question,
    *,
    place: Place,
    language: str,
    card: Card | None,
    workspace_url: str,
) -> Message:
    """What is told of a question, once.

    Args:
        kind: that there is one, or that its requester could not be told directly.
        request: which it is about.
        question: who wants to know what.
        place: the requester's direct messages, or the thread of a card.
        language: of whoever reads it there.
        card: in whose thread it is to be answered.
        workspace_url: the address that links to messages begin with; empty where it is not known.
    """
    facts = {
        "request": request.id,
        "person": person(question.asker),
        "requester": person(request.requester),
        "what": what(replace(request, language=language)),
    }
    if kind is Notice.ASKED_UNHEARD:
        head = texts.TOLD_UNHEARD(language, **facts)
    else:
        head = (texts.TOLD_IN_THREAD if place is Place.THREAD else texts.TOLD)(language, **facts)
    where = where_it_stands(card, language, workspace_url) if place is Place.REQUESTER else ""
    answer = [texts.ANSWER(language, where=where)] if where else []
    blocks: list[Block] = [
        SectionBlock(text=markdown(head)),
        SectionBlock(text=plain(question.text)),
        *(SectionBlock(text=markdown(line)) for line in answer),
    ]
    return Message.of([head, escape(question.text), *answer], blocks, language)


def asked(request: ImageRequest) -> Sequence[Block]:
    """What stands small on a card that waits for approval: the last questions."""
    return [ContextBlock(elements=[markdown(_who_asked(request, one)), plain(one.text)]) for one in request.questions]


def asked_lines(request: ImageRequest) -> Sequence[str]:
    """The same as text. What was typed comes last in its line, and is one line."""
    return [f"{_who_asked(request, one)} {escape(one.text)}" for one in request.questions]


def _who_asked(request: ImageRequest, question: Question) -> str:
    return texts.ASKED(request.language, person=person(question.asker), when=moment(question.at))
