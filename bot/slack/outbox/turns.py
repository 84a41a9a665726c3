"""Turns: what is owed is sent by one process at a time, at Slack's pace, and its intent is written first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.delivery import Card, CardKind, DueNotice, Owed
from bot.domain.request import ImageRequest
from bot.store import Lease, Limited, Outgoing, Store, Transaction

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Turns:
    """Who may send something now."""

    store: Store
    clock: Callable[[], float]

    async def intend(self, intend: Callable[[Transaction], Found | None], lease: Lease) -> Found | None:
        """What is to be sent, by an intent in a transaction of its own."""
        begun = self.clock()
        found = await self.store.transact(intend)
        return found if self.may_send(begun, lease) else None

    def may_send(self, begun: float, lease: Lease) -> bool:
        """Whether what an intent was written for, at that time or later, may still be sent: who sleeps so long after it
        that they may have been succeeded sends nothing.
        """
        return self.clock() - begun <= lease.seconds / 2


LINK_WITHIN = 3.0
"""Seconds for which the approval card is waited for, so that its requester gets a link to it."""


def awaits_card(card: Card | None, request: ImageRequest, now: float) -> bool:
    """Whether the approval card is about to be posted, and a link to it is worth a moment."""
    is_coming = card is not None and not card.ts and card.attempts == 0
    return is_coming and 0 <= now - request.created_at < LINK_WITHIN


def may_post(tx: Transaction, table: Outgoing, row: Owed, conversation: str, lease: Lease) -> bool:
    """Whether it may be posted now; who is too early comes back when it may be its turn."""
    if not table.intend(row, lease):
        return False
    if seconds := tx.pace.turn(conversation):
        table.defer(row, seconds, lease)  # which takes the intent back
        return False
    return True


def may_redraw(tx: Transaction, card: Card, lease: Lease) -> bool:
    """Whether it may be drawn now; Slack may have told another one meanwhile to wait."""
    if tx.cards.intend_redraw(card, lease):
        return True
    if seconds := tx.pace.held(Limited.REDRAW, card.channel):
        tx.cards.defer(card, seconds, lease)
    return False


def goes_to(tx: Transaction, notice: DueNotice) -> str:
    """The conversation of a notice, or of the card whose thread it belongs to."""
    card = None if notice.conversation else tx.cards.get(notice.request_id, CardKind.APPROVAL, notice.card)
    return card.channel if card else notice.conversation
