"""Delivery: brings owed cards and notices to Slack, as often as it takes, and nothing twice that can be known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from slack_sdk.models.views import View

from bot import metrics
from bot.domain.delivery import Card, CardKind, DueNotice
from bot.domain.draft import Draft, DraftState
from bot.domain.lifecycle import OPEN, Notice, Place
from bot.domain.request import ImageRequest
from bot.slack import forms
from bot.slack.cards import Message, card_message
from bot.slack.notices import not_submitted, notice_message
from bot.slack.posting import Payload, Posted, Posting
from bot.slack.web_api import Gone, NotAllowed, SlackError, Unavailable
from bot.slack.windows import Windows
from bot.store import Lease, Store, Transaction

log = structlog.get_logger(__name__)

OPERATOR_PAUSE = 60.0
"""Seconds until the next try when somebody has to do something first."""

LONGEST_PAUSE = 300.0
"""Seconds a repeated failure is waited for at most."""

LAST_TRY = 20
"""Tries after which a card of a request that has ended is left as it is: some conversations never come back."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Cards are redrawn until Slack shows the newest version; notices are sent once.

    What cannot go where it should goes to the requester's direct messages, and in the end to the operator's log.
    """

    store: Store
    windows: Windows
    posting: Posting
    approvers: Sequence[str]  # ids of people and groups, to be mentioned
    regions: Sequence[str]
    clock: Callable[[], float]

    async def card(self, card: Card, lease: Lease) -> None:
        """Draws one card as its request stands now."""
        if seconds := self.posting.closed_for(card.channel or card.conversation, drawn=bool(card.ts)):
            await self.store.transact(lambda tx: tx.cards.defer(card, seconds, lease))
            return

        def read(tx: Transaction) -> tuple[ImageRequest | None, float | None]:
            request = tx.requests.get(card.request_id)
            if request is None or not tx.cards.intend(card, lease):
                return None, None
            return request, tx.requests.usual_build_seconds(request.plan.instance_id)

        begun = self.clock()
        request, usual = await self.store.transact(read)
        if request is None or self._overslept(begun, lease):  # somebody else's by now
            return
        message = card_message(request, card.kind, approvers=self.approvers, usual_seconds=usual)
        try:
            if card.ts:
                await self.posting.update(Posted(card.channel, card.ts), message)
                await self.store.transact(lambda tx: tx.cards.drawn(card, version=request.version, lease=lease))
            else:
                await self._post_card(card, request, message, lease)
        except SlackError as error:
            await self._card_failed(card, request, error, lease)

    async def notice(self, notice: DueNotice, lease: Lease) -> None:
        """Sends one notice."""
        if seconds := self.posting.closed_for(notice.conversation):
            await self.store.transact(lambda tx: tx.notices.defer(notice, seconds, lease))
            return
        try:
            posted = await self._send(notice, lease)
        except SlackError as error:
            await self._notice_failed(notice, error, lease)
        else:
            if posted is None:  # somebody else's by now
                return
            await self._sent(notice, posted, lease)
            log.info("notice.sent", request_id=notice.request_id, kind=notice.kind, place=notice.place)

    async def _sent(self, notice: DueNotice, posted: Posted, lease: Lease) -> None:
        now = self.clock()

        def work(tx: Transaction) -> ImageRequest | None:
            tx.notices.sent(notice, channel=posted.channel, ts=posted.ts, at=now, lease=lease)
            return tx.requests.get(notice.request_id) if notice.kind is Notice.READY else None

        request = await self.store.transact(work)
        if request and request.finished_at is not None and notice.place is Place.ANNOUNCE:
            metrics.READY_TO_TOLD.observe(max(0.0, now - request.finished_at))

    async def _still_ours(self, intend: Callable[[Transaction], bool], lease: Lease) -> bool:
        """Whether nobody has taken over while Slack was asked."""
        begun = self.clock()
        return await self.store.transact(intend) and not self._overslept(begun, lease)

    def _overslept(self, begun: float, lease: Lease) -> bool:
        """Whether this process slept so long after its intent that it may have been succeeded: it sends nothing."""
        return self.clock() - begun > lease.seconds / 2

    async def _post_card(self, card: Card, request: ImageRequest, message: Message, lease: Lease) -> None:
        payload = {"request": request.id, "kind": f"card.{card.kind}"}
        before = None
        if card.attempts:
            before = await self.posting.find(card.conversation, payload, since=request.created_at)
            if not (before or await self._still_ours(lambda tx: tx.cards.intend(card, lease), lease)):
                return
        posted = before or await self.posting.post(card.conversation, message, payload)
        shown = 0 if before else request.version  # what was posted before may be of an older version
        await self.store.transact(
            lambda tx: tx.cards.posted(card, channel=posted.channel, ts=posted.ts, version=shown, lease=lease)
        )
        log.info("card.posted", request_id=request.id, kind=card.kind, channel=posted.channel, found=bool(before))

    async def _send(self, notice: DueNotice, lease: Lease) -> Posted | None:
        """Where it went; None when it is no longer ours to send."""

        def read(tx: Transaction) -> tuple[bool, ImageRequest | None, Draft | None, Card | None]:
            request = tx.requests.get(notice.request_id) if notice.request_id else None
            draft = tx.drafts.get(notice.draft_id) if notice.draft_id else None
            ours = tx.notices.intend(notice, lease)
            return ours, request, draft, tx.cards.get(notice.request_id, CardKind.APPROVAL)

        begun = self.clock()
        ours, request, draft, card = await self.store.transact(read)
        if not ours or self._overslept(begun, lease):
            return None
        if draft is not None:
            return await self._tell_in_form(notice, draft, request, lease)
        if request is None:
            return Posted()
        where, thread_ts, usual_place = notice.conversation, None, request.announce_in
        if notice.place is Place.THREAD:
            usual_place = card.conversation if card else ""
            if not where:
                if card is None or not card.ts:
                    return Posted()
                where, thread_ts = card.channel, card.ts
        direct = notice.place in {Place.REQUESTER, Place.APPROVER}
        moved = "" if thread_ts or direct or where == usual_place else usual_place
        message = notice_message(notice.kind, request, place=notice.place, approvers=self.approvers, moved_from=moved)
        payload = {"request": request.id, "kind": f"notice.{notice.kind}", "notice": str(notice.id)}
        return await self._once(
            notice, where, message, payload, since=request.created_at, thread_ts=thread_ts, lease=lease
        )

    async def _once(
        self,
        notice: DueNotice,
        where: str,
        message: Message,
        payload: Payload,
        *,
        since: float,
        thread_ts: str | None = None,
        lease: Lease,
    ) -> Posted | None:
        """Posts it, unless an earlier try did so without our hearing of it."""
        before = None
        if notice.attempts:
            before = await self.posting.find(where, payload, since=since, thread_ts=thread_ts)
            if not (before or await self._still_ours(lambda tx: tx.notices.intend(notice, lease), lease)):
                return None
        return before or await self.posting.post(where, message, payload, thread_ts=thread_ts)

    async def _tell_in_form(
        self, notice: DueNotice, draft: Draft, request: ImageRequest | None, lease: Lease
    ) -> Posted | None:
        """What became of a form that was sent: in the form while it is open, else as a direct message."""
        if notice.kind is Notice.SUBMITTED and request is not None:
            await self._shown(draft, forms.sent_view(request))  # where it is not, the requester's card says the same
            return Posted()
        if draft.state is not DraftState.OPEN:
            return Posted()  # corrected and sent again meanwhile
        view = forms.request_form(draft, regions=self.regions)
        if notice.place is Place.VIEW and notice.attempts == 0 and await self._shown(draft, view):
            return Posted()
        payload = {"request": draft.id, "kind": f"notice.{notice.kind}", "notice": str(notice.id)}
        return await self._once(
            notice, notice.conversation, not_submitted(draft), payload, since=draft.created_at, lease=lease
        )

    async def _shown(self, draft: Draft, view: View) -> bool:
        """Whether the window of a form shows this now; not when it was closed, or Slack takes no such window.

        Raises:
            Unavailable: Slack cannot be asked now.
        """
        if not draft.view_id:
            return False
        try:
            await self.windows.update(view, draft.language, view_id=draft.view_id)
        except Unavailable:
            raise
        except SlackError as error:
            log.info("view.not_shown", draft_id=draft.id, code=error.code)
            return False
        return True

    async def _card_failed(self, card: Card, request: ImageRequest, error: SlackError, lease: Lease) -> None:
        facts = {
            "request_id": card.request_id,
            "kind": card.kind,
            "conversation": card.conversation,
            "code": error.code,
        }

        def work(tx: Transaction) -> None:
            match error:
                case Unavailable():
                    seconds = _pause(error, card.attempts)
                    tx.cards.defer(card, seconds, lease)
                    log.warning("card.deferred", **facts, seconds=seconds)
                case NotAllowed():
                    tx.cards.defer(card, _operators_pause(card.attempts), lease)
                    log.error("card.not_allowed", **facts)
                case Gone() if card.ts:  # somebody deleted the message: a new one
                    tx.cards.repost(card, lease)
                    log.warning("card.gone", **facts)
                case _ if card.kind is CardKind.REQUESTER or (request.state not in OPEN and card.attempts >= LAST_TRY):
                    tx.cards.abandon(card, version=request.version, lease=lease)
                    log.error("card.abandoned", **facts)
                case _:
                    if tx.cards.defer(card, _operators_pause(card.attempts), lease) and not card.ts:
                        self._detour(tx, request)
                    log.error("card.not_shown", **facts)

        await self.store.transact(work)

    def _detour(self, tx: Transaction, request: ImageRequest) -> None:
        """The approvers do not see the card: its requester is told, once, and gets what would go to its thread."""
        tx.notices.owe(
            Notice.NOT_SHOWN, Place.REQUESTER, conversation=request.requester, request_id=request.id, version=0
        )
        tx.notices.leave_thread(request.id, request.requester)

    async def _notice_failed(self, notice: DueNotice, error: SlackError, lease: Lease) -> None:
        facts = {
            "request_id": notice.request_id,
            "kind": notice.kind,
            "conversation": notice.conversation,
            "code": error.code,
        }

        def work(tx: Transaction) -> None:
            request = tx.requests.get(notice.request_id) if notice.request_id else None
            match error:
                case Unavailable():
                    seconds = _pause(error, notice.attempts)
                    tx.notices.defer(notice, seconds, lease)
                    log.warning("notice.deferred", **facts, seconds=seconds)
                case NotAllowed():
                    tx.notices.defer(notice, _operators_pause(notice.attempts), lease)
                    log.error("notice.not_allowed", **facts)
                case _ if request and notice.place is not Place.APPROVER and notice.conversation != request.requester:
                    tx.notices.move(notice, request.requester, lease)
                    log.warning("notice.moved", **facts)
                case _:
                    tx.notices.abandon(notice, error.code, at=self.clock(), lease=lease)
                    log.error("notice.abandoned", **facts)

        await self.store.transact(work)


def _pause(error: Unavailable, attempts: int) -> float:
    """Slack's own Retry-After to the second, or growing pauses where it gives none."""
    if error.retry_after is not None:
        return error.retry_after
    return float(min(2 ** min(attempts, 10), LONGEST_PAUSE))


def _operators_pause(attempts: int) -> float:
    return min(OPERATOR_PAUSE * (attempts + 1), LONGEST_PAUSE)
