"""What Slack sends, parsed once at the edge."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from bot.domain.draft import Act
from bot.slack.protocol.fields import Name, Option, Payload, SlackId, Words
from bot.slack.protocol.parse import Unreadable
from bot.slack.protocol.view import View


class Command(Payload):
    """A slash command (Slack: slash commands, payload)."""

    user_id: Name
    team_id: SlackId = ""
    channel_id: SlackId = ""
    text: Words = ""
    trigger_id: SlackId


class _NamedAction(Payload):
    type: str
    action_id: str
    block_id: str = ""


class _NamedView(Payload):
    callback_id: str


class _NamedEvent(Payload):
    type: str
    subtype: str | None = None


class _Envelope(Payload):
    """What Bolt finds a listener by, and trips over where it is missing (Slack: interaction payloads, Events API)."""

    type: str | None = None
    command: str | None = None
    callback_id: str | None = None
    action_id: str | None = None
    block_id: str | None = None
    actions: Annotated[tuple[_NamedAction, ...], Field(min_length=1)] | None = None
    view: _NamedView | None = None
    event: _NamedEvent | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        needed = _NEEDED.get(self.type or "")
        if needed and getattr(self, needed) is None:
            raise ValueError(f"{self.type} without {needed}")
        return self


_NEEDED = {
    "block_actions": "actions",
    "block_suggestion": "action_id",
    "event_callback": "event",
    "message_action": "callback_id",
    "shortcut": "callback_id",
    "view_closed": "view",
    "view_submission": "view",
}
"""By type of payload, what says which screen it is from."""


def is_whole(body: Mapping[str, Any]) -> bool:
    """Whether Bolt could read a payload at all: what it trips over is no fault of ours, whoever signed it."""
    try:
        _Envelope.model_validate(body)
    except ValidationError:
        return False
    return True


class _Identified(Payload):
    id: Name


class _Container(Payload):
    channel_id: SlackId = ""


class _User(Payload):
    id: Name
    team_id: SlackId | None = None


class Action(Payload):
    """One thing that was clicked or chosen (Slack: block_actions, actions)."""

    action_id: str
    block_id: str = ""
    value: str = ""
    selected_option: Option | None = None
    selected_options: tuple[Option, ...] | None = None
    action_ts: str = ""

    @property
    def at(self) -> int:
        """When it was done, in microseconds of Slack's clock; 0 where Slack does not say."""
        told = _TIMESTAMP.fullmatch(self.action_ts)
        return int(told[1] + told[2]) if told else 0

    @property
    def choice(self) -> str:
        """The value of the option that was chosen; empty when none was."""
        return self.selected_option.value if self.selected_option else ""

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of all options that are chosen, of one or of several."""
        several = self.selected_options or ((self.selected_option,) if self.selected_option else ())
        return tuple(option.value for option in several)


class _Message(Payload):
    ts: SlackId


class Interaction(Payload):
    """A click, a choice, a form or a look-up of options (Slack: interaction payloads)."""

    user: _User
    team: _Identified | None = None
    channel: _Identified | None = None
    container: _Container = Field(default_factory=_Container)
    message: _Message | None = None  # that it happened in
    trigger_id: SlackId = ""
    view: View | None = None
    actions: tuple[Action, ...] = ()
    block_id: str = ""  # of a look-up of options
    value: Words = ""  # what was typed into the look-up

    @property
    def action(self) -> Action:
        """The one thing that was clicked or chosen.

        Raises:
            Unreadable: nothing was.
        """
        if not self.actions:
            raise Unreadable("no action")
        return self.actions[0]

    @property
    def act(self) -> Act:
        """What was done in a form, for the draft that it is about.

        Raises:
            Unreadable: it is no form of ours.
        """
        return Act(person=self.user.id, round=self.form.round, at=self.actions[0].at if self.actions else 0)

    @property
    def form(self) -> View:
        """The modal it happened in."""
        return self.view or View()

    @property
    def in_home(self) -> bool:
        """Whether it happened in the App Home."""
        return self.form.type == "home"

    @property
    def team_id(self) -> str:
        """The workspace it happened in."""
        return (self.team.id if self.team else self.user.team_id) or ""

    @property
    def channel_id(self) -> str:
        """The conversation it happened in; empty in a modal or the Home."""
        return self.channel.id if self.channel else self.container.channel_id


class HomeOpened(Payload):
    """Somebody opened the App Home (Slack: app_home_opened)."""

    user: Name
    tab: str = "home"


_TIMESTAMP = re.compile(r"([0-9]{1,10})\.([0-9]{6})", re.ASCII)
"""Slack: `1548426417.840180`."""
