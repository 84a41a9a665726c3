"""The question of an approver: the button that opens its form, and the form."""

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.service.question import Questioning
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.text_window import TextWindow
from bot.slack.protocol import ids
from bot.slack.protocol.payloads import Interaction
from bot.slack.protocol.values import ButtonValue
from bot.slack.screens.question import question_form


@dataclass(frozen=True, kw_only=True)
class QuestionForm(TextWindow):
    """Listens to *Ask*."""

    questioning: Questioning

    def register(self, routes: Routes) -> None:
        """Listens to the button and the form."""
        routes.action(ids.ASK)(self.open)
        routes.view(ids.QUESTION_FORM)(self.submit)

    async def open(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form; who may not ask is told before they type."""
        await self.ask_for(ack, body, self.questioning.check, question_form, name="open question form")

    async def submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The question is in."""
        await self.take(ack, body, ids.QUESTION, self._put)

    async def _put(self, sent: Interaction, button: ButtonValue, question: str) -> None:
        await self.questioning.ask(
            request_id=button.request_id,
            plan_hash=button.plan_hash,
            actor=sent.user.id,
            question=question,
            view_id=sent.form.id,
        )
