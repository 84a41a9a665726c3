"""The queues of the worker: what is due in each, and which use case does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.domain.delivery import Card, DueNotice
from bot.service.check import Checking
from bot.service.count import SETTLE_EVERY, Counting
from bot.service.emergency import Emergencies
from bot.service.expire import Expiring
from bot.service.ports import Clock
from bot.service.remind import Reminding
from bot.service.steps import PAGE, Asking, Watching
from bot.slack.outbox.delivery import Delivery
from bot.store import LONGEST_PAUSE, Due, Lease, Store, Transaction, Work
from bot.worker import DueTask, Queue, WorkItem

REDRAWN_BESIDE = 4
"""Cards that may be drawn however many notices are under way: none is held up by the other for long."""


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
    clock: Clock
    lease_ttl: float  # seconds
    checking: Checking
    asking: Asking
    watching: Watching
    delivery: Delivery
    _notices_in_hand: set[WorkItem] = field(default_factory=set)

    def all(self) -> Sequence[Queue]:
        """Each by its name, with the table that its work stands in."""
        return (
            Queue(Work.CHECK, lambda tx: tx.drafts, self._check),
            Queue(Work.ASK, lambda tx: tx.steps, self._ask),
            Queue(Work.WATCH, lambda tx: tx.steps, self._watch),
            Queue(Work.NOTICES, lambda tx: tx.notices, self._notices, self._notices_in_hand),
            Queue(Work.CARDS, lambda tx: tx.cards, self._cards),
            Queue(Work.SETTLED, lambda tx: tx.notices, self._settled),
        )

    async def look(self) -> Due:
        """What there is to do."""
        return await self.store.read(lambda tx: tx.due(self.clock()))

    async def bring_back(self) -> None:
        """After the clock went back: nothing waits for a clock that was ahead."""
        asked_within = max(LONGEST_PAUSE, self.asking.grace)
        await self.store.transact(
            lambda tx: tx.bring_back(
                held=self.lease_ttl, asked_within=asked_within, watched_within=self.watching.longest_pause
            )
        )

    async def _check(self, lease: Lease, limit: int) -> Sequence[WorkItem]:
        drafts = await self.store.claim(lambda tx: tx.drafts.claim_checking(lease, limit))
        return [
            WorkItem(
                lease,
                (draft.id,),
                self.checking.check(draft, lease),
                {"draft_id": draft.id, "actor": draft.requester},
                partial(self.checking.broke, draft, lease),
            )
            for draft in drafts
        ]

    async def _ask(self, lease: Lease, limit: int) -> Sequence[WorkItem]:
        steps = await self.store.claim(lambda tx: tx.steps.claim_due(lease, limit))
        return [
            WorkItem(
                lease,
                (step.id,),
                self.asking.ask(step, lease),
                {"request_id": step.request_id},
                partial(self.asking.broke, step, lease),
            )
            for step in steps
        ]

    async def _watch(self, lease: Lease, limit: int) -> Sequence[WorkItem]:
        del limit  # one page at a time: a claim is asked for more while there is room
        page = await self.store.claim(lambda tx: tx.steps.claim_working(lease, PAGE))
        if not page:
            return []
        return [
            WorkItem(
                lease,
                [step.id for step in page],
                self.watching.look(page, lease),
                {"region": page[0].region},
                partial(self.watching.broke, page, lease),
            )
        ]

    async def _cards(self, lease: Lease, limit: int) -> Sequence[WorkItem]:
        def claim(tx: Transaction) -> Sequence[Card]:
            """What is told for the first time goes before what is redrawn."""
            return tx.cards.claim(lease, min(room, max(REDRAWN_BESIDE, limit - len(self._notices_in_hand))))

        room = self.delivery.room(limit)
        cards = await self.store.claim(claim) if room else ()
        return [
            WorkItem(
                lease,
                (card.id,),
                self.delivery.cards.draw(card, lease),
                {"request_id": card.request_id},
                partial(self.delivery.cards.broke, card, lease),
            )
            for card in cards
        ]

    async def _notices(self, lease: Lease, limit: int) -> Sequence[WorkItem]:
        room = self.delivery.room(limit)
        notices = await self.store.claim(lambda tx: tx.notices.claim(lease, room)) if room else ()
        return [
            WorkItem(
                lease,
                (notice.id,),
                self.delivery.notices.send(notice, lease),
                _about(notice),
                partial(self.delivery.notices.broke, notice, lease),
            )
            for notice in notices
        ]

    async def _settled(self, lease: Lease, limit: int) -> Sequence[WorkItem]:
        room = self.delivery.room(limit)
        notices = await self.store.claim(lambda tx: tx.notices.claim_outdated(lease, room)) if room else ()
        return [
            WorkItem(
                lease,
                (notice.id,),
                self.delivery.settled.look(notice, lease),
                {"request_id": notice.request_id},
                partial(self.delivery.settled.broke, notice, lease),
            )
            for notice in notices
        ]


def _about(notice: DueNotice) -> Mapping[str, str]:
    return {"request_id": notice.request_id} if notice.request_id else {"draft_id": notice.draft_id}
