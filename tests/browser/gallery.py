"""Each card and each notice in every state there is, as messages of the demo's Slack: many are rare, and no visitor
comes by all of them.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.demo.cast import AMY, BEN, CHEN, OPS
from bot.demo.slack import Channel, Slack
from bot.demo.slack import Message as Posted
from bot.domain.cloud import Seen, Snapshot
from bot.domain.delivery import CardKind
from bot.domain.disks import AddedDisk, Charge, ChargeMode, ChargeUnit
from bot.domain.errors import Code, Problem
from bot.domain.freeze import Freeze
from bot.domain.lifecycle import CALLS, OPEN, Move, Notice, Place, State
from bot.domain.plan import Order, WhileImaged
from bot.domain.request import ImageRequest, Question, Verdict
from bot.domain.steps import Job, Step, StepMove, StepState
from bot.slack.screens.card import card_message
from bot.slack.screens.freeze import freeze_message
from bot.slack.screens.message import Message
from bot.slack.screens.notice import notice_message
from bot.slack.screens.reminder import reminder_message
from tests.browser import gallery_of_rules
from tests.unit.examples import (
    a_decision,
    a_plan,
    a_plan_of,
    a_request,
    a_request_of,
    rejob,
    replan,
    stop_image_start,
)

_NOW = 1_795_000_000.0
_APPROVERS = (BEN, CHEN)
_DESCRIPTION = {"en": "Before the OpenSSL patch", "zh": "升级 OpenSSL 之前"}
_REASON = {"en": "Not before the nightly backup", "zh": "请等夜间备份完成后再做"}


def requests(language: str) -> Iterator[ImageRequest]:
    """A request in every state, and in what is seldom seen of it."""
    golden = Snapshot(id="snapshot-1", name="golden-assets", size_gb=40, status="available", created="2026-11-20")
    blank = AddedDisk(device="vde", name="scratch", disk_type="ssd", size_gb=100, az="cn-north-1a")
    prepaid = Charge(mode=ChargeMode.PREPAID_BY_DURATION, unit=ChargeUnit.MONTH, duration=1)
    added = (dataclasses.replace(blank, charge=prepaid), dataclasses.replace(blank, device="vdf", snapshot=golden))
    plan = a_plan(description=_DESCRIPTION[language], added=added)
    usual = a_request(
        language=language,
        requester=AMY,
        announce_in=OPS,
        plan=plan,
        created_at=_NOW,
        expires_at=_NOW + 86_400,
        seen_at=_NOW,
        seen_status="stopped",
    )
    approved = dataclasses.replace(
        usual, decisions=(a_decision(BEN, plan.hash),), approved_at=_NOW, finished_at=_NOW + 1_020, resumed_by=AMY
    )
    rejection = dataclasses.replace(a_decision(BEN, plan.hash, verdict=Verdict.REJECT), reason=_REASON[language])
    yield usual
    yield rejob(usual, note=_REASON[language], seen_status="running", quorum=2)
    yield rejob(approved, state=State.PENDING, quorum=2, seen_status="stopping")
    for state, image, changes in _AFTER_APPROVAL:
        yield rejob(approved, state=state, jobs=a_request(image, state=state).jobs, **changes)
    stops = replan(plan, while_imaged=WhileImaged.STOP_AND_START)
    yield rejob(usual, plan=stops, seen_status="running")
    yield rejob(usual, plan=replan(stops, releases=True, not_before=_NOW + 7_200), seen_status="running")
    live = replan(plan, while_imaged=WhileImaged.LIVE)
    yield rejob(usual, plan=live, seen_status="running")
    yield dataclasses.replace(
        approved, plan=live, state=State.READY, jobs=a_request(_MADE | _ENDED, state=State.READY).jobs
    )
    for state, job, changes in _STOPPED_FOR_IT:
        yield rejob(approved, plan=stops, state=state, jobs=(job,), **changes)
    yield rejob(approved, state=State.PARTLY, jobs=a_request(_MADE | _ENDED, state=State.PARTLY).jobs)
    asked = Question(asker=BEN, text=_REASON[language], at=_NOW)
    yield dataclasses.replace(usual, questions=(asked, dataclasses.replace(asked, asker=CHEN)))
    begun = {"emergency_by": CHEN, "emergency_why": _REASON[language], "emergency_at": _NOW, "decisions": ()}
    for state, image in ((State.APPROVED, {}), (State.WORKING, _MADE), (State.READY, _MADE | _ENDED)):
        yield rejob(approved, state=state, jobs=a_request(image, state=state).jobs, **begun)
    reviewed = {"reviewed_by": BEN, "reviewed_at": _NOW + 1_200}
    yield rejob(
        approved, state=State.READY, jobs=a_request(_MADE | _ENDED, state=State.READY).jobs, **begun, **reviewed
    )
    yield rejob(usual, state=State.REJECTED, decisions=(rejection,))
    yield rejob(usual, state=State.CANCELLED, ended_by=AMY)
    yield rejob(usual, state=State.EXPIRED)


_SUPPORT = {"message": "Access forbidden", "request_id": "lql824mjl7zf552pha7xqnrhu3alk4hl"}
_ASKED = {"called_at": _NOW}
_MADE = {"result": "img-h1khrc8dq8", "called_at": _NOW, "working_since": _NOW}
_ENDED = {"ended_at": _NOW + 1_020}
_NOT_STOPPED = Problem(Code.INSTANCE_NOT_STOPPED, facts={"instance": "web-1", "status": "running"})
_BUSY = Problem(Code.INSTANCE_BUSY, facts={"instance": "web-1", "status": "stopping"})
_BROKEN = Problem(Code.IMAGE_BROKEN, facts={"image": "img-h1khrc8dq8"})
_NOT_SEEN_TO_STOP = Problem(Code.NOT_STOPPED, facts={"instance": "web-1"})
_SEVERAL = Problem(Code.SEVERAL_IMAGES, facts={"images": "img-1, img-2"})
_UNSURE = {"state": StepState.UNSURE, "problems": (Problem(Code.ANSWER_LOST),)} | _ASKED
_AFTER_APPROVAL: tuple[tuple[State, Mapping[str, Any], Mapping[str, Any]], ...] = (
    (State.APPROVED, {}, {}),
    (State.APPROVED, {}, {"waits_for": "IR-NB2KV"}),
    (State.APPROVED, {}, {"begin_at": _NOW + 7_200}),
    (State.APPROVED, {"problems": (_BUSY,)}, {"seen_status": "stopping"}),
    (State.APPROVED, {"problems": (_NOT_STOPPED,)}, {"seen_status": "running"}),
    (State.WORKING, {"state": StepState.CALLING} | _ASKED, {}),
    (State.WORKING, {"state": StepState.CALLING, "problems": (Problem(Code.CLOUD_SILENT),)} | _ASKED, {}),
    (State.WORKING, _UNSURE, {}),
    (
        State.WORKING,
        _UNSURE | {"looked_at": _NOW + 60},
        {"resumed_how": StepMove.CHECK_AGAIN.event, "resumed_at": _NOW},
    ),
    (State.WORKING, _UNSURE | {"problems": (_SEVERAL,)}, {}),
    (State.WORKING, _MADE, {}),
    (State.WORKING, _MADE | {"progress": "1/2"}, {}),
    (
        State.WORKING,
        _MADE | {"problems": (Problem(Code.SLOWER_THAN_USUAL, facts={"seconds": "1020"}),)},
        {"resumed_how": Move.RETRY.event, "resumed_at": _NOW},
    ),
    (State.WORKING, _MADE | {"cloud_status": "copying", "cloud_status_since": _NOW}, {}),
    (State.READY, _MADE | _ENDED, {}),
    (State.FAILED, {"problems": (Problem(Code.CLOUD_FORBIDDEN, facts=_SUPPORT),)}, {}),
    (
        State.FAILED,
        _MADE | {"problems": (_BROKEN,)},
        {},
    ),
    (State.FAILED, {"problems": (Problem(Code.GIVEN_UP),)}, {"ended_by": BEN}),
)
"""Where a request stands that makes an image of a stopped instance, where its step does, and what else there is."""


def _job(stop: str, image: str, start: str, *, because: tuple[Problem, ...] = (), **changes: Any) -> Job:
    """A running instance's; the step that is under way has these changes, the image its id, what failed its reason."""
    job = stop_image_start(StepState(stop), StepState(image), StepState(start), **changes)
    at: dict[str, Any] = {"called_at": _NOW, "working_since": _NOW, "ended_at": _NOW + 240}
    made: dict[str, Any] = {"result": "img-h1khrc8dq8"} if image in {StepState.WORKING, StepState.DONE} else {}
    failed: dict[StepState, dict[str, Any]] = {StepState.FAILED: {"problems": because}}
    return dataclasses.replace(
        job,
        steps=tuple(
            dataclasses.replace(step, **at, **(made if step.kind == Step.IMAGE else {}), **failed.get(step.state, {}))
            if step.state not in {StepState.PLANNED, StepState.SKIPPED}
            else step
            for step in job.steps
        ),
    )


_STILL_OWED = Problem(Code.STILL_OWED, facts={"instance": "web-1"})


def _off(machine: str) -> Mapping[str, Any]:
    """It is not started, for want of capacity."""
    return {"problems": (_STILL_OWED, Problem(Code.CLOUD_NO_STOCK, facts={"instance": machine}))}


_STOPPED_FOR_IT: tuple[tuple[State, Job, Mapping[str, Any]], ...] = (
    (State.APPROVED, _job("planned", "planned", "planned"), {"begin_at": _NOW + 7_200}),
    (State.WORKING, _job("calling", "planned", "planned"), {}),
    (State.WORKING, _job("working", "planned", "planned"), {}),
    (State.WORKING, _job("working", "skipped", "planned"), {"ending": True, "ended_by": BEN}),
    (State.WORKING, _job("done", "planned", "planned", problems=(_BUSY,)), {}),
    (State.WORKING, _job("done", "working", "planned", progress="1/2"), {}),
    (State.WORKING, _job("done", "unsure", "working", problems=(Problem(Code.ANSWER_LOST),)), {}),
    (State.WORKING, _job("skipped", "working", "skipped"), {}),
    (State.WORKING, _job("done", "done", "planned"), {}),
    (State.WORKING, _job("done", "done", "working"), {}),
    (State.WORKING, _job("done", "done", "planned", **_off("web-1")), {}),
    (State.READY, _job("done", "done", "done"), {}),
    (State.READY, _job("done", "done", "skipped"), {}),
    (State.FAILED, _job("done", "failed", "done", because=(_BROKEN,)), {}),
    (State.FAILED, _job("done", "skipped", "done"), {"ending": True, "ended_by": BEN}),
    (State.FAILED, _job("failed", "skipped", "skipped", because=(_NOT_SEEN_TO_STOP,)), {}),
)
"""The same of a running instance, which is stopped for it and started again."""


def of_several(language: str) -> Iterator[ImageRequest]:
    """Six machines, and fewer, in what is seen of them."""
    made, broken = _job("done", "done", "done"), _job("done", "failed", "done", because=(_BROKEN,))
    making, to_come = _job("done", "working", "planned", progress="1/2"), _job("planned", "planned", "planned")
    doubtful = _job("done", "unsure", "done", problems=(Problem(Code.ANSWER_LOST),))
    off, untouched = _job("done", "done", "planned", **_off("web-2")), _job("skipped", "skipped", "skipped")
    one_by_one, at_once = Order.ONE_AFTER_ANOTHER, Order.SIDE_BY_SIDE
    for jobs, order, changes in (
        ([to_come] * 6, one_by_one, {"state": State.PENDING}),
        ([to_come] * 6, one_by_one, {"begin_at": _NOW + 7_200}),
        ([made, making, *[to_come] * 4], one_by_one, {}),
        ([made, broken, *[to_come] * 4], one_by_one, {}),
        ([made, doubtful, to_come], one_by_one, {}),
        ([made, off, to_come], one_by_one, {}),
        ([doubtful, doubtful, making, broken], at_once, {}),
        ([made] * 6, one_by_one, {}),
        ([made, broken, made, untouched], one_by_one, {}),
        ([made, broken, untouched, untouched], one_by_one, {"ending": True, "ended_by": BEN}),
        ([broken, untouched], one_by_one, {}),
    ):
        plan = a_plan_of(len(jobs), order=order)
        usual: dict[str, Any] = {
            "language": language,
            "requester": AMY,
            "announce_in": OPS,
            "plan": dataclasses.replace(plan, description=_DESCRIPTION[language]),
            "created_at": _NOW,
            "expires_at": _NOW + 86_400,
            "approved_at": _NOW,
            "finished_at": _NOW + 1_020,
        }
        request = a_request_of(*jobs, **(changes | usual))
        yield dataclasses.replace(request, decisions=(a_decision(BEN, request.plan.hash),))


def cards(language: str, kind: CardKind) -> Iterator[Message]:
    """Of everybody who decides, or of whoever asked."""
    for request in (*requests(language), *of_several(language)):
        other = dataclasses.replace(request, id="IR-NB2KV", requester=CHEN)
        yield card_message(
            request,
            kind,
            approvers=_APPROVERS,
            usual_seconds=dict.fromkeys(range(10), 1_020.0),
            others=(other,) if request.quorum > 1 else (),
            now=_NOW + 60,
        )


_FROZEN = Freeze(by=BEN, at=_NOW, until=_NOW + 14_400, why="release week", ended_by=CHEN)


def frozen(language: str) -> Iterator[Message]:
    """What channels hear of freezes, and the cards of what they hold up: it waits, is approved, or is under way."""
    for freeze in (_FROZEN, dataclasses.replace(_FROZEN, why="", scope=("payments", ""))):
        for notice in (Notice.FROZEN, Notice.UNFROZEN):
            yield freeze_message(notice, freeze, (), language)
    yield freeze_message(Notice.UNFROZEN, _FROZEN, [_FROZEN], language)
    held_up = [request for request in (*requests(language), *of_several(language)) if request.state in OPEN]
    for request in {(one.state, len(one.jobs)): one for one in held_up}.values():
        yield card_message(
            request, CardKind.APPROVAL, approvers=_APPROVERS, usual_seconds={}, frozen=_FROZEN, now=_NOW + 60
        )


_OF_STEPS = {
    Notice.UNSURE: (Place.THREAD, Place.REQUESTER),
    Notice.MACHINE_OFF: (Place.THREAD, Place.REQUESTER, Place.ANNOUNCE),
    Notice.HELD: (Place.THREAD, Place.REQUESTER),
}
"""What steps owe, and no move of a request."""
_IS_SO: Mapping[Notice, Callable[[ImageRequest], bool]] = {
    Notice.PASSED_OVER: lambda request: bool(request.emergency_by),
    Notice.UNSURE: lambda request: request.unsure is not None,
    Notice.MACHINE_OFF: lambda request: request.stuck is not None,
    Notice.HELD: lambda request: request.held_up is not None,
}


_SAYS_HOW_IT_IS = {Notice.READY, Notice.FAILED}


def notices(language: str) -> Iterator[Message]:
    """Every one that is told, in each place it can be told in; what reads the same, once."""
    told = _notices(language)
    yield from {
        str([message.text, *(block.to_dict() for block in message.blocks)]): message for message in told
    }.values()


def _notices(language: str) -> Iterator[Message]:
    everything = [*requests(language), *of_several(language)]
    owed = {(kind, place, move.target) for move in Move for kind, place in move.owes}
    owed |= {(kind, Place.REQUESTER, State.PENDING) for kind in (Notice.NOT_SHOWN, Notice.CARD_LOST)}
    owed |= {(kind, place, State.WORKING) for kind, places in _OF_STEPS.items() for place in places}
    for kind, place, state in sorted(owed):
        for request in everything:
            if request.state is not state or not _IS_SO.get(kind, bool)(request):
                continue
            numbers = range(len(request.plan.jobs))
            states = ("stopped", "running") if kind is Notice.READY and request.plan.only else ("running",)
            told = [dict.fromkeys(numbers, Seen(state, _NOW)) for state in states] if kind in _SAYS_HOW_IT_IS else [{}]
            for seen in told:
                yield notice_message(kind, request, place=place, language=language, approvers=_APPROVERS, seen=seen)


def reminders(language: str) -> Iterator[Message]:
    """What calls those who can still decide, in the thread of a card; and the card of whoever had them called."""
    words = "approval card" if language == "en" else "审批卡片"
    for request in (*requests(language), *of_several(language)):
        if request.state is State.PENDING:
            for kind in sorted(CALLS):
                now = _NOW + 4 * 3_600 + 60
                link = f"<https://demo.slack.com/archives/C0APPROVALS/p1795000000000000|{words}>"
                yield reminder_message(kind, request, called=_APPROVERS, card=link, language=language, now=now)
            nudged = dataclasses.replace(request, nudged_at=_NOW + 600, nudged=_APPROVERS)
            yield card_message(nudged, CardKind.REQUESTER, approvers=_APPROVERS, usual_seconds={}, now=_NOW + 660)


def _that_wait(language: str) -> Sequence[ImageRequest]:
    """One of one machine and one of several that wait."""
    waiting = [one for one in (*requests(language), *of_several(language)) if one.state is State.PENDING]
    return [next(one for one in waiting if one.plan.only), next(one for one in waiting if not one.plan.only)]


WALL = 12
"""Messages that hang in one room: a browser takes no picture of any height."""


def hang(slack: Slack, language: str) -> list[str]:
    """Puts them up in channels that everybody can see, a few in each; says which."""
    kinds = {
        "cards-of-approvers": list(cards(language, CardKind.APPROVAL)),
        "cards-of-requesters": list(cards(language, CardKind.REQUESTER)),
        "notices": list(notices(language)),
        "freezes": list(frozen(language)),
        "reminders": list(reminders(language)),
        "rules": list(gallery_of_rules.of_rules(_that_wait(language))),
        "questions-and-emergencies": list(gallery_of_rules.told(requests(language), language)),
    }
    walls = {
        f"{kind}-{first // WALL + 1}": messages[first : first + WALL]
        for kind, messages in kinds.items()
        for first in range(0, len(messages), WALL)
    }
    for name, messages in walls.items():
        room = f"C0{name.upper().replace('-', '')}"
        slack.add_channel(Channel(id=room, name=name, members=set(slack.users), locale="en-US"))
        for message in messages:
            blocks = tuple(block.to_dict() for block in message.blocks)
            slack.post(Posted(channel=room, ts="", author=slack.app.user_id, text=message.text, blocks=blocks))
    return list(walls)
