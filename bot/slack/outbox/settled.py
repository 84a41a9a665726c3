"""Settled: a notice that asked people to do something says what came of it, and asks no more. Nobody is pinged."""

from dataclasses import dataclass
from functools import partial

import structlog

from bot.domain.delivery import SentNotice
from bot.service.begun import Begun, done
from bot.slack.outbox.failures import Failures
from bot.slack.outbox.posting import Posted, Posting
from bot.slack.outbox.turns import Turns
from bot.slack.protocol.web_api import SlackError
from bot.slack.screens.asking import Asking
from bot.store import Lease, Limited, Store, Transaction

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Drawing:
    """A notice, as it was read in one transaction."""

    before: str  # what it asked
    now: Asking
    version: int  # of its request


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Looks at notices again when their requests have changed, and draws those anew of which there is news."""

    store: Store
    posting: Posting
    turns: Turns
    failures: Failures

    def begin(self, tx: Transaction, notice: SentNotice, lease: Lease) -> Begun:
        """What is to be done about a notice that this transaction has claimed; nothing where there is no news of it."""
        begun = self.turns.clock()
        drawing = self._read(tx, notice, lease)
        return partial(self._draw, notice, drawing, begun, lease) if drawing else done

    async def _draw(self, notice: SentNotice, drawing: _Drawing, begun: float, lease: Lease) -> None:
        if self.posting.circuit.open_for():
            await self.store.transact(lambda tx: tx.notices.defer(notice, 0.0, lease))
            return
        if not self.turns.may_send(begun, lease):
            return
        try:
            await self.posting.update(Posted(notice.channel, notice.ts), drawing.now.message)
        except SlackError as error:
            await self.failures.sent(notice, error, lease)
            return
        asks = drawing.now.as_shown(shown=True).model_dump_json() if drawing.now.jobs else ""
        await self.store.transact(
            lambda tx: tx.notices.redrawn(
                notice, before=drawing.before, asks=asks, version=drawing.version, lease=lease
            )
        )
        log.info("notice.redrawn", request_id=notice.request_id, kind=notice.kind, settled=not asks)

    async def broke(self, notice: SentNotice, lease: Lease, _reference: str) -> None:
        """It broke with a fault: others come first."""
        await self.failures.fault(lambda tx: tx.notices, notice, lease)

    def _read(self, tx: Transaction, notice: SentNotice, lease: Lease) -> _Drawing | None:
        """What it says now; None where it says that already, or may not be drawn now."""
        before, request = tx.notices.asks(notice, lease), tx.requests.get(notice.request_id)
        if not before or request is None:
            return None
        now = Asking.model_validate_json(before).settled(notice.kind, request, lambda: tx.events.of(request.id))
        if now.is_shown and not notice.in_doubt:
            tx.notices.looked_at(notice, version=request.version, over=not now.jobs, lease=lease)
            return None
        if not tx.notices.intend_redraw(notice, lease):
            if seconds := tx.pace.held(Limited.REDRAW, notice.channel):
                tx.notices.defer(notice, seconds, lease)
            return None
        return _Drawing(before, now, request.version)
