"""Sending: what a notice says, and where; and where Slack put it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.domain.delivery import Card, DueNotice
from bot.domain.request import ImageRequest
from bot.service.form_state import FormState
from bot.slack.outbox.posting import Payload, Posted
from bot.slack.screens.asking import Asking
from bot.slack.screens.message import Message


@dataclass(frozen=True, kw_only=True)
class Sending:
    """What a notice says, and where."""

    where: str
    message: Callable[[], Awaitable[Message]]  # made when it is its turn: it may say what is so at that moment
    payload: Payload
    since: float  # unix seconds; it cannot have been said before
    thread_ts: str | None = None
    request: ImageRequest | None = None  # that it says something of, as it was read
    over: bool = False  # there is nothing to be said any more, but it may have been said already


@dataclass(frozen=True)
class InForm:
    """What is told in the form that was sent."""

    form: FormState
    request: ImageRequest | None  # that it has become
    card: Card | None  # of the approvers


@dataclass(frozen=True)
class Sent:
    """Where Slack put a notice, and what it asks people to do there that may be settled elsewhere."""

    posted: Posted = field(default_factory=Posted)
    asking: Asking | None = None
    version: int = 0  # of the request that it shows


def payload_of(notice: DueNotice, about: str) -> Payload:
    """What a notice says of itself in its metadata."""
    return {"request": about, "kind": f"notice.{notice.kind}", "notice": str(notice.id)}
