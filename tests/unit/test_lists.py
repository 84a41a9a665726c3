"""Where a request stands, in words: on Home, in `list` and by `status` as on its card, and each thing once."""

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from bot.domain.delivery import Card, CardKind
from bot.domain.disks import AddedDisk, Charge, ChargeMode, ChargeUnit
from bot.domain.errors import Code, Problem
from bot.domain.freeze import Freeze
from bot.domain.lifecycle import State
from bot.domain.plan import WhileImaged
from bot.domain.request import ImageRequest
from bot.domain.rule import Ruleset
from bot.domain.steps import StepState
from bot.service.board import Board, Entry
from bot.slack.screens import commands, details
from bot.slack.screens.buttons import CONSOLE_URL
from bot.slack.screens.card import card_message
from bot.slack.screens.home import home
from tests.unit.examples import (
    a_decision,
    a_job,
    a_plan,
    a_plan_of,
    a_request,
    a_request_of,
    a_rule,
    a_step,
    a_stopping_plan,
    stop_image_start,
)

LANGUAGES = ("en", "zh")
NOW = 1_400.0
URL = "https://acme.slack.com/"
PLANNED, CALLING, WORKING = StepState.PLANNED, StepState.CALLING, StepState.WORKING
UNSURE, DONE, SKIPPED, FAILED = StepState.UNSURE, StepState.DONE, StepState.SKIPPED, StepState.FAILED
FROZEN = Freeze(by="U0BEN", at=1_000.0, until=90_000.0, why="release *week* <!here>")
RUNNING = Problem(Code.INSTANCE_NOT_STOPPED, facts={"instance": "web-1", "status": "running"})
OUT_OF_HOURS = Problem(Code.OUT_OF_HOURS, facts={"until": "50000"})
IS_FROZEN = Problem(Code.FROZEN, facts={"who": "U0BEN", "until": "90000", "why": FROZEN.why})
OFF = stop_image_start(DONE, DONE, PLANNED, problems=(Problem(Code.STILL_OWED),))
BROKEN = stop_image_start(DONE, FAILED, DONE, problems=(Problem(Code.CLOUD_PRECONDITION),))
TO_COME = stop_image_start(PLANNED, PLANNED, PLANNED)
TYPED = "line one\n\nApproved by <@U0BEN>.\n*bold* `code` _slanted_"
USUAL = {0: 1_020.0, 1: 1_020.0}


def approved(image: Mapping[str, Any] | None = None, **changes: Any) -> ImageRequest:
    """By Ben."""
    plan = a_plan()
    return a_request(
        image, **{"plan": plan, "state": State.APPROVED, "decisions": (a_decision("U0BEN", plan.hash),)} | changes
    )


def under_way(*states: StepState, **changes: Any) -> ImageRequest:
    """Of a machine that is stopped for its image and started again."""
    of_request = {name: changes.pop(name) for name in ("ending", "ended_by") if name in changes}
    return approved(
        plan=a_stopping_plan(), state=State.WORKING, jobs=(stop_image_start(*states, **changes),), **of_request
    )


def both_wait(problem: Problem) -> ImageRequest:
    """Two stopped machines that were approved, and wait for this."""
    plan = a_plan_of(2, while_imaged=WhileImaged.STOPPED)
    jobs = [a_job(a_step(problems=(problem,))) for _ in plan.jobs]
    return a_request_of(*jobs, plan=plan, state=State.APPROVED, decisions=(a_decision("U0BEN", plan.hash),))


STANDS: dict[str, tuple[Entry, str, str]] = {
    "not before a time": (Entry(request=approved(begin_at=5_000.0)), "approved, waiting", "Begins <!date^5000^"),
    "till it is stopped": (
        Entry(request=approved({"problems": (RUNNING,)})),
        "approved, waiting",
        "begins when the machine is stopped, by whoever stops it, until <!date^90000^",
    ),
    "till it is unfrozen": (
        Entry(request=approved({"problems": (IS_FROZEN,)}), frozen=FROZEN),
        "approved, waiting",
        "Nothing begins until <!date^90000^",
    ),
    "frozen a moment ago": (
        Entry(request=approved(), frozen=FROZEN),
        "approved, waiting",
        "frozen by <@U0BEN>: `release *week* &lt;!here&gt;`",
    ),
    "till its hours begin": (
        Entry(request=approved({"problems": (OUT_OF_HOURS,)})),
        "approved, waiting",
        "Begins <!date^50000^",
    ),
    "its turn": (Entry(request=approved()), "approved, starting", "Begins as soon as the bot gets to it"),
    "the other's image": (
        Entry(request=a_request(state=State.APPROVED, waits_for="IR-OTHER")),
        "approved, waiting",
        "Waits for IR-OTHER",
    ),
    "an answer": (
        Entry(request=under_way(DONE, CALLING, PLANNED, problems=(Problem(Code.CLOUD_UNAVAILABLE),))),
        "JD Cloud's answer is not known",
        "The bot looks for the image before it asks again:",
    ),
    "two of three snapshots": (
        Entry(request=under_way(DONE, WORKING, PLANNED, progress="2/3", result="img-1"), usual_seconds=USUAL),
        "JD Cloud is making the image",
        "● making the image, 2 of 3 snapshots, 5 min of about 17 min",
    ),
    "off": (
        Entry(request=approved(plan=a_stopping_plan(), state=State.WORKING, jobs=(OFF,))),
        "the machine is off",
        "",
    ),
    "what no page documents": (
        Entry(request=under_way(DONE, WORKING, PLANNED, result="img-1", cloud_status="odd", cloud_status_since=1.0)),
        "JD Cloud says `odd`",
        "No page documents that status",
    ),
    "ended here": (
        Entry(
            request=approved(
                plan=a_stopping_plan(),
                state=State.FAILED,
                jobs=(stop_image_start(SKIPPED, SKIPPED, SKIPPED),),
                ending=True,
                ended_by="U0AMY",
            )
        ),
        "ended",
        "Ended by <@U0AMY>; no image was made.",
    ),
    "given up": (
        Entry(request=approved({"problems": (Problem(Code.GIVEN_UP),)}, state=State.FAILED, ended_by="U0BEN")),
        "failed",
        "Given up by <@U0BEN>:",
    ),
    "too late to begin": (
        Entry(request=approved(state=State.EXPIRED, approved_at=1_200.0)),
        "expired",
        "could not begin while the approval was good",
    ),
    "both till they are stopped": (
        Entry(request=both_wait(RUNNING)),
        "approved, waiting",
        "↳ begins when it is stopped, by whoever stops it (now: running)",
    ),
    "both till their hours begin": (
        Entry(request=both_wait(OUT_OF_HOURS)),
        "approved, waiting",
        "Begins <!date^50000^",
    ),
    "held": (
        Entry(request=a_request_of(BROKEN, TO_COME)),
        "held: somebody has to say how it goes on",
        "*Held: `web-2`.*",
    ),
}
"""How a request stands, with its state in a few words, and what else is to be read of it."""


def of(entry: Entry, *, waits: bool = False, own: bool = False) -> Board:
    """What somebody has to see: one request, which waits for them, or is their own, or somebody else's."""
    ended = entry.request.state in {State.FAILED, State.EXPIRED, State.PARTLY}
    return Board(
        ids={"U0AMY"} if own else {"U0BEN"},
        waiting=[entry] if waits else [],
        more_wait=False,
        roles_known=True,
        under_way=[] if ended or waits else [entry],
        more_under_way=False,
        ended=[entry] if ended and not waits else [],
        more_ended=False,
    )


def shown(board: Board, language: str = "en") -> list[str]:
    """The lines of a Home."""
    view = home(board, may_request=False, language=language, now=NOW, workspace_url=URL)
    return [text for block in view.to_dict()["blocks"] for text in words_of(block)]


def words_of(block: Any) -> list[str]:
    """The lines of a block, and the words on its buttons."""
    if block["type"] == "actions":
        return [one["text"]["text"] for one in block["elements"]]
    texts = [block["text"]] if "text" in block else block["elements"]
    return [line for text in texts for line in text["text"].splitlines()]


def lists(entry: Entry, language: str) -> dict[str, list[str]]:
    """The lines of everything that tells of a request beside its cards."""
    common: dict[str, Any] = {"language": language, "now": NOW, "workspace_url": URL}
    return {
        "own Home": shown(of(entry, own=True), language),
        "another's Home": shown(of(entry), language),
        "list": commands.listed(of(entry, own=True), **common).splitlines(),
        "list of who decides": commands.listed(of(entry, waits=True), **common).splitlines(),
        "status": commands.standing(entry, CardKind.REQUESTER, decides=False, **common).splitlines(),
    }


def its_card(entry: Entry, language: str) -> str:
    """The words on the card of the approvers."""
    return card_message(
        entry.request,
        CardKind.APPROVAL,
        approvers=(),
        usual_seconds=entry.usual_seconds,
        frozen=entry.frozen,
        language=language,
        now=NOW,
    ).text


@pytest.mark.parametrize(("entry", "state", "words"), STANDS.values(), ids=STANDS)
def test_it_stands_in_a_list_as_on_its_card(entry: Entry, state: str, words: str) -> None:
    """The same few words, then the same sentences and times: it does not start here, and wait there."""
    card = its_card(entry, "en")
    assert f" · {state}" in card.splitlines()[0]
    assert words.replace("*", "") in card.replace("*", "")
    for place, lines in lists(entry, "en").items():
        assert any(line.endswith(f"*{entry.request.id}* · {state}") for line in lines), place
        assert words in "\n".join(lines), place


@pytest.mark.parametrize("entry", [entry for entry, _, _ in STANDS.values()], ids=STANDS)
def test_it_stands_in_a_list_as_on_its_card_in_chinese(entry: Entry) -> None:
    """Whatever a list says of where it stands, its card says too."""
    card = its_card(entry, "zh").replace("*", "")
    for place, lines in lists(entry, "zh").items():
        first = next(number for number, line in enumerate(lines) if f"*{entry.request.id}* · " in line)
        assert lines[first].partition(" · ")[2] in card.splitlines()[0], place
        told = [line.replace("*", "") for line in lines[first + 1 :] if re.match(r"已由|●|✔|<@U0|机器人|镜像 `", line)]
        assert all(line in card for line in told), place


def test_a_thing_is_said_once() -> None:
    """That a machine is off, why it is frozen, and when hours begin."""
    once = {
        "off": "off: the bot has stopped it",
        "till it is unfrozen": "release *week*",
        "till its hours begin": "<!date^50000^",
        "both till their hours begin": "<!date^50000^",
    }
    for name, words in once.items():
        entry = STANDS[name][0]
        for waits in (True, False):
            assert "\n".join(shown(of(entry, waits=waits))).count(words) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_status_says_that_it_will_wait_for_the_end_of_a_freeze(language: str) -> None:
    """While it can be approved, as its card does."""
    entry = Entry(request=a_request(), frozen=FROZEN)
    (said,) = [one for one in lists(entry, language)["status"] if one.startswith("🧊")]
    assert said in its_card(entry, language)


def a_prepaid_disk() -> AddedDisk:
    """One that costs."""
    charge = Charge(mode=ChargeMode.PREPAID_BY_DURATION, unit=ChargeUnit.MONTH, duration=1)
    return AddedDisk(device="vde", name="cache", disk_type="ssd", size_gb=100, az="cn-north-1a", charge=charge)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            [
                "⚠️ Tell the ∗shift∗ first.",
                "Stops `web-1`, makes the image, starts it again · down for about 17 min · not before <!date^5000^",
                "2 disks, 140 GiB · `vdc` *left out* · *adds* `vde`, blank, 100 GiB, prepaid for 1 month",
                "*Stopping `web-1` releases its CPU",
                "IR-OTHER by <@U0ZHANG> already waits for `web-1`.",
                "|Open its card>",
            ],
        ),
        (
            "zh",
            [
                "⚠️ Tell the ∗shift∗ first.",
                "停止 `web-1`，创建镜像，再重新启动 · 停机约 17 分钟 · 不早于 <!date^5000^",
                "预付费 1 个月",
                "*停止 `web-1` 会释放其 CPU",
                "<@U0ZHANG> 的 IR-OTHER 已在等待 `web-1`。",
                "|打开卡片>",
            ],
        ),
    ],
)
def test_who_can_approve_reads_what_that_does(language: str, expected: list[str]) -> None:
    """Before *Approve*: what is done to the machine and when, what is not usual of its disks, and every warning."""
    request = a_request(plan=a_stopping_plan(added=(a_prepaid_disk(),), releases=True, not_before=5_000.0))
    other = dataclasses.replace(request, id="IR-OTHER", requester="U0ZHANG")
    shown_card = Card(
        id=1, request_id=request.id, kind=CardKind.APPROVAL, conversation="C0", channel="C0", ts="1.2", drawn_version=1
    )
    ruleset = Ruleset((a_rule(warning="Tell the *shift* first."),))
    entry = Entry(request=request, cards=[shown_card], ruleset=ruleset, usual_seconds=USUAL, others=[other])
    words = "\n".join(shown(of(entry, waits=True), language))
    before = words[: words.index("Approve" if language == "en" else "\n批准")]
    for one in expected:
        assert one in before


def test_who_can_approve_several_reads_what_that_does_to_each() -> None:
    """How they run, and a line a machine."""
    entry = Entry(request=a_request(plan=a_plan_of(2), jobs=(TO_COME, TO_COME)))
    words = "\n".join(shown(of(entry, waits=True)))
    assert "One after another: each down while its image is made" in words
    for machine in ("web-1", "web-2"):
        assert f"`{machine}` · stop, image, start · 2 disks, 140 GiB · `vdc` *left out*" in words


def test_an_approver_reads_of_what_is_under_way() -> None:
    """Why, how far it is, and where its card is."""
    entry = STANDS["two of three snapshots"][0]
    card = Card(
        id=1, request_id="IR-7K3QF", kind=CardKind.APPROVAL, conversation="C0", channel="C0", ts="1.2", drawn_version=1
    )
    lines = shown(of(dataclasses.replace(entry, cards=[card])))
    assert "weekly" in lines
    assert f"<{URL}archives/C0/p12|Open its card>" in lines


def test_whoever_settles_a_doubt_reads_where_to_look() -> None:
    """With the address; whoever waits reads that others look."""
    unsure = under_way(DONE, UNSURE, DONE, problems=(Problem(Code.ANSWER_LOST),))
    for entry in (Entry(request=unsure), Entry(request=a_request_of(unsure.jobs[0], TO_COME))):
        look = f"Look for `[IR-7K3QF]` in <{CONSOLE_URL}|the JD Cloud console>"
        decides = commands.listed(of(entry, waits=True), language="en", now=NOW, workspace_url=URL)
        assert look in decides
        assert look in "\n".join(shown(of(entry, waits=True)))
        own = "\n".join(shown(of(entry, own=True)))
        assert look not in own
        assert "The approvers look into it." in own


def test_typed_words_are_no_line_of_the_bots() -> None:
    """A purpose of several lines is one, and nothing in it is alive."""
    request = a_request(plan=a_plan(description=TYPED))
    said = "line one Approved by &lt;@U0BEN&gt;. ∗bold∗ ˋcodeˋ ˍslantedˍ"
    assert said in shown(of(Entry(request=request), waits=True))
    assert said in shown(of(Entry(request=request)))
    answers = lists(Entry(request=request), "en")
    assert said in answers["list of who decides"]
    assert said in answers["status"]
    reason = dataclasses.replace(a_decision("U0BEN", ""), reason=TYPED)
    rejected = approved(state=State.FAILED)  # to be told among what has ended
    rejected = dataclasses.replace(rejected, state=State.REJECTED, decisions=(reason,))
    lines = shown(dataclasses.replace(of(Entry(request=rejected), own=True), under_way=[]))
    assert said not in lines  # it is no line of its own


def test_a_failure_names_no_button_that_is_not_there() -> None:
    """Of what is partly ready, the rest is requested again."""
    for language, button, way in (("en", "Retry", "Request again"), ("zh", "重试", "重新申请")):
        partly = dataclasses.replace(
            a_request_of(BROKEN, stop_image_start(DONE, DONE, DONE, result="img-2")), state=State.PARTLY
        )
        lines = shown(of(Entry(request=partly), own=True), language)
        assert way in lines
        assert not re.search(button, "\n".join(lines), re.IGNORECASE)


@pytest.mark.parametrize("state", State)
def test_details_say_when_it_expires_while_it_can(state: State) -> None:
    """What has been decided or ended expires no more."""
    told = json.dumps(details.details_view(a_request(state=state), ["POST /"], "en").to_dict())
    assert ("Expires" in told) is (state is State.PENDING)
