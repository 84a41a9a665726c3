"""What Slack sends, parsed once at the edge. Fields we do not use are ignored; what is missing has a plain default."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.cloud import Snapshot, SnapshotStatus
from bot.domain.disks import ChargeMode, ChargeUnit
from bot.domain.draft import DiskForm
from bot.service.typed import Choices, Typed
from bot.slack import disk_view, ids

Member = TypeVar("Member", bound=StrEnum)


class _Payload(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Command(_Payload):
    """A slash command (Slack: slash commands, payload)."""

    user_id: str
    team_id: str = ""
    channel_id: str = ""
    text: str = ""
    trigger_id: str


class _Identified(_Payload):
    id: str


class _User(_Payload):
    id: str
    team_id: str | None = None


class _Option(_Payload):
    value: str


class _Value(_Payload):
    """The state of one input (Slack: view.state.values)."""

    value: str | None = None
    selected_option: _Option | None = None
    selected_options: tuple[_Option, ...] | None = None
    selected_conversation: str | None = None


class _State(_Payload):
    values: Mapping[str, Mapping[str, _Value]] = Field(default_factory=dict)


class View(_Payload):
    """A modal as Slack sends it along."""

    id: str = ""
    hash: str = ""
    callback_id: str = ""
    private_metadata: str = ""
    state: _State = Field(default_factory=_State)

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
        """What is typed in an input; None when it is not shown. Without NULs, which PostgreSQL keeps in no text."""
        return next(((found.value or "").replace("\0", "") for found in self.inputs(action_id)), None)

    def option(self, action_id: str) -> str:
        """The value of the option that is chosen; empty when none is."""
        return next((found.selected_option.value for found in self.inputs(action_id) if found.selected_option), "")

    def typed(self) -> Typed:
        """The texts in the request form."""
        boxes = self.inputs(ids.DISKS)
        ticked = (option.value for box in boxes for option in box.selected_options or ())
        places = (found.selected_conversation for found in self.inputs(ids.ANNOUNCE))
        return Typed(
            name=self.text(ids.NAME),
            description=self.text(ids.DESCRIPTION),
            note=self.text(ids.NOTE),
            announce_in=next((place for place in places if place), ""),
            view_id=self.id,
            kept=frozenset(ticked) if boxes else None,
        )

    def choices(self) -> Choices:
        """The whole request form."""
        instance = self.option(ids.INSTANCE)
        chosen = ids.InstanceChoice.decode(instance) if instance not in {"", ids.UNAVAILABLE} else None
        return Choices(
            region=chosen.region if chosen else self.option(ids.REGION),
            instance_id=chosen.id if chosen else "",
            typed=self.typed(),
        )

    def disk(self) -> DiskForm:
        """The form of a disk to add. What is not shown has its default, and does not count."""
        snapshot = self.option(ids.SNAPSHOT)
        chosen = ids.SnapshotChoice.decode(snapshot) if snapshot not in {"", ids.UNAVAILABLE} else None
        blank = DiskForm()
        return DiskForm(
            view_id=self.id,
            device=self.option(ids.DEVICE),
            from_snapshot=self.option(ids.SOURCE) == disk_view.SNAPSHOT,
            snapshot=_available(chosen) if chosen else None,
            disk_type=self.option(ids.DISK_TYPE) or blank.disk_type,
            size=self.text(ids.SIZE) or "",
            name=self.text(ids.DISK_NAME) or "",
            description=self.text(ids.DISK_DESCRIPTION) or "",
            auto_delete=self.option(ids.AUTO_DELETE) != disk_view.NO,
            multi_attachable=self.option(ids.SHARED) == disk_view.YES,
            charge_mode=_member(ChargeMode, self.option(ids.BILLING), blank.charge_mode),
            charge_unit=_member(ChargeUnit, self.option(ids.BILLING_UNIT), blank.charge_unit),
            charge_duration=self.text(ids.DURATION) or blank.charge_duration,
        )


class Action(_Payload):
    """One thing that was clicked or chosen (Slack: block_actions, actions)."""

    action_id: str
    block_id: str = ""
    value: str = ""
    selected_option: _Option | None = None

    @property
    def choice(self) -> str:
        """The value of the option that was chosen; empty when none was."""
        return self.selected_option.value if self.selected_option else ""


class Interaction(_Payload):
    """A click, a choice, a form or a look-up of options (Slack: interaction payloads)."""

    user: _User
    team: _Identified | None = None
    channel: _Identified | None = None
    container: Mapping[str, Any] = Field(default_factory=dict)
    trigger_id: str = ""
    view: View | None = None
    actions: tuple[Action, ...] = ()
    action_id: str = ""  # of a look-up of options
    block_id: str = ""
    value: str = ""  # what was typed into the look-up

    @property
    def action(self) -> Action:
        """The one thing that was clicked or chosen."""
        return self.actions[0]

    @property
    def form(self) -> View:
        """The modal it happened in."""
        return self.view or View()

    @property
    def team_id(self) -> str:
        """The workspace it happened in."""
        return (self.team.id if self.team else self.user.team_id) or ""

    @property
    def channel_id(self) -> str:
        """The conversation it happened in; empty in a modal or the Home."""
        return self.channel.id if self.channel else str(self.container.get("channel_id", ""))


class HomeOpened(_Payload):
    """Somebody opened the App Home (Slack: app_home_opened)."""

    user: str
    tab: str = "home"


def _available(chosen: ids.SnapshotChoice) -> Snapshot:
    """Only available snapshots are offered; whether it still is one is checked before the request is sent."""
    return Snapshot(id=chosen.id, name=chosen.name, size_gb=chosen.size_gb, status=SnapshotStatus.AVAILABLE)


def _member(kind: type[Member], value: str, default: Member) -> Member:
    return kind(value) if value in set(kind) else default
