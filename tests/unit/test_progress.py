"""The line of steps on a card: what is done, what is under way and for how long, what is to come."""

from bot.domain.delivery import CardKind
from bot.domain.lifecycle import State
from bot.domain.steps import StepState
from bot.slack.screens import progress
from bot.slack.screens.card import card_message
from tests.unit.examples import a_request, a_stopping_plan, stop_image_start

DONE, WORKING, PLANNED = StepState.DONE, StepState.WORKING, StepState.PLANNED


def the_line(*states: StepState, usual: float | None = None, now: float | None = None, **changes: str) -> str:
    """The line of a request's steps."""
    request = a_request(
        state=State.WORKING, plan=a_stopping_plan(), jobs=(stop_image_start(*states, **changes),), language="en"
    )
    return next(line for line in progress.lines(request, (), {} if usual is None else {0: usual}, now) if "●" in line)


def test_how_far_the_image_is() -> None:
    """Snapshots as JD Cloud tells them; the time so far beside what is usual."""
    line = the_line(DONE, WORKING, PLANNED, usual=1020.0, now=1_100.0 + 360, progress="2/3")
    assert "● making the image, 2 of 3 snapshots, 6 min of about 17 min · ○ start again" in line
    assert line.startswith("✔ stopped ")


def test_nothing_is_said_that_is_not_known() -> None:
    """Since when, where nobody knows what is usual."""
    line = the_line(DONE, WORKING, PLANNED, now=1_460.0)
    assert "snapshots" not in line
    assert "about" not in line
    assert "making the image, since " in line


def test_only_what_takes_its_time_is_drawn_again_and_again() -> None:
    """A card on which nothing changes with the time is left alone."""
    making = a_request(state=State.WORKING, plan=a_stopping_plan(), jobs=(stop_image_start(DONE, WORKING, PLANNED),))
    stopping = a_request(
        state=State.WORKING, plan=a_stopping_plan(), jobs=(stop_image_start(WORKING, PLANNED, PLANNED),)
    )
    assert progress.moves(making)
    assert not progress.moves(stopping)
    assert not progress.moves(a_request(state=State.READY))


def test_the_steps_are_not_told_twice() -> None:
    """What is to be done to the machine is said before it is begun; from then on its steps say it."""
    to_come, making = stop_image_start(PLANNED, PLANNED, PLANNED), stop_image_start(DONE, WORKING, PLANNED)
    shown = [
        card_message(
            a_request(state=state, plan=a_stopping_plan(), jobs=(job,), language="en"),
            CardKind.APPROVAL,
            approvers=(),
            usual_seconds={},
        ).text
        for state, job in ((State.PENDING, to_come), (State.WORKING, making))
    ]
    assert ["Stops `web-1`" in text for text in shown] == [True, False]
    assert all("2 disks, 140 GiB" in text for text in shown)
