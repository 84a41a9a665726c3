"""Several machines in one request: a line for each, exceptions first, and each fact once."""

import dataclasses
import json
import re
from typing import Any

import pytest

from bot.demo.slack.surfaces import message_problems
from bot.domain.cloud import Seen
from bot.domain.delivery import CardKind
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import Notice, Place, State
from bot.domain.plan import MAX_JOBS, Order, Plan, WhileImaged
from bot.domain.request import ImageRequest
from bot.domain.steps import StepState
from bot.service.board import Entry
from bot.slack.protocol import ids, parse
from bot.slack.protocol.values import ButtonValue
from bot.slack.screens import commands, details, machines, request_form
from bot.slack.screens.card import card_message
from bot.slack.screens.message import Message
from bot.slack.screens.notice import notice_message
from bot.slack.screens.rejection import rejection_form
from tests.unit.examples import a_plan_of, a_request, a_request_of, rejob, stop_image_start

PLANNED, WORKING, UNSURE = StepState.PLANNED, StepState.WORKING, StepState.UNSURE
DONE, SKIPPED, FAILED = StepState.DONE, StepState.SKIPPED, StepState.FAILED
MADE = stop_image_start(DONE, DONE, DONE)
BROKEN = stop_image_start(DONE, FAILED, DONE, problems=(Problem(Code.CLOUD_QUOTA),))
DOUBTFUL = stop_image_start(DONE, UNSURE, DONE, problems=(Problem(Code.ANSWER_LOST),))
MAKING = stop_image_start(DONE, WORKING, PLANNED, progress="1/2")
OFF = stop_image_start(DONE, DONE, PLANNED, problems=(Problem(Code.STILL_OWED), Problem(Code.CLOUD_NO_STOCK)))
TO_COME = stop_image_start(PLANNED, PLANNED, PLANNED)
UNTOUCHED = stop_image_start(SKIPPED, SKIPPED, SKIPPED)
USUAL = dict.fromkeys(range(MAX_JOBS), 1_020.0)
LANGUAGES = ("en", "zh")


def card_of(request: ImageRequest, kind: CardKind = CardKind.APPROVAL, usual: Any = None) -> Message:
    """Its card."""
    return card_message(request, kind, approvers=("U0BEN",), usual_seconds=usual or {}, now=1_160.0)


def rows(message: Message) -> list[list[tuple[str, ButtonValue]]]:
    """The words on its buttons, and what each carries; links are none."""
    return [
        [
            (element["text"]["text"], ButtonValue.decode(element["value"]))
            for element in block["elements"]
            if "value" in element
        ]
        for block in (block.to_dict() for block in message.blocks)
        if block["type"] == "actions"
    ]


def words(message: Message) -> list[list[str]]:
    """The words on its buttons."""
    return [[word for word, _ in row] for row in rows(message)]


def waiting(count: int, **changes: Any) -> ImageRequest:
    """So many machines that wait for approval."""
    return dataclasses.replace(a_request_of(*[TO_COME] * count), state=State.PENDING, **changes)


@pytest.mark.parametrize(
    ("count", "en", "zh"),
    [
        (
            2,
            "images of 2 machines in Beijing: `web-1`, `web-2`",
            "申请为 2 台云主机（华北-北京）创建镜像：`web-1`、`web-2`",
        ),
        (
            3,
            "3 machines in Beijing: `web-1`, `web-2`, `web-3`",
            "3 台云主机（华北-北京）创建镜像：`web-1`、`web-2`、`web-3`",
        ),
        (6, "`web-1`, `web-2`, `web-3` and 3 more", "`web-1`、`web-2`、`web-3`，另有 3 台"),
    ],
)
def test_the_headline_names_three(count: int, en: str, zh: str) -> None:
    """And says how many more there are; on the card, and where a list says who wants what."""
    for language, expected in (("en", en), ("zh", zh)):
        request = waiting(count, language=language)
        assert expected in card_of(request).text.splitlines()[0]
        status = commands.standing(
            Entry(request=request), CardKind.APPROVAL, decides=True, language=language, now=1_000.0, workspace_url=""
        )
        assert expected in status.splitlines()[0]


@pytest.mark.parametrize(
    ("plan", "usual", "expected"),
    [
        (a_plan_of(6), USUAL, "One after another: each down for about 17 min, about 1 h 42 min in all"),
        (a_plan_of(6), {0: 1_020.0}, "One after another: each down while its image is made"),
        (a_plan_of(2), {0: 600.0, 1: 1_200.0}, "One after another: each down for about 10 min to 20 min, about 30 min"),
        (a_plan_of(6, order=Order.SIDE_BY_SIDE), USUAL, "Side by side: each down for about 17 min\n"),
        (a_plan_of(3, while_imaged=WhileImaged.STOPPED), USUAL, "Side by side; the bot stops no machine"),
    ],
)
def test_how_they_run(plan: Plan, usual: dict[int, float], expected: str) -> None:
    """With what it means, and without numbers where they are not known."""
    assert expected in machines.how(plan, usual, "en")


def test_how_some_are_taken_down() -> None:
    """Of those that are not, nobody is told a time."""
    plan = a_plan_of(3)
    kept = dataclasses.replace(plan.jobs[1], while_imaged=WhileImaged.STOPPED)
    plan = dataclasses.replace(plan, jobs=(plan.jobs[0], kept, plan.jobs[2]))
    assert "2 of 3 machines down, each for about 17 min, about 51 min in all" in machines.how(plan, USUAL, "en")


def test_a_line_a_machine() -> None:
    """What is done to it, and its disks, the usual summed up."""
    shown = card_of(waiting(6)).text
    for number in range(1, 7):
        assert f"`web-{number}` · stop, image, start · 2 disks, 140 GiB · `vdc` left out" in shown


def test_exceptions_first() -> None:
    """What may harm a machine before what is missing in its image; those alike in the order of the plan."""
    plan = a_plan_of(5)
    jobs = [dataclasses.replace(job, data_disks=()) for job in plan.jobs]
    jobs[2] = dataclasses.replace(jobs[2], while_imaged=WhileImaged.LIVE)
    jobs[3] = plan.jobs[3]
    jobs[4] = dataclasses.replace(jobs[4], releases=True)
    request = waiting(5, plan=dataclasses.replace(plan, jobs=tuple(jobs)))
    lines = [line for line in card_of(request).text.splitlines() if line.startswith("`web-")]
    assert [line[1:6] for line in lines] == ["web-5", "web-3", "web-4", "web-1", "web-2"]
    assert "releases CPU" in lines[0]
    assert "while it runs" in lines[1]
    assert "left out" in lines[2]


def test_a_machine_that_is_not_as_its_image_needs_it() -> None:
    """Its line says what it waits for."""
    request = waiting(3, plan=a_plan_of(3, while_imaged=WhileImaged.STOPPED))
    request = rejob(request, seen_status="stopped", seen_at=900.0)
    running = dataclasses.replace(request.jobs[2], seen_status="running")
    request = dataclasses.replace(request, jobs=(*request.jobs[:2], running))
    lines = [line for line in card_of(request).text.splitlines() if line.startswith("`web-")]
    assert lines[0].startswith("`web-3`")
    assert "begins when it is stopped" in lines[0]
    assert sum("begins when" in line for line in lines) == 1


def test_machines_that_are_called_alike() -> None:
    """Are told apart: by their place, or by their ids."""
    plan = a_plan_of(3)
    jobs = [dataclasses.replace(job, instance_name="web") for job in plan.jobs]
    jobs[2] = dataclasses.replace(jobs[2], region="cn-east-2")
    labels = machines.labels(dataclasses.replace(plan, jobs=tuple(jobs)), "en")
    assert labels == ["`web` `i-web1` (Beijing)", "`web` `i-web2` (Beijing)", "`web` (Shanghai)"]


def test_under_way() -> None:
    """A line a machine with its steps: done, under way, to come; what failed, with why, comes first."""
    request = a_request_of(MADE, BROKEN, MAKING, TO_COME, plan=a_plan_of(4, order=Order.SIDE_BY_SIDE))
    lines = card_of(request, usual=USUAL).text.splitlines()
    told = [line for line in lines if line.startswith(("`web-", "↳"))]
    assert [line[:7] for line in told] == ["`web-2`", told[1][:7], "`web-1`", "`web-3`", "`web-4`"]
    assert "✘ image: failed · ✔ running again" in told[0]
    assert told[1].startswith("↳ ")
    assert "● making the image, 1 of 2 snapshots, 1 min of about 17 min" in told[3]
    assert "○ stop · ○ image · ○ start again" in told[4]
    assert "1 of 4 images made" in lines[0]


def test_an_image_stands_at_its_step() -> None:
    """By its id; and how the machines ran is said no more once they have ended."""
    ended = with_images(a_request_of(MADE, BROKEN))
    shown = card_of(ended).text
    assert re.search(r"✔ image made [^·]*\(`img-1`\) · ✔ running again", shown)
    assert "One after another" in card_of(waiting(2)).text
    assert "One after another" not in shown
    assert "4 disks, 280 GiB" in shown


def test_one_after_another_says_what_is_to_come() -> None:
    """Whoever's turn it is not is no exception."""
    shown = card_of(a_request_of(MAKING, TO_COME, TO_COME)).text
    assert shown.count("○ to come") == 2
    assert "Held" not in shown
    assert "Go on" not in json.dumps(words(card_of(a_request_of(MAKING, TO_COME))))


@pytest.mark.parametrize("kind", CardKind)
def test_held(kind: CardKind) -> None:
    """Requester and approvers can go on, or end it; which machines that is about is said."""
    request = a_request_of(MADE, BROKEN, TO_COME, TO_COME)
    message = card_of(request, kind)
    assert "held: somebody has to say" in message.text.splitlines()[0]
    assert "Held: `web-3`, `web-4`." in message.text
    assert words(message) == [["Go on", "End here", "Details"]]
    ((_, value), *_) = rows(message)[0]
    assert value.job == 2


def test_several_are_unsure() -> None:
    """A row of buttons a machine, the first three, each with its name and its job's number."""
    request = a_request_of(*[DOUBTFUL] * 5, plan=a_plan_of(5, order=Order.SIDE_BY_SIDE))
    found = rows(card_of(request))
    assert [[(word, value.job) for word, value in row] for row in found[:-1]] == [
        [(f"{word}: web-{number + 1}", number) for word in ("Check again", "Give up")] for number in range(3)
    ]
    assert [word for word, _ in found[-1]] == ["Details"]
    assert words(card_of(request, CardKind.REQUESTER)) == [["Details"]]


def test_machines_that_are_off() -> None:
    """Named, with their buttons, on the card and in the notice."""
    request = a_request_of(MADE, OFF, OFF, plan=a_plan_of(3, order=Order.SIDE_BY_SIDE))
    card = card_of(request, CardKind.REQUESTER)
    told = notice_message(Notice.MACHINE_OFF, request, place=Place.REQUESTER, language="en", approvers=("U0BEN",))
    expected = [[f"Try again: web-{number}", f"Leave it stopped: web-{number}"] for number in (2, 3)]
    assert words(card)[:2] == expected
    assert words(told) == expected
    assert "Off: `web-2`, `web-3`" in card.text
    assert "does not start `web-2`, `web-3`" in told.text


def told(kind: Notice, request: ImageRequest, language: str = "en", place: Place = Place.ANNOUNCE) -> Message:
    """A notice, with each machine running again."""
    seen = {job.number: Seen("running", 1_500.0) for job in request.jobs}
    return notice_message(kind, request, place=place, language=language, approvers=("U0BEN",), seen=seen)


def with_images(request: ImageRequest) -> ImageRequest:
    """Each image that was made has an id of its own."""
    jobs = [
        dataclasses.replace(
            job,
            steps=tuple(
                dataclasses.replace(step, result=f"img-{job.number + 1}")
                if step.kind == "image" and step.state is DONE
                else step
                for step in job.steps
            ),
        )
        for job in request.jobs
    ]
    return dataclasses.replace(request, jobs=tuple(jobs))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_result_names_each_once(language: str) -> None:
    """Each image by id and name, each failure with why, each machine's state; the requester once."""
    request = with_images(a_request_of(MADE, BROKEN, MADE, UNTOUCHED, language=language))
    assert request.state is State.PARTLY
    message = told(Notice.READY, request, language)
    assert message.text.count("<@U0AMY>") == 1
    for fact in ("`img-1`", "`img-3`", "`web-1-20261123`", "`web-3-20261123`", *(f"`web-{n}`" for n in (1, 2, 3, 4))):
        assert message.text.count(fact) == 1, fact
    running = {"en": "running", "zh": "运行中"}[language]
    assert sum(running in line for line in message.text.splitlines()) == 4
    lines = [line for line in message.text.splitlines() if line.startswith("•")]
    assert [line[3:8] for line in lines] == ["web-2", "web-4", "web-1", "web-3"]
    assert message.text.count("↳") == 1
    assert {"en": "IR-7K3QF: 2 of 4 images ready.", "zh": "4 个镜像中有 2 个可用"}[language] in message.text


@pytest.mark.parametrize(("apart", "together"), [(59.0, True), (61.0, False)])
def test_when_the_machines_were_seen(apart: float, together: bool) -> None:  # noqa: FBT001 - what is expected
    """Said once, unless they were looked at one long after another."""
    request = with_images(a_request_of(MADE, MADE, MADE))
    seen = {number: Seen("running", 1_500.0 + number * apart / 2) for number in range(3)}
    message = notice_message(Notice.READY, request, place=Place.ANNOUNCE, language="en", approvers=(), seen=seen)
    assert message.text.count("seen <!date") == (1 if together else 3)
    assert ("Machines as seen <!date^1500" in message.text) is together


def test_one_reason_of_several_machines_is_said_once() -> None:
    """With all of them before it."""
    request = a_request_of(DOUBTFUL, DOUBTFUL, MAKING, plan=a_plan_of(3, order=Order.SIDE_BY_SIDE))
    message = told(Notice.UNSURE, request, place=Place.THREAD)
    assert "`web-1`, `web-2` · JD Cloud was asked twice" in message.text
    assert message.text.count("JD Cloud was asked twice") == 1


def test_request_again_for_what_failed_only() -> None:
    """The button carries which that is."""
    request = with_images(a_request_of(MADE, BROKEN, MADE, UNTOUCHED))
    for message in (told(Notice.READY, request), card_of(request), card_of(request, CardKind.REQUESTER)):
        found = dict(one for row in rows(message) for one in row)
        assert found["Request again"].jobs == (1, 3)
    whole = a_request_of(BROKEN, UNTOUCHED)
    assert dict(one for row in rows(card_of(whole)) for one in row)["Request again"].jobs == ()


def test_all_are_ready_or_none_is() -> None:
    """Each has its own words."""
    ready, failed = with_images(a_request_of(MADE, MADE)), a_request_of(BROKEN, UNTOUCHED)
    assert "All 2 images of IR-7K3QF are ready" in told(Notice.READY, ready).text
    assert "All 2 images are ready." in card_of(ready).text
    message = told(Notice.FAILED, failed)
    assert "IR-7K3QF, images of 2 machines (`web-1`, `web-2`), failed:" in message.text
    assert "`web-2` · no image · not begun" in message.text.replace("*", "")
    assert "No image was made" in card_of(failed).text


@pytest.mark.parametrize(("before", "pinged"), [(BROKEN, True), (DOUBTFUL, False)])
def test_held_is_told(before: Any, pinged: bool) -> None:  # noqa: FBT001 - what is expected
    """Which did not end well and why, which are held, and what to press. A doubt pings the approvers by itself."""
    request = a_request_of(MADE, before, TO_COME, TO_COME)
    message = told(Notice.HELD, request, place=Place.THREAD)
    assert ("<@U0BEN>" in message.text) is pinged
    assert "`web-2`" in message.text.splitlines()[0]
    assert "Held: `web-3`, `web-4`." in message.text
    assert message.text.splitlines()[1].startswith("`web-2` · ")
    assert words(message) == [["Go on", "End here"]]
    assert "<@U0BEN>" not in told(Notice.HELD, request, place=Place.REQUESTER).text


def test_the_window_of_a_rejection_and_of_what_was_sent() -> None:
    """Name the machines."""
    for view in (rejection_form(waiting(5), "en"), request_form.sent_view(waiting(5), "By Ben")):
        assert "mages of 5 machines (web-1, web-2, web-3 and 2 more)" in json.dumps(view.to_dict())


def test_the_details_of_one_of_them() -> None:
    """A menu of all, and the disks and calls of the one that is chosen."""
    view = details.details_view(waiting(4), ["POST /x"], "en", usual_seconds=USUAL, number=2).to_dict()
    (menu,) = [block["accessory"] for block in view["blocks"] if "accessory" in block]
    assert menu["action_id"] == ids.SHOW_MACHINE
    assert menu["initial_option"]["value"] == "2"
    assert [option["text"]["text"][:5] for option in menu["options"]] == ["web-1", "web-2", "web-3", "web-4"]
    shown = json.dumps(view)
    assert "`i-web3`" in shown
    assert "`i-web2`" not in shown
    assert ButtonValue.decode(view["private_metadata"]).request_id == "IR-7K3QF"


def test_details_are_cut_where_they_are_too_long() -> None:
    """With how much is left out."""
    lines = "\n".join(f"line {number}" * 20 for number in range(4_000))
    view = details.details_view(waiting(2), [lines], "en").to_dict()
    assert len(view["blocks"]) < 100
    assert "more" in view["blocks"][-1]["text"]["text"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_machines_leave_room_for_their_buttons(language: str) -> None:
    """All failed, with as long reasons as there are: every machine has its line."""
    long = stop_image_start(
        DONE, FAILED, DONE, problems=tuple(Problem(Code.DISKS_CHANGED, facts={"devices": "vdb" * 900}) for _ in "12")
    )
    request = a_request_of(*[long] * 10, language=language)
    for message in (card_of(request), told(Notice.FAILED, request, language)):
        blocks = [block.to_dict() for block in message.blocks]
        assert message_problems(blocks) == ()
        assert all(f"`web-{number}`" in json.dumps(blocks, ensure_ascii=False) for number in range(1, 11))


def test_values_of_buttons() -> None:
    """Those of before plans had several jobs are read, and those of one machine are as they were."""
    assert ButtonValue.decode("IR-1/abc") == ButtonValue("IR-1", "abc")
    assert ButtonValue("IR-1", "abc").encode() == "IR-1/abc"
    for jobs in ((0,), (3,), (1, 3, 9)):
        assert ButtonValue.decode(ButtonValue("IR-1", "abc", jobs).encode()).jobs == jobs
    for value in ("IR-1/abc/", "IR-1/abc/x", "IR-1/abc/1,", "IR-1/abc/-1"):
        with pytest.raises(parse.Unreadable):
            ButtonValue.decode(value)
    assert a_request().plan.only is not None
