"""Emergencies: the button that opens the form, the form, and the review afterwards."""

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.service.emergency import Emergencies
from bot.slack.listeners.click import click_of
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.text_window import TextWindow
from bot.slack.outbox.home import Homes
from bot.slack.protocol import ids
from bot.slack.protocol.payloads import Interaction
from bot.slack.protocol.values import ButtonValue
from bot.slack.screens.emergency import emergency_form


@dataclass(frozen=True, kw_only=True)
class EmergencyForm(TextWindow):
    """Listens to *Begin now (emergency)* and *Reviewed*."""

    emergencies: Emergencies
    homes: Homes

    def register(self, routes: Routes) -> None:
        """Listens to the buttons and the form."""
        routes.action(ids.BEGIN_UNAPPROVED)(self.open)
        routes.view(ids.EMERGENCY_FORM)(self.submit)
        routes.action(ids.REVIEWED)(self.review)

    async def open(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form; who may not is told who may."""
        await self.ask_for(ack, body, self.emergencies.check, emergency_form, name="open emergency form")

    async def submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The reason is in: it begins."""
        await self.take(ack, body, ids.REASON, self._begin)

    async def _begin(self, sent: Interaction, button: ButtonValue, reason: str) -> None:
        await self.emergencies.begin(
            request_id=button.request_id, plan_hash=button.plan_hash, actor=sent.user.id, reason=reason
        )

    async def review(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """An approver has looked at it."""
        click, button = click_of(body)
        try:
            await self.emergencies.review(request_id=button.request_id, actor=click.user.id)
        finally:  # also where somebody else was faster, and the Home still offers it
            if click.in_home:
                self.tasks.start(self.homes.publish(click.user.id), name="publish home", user=click.user.id)
        await ack()
