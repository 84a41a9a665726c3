"""Delivery: brings owed cards and notices to Slack, as often as it takes, and nothing twice that can be known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog
from slack_sdk.models.views import View

from bot import metrics
from bot.domain.delivery import Card, CardKind, DueNotice, Owed
from bot.domain.draft import Draft, DraftState
from bot.domain.lifecycle import OPEN, Notice, Place, State
from bot.domain.request import ImageRequest
from bot.slack.outbox.posting import Payload, Posted, Posting
from bot.slack.outbox.windows import Windows
from bot.slack.protocol.web_api import MESSAGE_GONE, Gone, NotAllowed, RateLimited, SlackError, Unavailable
from bot.slack.screens import request_form
from bot.slack.screens.card import card_message, second_card
from bot.slack.screens.message import Message
from bot.slack.screens.notice import not_submitted, notice_message
from bot.store import Lease, Limited, Outgoing, Store, Transaction

log = structlog.get_logger(__name__)

OPERATOR_PAUSE = 60.0
"""Seconds until the next try when somebody has to do something first."""

LONGEST_PAUSE = 300.0
"""Seconds a repeated failure is waited for at most."""

LAST_TRY = 20
"""Tries after which a card of a request that has ended is left as it is: some conversations never come back."""

LOOK_EVERY = 900.0
"""Seconds after which a card that somebody is to decide on is looked for: anybody may delete a message, and retention
does. Drawing it once more is the look, as it needs no right that a redraw does not need."""

LOOK_FOR_SECOND = 300.0
"""Seconds after which a card that had to be posted in doubt is looked for a second one."""

DECIDED_ON = frozenset({State.PENDING, State.UNSURE})
"""The states in which a request waits for a button on its card."""

_LIMITS = {"chat.postMessage": Limited.POST, "chat.update": Limited.REDRAW}

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class _Sending:
    """What a notice says, and where."""

    where: str
    message: Message
    payload: Payload
    since: float  # unix seconds; it cannot have been said before
    thread_ts: str | None = None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Cards are redrawn until Slack shows the newest version; notices are sent once.

    What cannot go where it should goes to the requester's direct messages, and in the end to the operator's log.
    """

    store: Store
    windows: Windows
    posting: Posting
    approvers: Callable[[], Sequence[str]]  # ids of people and groups, to be mentioned
    regions: Sequence[str]
    clock: Callable[[], float]

    def room(self, limit: int) -> int:
        """How many calls may be begun now: while Slack does not answer none, and one when it is time to try.

        So nothing that is owed is put off by Slack's silence: all of it goes as soon as Slack answers.
        """
        circuit = self.posting.circuit
        if circuit.until_trial():
            return 0
        return min(limit, 1) if circuit.is_open else limit

    async def card(self, card: Card, lease: Lease) -> None:
        """Draws one card as its request stands now."""
        if self.posting.circuit.closed_for():
            await self.store.transact(lambda tx: tx.cards.defer(card, 0.0, lease))
            return
        request = await self.store.transact(lambda tx: tx.requests.get(card.request_id))
        if request is None:
            return
        try:
            if card.ts:
                await self._redraw(card, request, lease)
            else:
                await self._post_card(card, request, lease)
        except SlackError as error:
            if card.ts and error.code == MESSAGE_GONE:
                await self._lost(card, request, lease)
            else:
                await self._card_failed(card, request, error, lease)

    async def card_broke(self, card: Card, lease: Lease, _reference: str) -> None:
        """It broke with a fault: the others of its conversation come first."""
        pause = _operators_pause(card.attempts)
        await self.store.transact(lambda tx: tx.cards.failed(card, pause, lease, doubtful=True))

    async def notice(self, notice: DueNotice, lease: Lease) -> None:
        """Sends one notice."""
        if self.posting.circuit.closed_for():
            await self.store.transact(lambda tx: tx.notices.defer(notice, 0.0, lease))
            return
        try:
            posted = await self._send(notice, lease)
        except SlackError as error:
            await self._notice_failed(notice, error, lease)
        else:
            if posted is None:  # somebody else's by now, or not yet its turn
                return
            await self._sent(notice, posted, lease)
            log.info("notice.sent", request_id=notice.request_id, kind=notice.kind, place=notice.place)

    async def notice_broke(self, notice: DueNotice, lease: Lease, _reference: str) -> None:
        """It broke with a fault: the others of its conversation come first."""
        pause = _operators_pause(notice.attempts)
        await self.store.transact(lambda tx: tx.notices.failed(notice, pause, lease, doubtful=True))

    async def _sent(self, notice: DueNotice, posted: Posted, lease: Lease) -> None:
        now = self.clock()

        def work(tx: Transaction) -> ImageRequest | None:
            if posted.ts:
                tx.pace.took(_goes_to(tx, notice))
            tx.notices.sent(notice, channel=posted.channel, ts=posted.ts, at=now, lease=lease)
            return tx.requests.get(notice.request_id) if notice.kind is Notice.READY else None

        request = await self.store.transact(work)
        if request and request.finished_at is not None and notice.place is Place.ANNOUNCE:
            metrics.READY_TO_TOLD.observe(max(0.0, now - request.finished_at))

    async def _intend(self, intend: Callable[[Transaction], Found | None], lease: Lease) -> Found | None:
        """What is to be sent. Who sleeps so long after the intent that it may have been succeeded sends nothing."""
        begun = self.clock()
        found = await self.store.transact(intend)
        return found if self.clock() - begun <= lease.seconds / 2 else None

    async def _redraw(self, card: Card, request: ImageRequest, lease: Lease) -> None:
        looked = card.perhaps_twice and card.is_looked_at
        if looked:
            await self._take_off_second(card, request, lease)
        found = await self._intend(lambda tx: self._drawing(tx, card) if _may_redraw(tx, card, lease) else None, lease)
        if found is None:
            return
        newest, message = found
        await self.posting.update(Posted(card.channel, card.ts), message)
        look_in = LOOK_FOR_SECOND if card.perhaps_twice and not looked else _look_in(card, newest)
        await self.store.transact(lambda tx: tx.cards.drawn(card, version=newest.version, lease=lease, look_in=look_in))

    async def _take_off_second(self, card: Card, request: ImageRequest, lease: Lease) -> None:
        """Of two cards of one request, the one that is not redrawn goes: its buttons would tell of an old state."""
        for other in await self.posting.find(card.channel, _says(card), since=request.created_at):
            if other.ts == card.ts:
                continue
            try:
                await self.posting.take_off(other)
            except Unavailable:
                raise
            except SlackError:
                await self.posting.update(other, second_card(request))
            log.warning("card.second_taken_off", request_id=request.id, kind=card.kind, channel=card.channel)
        await self.store.transact(lambda tx: tx.cards.single(card, lease))

    def _drawing(self, tx: Transaction, card: Card) -> tuple[ImageRequest, Message] | None:
        """A card as its request stands now."""
        request = tx.requests.get(card.request_id)
        if request is None:
            return None
        usual = tx.requests.usual_build_seconds(request.plan.instance_id)
        return request, card_message(request, card.kind, approvers=self.approvers(), usual_seconds=usual)

    async def _post_card(self, card: Card, request: ImageRequest, lease: Lease) -> None:
        if card.in_doubt:
            standing = await self.posting.find(card.conversation, _says(card), since=request.created_at)
            if standing:
                await self._adopt(card, standing, lease)
                return
            if seconds := card.doubt_lasts:
                await self.store.transact(lambda tx: tx.cards.defer(card, seconds, lease))
                log.info("card.may_still_appear", request_id=request.id, kind=card.kind, seconds=round(seconds))
                return
        found = await self._intend(
            lambda tx: self._drawing(tx, card) if _turn(tx, tx.cards, card, card.conversation, lease) else None, lease
        )
        if found is None:
            return
        newest, message = found
        posted = await self.posting.post(card.conversation, message, _says(card))
        look_in = LOOK_FOR_SECOND if card.in_doubt else _look_in(card, newest)

        def note(tx: Transaction) -> None:
            tx.pace.took(card.conversation)
            tx.cards.posted(
                card,
                channel=posted.channel,
                ts=posted.ts,
                version=newest.version,
                lease=lease,
                look_in=look_in,
                perhaps_twice=card.in_doubt,
            )

        await self.store.transact(note)
        log.info("card.posted", request_id=request.id, kind=card.kind, channel=posted.channel, found=False)

    async def _adopt(self, card: Card, found: Sequence[Posted], lease: Lease) -> None:
        """It was posted without our hearing of it: perhaps at an older version, so it is drawn again."""
        first = found[0]
        look_in = 0.0 if len(found) > 1 else None
        await self.store.transact(
            lambda tx: tx.cards.posted(
                card,
                channel=first.channel,
                ts=first.ts,
                version=0,
                lease=lease,
                look_in=look_in,
                perhaps_twice=len(found) > 1,
            )
        )
        log.info("card.posted", request_id=card.request_id, kind=card.kind, channel=first.channel, found=True)

    async def _send(self, notice: DueNotice, lease: Lease) -> Posted | None:
        """Where it went; None when it is not ours to send, or not now."""

        def read(tx: Transaction) -> tuple[ImageRequest | None, Draft | None, Card | None] | None:
            request = tx.requests.get(notice.request_id) if notice.request_id else None
            draft = tx.drafts.get(notice.draft_id) if notice.draft_id else None
            ours = tx.notices.holds(notice, lease)
            return (request, draft, tx.cards.get(notice.request_id, CardKind.APPROVAL)) if ours else None

        known = await self._intend(read, lease)
        if known is None:
            return None
        request, draft, card = known
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
        message = notice_message(notice.kind, request, place=notice.place, approvers=self.approvers(), moved_from=moved)
        payload = {"request": request.id, "kind": f"notice.{notice.kind}", "notice": str(notice.id)}
        sending = _Sending(where=where, message=message, payload=payload, since=request.created_at, thread_ts=thread_ts)
        return await self._once(notice, sending, lease)

    async def _once(self, notice: DueNotice, sending: _Sending, lease: Lease) -> Posted | None:
        """Posts it, unless an earlier try did so without our hearing of it, or may still do so."""
        if notice.in_doubt:
            found = await self.posting.find(
                sending.where, sending.payload, since=sending.since, thread_ts=sending.thread_ts
            )
            if found:
                return found[0]
            if seconds := notice.doubt_lasts:
                await self.store.transact(lambda tx: tx.notices.defer(notice, seconds, lease))
                log.info("notice.may_still_appear", kind=notice.kind, seconds=round(seconds))
                return None
        if not await self._intend(lambda tx: _turn(tx, tx.notices, notice, sending.where, lease) or None, lease):
            return None
        return await self.posting.post(sending.where, sending.message, sending.payload, thread_ts=sending.thread_ts)

    async def _tell_in_form(
        self, notice: DueNotice, draft: Draft, request: ImageRequest | None, lease: Lease
    ) -> Posted | None:
        """What became of a form that was sent: in the form while it is open, else as a direct message."""
        if notice.kind is Notice.SUBMITTED and request is not None:
            await self._shown(
                draft, request_form.sent_view(request)
            )  # where it is not, the requester's card says the same
            return Posted()
        if draft.state is not DraftState.OPEN:
            return Posted()  # corrected and sent again meanwhile
        view = request_form.request_form(draft, regions=self.regions)
        untried = notice.attempts == 0 and not notice.in_doubt
        if notice.place is Place.VIEW and untried and await self._shown(draft, view):
            return Posted()
        payload = {"request": draft.id, "kind": f"notice.{notice.kind}", "notice": str(notice.id)}
        sending = _Sending(
            where=notice.conversation, message=not_submitted(draft), payload=payload, since=draft.created_at
        )
        return await self._once(notice, sending, lease)

    async def _shown(self, draft: Draft, view: View) -> bool:
        """Whether the window of a form shows this now; not when it was closed, or Slack takes no such window.

        Raises:
            Unavailable: Slack cannot be asked now.
        """
        if not draft.view_id:
            return False
        try:
            await self.windows.update(view, draft.language, view_id=draft.view_id)
        except RateLimited:
            raise
        except Unavailable as error:  # whatever became of the form, no message was posted
            raise Unavailable(error.code) from error
        except SlackError as error:
            log.info("view.not_shown", draft_id=draft.id, code=error.code)
            return False
        return True

    async def _lost(self, card: Card, request: ImageRequest, lease: Lease) -> None:
        """Slack says that the card is not there. Where its history says so too, it is posted anew."""
        try:
            found = await self.posting.find(card.channel, _says(card), since=request.created_at)
        except Unavailable as error:
            await self._card_failed(card, request, error, lease)
            return
        if found:  # one of the two answers is wrong
            await self._card_failed(card, request, Unavailable("message_there_and_gone"), lease)
            return

        def work(tx: Transaction) -> None:
            if not tx.cards.repost(card, lease):
                return
            log.warning("card.gone", request_id=card.request_id, kind=card.kind, channel=card.channel)
            if card.kind is CardKind.APPROVAL and request.state in DECIDED_ON:
                tx.notices.owe(
                    Notice.CARD_LOST, Place.REQUESTER, conversation=request.requester, request_id=request.id, version=0
                )

        await self.store.transact(work)

    async def _card_failed(self, card: Card, request: ImageRequest, error: SlackError, lease: Lease) -> None:
        facts = {
            "request_id": card.request_id,
            "kind": card.kind,
            "conversation": card.conversation,
            "code": error.code,
        }

        def work(tx: Transaction) -> None:
            match error:
                case RateLimited():
                    if kind := _LIMITS.get(error.method):
                        tx.pace.hold(kind, card.channel or card.conversation, error.retry_after)
                    tx.cards.defer(card, error.retry_after, lease)
                    log.warning("card.deferred", **facts, seconds=error.retry_after)
                case Unavailable():
                    seconds = self._pause(card.attempts)
                    tx.cards.failed(card, seconds, lease, doubtful=error.doubtful)
                    log.warning("card.deferred", **facts, seconds=seconds)
                case NotAllowed():
                    tx.cards.failed(card, _operators_pause(card.attempts), lease, doubtful=False)
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
                    pause = _operators_pause(card.attempts)
                    if tx.cards.failed(card, pause, lease, doubtful=False) and not card.ts:
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
                case RateLimited():
                    if kind := _LIMITS.get(error.method):
                        tx.pace.hold(kind, _goes_to(tx, notice), error.retry_after)
                    tx.notices.defer(notice, error.retry_after, lease)
                    log.warning("notice.deferred", **facts, seconds=error.retry_after)
                case Unavailable():
                    seconds = self._pause(notice.attempts)
                    tx.notices.failed(notice, seconds, lease, doubtful=error.doubtful)
                    log.warning("notice.deferred", **facts, seconds=seconds)
                case NotAllowed():
                    tx.notices.failed(notice, _operators_pause(notice.attempts), lease, doubtful=False)
                    log.error("notice.not_allowed", **facts)
                case _ if request and notice.place is not Place.APPROVER and notice.conversation != request.requester:
                    tx.notices.move(notice, request.requester, lease)
                    log.warning("notice.moved", **facts)
                case _:
                    tx.notices.abandon(notice, error.code, at=self.clock(), lease=lease)
                    log.error("notice.abandoned", **facts)

        await self.store.transact(work)

    def _pause(self, attempts: int) -> float:
        """Growing pauses; none where Slack is left alone anyway, so that all goes as soon as it answers again."""
        if self.posting.circuit.is_open:
            return 0.0
        return float(min(2 ** min(attempts, 10), LONGEST_PAUSE))


def _turn(tx: Transaction, table: Outgoing, row: Owed, conversation: str, lease: Lease) -> bool:
    """Whether it may be posted now; who is too early comes back when it may be its turn."""
    if not table.holds(row, lease):
        return False
    if seconds := tx.pace.turn(conversation):
        table.defer(row, seconds, lease)
        return False
    return table.intend(row, lease)


def _may_redraw(tx: Transaction, card: Card, lease: Lease) -> bool:
    """Whether it may be drawn now; Slack may have told another one meanwhile to wait."""
    if seconds := tx.pace.held(Limited.REDRAW, card.channel):
        tx.cards.defer(card, seconds, lease)
        return False
    return tx.cards.intend(card, lease)


def _goes_to(tx: Transaction, notice: DueNotice) -> str:
    """The conversation of a notice, or of the card whose thread it belongs to."""
    card = None if notice.conversation else tx.cards.get(notice.request_id, CardKind.APPROVAL)
    return card.channel if card else notice.conversation


def _says(card: Card) -> Payload:
    return {"request": card.request_id, "kind": f"card.{card.kind}"}


def _look_in(card: Card, request: ImageRequest) -> float | None:
    """When to look for a card again that was just drawn: while somebody is to decide on it."""
    return LOOK_EVERY if card.kind is CardKind.APPROVAL and request.state in DECIDED_ON else None


def _operators_pause(attempts: int) -> float:
    return min(OPERATOR_PAUSE * (attempts + 1), LONGEST_PAUSE)
