"""What a worker takes up: items of queues, and tasks."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.service.begun import Begun
from bot.store import Lease, Leased, Transaction, Work


@dataclass(frozen=True, eq=False)
class WorkItem:
    """One item of work, and what is held until it ends."""

    lease: Lease
    held: Collection[object]  # ids of rows
    work: Begun
    about: Mapping[str, str]  # what each line that is logged meanwhile says
    broken: Callable[[str], Awaitable[None]]  # tells whoever waits for it that it broke, by a reference


def _all(room: int) -> int:
    return room


@dataclass(frozen=True)
class Queue:
    """One kind of work. `claim` takes what is due in a transaction, at most so many, and returns it ready to be run; as
    it may be run more than once, it changes nothing but the transaction.
    """

    name: Work
    table: Callable[[Transaction], Leased]
    claim: Callable[[Transaction, Lease, int], Sequence[WorkItem]]
    room: Callable[[int], int] = _all  # how many may be begun now, of so many that there is room for
    behind: Work | None = None  # what goes first: while much of that is in hand, few of these are begun
    in_hand: set[WorkItem] = field(default_factory=set, compare=False)


@dataclass(frozen=True)
class DueTask:
    """Something small to be done when the look says that there is any of it, by every worker."""

    name: Work
    work: Callable[[], Awaitable[None]]
    pause: float = 0.0  # seconds after it


@dataclass(frozen=True)
class PeriodicTask:
    """Something small to be done now and then, by every worker."""

    name: str
    work: Callable[[], Awaitable[None]]
    every: float  # seconds
