"""Jobs and steps: what a plan has the cloud do, one thing after another, and where each thing stands.

::

                 its turn            asked                seen
  planned ─────────────────▶ calling ─────▶ working ──────────────▶ done
     │ not needed, or          │ refused       │ the cloud says it failed
     ▼ the request was ended   ▼               ▼
  skipped                   failed · unsure   failed

These two tables are the only places that say which change is possible; `bot.store` turns a move into one guarded
UPDATE. What a kind of step does is not known here: `bot.service.steps` has a module for each.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum

from bot.domain.cloud import Tags
from bot.domain.errors import Code, Problem


class Step(StrEnum):
    """The kinds of steps that plans are made of."""

    STOP = "stop"
    IMAGE = "image"
    START = "start"


class StepState(StrEnum):
    """Where a step stands."""

    PLANNED = "planned"  # nothing was asked yet, or certainly nothing was done
    CALLING = "calling"  # the call is about to be, or may have been, made
    WORKING = "working"  # the cloud has taken it and is at it
    UNSURE = "unsure"  # nobody can tell whether the call took effect: a person decides
    DONE = "done"  # seen to have happened
    SKIPPED = "skipped"  # not needed, or not wanted any more
    FAILED = "failed"  # refused, drifted, broken or given up


ENDED = frozenset({StepState.DONE, StepState.SKIPPED, StepState.FAILED})
"""The states in which nothing more comes by itself."""

UNDER_WAY = frozenset({StepState.CALLING, StepState.WORKING, StepState.UNSURE})
"""The states in which something is, or may be, done to the instance."""


@dataclass(frozen=True, eq=False)  # two moves between the same states are two moves
class _Move:
    sources: frozenset[StepState]
    target: StepState


class StepMove(Enum):
    """What can happen to a step: from which states, and to which."""

    CALL = _Move(frozenset({StepState.PLANNED}), StepState.CALLING)  # the intent, written before the call
    RECALL = _Move(frozenset({StepState.CALLING}), StepState.CALLING)  # looked for, not there: once more
    DEFER = _Move(frozenset({StepState.CALLING}), StepState.PLANNED)  # certainly nothing was done: later again
    HOLD = _Move(  # noqa: PIE796 - not the same as RECALL: see `_Move`
        frozenset({StepState.CALLING}), StepState.CALLING
    )  # likewise, but an earlier call is still in doubt
    ACCEPT = _Move(
        frozenset({StepState.PLANNED, StepState.CALLING}),  # planned again, and found to have been done before
        StepState.WORKING,
    )
    DRIFT = _Move(frozenset({StepState.PLANNED}), StepState.FAILED)  # the plan no longer fits the instance
    REFUSE = _Move(frozenset({StepState.CALLING}), StepState.FAILED)
    DOUBT = _Move(frozenset({StepState.PLANNED, StepState.CALLING}), StepState.UNSURE)
    CHECK_AGAIN = _Move(frozenset({StepState.UNSURE}), StepState.CALLING)  # look for what it did once more
    CREATE_ANYWAY = _Move(  # noqa: PIE796 - not the same as CHECK_AGAIN: see `_Move`
        frozenset({StepState.UNSURE}), StepState.CALLING
    )  # a person has looked: one more call, if nothing has turned up
    GIVE_UP = _Move(frozenset({StepState.CALLING, StepState.UNSURE, StepState.WORKING}), StepState.FAILED)
    FINISH = _Move(frozenset({StepState.WORKING}), StepState.DONE)
    BREAK = _Move(frozenset({StepState.WORKING}), StepState.FAILED)
    AGAIN = _Move(frozenset({StepState.WORKING}), StepState.PLANNED)  # taken, and without effect: it is still owed
    SKIP = _Move(frozenset({StepState.PLANNED, StepState.CALLING}), StepState.SKIPPED)  # found done, or not wanted
    RETRY = _Move(ENDED, StepState.PLANNED)  # the approved plan once more

    @property
    def sources(self) -> frozenset[StepState]:
        """The states it may leave."""
        return self.value.sources

    @property
    def target(self) -> StepState:
        """The state it leads to."""
        return self.value.target

    @property
    def event(self) -> str:
        """Its name in the record of events, after the kind of step."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class JobStep:
    """One thing asked of the cloud, and what is known of it. Times are unix seconds."""

    id: int
    request_id: str
    job: int  # the number of its job in the plan, from 0
    position: int  # in its job, from 0
    region: str
    instance_id: str
    kind: str  # a `Step`, or another kind that the engine was given
    undoes: int | None = None  # the position of the step that it makes good: owed once that may have been asked
    state: StepState = StepState.PLANNED
    attempts: int = 0  # calls in doubt that no person has answered for; a retry leaves one of them, if there are any
    doubtful_calls: int = 0  # calls that may have taken effect without our knowing, whichever approval they were for
    doubtful_at: float | None = None  # the last of these was about to be made
    trying_since: float | None = None  # it was first put off, or found to have to wait, for this approval
    called_at: float | None = None  # the call was last about to be made
    working_since: float | None = None  # the cloud accepted it
    ended_at: float | None = None
    misses: int = 0  # looks in a row that did not show what it made
    result: str = ""  # what the cloud calls what it made: "img-…"
    progress: str = ""  # "2/3": how much of it is done, where the cloud tells
    cloud_status: str = ""  # what the cloud says of it, where no page documents it
    cloud_status_since: float | None = None
    looked_at: float | None = None  # what it did was last looked for, and a person has to decide; None once it is asked
    # for again
    problems: tuple[Problem, ...] = ()  # why it failed or waits
    let_go: bool = False  # a person has said that it need not come about: what was asked already is still looked for
    left_by: str = ""  # who has said so
    claimed_at: float = 0.0  # the time by the database's clock, whose the others are too; 0 where it was only read

    @property
    def told(self) -> tuple[Problem, ...]:
        """That it is owed and does not come about, where people have been told: it is said until it does."""
        return tuple(problem for problem in self.problems if problem.code is Code.STILL_OWED)

    def saying(self, *problems: Problem) -> tuple[Problem, ...]:
        """What stands against it now, after what people have been told."""
        codes = {problem.code for problem in problems}
        return (*(problem for problem in self.told if problem.code not in codes), *problems)

    @property
    def is_doubted(self) -> bool:
        """Whether nobody can tell whether it took effect: also while it is looked for once more."""
        searched = self.state is StepState.CALLING and self.looked_at is not None
        return searched or self.state is StepState.UNSURE

    @property
    def in_doubt(self) -> bool:
        """Whether it may have taken effect: before anything is asked or ended, what it did is looked for."""
        return self.doubtful_calls > 0

    @property
    def answered_for(self) -> bool:
        """Whether a person has looked, and said to go on whatever the calls in doubt may have done."""
        return self.in_doubt and self.attempts == 0

    @property
    def settled(self) -> "JobStep":
        """It, once it is known what its calls in doubt have done."""
        return replace(self, attempts=0, doubtful_calls=0, doubtful_at=None)

    @property
    def may_have_acted(self) -> bool:
        """Whether the cloud may have been told to do it."""
        return self.state in UNDER_WAY | {StepState.DONE} or self.in_doubt or self.working_since is not None


class JobState(StrEnum):
    """Where a job stands."""

    HELD = "held"  # another job of its plan comes first
    WAITING = "waiting"  # its turn, and nothing is being done to its instance yet
    RUNNING = "running"  # holds its instance, from the first intent to the last end
    ENDED = "ended"


class JobMove(Enum):
    """What can happen to a job. (Its own table: a job takes an instance, gives it back, and may take it again.)"""

    LET_ON = (frozenset({JobState.HELD}), JobState.WAITING)  # the one before has ended well, or a person says so
    BEGIN = (frozenset({JobState.WAITING}), JobState.RUNNING)
    PUT_OFF = (frozenset({JobState.RUNNING}), JobState.WAITING)  # certainly nothing was done yet
    END = (frozenset({JobState.HELD, JobState.WAITING, JobState.RUNNING}), JobState.ENDED)
    RETRY = (frozenset({JobState.ENDED}), JobState.WAITING)
    HOLD = (frozenset({JobState.WAITING, JobState.ENDED}), JobState.HELD)  # one before it begins once more

    @classmethod
    def between(cls, before: JobState, after: JobState) -> "JobMove":
        """The move that leads from one state to another.

        Raises:
            ValueError: there is none.
        """
        for move in cls:
            sources, target = move.value
            if before in sources and after is target:
                return move
        raise ValueError(f"a job does not go from {before} to {after}")


@dataclass(frozen=True, kw_only=True)
class Job:
    """One instance's share of a plan: its steps, in order. It holds its instance while it is running."""

    number: int  # in the plan, from 0
    state: JobState
    steps: tuple[JobStep, ...]
    let_on: bool = False  # a person has said that it may begin, whatever has become of the one before
    waits_for: str = ""  # id of the request that holds the instance, while this one waits for its turn at it
    seen_status: str = ""  # an InstanceStatus, or any other string: of the instance when it was last looked at
    seen_at: float | None = None
    asked_status: str = ""  # likewise when it was asked for
    seen_tags: Tags = ()  # as of then

    @property
    def went_well(self) -> bool:
        """Whether all was done that had to be: nothing has failed, and nothing that was owed was let go."""
        return all(
            step.state is StepState.DONE or (step.state is StepState.SKIPPED and not (step.told or step.let_go))
            for step in self.steps
        )

    def of_kind(self, kind: str) -> JobStep | None:
        """Its step of a kind."""
        return next((step for step in self.steps if step.kind == kind), None)

    @property
    def current(self) -> JobStep | None:
        """The step that is to be done or is under way; None once all have ended. One that waits for a person comes
        after what is still owed.
        """
        open_ = [step for step in self.steps if step.state not in ENDED]
        unsure = [step for step in open_ if step.state is StepState.UNSURE]
        return next((step for step in open_ if step.state is not StepState.UNSURE), next(iter(unsure), None))


def is_owed(step: JobStep, steps: Sequence[JobStep]) -> bool:
    """Whether a step has to be tried whatever becomes of those between: what it makes good may have been asked."""
    return step.undoes is not None and not step.let_go and steps[step.undoes].may_have_acted


def is_wanted(step: JobStep, steps: Sequence[JobStep], *, ending: bool) -> bool:
    """Whether anybody still needs a step: not once what it makes good was not done, or a step before it did not
    succeed, or a person has ended the request. What is owed is always wanted.
    """
    if step.let_go:
        return False
    if is_owed(step, steps):
        return True
    made_good = steps[step.undoes] if step.undoes is not None else None
    if ending or (made_good is not None and made_good.state in ENDED):
        return False
    return not any(before.state in {StepState.FAILED, StepState.UNSURE} for before in steps[: step.position])


def not_wanted(job: Job, *, ending: bool) -> Iterator[JobStep]:
    """The planned steps of a job that nobody needs any more. What one in doubt has done is looked for first."""
    for step in job.steps:
        if step.state is StepState.PLANNED and not step.in_doubt and not is_wanted(step, job.steps, ending=ending):
            yield step


def standing(job: Job) -> JobState:
    """Where a job stands, by its steps."""
    if all(step.state in ENDED for step in job.steps):
        return JobState.ENDED
    begun = any(step.state in UNDER_WAY | {StepState.DONE} for step in job.steps)
    return JobState.RUNNING if begun or any(_is_left(step, job.steps) for step in job.steps) else JobState.WAITING


def standings(jobs: Sequence[Job], *, one_after_another: bool) -> Iterator[JobState]:
    """Where the jobs of a plan stand, by their steps, and by whose turn it is: with one after another, a job begins
    when the one before has ended well, or a person has let it on.
    """
    turn = True
    for job in jobs:
        stands = standing(job)
        yield JobState.HELD if stands is JobState.WAITING and not (turn or job.let_on) else stands
        turn = not one_after_another or (stands is JobState.ENDED and job.went_well)


def held_up(jobs: Sequence[Job]) -> Job | None:
    """The job that is held by one before it that comes to no good end by itself; None where it is only not its turn, or
    a machine is off that has to be started first.
    """
    for before, job in itertools.pairwise(jobs):
        if job.state is not JobState.HELD:
            continue
        waits_for_a_person = any(step.state is StepState.UNSURE for step in before.steps)
        if before.state is JobState.ENDED:
            return job
        off = any(is_owed(step, before.steps) and step.state not in ENDED for step in before.steps)
        return job if waits_for_a_person and not off else None
    return None


def _is_left(step: JobStep, steps: Sequence[JobStep]) -> bool:
    """Whether all that is left is to make good what has failed, and may have been done nevertheless."""
    return step.undoes is not None and is_owed(step, steps) and steps[step.undoes].state is StepState.FAILED
