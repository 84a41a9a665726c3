"""Expiring: requests that nobody decided in time, and drafts that nobody sent."""

from dataclasses import dataclass

import structlog

from bot.domain.lifecycle import Move
from bot.service.ports import Clock
from bot.store import Store, Transaction

log = structlog.get_logger(__name__)

PURGE_EVERY = 3600.0
"""Seconds between two looks for drafts that are too old."""

DRAFT_TTL = 7 * 86400.0
"""Seconds a draft is kept: longer than any form stays open."""


@dataclass(frozen=True, kw_only=True)
class Expiring:
    """Ends what has waited too long."""

    store: Store
    clock: Clock

    async def expire(self) -> None:
        """Expires the requests that are due."""
        now = self.clock()

        def work(tx: Transaction) -> list[str]:
            due = tx.requests.due_to_expire(now, 100)
            return [i for i in due if tx.requests.advance(i, Move.EXPIRE, at=now, actor="", finished_at=now, noted=())]

        expired = await self.store.transact(work)
        for request_id in expired:
            log.info("request.expired", request_id=request_id)

    async def purge_drafts(self) -> None:
        """Forgets drafts that are older than any form can be."""
        before = self.clock() - DRAFT_TTL
        count = await self.store.transact(lambda tx: tx.drafts.purge(before))
        if count:
            log.info("drafts.purged", count=count)
