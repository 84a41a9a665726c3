"""The request: one person's wish for one image, with the decisions made about it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import State
from bot.domain.plan import Plan


class Verdict(StrEnum):
    """What an approver decided."""

    APPROVE = "approve"
    REJECT = "reject"


class Validity(StrEnum):
    """What an approval is worth, as of the last count."""

    VALID = "valid"  # its giver may approve
    UNCONFIRMED = "unconfirmed"  # Slack has not told whether its giver may approve: it does not count yet
    VOID = "void"  # its giver may not, or no longer


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One approver's decision about one plan."""

    approver: str  # Slack user id
    verdict: Verdict
    plan_hash: str
    reason: str  # empty for an approval
    at: float  # unix seconds
    validity: Validity = Validity.VALID  # of an approval; a rejection is made only when it is


@dataclass(frozen=True, kw_only=True)
class ImageRequest:
    """One person's wish for one image. Times are unix seconds."""

    id: str  # "IR-7K3QF": said aloud, and the marker of its image
    state: State
    version: int  # grows with every change: what a card shows is held against it
    requester: str  # Slack user id
    team: str  # Slack workspace id
    language: str  # of the requester: "en" or "zh"
    plan: Plan
    note: str  # for the approver; may be empty
    announce_in: str  # Slack conversation id
    quorum: int  # how many distinct people must approve
    decisions: tuple[Decision, ...] = ()
    created_at: float
    expires_at: float  # a pending request expires then
    approved_at: float | None = None  # the quorum was reached
    submitted_at: float | None = None  # createImage was last about to be called
    building_since: float | None = None  # the cloud accepted it
    finished_at: float | None = None  # it reached a state in which nothing more comes
    attempts: int = 0  # calls of createImage for this approval without a definite answer
    doubtful_calls: int = 0  # calls that may have taken effect without our knowing, whichever approval they were for
    doubtful_at: float | None = None  # the last of these was about to be made
    trying_since: float | None = None  # it was first put off, or found to have to wait, for this approval
    misses: int = 0  # looks in a row that did not show the image
    image_id: str = ""  # "img-…", once the cloud has accepted
    cloud_status: str = ""  # what JD Cloud says of the image, where no page documents it
    cloud_status_since: float | None = None
    waits_for: str = ""  # id of the request that holds the instance, while this one is approved
    seen_status: str = ""  # an InstanceStatus, or any other string: of the instance when it was last looked at
    seen_at: float | None = None
    looked_at: float | None = None  # its image was last looked for, and a person has to decide
    resumed_how: str = ""  # the event of the move by which somebody last took it up again: a retry, another look, …
    resumed_by: str = ""
    resumed_at: float | None = None
    problems: tuple[Problem, ...] = ()  # why it failed or waits
    ended_by: str = ""  # who cancelled, or gave up; a rejecter stands in the decisions

    @property
    def in_doubt(self) -> bool:
        """Whether an image may have been made: before anything is asked or ended, its marker is looked for."""
        return self.doubtful_calls > 0

    @property
    def retriable(self) -> bool:
        """Whether the approved plan can be tried as it is: nothing was made, and the disks are as they were."""
        lost = {
            Code.DISK_DETACHED,
            Code.DISK_ATTACHED,
            Code.DISK_REPLACED,
            Code.DISK_RESIZED,
            Code.INSTANCE_NOT_FOUND,
            Code.CLOUD_SNAPSHOT_NOT_FOUND,
            Code.CLOUD_DUPLICATE_DEVICE,
            Code.CLOUD_DISK_TYPE_MISSING,
            Code.CLOUD_DISK_SIZE,
            Code.CLOUD_DISK_SMALLER,
            Code.CLOUD_DISK_IOPS,
            Code.GIVEN_UP,
        }
        return (
            self.state is State.FAILED
            and not self.image_id
            and not any(problem.code in lost for problem in self.problems)
        )

    @property
    def approved_by(self) -> tuple[str, ...]:
        """Whose approvals count, in order."""
        return self._approvers(Validity.VALID)

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """Whose approvals wait for Slack to say whether they may give one."""
        return self._approvers(Validity.UNCONFIRMED)

    def _approvers(self, validity: Validity) -> tuple[str, ...]:
        return tuple(d.approver for d in self.decisions if d.verdict is Verdict.APPROVE and d.validity is validity)

    @property
    def rejection(self) -> Decision | None:
        """The decision that ended it, when it was rejected."""
        return next((decision for decision in self.decisions if decision.verdict is Verdict.REJECT), None)
