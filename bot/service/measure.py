"""Measuring: what the database holds, as metrics; read anew for each scrape."""

from dataclasses import dataclass

from bot import metrics
from bot.domain.lifecycle import State
from bot.store import Store, StoreFault, Transaction


@dataclass(frozen=True, kw_only=True)
class Measuring:
    """Sets the metrics that no process counts by itself."""

    store: Store

    async def measure(self) -> None:
        """Reads requests and owed deliveries. Old numbers are worse than none: where it fails there are none."""
        metrics.REQUESTS.clear()
        metrics.OUTSTANDING.clear()
        try:
            counts, cards, notices = await self.store.read(_read)
        except StoreFault:
            metrics.STORE_READ.set(0)
            return
        metrics.STORE_READ.set(1)
        metrics.OUTSTANDING.labels("card").set(cards)
        metrics.OUTSTANDING.labels("notice").set(notices)
        for state, region, requests in counts:
            metrics.REQUESTS.labels(state, region).set(requests)


def _read(tx: Transaction) -> tuple[tuple[tuple[State, str, int], ...], int, int]:
    return tx.requests.counts(), tx.cards.owed(), tx.notices.owed()
