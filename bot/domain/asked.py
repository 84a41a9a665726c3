"""What a notice asks people to do: about which machines, and whether that is settled, by whoever settled it."""

from collections.abc import Iterable

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
        case Notice.UNSURE:
            return _jobs_of(step for step in request.steps if step.is_doubted)
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
    return kind in {Notice.MACHINE_OFF, Notice.UNSURE, Notice.HELD} and not asked_about(kind, request)


def _is_off(step: JobStep) -> bool:
    """Whether a machine was said to be off that the bot has stopped, and is not seen to run, nor left so."""
    return bool(step.told) and not step.let_go and step.state not in ENDED


def _jobs_of(steps: Iterable[JobStep]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(step.job for step in steps))
