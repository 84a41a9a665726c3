"""Cards: messages that follow a request, redrawn until Slack shows the newest version."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.domain.delivery import Card, CardKind
from bot.domain.freeze import Freeze
from bot.domain.lifecycle import OPEN, Notice, Place, State
from bot.domain.request import ImageRequest
from bot.service.gate import Gate
from bot.slack.outbox.deciders import Deciders
from bot.slack.outbox.failures import Failures, operators_pause
from bot.slack.outbox.posting import Payload, Posted, Posting
from bot.slack.outbox.turns import LOOK_FOR_CARD, Turns, awaits_card, may_post, may_redraw
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
class Cards:
    """Posts them, redraws them, and posts them anew when they are gone."""

    store: Store
    posting: Posting
    turns: Turns
    failures: Failures
    deciders: Deciders
    gate: Gate
    channel_language: str
    workspace_url: str  # the address that links to messages begin with
    clock: Callable[[], float]

    async def draw(self, card: Card, lease: Lease) -> None:
        """Draws one card as its request stands now."""
        if self.posting.circuit.open_for():
            await self.store.transact(lambda tx: tx.cards.defer(card, 0.0, lease))
            return
        request = await self.store.transact(lambda tx: tx.requests.get(card.request_id))
        if request is None:
            return
        try:
            if card.ts:
                await self._redraw(card, request, lease)
            else:
                await self._post(card, request, lease)
        except SlackError as error:
            if card.ts and error.code == MESSAGE_GONE:
                await self._lost(card, request, lease)
            else:
                await self.failures.card(card, request, error, lease)

    async def broke(self, card: Card, lease: Lease, _reference: str) -> None:
        """It broke with a fault: the others of its conversation come first."""
        pause = operators_pause(card.attempts)
        await self.store.transact(lambda tx: tx.cards.failed(card, pause, lease, doubtful=True))

    async def _redraw(self, card: Card, request: ImageRequest, lease: Lease) -> None:
        looked = card.perhaps_twice and card.is_looked_at
        if looked:
            await self._delete_duplicate(card, request, lease)
        found = await self.turns.intend(
            lambda tx: self._drawing(tx, card) if may_redraw(tx, card, lease) else None, lease
        )
        if found is None:
            return
        newest, message, frozen = found
        await self.posting.update(Posted(card.channel, card.ts), message)
        look_in = LOOK_FOR_SECOND if card.perhaps_twice and not looked else self._look_in(card, newest, frozen)
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

    def _drawing(self, tx: Transaction, card: Card) -> tuple[ImageRequest, Message, Freeze | None] | None:
        """A card as its request stands now, and the freeze that it tells of."""
        request = tx.requests.get(card.request_id)
        if request is None:
            return None
        others = {
            other.id: other
            for job in request.plan.jobs
            for other in tx.requests.waiting_for(job.instance_id, before=request.created_at)
        }
        read = self._read_by(card, request)
        frozen = self.gate.frozen(tx, request, self.clock()) if request.state in OPEN else None
        needs = self.deciders.needs(request) if request.state is State.PENDING else ()
        message = card_message(
            request,
            card.kind,
            approvers=self.deciders.of(request, card.conversation),
            needs=needs,
            ruleset=self.deciders.rules.of(request),
            frozen=frozen,
            usual_seconds=tx.requests.usual_of(request.plan),
            language=read.language,
            others=tuple(others.values()),
            now=self.clock(),
        )
        if card.kind is CardKind.REQUESTER and request.state is State.PENDING:
            approval = tx.cards.get(request.id, CardKind.APPROVAL)
            waited_for = still_asked(request, self.deciders.of(request), needs)
            urls = self.workspace_url
            message = message.and_small(who_decides_on_card(read, approval, approvers=waited_for, workspace_url=urls))
        return request, message, frozen

    def _read_by(self, card: Card, request: ImageRequest) -> ImageRequest:
        """In the language of whoever reads the card: the channel's, or the requester's."""
        return replace(request, language=self.channel_language) if card.kind is CardKind.APPROVAL else request

    async def _post(self, card: Card, request: ImageRequest, lease: Lease) -> None:
        if card.kind is CardKind.REQUESTER and await self.store.transact(lambda tx: self._waits(tx, card, lease)):
            return
        if card.in_doubt:
            standing = await self.posting.find(card.conversation, _says(card), since=request.created_at)
            if standing:
                await self._adopt(card, standing, lease)
                return
            if seconds := card.doubt_lasts:
                await self.store.transact(lambda tx: tx.cards.defer(card, seconds, lease))
                log.info("card.may_still_appear", request_id=request.id, kind=card.kind, seconds=round(seconds))
                return
        found = await self.turns.intend(
            lambda tx: self._drawing(tx, card) if may_post(tx, tx.cards, card, card.conversation, lease) else None,
            lease,
        )
        if found is None:
            return
        newest, message, frozen = found
        posted = await self.posting.post(card.conversation, message, _says(card))
        look_in = LOOK_FOR_SECOND if card.in_doubt else self._look_in(card, newest, frozen)

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

    def _waits(self, tx: Transaction, card: Card, lease: Lease) -> bool:
        """Whether it comes after the approval card, to which it has a link."""
        request = tx.requests.get(card.request_id)
        if request is None or not awaits_card(tx.cards.get(request.id, CardKind.APPROVAL), request, self.clock()):
            return False
        return tx.cards.defer(card, LOOK_FOR_CARD, lease)

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


def _says(card: Card) -> Payload:
    return {"request": card.request_id, "kind": f"card.{card.kind}"}
