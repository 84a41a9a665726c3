"""What Slack sends, parsed once at the edge. Fields we do not use are ignored; what is missing has a plain default."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from bot.domain import rules
from bot.domain.cloud import Snapshot, SnapshotStatus
from bot.domain.disks import ChargeMode, ChargeUnit
from bot.domain.draft import Act, DiskForm
from bot.domain.plan import WhileImaged
from bot.service.typed import Choices, Kept, Meant, Typed
from bot.slack.protocol import ids
from bot.slack.protocol.markup import typed

Member = TypeVar("Member", bound=StrEnum)

SlackId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{0,64}$")]
"""A person, a conversation, a view. They are shown as mentions and put into addresses, so they are nothing else."""

Name = Annotated[SlackId, Field(min_length=1)]

Words = Annotated[str, AfterValidator(typed)]
"""What somebody typed, without what no keyboard types; PostgreSQL keeps no NUL in a text."""


class _Payload(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Command(_Payload):
    """A slash command (Slack: slash commands, payload)."""

    user_id: Name
    team_id: SlackId = ""
    channel_id: SlackId = ""
    text: Words = ""
    trigger_id: SlackId


class _NamedAction(_Payload):
    type: str
    action_id: str
    block_id: str = ""


class _NamedView(_Payload):
    callback_id: str


class _NamedEvent(_Payload):
    type: str
    subtype: str | None = None


class _Envelope(_Payload):
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


class _Identified(_Payload):
    id: Name


class _Container(_Payload):
    channel_id: SlackId = ""


class _User(_Payload):
    id: Name
    team_id: SlackId | None = None


class _Option(_Payload):
    value: str


class _Value(_Payload):
    """The state of one input (Slack: view.state.values)."""

    value: Words | None = None
    selected_option: _Option | None = None
    selected_options: tuple[_Option, ...] | None = None
    selected_conversation: SlackId | None = None
    selected_date_time: Annotated[int, Field(ge=0, lt=10**10)] | None = None


class _State(_Payload):
    values: Mapping[str, Mapping[str, _Value]] = Field(default_factory=dict)


class View(_Payload):
    """A modal as Slack sends it along."""

    id: SlackId = ""
    type: str = ""
    hash: str = ""
    private_metadata: str = ""
    state: _State = Field(default_factory=_State)

    @property
    def draft_id(self) -> str:
        """The draft that a form is about.

        Raises:
            Unreadable: it is none of ours.
        """
        return ids.draft_id(self.private_metadata)

    @property
    def round(self) -> int | None:
        """The round of the draft that is shown; None where the form does not tell.

        Raises:
            Unreadable: it is no form of ours.
        """
        places = self.places()
        if ids.INSTANCE in places:
            return ids.InstanceBlock.decode(places[ids.INSTANCE]).round
        device = places.get(ids.DEVICE, ids.DEVICE)
        return None if device == ids.DEVICE else ids.round_of(device)

    def inputs(self, action_id: str) -> list[_Value]:
        """The states of all inputs with this action id, in no particular order."""
        return [block[action_id] for block in self.state.values.values() if action_id in block]

    def places(self) -> dict[str, str]:
        """The block of each input, by its action id; the first one where there are several."""
        found: dict[str, str] = {}
        for block_id, actions in self.state.values.items():
            for action_id in actions:
                found.setdefault(action_id, block_id)
        return found

    def text(self, action_id: str) -> str | None:
        """What is typed in an input; None when it is not shown."""
        return next((found.value or "" for found in self.inputs(action_id)), None)

    def option(self, action_id: str) -> str:
        """The value of the option that is chosen; empty when none is."""
        return next((found.selected_option.value for found in self.inputs(action_id) if found.selected_option), "")

    def typed(self) -> Typed:
        """What is typed and chosen in the request form, but for its instance.

        Raises:
            Unreadable: it is none of ours.
        """
        places = (found.selected_conversation for found in self.inputs(ids.ANNOUNCE))
        return Typed(
            name=self.text(ids.NAME),
            description=self.text(ids.DESCRIPTION),
            note=self.text(ids.NOTE),
            announce_in=next((place for place in places if place), ""),
            view_id=self.id,
            kept=self._kept(),
            meant=self._meant(),
            not_before=next((float(found.selected_date_time or 0) for found in self.inputs(ids.NOT_BEFORE)), None),
        )

    def _meant(self) -> Meant | None:
        chosen = self.option(ids.WHILE_IMAGED)
        if not chosen:
            return None
        if chosen not in set(WhileImaged):
            raise ids.Unreadable("no choice of ours")
        block = ids.WhileBlock.decode(self.places()[ids.WHILE_IMAGED])
        return Meant(while_imaged=WhileImaged(chosen), instance_id=block.instance_id)

    def _kept(self) -> Kept | None:
        shown = {block_id: block[ids.DISKS] for block_id, block in self.state.values.items() if ids.DISKS in block}
        of = {ids.DisksBlock.decode(block_id).boxes for block_id in shown}
        if len(of) != 1:  # none are shown; or those of several instances, which no form of ours does
            return None
        ticked = (option.value for boxes in shown.values() for option in boxes.selected_options or ())
        return Kept(devices=frozenset(ticked), boxes=of.pop())

    def choices(self) -> Choices:
        """The whole request form. An instance beside another region than its own is none: the region was chosen after
        it, and the form has not been redrawn since.

        Raises:
            Unreadable: it is none of ours.
        """
        instance, region = self.option(ids.INSTANCE), self.option(ids.REGION)
        chosen = ids.InstanceChoice.decode(instance) if instance not in {"", ids.UNAVAILABLE} else None
        if chosen and region not in {"", chosen.region}:
            chosen = None
        block = self.places().get(ids.INSTANCE)
        if block is None:
            raise ids.Unreadable("no request form")
        return Choices(
            region=chosen.region if chosen else region,
            instance_id=chosen.id if chosen else "",
            disks=ids.InstanceBlock.decode(block).disks,
            typed=self.typed(),
        )

    def disk(self) -> DiskForm:
        """The form of a disk to add. What is not shown has its default, and does not count.

        Raises:
            Unreadable: it is none of ours.
        """
        snapshot = self.option(ids.SNAPSHOT)
        chosen = ids.SnapshotChoice.decode(snapshot) if snapshot not in {"", ids.UNAVAILABLE} else None
        blank = DiskForm()
        disk_type = self.option(ids.DISK_TYPE) or blank.disk_type
        if disk_type not in rules.DISK_TYPES:
            raise ids.Unreadable("no type of disk")
        return DiskForm(
            view_id=self.id,
            device=self.option(ids.DEVICE),
            from_snapshot=self.option(ids.SOURCE) == ids.FROM_SNAPSHOT,
            snapshot=_available(chosen) if chosen else None,
            disk_type=disk_type,
            size=self.text(ids.SIZE) or "",
            name=self.text(ids.DISK_NAME) or "",
            description=self.text(ids.DISK_DESCRIPTION) or "",
            auto_delete=self.option(ids.AUTO_DELETE) != ids.NO,
            multi_attachable=self.option(ids.SHARED) == ids.YES,
            charge_mode=_member(ChargeMode, self.option(ids.BILLING), blank.charge_mode),
            charge_unit=_member(ChargeUnit, self.option(ids.BILLING_UNIT), blank.charge_unit),
            charge_duration=self.text(ids.DURATION) or blank.charge_duration,
        )


class Action(_Payload):
    """One thing that was clicked or chosen (Slack: block_actions, actions)."""

    action_id: str
    value: str = ""
    selected_option: _Option | None = None
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


class Interaction(_Payload):
    """A click, a choice, a form or a look-up of options (Slack: interaction payloads)."""

    user: _User
    team: _Identified | None = None
    channel: _Identified | None = None
    container: _Container = Field(default_factory=_Container)
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
            raise ids.Unreadable("no action")
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


class HomeOpened(_Payload):
    """Somebody opened the App Home (Slack: app_home_opened)."""

    user: Name
    tab: str = "home"


_TIMESTAMP = re.compile(r"([0-9]{1,10})\.([0-9]{6})", re.ASCII)
"""Slack: `1548426417.840180`."""


def _available(chosen: ids.SnapshotChoice) -> Snapshot:
    """Only available snapshots are offered; whether it still is one is checked before the request is sent."""
    return Snapshot(id=chosen.id, name=chosen.name, size_gb=chosen.size_gb, status=SnapshotStatus.AVAILABLE)


def _member(kind: type[Member], value: str, default: Member) -> Member:
    return kind(value) if value in set(kind) else default
