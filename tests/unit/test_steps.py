"""The life of a step, as the table in the design draws it, and where jobs and requests stand by their steps."""

import dataclasses

import pytest

from bot.domain.lifecycle import State
from bot.domain.outcome import together
from bot.domain.steps import (
    ENDED,
    UNDER_WAY,
    Job,
    JobMove,
    JobState,
    StepMove,
    StepState,
    is_owed,
    not_wanted,
    standing,
)
from tests.unit.examples import a_job, a_step, stop_image_start

PLANNED, CALLING, WORKING, UNSURE = StepState.PLANNED, StepState.CALLING, StepState.WORKING, StepState.UNSURE
DONE, SKIPPED, FAILED = StepState.DONE, StepState.SKIPPED, StepState.FAILED

DRAWN = {
    StepMove.CALL: ({PLANNED}, CALLING),
    StepMove.RECALL: ({CALLING}, CALLING),
    StepMove.DEFER: ({CALLING}, PLANNED),
    StepMove.HOLD: ({CALLING}, CALLING),
    StepMove.ACCEPT: ({PLANNED, CALLING}, WORKING),
    StepMove.DRIFT: ({PLANNED}, FAILED),
    StepMove.REFUSE: ({CALLING}, FAILED),
    StepMove.DOUBT: ({PLANNED, CALLING}, UNSURE),
    StepMove.CHECK_AGAIN: ({UNSURE}, CALLING),
    StepMove.CREATE_ANYWAY: ({UNSURE}, CALLING),
    StepMove.GIVE_UP: ({CALLING, UNSURE, WORKING}, FAILED),
    StepMove.FINISH: ({WORKING}, DONE),
    StepMove.BREAK: ({WORKING}, FAILED),
    StepMove.AGAIN: ({WORKING}, PLANNED),
    StepMove.SKIP: ({PLANNED, CALLING}, SKIPPED),
    StepMove.RETRY: ({DONE, SKIPPED, FAILED}, PLANNED),
}


def test_every_move_of_a_step_is_as_drawn() -> None:
    """A new move is drawn here too, and thought about."""
    assert {move: (set(move.sources), move.target) for move in StepMove} == DRAWN


def test_no_step_leaves_an_end_but_by_a_retry() -> None:
    """What has happened, was left out or has failed stays so."""
    assert {move for move in StepMove if move.sources & ENDED} == {StepMove.RETRY}


def test_nothing_is_done_that_was_not_under_way() -> None:
    """A step is done only by being seen so, and only after it was asked for."""
    assert {source for move in StepMove if move.target is DONE for source in move.sources} == {WORKING}


def test_every_state_of_a_step_can_be_reached() -> None:
    """From planned, where every step begins."""
    reached, before = {PLANNED}, set[StepState]()
    while reached != before:
        before = set(reached)
        reached |= {move.target for move in StepMove if move.sources & reached}
    assert reached == set(StepState)


def test_a_step_holds_its_instance() -> None:
    """From the intent until the cloud has said how it ended."""
    assert {CALLING, WORKING, UNSURE} == UNDER_WAY


# (stop, image, start): where the job stands, and which of its steps nobody needs any more
JOBS = [
    ((PLANNED, PLANNED, PLANNED), JobState.WAITING, []),
    ((CALLING, PLANNED, PLANNED), JobState.RUNNING, []),
    ((WORKING, PLANNED, PLANNED), JobState.RUNNING, []),
    ((UNSURE, PLANNED, PLANNED), JobState.RUNNING, ["image"]),  # and it is started: it may have been stopped
    ((FAILED, PLANNED, PLANNED), JobState.WAITING, ["image", "start"]),
    ((SKIPPED, PLANNED, PLANNED), JobState.WAITING, ["start"]),  # found stopped: it is left as it was found
    ((SKIPPED, PLANNED, SKIPPED), JobState.WAITING, []),
    ((SKIPPED, CALLING, SKIPPED), JobState.RUNNING, []),
    ((SKIPPED, DONE, SKIPPED), JobState.ENDED, []),
    ((DONE, PLANNED, PLANNED), JobState.RUNNING, []),
    ((DONE, CALLING, PLANNED), JobState.RUNNING, []),
    ((DONE, UNSURE, PLANNED), JobState.RUNNING, []),
    ((DONE, FAILED, PLANNED), JobState.RUNNING, []),
    ((DONE, SKIPPED, PLANNED), JobState.RUNNING, []),
    ((DONE, DONE, PLANNED), JobState.RUNNING, []),
    ((DONE, DONE, WORKING), JobState.RUNNING, []),
    ((DONE, UNSURE, DONE), JobState.RUNNING, []),
    ((DONE, DONE, DONE), JobState.ENDED, []),
    ((DONE, FAILED, DONE), JobState.ENDED, []),
    ((FAILED, SKIPPED, SKIPPED), JobState.ENDED, []),
    ((DONE, DONE, SKIPPED), JobState.ENDED, []),  # a person has said so
]


@pytest.mark.parametrize(("states", "stands", "unneeded"), JOBS)
def test_where_a_job_stands(states: tuple[StepState, ...], stands: JobState, unneeded: list[str]) -> None:
    """It holds its instance from the first intent to the last end; what follows a failure is skipped, but not what is
    owed.
    """
    job = stop_image_start(*states)
    assert standing(job) is stands
    assert [step.kind for step in not_wanted(job, ending=False)] == unneeded


@pytest.mark.parametrize(
    ("states", "unneeded"),
    [
        ((PLANNED, PLANNED, PLANNED), ["stop", "image", "start"]),
        ((CALLING, PLANNED, PLANNED), ["image"]),
        ((WORKING, PLANNED, PLANNED), ["image"]),
        ((DONE, PLANNED, PLANNED), ["image"]),
        ((DONE, WORKING, PLANNED), []),
        ((DONE, UNSURE, PLANNED), []),
        ((DONE, DONE, PLANNED), []),
        ((SKIPPED, PLANNED, SKIPPED), ["image"]),
    ],
)
def test_what_is_left_of_a_job_that_was_ended(states: tuple[StepState, ...], unneeded: list[str]) -> None:
    """Nothing new begins; what is owed is done."""
    assert [step.kind for step in not_wanted(stop_image_start(*states), ending=True)] == unneeded


def test_what_may_have_been_asked_for_is_settled_first() -> None:
    """A planned step with an earlier call in doubt is not skipped: what that call did is looked for."""
    job = stop_image_start(DONE, PLANNED, PLANNED, doubtful_calls=1)
    assert list(not_wanted(job, ending=True)) == []


@pytest.mark.parametrize(
    ("attempts", "doubtful_calls", "answered_for"), [(0, 0, False), (1, 1, False), (0, 1, True), (1, 2, False)]
)
def test_who_has_answered_for_a_doubt(attempts: int, doubtful_calls: int, answered_for: bool) -> None:  # noqa: FBT001 - the verdict
    """A person has, for the calls before their word; not for one that has come to be in doubt since."""
    (step,) = stop_image_start(DONE, PLANNED, PLANNED).steps[1:2]
    step = dataclasses.replace(step, attempts=attempts, doubtful_calls=doubtful_calls)
    assert step.answered_for is answered_for


@pytest.mark.parametrize(
    ("states", "doubtful_calls", "owed"),
    [
        ((PLANNED, PLANNED, PLANNED), 0, False),
        ((PLANNED, PLANNED, PLANNED), 1, True),
        ((CALLING, PLANNED, PLANNED), 1, True),
        ((UNSURE, PLANNED, PLANNED), 1, True),
        ((DONE, PLANNED, PLANNED), 0, True),
        ((FAILED, PLANNED, PLANNED), 0, False),
        ((FAILED, PLANNED, PLANNED), 1, True),
        ((SKIPPED, PLANNED, PLANNED), 0, False),
    ],
)
def test_what_is_owed(states: tuple[StepState, ...], doubtful_calls: int, owed: bool) -> None:  # noqa: FBT001 - the verdict
    """A start, once the stop may have been asked for; a stop or an image never is."""
    job = stop_image_start(*states)
    steps = (dataclasses.replace(job.steps[0], doubtful_calls=doubtful_calls), *job.steps[1:])
    assert [is_owed(step, steps) for step in steps] == [False, False, owed]


def test_a_stop_that_was_taken_and_came_to_nothing_is_still_made_good() -> None:
    """It may have taken effect after all, later than anybody looked."""
    job = stop_image_start(FAILED, SKIPPED, PLANNED)
    taken = dataclasses.replace(job.steps[0], working_since=1_000.0)
    job = dataclasses.replace(job, steps=(taken, *job.steps[1:]))
    assert is_owed(job.steps[2], job.steps)
    assert list(not_wanted(job, ending=True)) == []
    assert standing(job) is JobState.RUNNING  # so that nobody calls it off, and nobody else takes the instance


def test_a_person_is_asked_after_what_is_owed() -> None:
    """The step that comes next is the start; only then the image that nobody can tell of."""
    assert (at := stop_image_start(DONE, UNSURE, PLANNED).current) is not None
    assert at.kind == "start"
    assert (at := stop_image_start(DONE, UNSURE, DONE).current) is not None
    assert at.kind == "image"
    assert stop_image_start(DONE, DONE, DONE).current is None


def jobs_of(*images: StepState) -> tuple[Job, ...]:
    """Jobs of one step each."""
    return tuple(a_job(a_step(state=state), number=number) for number, state in enumerate(images))


@pytest.mark.parametrize(
    ("jobs", "stands"),
    [
        (jobs_of(PLANNED), State.APPROVED),
        (jobs_of(PLANNED, PLANNED), State.APPROVED),
        (jobs_of(CALLING), State.WORKING),
        (jobs_of(UNSURE), State.WORKING),
        (jobs_of(DONE, PLANNED), State.WORKING),
        (jobs_of(FAILED, PLANNED), State.WORKING),
        (jobs_of(DONE), State.READY),
        (jobs_of(DONE, DONE), State.READY),
        (jobs_of(DONE, FAILED), State.PARTLY),
        (jobs_of(SKIPPED, DONE), State.PARTLY),
        (jobs_of(FAILED), State.FAILED),
        (jobs_of(SKIPPED), State.FAILED),
        (jobs_of(FAILED, SKIPPED), State.FAILED),
        ((stop_image_start(DONE, DONE, PLANNED),), State.WORKING),  # the image is there, the machine is off
        ((stop_image_start(DONE, DONE, SKIPPED),), State.READY),
        ((stop_image_start(DONE, FAILED, DONE),), State.FAILED),
        ((stop_image_start(SKIPPED, PLANNED, SKIPPED),), State.APPROVED),
    ],
)
def test_where_a_request_stands(jobs: tuple[Job, ...], stands: State) -> None:
    """It is over when its last job is, and as good as its images."""
    assert together(jobs) is stands


def test_a_job_takes_its_instance_gives_it_back_and_may_take_it_again() -> None:
    """As its table says, and nothing else."""
    possible = {
        (JobState.WAITING, JobState.RUNNING): JobMove.BEGIN,
        (JobState.RUNNING, JobState.WAITING): JobMove.PUT_OFF,
        (JobState.WAITING, JobState.ENDED): JobMove.END,
        (JobState.RUNNING, JobState.ENDED): JobMove.END,
        (JobState.ENDED, JobState.WAITING): JobMove.RETRY,
        (JobState.HELD, JobState.WAITING): JobMove.LET_ON,
        (JobState.HELD, JobState.ENDED): JobMove.END,
        (JobState.WAITING, JobState.HELD): JobMove.HOLD,
        (JobState.ENDED, JobState.HELD): JobMove.HOLD,
    }
    for before in JobState:
        for after in JobState:
            if move := possible.get((before, after)):
                assert JobMove.between(before, after) is move
            else:
                with pytest.raises(ValueError, match="does not go"):
                    JobMove.between(before, after)
