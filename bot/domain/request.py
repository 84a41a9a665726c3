"""The request: one person's wish for an image, with the decisions made about it, and what became of its steps."""

import dataclasses
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.cloud import Seen
from bot.domain.errors import PLAN_LOST, Problem
from bot.domain.lifecycle import State
from bot.domain.plan import Order, Plan
from bot.domain.rule import Machine
from bot.domain.steps import Job, JobState, JobStep, Step, StepState, held_up, is_owed


def first_jobs(plan: Plan, seen: Sequence[Seen] = ()) -> tuple[Job, ...]:
    """The jobs of a request that is new: nothing has begun.

    Args:
        plan: what is asked for.
        seen: its instances as they were when the request was checked, in the order of its jobs.
    """
    one_after_another = plan.order is Order.ONE_AFTER_ANOTHER
    return tuple(
        Job(
            number=number,
            state=JobState.HELD if number and one_after_another else JobState.WAITING,
            steps=(),
            seen_status=was.status if was else "",
            seen_at=was.at if was else None,
            asked_status=was.status if was else "",
            seen_tags=(was.tags or ()) if was else (),
        )
        for number, (_, was) in enumerate(itertools.zip_longest(plan.jobs, seen))
    )


class Verdict(StrEnum):
    """What an approver decided."""

    APPROVE = "approve"
    REJECT = "reject"


class Validity(StrEnum):
    """What an approval is worth, as of the last count."""

    VALID = "valid"  # its giver may approve
    UNCONFIRMED = "unconfirmed"  # Slack has not told whether its giver may approve: it does not count yet
    VOID = "void"  # its giver may not, or no longer


@dataclass(frozen=True)
class Promise:
    """What a rule wanted when the request was made: its card says so, and no less is enough later on."""

    rule: str  # its name
    quorum: int  # how many distinct people must approve


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One approver's decision about one plan."""

    approver: str  # Slack user id
    verdict: Verdict
    plan_hash: str
    reason: str  # empty for an approval
    at: float  # unix seconds
    validity: Validity = Validity.VALID  # of an approval; a rejection is made only when it is
    rules: tuple[str, ...] = ()  # the names of the rules that decided when it was made
    policy_hash: str = ""  # of the policy file at that time; empty where there was none


@dataclass(frozen=True, kw_only=True)
class Question:
    """What an approver wants to know before they decide."""

    asker: str  # Slack user id
    text: str  # one line
    at: float  # unix seconds


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
    quorum: int  # how many distinct people must approve; the most that any rule wants
    promises: tuple[Promise, ...] = ()  # of the rules that decided when it was made
    policy_hash: str = ""  # of the policy file at that time; empty where there was none
    decisions: tuple[Decision, ...] = ()
    questions: tuple[Question, ...] = ()  # the last ones, oldest first, while it waits for approval
    created_at: float
    expires_at: float  # a pending request expires then
    approved_at: float | None = None  # the quorum was reached
    finished_at: float | None = None  # it reached a state in which nothing more comes
    begin_at: float = 0.0  # nothing is asked of the cloud before then
    ending: bool = False  # somebody has ended it: nothing new begins, what is owed is done
    jobs: tuple[Job, ...] = ()
    resumed_how: str = ""  # the event of the move by which somebody last took it up again: a retry, another look, …
    resumed_by: str = ""
    resumed_at: float | None = None
    noted: tuple[Problem, ...] = ()  # what stands against its approval
    ended_by: str = ""  # who cancelled, ended it, or gave up; a rejecter stands in the decisions
    emergency_by: str = ""  # who began it before anybody had approved
    emergency_why: str = ""  # one line
    emergency_at: float | None = None
    nudged_at: float | None = None  # the requester last nudged those who can still decide
    nudged: tuple[str, ...] = ()  # ids of the people and groups whom that called
    reviewed_by: str = ""  # the approver who has looked at that afterwards
    reviewed_at: float | None = None

    @property
    def machines(self) -> tuple[Machine, ...]:
        """What rules may take its instances by, in the order of its jobs: the tags are those that were last seen."""
        seen = {job.number: job.seen_tags for job in self.jobs}
        return tuple(
            Machine(
                region=job.region,
                instance_id=job.instance_id,
                name=job.instance_name,
                tags=seen.get(number, ()),
            )
            for number, job in enumerate(self.plan.jobs)
        )

    def promised(self, rule: str) -> int:
        """How many people a rule wanted when the request was made; 0 where it had no say in it.

        Args:
            rule: its name.
        """
        if not self.promises:  # it is of a time when there were no rules but the settings
            return 0 if rule else self.quorum
        return next((one.quorum for one in self.promises if one.rule == rule), 0)

    def moved(self, step: JobStep) -> "ImageRequest":
        """It, with one of its steps as that stands now."""
        steps = tuple(step if one.id == step.id else one for one in self.jobs[step.job].steps)
        jobs = (dataclasses.replace(job, steps=steps) if job.number == step.job else job for job in self.jobs)
        return dataclasses.replace(self, jobs=tuple(jobs))

    @property
    def review_owed(self) -> bool:
        """Whether it was begun before anybody had approved, and no approver has looked at that yet."""
        return bool(self.emergency_by) and self.reviewed_at is None

    @property
    def steps(self) -> tuple[JobStep, ...]:
        """The steps of all its jobs, in order."""
        return tuple(step for job in self.jobs for step in job.steps)

    @property
    def images(self) -> tuple[JobStep, ...]:
        """The steps that make its images, in order."""
        return tuple(step for step in self.steps if step.kind == Step.IMAGE)

    @property
    def waits_for(self) -> str:
        """Id of the request that holds an instance whose turn it is here; empty where none does."""
        return next((job.waits_for for job in self.jobs if job.waits_for), "")

    @property
    def held_up(self) -> Job | None:
        """The job that waits for a person's *Go on*, as the one before has come to no good end."""
        return held_up(self.jobs) if self.state is State.WORKING and not self.ending else None

    @property
    def undone(self) -> tuple[int, ...]:
        """The numbers of the jobs that made no image, of a request that has ended."""
        return tuple(job.number for job in self.jobs if not any(step.result for step in job.steps))

    @property
    def current(self) -> JobStep | None:
        """The step that is under way, or comes next."""
        return next((step for job in self.jobs if (step := job.current)), None)

    @property
    def unsure(self) -> JobStep | None:
        """The first step that waits for a person's word, if any."""
        return next(iter(self.unsure_steps), None)

    @property
    def unsure_steps(self) -> tuple[JobStep, ...]:
        """The steps that wait for a person's word: at most one of a job."""
        return tuple(step for step in self.steps if step.state is StepState.UNSURE)

    @property
    def doubted_steps(self) -> tuple[JobStep, ...]:
        """The steps of which nobody can tell whether they took effect: also while they are looked for once more."""
        return tuple(step for step in self.steps if step.is_doubted)

    @property
    def undecided_steps(self) -> tuple[JobStep, ...]:
        """The steps that an approver can give up: those that wait for their word first."""
        searched = (step for step in self.doubted_steps if step.state is not StepState.UNSURE)
        return (*self.unsure_steps, *searched, *self.odd_steps)

    @property
    def odd(self) -> JobStep | None:
        """The first step of which the cloud says what no page documents, if any."""
        return next(iter(self.odd_steps), None)

    @property
    def odd_steps(self) -> tuple[JobStep, ...]:
        """The steps of which the cloud says what no page documents."""
        return tuple(step for step in self.steps if step.state is StepState.WORKING and step.cloud_status)

    @property
    def stuck(self) -> JobStep | None:
        """The first step that is owed and does not come about, if any: a machine that we stopped, and cannot start."""
        return next(iter(self.stuck_steps), None)

    @property
    def stuck_steps(self) -> tuple[JobStep, ...]:
        """The steps that are owed and do not come about."""
        return tuple(
            step
            for job in self.jobs
            for step in job.steps
            if step.state in {StepState.PLANNED, StepState.CALLING} and step.told and is_owed(step, job.steps)
        )

    @property
    def needs_a_person(self) -> bool:
        """Whether it waits for a button on its card."""
        return (
            self.state is State.PENDING
            or bool(self.doubted_steps)
            or self.stuck is not None
            or self.held_up is not None
            or self.review_owed
        )

    @property
    def can_end(self) -> bool:
        """Whether there is something to come that need not."""
        if self.state is not State.WORKING or self.ending:
            return False
        return any(
            step.state is StepState.PLANNED and not is_owed(step, job.steps) for job in self.jobs for step in job.steps
        )

    @property
    def image_ids(self) -> tuple[str, ...]:
        """What JD Cloud calls its images, as far as it has accepted them."""
        return tuple(step.result for step in self.images if step.result)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why it waits or failed."""
        return self.noted or tuple(problem for step in self.steps for problem in step.problems)

    @property
    def retriable(self) -> bool:
        """Whether the approved plan can be tried as it is: nothing was made, and the disks are as they were. What was
        begun in an emergency was never approved.
        """
        return (
            self.state is State.FAILED
            and not self.emergency_by
            and not self.image_ids
            and not any(problem.code in PLAN_LOST for problem in self.problems)
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
