"""A click on a button about a request: who, where, and about which."""

from typing import Any

from structlog.contextvars import bind_contextvars

from bot.slack.protocol.payloads import Interaction
from bot.slack.protocol.values import ButtonValue


def click_of(body: dict[str, Any]) -> tuple[Interaction, ButtonValue]:
    """A click, and what its button is about."""
    click = Interaction.model_validate(body)
    return click, request_of(click.action.value)


def request_of(value: str) -> ButtonValue:
    """What a button or a form is about; every line that is logged from here on says which request it is."""
    button = ButtonValue.decode(value)
    bind_contextvars(request_id=button.request_id)
    return button
