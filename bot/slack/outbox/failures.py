"""Failures: what becomes of a card or a notice that Slack did not take, by what Slack said of it."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.circuit import Circuit
from bot.domain.delivery import Card, CardKind, DueNotice, Owed, SentNotice
from bot.domain.lifecycle import OPEN, Notice, Place
from bot.domain.request import ImageRequest
from bot.slack.outbox.turns import goes_to
from bot.slack.protocol.web_api import Gone, NotAllowed, RateLimited, SlackError, Unavailable
from bot.store import Lease, Limited, Outgoing, Store, Transaction

log = structlog.get_logger(__name__)

OPERATOR_PAUSE = 60.0
"""Seconds until the next try when somebody has to do something first."""

LONGEST_PAUSE = 300.0
"""Seconds a repeated failure is waited for at most."""

LAST_TRY = 20
"""Tries after which a card of a request that has ended is left as it is: some conversations never come back."""

_LIMITS = {"chat.postMessage": Limited.POST, "chat.update": Limited.REDRAW}


@dataclass(frozen=True, kw_only=True)
class Failures:
    """What is owed stays owed: it is tried again later, elsewhere, or left to the operator's log."""

    store: Store
    circuit: Circuit
    clock: Callable[[], float]

    async def fault(self, table: Callable[[Transaction], Outgoing], row: Owed, lease: Lease) -> None:
        """One that broke with a fault, and may have been done all the same: others of its conversation come first."""
        pause = operators_pause(row.attempts)
        await self.store.transact(lambda tx: table(tx).failed(row, pause, lease, doubtful=True))

    async def card(self, card: Card, request: ImageRequest, error: SlackError, lease: Lease) -> None:
        """A card that was not posted or redrawn."""
        facts = {
            "request_id": card.request_id,
            "kind": card.kind,
            "conversation": card.conversation,
            "code": error.code,
        }

        def work(tx: Transaction) -> None:
            match error:
                case RateLimited():
                    tx.cards.defer(card, error.retry_after, lease)
                    if kind := _LIMITS.get(error.method):
                        tx.pace.hold(kind, card.channel or card.conversation, error.retry_after)
                    log.warning("card.deferred", **facts, seconds=error.retry_after)
                case Unavailable():
                    seconds = self._pause(card.attempts)
                    tx.cards.failed(card, seconds, lease, doubtful=error.doubtful)
                    log.warning("card.deferred", **facts, seconds=seconds)
                case NotAllowed():
                    tx.cards.failed(card, operators_pause(card.attempts), lease, doubtful=False)
                    log.error("card.not_allowed", **facts)
                case Gone() if card.ts and card.drawn_version == request.version:  # it is there, and need not change
                    tx.cards.drawn(card, version=request.version, lease=lease)
                    log.warning("card.not_redrawn", **facts)
                case Gone() if card.ts:  # it may not be changed any more: a new one
                    tx.cards.repost(card, lease)
                    log.warning("card.gone", **facts)
                case _ if card.kind is CardKind.REQUESTER or (request.state not in OPEN and card.attempts >= LAST_TRY):
                    tx.cards.abandon(card, version=request.version, lease=lease)
                    log.error("card.abandoned", **facts)
                case _:
                    pause = operators_pause(card.attempts)
                    if tx.cards.failed(card, pause, lease, doubtful=False) and not card.ts:
                        self._detour(tx, card, request)
                    log.error("card.not_shown", **facts)

        await self.store.transact(work)

    async def notice(self, notice: DueNotice, error: SlackError, lease: Lease) -> None:
        """A notice that was not sent."""
        facts = {
            "request_id": notice.request_id,
            "kind": notice.kind,
            "conversation": notice.conversation,
            "code": error.code,
        }

        def work(tx: Transaction) -> None:
            request = tx.requests.get(notice.request_id) if notice.request_id else None
            match error:
                case RateLimited():
                    tx.notices.defer(notice, error.retry_after, lease)
                    if kind := _LIMITS.get(error.method):
                        tx.pace.hold(kind, goes_to(tx, notice), error.retry_after)
                    log.warning("notice.deferred", **facts, seconds=error.retry_after)
                case Unavailable():
                    seconds = self._pause(notice.attempts)
                    tx.notices.failed(notice, seconds, lease, doubtful=error.doubtful)
                    log.warning("notice.deferred", **facts, seconds=seconds)
                case NotAllowed():
                    tx.notices.failed(notice, operators_pause(notice.attempts), lease, doubtful=False)
                    log.error("notice.not_allowed", **facts)
                case _ if request and notice.place is not Place.APPROVER and notice.conversation != request.requester:
                    tx.notices.move(notice, request.requester, lease)
                    log.warning("notice.moved", **facts)
                case _:
                    tx.notices.abandon(notice, error.code, at=self.clock(), lease=lease)
                    log.error("notice.abandoned", **facts)
                    if notice.kind is Notice.ASKED:  # they may read the thread
                        tx.notices.owe(
                            Notice.ASKED_UNHEARD,
                            Place.THREAD,
                            conversation="",
                            request_id=notice.request_id,
                            version=notice.version,
                        )

        await self.store.transact(work)

    async def sent(self, notice: SentNotice, error: SlackError, lease: Lease) -> None:
        """A notice that was sent, and does not show what has come of it, which a card says too."""
        facts = {"request_id": notice.request_id, "kind": notice.kind, "channel": notice.channel, "code": error.code}

        def work(tx: Transaction) -> None:
            match error:
                case RateLimited():
                    tx.notices.defer(notice, error.retry_after, lease)
                    tx.pace.hold(Limited.REDRAW, notice.channel, error.retry_after)
                case Unavailable():
                    tx.notices.failed(notice, self._pause(notice.attempts), lease, doubtful=error.doubtful)
                case NotAllowed():
                    tx.notices.failed(notice, operators_pause(notice.attempts), lease, doubtful=False)
                case _:
                    tx.notices.give_up(notice, lease)
            log.warning("notice.not_redrawn", **facts)

        await self.store.transact(work)

    def _detour(self, tx: Transaction, card: Card, request: ImageRequest) -> None:
        """The approvers do not see the card: its requester is told, once, and gets what would go to its thread."""
        tx.notices.owe(
            Notice.NOT_SHOWN, Place.REQUESTER, conversation=request.requester, request_id=request.id, version=0
        )
        tx.notices.leave_thread(request.id, card.conversation, request.requester)

    def _pause(self, attempts: int) -> float:
        """Growing pauses; none where Slack is left alone anyway, so that all goes as soon as it answers again."""
        if self.circuit.is_open:
            return 0.0
        return float(min(2 ** min(attempts, 10), LONGEST_PAUSE))


def operators_pause(attempts: int) -> float:
    """Seconds until the next try of what does not get better by itself."""
    return min(OPERATOR_PAUSE * (attempts + 1), LONGEST_PAUSE)
