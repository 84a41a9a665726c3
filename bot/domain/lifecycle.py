"""The life of a request: its states, the moves between them, and what each move owes people.

::

        approve x quorum / emergency a step is asked        every job has ended
  pending ───────────────────▶ approved ─────────▶ working ─────────────────────▶ ready · partly · failed
     │ reject / cancel / time       │ cancel / time
     ▼                              ▼
  rejected cancelled expired    cancelled expired

What it has the cloud do are the steps of its jobs, whose lives `bot.domain.steps` has. These tables are the only places
that say which change is possible; `bot.store` turns a move into one guarded UPDATE, and nothing else changes a state.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum


class State(StrEnum):
    """Where a request stands."""

    PENDING = "pending"  # waits for approvers
    APPROVED = "approved"  # has its quorum; waits for its time, a worker, an instance that is free, or the cloud
    WORKING = "working"  # one of its steps may have been asked: see its jobs
    READY = "ready"  # every image can be used
    PARTLY = "partly"  # some images can
    FAILED = "failed"  # no image: refused, drifted, broken or given up
    REJECTED = "rejected"  # by an approver
    CANCELLED = "cancelled"  # by the requester
    EXPIRED = "expired"  # nobody decided in time, or it could not begin while its approval was good


OPEN = frozenset({State.PENDING, State.APPROVED, State.WORKING})
"""The states in which something is still to come."""


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
    MACHINE_OFF = "machine_off"  # the bot has stopped a machine, and cannot start it
    RUNS_AGAIN = "runs_again"  # a machine has to be stopped that was stopped when it was asked for
    HELD = "held"  # a job came to no good end, and holds those after it
    APPROVAL_VOID = "approval_void"  # your approval does not count: you are not an approver
    APPROVAL_OWN = "approval_own"  # your approval does not count: the request is your own
    PASSED_OVER = "passed_over"  # somebody has begun without your approval
    REVIEW_OWED = "review_owed"  # and no approver has looked at that yet: once a day
    ASKED = "asked"  # an approver has a question
    ASKED_UNHEARD = "asked_unheard"  # of which its requester could not be told directly
    FROZEN = "frozen"  # somebody has frozen what is decided there: about no request
    UNFROZEN = "unfrozen"  # somebody has ended that before its time
    REMINDER = "reminder"  # a request still waits for you
    ESCALATED = "escalated"  # you are asked too, as nobody has decided
    NUDGED = "nudged"  # the requester asks you to decide


CALLS = frozenset({Notice.REMINDER, Notice.ESCALATED, Notice.NUDGED})
"""What calls those who can still decide, and is dropped once nothing is left to be decided."""


class Place(StrEnum):
    """Where a notice goes."""

    VIEW = "view"  # the form it was asked in; its requester's direct message when that is closed
    REQUESTER = "requester"  # the requester's direct message
    APPROVER = "approver"  # the direct message of somebody who decided
    ANNOUNCE = "announce"  # the conversation chosen in the form; the direct message when that is closed to us
    THREAD = "thread"  # the thread of the approval card
    CHANNEL = "channel"  # a channel that approval cards go to, by itself


@dataclass(frozen=True, eq=False)  # two moves between the same states are two moves
class _Move:
    sources: frozenset[State]
    target: State
    owes: tuple[tuple[Notice, Place], ...] = ()


class Move(Enum):
    """What can happen to a request: from which states, to which, and the notices it owes."""

    APPROVE = _Move(frozenset({State.PENDING}), State.APPROVED)
    EMERGENCY = _Move(frozenset({State.PENDING}), State.APPROVED, ((Notice.PASSED_OVER, Place.THREAD),))
    REJECT = _Move(frozenset({State.PENDING}), State.REJECTED, ((Notice.REJECTED, Place.REQUESTER),))
    CANCEL = _Move(frozenset({State.PENDING, State.APPROVED}), State.CANCELLED)
    EXPIRE = _Move(frozenset({State.PENDING, State.APPROVED}), State.EXPIRED, ((Notice.EXPIRED, Place.REQUESTER),))
    BEGIN = _Move(frozenset({State.APPROVED}), State.WORKING)  # the intent of its first step
    PUT_OFF = _Move(frozenset({State.WORKING}), State.APPROVED)  # certainly nothing was done: later again
    FINISH = _Move(frozenset({State.WORKING}), State.READY, ((Notice.READY, Place.ANNOUNCE),))
    PART = _Move(frozenset({State.WORKING}), State.PARTLY, ((Notice.READY, Place.ANNOUNCE),))
    FAIL = _Move(frozenset({State.APPROVED, State.WORKING}), State.FAILED, ((Notice.FAILED, Place.ANNOUNCE),))
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
