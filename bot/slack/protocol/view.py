"""A view as Slack sends it along, and what stands in our forms: read once into typed values."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import Field

from bot.domain import limits
from bot.domain.cloud import Snapshot, SnapshotStatus
from bot.domain.disks import ChargeMode, ChargeUnit
from bot.domain.draft import DiskForm
from bot.domain.plan import Order, WhileImaged
from bot.service.typed import Choices, Kept, Meant, Named, Typed
from bot.slack.protocol import block_ids, ids, parse, values
from bot.slack.protocol.fields import Option, Payload, SlackId, Words

Member = TypeVar("Member", bound=StrEnum)


class _Value(Payload):
    """The state of one input (Slack: view.state.values)."""

    value: Words | None = None
    selected_option: Option | None = None
    selected_options: tuple[Option, ...] | None = None
    selected_conversation: SlackId | None = None
    selected_date_time: Annotated[int, Field(ge=0, lt=10**10)] | None = None

    @property
    def options(self) -> tuple[Option, ...]:
        """What is chosen, of one or of several."""
        return self.selected_options or ((self.selected_option,) if self.selected_option else ())


class _State(Payload):
    values: Mapping[str, Mapping[str, _Value]] = Field(default_factory=dict)


class _Block(Payload):
    block_id: str = ""


class View(Payload):
    """A modal, or the Home, as Slack sends it along (Slack: view object)."""

    id: SlackId = ""
    type: str = ""
    hash: str = ""
    private_metadata: str = ""
    blocks: tuple[_Block, ...] = ()
    state: _State = Field(default_factory=_State)

    @property
    def draft_id(self) -> str:
        """The draft that a form is about.

        Raises:
            Unreadable: it is none of ours.
        """
        return values.MachineOf.decode(self.private_metadata).draft_id

    @property
    def instance_id(self) -> str:
        """The instance that a form is about, where it says that."""
        return values.MachineOf.decode(self.private_metadata).instance_id

    @property
    def round(self) -> int | None:
        """The round of the draft that is shown; None where the form does not tell.

        Raises:
            Unreadable: it is no form of ours.
        """
        places = self.places()
        if ids.INSTANCE in places:
            return block_ids.InstanceBlock.decode(places[ids.INSTANCE]).round
        if ids.NAME in places:
            return block_ids.NameBlock.decode(places[ids.NAME]).round
        device = places.get(ids.DEVICE, ids.DEVICE)
        return None if device == ids.DEVICE else block_ids.round_of(device)

    @property
    def _entered(self) -> Mapping[str, Mapping[str, _Value]]:
        """What stands in each block that is shown; what stood in one that was replaced meanwhile counts no more."""
        shown = {block.block_id for block in self.blocks}
        return {block_id: block for block_id, block in self.state.values.items() if block_id in shown or not shown}

    def inputs(self, action_id: str) -> list[_Value]:
        """The states of all inputs with this action id, in no particular order."""
        return [block[action_id] for block in self._entered.values() if action_id in block]

    def places(self) -> dict[str, str]:
        """The block of each input, by its action id; the first one where there are several."""
        found: dict[str, str] = {}
        for block_id, actions in self._entered.items():
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
            named=self._named(),
            description=self.text(ids.DESCRIPTION),
            note=self.text(ids.NOTE),
            announce_in=next((place for place in places if place), ""),
            view_id="" if self.instance_id else self.id,
            kept=self._kept(),
            meant=self._meant(),
            order=_one_of(Order, self.option(ids.ORDER)),
            not_before=next((float(found.selected_date_time or 0) for found in self.inputs(ids.NOT_BEFORE)), None),
        )

    def _meant(self) -> Meant | None:
        chosen = _one_of(WhileImaged, self.option(ids.WHILE_IMAGED))
        if chosen is None:
            return None
        block = block_ids.WhileBlock.decode(self.places()[ids.WHILE_IMAGED])
        return Meant(while_imaged=chosen, offered=block.offered)

    def _named(self) -> Named | None:
        name = self.text(ids.NAME)
        if name is None:
            return None
        return Named(name=name, instance_id=block_ids.NameBlock.decode(self.places()[ids.NAME]).instance_id)

    def _kept(self) -> Kept | None:
        shown = {block_id: block[ids.DISKS] for block_id, block in self._entered.items() if ids.DISKS in block}
        of = {block_ids.DisksBlock.decode(block_id).boxes for block_id in shown}
        if len(of) != 1:  # none are shown; or those of several instances, which no form of ours does
            return None
        ticked = (option.value for boxes in shown.values() for option in boxes.selected_options or ())
        return Kept(devices=frozenset(ticked), boxes=of.pop())

    def choices(self) -> Choices:
        """The whole request form.

        Raises:
            Unreadable: it is none of ours.
        """
        block = self.places().get(ids.INSTANCE)
        if block is None:
            raise parse.Unreadable("no request form")
        chosen = [option.value for found in self.inputs(ids.INSTANCE) for option in found.options]
        return Choices(
            instances=tuple((one.region, one.id) for one in values.chosen_instances(chosen)),
            disks=block_ids.InstanceBlock.decode(block).disks,
            typed=self.typed(),
        )

    def disk(self) -> DiskForm:
        """The form of a disk to add. What is not shown has its default, and does not count.

        Raises:
            Unreadable: it is none of ours.
        """
        snapshot = self.option(ids.SNAPSHOT)
        chosen = None if not snapshot or values.is_unavailable(snapshot) else values.SnapshotChoice.decode(snapshot)
        blank = DiskForm()
        disk_type = self.option(ids.DISK_TYPE) or blank.disk_type
        if disk_type not in limits.DISK_TYPES:
            raise parse.Unreadable("no type of disk")
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


def _available(chosen: values.SnapshotChoice) -> Snapshot:
    """Only available snapshots are offered; whether it still is one is checked before the request is sent."""
    return Snapshot(id=chosen.id, name=chosen.name, size_gb=chosen.size_gb, status=SnapshotStatus.AVAILABLE)


def _one_of(kind: type[Member], value: str) -> Member | None:
    if value and value not in set(kind):
        raise parse.Unreadable("no choice of ours")
    return kind(value) if value else None


def _member(kind: type[Member], value: str, default: Member) -> Member:
    return kind(value) if value in set(kind) else default
