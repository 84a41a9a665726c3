"""What a notice asks people to do: about which machines, and whether that is settled, by whoever settled it."""

from collections.abc import Iterable

from bot.domain.cloud import InstanceStatus
from bot.domain.errors import Code
from bot.domain.lifecycle import Notice, State
from bot.domain.request import ImageRequest
from bot.domain.steps import ENDED, JobStep, StepState


def asked_about(kind: Notice, request: ImageRequest) -> tuple[int, ...]:
    """The numbers of the jobs about which a notice that is sent now asks for something that can be settled elsewhere;
    none where it only tells, or where what it offers stays as it is.

    Args:
        kind: of the notice.
        request: as it stands.
    """
    match kind:
        case Notice.MACHINE_OFF:
            return _jobs_of(step for step in request.steps if _is_off(step))
        case Notice.RUNS_AGAIN:
            return runs_again(request)
        case Notice.UNSURE:
            return _jobs_of(request.doubted_steps)
        case Notice.HELD if request.held_up:
            return (request.held_up.number,)
        case Notice.FAILED if request.retriable:
            return tuple(job.number for job in request.jobs)
        case _:
            return ()


def is_settled(kind: Notice, request: ImageRequest, number: int) -> bool:
    """Whether nothing is asked any more about a job that a notice asked about.

    What a person has only had tried again is not: it may come to nothing, and nobody would be told again.

    Args:
        kind: of the notice.
        request: as it stands.
        number: of the job.
    """
    steps = request.jobs[number].steps
    match kind:
        case Notice.MACHINE_OFF:
            return not any(_is_off(step) for step in steps)
        case Notice.UNSURE:
            return not any(step.state in {StepState.UNSURE, StepState.CALLING} for step in steps)
        case Notice.RUNS_AGAIN:
            return number not in to_be_stopped(request)
        case Notice.HELD:
            return request.held_up is None or request.held_up.number != number
        case _:
            return request.state is not State.FAILED


def is_over(kind: Notice, request: ImageRequest) -> bool:
    """Whether there is nothing to be asked any more, of a notice that is still to be sent.

    Args:
        kind: of the notice.
        request: as it stands.
    """
    if kind is Notice.REVIEW_OWED:
        return not request.review_owed
    if kind is Notice.FAILED:  # retried meanwhile: what comes of that is told
        return request.state is not State.FAILED
    return kind in _ASKS_ONLY and not asked_about(kind, request)


_ASKS_ONLY = frozenset({Notice.MACHINE_OFF, Notice.UNSURE, Notice.HELD, Notice.RUNS_AGAIN})
"""What is told for what it asks alone."""


def to_be_stopped(request: ImageRequest) -> tuple[int, ...]:
    """The numbers of the jobs that wait for people to stop their machines.

    Args:
        request: as it stands.
    """
    if request.state not in {State.APPROVED, State.WORKING}:
        return ()
    return _jobs_of(step for step in request.steps if is_to_be_stopped(step))


def is_to_be_stopped(step: JobStep) -> bool:
    """Whether a step waits for people to stop its machine."""
    waits = any(problem.code is Code.INSTANCE_NOT_STOPPED for problem in step.problems)
    return waits and step.state is StepState.PLANNED


def runs_again(request: ImageRequest) -> tuple[int, ...]:
    """Those of them whose machines were stopped when they were asked for: nobody has chosen to stop them later."""
    return tuple(one for one in to_be_stopped(request) if request.jobs[one].asked_status == InstanceStatus.STOPPED)


def _is_off(step: JobStep) -> bool:
    """Whether a machine was said to be off that the bot has stopped, and is not seen to run, nor left so."""
    return bool(step.told) and not step.let_go and step.state not in ENDED


def _jobs_of(steps: Iterable[JobStep]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(step.job for step in steps))
