"""The rejection of a request: the button that asks for its reason, and the form."""

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.service.decide import Deciding
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.text_window import TextWindow
from bot.slack.outbox.home import Homes
from bot.slack.protocol import ids
from bot.slack.protocol.payloads import Interaction
from bot.slack.protocol.values import ButtonValue
from bot.slack.screens.rejection import rejection_form


@dataclass(frozen=True, kw_only=True)
class RejectionForm(TextWindow):
    """Listens to *Reject*."""

    deciding: Deciding
    homes: Homes

    def register(self, routes: Routes) -> None:
        """Listens to the button and the form."""
        routes.action(ids.REJECT)(self.open)
        routes.view(ids.REJECT_FORM)(self.submit)

    async def open(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A rejection needs a reason, so it opens a form; who may not reject is told before they type."""
        await self.ask_for(ack, body, self.deciding.check_reject, rejection_form, name="open rejection form")

    async def submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The reason is in: one rejection ends the request."""
        await self.take(ack, body, ids.REASON, self._reject)

    async def _reject(self, sent: Interaction, button: ButtonValue, reason: str) -> None:
        await self.deciding.reject(
            request_id=button.request_id, plan_hash=button.plan_hash, actor=sent.user.id, reason=reason
        )
        # Perhaps it was asked there.
        self.tasks.start(self.homes.publish(sent.user.id), name="publish home", user=sent.user.id)
