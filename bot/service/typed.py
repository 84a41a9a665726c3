"""What is in the request form, as far as it is typed, and how it gets into the draft."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.cloud import InstanceRef
from bot.domain.disks import boxes
from bot.domain.draft import Draft, DraftJob, boxes_seen
from bot.domain.plan import Order, WhileImaged


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The boxes that are still ticked, and of which disks they are."""

    devices: frozenset[str]
    boxes: str  # `boxes_seen` of the instance that they were shown for


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What was chosen for the instances that run, and of what."""

    while_imaged: WhileImaged
    offered: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Named:
    """What an image is to be called, and of which instance; None where the form does not say of which."""

    name: str
    instance_id: str | None


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What is in the form, as typed and chosen so far; None for what is not shown."""

    named: Named | None = None
    description: str | None = None
    note: str | None = None
    announce_in: str = ""  # empty: where the draft says
    view_id: str = ""  # the view that it is typed in
    kept: Kept | None = None
    meant: Meant | None = None
    order: Order | None = None
    not_before: float | None = None  # unix seconds; 0 where none is said


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The whole form, as sent."""

    instances: tuple[InstanceRef, ...]  # each that is chosen
    disks: str  # `disks_seen` of the draft that was shown
    typed: Typed


def with_typed(draft: Draft, typed: Typed) -> Draft:
    """A draft with what is in the form now, so that no redraw loses it.

    Boxes of other disks say nothing of these. What stands in a field as it was suggested was not chosen: it stays a
    suggestion, and follows what it was made of.
    """
    jobs = tuple(_with_kept(job, typed.kept) for job in draft.jobs) if typed.kept else draft.jobs
    meant, runs = draft.while_imaged, draft.order
    if typed.meant and typed.meant.offered == draft.offered and typed.meant.while_imaged is not draft.meant:
        meant = typed.meant.while_imaged
    if typed.order and typed.order is not draft.runs:
        runs = typed.order
    return dataclasses.replace(
        _with_name(dataclasses.replace(draft, jobs=jobs), typed.named),
        while_imaged=meant,
        order=runs,
        not_before=draft.not_before if typed.not_before is None else typed.not_before,
        view_id=typed.view_id or draft.view_id,
        description=draft.description if typed.description is None else typed.description.strip(),
        note=draft.note if typed.note is None else typed.note.strip(),
        announce_in=typed.announce_in or draft.announce_in or draft.requester,
    )


def as_sent(draft: Draft, typed: Typed) -> Draft:
    """A draft with a form as it is sent: from then on, what was suggested is chosen."""
    filled = with_typed(draft, typed)
    jobs = tuple(dataclasses.replace(job, name=filled.names[job.instance_id]) for job in filled.jobs)
    meant = typed.meant.while_imaged if typed.meant else filled.while_imaged
    return dataclasses.replace(filled, jobs=jobs, while_imaged=meant, order=typed.order or filled.order)


def which(jobs: Sequence[DraftJob]) -> frozenset[str]:
    """The instances of some jobs."""
    return frozenset(job.instance_id for job in jobs)


def _with_kept(job: DraftJob, kept: Kept) -> DraftJob:
    if job.instance is None or kept.boxes != boxes_seen(job.instance):
        return job
    left_out = frozenset(disk.device for disk in boxes(job.instance)) - kept.devices
    return dataclasses.replace(job, left_out=left_out)


def _with_name(draft: Draft, named: Named | None) -> Draft:
    if named is None:
        return draft
    name = named.name.strip()
    instance_id = draft.only.instance_id if named.instance_id is None and draft.only else named.instance_id
    job = draft.job(instance_id or "")
    if job is not None:
        return draft if name == draft.names[job.instance_id] else draft.with_job(dataclasses.replace(job, name=name))
    return draft if draft.jobs else dataclasses.replace(draft, name=name)
