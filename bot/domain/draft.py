"""The draft: what a person has chosen in the form so far. It outlives the form and the process."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from bot.domain import rules
from bot.domain.cloud import Instance, Snapshot
from bot.domain.disks import AddedDisk, ChargeMode, ChargeUnit, boxes
from bot.domain.errors import Problem
from bot.domain.lifecycle import State
from bot.domain.meanwhile import Allowed, offered
from bot.domain.plan import WhileImaged


class DraftState(StrEnum):
    """Where a draft stands."""

    OPEN = "open"  # in somebody's hands
    CHECKING = "checking"  # submitted: the cloud and Slack are being asked
    SENT = "sent"  # became a request


@dataclass(frozen=True, kw_only=True)
class DiskForm:
    """The form of a disk to add, as typed so far; it may be wrong."""

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
    return rules.disk_name(form.snapshot.name) if form.from_snapshot and form.snapshot else ""


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
    instance: str  # its name, or its id
    created_at: float  # unix seconds


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
    region: str
    instance_id: str = ""
    instance: Instance | None = None  # as last loaded for `instance_id`
    offered: tuple[WhileImaged, ...] = ()  # for the instance as loaded, the default first; none where it stands still
    while_imaged: WhileImaged | None = None  # as last chosen
    usual_seconds: float | None = None  # what an image of the instance usually takes, as known when it was loaded
    not_before: float = 0.0  # unix seconds; 0: at once
    left_out: frozenset[str] = frozenset()  # devices of attached cloud data disks
    added: tuple[AddedDisk, ...] = ()
    disk_form: DiskForm | None = None  # the form of one disk, while it is open
    name: str = ""
    others: tuple[OtherRequest, ...] = ()  # for the same instance, as known when it was loaded
    unsent: UnsentDraft | None = None  # what may be gone on with in place of this one
    taken_over_by: str = ""  # the draft that its window shows by now
    utc_offset: int = 0  # seconds that the person's clock is ahead of UTC
    suggested_name: str = ""  # the default last offered: a name equal to it was not typed by the person
    description: str = ""
    note: str = ""
    announce_in: str = ""
    problems: tuple[Problem, ...] = ()  # what the last check or load found
    round: int = 0  # how often it came back from a check: a new round is shown in new blocks, as stored
    acted_at: int = 0  # when the newest act that it holds was done: microseconds of Slack's clock
    warned_name: str = ""  # a name that the person was told is taken: sent again, it passes
    request_id: str = ""  # what it became
    created_at: float  # unix seconds

    @property
    def meant(self) -> WhileImaged:
        """What the instance is meant to be while its image is made: as chosen, where its form offers a choice."""
        return self.while_imaged if self.offered and self.while_imaged else WhileImaged.STOPPED


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


def with_instance(draft: Draft, instance: Instance, allowed: Allowed) -> Draft:
    """A draft with its instance as it stands now. What was chosen for it stays, as far as it is still offered."""
    choices = offered(instance, allowed)
    kept = draft.while_imaged if draft.while_imaged in choices else next(iter(choices), draft.while_imaged)
    return dataclasses.replace(draft, instance=instance, offered=choices, while_imaged=kept)


def boxes_seen(instance: Instance) -> str:
    """A short name for the boxes of an instance: other disks, another name."""
    return _short([instance.region, instance.id, *((d.device, d.disk_id, d.size_gb) for d in boxes(instance))])


def disks_seen(draft: Draft) -> str:
    """A short name for all that a form shows and its submission does not carry: which disks there are, which are added,
    and between what there is to choose. It travels in the form, so that a submission says what was on the screen. Empty
    before there is an instance.
    """
    if draft.instance is None:
        return ""
    attached = [(disk.device, disk.disk_id, disk.size_gb) for disk in draft.instance.cloud_data_disks]
    choices = [draft.offered] if draft.offered else []
    added = [dataclasses.asdict(disk) for disk in draft.added]
    return _short([draft.region, draft.instance.id, attached, added, *choices])


def _short(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
