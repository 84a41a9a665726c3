"""The life of a request, as the table in the design draws it."""

from typing import Any

import pytest

from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import OPEN, Move, Notice, Place, State
from bot.domain.request import Verdict
from bot.domain.steps import Job, StepState
from tests.unit.examples import a_decision, a_request, stop_image_start

PLANNED, CALLING, WORKING, UNSURE = StepState.PLANNED, StepState.CALLING, StepState.WORKING, StepState.UNSURE
DONE, SKIPPED, FAILED = StepState.DONE, StepState.SKIPPED, StepState.FAILED

DRAWN = {
    Move.APPROVE: ({State.PENDING}, State.APPROVED),
    Move.EMERGENCY: ({State.PENDING}, State.APPROVED),
    Move.REJECT: ({State.PENDING}, State.REJECTED),
    Move.CANCEL: ({State.PENDING, State.APPROVED}, State.CANCELLED),
    Move.EXPIRE: ({State.PENDING, State.APPROVED}, State.EXPIRED),
    Move.BEGIN: ({State.APPROVED}, State.WORKING),
    Move.PUT_OFF: ({State.WORKING}, State.APPROVED),
    Move.FINISH: ({State.WORKING}, State.READY),
    Move.PART: ({State.WORKING}, State.PARTLY),
    Move.FAIL: ({State.APPROVED, State.WORKING}, State.FAILED),
    Move.RETRY: ({State.FAILED}, State.APPROVED),
}


def test_every_move_is_as_drawn() -> None:
    """A new move is drawn here too, and thought about."""
    assert {move: (set(move.sources), move.target) for move in Move} == DRAWN


def test_nothing_leaves_an_end_but_a_retry() -> None:
    """What is over stays over; a failure in which nothing was made may be tried again."""
    ends = set(State) - OPEN
    assert {move for move in Move if move.sources & ends} == {Move.RETRY}


def test_every_state_can_be_reached() -> None:
    """From pending, where every request begins."""
    reached, before = {State.PENDING}, set[State]()
    while reached != before:
        before = set(reached)
        reached |= {move.target for move in Move if move.sources & reached}
    assert reached == set(State)


def test_nothing_can_be_called_off_once_it_was_asked_for() -> None:
    """Whoever cancels, and the passing of time, end only what certainly has not begun."""
    called_off = {State.CANCELLED, State.EXPIRED, State.REJECTED}
    assert not [move for move in Move if move.target in called_off and State.WORKING in move.sources]


def test_every_end_that_nobody_chose_is_told() -> None:
    """Where the request says, or to its requester; who cancels knows it."""
    told = {move: [place for _, place in move.owes] for move in Move if move.target not in OPEN}
    assert told.pop(Move.CANCEL) == []
    assert all(places in ([Place.ANNOUNCE], [Place.REQUESTER]) for places in told.values())
    assert Move.PART.owes == ((Notice.READY, Place.ANNOUNCE),)


@pytest.mark.parametrize(
    ("changes", "image", "retriable"),
    [
        ({}, {"problems": (Problem(Code.CLOUD_QUOTA),)}, True),
        ({}, {"problems": (Problem(Code.INSTANCE_NOT_STOPPED),)}, True),
        ({}, {"problems": (Problem(Code.DISK_DETACHED, facts={"device": "vdc"}),)}, False),
        ({}, {"problems": (Problem(Code.GIVEN_UP),)}, False),
        ({}, {"problems": (Problem(Code.IMAGE_BROKEN),), "result": "img-1"}, False),
        ({"state": State.REJECTED}, {}, False),
        ({"emergency_by": "U0DAN"}, {"problems": (Problem(Code.CLOUD_QUOTA),)}, False),
    ],
)
def test_retriable(changes: dict[str, Any], image: dict[str, Any], retriable: bool) -> None:  # noqa: FBT001 - the verdict
    """The approved plan may be tried again only where nothing was made and its disks are as they were."""
    assert a_request(image=image, **({"state": State.FAILED} | changes)).retriable is retriable


def test_who_has_decided() -> None:
    """Approvals in order, and the one rejection."""
    request = a_request(decisions=(a_decision("U1", "h"), a_decision("U2", "h", verdict=Verdict.REJECT)))
    assert request.approved_by == ("U1",)
    assert request.rejection is not None
    assert request.rejection.approver == "U2"
    assert a_request().rejection is None


OFF = (Problem(Code.STILL_OWED), Problem(Code.NOT_STARTED))
BUSY = (Problem(Code.INSTANCE_BUSY),)


@pytest.mark.parametrize(
    ("job", "unsure", "stuck", "can_end"),
    [
        (stop_image_start(PLANNED, PLANNED, PLANNED), None, None, True),
        (stop_image_start(WORKING, PLANNED, PLANNED), None, None, True),
        (stop_image_start(DONE, PLANNED, PLANNED), None, None, True),
        (stop_image_start(DONE, WORKING, PLANNED), None, None, False),
        (stop_image_start(DONE, UNSURE, PLANNED), "image", None, False),
        (stop_image_start(DONE, DONE, PLANNED), None, None, False),
        (stop_image_start(DONE, DONE, PLANNED, problems=OFF), None, "start", False),
        (stop_image_start(DONE, DONE, PLANNED, problems=BUSY), None, None, False),  # it comes about by itself
        (stop_image_start(DONE, FAILED, CALLING), None, None, False),
        (stop_image_start(DONE, DONE, DONE), None, None, False),
        (stop_image_start(PLANNED, PLANNED, PLANNED, problems=OFF), None, None, True),  # nothing was stopped yet
    ],
)
def test_what_waits_for_whom(job: Job, unsure: str | None, stuck: str | None, can_end: bool) -> None:  # noqa: FBT001 - the verdict
    """A doubt is an approver's; a machine that the bot has stopped and cannot start is everybody's."""
    request = a_request(state=State.WORKING, jobs=(job,))
    assert (request.unsure and request.unsure.kind) == unsure
    assert (request.stuck and request.stuck.kind) == stuck
    assert request.can_end is can_end
    assert request.needs_a_person is (unsure is not None or stuck is not None)
