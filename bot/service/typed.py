"""What is in the request form, as far as it is typed, and how it gets into the draft."""

import dataclasses
from dataclasses import dataclass

from bot.domain.disks import boxes
from bot.domain.draft import Draft, boxes_seen
from bot.domain.plan import WhileImaged


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The boxes that are still ticked, and of which disks they are."""

    devices: frozenset[str]
    boxes: str  # `boxes_seen` of the instance that they were shown for


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What was chosen for a running instance, and for which."""

    while_imaged: WhileImaged
    instance_id: str


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What is in the form, as typed and chosen so far; None for what is not shown."""

    name: str | None = None
    description: str | None = None
    note: str | None = None
    announce_in: str = ""  # empty: where the draft says
    view_id: str = ""  # the view that it is typed in
    kept: Kept | None = None
    meant: Meant | None = None
    not_before: float | None = None  # unix seconds; 0 where none is said


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The whole form, as sent."""

    region: str
    instance_id: str  # empty when none is chosen
    disks: str  # `disks_seen` of the draft that was shown
    typed: Typed


def with_typed(draft: Draft, typed: Typed) -> Draft:
    """A draft with what is in the form now, so that no redraw loses it. Boxes of other disks say nothing of these."""
    left_out = draft.left_out
    if typed.kept and draft.instance and typed.kept.boxes == boxes_seen(draft.instance):
        left_out = frozenset(disk.device for disk in boxes(draft.instance)) - typed.kept.devices
    meant = typed.meant if typed.meant and typed.meant.instance_id == draft.instance_id else None
    return dataclasses.replace(
        draft,
        while_imaged=meant.while_imaged if meant else draft.while_imaged,
        not_before=draft.not_before if typed.not_before is None else typed.not_before,
        view_id=typed.view_id or draft.view_id,
        left_out=left_out,
        name=draft.name if typed.name is None else typed.name.strip(),
        description=draft.description if typed.description is None else typed.description.strip(),
        note=draft.note if typed.note is None else typed.note.strip(),
        announce_in=typed.announce_in or draft.announce_in or draft.requester,
    )
