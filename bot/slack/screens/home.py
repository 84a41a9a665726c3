"""The App Home, as a pure function of what it shows: what waits for somebody first, then what is theirs."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ContextBlock, HeaderBlock, SectionBlock
from slack_sdk.models.views import View

from bot.domain.delivery import CardKind
from bot.domain.lifecycle import State
from bot.domain.request import ImageRequest
from bot.service.board import Board, Entry
from bot.slack.protocol import ids
from bot.slack.protocol.markup import clip, escape, markdown, plain
from bot.slack.screens import buttons, emergency, freeze, rule_lines
from bot.slack.screens.card import plan_and_warnings
from bot.slack.screens.plan_lines import parts
from bot.slack.screens.request_line import (
    WORDS,
    card_link,
    entry_told,
    headline,
    line,
    of_another,
    outlook,
    purpose,
    small,
)
from bot.texts import Text
from bot.texts import home as texts

BLOCKS = 100
"""Slack: a Home has at most 100 blocks."""

SECTIONS = 3
"""Blocks that the words about a request take at most: it is one, where nobody has names as long as may be."""

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

    def told(entries: Iterable[Entry]) -> Iterator[Entry]:
        return (entry_told(entry, language, now) for entry in entries)

    def link(entry: Entry, kind: CardKind) -> list[str]:
        return card_link(entry.cards, kind, language, workspace_url=workspace_url)

    blocks.append(_header(texts.WAITING, language))
    for entry in told(board.waiting):
        blocks += _decision(entry, link(entry, CardKind.APPROVAL), now)
    if not (board.waiting or board.more_wait):
        nothing = texts.NOTHING_WAITS if board.roles_known else texts.ROLES_UNKNOWN
        blocks.append(SectionBlock(text=plain(nothing(language))))
    blocks += _more(board.more_wait, texts.MORE, language)
    decided = {entry.request.id for entry in board.waiting}  # what is said there already

    for title, some, more, words in (
        (texts.UNDER_WAY, board.under_way, board.more_under_way, texts.MORE),
        (texts.ENDED, board.ended, board.more_ended, texts.OLDER),
    ):
        blocks.append(_header(title, language))
        others = [one for one in some if board.is_own(one.request) or one.request.id not in decided]
        for entry in told(others):
            if board.is_own(entry.request):
                blocks += _own(entry, link(entry, CardKind.REQUESTER), now)
            else:
                blocks += _of_another(entry, link(entry, CardKind.APPROVAL), now)
        nothing = texts.NO_OTHERS if some else texts.NONE
        blocks += [] if others else [SectionBlock(text=plain(nothing(language)))]
        blocks += _more(more, words, language)
    return View(type="home", blocks=blocks[:BLOCKS])


def _header(title: Text, language: str) -> Block:
    return HeaderBlock(text=plain(title(language)))


def _more(more: bool, words: Text, language: str) -> list[Block]:  # noqa: FBT001 # whether there is more
    return [ContextBlock(elements=[markdown(words(language))])] if more else []


def _decision(entry: Entry, link: Sequence[str], now: float) -> list[Block]:
    """Who asks, for which machine and why; what it will do, or where it stands; and the buttons of its card."""
    request = entry.request
    lines = [f"*{headline(request, request.language)}*", purpose(request), *emergency.in_list(request, WORDS)]
    said = outlook(entry, now=now, decides=True)
    if request.state is State.PENDING:
        lines = [*map(escape, rule_lines.warning_lines(entry.ruleset)), *lines]
        lines += chain.from_iterable(plan_and_warnings(request, entry.usual_seconds, entry.others))
        lines.append(" · ".join([small(request, request.language), *said, *link]))
        return [*_sections(request, lines), *_pressable(request, buttons.decisions(request))]
    lines += [*said, " · ".join([small(request, request.language), *link])]
    return [*_sections(request, lines), *_pressable(request, buttons.of(request, CardKind.APPROVAL))]


def _own(entry: Entry, link: Sequence[str], now: float) -> list[Block]:
    """Where somebody's own request stands, and the ways out that they have."""
    request = entry.request
    theirs = _OF_ONES_OWN | ({ids.LET_ON, ids.END_HERE} if request.held_up else set())
    actions = [one for one in buttons.of(request, CardKind.REQUESTER) if one.action_id in theirs]
    lines = [line(entry), *outlook(entry, now=now, decides=False), *link]
    return [*_sections(request, lines), *_pressable(request, actions)]


def _of_another(entry: Entry, link: Sequence[str], now: float) -> list[Block]:
    """Who wants what and why, and where it stands."""
    return _sections(entry.request, [*of_another(entry, now=now, decides=False), *link])


def _sections(request: ImageRequest, lines: Sequence[str]) -> list[Block]:
    return [SectionBlock(text=markdown(part)) for part in parts(lines, request.language, SECTIONS)]


def _pressable(request: ImageRequest, actions: Sequence[ButtonElement]) -> list[Block]:
    """Buttons that read alike in a list say to whoever hears them which request they are for."""
    for button in actions:
        words = button.text.text if button.text else ""
        if request.plan.only:
            about = texts.ABOUT(request.language, button=words, request=request.id, instance=request.plan.only.called)
            button.accessibility_label = clip(about, LABEL)
    return [ActionsBlock(elements=list(actions))] if actions else []
