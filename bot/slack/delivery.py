"""Delivery: brings owed cards and notices to Slack, as often as it takes, and nothing twice that can be known."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.delivery import Card, CardKind, DueNotice
from bot.domain.draft import Draft, DraftState
from bot.domain.lifecycle import Notice, Place
from bot.domain.request import ImageRequest
from bot.slack import forms
from bot.slack.cards import Message, card_message
from bot.slack.notices import not_submitted, notice_message
from bot.slack.web_api import Gone, NotAllowed, SlackError, Unavailable, Unreachable, Unshowable, call
from bot.store import Lease, Store, Transaction

log = structlog.get_logger(__name__)

OPERATOR_PAUSE = 60.0
"""Seconds until the next try when an operator has to do something first."""

LONGEST_PAUSE = 300.0
"""Seconds a repeated failure is waited for at most."""


CLOCKS_APART = 300.0
"""Seconds that Slack's clock and ours may differ by when a message is looked for."""

LOOKED_THROUGH = 200
"""Messages since the request was made that are looked through for one of ours."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Cards are redrawn until Slack shows the newest version; notices are sent once.

    The client must not retry by itself: Slack has no idempotency key, and a post repeated blindly is a second post.
    """

    store: Store
    client: AsyncWebClient
    approvers: Sequence[str]  # ids of people and groups, to be mentioned
    regions: Sequence[str]
    clock: Callable[[], float]

    async def card(self, card: Card, lease: Lease) -> None:
        """Draws one card as its request stands now."""

        def read(tx: Transaction) -> tuple[ImageRequest | None, float | None]:
            tx.cards.intend(card, lease.at(self.clock()))
            request = tx.requests.get(card.request_id)
            return request, tx.requests.usual_build_seconds(request.plan.instance_id) if request else None

        request, usual = await self.store.transact(read)
        if request is None:
            return
        message = card_message(request, card.kind, approvers=self.approvers, usual_seconds=usual)
        payload = {"request": request.id, "kind": f"card.{card.kind}"}
        try:
            if card.ts:
                await self._update(card.channel, card.ts, message)
                await self.store.transact(
                    lambda tx: tx.cards.drawn(card, version=request.version, lease=lease.at(self.clock()))
                )
                return
            before = await self._posted_before(card.conversation, payload, request) if card.attempts else None
            channel, ts = before or await self._post(card.conversation, message, payload)
            shown = 0 if before else request.version  # what was posted before may be of an older version
            await self.store.transact(
                lambda tx: tx.cards.posted(card, channel=channel, ts=ts, version=shown, lease=lease.at(self.clock()))
            )
            log.info("card.posted", request_id=request.id, kind=card.kind, channel=channel, found=bool(before))
        except SlackError as error:
            await self._card_failed(card, error, lease)

    async def notice(self, notice: DueNotice, lease: Lease) -> None:
        """Sends one notice."""
        try:
            channel, ts = await self._send(notice, lease)
        except SlackError as error:
            await self._notice_failed(notice, error, lease)
        else:
            now = self.clock()
            await self.store.transact(
                lambda tx: tx.notices.sent(notice, channel=channel, ts=ts, at=now, lease=lease.at(now))
            )
            log.info("notice.sent", request_id=notice.request_id, kind=notice.kind, place=notice.place)

    async def _send(self, notice: DueNotice, lease: Lease) -> tuple[str, str]:
        """Where it went: channel and ts, empty for a view or when there is nothing left to say."""

        def read(tx: Transaction) -> tuple[ImageRequest | None, Draft | None, Card | None]:
            tx.notices.intend(notice, lease.at(self.clock()))
            request = tx.requests.get(notice.request_id) if notice.request_id else None
            draft = tx.drafts.get(notice.draft_id) if notice.draft_id else None
            return request, draft, tx.cards.get(notice.request_id, CardKind.APPROVAL)

        request, draft, card = await self.store.transact(read)
        if draft is not None:
            return await self._tell_in_form(notice, draft, request)
        if request is None:
            return "", ""
        message = notice_message(
            notice.kind,
            request,
            place=notice.place,
            approvers=self.approvers,
            moved=notice.place is Place.ANNOUNCE and notice.conversation != request.announce_in,
        )
        payload = {"request": request.id, "kind": f"notice.{notice.kind}", "notice": str(notice.id)}
        channel, thread_ts = notice.conversation, None
        if notice.place is Place.THREAD:
            if card is None or not card.ts:
                return "", ""
            channel, thread_ts = card.channel, card.ts
        before = None
        if notice.attempts:
            before = await self._posted_before(channel, payload, request, thread_ts=thread_ts)
        return before or await self._post(channel, message, payload, thread_ts=thread_ts)

    async def _tell_in_form(self, notice: DueNotice, draft: Draft, request: ImageRequest | None) -> tuple[str, str]:
        """What became of a form that was sent: in the form while it is open, else as a direct message."""
        if notice.kind is Notice.SUBMITTED and request is not None:
            with suppress(Gone, Unreachable):  # the form is closed; the requester's card says the same
                await self._show(draft.view_id, forms.sent_view(request))
            return "", ""
        if draft.state is not DraftState.OPEN:
            return "", ""  # corrected and sent again meanwhile
        if notice.place is Place.VIEW and notice.attempts == 0:
            try:
                await self._show(draft.view_id, forms.request_form(draft, regions=self.regions))
            except Gone:
                pass
            else:
                return "", ""
        payload = {"request": draft.id, "kind": f"notice.{notice.kind}", "notice": str(notice.id)}
        return await self._post(notice.conversation, not_submitted(draft), payload)

    async def _card_failed(self, card: Card, error: SlackError, lease: Lease) -> None:
        now = self.clock()
        facts = {"request_id": card.request_id, "kind": card.kind, "conversation": card.conversation}
        match error:
            case Unavailable():
                until = now + _pause(error, card.attempts)
                log.warning("card.deferred", **facts, code=error.code, seconds=until - now)
                await self.store.transact(lambda tx: tx.cards.defer(card, until, lease.at(now)))
            case Gone() if card.ts:  # somebody deleted the message: a new one
                log.warning("card.gone", **facts, code=error.code)
                await self.store.transact(lambda tx: tx.cards.repost(card, lease.at(now)))
            case _:
                log.error("card.not_shown", **facts, code=error.code)
                await self.store.transact(lambda tx: tx.cards.defer(card, now + OPERATOR_PAUSE, lease.at(now)))

    async def _notice_failed(self, notice: DueNotice, error: SlackError, lease: Lease) -> None:
        now = self.clock()
        facts = {"request_id": notice.request_id, "kind": notice.kind, "conversation": notice.conversation}

        def work(tx: Transaction) -> None:
            request = tx.requests.get(notice.request_id) if notice.request_id else None
            match error:
                case Unavailable():
                    tx.notices.defer(notice, now + _pause(error, notice.attempts), lease.at(now))
                    log.warning("notice.deferred", **facts, code=error.code)
                case Unreachable() if request and notice.conversation not in {"", request.requester}:
                    tx.notices.move(notice, request.requester, lease.at(now))
                    log.warning("notice.moved", **facts, code=error.code)
                case NotAllowed():
                    tx.notices.defer(notice, now + OPERATOR_PAUSE, lease.at(now))
                    log.error("notice.not_allowed", **facts, code=error.code)
                case _:
                    tx.notices.abandon(notice, error.code, at=now, lease=lease.at(now))
                    log.error("notice.abandoned", **facts, code=error.code)

        await self.store.transact(work)

    async def _post(
        self, conversation: str, message: Message, payload: Mapping[str, str], *, thread_ts: str | None = None
    ) -> tuple[str, str]:
        """Posts, with metadata by which a post whose answer was lost can be recognised."""

        async def post(blocks: Sequence[Block] | None) -> Mapping[str, Any]:
            return await call(
                self.client.chat_postMessage(
                    channel=conversation,
                    text=message.text,
                    blocks=blocks,
                    thread_ts=thread_ts,
                    metadata={"event_type": "createimage", "event_payload": dict(payload)},
                    unfurl_links=False,
                    unfurl_media=False,
                )
            )

        try:
            answer = await post(message.blocks)
        except Unshowable as error:  # a card never fails to appear
            log.error("blocks.refused", code=error.code, kind=payload["kind"])
            answer = await post(None)
        return str(answer["channel"]), str(answer["ts"])

    async def _posted_before(
        self, channel: str, payload: Mapping[str, str], request: ImageRequest, *, thread_ts: str | None = None
    ) -> tuple[str, str] | None:
        """A message of ours whose answer was lost, found again by its metadata; None when it cannot be known.

        Slack: conversations.history and conversations.replies take a channel's id, so a first direct message, of
        which only the person is known, is not looked for; nor is one where the bot may not read.
        """
        if not channel.startswith(("C", "G", "D")):
            return None
        asked: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{request.created_at - CLOCKS_APART:.6f}",
            "include_all_metadata": True,
            "limit": LOOKED_THROUGH,
        }
        if thread_ts:
            history = self.client.conversations_replies(ts=thread_ts, **asked)
        else:
            history = self.client.conversations_history(**asked)
        try:
            answer = await call(history)
        except Unavailable:
            raise
        except SlackError as error:
            log.warning("message.not_looked_for", channel=channel, code=error.code)
            return None
        for message in answer.get("messages", ()):
            if (message.get("metadata") or {}).get("event_payload") == dict(payload):
                return channel, str(message["ts"])
        return None

    async def _update(self, channel: str, ts: str, message: Message) -> None:
        try:
            await call(self.client.chat_update(channel=channel, ts=ts, text=message.text, blocks=message.blocks))
        except Unshowable as error:
            log.error("blocks.refused", code=error.code, kind="card")
            await call(self.client.chat_update(channel=channel, ts=ts, text=message.text, blocks=[]))

    async def _show(self, view_id: str, view: Any) -> None:
        if not view_id:
            raise Gone("view_not_known")
        await call(self.client.views_update(view_id=view_id, view=view))


def _pause(error: Unavailable, attempts: int) -> float:
    """Slack's own Retry-After to the second, or growing pauses where it gives none."""
    if error.retry_after is not None:
        return error.retry_after
    return float(min(2 ** min(attempts, 10), LONGEST_PAUSE))
