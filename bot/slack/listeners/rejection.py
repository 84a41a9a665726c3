"""The rejection of a request: the button that asks for its reason, and the form."""

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.domain.errors import UserError
from bot.service.decide import Deciding
from bot.slack.listeners.click import click_of, give_back, open_window, request_of
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.home import Homes
from bot.slack.outbox.show import Show
from bot.slack.people import People
from bot.slack.protocol import ids
from bot.slack.protocol.payloads import Interaction
from bot.slack.screens.rejection import rejection_form


@dataclass(frozen=True, kw_only=True)
class RejectionForm:
    """Listens to *Reject*."""

    deciding: Deciding
    people: People
    show: Show
    tasks: Tasks
    homes: Homes

    def register(self, routes: Routes) -> None:
        """Listens to the button and the form."""
        routes.action(ids.REJECT)(self.open)
        routes.view(ids.REJECT_FORM)(self.submit)

    async def open(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A rejection needs a reason, so it opens a form; who may not reject is told before they type."""
        click, button = click_of(body)
        request = await self.deciding.check_reject(
            request_id=button.request_id, plan_hash=button.plan_hash, actor=click.user.id
        )
        form = rejection_form(request, await self.people.reads(click.user.id))
        open_window(self.show, self.tasks, click, form, name="open rejection form")
        await ack()

    async def submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The reason is in: one rejection ends the request."""
        sent = Interaction.model_validate(body)
        button = request_of(sent.form.private_metadata)
        try:
            await self.deciding.reject(
                request_id=button.request_id,
                plan_hash=button.plan_hash,
                actor=sent.user.id,
                reason=sent.form.text(ids.REASON) or "",
            )
        except UserError as error:
            await give_back(ack, sent, error, await self.people.reads(sent.user.id))
        else:
            # Perhaps it was asked there.
            self.tasks.start(self.homes.publish(sent.user.id), name="publish home", user=sent.user.id)
            await ack()
