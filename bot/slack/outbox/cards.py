"""Cards: messages that follow a request, redrawn until Slack shows the newest version."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import structlog

from bot.domain.delivery import POSTED_WITHIN, Card, CardKind
from bot.domain.freeze import Freeze
from bot.domain.lifecycle import OPEN, Notice, Place, State
from bot.domain.request import ImageRequest
from bot.service.begun import Begun, done
from bot.service.gate import Gate
from bot.slack.outbox.deciders import Deciders
from bot.slack.outbox.failures import Failures
from bot.slack.outbox.posting import Payload, Posted, Posting
from bot.slack.outbox.turns import Turns, awaits_card, may_post, may_redraw
from bot.slack.protocol.web_api import MESSAGE_GONE, SlackError, Unavailable
from bot.slack.screens import progress
from bot.slack.screens.card import card_message, second_card
from bot.slack.screens.message import Message
from bot.slack.screens.who_decides import still_asked, who_decides_on_card
from bot.store import Lease, Store, Transaction

log = structlog.get_logger(__name__)

LOOK_EVERY = 900.0
"""Seconds after which a card that somebody is to decide on is looked for: anybody may delete a message, and retention
does. Drawing it once more is the look, as it needs no right that a redraw does not need."""

REDRAW_EVERY = 60.0
"""Seconds between two drawings of a card on which nothing has changed but the time."""

LOOK_FOR_SECOND = 300.0
"""Seconds after which a card that had to be posted in doubt is looked for a second one."""


@dataclass(frozen=True, kw_only=True)
class _Drawing:
    """What a card shows, as it was read in one transaction."""

    request: ImageRequest
    approval: Card | None  # the approval card, where this one has a link to it
    frozen: Freeze | None  # the freeze that it tells of
    usual_seconds: Mapping[int, float]  # how long an image of each machine usually takes, by job, where it is shown
    others: Sequence[ImageRequest]  # earlier requests for its instances, likewise


@dataclass(frozen=True, kw_only=True)
class Cards:
    """Posts them, redraws them, and posts them anew when they are gone: each as its request stands now."""

    store: Store
    posting: Posting
    turns: Turns
    failures: Failures
    deciders: Deciders
    gate: Gate
    channel_language: str
    workspace_url: str  # the address that links to messages begin with
    clock: Callable[[], float]

    def begin(self, tx: Transaction, card: Card, lease: Lease) -> Begun:
        """What is to be done about a card that this transaction has claimed.

        Where nothing has to be looked for first, the intent is written with the claim; but of posts one a transaction
        (see `Pace`).
        """
        if _is_looked_for(card) or not (card.ts or tx.pace.may_turn):
            return partial(self._draw_later, card, lease)
        begun = self.clock()
        drawing = self._read(tx, card, lease)
        return partial(self._draw, card, drawing, begun, lease) if drawing else done

    async def _draw(self, card: Card, drawing: _Drawing, begun: float, lease: Lease) -> None:
        if self.posting.circuit.open_for():
            await self.store.transact(lambda tx: tx.cards.defer(card, 0.0, lease))
        elif self.turns.may_send(begun, lease):
            await self._show(card, drawing, lease, looked=False)

    async def _draw_later(self, card: Card, lease: Lease) -> None:
        """Likewise, after a look, or when it is its turn."""
        if self.posting.circuit.open_for():
            await self.store.transact(lambda tx: tx.cards.defer(card, 0.0, lease))
            return
        looked = _is_looked_for(card)
        if looked and not await self._looked(card, lease):
            return
        drawing = await self.turns.intend(lambda tx: self._read(tx, card, lease), lease)
        if drawing:
            await self._show(card, drawing, lease, looked=looked)

    async def _show(self, card: Card, drawing: _Drawing, lease: Lease, *, looked: bool) -> None:
        try:
            if card.ts:
                await self._redraw(card, drawing, lease, looked=looked)
            else:
                await self._post(card, drawing, lease)
        except SlackError as error:
            if card.ts and error.code == MESSAGE_GONE:
                await self._lost(card, drawing.request, lease)
            else:
                await self.failures.card(card, drawing.request, error, lease)

    async def broke(self, card: Card, lease: Lease, _reference: str) -> None:
        """It broke with a fault: the others of its conversation come first."""
        await self.failures.fault(lambda tx: tx.cards, card, lease)

    async def _looked(self, card: Card, lease: Lease) -> bool:
        """Looks for what may be there already, and for what may be there twice. Whether it is still to be drawn."""
        request = await self.store.read(lambda tx: tx.requests.get(card.request_id))
        if request is None:
            return False
        try:
            if not card.ts:
                return await self._is_missing(card, request, lease)
            await self._delete_duplicate(card, request, lease)
        except SlackError as error:
            await self.failures.card(card, request, error, lease)
            return False
        return True

    async def _redraw(self, card: Card, drawing: _Drawing, lease: Lease, *, looked: bool) -> None:
        newest = drawing.request
        await self.posting.update(Posted(card.channel, card.ts), self._message(card, drawing))
        look_in = LOOK_FOR_SECOND if card.perhaps_twice and not looked else self._look_in(card, newest, drawing.frozen)
        await self.store.transact(lambda tx: tx.cards.drawn(card, version=newest.version, lease=lease, look_in=look_in))

    async def _delete_duplicate(self, card: Card, request: ImageRequest, lease: Lease) -> None:
        """Of two cards of one request, the one that is not redrawn goes: its buttons would tell of an old state."""
        for other in await self.posting.find(card.channel, _says(card), since=request.created_at):
            if other.ts == card.ts:
                continue
            try:
                await self.posting.delete(other)
            except Unavailable:
                raise
            except SlackError:
                await self.posting.update(other, second_card(self._read_by(card, request)))
            log.warning("card.duplicate_deleted", request_id=request.id, kind=card.kind, channel=card.channel)
        await self.store.transact(lambda tx: tx.cards.single(card, lease))

    def _read(self, tx: Transaction, card: Card, lease: Lease) -> _Drawing | None:
        """What a card shows, as its request stands now; None where it may not be drawn now."""
        request = tx.requests.get(card.request_id)
        if request is None:
            return None
        waits = request.state is State.PENDING
        link = card.kind is CardKind.REQUESTER and (waits or not card.ts)
        approval = tx.cards.get(request.id, CardKind.APPROVAL) if link else None
        if card.ts:
            if not may_redraw(tx, card, lease):
                return None
        elif awaits_card(approval, request, self.clock()):  # to which it has a link
            tx.cards.defer(card, POSTED_WITHIN, lease)
            return None
        elif not may_post(tx, tx.cards, card, card.conversation, lease):
            return None
        is_open = request.state in OPEN
        return _Drawing(
            request=request,
            approval=approval,
            frozen=self.gate.frozen(tx, request, self.clock()) if is_open else None,
            usual_seconds=tx.requests.usual_of(request) if is_open else {},
            others=tx.requests.earlier([request])[request.id] if waits else (),
        )

    def _message(self, card: Card, drawing: _Drawing) -> Message:
        """How it looks: made once the transaction is over, which nobody then waits for."""
        request = drawing.request
        read = self._read_by(card, request)
        needs = self.deciders.needs(request) if request.state is State.PENDING else ()
        message = card_message(
            request,
            card.kind,
            approvers=self.deciders.of(request, card.conversation),
            needs=needs,
            ruleset=self.deciders.rules.of(request),
            frozen=drawing.frozen,
            usual_seconds=drawing.usual_seconds,
            language=read.language,
            others=drawing.others,
            now=self.clock(),
        )
        if card.kind is CardKind.REQUESTER and request.state is State.PENDING:
            waited_for, urls = still_asked(request, self.deciders.of(request), needs), self.workspace_url
            who = who_decides_on_card(read, drawing.approval, approvers=waited_for, workspace_url=urls)
            message = message.and_small(who)
        return message

    def _read_by(self, card: Card, request: ImageRequest) -> ImageRequest:
        """In the language of whoever reads the card: the channel's, or the requester's."""
        return replace(request, language=self.channel_language) if card.kind is CardKind.APPROVAL else request

    async def _is_missing(self, card: Card, request: ImageRequest, lease: Lease) -> bool:
        """Whether a card that may have been posted is not there, and cannot appear any more."""
        standing = await self.posting.find(card.conversation, _says(card), since=request.created_at)
        if standing:
            await self._adopt(card, standing, lease)
            return False
        if seconds := card.doubt_lasts:
            await self.store.transact(lambda tx: tx.cards.defer(card, seconds, lease))
            log.info("card.may_still_appear", request_id=request.id, kind=card.kind, seconds=round(seconds))
            return False
        return True

    async def _post(self, card: Card, drawing: _Drawing, lease: Lease) -> None:
        newest = drawing.request
        posted = await self.posting.post(card.conversation, self._message(card, drawing), _says(card))
        look_in = LOOK_FOR_SECOND if card.in_doubt else self._look_in(card, newest, drawing.frozen)

        def note(tx: Transaction) -> None:
            tx.cards.posted(
                card,
                channel=posted.channel,
                ts=posted.ts,
                version=newest.version,
                lease=lease,
                look_in=look_in,
                perhaps_twice=card.in_doubt,
            )
            tx.pace.took(card.conversation)

        await self.store.transact(note)
        log.info("card.posted", request_id=newest.id, kind=card.kind, channel=posted.channel, found=False)

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

    async def _lost(self, card: Card, request: ImageRequest, lease: Lease) -> None:
        """Slack says that the card is not there. Where its history says so too, it is posted anew."""
        try:
            found = await self.posting.find(card.channel, _says(card), since=request.created_at)
        except Unavailable as error:
            await self.failures.card(card, request, error, lease)
            return
        if found:  # one of the two answers is wrong
            await self.failures.card(card, request, Unavailable("message_there_and_gone"), lease)
            return

        def work(tx: Transaction) -> None:
            if not tx.cards.repost(card, lease):
                return
            log.warning("card.gone", request_id=card.request_id, kind=card.kind, channel=card.channel)
            if card.kind is CardKind.APPROVAL and request.needs_a_person:
                tx.notices.owe(
                    Notice.CARD_LOST, Place.REQUESTER, conversation=request.requester, request_id=request.id, version=0
                )

        await self.store.transact(work)

    def _look_in(self, card: Card, request: ImageRequest, frozen: Freeze | None) -> float | None:
        """When to draw a card again that was just drawn: to see whether it is there while somebody is to decide on it,
        where it says how long something has taken, and once the time has come that it is waiting for.
        """
        now, waits = self.clock(), [LOOK_EVERY] if card.kind is CardKind.APPROVAL and request.needs_a_person else []
        waits += [REDRAW_EVERY] if progress.moves(request) else []
        waits += [request.begin_at - now] if request.state is State.APPROVED and request.begin_at > now else []
        waits += [max(1.0, frozen.until - now)] if frozen else []
        return min(waits, default=None)


def _is_looked_for(card: Card) -> bool:
    """Whether it may be there already, or twice, and is to be looked for first."""
    return (card.perhaps_twice and card.is_looked_at) if card.ts else card.in_doubt


def _says(card: Card) -> Payload:
    return {"request": card.request_id, "kind": f"card.{card.kind}"}
