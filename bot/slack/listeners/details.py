"""*Details*: the window that shows a request whole, and the links that lead to the console."""

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_sdk.models.views import View

from bot.service.details import Details
from bot.slack.listeners.click import click_of, open_window, request_of
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.show import Show
from bot.slack.people import People
from bot.slack.protocol import ids, parse, values
from bot.slack.protocol.payloads import Interaction
from bot.slack.screens.details import details_view


@dataclass(frozen=True, kw_only=True)
class DetailsWindow:
    """Listens to *Details*, to the menu of machines in its window, and to links."""

    details: Details
    people: People
    show: Show
    tasks: Tasks

    def register(self, routes: Routes) -> None:
        """Listens to them."""
        routes.action(ids.SHOW_DETAILS)(self.open)
        routes.action(ids.SHOW_MACHINE)(self.show_machine)
        routes.action(ids.CONSOLE)(self.follow_link)

    async def open(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Each disk, and the exact JSON of each call of JD Cloud, for whoever wants to see it."""
        click, button = click_of(body)
        open_window(self.show, self.tasks, click, await self._details(click, button.request_id), name="show details")
        await ack()

    async def show_machine(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The details of another machine of the request, in the same window."""
        click = Interaction.model_validate(body)
        button = request_of(click.form.private_metadata)
        view = await self._details(click, button.request_id, values.job_number(click.action.choice))
        redrawing = self.show.redraw(click.form.id, view, user=click.user.id)
        self.tasks.start(redrawing, name="show machine", user=click.user.id)
        await ack()

    async def _details(self, click: Interaction, request_id: str, number: int = 0) -> View:
        found = await self.details.of(request_id)
        if number >= len(found.calls):
            raise parse.Unreadable("no machine of this request")
        return details_view(
            found.request,
            found.calls[number],
            await self.people.reads(click.user.id),
            usual_seconds=found.usual_seconds,
            number=number,
        )

    async def follow_link(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A button with a link tells us too that it was pressed, and wants its ack (Slack: button, url)."""
        del body
        await ack()
