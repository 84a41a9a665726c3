"""The form of one of several instances: opened from the request form, and back."""

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.domain.errors import UserError
from bot.service.disk_form import DiskForms
from bot.slack.listeners.click import give_back
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.forms import Forms
from bot.slack.people import People
from bot.slack.protocol import ids
from bot.slack.protocol.payloads import Interaction


@dataclass(frozen=True, kw_only=True)
class MachineFormListeners:
    """Listens to the form of one machine, and to the buttons that lead to it."""

    disk_forms: DiskForms
    people: People
    forms: Forms
    tasks: Tasks

    def register(self, routes: Routes) -> None:
        """Listens to its button and to its being sent."""
        routes.action(ids.OPEN_MACHINE)(self.open)
        routes.view(ids.MACHINE_FORM)(self.submit)

    async def open(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The disks and the name of one instance."""
        click = Interaction.model_validate(body)
        draft = await self.disk_forms.open_machine(
            click.form.draft_id, act=click.act, instance_id=click.action.value, typed=click.form.typed()
        )
        if job := draft.job(click.action.value):
            pushing = self.forms.push_machine(click.trigger_id, draft, job)
            self.tasks.start(pushing, name="push machine form", user=click.user.id)
        await ack()

    async def submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Takes what was chosen into the request form, which comes back to the front."""
        sent = Interaction.model_validate(body)
        try:
            draft = await self.disk_forms.put_machine(
                sent.form.draft_id, act=sent.act, instance_id=sent.form.instance_id, typed=sent.form.typed()
            )
        except UserError as error:
            await give_back(ack, sent, error, await self.people.reads(sent.user.id))
        else:
            self.tasks.start(self.forms.draw(draft.id), name="redraw form", user=sent.user.id)
            await ack()
