"""What the slash command answers, as text that only whoever typed it sees."""

from collections.abc import Sequence

from bot.domain.delivery import Card, CardKind
from bot.domain.request import ImageRequest
from bot.service.board import Board
from bot.slack.protocol import ids
from bot.slack.protocol.markup import clip, code, escape
from bot.slack.screens import freeze
from bot.slack.screens.request_line import WORDS, card_link, headline, line, outlook
from bot.texts import commands as texts
from bot.texts import home, units

LISTED = 5
"""Requests of a kind in an answer: the Home shows more."""


def did_you_mean(command: str, language: str) -> str:
    """The nearest thing that would be understood."""
    return texts.DID_YOU_MEAN(language, command=code(f"{ids.COMMAND} {command}"))


def not_understood(words: str, language: str) -> str:
    """Nothing is near."""
    return texts.UNKNOWN(language, words=code(clip(words, 100)))


def no_request(request_id: str, nearest: str, language: str) -> str:
    """There is no such request, but perhaps one that is called nearly so."""
    said = texts.NO_REQUEST(language, request=request_id)
    return units.sentences(said, did_you_mean(f"status {nearest}" if nearest else "list", language), language=language)


def standing(
    request: ImageRequest, cards: Sequence[Card], kind: CardKind, *, language: str, now: float, workspace_url: str
) -> str:
    """Where one request stands: its card's headline, why, its state, and a link to the card that they may read."""
    return "\n".join(
        [
            f"*{headline(request, language)}*",
            escape(clip(request.plan.description, WORDS)),
            line(request, language),
            *outlook(request, language, now=now),
            *_link(cards, kind, language, workspace_url),
        ]
    )


def listed(board: Board, *, language: str, now: float, workspace_url: str) -> str:
    """What is frozen, what waits for somebody's decision, and their own requests."""
    lines = freeze.listed(board.frozen, language)
    if board.waiting:
        lines.append(f"*{home.WAITING(language)}*")
        lines += [
            " · ".join(
                [
                    f"• {headline(request, language)}",
                    f"{request.id}, {units.state(request.state, language)}",
                    *_link(board.cards.get(request.id, ()), CardKind.APPROVAL, language, workspace_url),
                ]
            )
            for request in board.waiting[:LISTED]
        ]
        lines += [home.MORE(language)] if board.more_wait or len(board.waiting) > LISTED else []
    else:
        lines.append((home.NOTHING_WAITS if board.roles_known else home.ROLES_UNKNOWN)(language))
    own = [request for request in (*board.under_way, *board.ended) if board.is_own(request)][: 2 * LISTED]
    for request in own:
        link = _link(board.cards.get(request.id, ()), CardKind.REQUESTER, language, workspace_url)
        lines.append("\n".join([f"• {line(request, language)}", *outlook(request, language, now=now), *link]))
    return "\n".join([*lines, *([] if own else [texts.NO_REQUESTS(language)])])


def _link(cards: Sequence[Card], kind: CardKind, language: str, workspace_url: str) -> list[str]:
    link = card_link(cards, kind, language, workspace_url=workspace_url)
    return [link] if link else []
