"""What is in the request form, as far as it is typed, and how it gets into the draft."""

import dataclasses
from dataclasses import dataclass

from bot.domain.disks import boxes
from bot.domain.draft import Draft


@dataclass(frozen=True, kw_only=True)
class Typed:
    """The texts in the form, as typed so far; None for what is not shown."""

    name: str | None = None
    description: str | None = None
    note: str | None = None
    announce_in: str = ""  # empty: where the draft says
    view_id: str = ""  # the view that it is typed in
    kept: frozenset[str] | None = None  # devices still ticked; None when no boxes are shown


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The whole form, as sent."""

    region: str
    instance_id: str  # empty when none is chosen
    typed: Typed


def with_typed(draft: Draft, typed: Typed) -> Draft:
    """A draft with what is in the form now, so that no redraw loses it."""
    left_out = draft.left_out
    if typed.kept is not None and draft.instance is not None:
        left_out = frozenset(disk.device for disk in boxes(draft.instance)) - typed.kept
    return dataclasses.replace(
        draft,
        view_id=typed.view_id or draft.view_id,
        left_out=left_out,
        name=draft.name if typed.name is None else typed.name.strip(),
        description=draft.description if typed.description is None else typed.description.strip(),
        note=draft.note if typed.note is None else typed.note.strip(),
        announce_in=typed.announce_in or draft.announce_in or draft.requester,
    )
