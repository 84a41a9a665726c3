"""What notices ask about, when that is settled, and what they say then, in both languages."""

import dataclasses
from collections.abc import Sequence

import pytest

from bot.domain.asked import asked_about, is_over, is_settled
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import Notice, Place, State
from bot.domain.request import ImageRequest
from bot.domain.steps import JobState, Step, StepState
from bot.slack.screens.asking import Asking
from bot.slack.screens.notice import notice_message
from bot.store import Event
from tests.unit.examples import a_job, a_request, a_step, a_stopping_plan, stop_image_start

PLANNED, CALLING, WORKING, UNSURE = StepState.PLANNED, StepState.CALLING, StepState.WORKING, StepState.UNSURE
DONE, SKIPPED, FAILED = StepState.DONE, StepState.SKIPPED, StepState.FAILED
TOLD = Problem(Code.STILL_OWED, facts={"instance": "web-1"})


def off(state: StepState, **changes: object) -> ImageRequest:
    """A request whose machine the bot has stopped, and whose start stands so."""
    job = stop_image_start(DONE, DONE, state)
    start = dataclasses.replace(job.steps[2], **{"problems": (TOLD,), "ended_at": 5_000.0} | changes)  # type: ignore[arg-type]
    job = dataclasses.replace(job, steps=(*job.steps[:2], start))
    return a_request(state=State.WORKING, plan=a_stopping_plan(), jobs=(job,))


def doubted(state: StepState, **changes: object) -> ImageRequest:
    """A request whose image stands so."""
    return a_request({"state": state, **changes}, state=State.WORKING)


@pytest.mark.parametrize(
    ("request_", "asked"),
    [
        (off(PLANNED), True),
        (off(CALLING), True),
        (off(WORKING), True),  # it may come to nothing, and nobody would be told again
        (off(DONE), False),
        (off(SKIPPED), False),
        (off(PLANNED, let_go=True), False),
        (off(PLANNED, problems=()), False),  # nobody was told
    ],
)
def test_a_machine_is_off_until_it_is_seen_to_run_or_is_left(request_: ImageRequest, *, asked: bool) -> None:
    """Also while a start is on its way."""
    assert asked_about(Notice.MACHINE_OFF, request_) == ((0,) if asked else ())
    assert is_settled(Notice.MACHINE_OFF, request_, 0) is not asked
    assert is_over(Notice.MACHINE_OFF, request_) is not asked


@pytest.mark.parametrize(
    ("request_", "asked", "settled"),
    [
        (doubted(UNSURE), True, False),
        (doubted(CALLING, looked_at=9.0), True, False),  # looked for once more
        (doubted(CALLING), False, False),  # asked for once more
        (doubted(WORKING), False, True),
        (doubted(FAILED), False, True),
    ],
)
def test_a_doubt_lasts_until_something_came_of_it(request_: ImageRequest, *, asked: bool, settled: bool) -> None:
    """Another look may find nothing, and nobody would be told again."""
    assert bool(asked_about(Notice.UNSURE, request_)) is asked
    assert is_settled(Notice.UNSURE, request_, 0) is settled


def test_only_a_failure_that_can_be_retried_asks_for_anything() -> None:
    """What else can be done about what has ended can be done for ever."""
    failed = a_request(state=State.FAILED)
    assert asked_about(Notice.FAILED, failed)
    assert not asked_about(Notice.FAILED, dataclasses.replace(failed, noted=(Problem(Code.GIVEN_UP),)))
    assert not asked_about(Notice.REJECTED, a_request(state=State.REJECTED))
    assert not asked_about(Notice.READY, a_request(state=State.PARTLY))
    assert not is_settled(Notice.FAILED, failed, 0)
    assert not is_over(Notice.FAILED, failed)
    assert is_over(Notice.FAILED, a_request(state=State.WORKING)), "it was retried before anybody was told"
    assert is_settled(Notice.FAILED, a_request(state=State.APPROVED), 0)


def event(kind: str, **detail: str) -> Event:
    """Of Ben."""
    return Event(request_id="IR-7K3QF", at=3_600.0, actor="U0BEN", kind=kind, detail=detail)


WEB_1 = {"instance": "i-abc123"}
OFF, BEN = off(PLANNED), "<@U0BEN>"
HELD = a_request(
    state=State.WORKING,
    jobs=(a_job(a_step(state=FAILED)), dataclasses.replace(a_job(a_step(), number=1), state=JobState.HELD)),
    plan=dataclasses.replace(a_stopping_plan(), jobs=a_stopping_plan().jobs * 2),
)
ON = dataclasses.replace(HELD, jobs=(HELD.jobs[0], dataclasses.replace(HELD.jobs[1], state=JobState.WAITING)))
LET_ON = dataclasses.replace(ON, jobs=(ON.jobs[0], dataclasses.replace(ON.jobs[1], let_on=True)))
CAME: list[tuple[Notice, ImageRequest, ImageRequest, Sequence[Event], tuple[str, str]]] = [
    (Notice.MACHINE_OFF, OFF, off(DONE), (), ("`web-1` runs again, ", "`web-1` 已于 ")),
    (Notice.MACHINE_OFF, OFF, off(SKIPPED), (), ("`web-1` runs again, ", "`web-1` 已于 ")),
    (
        Notice.MACHINE_OFF,
        OFF,
        off(SKIPPED, left_by="U0BEN"),
        (event("leave_stopped", **WEB_1),),
        (f"{BEN} said to leave `web-1` stopped, ", f"{BEN} 于 "),
    ),
    (Notice.HELD, HELD, LET_ON, (event("go_on", **WEB_1),), (f"{BEN} said to go on, ", f"{BEN} 于 ")),
    (Notice.HELD, HELD, ON, (), ("It has gone on by itself.", "已自动继续。")),
    (
        Notice.HELD,
        HELD,
        dataclasses.replace(HELD, ending=True),
        (event("end_here"),),
        (f"{BEN} ended it here, ", f"{BEN} 于 "),
    ),
    (
        Notice.UNSURE,
        doubted(UNSURE),
        doubted(WORKING, result="img-1"),
        (event("image.check_again", **WEB_1),),
        ("JD Cloud did make the image: `img-1`.", "京东云已创建该镜像：`img-1`。"),
    ),
    (
        Notice.UNSURE,
        doubted(UNSURE),
        doubted(WORKING, result="img-1"),
        (event("image.create_anyway", **WEB_1),),
        (f"{BEN} decided to create it anyway, ", f"{BEN} 于 "),
    ),
    (
        Notice.UNSURE,
        doubted(UNSURE),
        doubted(FAILED),
        (event("image.give_up", **WEB_1),),
        (f"{BEN} gave it up, ", f"{BEN} 于 "),
    ),
    (
        Notice.FAILED,
        a_request(state=State.FAILED),
        a_request(state=State.APPROVED),
        (event("retry"),),
        (f"Retried by {BEN}, ", f"{BEN} 于 "),
    ),
    (
        Notice.FAILED,
        a_request(state=State.FAILED),
        a_request(state=State.APPROVED),
        (),
        ("This is settled: the card of IR-7K3QF says how.", "此事已处理，详情见 IR-7K3QF 的卡片。"),
    ),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("came", CAME)
def test_what_came_of_it(
    came: tuple[Notice, ImageRequest, ImageRequest, Sequence[Event], tuple[str, str]], language: str
) -> None:
    """A line below what was said, in its language; no button, and nothing more to be asked."""
    kind, before, after, events, says = came
    message = notice_message(kind, before, place=Place.THREAD, language=language, approvers=("U0BEN",))
    asking = Asking.of(kind, before, message)
    assert asking is not None
    assert asking.settled(kind, before, list).is_shown, "nothing came of it yet"
    settled = Asking.model_validate_json(asking.model_dump_json()).settled(kind, after, lambda: events)
    assert not settled.is_shown
    assert not settled.jobs
    (line,) = settled.lines
    assert line.words.startswith(says[language == "zh"])
    shown = settled.message
    assert shown.text == f"{message.text}\n{line.words}"
    assert [block.type for block in shown.blocks] == [
        *(block.type for block in message.blocks if block.type != "actions"),
        "context",
    ]


def test_of_several_machines_each_has_its_own_row() -> None:
    """The row of one that runs again goes; with the last one all is said."""
    two = dataclasses.replace(a_stopping_plan(), jobs=a_stopping_plan().jobs * 2)

    def at(*states: StepState) -> ImageRequest:
        jobs = [off(state).jobs[0] for state in states]
        numbered = [
            dataclasses.replace(
                job, number=number, steps=tuple(dataclasses.replace(step, job=number) for step in job.steps)
            )
            for number, job in enumerate(jobs)
        ]
        return a_request(state=State.WORKING, plan=two, jobs=tuple(numbered))

    before = at(PLANNED, PLANNED)
    kind = Notice.MACHINE_OFF
    asking = Asking.of(kind, before, notice_message(kind, before, place=Place.ANNOUNCE, language="en", approvers=()))
    assert asking is not None
    one = asking.settled(kind, at(DONE, PLANNED), list)
    assert (one.jobs, [block["type"] for block in one.blocks].count("actions")) == ((1,), 1)
    both = one.settled(kind, at(DONE, DONE), list)
    assert (both.jobs, [block["type"] for block in both.blocks].count("actions")) == ((), 0)
    assert before.jobs[1].of_kind(Step.START) is not None
