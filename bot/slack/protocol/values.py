"""The typed values that travel through Slack and back: in options, in buttons and with forms."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.slack.protocol.ids import UNAVAILABLE
from bot.slack.protocol.markup import clean
from bot.slack.protocol.parse import cloud_id, number_of, split

OPTION_VALUE = 150
"""Slack: option value <= 150 characters."""


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
        return cls(cloud_id(draft), cloud_id(instance_id) if slash else "")


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
        return cls(cloud_id(instance_id) if slash else "", device)


def draft_id(value: str) -> str:
    """A draft's id, from a form's private metadata or a button.

    Raises:
        Unreadable: it is none of ours.
    """
    return cloud_id(value)


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
        region, instance_id, name = split(value, 3)
        return cls(cloud_id(region), cloud_id(instance_id), name)


def unavailable(region: str) -> str:
    """The value of the option that says why nothing can be chosen of a region: choosing it chooses nothing."""
    return f"{UNAVAILABLE}/{region}"


def is_unavailable(value: str) -> bool:
    """Whether it is the value of such an option."""
    return value.split("/", 1)[0] == UNAVAILABLE


def chosen_instances(values: Iterable[str]) -> tuple[InstanceChoice, ...]:
    """What is chosen in a menu of instances: each once, whatever it was called or in whichever state it was offered.

    Raises:
        Unreadable: a value is none of ours.
    """
    said = (value for value in values if not is_unavailable(value))
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
        snapshot_id, size, name = split(value, 3)
        return cls(cloud_id(snapshot_id), number_of(size), name)


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
        request_id, plan_hash, *jobs = split(value, 3 if value.count("/") > 1 else 2)
        numbers = tuple(number_of(number) for job in jobs for number in job.split(","))
        return cls(cloud_id(request_id), cloud_id(plan_hash), numbers)


def job_number(value: str) -> int:
    """The number of a job, from a menu of machines.

    Raises:
        Unreadable: it is none.
    """
    return number_of(value)
