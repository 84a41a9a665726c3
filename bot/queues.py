"""The queues of the worker: what is due in each, and which use case does it."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from bot.domain.delivery import DueNotice
from bot.service.begun import Begun
from bot.service.check import Checking
from bot.service.count import SETTLE_EVERY, Counting
from bot.service.emergency import Emergencies
from bot.service.expire import Expiring
from bot.service.remind import Reminding
from bot.service.steps import PAGE, Asking, Watching
from bot.slack.outbox.delivery import Delivery
from bot.store import LONGEST_PAUSE, Lease, Store, StoreFault, Transaction, Work
from bot.work import DueTask, Queue, WorkItem

Row = TypeVar("Row")


def due_tasks(
    expiring: Expiring, reminding: Reminding, emergencies: Emergencies, counting: Counting
) -> Sequence[DueTask]:
    """What the passing of time, or an answer of Slack's, brings about."""
    return (
        DueTask(Work.SETTLE, counting.settle, SETTLE_EVERY),
        DueTask(Work.EXPIRE, expiring.expire),
        DueTask(Work.REMIND, reminding.remind),
        DueTask(Work.REVIEW, emergencies.remind),
    )


@dataclass(frozen=True, kw_only=True)
class Queues:
    """All of them, over one store."""

    store: Store
    lease_ttl: float  # seconds
    checking: Checking
    asking: Asking
    watching: Watching
    delivery: Delivery

    def all(self) -> Sequence[Queue]:
        """Each by its name, with the table that its work stands in. What is told for the first time goes before what is
        redrawn.
        """
        room = self.delivery.room
        return (
            Queue(Work.CHECK, lambda tx: tx.drafts, self._check),
            Queue(Work.ASK, lambda tx: tx.steps, self._ask),
            Queue(Work.WATCH, lambda tx: tx.steps, self._watch),
            Queue(Work.NOTICES, lambda tx: tx.notices, self._notices, room),
            Queue(Work.CARDS, lambda tx: tx.cards, self._cards, room, behind=Work.NOTICES),
            Queue(Work.SETTLED, lambda tx: tx.notices, self._settled, room),
        )

    async def bring_back(self) -> None:
        """After the clock went back: nothing waits for a clock that was ahead."""
        asked_within = max(LONGEST_PAUSE, self.asking.grace)
        await self.store.transact(
            lambda tx: tx.bring_back(
                held=self.lease_ttl, asked_within=asked_within, watched_within=self.watching.longest_pause
            )
        )

    def _check(self, tx: Transaction, lease: Lease, limit: int) -> Sequence[WorkItem]:
        return [
            WorkItem(
                lease,
                (draft.id,),
                partial(self.checking.check, draft, lease),
                {"draft_id": draft.id, "actor": draft.requester},
                partial(self.checking.broke, draft, lease),
            )
            for draft in tx.drafts.claim_checking(lease, limit)
        ]

    def _ask(self, tx: Transaction, lease: Lease, limit: int) -> Sequence[WorkItem]:
        asking = self.asking
        return [
            WorkItem(
                lease,
                (step.id,),
                _begun(asking.begin, tx, step, lease),
                {"request_id": step.request_id},
                partial(asking.broke, step, lease),
            )
            for step in tx.steps.claim_due(lease, limit)
        ]

    def _watch(self, tx: Transaction, lease: Lease, limit: int) -> Sequence[WorkItem]:
        """Pages of one kind and region."""
        pages = itertools.takewhile(bool, (tx.steps.claim_working(lease, PAGE) for _ in range(limit)))
        return [
            WorkItem(
                lease,
                [step.id for step in page],
                partial(self.watching.look, page, lease),
                {"region": page[0].region},
                partial(self.watching.broke, page, lease),
            )
            for page in pages
        ]

    def _cards(self, tx: Transaction, lease: Lease, limit: int) -> Sequence[WorkItem]:
        cards = self.delivery.cards
        return [
            WorkItem(
                lease,
                (card.id,),
                _begun(cards.begin, tx, card, lease),
                {"request_id": card.request_id},
                partial(cards.broke, card, lease),
            )
            for card in tx.cards.claim(lease, limit)
        ]

    def _notices(self, tx: Transaction, lease: Lease, limit: int) -> Sequence[WorkItem]:
        notices = self.delivery.notices
        return [
            WorkItem(
                lease,
                (notice.id,),
                _begun(notices.begin, tx, notice, lease),
                _about(notice),
                partial(notices.broke, notice, lease),
            )
            for notice in tx.notices.claim(lease, limit)
        ]

    def _settled(self, tx: Transaction, lease: Lease, limit: int) -> Sequence[WorkItem]:
        settled = self.delivery.settled
        return [
            WorkItem(
                lease,
                (notice.id,),
                _begun(settled.begin, tx, notice, lease),
                {"request_id": notice.request_id},
                partial(settled.broke, notice, lease),
            )
            for notice in tx.notices.claim_outdated(lease, limit)
        ]


def _begun(begin: Callable[[Transaction, Row, Lease], Begun], tx: Transaction, row: Row, lease: Lease) -> Begun:
    """What is left to be done about a row that is claimed. One that cannot be read breaks by itself, when it is run:
    not all that are claimed with it.
    """
    try:
        return begin(tx, row, lease)
    except StoreFault:
        raise
    except Exception as error:  # noqa: BLE001 # raised again for whoever says so
        return partial(_broken, error)


async def _broken(error: Exception) -> None:
    raise error


def _about(notice: DueNotice) -> Mapping[str, str]:
    return {"request_id": notice.request_id} if notice.request_id else {"draft_id": notice.draft_id}
