"""The request: one person's wish for an image, with the decisions made about it, and what became of its steps."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import State
from bot.domain.plan import Plan
from bot.domain.steps import Job, JobStep, Step, StepState, is_owed


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
    finished_at: float | None = None  # it reached a state in which nothing more comes
    begin_at: float = 0.0  # nothing is asked of the cloud before then
    ending: bool = False  # somebody has ended it: nothing new begins, what is owed is done
    jobs: tuple[Job, ...] = ()
    waits_for: str = ""  # id of the request that holds the instance, while this one is approved
    seen_status: str = ""  # an InstanceStatus, or any other string: of the instance when it was last looked at
    seen_at: float | None = None
    resumed_how: str = ""  # the event of the move by which somebody last took it up again: a retry, another look, …
    resumed_by: str = ""
    resumed_at: float | None = None
    noted: tuple[Problem, ...] = ()  # what stands against its approval
    ended_by: str = ""  # who cancelled, ended it, or gave up; a rejecter stands in the decisions

    @property
    def steps(self) -> tuple[JobStep, ...]:
        """The steps of all its jobs, in order."""
        return tuple(step for job in self.jobs for step in job.steps)

    @property
    def image(self) -> JobStep | None:
        """The step that makes the image; None of a request that was never stored."""
        return self._step(Step.IMAGE)

    def _step(self, kind: str) -> JobStep | None:
        return next((step for job in self.jobs if (step := job.of_kind(kind))), None)

    @property
    def current(self) -> JobStep | None:
        """The step that is under way, or comes next."""
        return next((step for job in self.jobs if (step := job.current)), None)

    @property
    def unsure(self) -> JobStep | None:
        """The step that waits for a person's word, if any."""
        return next((step for step in self.steps if step.state is StepState.UNSURE), None)

    @property
    def odd(self) -> JobStep | None:
        """The step of which the cloud says what no page documents, if any."""
        return next((step for step in self.steps if step.state is StepState.WORKING and step.cloud_status), None)

    @property
    def stuck(self) -> JobStep | None:
        """The step that is owed and does not come about, if any: a machine that we stopped, and cannot start."""
        return next(
            (
                step
                for job in self.jobs
                for step in job.steps
                if step.state in {StepState.PLANNED, StepState.CALLING} and step.told and is_owed(step, job.steps)
            ),
            None,
        )

    @property
    def needs_a_person(self) -> bool:
        """Whether it waits for a button on its card."""
        return self.state is State.PENDING or self.unsure is not None or self.stuck is not None

    @property
    def can_end(self) -> bool:
        """Whether there is something to come that need not."""
        if self.state is not State.WORKING or self.ending:
            return False
        return any(
            step.state is StepState.PLANNED and not is_owed(step, job.steps) for job in self.jobs for step in job.steps
        )

    @property
    def image_id(self) -> str:
        """What JD Cloud calls its image, once it has accepted."""
        return self.image.result if self.image else ""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why it waits or failed."""
        return self.noted or tuple(problem for step in self.steps for problem in step.problems)

    @property
    def retriable(self) -> bool:
        """Whether the approved plan can be tried as it is: nothing was made, and the disks are as they were."""
        lost = {
            Code.DISK_DETACHED,
            Code.DISK_ATTACHED,
            Code.DISK_REPLACED,
            Code.DISK_RESIZED,
            Code.STOP_RELEASES,
            Code.INSTANCE_NOT_FOUND,
            Code.CLOUD_SNAPSHOT_NOT_FOUND,
            Code.CLOUD_DUPLICATE_DEVICE,
            Code.CLOUD_DISK_TYPE_MISSING,
            Code.CLOUD_DISK_SIZE,
            Code.CLOUD_DISK_SMALLER,
            Code.CLOUD_DISK_IOPS,
            Code.GIVEN_UP,
            Code.APPROVAL_EXPIRED,
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
