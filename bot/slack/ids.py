"""The names by which Slack tells us what was clicked, and the typed values that travel in buttons and options."""

from dataclasses import dataclass

from bot.domain.draft import Draft

COMMAND = "/createimage"
SHORTCUT = "create_image"

REQUEST_FORM = "request_form"
REJECT_FORM = "reject_form"
DISK_FORM = "disk_form"
MESSAGE = "message"

REGION = "region"
INSTANCE = "instance"
DISKS = "disks"
NAME = "name"
DESCRIPTION = "description"
NOTE = "note"
ANNOUNCE = "announce"
REASON = "reason"

ADD_DISK = "add_disk"
EDIT_DISK = "edit_disk"
REMOVE_DISK = "remove_disk"
DEVICE = "device"
SOURCE = "source"
SNAPSHOT = "snapshot"
DISK_TYPE = "disk_type"
SIZE = "size"
DISK_NAME = "disk_name"
DISK_DESCRIPTION = "disk_description"
AUTO_DELETE = "auto_delete"
SHARED = "shared"
BILLING = "billing"
BILLING_UNIT = "billing_unit"
DURATION = "duration"
REDRAWS_DISK_FORM = (SOURCE, SNAPSHOT, DISK_TYPE, BILLING, BILLING_UNIT)
"""What changes which other fields apply, or what they allow."""

APPROVE = "approve"
REJECT = "reject"
CANCEL = "cancel"
RETRY = "retry"
REQUEST_AGAIN = "request_again"
REOPEN_DRAFT = "reopen_draft"
CHECK_AGAIN = "check_again"
CREATE_ANYWAY = "create_anyway"
GIVE_UP = "give_up"
NEW_REQUEST = "new_request"
CONSOLE = "console"
SHOW_CALL = "show_call"

UNAVAILABLE = "unavailable"
"""The value of the option that only says that JD Cloud is slow: choosing it chooses nothing."""

OPTION_VALUE = 150
"""Slack: option value <= 150 characters."""


def region_block(region: str) -> str:
    """The choice of a region: a new block when an instance turns out to be in another one; see `instance_block`."""
    return f"{REGION}/{region}"


def instance_block(region: str, instance_id: str) -> str:
    """The choice of an instance. Slack keeps what was entered in a block, so what shall be shown anew, because the
    region changed or the instance became known, comes in a new block (Slack: views.update).
    """
    return f"{INSTANCE}/{region}/{instance_id}"


def region_of(instance_block_id: str) -> str:
    """The region whose instances a block offers."""
    return instance_block_id.split("/")[1]


def disks_block(draft: Draft, number: int) -> str:
    """The boxes of one instance, ten to a block."""
    return f"{DISKS}/{draft.instance_id}/{draft.round}/{number}"


def name_block(draft: Draft) -> str:
    """A new suggestion brings a new block, as only a new one takes a new default (Slack: initial_value)."""
    return f"{NAME}/{draft.round}/{draft.suggested_name}"


def text_block(action_id: str, draft: Draft) -> str:
    """A text. When a form comes back from its check, it is shown as it was sent, whatever became of the window."""
    return f"{action_id}/{draft.round}"


class Unreadable(ValueError):
    """A value that is none of ours."""


@dataclass(frozen=True)
class InstanceChoice:
    """An instance as the value of an option: its name comes along, so that nobody has to be asked for it."""

    region: str
    id: str
    name: str

    def encode(self) -> str:
        """As an option's value."""
        return f"{self.region}/{self.id}/{self.name}"[:OPTION_VALUE]

    @classmethod
    def decode(cls, value: str) -> "InstanceChoice":
        """From an option's value.

        Raises:
            Unreadable: it is none of ours.
        """
        region, first, rest = value.partition("/")
        instance_id, second, name = rest.partition("/")
        if not (region and first and instance_id and second):
            raise Unreadable("not an instance")
        return cls(region, instance_id, name)


@dataclass(frozen=True)
class SnapshotChoice:
    """An available snapshot as the value of an option, with what the form needs to know of it."""

    id: str
    size_gb: int
    name: str

    def encode(self) -> str:
        """As an option's value."""
        return f"{self.id}/{self.size_gb}/{self.name}"[:OPTION_VALUE]

    @classmethod
    def decode(cls, value: str) -> "SnapshotChoice":
        """From an option's value.

        Raises:
            Unreadable: it is none of ours.
        """
        snapshot_id, _, rest = value.partition("/")
        size, slash, name = rest.partition("/")
        if not (snapshot_id and slash and size.isascii() and size.isdigit()):
            raise Unreadable("not a snapshot")
        return cls(snapshot_id, int(size), name)


@dataclass(frozen=True)
class ButtonValue:
    """What a button carries: which request, and the plan that stood beside it."""

    request_id: str
    plan_hash: str

    def encode(self) -> str:
        """As a button's value, or a form's private metadata."""
        return f"{self.request_id}/{self.plan_hash}"

    @classmethod
    def decode(cls, value: str) -> "ButtonValue":
        """From a button's value.

        Raises:
            Unreadable: it is none of ours.
        """
        request_id, slash, plan_hash = value.partition("/")
        if not (request_id and slash and plan_hash):
            raise Unreadable("not a request")
        return cls(request_id, plan_hash)
