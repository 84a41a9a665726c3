"""The queues of the worker: what is due in each, and which use case does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot import worker
from bot.domain.delivery import DueNotice
from bot.service.check import Checking
from bot.service.emergency import Emergencies
from bot.service.expire import Expiring
from bot.service.remind import Reminding
from bot.service.steps import Asking, Watching, pages
from bot.slack.outbox.delivery import Delivery
from bot.store import LONGEST_PAUSE, Lease, Store
from bot.worker import PeriodicTask, Queue, WorkItem

WATCHED_AT_ONCE = 500
"""Steps that are looked at, claimed at one time: five pages of one kind and region."""


def periodic_tasks(expiring: Expiring, reminding: Reminding, emergencies: Emergencies) -> Sequence[PeriodicTask]:
    """What the passing of time brings about."""
    return (
        PeriodicTask("remind", reminding.remind, worker.LOOK_EVERY),
        PeriodicTask("expire", expiring.expire, worker.LOOK_EVERY),
        PeriodicTask("review", emergencies.remind, worker.LOOK_EVERY),
        PeriodicTask("purge", expiring.purge_drafts, 3600),
    )


@dataclass(frozen=True, kw_only=True)
class Queues:
    """All of them, over one store."""

    store: Store
    checking: Checking
    asking: Asking
    watching: Watching
    delivery: Delivery

    def all(self) -> Sequence[Queue]:
        """Each by its name, with the table that its work stands in."""
        return (
            Queue("check", lambda tx: tx.drafts, self._check),
            Queue("ask", lambda tx: tx.steps, self._ask),
            Queue("watch", lambda tx: tx.steps, self._watch),
            Queue("cards", lambda tx: tx.cards, self._cards),
            Queue("notices", lambda tx: tx.notices, self._notices),
        )

    async def _check(self, lease: Lease, limit: int) -> Sequence[WorkItem]:
        drafts = await self.store.transact(lambda tx: tx.drafts.claim_checking(lease, limit))
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
        within = max(LONGEST_PAUSE, self.asking.grace)
        steps = await self.store.transact(lambda tx: tx.steps.claim_due(lease, limit, within=within))
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
        del limit  # pages are counted, not steps
        within = self.watching.longest_pause
        steps = await self.store.transact(lambda tx: tx.steps.claim_working(lease, WATCHED_AT_ONCE, within=within))
        return [
            WorkItem(
                lease,
                [step.id for step in page],
                self.watching.look(page, lease),
                {"region": page[0].region},
                partial(self.watching.broke, page, lease),
            )
            for page in pages(steps)
        ]

    async def _cards(self, lease: Lease, limit: int) -> Sequence[WorkItem]:
        room = self.delivery.room(limit)
        cards = await self.store.transact(lambda tx: tx.cards.claim(lease, room)) if room else ()
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
        notices = await self.store.transact(lambda tx: tx.notices.claim(lease, room)) if room else ()
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


def _about(notice: DueNotice) -> Mapping[str, str]:
    return {"request_id": notice.request_id} if notice.request_id else {"draft_id": notice.draft_id}
