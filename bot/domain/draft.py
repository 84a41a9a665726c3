"""The draft: what a person has chosen in the form so far. It outlives the form and the process."""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain import limits
from bot.domain.cloud import Instance, InstanceRef, InstanceStatus, ListedInstance, Snapshot
from bot.domain.disks import AddedDisk, ChargeMode, ChargeUnit, boxes
from bot.domain.errors import Problem
from bot.domain.lifecycle import State
from bot.domain.meanwhile import Allowed, offered
from bot.domain.plan import Order, WhileImaged
from bot.domain.planning import usual_order


class DraftState(StrEnum):
    """Where a draft stands."""

    OPEN = "open"  # in somebody's hands
    CHECKING = "checking"  # submitted: the cloud and Slack are being asked
    SENT = "sent"  # became a request


@dataclass(frozen=True, kw_only=True)
class DiskForm:
    """The form of a disk to add, as typed so far; it may be wrong."""

    instance_id: str = ""  # that it is added to
    replaces: str = ""  # the device of the added disk that is edited; empty for a new one
    view_id: str = ""
    device: str = ""
    from_snapshot: bool = False
    snapshot: Snapshot | None = None
    disk_type: str = "ssd"
    size: str = ""  # GiB
    name: str = ""
    description: str = ""
    auto_delete: bool = True  # createImage: autoDelete, default true; always said explicitly
    multi_attachable: bool = False
    charge_mode: ChargeMode = ChargeMode.POSTPAID_BY_DURATION
    charge_unit: ChargeUnit = ChargeUnit.MONTH
    charge_duration: str = "1"


def inherited_name(form: DiskForm) -> str:
    """What a disk is called that is given no name of its own: as its snapshot, as far as that may be; or nothing."""
    return limits.disk_name(form.snapshot.name) if form.from_snapshot and form.snapshot else ""


@dataclass(frozen=True, kw_only=True)
class OtherRequest:
    """A request for the same instance that has not ended."""

    id: str
    requester: str  # Slack user id
    state: State


@dataclass(frozen=True, kw_only=True)
class UnsentDraft:
    """An earlier form of the same person that was not sent."""

    id: str
    names: tuple[str, ...]  # of its instances, or their ids
    created_at: float  # unix seconds


@dataclass(frozen=True, kw_only=True)
class MachineForm:
    """The form of one of several machines, while it is open."""

    instance_id: str
    view_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """Words typed behind the command that mean no one instance: which ones they may mean."""

    words: str
    instances: tuple[ListedInstance, ...]
    nearly: bool = False  # they fit none: these are called nearly so

    @property
    def key(self) -> str:
        """A short name for the words, whatever is in them."""
        return _short(self.words)


@dataclass(frozen=True, kw_only=True)
class DraftJob:
    """One instance's share of a form. Texts are as typed, and may be wrong."""

    region: str
    instance_id: str
    instance: Instance | None = None  # as last loaded
    offered: tuple[WhileImaged, ...] = ()  # for the instance as loaded, the default first; none where it stands still
    usual_seconds: float | None = None  # what an image of it usually takes, as known when it was loaded
    left_out: frozenset[str] = frozenset()  # devices of attached cloud data disks
    added: tuple[AddedDisk, ...] = ()
    name: str = ""  # of its image, as typed; empty: the first of the free names
    free_names: tuple[str, ...] = ()  # that no image had when it was loaded, the best first
    others: tuple[OtherRequest, ...] = ()  # for the same instance, as known when it was loaded
    problems: tuple[Problem, ...] = ()  # what the last check or load found
    looks: int = 0  # how often it was to be looked at anew: what an earlier look finds counts no more

    @property
    def called(self) -> str:
        """What people call the instance: its name, or its id where none is known."""
        return self.instance.called if self.instance else self.instance_id

    @property
    def stands_still(self) -> bool:
        """Whether it was found stopped."""
        return self.instance is not None and self.instance.status == InstanceStatus.STOPPED

    @property
    def may_be_stopped(self) -> bool:
        """Whether it runs, and its rule lets it be stopped."""
        return WhileImaged.STOP_AND_START in self.offered

    @property
    def cannot_begin(self) -> bool:
        """Whether it is neither stopped nor running, as far as it was looked at: nothing can be chosen for it."""
        return self.instance is not None and not self.stands_still and not self.offered


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A request in the making. Texts are as typed, and may be wrong."""

    id: str
    state: DraftState
    revision: int  # grows with every change: a save is guarded by it
    requester: str  # Slack user id
    team: str  # Slack workspace id
    language: str  # "en" or "zh"
    origin: str  # the Slack conversation it was asked in; may be empty
    view_id: str = ""  # the Slack view that shows it, once Slack has told
    region: str  # that the person used last: where an id is looked for first
    jobs: tuple[DraftJob, ...] = ()  # in the order in which they were chosen
    aside: tuple[DraftJob, ...] = ()  # of instances that were taken away: they come back as they were
    gone: tuple[str, ...] = ()  # ids that no region has
    sought: tuple[str, ...] = ()  # words typed behind the command that are still to be looked for
    unsettled: tuple[Fitting, ...] = ()
    while_imaged: WhileImaged | None = None  # as chosen for all that run; None: the default
    order: Order | None = None  # as chosen; None: the default
    not_before: float = 0.0  # unix seconds; 0: at once
    machine_form: MachineForm | None = None  # the form of one machine, while it is open
    disk_form: DiskForm | None = None  # the form of one disk, while it is open
    name: str = ""  # of the image, typed before an instance was chosen
    unnamed: str = ""  # what was taken for that, and turned out to be an instance's
    unsent: UnsentDraft | None = None  # what may be gone on with in place of this one
    taken_over_by: str = ""  # the draft that its window shows by now
    utc_offset: int = 0  # seconds that the person's clock is ahead of UTC
    description: str = ""
    note: str = ""
    announce_in: str = ""
    problems: tuple[Problem, ...] = ()  # what the last check found besides those of one instance
    came_back: bool = False  # it was not sent, and nobody has done anything in it since
    round: int = 0  # how often it came back from a check: a new round is shown in new blocks, as stored
    acted_at: int = 0  # when the newest act that it holds was done: microseconds of Slack's clock
    warned_names: tuple[str, ...] = ()  # names that the person was told are taken: sent again, they pass
    request_id: str = ""  # what it became
    created_at: float  # unix seconds

    @property
    def only(self) -> DraftJob | None:
        """Its instance, where there is one alone."""
        return self.jobs[0] if len(self.jobs) == 1 else None

    @property
    def offered(self) -> tuple[WhileImaged, ...]:
        """What may become of the instances that run, the default first: what may become of each of them."""
        running = [job.offered for job in self.jobs if job.offered]
        return tuple(choice for choice in running[0] if all(choice in each for each in running)) if running else ()

    @property
    def meant(self) -> WhileImaged:
        """What the instances that run are meant to be meanwhile: as chosen, where the form offers that."""
        return self.while_imaged if self.while_imaged in self.offered else next(iter(self.offered), WhileImaged.STOPPED)

    @property
    def runs(self) -> Order:
        """How the images are made, where they are several: as chosen, or as is usual where a machine is taken down."""
        return self.order or usual_order(stops=self.meant is WhileImaged.STOP_AND_START)

    @property
    def names(self) -> Mapping[str, str]:
        """What each image is to be called, by its instance: as typed, or else as is free, also of the others here.
        In whatever order they were chosen.
        """
        named = {job.instance_id: job.name for job in self.jobs if job.name}
        taken = {(job.region, job.name) for job in self.jobs if job.name}
        for job in sorted(self.jobs, key=lambda job: (job.region, job.instance_id)):
            if not job.name:
                free = next((one for one in job.free_names if (job.region, one) not in taken), "")
                named[job.instance_id] = free
                taken.add((job.region, free))
        return named

    def meant_for(self, job: DraftJob) -> WhileImaged:
        """What one of the instances is meant to be: one that stands still is not taken down."""
        return self.meant if job.offered else WhileImaged.STOPPED

    def job(self, instance_id: str) -> DraftJob | None:
        """The share of an instance."""
        return next((job for job in self.jobs if job.instance_id == instance_id), None)

    def with_job(self, changed: DraftJob) -> "Draft":
        """With the share of an instance as it is now."""
        jobs = tuple(changed if job.instance_id == changed.instance_id else job for job in self.jobs)
        return dataclasses.replace(self, jobs=jobs)


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something a person did in a form. Slack may bring it late: after what they did next, or after they sent it."""

    person: str  # Slack user id
    round: int | None = None  # of the form it was done in; None where that is not told
    at: int = 0  # microseconds of Slack's clock (block_actions: action_ts); 0 where that is not told


def is_late(draft: Draft, act: Act) -> bool:
    """Whether an act comes too late for a draft: what was acknowledged after it was done is not changed by it.

    A draft that was sent is its check's alone; one that came back begins a new round; and within a round what was
    done later has the last word, as it was done in a form that shows the earlier.
    """
    if draft.state is not DraftState.OPEN:
        return True
    return (act.round is not None and act.round < draft.round) or 0 < act.at < draft.acted_at


def with_instance(job: DraftJob, instance: Instance, allowed: Allowed) -> DraftJob:
    """An instance's share with the instance as it stands now."""
    return dataclasses.replace(job, region=instance.region, instance=instance, offered=offered(instance, allowed))


def with_chosen(draft: Draft, chosen: Iterable[InstanceRef]) -> Draft:
    """A draft about these instances. What was chosen for one that is taken away is laid aside;
    one that comes back is looked at anew.
    """
    regions = {instance_id: region for region, instance_id in chosen}
    aside = {job.instance_id: dataclasses.replace(job, instance=None, problems=()) for job in draft.aside}
    kept = {job.instance_id: job for job in draft.jobs}
    jobs = tuple(
        kept.get(instance_id) or aside.get(instance_id) or DraftJob(region=region, instance_id=instance_id)
        for instance_id, region in regions.items()
    )
    if not draft.jobs and len(jobs) == 1 and draft.name and not jobs[0].name:
        jobs = (dataclasses.replace(jobs[0], name=draft.name),)
        draft = dataclasses.replace(draft, name="")
    away = {instance_id: job for instance_id, job in (aside | kept).items() if instance_id not in regions}
    return dataclasses.replace(
        draft, region=jobs[0].region if jobs else draft.region, jobs=jobs, aside=tuple(away.values())
    )


def boxes_seen(instance: Instance) -> str:
    """A short name for the boxes of an instance: other disks, another name."""
    return _short([instance.region, instance.id, *((d.device, d.disk_id, d.size_gb) for d in boxes(instance))])


def disks_seen(draft: Draft) -> str:
    """A short name for all that a form shows and its submission does not carry: which disks there are, which are added,
    and between what there is to choose; of several instances, also which disks are left out and the names. It travels
    in the form, so that a submission says what was on the screen. Empty before there is an instance.
    """
    loaded = [job for job in draft.jobs if job.instance]
    if not loaded:
        return ""
    choices = [draft.offered] if draft.offered else []
    if job := draft.only:
        return _short([*_shown_of(job), *choices])
    shown = [[*_shown_of(job), sorted(job.left_out), draft.names[job.instance_id]] for job in loaded]
    return _short([len(draft.jobs), *shown, *choices])


def _shown_of(job: DraftJob) -> list[object]:
    assert job.instance is not None
    attached = [(disk.device, disk.disk_id, disk.size_gb) for disk in job.instance.cloud_data_disks]
    return [job.region, job.instance_id, attached, [dataclasses.asdict(disk) for disk in job.added]]


def _short(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
