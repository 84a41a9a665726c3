"""Ids of blocks that say what the block shows: other contents come in another block, and a submission tells them."""

from dataclasses import dataclass

from bot.domain.draft import Draft, DraftJob, disks_seen
from bot.slack.protocol.ids import DEVICE, DISKS, INSTANCE, NAME, ORDER, SETTLE, SNAPSHOT, WHILE_IMAGED
from bot.slack.protocol.parse import cloud_id, number_of, split


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
            _, _, _, number, disks = split(block_id, _OLD_SLASHES + 1, INSTANCE)
            return cls(number_of(number), 0, disks)
        _, number, gone, disks = split(block_id, 4, INSTANCE)
        return cls(number_of(number), number_of(gone), disks)


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
        _, boxes, number, place = split(block_id, 4, DISKS)
        return cls(boxes, number_of(number), number_of(place))


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
        *_, number, choices = split(block_id, 4 if block_id.count("/") > _WHILE_SLASHES else 3, WHILE_IMAGED)
        return cls(number_of(number), tuple(choices.split("+")))


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
            _, number, suggested = split(block_id, 3, NAME)
            return cls(number_of(number), None, suggested)
        _, number, instance_id, suggested = split(block_id, 4, NAME)
        return cls(number_of(number), instance_id, suggested)


_NAME_SLASHES = 3


def snapshot_block(region: str) -> str:
    """The choice of a snapshot; see `region_of`."""
    return f"{SNAPSHOT}/{region}"


def region_of(block_id: str) -> str:
    """The region whose snapshots a block offers.

    Raises:
        Unreadable: it is no block of ours.
    """
    _, region = split(block_id, 2, SNAPSHOT)
    return cloud_id(region)


def settle_block(key: str) -> str:
    """The choice of what is meant by some words."""
    return f"{SETTLE}/{key}"


def settle_key(block_id: str) -> str:
    """The key of the words that a block is about.

    Raises:
        Unreadable: it is no block of ours.
    """
    return split(block_id, 2, SETTLE)[1]


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
    _, number = split(device_block_id, 2, DEVICE)
    return number_of(number)
