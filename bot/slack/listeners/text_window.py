"""What the windows share that ask for one text about a request: a button opens them, and the text comes back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from slack_bolt.async_app import AsyncAck
from slack_sdk.models.views import View

from bot.domain.errors import UserError
from bot.domain.request import ImageRequest
from bot.slack.listeners.click import click_of, give_back, open_window, request_of
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.show import Show
from bot.slack.people import People
from bot.slack.protocol.payloads import Interaction
from bot.slack.protocol.values import ButtonValue


class Check(Protocol):
    """Whether what somebody is about to send might be accepted; `UserError` where it certainly would not."""

    async def __call__(self, *, request_id: str, plan_hash: str, actor: str) -> ImageRequest:
        """Returns the request as it stands."""


Window = Callable[[ImageRequest, str], View]
"""What asks, in a language."""

Take = Callable[[Interaction, ButtonValue, str], Awaitable[None]]
"""Takes what was sent about a request, with its text; or raises `UserError`."""


@dataclass(frozen=True, kw_only=True)
class TextWindow:
    """Listens to one of them."""

    people: People
    show: Show
    tasks: Tasks

    async def ask_for(
        self,
        ack: AsyncAck,
        body: dict[str, Any],
        check: Check,
        window: Window,
        *,
        name: str,
    ) -> None:
        """Opens it upon a click; who may not send it is told before they type.

        Args:
            ack: of the click.
            body: the click.
            check: whether they may.
            window: what asks, in their language.
            name: of opening it, for the log.
        """
        click, button = click_of(body)
        request = await check(request_id=button.request_id, plan_hash=button.plan_hash, actor=click.user.id)
        view = window(request, await self.people.reads(click.user.id))
        open_window(self.show, self.tasks, click, view, name=name)
        await ack()

    async def take(self, ack: AsyncAck, body: dict[str, Any], field: str, take: Take) -> None:
        """The text is in. What stands against it is said in the window, which keeps what was typed.

        Args:
            ack: of its being sent.
            body: what was sent.
            field: the id of the field with the text.
            take: does what it is for.
        """
        sent = Interaction.model_validate(body)
        button = request_of(sent.form.private_metadata)
        try:
            await take(sent, button, sent.form.text(field) or "")
        except UserError as error:
            await give_back(ack, sent, error, await self.people.reads(sent.user.id))
        else:
            await ack()
