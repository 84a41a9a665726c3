"""The question of an approver: the button that opens its form, and the form."""

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.domain.errors import UserError
from bot.service.question import Questioning
from bot.slack.listeners.click import click_of, give_back, open_window, request_of
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.show import Show
from bot.slack.people import People
from bot.slack.protocol import ids
from bot.slack.protocol.payloads import Interaction
from bot.slack.screens import question as screen


@dataclass(frozen=True, kw_only=True)
class QuestionForm:
    """Listens to *Ask*."""

    questioning: Questioning
    people: People
    show: Show
    tasks: Tasks

    def register(self, routes: Routes) -> None:
        """Listens to the button and the form."""
        routes.action(ids.ASK)(self.open)
        routes.view(ids.QUESTION_FORM)(self.submit)

    async def open(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form; who may not ask is told before they type."""
        click, button = click_of(body)
        request = await self.questioning.check(
            request_id=button.request_id, plan_hash=button.plan_hash, actor=click.user.id
        )
        form = screen.question_form(request, await self.people.reads(click.user.id))
        open_window(self.show, self.tasks, click, form, name="open question form")
        await ack()

    async def submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The question is in. What stands against it is said in the window, which keeps what was typed."""
        sent = Interaction.model_validate(body)
        button = request_of(sent.form.private_metadata)
        try:
            await self.questioning.ask(
                request_id=button.request_id,
                plan_hash=button.plan_hash,
                actor=sent.user.id,
                question=sent.form.text(ids.QUESTION) or "",
                view_id=sent.form.id,
            )
        except UserError as error:
            await give_back(ack, sent, error, await self.people.reads(sent.user.id))
        else:
            await ack()
