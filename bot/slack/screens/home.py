"""The App Home, as a pure function of what it shows: what waits for somebody first, then what is theirs."""

import dataclasses
from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ContextBlock, HeaderBlock, SectionBlock
from slack_sdk.models.views import View

from bot.domain.delivery import CardKind
from bot.domain.lifecycle import State
from bot.domain.request import ImageRequest
from bot.service.board import Board
from bot.slack.protocol import ids
from bot.slack.protocol.markup import clip, code, escape, markdown, plain
from bot.slack.screens import buttons, emergency, freeze, machine_progress, machines
from bot.slack.screens.request_line import WORDS, card_link, headline, line, outlook, small, standing
from bot.texts import Text, card, several
from bot.texts import home as texts

BLOCKS = 100
"""Slack: a Home has at most 100 blocks."""

LABEL = 75
"""Slack: accessibility_label <= 75 characters."""

_OF_ONES_OWN = {ids.CANCEL, ids.RETRY, ids.REQUEST_AGAIN}


def home(board: Board, *, may_request: bool, language: str, now: float, workspace_url: str) -> View:
    """What waits for somebody's decision, what is under way, and what became of their own requests.

    Args:
        board: what there is.
        may_request: whether they may ask for an image.
        language: that they read.
        now: unix seconds.
        workspace_url: the address that links to messages begin with; empty where it is not known.
    """
    blocks: list[Block] = freeze.blocks(board.frozen, language)
    if may_request:
        new = ButtonElement(action_id=ids.NEW_REQUEST, text=plain(texts.NEW(language)), style="primary")
        blocks.append(ActionsBlock(elements=[new]))

    def told(request: ImageRequest) -> ImageRequest:
        return dataclasses.replace(request, language=language)

    def link(request: ImageRequest, kind: CardKind) -> str:
        return card_link(board.cards.get(request.id, ()), kind, language, workspace_url=workspace_url)

    blocks.append(_header(texts.WAITING, language))
    for request in map(told, board.waiting):
        blocks += _decision(request, link(request, CardKind.APPROVAL), now)
    if not (board.waiting or board.more_wait):
        nothing = texts.NOTHING_WAITS if board.roles_known else texts.ROLES_UNKNOWN
        blocks.append(SectionBlock(text=plain(nothing(language))))
    blocks += _more(board.more_wait, texts.MORE, language)
    decided = {request.id for request in board.waiting}  # what is said there already

    for title, some, more, words in (
        (texts.UNDER_WAY, board.under_way, board.more_under_way, texts.MORE),
        (texts.ENDED, board.ended, board.more_ended, texts.OLDER),
    ):
        blocks.append(_header(title, language))
        others = [one for one in some if board.is_own(one) or one.id not in decided]
        for request in map(told, others):
            blocks += _own(request, link(request, CardKind.REQUESTER), now, board.is_own(request))
        nothing = texts.NO_OTHERS if some else texts.NONE
        blocks += [] if others else [SectionBlock(text=plain(nothing(language)))]
        blocks += _more(more, words, language)
    return View(type="home", blocks=blocks[:BLOCKS])


def _header(title: Text, language: str) -> Block:
    return HeaderBlock(text=plain(title(language)))


def _more(more: bool, words: Text, language: str) -> list[Block]:  # noqa: FBT001 # whether there is more
    return [ContextBlock(elements=[markdown(words(language))])] if more else []


def _decision(request: ImageRequest, link: str, now: float) -> list[Block]:
    """Who asks, for which machine, why, and how long it still can, with the buttons of its card."""
    language, plan = request.language, request.plan
    lines = [f"*{headline(request, language)}*", escape(clip(plan.description, WORDS))]
    lines += emergency.in_list(request, WORDS)
    undecided, said = request.state is State.PENDING, outlook(request, language, now=now)
    lines += [texts.UNSURE(language, mark=code(f"[{request.id}]"))] if request.unsure else []
    if plan.only:
        lines += [card.MACHINE_OFF(language, instance=code(plan.only.called))] if request.stuck else []
    elif off := machine_progress.of_steps(request, request.stuck_steps):
        lines.append(several.OFF(language, machines=machines.named(off, language)))
    if plan.only is None and not undecided:
        lines += said
    about = [small(request, language)]
    about += said if undecided or (plan.only and request.stuck) else []
    lines.append(" · ".join([*about, *([link] if link else [])]))
    actions = buttons.decisions(request) if undecided else buttons.of(request, CardKind.APPROVAL)
    return [SectionBlock(text=markdown("\n".join(lines))), *_pressable(request, actions)]


def _own(request: ImageRequest, link: str, now: float, own: bool) -> list[Block]:  # noqa: FBT001 # whose it is
    """Where it stands, and the ways out that its requester has."""
    language = request.language
    lines = [line(request, language)] if own else [standing(request, language), headline(request, language)]
    lines += [*outlook(request, language, now=now), *([link] if link and own else [])]
    theirs = _OF_ONES_OWN | ({ids.LET_ON, ids.END_HERE} if request.held_up else set())
    actions = [one for one in buttons.of(request, CardKind.REQUESTER) if own and one.action_id in theirs]
    return [SectionBlock(text=markdown("\n".join(lines))), *_pressable(request, actions)]


def _pressable(request: ImageRequest, actions: Sequence[ButtonElement]) -> list[Block]:
    """Buttons that read alike in a list say to whoever hears them which request they are for."""
    for button in actions:
        words = button.text.text if button.text else ""
        if request.plan.only:
            about = texts.ABOUT(request.language, button=words, request=request.id, instance=request.plan.only.called)
            button.accessibility_label = clip(about, LABEL)
    return [ActionsBlock(elements=list(actions))] if actions else []
