"""The App Home, as a pure function of what it shows."""

import dataclasses
from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, HeaderBlock, SectionBlock
from slack_sdk.models.views import View

from bot.domain.request import ImageRequest
from bot.slack.protocol import ids
from bot.slack.protocol.markup import code, markdown, moment, person, plain
from bot.slack.screens import buttons
from bot.slack.screens.plan_lines import disk_lines, parts
from bot.texts import Text, units
from bot.texts import notice as texts


def home(mine: Sequence[ImageRequest], waiting: Sequence[ImageRequest], *, may_request: bool, language: str) -> View:
    """What waits for somebody's decision, and what became of their own requests."""
    blocks: list[Block] = []
    if may_request:
        new = ButtonElement(action_id=ids.NEW_REQUEST, text=plain(texts.HOME_NEW(language)), style="primary")
        blocks.append(ActionsBlock(elements=[new]))
    if waiting:
        blocks.append(HeaderBlock(text=plain(texts.HOME_WAITING(language))))
        for request in waiting:
            blocks += _decision(dataclasses.replace(request, language=language))
    blocks += _list(texts.HOME_MINE, mine, language)
    return View(type="home", blocks=blocks)


def _list(title: Text, requests: Sequence[ImageRequest], language: str) -> list[Block]:
    lines = [_line(request, language) for request in requests] or [texts.HOME_NONE(language)]
    return [HeaderBlock(text=plain(title(language))), *(SectionBlock(text=markdown(line)) for line in lines)]


def _decision(request: ImageRequest) -> list[Block]:
    """A request with the buttons of its card, which may have been deleted, or be in a channel that was closed."""
    language = request.language
    asked = texts.HOME_ASKED(language, person=person(request.requester))
    return [
        SectionBlock(text=markdown(f"{_line(request, language)}\n{asked}")),
        SectionBlock(text=markdown(parts(disk_lines(request.plan, language), language)[0])),
        ActionsBlock(elements=list(buttons.decisions(request))),
    ]


def _line(request: ImageRequest, language: str) -> str:
    plan = request.plan
    return texts.HOME_LINE(
        language,
        request=request.id,
        state=units.state(request.state, language),
        name=code(plan.image_name),
        instance=code(plan.instance_name or plan.instance_id),
        when=moment(request.created_at),
    )
