"""Notices whose buttons have done their work."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_sdk.models.blocks import Block, ContextBlock
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.people import People
from bot.slack.protocol.markup import is_channel, markdown, moment, person
from bot.slack.protocol.payloads import Action, Interaction
from bot.slack.protocol.web_api import SlackError, call
from bot.store import Store
from bot.texts import Text

log = structlog.get_logger(__name__)

REMEMBERED = 100
"""Notices of which is known what was pressed in them lately, for clicks that were made before they showed it."""

_Blocks = Sequence[dict[str, Any]]


@dataclass
class _Presses:
    """What was pressed in a message, and a line about each; one change of it at a time."""

    lines: dict[tuple[str, Action], str] = field(default_factory=dict)  # by who has pressed what
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def shown_in(self, before: _Blocks) -> Iterator[dict[str, Any] | Block]:
        """The blocks of a message without what was pressed of them, and who has done so in its place. What is said in
        them already has no button there any more. Slack makes up new ids for them, as it wants others with each update.
        """
        standing = {key: line for key, line in self.lines.items() if any(key[1].is_in(block) for block in before)}
        for block in before:
            if not any(pressed.is_in(block) for _, pressed in standing):
                yield {name: value for name, value in block.items() if name != "block_id"}
        yield from (ContextBlock(elements=[markdown(line)]) for line in standing.values())


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """A notice says who has pressed what, in the place of its buttons. Cards are drawn anew by themselves."""

    client: AsyncWebClient
    store: Store
    people: People
    channel_language: str
    clock: Callable[[], float]
    _lately: OrderedDict[tuple[str, str], _Presses] = field(default_factory=OrderedDict)

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
        here = self._presses(click.channel_id, message.ts)
        here.lines.setdefault((click.user.id, pressed.model_copy(update={"action_ts": ""})), done)
        async with here.lock:
            blocks = list(here.shown_in(message.blocks))
            update = self.client.chat_update(channel=click.channel_id, ts=message.ts, text=message.text, blocks=blocks)
            try:
                await call(update)
            except SlackError as error:
                log.info("notice.not_redrawn", request_id=request_id, code=error.code)

    def _presses(self, channel: str, ts: str) -> _Presses:
        """What was pressed in a message. Whoever presses the next button may not have seen that yet."""
        here = self._lately.setdefault((channel, ts), _Presses())
        self._lately.move_to_end((channel, ts))
        if len(self._lately) > REMEMBERED:
            self._lately.popitem(last=False)
        return here
