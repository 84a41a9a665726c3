"""What the slash command answers, as text that only whoever typed it sees."""

from bot.domain.delivery import CardKind
from bot.domain.lifecycle import State
from bot.service.board import Board, Entry
from bot.slack.protocol import ids
from bot.slack.protocol.markup import clip, code
from bot.slack.screens import freeze
from bot.slack.screens.request_line import card_link, entry_told, headline, line, of_another, outlook, purpose
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


def standing(entry: Entry, kind: CardKind, *, decides: bool, language: str, now: float, workspace_url: str) -> str:
    """Where one request stands: its card's headline, why, its state, and a link to the card that they may read.

    Args:
        entry: which.
        kind: of the card that they may read.
        decides: whether it waits for them.
        language: that they read.
        now: unix seconds.
        workspace_url: the address that links to messages begin with; empty where it is not known.
    """
    told, link = entry_told(entry, language, now), card_link(entry.cards, kind, language, workspace_url=workspace_url)
    who, why = headline(told.request, language), purpose(told.request)
    undecided = told.request.state is State.PENDING  # else what holds it up is said of where it stands
    frozen = [freeze.waits(entry.frozen, language)] if entry.frozen and undecided else []
    return "\n".join([f"*{who}*", why, line(told), *outlook(told, now=now, decides=decides), *frozen, *link])


def listed(board: Board, *, language: str, now: float, workspace_url: str) -> str:
    """What is frozen, what waits for somebody's decision, and their own requests."""

    def told(entry: Entry) -> Entry:
        return entry_told(entry, language, now)

    def link(entry: Entry, kind: CardKind) -> list[str]:
        return card_link(entry.cards, kind, language, workspace_url=workspace_url)

    lines = freeze.listed(board.frozen, language)
    if board.waiting:
        lines.append(f"*{home.WAITING(language)}*")
        for entry in map(told, board.waiting[:LISTED]):
            first, *others = of_another(entry, now=now, decides=True)
            lines += [f"• {first}", *others, *link(entry, CardKind.APPROVAL)]
        lines += [home.MORE(language)] if board.more_wait or len(board.waiting) > LISTED else []
    else:
        lines.append((home.NOTHING_WAITS if board.roles_known else home.ROLES_UNKNOWN)(language))
    own = [entry for entry in (*board.under_way, *board.ended) if board.is_own(entry.request)][: 2 * LISTED]
    for entry in map(told, own):
        lines += [f"• {line(entry)}", *outlook(entry, now=now, decides=False), *link(entry, CardKind.REQUESTER)]
    return "\n".join([*lines, *([] if own else [texts.NO_REQUESTS(language)])])
