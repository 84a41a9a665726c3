"""Posting: one message to Slack, each call once, with what Slack refuses cut down until it is shown."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient

from bot.circuit import Circuit
from bot.slack.protocol.answers import Answer, History, OpenedConversation, PastMessage, PostedMessage
from bot.slack.protocol.identity import Identity
from bot.slack.protocol.web_api import Gone, RateLimited, SlackError, Unavailable, Unshowable, ask
from bot.slack.screens.message import Message

log = structlog.get_logger(__name__)

Shape = TypeVar("Shape", bound=Answer)

CLOCKS_APART = 7200.0
"""Seconds that our clock may have been ahead of Slack's when what is looked for began: one that is set an hour wrong
must not hide a message. What is read is bounded by `PAGES`.
"""

PAGE, PAGES = 200, 5
"""Messages looked through for one of ours: so many at a time, so many times."""

Payload = Mapping[str, str]
"""What a message says of itself in its metadata: by it, one whose answer was lost is recognised."""


@dataclass(frozen=True)
class Posted:
    """Where Slack put a message."""

    channel: str = ""  # empty for what is shown in a form, or need not be said any more
    ts: str = ""


@dataclass(kw_only=True)
class Posting:
    """Messages of one bot.

    The client must not retry by itself: Slack has no idempotency key, and a post repeated blindly is a second post.
    """

    client: AsyncWebClient
    identity: Identity
    circuit: Circuit
    new_reference: Callable[[], str]

    async def post(
        self, conversation: str, message: Message, payload: Payload, *, thread_ts: str | None = None
    ) -> Posted:
        """Posts it.

        Raises:
            SlackError: any of them.
        """

        async def attempt(text: str, blocks: Sequence[Block]) -> PostedMessage:
            return await self._ask(
                PostedMessage,
                "chat.postMessage",
                lambda: self.client.chat_postMessage(
                    channel=conversation,
                    text=text,
                    blocks=blocks or None,
                    thread_ts=thread_ts,
                    metadata={"event_type": "createimage", "event_payload": dict(payload)},
                    unfurl_links=False,
                    unfurl_media=False,
                ),
            )

        answer = await self._shown(message, attempt)
        return Posted(answer.channel, answer.ts)

    async def update(self, at: Posted, message: Message) -> None:
        """Draws a message anew. Safe to repeat.

        Raises:
            SlackError: any of them.
        """

        async def attempt(text: str, blocks: Sequence[Block]) -> Answer:
            return await self._ask(
                Answer,
                "chat.update",
                lambda: self.client.chat_update(channel=at.channel, ts=at.ts, text=text, blocks=blocks),
            )

        await self._shown(message, attempt)

    async def _shown(self, message: Message, attempt: Callable[[str, Sequence[Block]], Awaitable[Shape]]) -> Shape:
        """As much of it as Slack takes: a message never fails to appear, nor its buttons while Slack takes any."""
        try:
            return await attempt(message.text, message.blocks)
        except Unshowable as error:
            refused = error
        reference = self.new_reference()
        for shorter in message.shorter(reference):
            log.error("message.refused", reference=reference, code=refused.code, said=message.text.partition("\n")[0])
            try:
                return await attempt(shorter.text, shorter.blocks)
            except Unshowable as error:
                refused = error
        raise refused

    async def delete(self, at: Posted) -> None:
        """Deletes a message that says nothing any more; one that is gone already is as good.

        Raises:
            SlackError: any of them, but for `Gone`.
        """
        try:
            await self._ask(Answer, "chat.delete", lambda: self.client.chat_delete(channel=at.channel, ts=at.ts))
        except Gone:
            return

    async def find(
        self, conversation: str, payload: Payload, *, since: float, thread_ts: str | None = None
    ) -> Sequence[Posted]:
        """The messages of ours that say this of themselves, oldest first; none when the bot may not look.

        Args:
            conversation: a channel, or a person's id.
            payload: of the message.
            since: unix seconds; it cannot be older.
            thread_ts: of the thread it is in.

        Raises:
            Unavailable: Slack cannot be asked now, or does not tell all of it.
        """
        try:
            channel = await self._channel(conversation)
            return await self._find(channel, payload, since - CLOCKS_APART, thread_ts)
        except Unavailable:
            raise
        except SlackError as error:
            log.warning("message.not_looked_for", conversation=conversation, code=error.code)
            return ()

    async def _channel(self, conversation: str) -> str:
        """Slack: histories are read by a channel's id, and a person's direct messages are one."""
        if conversation.startswith(("C", "G", "D")):
            return conversation
        opened = await self._ask(
            OpenedConversation,
            "conversations.open",
            lambda: self.client.conversations_open(users=conversation),
        )
        return opened.channel.id

    async def _find(self, channel: str, payload: Payload, oldest: float, thread_ts: str | None) -> Sequence[Posted]:
        asked: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{oldest:.6f}",
            "include_all_metadata": True,
            "limit": PAGE,
        }
        found: list[str] = []
        for _ in range(PAGES):
            if thread_ts:
                method, look = "conversations.replies", self.client.conversations_replies
                asked["ts"] = thread_ts
            else:
                method, look = "conversations.history", self.client.conversations_history
            page = await self._ask(History, method, lambda: look(**asked))  # noqa: B023 # called at once
            found += (message.ts for message in page.messages if self._is(message, payload))
            asked["cursor"] = page.next_cursor
            if not page.next_cursor:
                break
        return [Posted(channel, ts) for ts in sorted(set(found))]

    def _is(self, message: PastMessage, payload: Payload) -> bool:
        """Whether a message is the one of ours that says this of itself: any app may say it of one of its own."""
        ours = self.identity.may_have_posted(bot_id=message.bot_id, app_id=message.app_id, user=message.user)
        return ours and message.metadata.event_payload == payload

    async def _ask(self, shape: type[Shape], method: str, asking: Callable[[], Awaitable[Any]]) -> Shape:
        """One call, which counts for or against Slack; being told to wait is an answer."""
        begun = self.circuit.clock()
        try:
            answer = await ask(asking(), shape)
        except RateLimited as error:
            self.circuit.succeeded()
            raise RateLimited(error.retry_after, method=method) from error
        except Unavailable as error:
            self.circuit.failed(error.code, begun=begun)
            raise
        except SlackError:
            self.circuit.succeeded()
            raise
        self.circuit.succeeded()
        return answer
