"""The plan: what the cloud will be asked, step by step and disk by disk. An approval is bound to its hash."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from bot.domain.cloud import ChargeOnStopped, KeepCharging
from bot.domain.disks import AddedDisk
from bot.domain.steps import Step


class DiskAction(StrEnum):
    """What is done with a disk when the image is made."""

    SNAPSHOT = "snapshot"  # part of the image: the cloud takes a snapshot of it
    LEAVE_OUT = "leave_out"  # createImage: noDevice


class WhileImaged(StrEnum):
    """What the instance is meant to be while its image is made."""

    STOPPED = "stopped"  # stopped, by whoever stops it: it is waited for
    STOP_AND_START = "stop_and_start"  # stopped by the bot, and started by it again
    LIVE = "live"  # running: the data may be torn


class Order(StrEnum):
    """How the jobs of a plan run."""

    ONE_AFTER_ANOTHER = "one_after_another"  # the next begins when the one before has ended well
    SIDE_BY_SIDE = "side_by_side"


MAX_JOBS = 10
"""Instances in one request: as many as people read through before they approve."""


@dataclass(frozen=True)
class PlannedStep:
    """One step of a job, before it has a life of its own."""

    kind: str
    undoes: int | None = None  # the position of the step that it makes good


@dataclass(frozen=True, kw_only=True)
class PlannedDisk:
    """One attached disk and what is done with it."""

    device: str
    fate: DiskAction  # the name is a key of stored plans and goes into their hashes: a new one would void approvals
    disk_id: str  # empty for a local disk
    name: str
    size_gb: int  # GiB
    disk_type: str


@dataclass(frozen=True, kw_only=True)
class PlannedJob:
    """One instance's share of a plan: one image of it, and what becomes of the instance meanwhile."""

    region: str
    instance_id: str
    instance_name: str
    image_name: str
    system_disk: PlannedDisk
    data_disks: tuple[PlannedDisk, ...]  # attached cloud disks, by device
    added: tuple[AddedDisk, ...] = ()  # by device
    local_disks: tuple[PlannedDisk, ...] = ()  # named to people; never part of an image, never in the call
    while_imaged: WhileImaged = WhileImaged.STOPPED
    keep_charging: bool = False  # stopInstance: whether `keepCharging` is sent
    releases: bool = False  # whether our stop releases resources: `stopping.releases_when_stopped`

    @property
    def called(self) -> str:
        """What people call the instance: its name, or its id where it has none."""
        return self.instance_name or self.instance_id

    @property
    def steps(self) -> tuple[PlannedStep, ...]:
        """What is asked of the cloud, in order."""
        image = PlannedStep(Step.IMAGE)
        if self.stops:
            return (PlannedStep(Step.STOP), image, PlannedStep(Step.START, undoes=0))
        return (image,)

    @property
    def stops(self) -> bool:
        """Whether the instance is taken down for it."""
        return self.while_imaged is WhileImaged.STOP_AND_START

    @property
    def charge_on_stopped(self) -> KeepCharging | None:
        """What stopInstance is told of the instance's resources; None: nothing."""
        return ChargeOnStopped.KEEP_CHARGING if self.keep_charging else None

    @property
    def left_out(self) -> tuple[str, ...]:
        """The devices that will not be in the image."""
        return tuple(disk.device for disk in self.data_disks if disk.fate is DiskAction.LEAVE_OUT)

    @property
    def snapshots(self) -> tuple[PlannedDisk, ...]:
        """The disks the cloud will take a snapshot of: each counts against the snapshot quota."""
        return tuple(disk for disk in self._imaged if disk.disk_id)

    @property
    def size_gb(self) -> int:
        """The size of all disks in the image together, in GiB."""
        return sum(disk.size_gb for disk in self._imaged)

    @property
    def _imaged(self) -> tuple[PlannedDisk, ...]:
        disks = (self.system_disk, *self.data_disks)
        return tuple(disk for disk in disks if disk.fate is DiskAction.SNAPSHOT)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that one approval allows. Equal plans have equal hashes, whatever order the choices were made in."""

    jobs: tuple[PlannedJob, ...]  # one for each instance, in the order in which they run
    description: str  # the person's own words, without the marker
    not_before: float | None = None  # unix seconds
    order: Order = Order.SIDE_BY_SIDE

    @cached_property  # every button of a card carries it
    def hash(self) -> str:
        """SHA-256 over the whole plan, in hexadecimal."""
        canonical = json.dumps(as_stored(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def only(self) -> PlannedJob | None:
        """Its job, where it has a single one."""
        return self.jobs[0] if len(self.jobs) == 1 else None

    @property
    def stops(self) -> bool:
        """Whether any instance is taken down for it."""
        return any(job.stops for job in self.jobs)

    @property
    def snapshots(self) -> int:
        """How many snapshots the cloud will take."""
        return sum(len(job.snapshots) for job in self.jobs)

    @property
    def size_gb(self) -> int:
        """The size of all disks in the images together, in GiB."""
        return sum(job.size_gb for job in self.jobs)


_SINCE = {"while_imaged": WhileImaged.STOPPED, "keep_charging": False, "releases": False, "not_before": None}
"""Fields that came later, and what they are where they are not used."""


def as_stored(plan: Plan) -> dict[str, Any]:
    """A plan as it is hashed and kept. That of a single job is written flat, and what plans of an earlier version had
    no word for is left out where it is not used: approvals of theirs stay good.
    """
    whole = {"description": plan.description, "not_before": plan.not_before}
    jobs = [_used(dataclasses.asdict(job)) for job in plan.jobs]
    if len(jobs) == 1:
        return _used(jobs[0] | whole)
    return _used(whole) | {"jobs": jobs, "order": plan.order}


def from_stored(stored: dict[str, Any]) -> dict[str, Any]:
    """The fields of a plan, from how it is kept: see `as_stored`."""
    if "jobs" in stored:
        return stored
    whole = {name: stored[name] for name in ("description", "not_before") if name in stored}
    return whole | {"jobs": [{name: value for name, value in stored.items() if name not in whole}]}


def _used(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in _SINCE or value != _SINCE[name]}
