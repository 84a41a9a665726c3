"""The draft: what a person has chosen in the form so far. It outlives the form and the process."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.cloud import Instance, Snapshot
from bot.domain.disks import AddedDisk, ChargeMode, ChargeUnit
from bot.domain.errors import Problem


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
    left_out: frozenset[str] = frozenset()  # devices of attached cloud data disks
    added: tuple[AddedDisk, ...] = ()
    disk_form: DiskForm | None = None  # the form of one disk, while it is open
    name: str = ""
    suggested_name: str = ""  # the default last offered: a name equal to it was not typed by the person
    description: str = ""
    note: str = ""
    announce_in: str = ""
    problems: tuple[Problem, ...] = ()  # what the last check or load found
    round: int = 0  # how often it came back from a check: a new round is shown in new blocks, as stored
    warned_name: str = ""  # a name that the person was told is taken: sent again, it passes
    request_id: str = ""  # what it became
    created_at: float  # unix seconds
