"""Emergencies: the button that opens the form, the form, and the review afterwards."""

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.domain.errors import UserError
from bot.service.emergency import Emergencies
from bot.slack.listeners.click import click_of, give_back, open_window, request_of
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.home import Homes
from bot.slack.outbox.show import Show
from bot.slack.people import People
from bot.slack.protocol import ids
from bot.slack.protocol.payloads import Interaction
from bot.slack.screens.emergency import emergency_form


@dataclass(frozen=True, kw_only=True)
class EmergencyForm:
    """Listens to *Begin now (emergency)* and *Reviewed*."""

    emergencies: Emergencies
    people: People
    show: Show
    tasks: Tasks
    homes: Homes

    def register(self, routes: Routes) -> None:
        """Listens to the buttons and the form."""
        routes.action(ids.BEGIN_UNAPPROVED)(self.open)
        routes.view(ids.EMERGENCY_FORM)(self.submit)
        routes.action(ids.REVIEWED)(self.review)

    async def open(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form; who may not is told who may."""
        click, button = click_of(body)
        request = await self.emergencies.check(
            request_id=button.request_id, plan_hash=button.plan_hash, actor=click.user.id
        )
        form = emergency_form(request, await self.people.reads(click.user.id))
        open_window(self.show, self.tasks, click, form, name="open emergency form")
        await ack()

    async def submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The reason is in: it begins."""
        sent = Interaction.model_validate(body)
        button = request_of(sent.form.private_metadata)
        try:
            await self.emergencies.begin(
                request_id=button.request_id,
                plan_hash=button.plan_hash,
                actor=sent.user.id,
                reason=sent.form.text(ids.REASON) or "",
            )
        except UserError as error:
            await give_back(ack, sent, error, await self.people.reads(sent.user.id))
        else:
            await ack()

    async def review(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """An approver has looked at it."""
        click, button = click_of(body)
        try:
            await self.emergencies.review(request_id=button.request_id, actor=click.user.id)
        finally:  # also where somebody else was faster, and the Home still offers it
            if click.in_home:
                self.tasks.start(self.homes.publish(click.user.id), name="publish home", user=click.user.id)
        await ack()
