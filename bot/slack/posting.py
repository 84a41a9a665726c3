"""Posting: one message to Slack, never twice where that can be known, and never before Slack will take it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient

from bot.circuit import Circuit
from bot.slack.answers import Answer, History, OpenedConversation, PostedMessage
from bot.slack.cards import Message
from bot.slack.web_api import SlackError, Unavailable, Unshowable, ask

log = structlog.get_logger(__name__)

Shape = TypeVar("Shape", bound=Answer)

CLOCKS_APART = 300.0
"""Seconds that Slack's clock and ours may differ by when a message is looked for."""

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
    clock: Callable[[], float]
    circuit: Circuit
    _closed_until: dict[tuple[str, str], float] = field(default_factory=dict)  # by method and channel

    async def post(
        self, conversation: str, message: Message, payload: Payload, *, thread_ts: str | None = None
    ) -> Posted:
        """Posts it.

        Raises:
            SlackError: any of them.
        """

        async def attempt(blocks: Sequence[Block] | None) -> PostedMessage:
            return await self._ask(
                PostedMessage,
                "chat.postMessage",
                conversation,
                lambda: self.client.chat_postMessage(
                    channel=conversation,
                    text=message.text,
                    blocks=blocks,
                    thread_ts=thread_ts,
                    metadata={"event_type": "createimage", "event_payload": dict(payload)},
                    unfurl_links=False,
                    unfurl_media=False,
                ),
            )

        try:
            answer = await attempt(message.blocks)
        except Unshowable as error:  # a message never fails to appear
            log.error("blocks.refused", code=error.code, kind=payload["kind"])
            answer = await attempt(None)
        return Posted(answer.channel, answer.ts)

    async def update(self, at: Posted, message: Message) -> None:
        """Draws a message anew. Safe to repeat.

        Raises:
            SlackError: any of them.
        """

        async def attempt(blocks: Sequence[Block]) -> None:
            await self._ask(
                Answer,
                "chat.update",
                at.channel,
                lambda: self.client.chat_update(channel=at.channel, ts=at.ts, text=message.text, blocks=blocks),
            )

        try:
            await attempt(message.blocks)
        except Unshowable as error:
            log.error("blocks.refused", code=error.code, kind="card")
            await attempt([])

    async def find(
        self, conversation: str, payload: Payload, *, since: float, thread_ts: str | None = None
    ) -> Posted | None:
        """A message of ours whose answer was lost; None when there is none, or the bot may not look.

        Args:
            conversation: a channel, or a person's id.
            payload: of the message.
            since: unix seconds; it cannot be older.
            thread_ts: of the thread it is in.

        Raises:
            Unavailable: Slack cannot be asked now.
        """
        try:
            channel = await self._channel(conversation)
            return await self._find(channel, payload, since - CLOCKS_APART, thread_ts)
        except Unavailable:
            raise
        except SlackError as error:
            log.warning("message.not_looked_for", conversation=conversation, code=error.code)
            return None

    async def _channel(self, conversation: str) -> str:
        """Slack: histories are read by a channel's id, and a person's direct messages are one."""
        if conversation.startswith(("C", "G", "D")):
            return conversation
        opened = await self._ask(
            OpenedConversation,
            "conversations.open",
            conversation,
            lambda: self.client.conversations_open(users=conversation),
        )
        return opened.channel.id

    async def _find(self, channel: str, payload: Payload, oldest: float, thread_ts: str | None) -> Posted | None:
        asked: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{oldest:.6f}",
            "include_all_metadata": True,
            "limit": PAGE,
        }
        for _ in range(PAGES):
            if thread_ts:
                method, look = "conversations.replies", self.client.conversations_replies
                asked["ts"] = thread_ts
            else:
                method, look = "conversations.history", self.client.conversations_history
            page = await self._ask(History, method, channel, lambda: look(**asked))  # noqa: B023 # called at once
            for message in page.messages:
                if message.metadata.event_payload == payload:
                    return Posted(channel, message.ts)
            asked["cursor"] = page.next_cursor
            if not page.next_cursor:
                break
        return None

    def closed_for(self, conversation: str, *, drawn: bool = False) -> float:
        """Seconds that a post, or a redraw of what was posted, has to wait; 0 to go ahead."""
        limited = self._limited("chat.update" if drawn else "chat.postMessage", conversation)
        return limited or self.circuit.closed_for()

    def _limited(self, method: str, channel: str) -> float:
        return max(0.0, self._closed_until.get((method, channel), 0.0) - self.clock())

    async def _ask(self, shape: type[Shape], method: str, channel: str, asking: Callable[[], Awaitable[Any]]) -> Shape:
        """Slack limits each method, and posts by channel: whoever else comes waits as long as the one it told."""
        if seconds := self._limited(method, channel):
            raise Unavailable("ratelimited", retry_after=seconds)
        try:
            answer = await ask(asking(), shape)
        except Unavailable as error:
            if error.retry_after is None:
                self.circuit.failed(error.code)
            else:
                self._closed_until[method, channel] = self.clock() + error.retry_after
            raise
        except SlackError:
            self.circuit.succeeded()
            raise
        self.circuit.succeeded()
        return answer
