"""The life of a request, as the table in the design draws it."""

import pytest

from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import LAUNCHING, OPEN, Move, State
from bot.domain.request import Verdict
from tests.unit.examples import a_decision, a_request

DRAWN = {
    Move.APPROVE: ({State.PENDING}, State.APPROVED),
    Move.REJECT: ({State.PENDING}, State.REJECTED),
    Move.CANCEL: ({State.PENDING, State.APPROVED}, State.CANCELLED),
    Move.EXPIRE: ({State.PENDING}, State.EXPIRED),
    Move.DRIFT: ({State.APPROVED}, State.FAILED),
    Move.SUBMIT: ({State.APPROVED}, State.SUBMITTING),
    Move.RESUBMIT: ({State.SUBMITTING}, State.SUBMITTING),
    Move.DEFER: ({State.SUBMITTING}, State.APPROVED),
    Move.HOLD: ({State.SUBMITTING}, State.SUBMITTING),
    Move.ACCEPT: ({State.APPROVED, State.SUBMITTING}, State.BUILDING),
    Move.REFUSE: ({State.SUBMITTING}, State.FAILED),
    Move.DOUBT: ({State.APPROVED, State.SUBMITTING}, State.UNSURE),
    Move.CHECK_AGAIN: ({State.UNSURE}, State.SUBMITTING),
    Move.CREATE_ANYWAY: ({State.UNSURE}, State.SUBMITTING),
    Move.GIVE_UP: ({State.UNSURE, State.BUILDING}, State.FAILED),
    Move.FINISH: ({State.BUILDING}, State.READY),
    Move.BREAK: ({State.BUILDING}, State.FAILED),
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


def test_a_launch_holds_its_instance() -> None:
    """From the intent until the cloud has said how it ended."""
    assert {State.SUBMITTING, State.UNSURE, State.BUILDING} == LAUNCHING


@pytest.mark.parametrize(
    ("changes", "retriable"),
    [
        ({"problems": (Problem(Code.CLOUD_QUOTA),)}, True),
        ({"problems": (Problem(Code.INSTANCE_NOT_STOPPED),)}, True),
        ({"problems": (Problem(Code.DISK_DETACHED, facts={"device": "vdc"}),)}, False),
        ({"problems": (Problem(Code.GIVEN_UP),)}, False),
        ({"problems": (Problem(Code.IMAGE_BROKEN),), "image_id": "img-1"}, False),
        ({"state": State.REJECTED}, False),
    ],
)
def test_retriable(changes: dict[str, object], retriable: bool) -> None:  # noqa: FBT001 - the verdict
    """The approved plan may be tried again only where nothing was made and its disks are as they were."""
    assert a_request(**({"state": State.FAILED} | changes)).retriable is retriable


def test_who_has_decided() -> None:
    """Approvals in order, and the one rejection."""
    request = a_request(decisions=(a_decision("U1", "h"), a_decision("U2", "h", verdict=Verdict.REJECT)))
    assert request.approved_by == ("U1",)
    assert request.rejection is not None
    assert request.rejection.approver == "U2"
    assert a_request().rejection is None
