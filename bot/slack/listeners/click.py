"""What listeners share: a click on a button about a request, a window that opens on it, a form that is given back."""

from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_sdk.models.views import View
from structlog.contextvars import bind_contextvars

from bot.domain.errors import UserError
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.show import Show
from bot.slack.protocol.payloads import Interaction
from bot.slack.protocol.values import ButtonValue
from bot.slack.screens.window import errors_of


def click_of(body: dict[str, Any]) -> tuple[Interaction, ButtonValue]:
    """A click, and what its button is about."""
    click = Interaction.model_validate(body)
    return click, request_of(click.action.value)


def request_of(value: str) -> ButtonValue:
    """What a button or a form is about; every line that is logged from here on says which request it is."""
    button = ButtonValue.decode(value)
    bind_contextvars(request_id=button.request_id)
    return button


def open_window(show: Show, tasks: Tasks, click: Interaction, view: View, *, name: str) -> None:
    """Opens a window upon a click, behind its ack; `name` is the task's, for the log."""
    opening = show.modal_or_word(click.trigger_id, view, user=click.user.id, channel=click.channel_id)
    tasks.start(opening, name=name, user=click.user.id, channel=click.channel_id)


async def give_back(ack: AsyncAck, sent: Interaction, error: UserError, language: str) -> None:
    """The form stays as it is, with what is typed in it, and says at its fields what stands against it."""
    await ack(response_action="errors", errors=errors_of(error.problems, sent.form.places(), language))
