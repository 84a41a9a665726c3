"""Where a request stands, by its jobs."""

from collections.abc import Sequence

from bot.domain.lifecycle import State
from bot.domain.steps import Job, JobState, Step, StepState


def together(jobs: Sequence[Job]) -> State:
    """Where a request stands that has its approvals."""
    if all(job.state in {JobState.WAITING, JobState.HELD} for job in jobs):
        return State.APPROVED
    if any(job.state is not JobState.ENDED for job in jobs):
        return State.WORKING
    made = [image is not None and image.state is StepState.DONE for job in jobs for image in [job.of_kind(Step.IMAGE)]]
    if all(made):
        return State.READY
    return State.PARTLY if any(made) else State.FAILED
