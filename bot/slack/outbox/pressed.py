"""Notices whose buttons have done their work."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from slack_sdk.models.blocks import Block, ContextBlock
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.people import People
from bot.slack.protocol.markup import is_channel, markdown, moment, person
from bot.slack.protocol.payloads import Interaction
from bot.slack.protocol.web_api import SlackError, call
from bot.store import Store
from bot.texts import Text

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """A notice says who has pressed what, in the place of its buttons. Cards are drawn anew by themselves."""

    client: AsyncWebClient
    store: Store
    people: People
    channel_language: str
    clock: Callable[[], float]

    async def show(self, click: Interaction, request_id: str, words: Text) -> None:
        """Shows it where the button stood. Nothing is lost where Slack does not take it: an old button answers, too.

        Args:
            click: which was accepted.
            request_id: what it was about.
            words: `{person}` has done so, `{when}`.
        """
        message, pressed = click.message, click.action
        if message is None:
            return
        cards = await self.store.read(lambda tx: tx.cards.standing([request_id]))
        if any((card.channel, card.ts) == (click.channel_id, message.ts) for card in cards):
            return
        language = self.channel_language if is_channel(click.channel_id) else self.people.language(click.user.id)
        done = words(language, person=person(click.user.id), when=moment(self.clock()))
        blocks: list[dict[str, object] | Block] = [block for block in message.blocks if not pressed.is_in(block)]
        blocks.append(ContextBlock(elements=[markdown(done)]))
        update = self.client.chat_update(channel=click.channel_id, ts=message.ts, text=message.text, blocks=blocks)
        try:
            await call(update)
        except SlackError as error:
            log.info("notice.not_redrawn", request_id=request_id, code=error.code)
