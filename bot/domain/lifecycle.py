"""The life of a request: its states, the moves between them, and what each move owes people.

::

             approve x quorum        worker claims        cloud accepted        cloud says ready
  pending ───────────────────▶ approved ─────▶ submitting ──────────▶ building ─────────────────▶ ready
     │ reject / cancel / time       │ cancel        │ refused            │ cloud says error
     ▼                              ▼               ▼                    ▼
  rejected cancelled expired    cancelled     failed · unsure          failed

This table is the only place that says which change is possible; `bot.store` turns a move into one guarded
UPDATE, and nothing else changes a state.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum


class State(StrEnum):
    """Where a request stands."""

    PENDING = "pending"  # waits for approvers
    APPROVED = "approved"  # has its quorum; waits for a worker, an instance that is free, or a cloud that answers
    SUBMITTING = "submitting"  # createImage is about to be, or may have been, called
    UNSURE = "unsure"  # nobody can tell whether createImage took effect: a person decides
    BUILDING = "building"  # the cloud has an image id for it and is making the image
    READY = "ready"  # the image can be used
    FAILED = "failed"  # refused, drifted, broken or given up
    REJECTED = "rejected"  # by an approver
    CANCELLED = "cancelled"  # by the requester
    EXPIRED = "expired"  # nobody decided in time


OPEN = frozenset({State.PENDING, State.APPROVED, State.SUBMITTING, State.UNSURE, State.BUILDING})
"""The states in which something is still to come."""

LAUNCHING = frozenset({State.SUBMITTING, State.UNSURE, State.BUILDING})
"""The states that hold an instance: one launch at a time per instance (createImage: 没有正在进行中的任务)."""


class Notice(StrEnum):
    """A one-time message."""

    SUBMITTED = "submitted"  # your request is on its way to the approvers
    NOT_SUBMITTED = "not_submitted"  # your request was not sent, and why
    NOT_SHOWN = "not_shown"  # the approvers cannot see your request yet
    CARD_LOST = "card_lost"  # the approvers' card was gone, and is posted anew
    REJECTED = "rejected"
    EXPIRED = "expired"
    BUILDING = "building"  # JD Cloud has accepted it: the card says so. Still owed where an earlier version owed it
    READY = "ready"
    FAILED = "failed"
    UNSURE = "unsure"
    APPROVAL_VOID = "approval_void"  # your approval does not count: you are not an approver
    APPROVAL_OWN = "approval_own"  # your approval does not count: the request is your own


class Place(StrEnum):
    """Where a notice goes."""

    VIEW = "view"  # the form it was asked in; its requester's direct message when that is closed
    REQUESTER = "requester"  # the requester's direct message
    APPROVER = "approver"  # the direct message of somebody who decided
    ANNOUNCE = "announce"  # the conversation chosen in the form; the direct message when that is closed to us
    THREAD = "thread"  # the thread of the approval card


@dataclass(frozen=True, eq=False)  # two moves between the same states are two moves
class _Move:
    sources: frozenset[State]
    target: State
    owes: tuple[tuple[Notice, Place], ...] = ()


_FAILED = ((Notice.FAILED, Place.ANNOUNCE),)


class Move(Enum):
    """What can happen to a request: from which states, to which, and the notices it owes."""

    APPROVE = _Move(frozenset({State.PENDING}), State.APPROVED)
    REJECT = _Move(frozenset({State.PENDING}), State.REJECTED, ((Notice.REJECTED, Place.REQUESTER),))
    CANCEL = _Move(frozenset({State.PENDING, State.APPROVED}), State.CANCELLED)
    EXPIRE = _Move(frozenset({State.PENDING}), State.EXPIRED, ((Notice.EXPIRED, Place.REQUESTER),))
    DRIFT = _Move(frozenset({State.APPROVED}), State.FAILED, _FAILED)  # the plan no longer fits the instance
    SUBMIT = _Move(frozenset({State.APPROVED}), State.SUBMITTING)  # the intent, written before the call
    RESUBMIT = _Move(frozenset({State.SUBMITTING}), State.SUBMITTING)  # looked for, not there: once more
    DEFER = _Move(frozenset({State.SUBMITTING}), State.APPROVED)  # certainly nothing was done: later again
    HOLD = _Move(  # noqa: PIE796 - not the same as RESUBMIT: see `_Move`
        frozenset({State.SUBMITTING}),
        State.SUBMITTING,  # likewise, but an earlier call is still in doubt
    )
    ACCEPT = _Move(
        frozenset({State.APPROVED, State.SUBMITTING}),  # approved again, and found to have been made before
        State.BUILDING,
    )
    REFUSE = _Move(frozenset({State.SUBMITTING}), State.FAILED, _FAILED)
    DOUBT = _Move(
        frozenset({State.APPROVED, State.SUBMITTING}),
        State.UNSURE,
        ((Notice.UNSURE, Place.THREAD), (Notice.UNSURE, Place.REQUESTER)),
    )
    CHECK_AGAIN = _Move(frozenset({State.UNSURE}), State.SUBMITTING)  # look for the marker once more
    CREATE_ANYWAY = _Move(  # noqa: PIE796 - not the same as CHECK_AGAIN: see `_Move`
        frozenset({State.UNSURE}),
        State.SUBMITTING,  # a person has looked: one more call, if nothing has turned up
    )
    GIVE_UP = _Move(frozenset({State.UNSURE, State.BUILDING}), State.FAILED, _FAILED)  # building: see `Deciding`
    FINISH = _Move(
        frozenset({State.BUILDING}),
        State.READY,
        ((Notice.READY, Place.ANNOUNCE),),
    )
    BREAK = _Move(frozenset({State.BUILDING}), State.FAILED, _FAILED)
    RETRY = _Move(frozenset({State.FAILED}), State.APPROVED)  # the approved plan once more

    @property
    def sources(self) -> frozenset[State]:
        """The states it may leave."""
        return self.value.sources

    @property
    def target(self) -> State:
        """The state it leads to."""
        return self.value.target

    @property
    def owes(self) -> tuple[tuple[Notice, Place], ...]:
        """The notices that are owed once it has happened."""
        return self.value.owes

    @property
    def event(self) -> str:
        """Its name in the record of events."""
        return self.name.lower()
