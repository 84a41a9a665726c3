"""What Slack hands to an app for a short while: trigger ids that open views, addresses to respond or connect to."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.demo.slack.refusals import Refusal

TRIGGER_LIFE = 3.0
"""Seconds (Slack: modals, `trigger_id`)."""

RESPONSE_LIFE = 1800.0
"""Seconds (Slack: handling user interaction, `response_url`)."""

RESPONSE_USES = 5


@dataclass
class Trigger:
    """The right to open one view for one person."""

    user_id: str
    origin: str  # the conversation it happened in
    view_id: str  # the view it happened in; empty outside
    issued_at: float
    exchanged: bool = False


class Triggers:
    """Issues trigger ids and takes each back once, within 3 seconds."""

    def __init__(self, clock: Callable[[], float], new_id: Callable[[int], str]) -> None:
        self._clock = clock
        self._new_id = new_id
        self._issued: dict[str, Trigger] = {}

    def issue(self, user_id: str, *, origin: str = "", view_id: str = "") -> str:
        """A new trigger id."""
        trigger_id = f"{len(self._issued) + 1}.{int(self._clock())}.{self._new_id(32).lower()}"
        self._issued[trigger_id] = Trigger(user_id, origin, view_id, self._clock())
        return trigger_id

    def look_at(self, trigger_id: str) -> Trigger:
        """The trigger, if it can still be exchanged.

        Raises:
            Refusal: `invalid_trigger_id`, `exchanged_trigger_id` or `expired_trigger_id`.
        """
        trigger = self._issued.get(trigger_id)
        if not trigger:
            raise Refusal("invalid_trigger_id")
        if trigger.exchanged:
            raise Refusal("exchanged_trigger_id")
        if self._clock() - trigger.issued_at > TRIGGER_LIFE:
            raise Refusal("expired_trigger_id")
        return trigger


@dataclass
class ResponseUrl:
    """The right to respond to one interaction."""

    user_id: str
    channel: str
    message_ts: str  # the message it is about; of a command, the answer that was shown to it; empty: none yet
    issued_at: float
    uses: int = 0


class SocketLinks:
    """Issues the tickets of Socket Mode's addresses, and takes each back once."""

    def __init__(self, new_id: Callable[[int], str]) -> None:
        self._new_id = new_id
        self._issued: set[str] = set()

    def issue(self) -> str:
        """A new ticket."""
        ticket = self._new_id(24)
        self._issued.add(ticket)
        return ticket

    def redeem(self, ticket: str) -> bool:
        """Whether it was good until now."""
        good = ticket in self._issued
        self._issued.discard(ticket)
        return good


class ResponseUrls:
    """Issues the secret parts of response addresses, and lets each be used 5 times within 30 minutes."""

    def __init__(self, clock: Callable[[], float], new_id: Callable[[int], str]) -> None:
        self._clock = clock
        self._new_id = new_id
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, user_id: str, channel: str, message_ts: str = "") -> str:
        """A new secret."""
        secret = self._new_id(24)
        self._issued[secret] = ResponseUrl(user_id, channel, message_ts, self._clock())
        return secret

    def look_at(self, secret: str) -> ResponseUrl:
        """What a secret is the right to, still unused.

        Raises:
            Refusal: `expired_url` or `used_url`.
        """
        found = self._issued.get(secret)
        if not found or self._clock() - found.issued_at > RESPONSE_LIFE:
            raise Refusal("expired_url")
        if found.uses >= RESPONSE_USES:
            raise Refusal("used_url")
        return found
