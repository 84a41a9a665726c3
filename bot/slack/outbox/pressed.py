"""Buttons of notices: who has pressed one sees there that they have; what comes of it is said in its place as well."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from bot.domain.request import ImageRequest
from bot.slack.protocol.payloads import Interaction
from bot.slack.protocol.values import ButtonValue
from bot.slack.screens.asking import Asking, Line
from bot.slack.screens.settled import OF_THE_WHOLE, pressed
from bot.store import Store, Transaction

PAUSES = (0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between two looks for a notice of which Slack has not told yet that it has it, and somebody was quicker."""


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """A notice says who has pressed what, in the place of its buttons. Cards are drawn anew by themselves."""

    store: Store
    clock: Callable[[], float]

    async def note(self, click: Interaction, button: ButtonValue, how: str) -> None:
        """Has it shown where the button stood: a worker draws it. Cards and old buttons change nothing.

        Args:
            click: which was accepted.
            button: what it was about.
            how: the event that it has made.
        """
        message = click.message
        if message is None:
            return
        at, ts = self.clock(), message.ts

        def press(request: ImageRequest, asks: str) -> str:
            asking = Asking.model_validate_json(asks)
            read = replace(request, language=asking.language)
            words = pressed(how, read, button.job, by=click.user.id, at=at)
            line = Line(how, click.user.id, words, None if how in OF_THE_WHOLE else button.job)
            return asking.pressed(click.action.action_id, click.action.value, line).model_dump_json()

        def work(tx: Transaction) -> bool:
            request = tx.requests.get(button.request_id)
            return request is None or tx.notices.press(request.id, click.channel_id, ts, partial(press, request))

        for pause in PAUSES:
            if await self.store.transact(work):
                return
            await asyncio.sleep(pause)
