"""The typed values that travel through Slack and back: in the ids of blocks, in options, in buttons and in forms."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.draft import Draft, DraftJob, disks_seen
from bot.domain.rules import CLOUD_ID
from bot.slack.protocol.ids import (
    DEVICE,
    DISKS,
    INSTANCE,
    NAME,
    ORDER,
    SETTLE,
    SNAPSHOT,
    UNAVAILABLE,
    WHILE_IMAGED,
)
from bot.slack.protocol.markup import clean

OPTION_VALUE = 150
"""Slack: option value <= 150 characters."""


class Unreadable(ValueError):
    """A value that is none of ours."""


def snapshot_block(region: str) -> str:
    """The choice of a snapshot; see `region_of`."""
    return f"{SNAPSHOT}/{region}"


def region_of(block_id: str) -> str:
    """The region whose snapshots a block offers.

    Raises:
        Unreadable: it is no block of ours.
    """
    _, region = _split(block_id, 2, SNAPSHOT)
    return _cloud_id(region)


@dataclass(frozen=True)
class InstanceBlock:
    """The choice of instances, as a block's id.

    Slack keeps what was entered in a block, so what shall be shown anew, because an instance became known or is not
    there, or other disks are added, comes in a new block (Slack: views.update). And a submission says in it what stood
    on the screen: a window may be older than its draft.
    """

    round: int
    gone: int  # how many instances turned out not to be there
    disks: str  # bot.domain.draft.disks_seen

    @classmethod
    def of(cls, draft: Draft) -> "InstanceBlock":
        """For a draft as it stands."""
        return cls(draft.round, len(draft.gone), disks_seen(draft))

    def encode(self) -> str:
        """As a block's id."""
        return f"{INSTANCE}/{self.round}/{self.gone}/{self.disks}"

    @classmethod
    def decode(cls, block_id: str) -> "InstanceBlock":
        """From a block's id. A form that was opened before a new version came says where its one instance is, too.

        Raises:
            Unreadable: it is none of ours.
        """
        if block_id.count("/") == _OLD_SLASHES:
            _, _, _, number, disks = _split(block_id, _OLD_SLASHES + 1, INSTANCE)
            return cls(_number(number), 0, disks)
        _, number, gone, disks = _split(block_id, 4, INSTANCE)
        return cls(_number(number), _number(gone), disks)


_OLD_SLASHES = 4


@dataclass(frozen=True)
class DisksBlock:
    """The boxes of one instance, ten to a block, as a block's id: other disks come in other blocks."""

    boxes: str  # bot.domain.draft.boxes_seen
    round: int
    number: int

    def encode(self) -> str:
        """As a block's id."""
        return f"{DISKS}/{self.boxes}/{self.round}/{self.number}"

    @classmethod
    def decode(cls, block_id: str) -> "DisksBlock":
        """From a block's id.

        Raises:
            Unreadable: it is none of ours.
        """
        _, boxes, number, place = _split(block_id, 4, DISKS)
        return cls(boxes, _number(number), _number(place))


@dataclass(frozen=True)
class WhileBlock:
    """What may become of the instances that run, as a block's id: other choices come in another."""

    round: int
    offered: tuple[str, ...]

    @classmethod
    def of(cls, draft: Draft) -> "WhileBlock":
        """For a draft as it stands."""
        return cls(draft.round, draft.offered)

    def encode(self) -> str:
        """As a block's id."""
        return f"{WHILE_IMAGED}/{self.round}/{'+'.join(self.offered)}"

    @classmethod
    def decode(cls, block_id: str) -> "WhileBlock":
        """From a block's id. A form that was opened before a new version came says of which instance, too.

        Raises:
            Unreadable: it is none of ours.
        """
        *_, number, choices = _split(block_id, 4 if block_id.count("/") > _WHILE_SLASHES else 3, WHILE_IMAGED)
        return cls(_number(number), tuple(choices.split("+")))


_WHILE_SLASHES = 2


@dataclass(frozen=True)
class NameBlock:
    """The name of an image, as a block's id: of which instance, and what is suggested. A new suggestion brings a new
    block, as only a new one takes a new default (Slack: initial_value).
    """

    round: int
    instance_id: str | None  # empty before there is one; None where the form does not tell
    suggested: str

    @classmethod
    def of(cls, draft: Draft, job: DraftJob | None) -> "NameBlock":
        """For an instance of a draft as it stands."""
        if job is None:
            return cls(draft.round, "", draft.unnamed)
        return cls(draft.round, job.instance_id, "" if job.name else draft.names[job.instance_id])

    def encode(self) -> str:
        """As a block's id."""
        return f"{NAME}/{self.round}/{self.instance_id or ''}/{self.suggested}"

    @classmethod
    def decode(cls, block_id: str) -> "NameBlock":
        """From a block's id. A form that was opened before a new version came says nothing of its instance.

        Raises:
            Unreadable: it is none of ours.
        """
        if block_id.count("/") < _NAME_SLASHES:
            _, number, suggested = _split(block_id, 3, NAME)
            return cls(_number(number), None, suggested)
        _, number, instance_id, suggested = _split(block_id, 4, NAME)
        return cls(_number(number), instance_id, suggested)


_NAME_SLASHES = 3


@dataclass(frozen=True)
class MachineOf:
    """One instance of a draft, as a form's private metadata or a button's value."""

    draft_id: str
    instance_id: str  # empty where the form has one alone

    def encode(self) -> str:
        """As a form's private metadata."""
        return f"{self.draft_id}/{self.instance_id}"

    @classmethod
    def decode(cls, value: str) -> "MachineOf":
        """From a form's private metadata.

        Raises:
            Unreadable: it is none of ours.
        """
        draft, slash, instance_id = value.partition("/")
        return cls(_cloud_id(draft), _cloud_id(instance_id) if slash else "")


@dataclass(frozen=True)
class DiskChoice:
    """An added disk of an instance, as a button's value."""

    instance_id: str  # empty where the form has one alone
    device: str

    def encode(self) -> str:
        """As a button's value."""
        return f"{self.instance_id}/{self.device}"

    @classmethod
    def decode(cls, value: str) -> "DiskChoice":
        """From a button's value. One from before a new version says only which disk.

        Raises:
            Unreadable: it is none of ours.
        """
        instance_id, slash, device = value.rpartition("/")
        return cls(_cloud_id(instance_id) if slash else "", device)


def settle_block(key: str) -> str:
    """The choice of what is meant by some words."""
    return f"{SETTLE}/{key}"


def settle_key(block_id: str) -> str:
    """The key of the words that a block is about.

    Raises:
        Unreadable: it is no block of ours.
    """
    return _split(block_id, 2, SETTLE)[1]


def text_block(action_id: str, draft: Draft) -> str:
    """A text. When a form comes back from its check, it is shown as it was sent, whatever became of the window."""
    return f"{action_id}/{draft.round}"


def order_block(draft: Draft) -> str:
    """How the images are made: where another way is usual by now, it is shown in a new block."""
    return f"{ORDER}/{draft.round}/{draft.runs}"


def device_block(round_: int) -> str:
    """The device of a disk to add: it says in which round of its request form the disk's form was opened."""
    return f"{DEVICE}/{round_}"


def round_of(device_block_id: str) -> int:
    """The round that a disk's form belongs to.

    Raises:
        Unreadable: it is no block of ours.
    """
    _, number = _split(device_block_id, 2, DEVICE)
    return _number(number)


def draft_id(value: str) -> str:
    """A draft's id, from a form's private metadata or a button.

    Raises:
        Unreadable: it is none of ours.
    """
    return _cloud_id(value)


@dataclass(frozen=True)
class InstanceChoice:
    """An instance as the value of an option: its name comes along, so that nobody has to be asked for it."""

    region: str
    id: str
    name: str

    def encode(self) -> str:
        """As an option's value."""
        return f"{self.region}/{self.id}/{clean(self.name)}"[:OPTION_VALUE]

    @classmethod
    def decode(cls, value: str) -> "InstanceChoice":
        """From an option's value.

        Raises:
            Unreadable: it is none of ours.
        """
        region, instance_id, name = _split(value, 3)
        return cls(_cloud_id(region), _cloud_id(instance_id), name)


def unavailable(region: str) -> str:
    """The value of the option that says that a region does not answer: choosing it chooses nothing either."""
    return f"{UNAVAILABLE}/{region}"


def chosen_instances(values: Iterable[str]) -> tuple[InstanceChoice, ...]:
    """What is chosen in a menu of instances: each once, whatever it was called or in whichever state it was offered.

    Raises:
        Unreadable: a value is none of ours.
    """
    said = (value for value in values if value.split("/", 1)[0] != UNAVAILABLE)
    chosen = (InstanceChoice.decode(value) for value in said)
    return tuple({(choice.region, choice.id): choice for choice in chosen}.values())


@dataclass(frozen=True)
class SnapshotChoice:
    """An available snapshot as the value of an option, with what the form needs to know of it."""

    id: str
    size_gb: int
    name: str

    def encode(self) -> str:
        """As an option's value."""
        return f"{self.id}/{self.size_gb}/{clean(self.name)}"[:OPTION_VALUE]

    @classmethod
    def decode(cls, value: str) -> "SnapshotChoice":
        """From an option's value.

        Raises:
            Unreadable: it is none of ours.
        """
        snapshot_id, size, name = _split(value, 3)
        return cls(_cloud_id(snapshot_id), _number(size), name)


@dataclass(frozen=True)
class ButtonValue:
    """What a button carries: which request, the plan that stood beside it, and which of its jobs it is about."""

    request_id: str
    plan_hash: str
    jobs: tuple[int, ...] = ()  # their numbers in the plan; none where it is about the whole

    @property
    def job(self) -> int:
        """The number of the job that it is about, or of the first."""
        return self.jobs[0] if self.jobs else 0

    def encode(self) -> str:
        """As a button's value, or a form's private metadata."""
        whole = f"{self.request_id}/{self.plan_hash}"
        return f"{whole}/{','.join(map(str, self.jobs))}" if self.jobs else whole

    @classmethod
    def decode(cls, value: str) -> "ButtonValue":
        """From a button's value. One of before plans had several jobs names none.

        Raises:
            Unreadable: it is none of ours.
        """
        request_id, plan_hash, *jobs = _split(value, 3 if value.count("/") > 1 else 2)
        numbers = tuple(_number(number) for job in jobs for number in job.split(","))
        return cls(_cloud_id(request_id), _cloud_id(plan_hash), numbers)


def job_number(value: str) -> int:
    """The number of a job, from a menu of machines.

    Raises:
        Unreadable: it is none.
    """
    return _number(value)


def _split(value: str, parts: int, *kinds: str) -> list[str]:
    """The parts between the slashes, the last one with any further slashes; the first is one of `kinds`, if given."""
    found = value.split("/", parts - 1)
    if len(found) != parts or (kinds and found[0] not in kinds):
        raise Unreadable("not a value of ours")
    return found


def _cloud_id(text: str) -> str:
    """An id that can stand in an address."""
    if not CLOUD_ID.fullmatch(text):
        raise Unreadable("not an id")
    return text


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise Unreadable("not a number")
    return int(text)
