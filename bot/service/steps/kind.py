"""What a kind of step has to answer. Intent, leases, grace, patience, doubt and the record are the engine's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.cloud import Accepted, Seen
from bot.domain.errors import Code, Problem
from bot.domain.plan import PlannedJob
from bot.domain.request import ImageRequest
from bot.domain.steps import JobStep, is_owed, is_wanted
from bot.jdcloud import CloudError


@dataclass(frozen=True)
class Task:
    """One step, and the request it belongs to, as they stand."""

    request: ImageRequest
    step: JobStep

    @property
    def job(self) -> PlannedJob:
        """What was planned for its instance."""
        return self.request.plan.jobs[self.step.job]

    @property
    def begun(self) -> bool:
        """Whether anything may have been done to its instance already."""
        return any(step.may_have_acted for step in self.request.jobs[self.step.job].steps)

    def heard(self, error: CloudError) -> Problem:
        """What JD Cloud has answered, as people read it."""
        return error.problem().calling(self.job.instance_id, self.job.called)

    def still_owed(self) -> tuple[Problem, ...]:
        """What is said while it is owed and does not come about."""
        return (Problem(Code.STILL_OWED, facts={"instance": self.job.called}),)

    @property
    def owed(self) -> bool:
        """Whether it has to be tried until it has happened, or a person says otherwise."""
        return is_owed(self.step, self.request.jobs[self.step.job].steps)

    @property
    def wanted(self) -> bool:
        """Whether anybody still needs it."""
        return is_wanted(self.step, self.request.jobs[self.step.job].steps, ending=self.request.ending)


@dataclass(frozen=True)
class Ready:
    """It can be asked for now."""

    seen: Seen | None = None  # how its instance was found, where nobody has noted that yet


@dataclass(frozen=True)
class NotNeeded:
    """It is as the step would have it already."""

    why: str  # for the record of events


@dataclass(frozen=True)
class NotYet:
    """Something has to come to rest first."""

    problem: Problem
    patient: bool = False  # it may take as long as people take: nothing fails by our clock


@dataclass(frozen=True)
class Never:
    """The plan cannot be carried out as it was approved."""

    problems: tuple[Problem, ...]


Answer = Ready | NotNeeded | NotYet | Never


@dataclass(frozen=True)
class Found:
    """A call whose answer was lost has taken effect."""

    result: str  # what the cloud calls what it made


@dataclass(frozen=True)
class NoTrace:
    """Nothing shows that it has, as far as a look can tell."""


@dataclass(frozen=True)
class Unclear:
    """What is seen may be its work, or not. The cloud may tell more next time; else a person has to."""

    problem: Problem


@dataclass(frozen=True)
class Gone:
    """What it was to be done to is not there, which proves something only after a while: then nothing is left to do."""


@dataclass(frozen=True)
class ForAPerson:
    """What is seen is more than a look can tell apart."""

    problem: Problem


Trace = Found | NoTrace | Unclear | Gone | ForAPerson


@dataclass(frozen=True)
class Happened:
    """It is done."""

    instance: str = ""  # what its instance was seen to be, where that was seen


@dataclass(frozen=True)
class Going:
    """The cloud is at it."""

    status: str = ""  # what the cloud says, where no page documents it
    told: bool = True  # False: the answer left it open, and changes nothing


@dataclass(frozen=True)
class Broke:
    """The cloud says that it came to nothing."""

    problem: Problem


@dataclass(frozen=True)
class Absent:
    """Nothing of it is to be seen, which proves something only after a while."""

    gone: bool = False  # what was looked at is not even listed; else it is as it was before


Sight = Happened | Going | Broke | Absent


class Kind(Protocol):
    """One kind of step. A method may raise `CloudError`, of which the engine knows what may be done next."""

    @property
    def calls_at_most(self) -> int | None:
        """How often it is called without an answer before a person decides; None: a repeated call harms nothing."""
        ...

    async def prepare(self, task: Task) -> Answer:
        """Whether it is still needed and allowed, by a look at how things stand now."""
        ...

    async def call(self, task: Task) -> Accepted:
        """Asks for it. Sent exactly once."""
        ...

    async def trace(self, task: Task) -> Trace:
        """What shows that a call whose answer was lost has taken effect."""
        ...

    async def look(self, region: str, steps: Sequence[JobStep]) -> Sequence[Sight]:
        """Whether each of these has happened, by one call for all of them, up to a hundred."""
        ...

    async def progress(self, region: str, steps: Sequence[JobStep]) -> Mapping[int, str]:
        """How much of these is done ("2/3"), by their ids, where the cloud tells. It is only shown: nothing is raised
        where it cannot be asked.
        """
        ...

    def absent(self, task: Task, *, gone: bool) -> Problem:
        """What it means that nothing of it is to be seen for long, and whether what was looked at is listed at all."""
        ...
