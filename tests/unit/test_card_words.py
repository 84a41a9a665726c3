"""What cards say and offer: who has said what stands where it belongs, and nothing is promised that is not kept."""

import dataclasses
from typing import Any

import pytest
from slack_sdk.models.blocks import ActionsBlock

from bot.domain.cloud import Seen
from bot.domain.delivery import CardKind
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import Notice, Place, State
from bot.domain.plan import Order, Plan, WhileImaged
from bot.domain.request import ImageRequest, first_jobs
from bot.domain.steps import Step, StepState
from bot.slack.screens import buttons, machines
from bot.slack.screens.card import card_message
from bot.slack.screens.message import Message
from bot.slack.screens.notice import notice_message
from tests.unit.examples import a_decision, a_job, a_plan, a_request, a_step, a_stopping_plan, stop_image_start

REASON = Problem(Code.CLOUD_PRECONDITION, facts={"instance": "web-1"})
RUNS = Problem(Code.INSTANCE_NOT_STOPPED, facts={"instance": "web-1", "status": "running"})


def card(request: ImageRequest, kind: CardKind = CardKind.APPROVAL, **facts: Any) -> Message:
    """A card as it is drawn."""
    return card_message(request, kind, approvers=("U0BEN",), usual_seconds={}, **facts)


def pressable(message: Message) -> list[tuple[str, str]]:
    """Its buttons, and where they lead."""
    rows = [block for block in message.blocks if isinstance(block, ActionsBlock)]
    elements = [element for row in rows for element in row.to_dict()["elements"]]
    return [(element["text"]["text"], element.get("url", "")) for element in elements]


def test_how_long_there_is_left_stands_where_it_is_kept_true() -> None:
    """The requester's card is not drawn anew for the passing of time: it says the date."""
    pending = a_request()
    assert "left)" in card(pending, now=2_000.0).text
    own = card(pending, CardKind.REQUESTER, now=2_000.0).text
    assert "Expires: " in own
    assert "left" not in own.split("Expires: ")[1]


@pytest.mark.parametrize(
    ("request_", "announces"),
    [
        (
            a_request({"problems": (REASON,)}, state=State.FAILED),
            {"en": "The bot does not try again by itself:", "zh": "机器人不会自动重试："},
        ),
        (
            a_request({"state": StepState.CALLING, "problems": (REASON,)}, state=State.WORKING),
            {
                "en": "The bot looks for the image before it asks again:",
                "zh": "机器人会先查找镜像，再决定是否重试：",
            },
        ),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_colon_is_followed_by_the_reason(request_: ImageRequest, announces: dict[str, str], language: str) -> None:
    """And who has said what comes below that, to eyes and ears alike."""
    for how in ("retry", "check_again"):
        resumed = dataclasses.replace(request_, resumed_how=how, resumed_by="U0AMY", resumed_at=3_000.0)
        message = card(resumed, language=language)
        shown = [str(block.to_dict().get("text", {}).get("text", "")) for block in message.blocks]
        for lines in (message.text.splitlines(), "\n".join(shown).splitlines()):
            at = lines.index(announces[language])
            assert "<@U0AMY>" not in lines[at + 1]
            assert any("<@U0AMY>" in line for line in lines[at + 2 :])


@pytest.mark.parametrize("several", [False, True])
def test_what_is_looked_for_once_more_can_be_given_up(*, several: bool) -> None:
    """By approvers; nothing else may be asked of it meanwhile."""
    searched: dict[str, Any] = {"state": StepState.CALLING, "looked_at": 2_000.0}
    request = a_request(searched, state=State.WORKING)
    if several:
        plan = dataclasses.replace(a_plan(), jobs=a_plan().jobs * 2)
        jobs = (a_job(a_step(**searched)), a_job(a_step(state=StepState.DONE), number=1))
        request = a_request(state=State.WORKING, plan=plan, jobs=jobs)
    assert [label.partition(":")[0] for label, _ in pressable(card(request))] == ["Give up", "Details"]
    assert [label for label, _ in pressable(card(request, CardKind.REQUESTER))] == ["Details"]
    assert request.needs_a_person
    again = a_request({"state": StepState.CALLING}, state=State.WORKING)
    assert [label for label, _ in pressable(card(again))] == ["Details"], "a call that is under way is not given up"


def two(plan: Plan) -> Plan:
    """The same of two machines."""
    jobs = [
        dataclasses.replace(plan.jobs[0], instance_id=f"i-{name}", instance_name=name) for name in ("db-1", "web-1")
    ]
    return dataclasses.replace(plan, jobs=tuple(jobs), order=Order.ONE_AFTER_ANOTHER)


@pytest.mark.parametrize(("language", "said"), [("en", "What runs begins when it is stopped"), ("zh", "停止后")])
def test_of_several_what_waits_to_be_stopped(language: str, said: str) -> None:
    """Until when, and by which link; not that the bot tries again by itself."""
    plan = two(a_plan())
    waiting = a_job(a_step(problems=(RUNS,)))
    waiting = dataclasses.replace(waiting, seen_status="running", seen_at=2_000.0)
    jobs = (waiting, first_jobs(plan)[1])
    request = a_request(state=State.APPROVED, plan=plan, jobs=jobs, decisions=(a_decision("U0BEN", plan.hash),))
    message = card(request, language=language)
    assert said in message.text
    assert "<!date^90000^" in message.text, "until when"
    assert "then try again" not in message.text
    assert "tries again by itself" not in message.text
    console = {"en": "Open the JD Cloud console", "zh": "打开京东云控制台"}[language]
    for kind in CardKind:
        assert (console, buttons.INSTANCES_URL) in pressable(card(request, kind, language=language))


def test_a_machine_that_was_left_stopped() -> None:
    """By whom, on the card and in the result: it ran before."""
    job = stop_image_start(StepState.DONE, StepState.DONE, StepState.SKIPPED)
    left = dataclasses.replace(job.steps[2], left_by="U0BEN")
    job = dataclasses.replace(job, steps=(*job.steps[:2], left))
    request = a_request(state=State.READY, plan=a_stopping_plan(), jobs=(job,))
    assert "– left stopped by <@U0BEN>" in card(request).text
    assert "– 由 <@U0BEN> 保持停止" in card(request, language="zh").text
    seen = {0: Seen("stopped", 3_000.0)}
    told = {
        language: notice_message(
            Notice.READY, request, place=Place.ANNOUNCE, language=language, approvers=(), seen=seen
        ).text
        for language in ("en", "zh")
    }
    assert "the bot had stopped it, and <@U0BEN> said to leave it so." in told["en"]
    assert "still" not in told["en"]
    assert "由机器人停止，<@U0BEN> 要求保持停止。" in told["zh"]
    both = [
        dataclasses.replace(job, number=n, steps=tuple(dataclasses.replace(step, job=n) for step in job.steps))
        for n in (0, 1)
    ]
    several = a_request(state=State.READY, plan=two(a_stopping_plan()), jobs=tuple(both))
    seen |= {1: Seen("running", 3_000.0)}
    words = notice_message(Notice.READY, several, place=Place.ANNOUNCE, language="en", approvers=(), seen=seen).text
    assert "stopped, as <@U0BEN> said" in words
    assert "running, as" not in words


def test_an_image_that_broke_is_a_link_away() -> None:
    """Whoever is told to delete it in the console gets there from the card and from the notice."""
    broken = a_request(
        {"result": "img-1", "problems": (Problem(Code.IMAGE_BROKEN, facts={"image": "img-1"}),)}, state=State.FAILED
    )
    told = notice_message(Notice.FAILED, broken, place=Place.ANNOUNCE, language="zh", approvers=())
    for message in (told, card(broken, language="zh")):
        assert ("打开京东云控制台", buttons.CONSOLE_URL) in pressable(message)
    refused = a_request({"problems": (REASON,)}, state=State.FAILED)
    assert not any(url for _, url in pressable(card(refused)))


@pytest.mark.parametrize(
    ("usual", "en", "zh"),
    [
        ({}, "1 of 2 machines down while imaged", "2 台云主机中有 1 台在创建镜像期间停机"),
        ({0: 600.0}, "1 of 2 machines down for about 10 min", "2 台云主机中有 1 台停机，约 10 分钟"),
    ],
)
def test_one_of_two_machines_is_one(usual: dict[int, float], en: str, zh: str) -> None:
    """On the card, and when it is approved."""
    plan = two(a_plan())
    one = dataclasses.replace(plan.jobs[0], while_imaged=WhileImaged.STOP_AND_START)
    plan = dataclasses.replace(plan, jobs=(one, plan.jobs[1]))
    assert machines.how(plan, usual, "en").startswith(f"One after another: {en}")
    assert zh in machines.how(plan, usual, "zh")
    request = a_request(plan=plan, jobs=first_jobs(plan))
    for language, says in (
        ("en", "\ndb-1 will be stopped for it and started again."),
        ("zh", "\n其中 db-1 会为此停止"),
    ):
        rows = [block.to_dict() for block in card(request, language=language).blocks if isinstance(block, ActionsBlock)]
        assert says in rows[0]["elements"][0]["confirm"]["text"]["text"]
    assert Step.STOP in [step.kind for step in one.steps]
