"""Every screen, in every state, in both languages, with values that try to break it: within Slack's limits, no live
mention, and the same facts in words for those who do not see blocks.
"""

import ast
import dataclasses
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from slack_sdk.models.views import View

from bot.demo.slack.surfaces import message_problems, suggestion_problems, view_problems
from bot.domain.cloud import Instance, Seen, Snapshot
from bot.domain.delivery import Card, CardKind
from bot.domain.disks import AddedDisk, Charge, ChargeMode, ChargeUnit
from bot.domain.draft import DiskForm, Draft, DraftJob, DraftState, Fitting, OtherRequest, with_instance
from bot.domain.errors import Code, Field, Problem
from bot.domain.freeze import Freeze
from bot.domain.lifecycle import CALLS, OPEN, Move, Notice, Place, State
from bot.domain.meanwhile import Allowed
from bot.domain.plan import MAX_JOBS, DiskAction, Order, Plan, PlannedJob, WhileImaged
from bot.domain.planning import draw_up, job_of
from bot.domain.request import ImageRequest, Question, Verdict
from bot.domain.rule import Ruleset
from bot.domain.steps import Job, StepState
from bot.service.board import SHOWN, Board, Entry
from bot.service.search import Matches, RegionMatches, Unlisted
from bot.slack.protocol import block_ids, ids, parse, values
from bot.slack.protocol.markup import code
from bot.slack.screens import details, disk_form, instance_fields, instance_menu, machine_form, options, request_form
from bot.slack.screens.buttons import CONSOLE_URL
from bot.slack.screens.card import card_message, second_card
from bot.slack.screens.emergency import emergency_form, emergency_message
from bot.slack.screens.freeze import freeze_message
from bot.slack.screens.home import home
from bot.slack.screens.machines import LONGEST
from bot.slack.screens.message import Message
from bot.slack.screens.notice import not_submitted, notice_message
from bot.slack.screens.plainer import plainer
from bot.slack.screens.question import question_form, question_message
from bot.slack.screens.rejection import rejection_form
from bot.slack.screens.reminder import reminder_message
from bot.slack.screens.window import errors_of, message_view
from bot.texts import card, units
from bot.texts import request_form as request_texts
from bot.texts.problems import explain
from bot.web import LARGEST_BODY
from tests.unit import examples
from tests.unit.examples import (
    a_decision,
    a_disk,
    a_plan_of,
    a_request,
    a_request_of,
    a_rule,
    an_instance,
    plan_for,
    rejob,
    replan,
    stop_image_start,
)

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "zh")
ENTERED = 3000
"""Characters that a person may type into one of our fields at most (Slack: plain_text_input)."""
ROOM = LARGEST_BODY / 2 - len(quote_plus(json.dumps("补" * ENTERED)))
"""Bytes of a screen of ours in what Slack sends, with a field that is full: half of what is taken."""
NASTY = "<!channel> <@U0EVE> <http://evil|x> *b* _i_ `c` ```\n& > 🙂 \u202eright to left"
EMERGENCY: dict[str, Any] = {
    "decisions": (),
    "emergency_by": "U0BEN",
    "emergency_why": (NASTY.replace("\n", " ") * 9)[:500],
    "emergency_at": 1_000.0,
}
REVIEWED: dict[str, Any] = {"reviewed_by": "U0AMY", "reviewed_at": 2_000.0}
QUESTION = Question(asker="U0BEN", text=(NASTY.replace("\n", " ") * 9)[:300], at=1_000.0)
REGIONS = ("cn-north-1", "cn-east-2")
APPROVERS = ("U0BEN", "S0ADMINS")
SNAPSHOT = Snapshot(
    id="snapshot-" + "s" * 40, name=NASTY * 3, size_gb=40, status="available", created="2026-11-20 10:00"
)
HOSTILE = {
    "NUL": "a\0b",
    "bidi": "\u202egnp.exe\u2066 \u2069\u200f",
    "invisible": "a\u200bb\ufeff\u00ad",
    "lines": "one\rtwo\u2028three\u2029four\x1b[31m\x07",
    "markup": "`*_~<!here>&lt;|",
    "long": "n" * 3000,
    "wide": "𝒲" * 3000,
}
"""What a device, a disk, an instance, a snapshot or a text may be called by somebody else."""

MANY = tuple(a_disk(f"vd{a}{b}", name=NASTY) for a in ("", "a") for b in "bcdefghijklmnopqrstuvwxyz")


def nasty_instance() -> Instance:
    """Forty disks and names that try everything."""
    return an_instance(name=NASTY * 3, data_disks=(*an_instance().data_disks, *MANY[3:]))


def an_added_disk(device: str = "vdi") -> AddedDisk:
    """From a snapshot, with everything said."""
    charge = Charge(mode=ChargeMode.PREPAID_BY_DURATION, unit=ChargeUnit.YEAR, duration=3)
    return AddedDisk(
        device=device,
        name=NASTY[:32],
        disk_type="ssd",
        size_gb=1000,
        az="cn-north-1a",
        snapshot=SNAPSHOT,
        auto_delete=False,
        multi_attachable=True,
        charge=charge,
    )


OURS = "i-abc123"


def looked_at(draft: Draft, instance: Instance, allowed: Allowed) -> Draft:
    """The form of one instance, as that stands now."""
    return draft.with_job(with_instance(draft.jobs[0], instance, allowed))


def a_draft(language: str, **changes: Any) -> Draft:
    """A form that was just opened, in a channel that hears of the image."""
    shown = {"revision": 1, "view_id": "V1", "announce_in": "C0OPS"}
    return examples.a_draft(language=language, **shown | changes)


def drafts(language: str) -> Iterator[Draft]:
    """The form in all its stages."""
    problems = tuple(Problem(Code.UNPLANNED, field, {"reference": NASTY}) for field in (None, *Field))
    loaded = {"instance_id": "i-abc123", "instance": an_instance(), "name": "web-1-1", "free_names": ("web-1-1",)}
    typed = {"name": NASTY, "description": NASTY * 9, "note": NASTY * 40}
    yield a_draft(language)
    yield a_draft(language, announce_in="")
    yield a_draft(language, instance_id="i-abc123")
    yield a_draft(language, instance_id="i-abc123", problems=problems)
    yield a_draft(language, **loaded)
    yield a_draft(language, **(loaded | {"instance": an_instance(status="running", system_disk=None, data_disks=())}))
    for allowed in (Allowed(), Allowed(stopping=False, live_images=True)):
        hungry = {"charge_mode": "prepaid_by_duration", "charge_on_stopped": "stopCharging"}
        running = a_draft(language, **loaded, problems=problems, not_before=1_800_000_000.0, usual_seconds=1_000.0)
        yield looked_at(running, an_instance(status="running", **hungry), allowed)
        yield looked_at(running, an_instance(status="running", name=NASTY * 3), allowed)
    yield a_draft(language, **(loaded | typed | {"instance": nasty_instance(), "left_out": frozenset({"vdb"})}))
    yield a_draft(language, **loaded, left_out=frozenset({"vdb", "vdc"}), added=(an_added_disk(), an_added_disk("vdh")))
    yield a_draft(language, **loaded, problems=problems)
    for runs in (False, True):
        yield of_several(language, running=runs)
        yield of_several(language, running=runs, problems=problems, added=(an_added_disk(), an_added_disk("vdh")))
    for nearly in (False, True):
        fitting = Fitting(words=NASTY, instances=(an_instance(), nasty_instance()), nearly=nearly)
        yield a_draft(language, unsettled=(fitting,))
    yield a_draft(language, unsettled=(Fitting(words=NASTY, instances=(nasty_instance(),)),))


def of_several(language: str, *, running: bool, count: int = 4, **changes: Any) -> Draft:
    """A form of several instances in several states: one is loading, and one could not be loaded."""
    problems, disks = changes.pop("problems", ()), changes.pop("disks", None)
    draft = a_draft(language)
    for number in range(count):
        instance = an_instance(id=f"i-{number}", name=f"web-{number}", status="running" if running else "stopped")
        if disks:
            instance = dataclasses.replace(instance, data_disks=disks)
        job = DraftJob(region=("cn-north-1", "cn-east-2")[number % 2], instance_id=instance.id, problems=problems)
        job = dataclasses.replace(with_instance(job, instance, Allowed()), free_names=(f"web-{number}-1",), **changes)
        draft = dataclasses.replace(draft, jobs=(*draft.jobs, job))
    if count == MAX_JOBS:
        return draft
    waiting = DraftJob(region="cn-north-1", instance_id="i-waiting")
    failed = DraftJob(region="cn-north-1", instance_id="i-failed", problems=(Problem(Code.CLOUD_SILENT),))
    busy = with_instance(
        DraftJob(region="", instance_id="i-busy"), an_instance(id="i-busy", status="stopping"), Allowed()
    )
    return dataclasses.replace(draft, jobs=(*draft.jobs, waiting, failed, busy))


def disk_forms(language: str) -> Iterator[Draft]:
    """The form of a disk in all its stages."""
    loaded = {"instance_id": "i-abc123", "instance": an_instance()}
    for form in (
        DiskForm(instance_id=OURS, device="vde"),
        DiskForm(instance_id=OURS, device="vde", from_snapshot=True),
        DiskForm(
            instance_id="i-abc123",
            device="vde",
            from_snapshot=True,
            snapshot=SNAPSHOT,
            size="9999",
            disk_type="premium-hdd",
        ),
        DiskForm(
            instance_id="i-abc123",
            device="vdb",
            name=NASTY,
            description=NASTY * 9,
            charge_mode=ChargeMode.PREPAID_BY_DURATION,
        ),
        DiskForm(
            instance_id="i-abc123",
            charge_mode=ChargeMode.PREPAID_BY_DURATION,
            charge_unit=ChargeUnit.YEAR,
            charge_duration="9",
        ),
    ):
        yield a_draft(language, **loaded, disk_form=form)


def requests(language: str) -> Iterator[ImageRequest]:
    """A request in every state, plain and nasty, with and without problems, with one step and with several."""
    nasty = plan_for(nasty_instance(), left_out=frozenset({"vdb"}), image_name="x" * 32, description=(NASTY * 9)[:245])
    nasty = replan(nasty, added=(an_added_disk(),))
    problems = (Problem(Code.SEVERAL_IMAGES, facts={"images": NASTY}), Problem(Code.CLOUD_SILENT))
    times = {"called_at": 1_090.0, "working_since": 1_100.0, "ended_at": 1_400.0}
    for state in State:
        made = times | {"result": "img-1"} if state in {State.WORKING, State.READY, State.PARTLY} else {}
        base = a_request(
            image=made,
            state=state,
            language=language,
            approved_at=1_000.0,
            finished_at=1_400.0,
            ended_by="U0AMY",
            quorum=2,
        )
        verdict = Verdict.REJECT if state is State.REJECTED else Verdict.APPROVE
        decision = dataclasses.replace(a_decision("U0BEN", base.plan.hash, verdict=verdict), reason=NASTY * 8)
        decided = dataclasses.replace(base, decisions=(decision,))

        def with_step(decided: ImageRequest = decided, **changes: Any) -> ImageRequest:
            (job, *more) = decided.jobs
            step = dataclasses.replace(job.steps[0], **changes)
            return dataclasses.replace(decided, jobs=(dataclasses.replace(job, steps=(step,)), *more))

        yield decided
        if state not in {State.PENDING, State.REJECTED}:
            yield dataclasses.replace(decided, **EMERGENCY)
            yield with_step(dataclasses.replace(decided, **EMERGENCY | REVIEWED), problems=problems)
        for meant in (WhileImaged.STOP_AND_START, WhileImaged.LIVE):
            meanwhile = replan(nasty, while_imaged=meant, releases=True, not_before=5_000.0)
            yield rejob(decided, plan=meanwhile, note=NASTY, seen_status=NASTY[:32], seen_at=900.0)
        noted: dict[str, Any] = {"noted": problems} if state is State.PENDING else {}
        yield dataclasses.replace(with_step(problems=problems), plan=nasty, note=(NASTY * 40)[:1000], **noted)
        if state is State.PENDING:
            yield base
            yield dataclasses.replace(base, questions=(QUESTION,) * 3)
        if state is State.WORKING:
            calling: dict[str, Any] = {"state": StepState.CALLING, "result": "", "working_since": None}
            yield with_step(**calling)
            yield with_step(**calling, problems=problems)
            yield with_step(**calling | {"state": StepState.UNSURE}, problems=problems)
            yield with_step(cloud_status=NASTY[:64], cloud_status_since=1_200.0)
            yield from (dataclasses.replace(decided, jobs=(job,), ending=ending) for job, ending in ON_THE_WAY)
        if state is State.APPROVED:
            yield rejob(with_step(problems=problems), waits_for="IR-NB2KV")
            yield dataclasses.replace(decided, begin_at=5_000.0)
            yield with_step(problems=(Problem(Code.INSTANCE_NOT_STOPPED, facts={"instance": NASTY, "status": NASTY}),))
        if state is State.FAILED:
            yield with_step(result="img-1", problems=(Problem(Code.IMAGE_BROKEN),))
            yield dataclasses.replace(decided, jobs=(stop_image_start(DONE, FAILED, DONE),))
            yield dataclasses.replace(decided, jobs=(stop_image_start(DONE, SKIPPED, DONE),), ending=True)
        if state is State.READY:
            yield dataclasses.replace(decided, jobs=(stop_image_start(DONE, DONE, SKIPPED),))


PLANNED, CALLING, WORKING, UNSURE = StepState.PLANNED, StepState.CALLING, StepState.WORKING, StepState.UNSURE
DONE, SKIPPED, FAILED = StepState.DONE, StepState.SKIPPED, StepState.FAILED
OFF = (
    Problem(Code.STILL_OWED, facts={"instance": NASTY}),
    Problem(Code.CLOUD_NO_STOCK),
    Problem(Code.NOT_STARTED, facts={"instance": NASTY}),
)
ON_THE_WAY = (
    (stop_image_start(CALLING, PLANNED, PLANNED), False),
    (stop_image_start(WORKING, PLANNED, PLANNED), False),
    (stop_image_start(WORKING, PLANNED, PLANNED, cloud_status=NASTY[:64], cloud_status_since=1_200.0), False),
    (stop_image_start(UNSURE, SKIPPED, PLANNED, problems=OFF), False),
    (stop_image_start(DONE, PLANNED, PLANNED), False),
    (stop_image_start(DONE, CALLING, PLANNED), False),
    (stop_image_start(DONE, WORKING, PLANNED, result="img-1", progress="2/3"), False),
    (stop_image_start(DONE, WORKING, PLANNED, result="img-1"), True),
    (stop_image_start(DONE, UNSURE, WORKING, problems=OFF), False),
    (stop_image_start(SKIPPED, WORKING, SKIPPED, result="img-1"), False),
    (stop_image_start(DONE, DONE, WORKING), False),
    (stop_image_start(DONE, DONE, PLANNED, problems=OFF), False),
    (stop_image_start(DONE, FAILED, CALLING, problems=OFF), True),
)
"""A running machine, between its stop and its start, and whether somebody has ended it."""


def off_and_in_doubt() -> Job:
    """A machine of whose image nobody knows, and which JD Cloud does not start: two things for a person to settle."""
    job = stop_image_start(DONE, UNSURE, PLANNED, problems=(Problem(Code.ANSWER_LOST),))
    stop, image, start = job.steps
    return dataclasses.replace(job, steps=(stop, image, dataclasses.replace(start, problems=OFF)))


def requests_of_several(language: str) -> Iterator[ImageRequest]:
    """Two to ten machines in every state, plain and nasty."""
    jobs = {
        "made": stop_image_start(DONE, DONE, DONE, result="img-1"),
        "failed": stop_image_start(DONE, FAILED, DONE, problems=(Problem(Code.CLOUD_FORBIDDEN),)),
        "broken": stop_image_start(DONE, FAILED, DONE, result="img-2", problems=(Problem(Code.IMAGE_BROKEN),)),
        "unsure": stop_image_start(DONE, UNSURE, DONE, problems=(Problem(Code.ANSWER_LOST),)),
        "off": stop_image_start(DONE, DONE, PLANNED, problems=OFF),
        "unsure_and_off": off_and_in_doubt(),
        "odd": stop_image_start(DONE, WORKING, PLANNED, cloud_status=NASTY[:64], cloud_status_since=1_200.0),
        "making": stop_image_start(DONE, WORKING, PLANNED, result="img-3", progress="2/3"),
        "skipped": stop_image_start(SKIPPED, SKIPPED, SKIPPED),
        "planned": stop_image_start(PLANNED, PLANNED, PLANNED),
    }
    for number, names in enumerate(
        (
            "planned planned",
            "making planned",
            "making making making making",
            "made making planned planned planned",
            "made failed planned planned planned planned",
            "made unsure planned",
            "unsure unsure unsure unsure unsure",
            "off off off off planned",
            "odd odd odd odd",
            "odd unsure off failed made making broken",
            "unsure_and_off planned",
            "made made",
            "made failed skipped",
            "failed broken",
            "skipped " * 10,
            "made " * 10,
            "failed " * 9 + "made",
            "planned " * 10,
        )
    ):
        chosen = [jobs[name] for name in names.split()]
        orders = list(Order) if number % 2 else list(Order)[::-1]  # by turns
        for plan, order in zip((a_plan_of(len(chosen)), a_nasty_plan_of(len(chosen))), orders, strict=True):
            request = a_request_of(
                *chosen, plan=dataclasses.replace(plan, order=order), language=language, ended_by="U0AMY"
            )
            yield request
            yield dataclasses.replace(request, ending=True, note=(NASTY * 40)[:1000])
            if request.state is not State.APPROVED:
                continue
            yield dataclasses.replace(request, begin_at=5_000.0)
            seen = rejob(request, seen_status=NASTY[:32], seen_at=900.0)
            for state in (State.PENDING, State.CANCELLED, State.EXPIRED, State.REJECTED):
                verdict = Verdict.REJECT if state is State.REJECTED else Verdict.APPROVE
                decision = dataclasses.replace(a_decision("U0BEN", "h", verdict=verdict), reason=NASTY * 8)
                yield dataclasses.replace(seen, state=state, decisions=(decision,), quorum=2)


def a_nasty_plan_of(count: int) -> Plan:
    """So many machines with forty disks each, called by what tries everything, in regions that no list has."""
    whiles = (WhileImaged.STOP_AND_START, WhileImaged.LIVE, WhileImaged.STOPPED)
    added = tuple(an_added_disk(f"vd{letter}") for letter in "bcdefghi")

    def nasty(number: int) -> PlannedJob:
        instance = dataclasses.replace(nasty_instance(), id=f"i-nasty{number}", region=f"cn-nowhere-{number}")
        job = job_of(instance, left_out=frozenset(), image_name=f"{'x' * 31}{number}", while_imaged=whiles[number % 3])
        disks = [
            dataclasses.replace(disk, fate=DiskAction.LEAVE_OUT if place % 2 else DiskAction.SNAPSHOT)
            for place, disk in enumerate(job.data_disks)
        ]
        return dataclasses.replace(job, data_disks=tuple(disks), added=added, releases=number % 3 == 0)

    jobs = [nasty(number) for number in range(count)]
    return draw_up(jobs, description=(NASTY * 9)[:245], not_before=5_000.0)


def every_request(language: str) -> Iterator[ImageRequest]:
    """Of one machine and of several."""
    yield from requests(language)
    yield from requests_of_several(language)


FROZEN = Freeze(by="U0BEN", at=1_000.0, until=2_000.0, why=NASTY * 3, ended_by="U0BEN")
FREEZES = (FROZEN, dataclasses.replace(FROZEN, why="", scope=("", NASTY[:50])))
"""Of everything with a reason that tries everything, and of two rules without any."""


def boards(everything: list[ImageRequest]) -> Iterator[Board]:
    """Nothing at all, and as much of every kind as there can be."""
    usual: dict[str, Any] = {"ids": {"U0AMY"}, "more_wait": False, "more_under_way": False, "more_ended": False}
    yield Board(waiting=(), roles_known=True, under_way=(), ended=(), **usual)
    yield Board(waiting=(), roles_known=False, under_way=(), ended=(), **usual)
    usual |= {"more_wait": True, "more_under_way": True, "more_ended": True}
    undecided = [one for one in everything if one.needs_a_person]
    under_way = [one for one in everything if one.state in OPEN]
    ended = [one for one in everything if one.state not in OPEN]
    shown = [
        Card(id=1, request_id="IR-7K3QF", kind=kind, conversation="C0", channel="C0", ts="1.2", drawn_version=1)
        for kind in CardKind
    ]

    def entry(request: ImageRequest) -> Entry:
        return Entry(
            request=request,
            cards=shown if request.id == "IR-7K3QF" else (),
            ruleset=Ruleset((a_rule(warning=NASTY),), "hash"),
            frozen=FROZEN if request.note else None,
            usual_seconds=dict.fromkeys(range(MAX_JOBS), 1_020.0),
            others=[dataclasses.replace(request, id="IR-OTHER")],
        )

    for start in range(0, len(everything), SHOWN):
        waiting, going, over = (
            [entry(request) for request in (one * SHOWN)[start % len(one) :][:SHOWN]]
            for one in (undecided, under_way, ended)
        )
        usual |= {"frozen": FREEZES}
        yield Board(waiting=waiting, roles_known=True, under_way=going, ended=over, **usual)


def views(language: str) -> Iterator[View]:
    """Every modal and every Home."""
    for draft in drafts(language):
        yield request_form.request_form(draft)
        yield request_form.request_form(draft, frozen=FROZEN)
        yield request_form.checking_view(draft)
        yield request_form.stuck_view(draft, "E-123456")
        for job in draft.jobs:
            if job.instance:
                yield machine_form.machine_view(draft, job)
    for draft in disk_forms(language):
        yield disk_form.disk_view(draft)
    everything = list(every_request(language))
    for request in everything:
        yield request_form.sent_view(request, "To be decided")
        yield rejection_form(request, language)
        yield question_form(request, language)
        yield emergency_form(request, language)
    yield message_view(NASTY * 200, language)
    for request in (everything[0], everything[-1]):
        for lines in (200, 4_000):
            yield details.details_view(request, ["\n".join([f"line {n}" * 20 for n in range(lines)])] * 2, language)
    for board in boards(everything):
        for may_request in (False, True):
            url = "https://acme.slack.com/" if may_request else ""
            yield home(board, may_request=may_request, language=language, now=1_000.0, workspace_url=url)


def of_questions_and_emergencies(request: ImageRequest, language: str) -> Iterator[tuple[ImageRequest, Message]]:
    """What is told of an approver's question, and of what was begun without an approval."""
    if request.emergency_by:
        for notice in (Notice.PASSED_OVER, Notice.REVIEW_OWED):
            yield request, emergency_message(notice, request, language=language, approvers=APPROVERS)
    for notice, place in (
        (Notice.ASKED, Place.THREAD),
        (Notice.ASKED, Place.REQUESTER),
        (Notice.ASKED_UNHEARD, Place.THREAD),
    ):
        shown = Card(id=1, request_id=request.id, kind=CardKind.APPROVAL, conversation="C0OPS", channel="C0", ts="1.2")
        for url in ("", "https://acme.slack.com/"):
            message = question_message(
                notice, request, QUESTION, place=place, language=language, card=shown, workspace_url=url
            )
            yield request, message


def messages(language: str) -> Iterator[tuple[ImageRequest | None, Message]]:
    """Every card and every notice."""
    for request in every_request(language):
        for kind in CardKind:
            for usual in ({}, dict.fromkeys(range(10), 240.0)):
                yield request, card_message(request, kind, approvers=APPROVERS, usual_seconds=usual)
            yield request, card_message(request, kind, approvers=APPROVERS, usual_seconds={}, frozen=FROZEN)
        yield request, second_card(request)
        yield from of_questions_and_emergencies(request, language)
    targets = {notice: move.target for move in Move for notice, _ in move.owes} | {
        Notice.NOT_SHOWN: State.PENDING,
        Notice.CARD_LOST: State.PENDING,
        Notice.UNSURE: State.WORKING,
        Notice.MACHINE_OFF: State.WORKING,
        Notice.HELD: State.WORKING,
    }
    for request in every_request(language):
        for notice, state in targets.items():
            if request.state is state and (notice is not Notice.HELD or request.held_up):
                for place in Place:
                    moved = "C0OPS" if place is Place.ANNOUNCE else ""
                    yield (
                        request,
                        notice_message(
                            notice,
                            request,
                            place=place,
                            language=language,
                            approvers=APPROVERS,
                            moved_from=moved,
                            seen=dict.fromkeys(range(len(request.plan.jobs)), Seen(NASTY, 1_000.0)),
                        ),
                    )
    yield from calls(language)
    for draft in drafts(language):
        yield None, not_submitted(draft)
    for freeze in FREEZES:
        for notice in (Notice.FROZEN, Notice.UNFROZEN):
            for in_force in ((), FREEZES):
                yield None, freeze_message(notice, freeze, in_force, language)


def calls(language: str) -> Iterator[tuple[ImageRequest, Message]]:
    """What calls those who can still decide, and the card that says who was called."""
    for request in every_request(language):
        if request.state is State.PENDING:
            for notice in CALLS:
                called, now = [*APPROVERS, "S0ADMINS"], request.created_at + 90_000
                yield request, reminder_message(notice, request, called=called, card="", language=language, now=now)
            nudged = dataclasses.replace(request, nudged_at=2_000.0, nudged=APPROVERS)
            yield nudged, card_message(nudged, CardKind.REQUESTER, approvers=APPROVERS, usual_seconds={})


def hostile_instance(text: str) -> Instance:
    """Everything that JD Cloud tells in words is this text."""
    disks = tuple(
        a_disk(device, name=text, disk_id=text, disk_type=text) for device in ("vdb", "vdc", "vdz", f"vd{text}")
    )
    local = a_disk(text, name=text, disk_type=text, category="local", disk_id="")
    return an_instance(name=text, private_ip=text, status=text, az=text, data_disks=(*disks, local))


def hostile_drafts(text: str, language: str) -> Iterator[Draft]:
    """Forms in which every word of others is this text."""
    snapshot = Snapshot(id="snapshot-1", name=text, size_gb=40, status="available", created=text)
    added = dataclasses.replace(an_added_disk(), name=text, az=text, snapshot=snapshot)
    problems = tuple(
        Problem(code, field, dict.fromkeys(("reference", "message", "request_id", "devices"), text))
        for field in (None, *Field)
        for code in (Code.UNPLANNED, Code.CLOUD_INVALID, Code.DISKS_CHANGED) * 20
    )
    form = DiskForm(
        instance_id="i-abc123",
        device="vde",
        from_snapshot=True,
        snapshot=snapshot,
        size=text,
        name=text,
        description=text,
    )
    everything = {
        "instance_id": "i-abc123",
        "instance": hostile_instance(text),
        "name": text,
        "description": text,
        "note": text,
        "disk_form": form,
    }
    yield a_draft(language, **everything)
    yield a_draft(language, **everything, problems=problems)
    every = tuple(dataclasses.replace(added, device=f"vd{letter}") for letter in "bcdefghi")
    everything["disk_form"] = dataclasses.replace(form, replaces="vdi", device="vdi")
    alone = a_draft(language, **everything, added=every, problems=problems)
    yield alone
    found = problems[::7]  # of each, and more than there is room for
    more = [dataclasses.replace(alone.jobs[0], instance_id=f"i-{n}", problems=found) for n in range(1, MAX_JOBS)]
    yield dataclasses.replace(alone, jobs=(*alone.jobs, *more))


def hostile_job(job: Job, text: str) -> Job:
    """Whatever JD Cloud has told of its steps is this text."""
    steps = tuple(
        dataclasses.replace(
            step, result=step.result and text, progress=step.progress and text, cloud_status=step.cloud_status and text
        )
        for step in job.steps
    )
    return dataclasses.replace(job, steps=steps)


def hostile_screens(text: str, language: str) -> Iterator[dict[str, Any]]:
    """Every screen on which words of others are shown."""
    for draft in hostile_drafts(text, language):
        for view in (
            request_form.request_form(draft),
            machine_form.machine_view(draft, draft.jobs[0]),
            disk_form.disk_view(draft),
            request_form.checking_view(draft),
        ):
            yield view.to_dict()
            yield plainer(view, language, "E-123456").to_dict()
        yield {"type": "message", "blocks": [block.to_dict() for block in not_submitted(draft).blocks]}
    plan = plan_for(
        dataclasses.replace(hostile_instance(text), data_disks=hostile_instance(text).data_disks[:3]),
        left_out=frozenset(),
        image_name="x" * 32,
        description=text[:245],
    )
    spoilt: list[ImageRequest] = []
    for request in requests(language):
        hostile = dataclasses.replace(
            request, plan=plan, note=text[:1000], jobs=tuple(hostile_job(job, text) for job in request.jobs)
        )
        if hostile in spoilt:  # they differed in what is hostile now
            continue
        spoilt.append(hostile)
        yield request_form.sent_view(hostile, "To be decided").to_dict()
        yield rejection_form(hostile, language).to_dict()
        yield question_form(hostile, language).to_dict()
        yield emergency_form(hostile, language).to_dict()
        hostile = dataclasses.replace(
            hostile, **EMERGENCY | {"emergency_why": text[:500], "decisions": request.decisions}
        )
        asked = Question(asker="U0BEN", text=text[:300], at=1_000.0)
        hostile = dataclasses.replace(hostile, questions=(asked,) * 3)
        for kind in CardKind:
            frozen = Freeze(by="U0BEN", at=1_000.0, until=2_000.0, why=text[:300])
            message = card_message(hostile, kind, approvers=APPROVERS, usual_seconds={}, frozen=frozen)
            yield {"type": "message", "blocks": [block.to_dict() for block in message.blocks], "text": message.text}
    yield details.details_view(a_request(), [json.dumps({"name": text}, ensure_ascii=False)], language).to_dict()


def distinct(screens: Iterable[Any]) -> Iterator[Any]:
    """Each of them once: many stages of a request look alike."""
    seen = set()
    for screen in screens:
        if (whole := json.dumps(screen)) not in seen:
            seen.add(whole)
            yield screen


def words_in(shown: Any) -> Iterator[str]:
    """All words of a screen, and what is in its fields."""
    if isinstance(shown, dict):
        for key, value in shown.items():
            if key in {"text", "initial_value"} and isinstance(value, str):
                yield value
            else:
                yield from words_in(value)
    elif isinstance(shown, list):
        for value in shown:
            yield from words_in(value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_that_was_sent_before(language: str) -> None:
    """Only the window that the result is drawn into waits for it; any other says what has become of the form."""
    loaded = {"instance_id": "i-abc123", "instance": an_instance(), "request_id": "IR-7K3QF"}
    shown = {}
    for state in DraftState:
        for view_id in ("V1", "V2"):
            draft = a_draft(language, **loaded, state=state)
            view = request_form.standing_view(draft, view_id=view_id).to_dict()
            assert view_problems(view, "modal") == ()
            shown[state, view_id] = json.dumps(view, ensure_ascii=False)
    assert "web-1" in shown[DraftState.CHECKING, "V1"]
    assert "web-1" not in shown[DraftState.CHECKING, "V2"]
    assert "IR-7K3QF" in shown[DraftState.SENT, "V2"]
    assert ids.REQUEST_FORM in shown[DraftState.OPEN, "V2"]
    assert request_texts.NOT_SENT_CHANGED(language) in shown[DraftState.OPEN, "V2"]
    back = json.dumps(
        request_form.request_form(a_draft(language, **loaded, came_back=True)).to_dict(), ensure_ascii=False
    )
    assert request_texts.NOT_SENT(language) in back
    fresh = json.dumps(request_form.request_form(a_draft(language, **loaded)).to_dict(), ensure_ascii=False)
    assert "⚠️" not in fresh


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_words_of_others_break_no_screen(text: str, language: str) -> None:
    """Slack takes it; nothing turns a line around, ends a code span, or pushes out what the line is about."""
    for shown in distinct(hostile_screens(text, language)):
        blocks = shown["blocks"]
        if shown["type"] == "message":
            assert message_problems(blocks) == ()
        else:
            assert view_problems(shown, shown["type"]) == ()
            assert len(json.dumps(shown, ensure_ascii=False).encode()) < 250_000
        for words in words_in(shown):
            assert {unicodedata.category(c) for c in words if c != "\n"}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
        for words in markdown_of(blocks):
            assert words.count("`") % 2 == 0
            assert all(is_ours(mention) for mention in live_mentions(words))


def test_a_long_name_leaves_room_for_what_the_line_is_about() -> None:
    """Nothing behind it is cut off."""
    instance = hostile_instance(HOSTILE["long"])
    draft = a_draft("en", instance_id="i-abc123", instance=instance)
    shown = json.dumps(request_form.request_form(draft).to_dict())
    for words in ("Check again when it is stopped", "always in the image", "never included"):
        assert words in shown
    request = next(iter(requests("en")))
    named = dataclasses.replace(request, plan=replan(request.plan, instance_name=HOSTILE["long"]))
    card = json.dumps(
        [b.to_dict() for b in card_message(named, CardKind.APPROVAL, approvers=(), usual_seconds={}).blocks]
    )
    assert "i-abc123" in card


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["web", "a name that is far too long " * 9, HOSTILE["markup"]])
def test_ten_instances_of_forty_disks(language: str, name: str) -> None:
    """As many as a request may have, with all that may be said of each: Slack takes every screen of their form."""
    disks = tuple(a_disk(f"vd{chr(98 + n)}" if n < 24 else f"vdx{n}", name=f"{name} {n}") for n in range(40))
    problems = tuple(
        Problem(code, field, {"devices": name, "message": name, "reference": name})
        for field in (None, *Field)
        for code in (Code.UNPLANNED, Code.CLOUD_INVALID, Code.DISKS_CHANGED)
    )
    others = tuple(OtherRequest(id=f"IR-{n:05}", requester="U0AMY", state=State.PENDING) for n in range(40))
    wanted = {
        "left_out": frozenset(f"vd{letter}" for letter in "bcdefghi"),
        "added": tuple(dataclasses.replace(an_added_disk(f"vd{letter}"), name=name) for letter in "bcdefghi"),
        "others": others,
        "problems": problems,
        "disks": disks,
    }
    for running in (False, True):
        draft = of_several(language, running=running, count=MAX_JOBS, **wanted)
        fitting = tuple(
            Fitting(words=f"{name}{n}", instances=tuple(an_instance(id=f"i-{one}", name=name) for one in range(200)))
            for n in range(10)
        )
        draft = dataclasses.replace(draft, unsettled=fitting, problems=problems)
        views = [request_form.request_form(draft), request_form.checking_view(draft)]
        views += [machine_form.machine_view(draft, job) for job in draft.jobs]
        for view in (*views, *(plainer(view, language, "E-123456") for view in views)):
            shown = view.to_dict()
            assert view_problems(shown, "modal") == ()
            assert len(json.dumps(shown, ensure_ascii=False).encode()) < 250_000
            assert len(shown.get("private_metadata", "")) <= 3000
        assert message_problems([block.to_dict() for block in not_submitted(draft).blocks]) == ()


def test_a_form_of_very_many_disks() -> None:
    """However many an instance has, Slack takes its form, and the plainer one, and the boxes are all there."""
    for count in (0, 8, 60, 500):
        disks = tuple(a_disk(f"vd{chr(98 + n)}" if n < 24 else f"vdx{n}", name=f"disk {n}") for n in range(count))
        added = tuple(an_added_disk(f"vd{letter}") for letter in "bcdefghi") if not count else ()
        draft = a_draft("en", instance_id="i-abc123", instance=an_instance(data_disks=disks), added=added)
        view = request_form.request_form(draft)
        for one in (view, plainer(view, "en", "E-123456")):
            shown = one.to_dict()
            assert view_problems(shown, "modal") == ()
            assert len(json.dumps(shown)) < 250_000
        boxes = [
            option["value"]
            for block in view.to_dict()["blocks"]
            if block["type"] == "input"
            for option in block["element"].get("options", ())
            if block["element"]["type"] == "checkboxes"
        ]
        assert len(boxes) == min(count, 8)


def live_mentions(shown: str) -> set[str]:
    """What Slack would take for a mention or a link."""
    return set(re.findall(r"<[@!#][^>]+>|<https?:[^>]+>", shown))


def live_marks(shown: str) -> set[str]:
    """What of `NASTY` Slack would take for bold, slanted or code, outside of our code spans."""
    return set(re.findall(r"[*]b[*]|_i_|`c`", re.sub(r"`[^`]*`", "", shown)))


def is_ours(mention: str) -> bool:
    """People, groups and channels that we name, dates, and links to cards."""
    return mention in {"<@U0AMY>", "<@U0BEN>", "<!subteam^S0ADMINS>", "<#C0OPS>"} or mention.startswith(
        ("<!date^", "<https://acme.slack.com/archives/C0/p12|", f"<{CONSOLE_URL}|")
    )


def markdown_of(block: Any) -> Iterator[str]:
    """All texts in which Slack reads markup."""
    if isinstance(block, dict):
        if block.get("type") == "mrkdwn":
            assert block.get("verbatim") is True, "Slack would look for links and names by itself"
            yield block["text"]
        for value in block.values():
            yield from markdown_of(value)
    elif isinstance(block, list):
        for value in block:
            yield from markdown_of(value)


def drawn() -> set[str]:
    """The functions that draw a whole screen: a window, the Home, or a message."""
    return {
        node.name
        for path in (ROOT / "bot/slack/screens").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and isinstance(node.returns, ast.Name)
        and node.returns.id in {"View", "Message"}
    } - {"text_window"}  # which three of them are made by


def test_every_screen_is_drawn_here() -> None:
    """Who adds a screen adds it to `views` or `messages`."""
    tree = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {one.id for one in called if isinstance(one, ast.Name)}
    assert drawn() - names - {one.attr for one in called if isinstance(one, ast.Attribute)} == set()


def fits_through_the_door_twice(shown: Any) -> bool:
    """As Slack sends it back with a click: JSON with escapes, and that encoded for a form, with what was typed."""
    screen = json.dumps(shown)
    encoded = 3 * len(screen)  # at most
    if encoded > ROOM:
        encoded = len(urlencode({"payload": screen}))
    return encoded <= ROOM


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_modal_and_home(language: str) -> None:
    """Slack takes them all, and nothing that somebody typed is alive in them."""
    for view in views(language):
        shown = view.to_dict()
        assert view_problems(shown, shown["type"]) == ()
        assert fits_through_the_door_twice(shown)
        for text in markdown_of(shown["blocks"]):
            assert all(is_ours(mention) for mention in live_mentions(text))
            assert live_marks(text) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message(language: str) -> None:
    """Slack takes them all; the text says the same for those who do not see blocks. Whatever Slack refuses, the buttons
    stay: of the steps down, only the last one, which has no blocks, is without them.
    """
    seen = set()
    for request, message in messages(language):
        whole = [block.to_dict() for block in message.blocks]
        about = request and (request.id, request.plan.jobs[0].image_name, request.plan.jobs[0].called)
        if (shown := json.dumps([about, message.text, whole])) in seen:
            continue
        seen.add(shown)
        *steps, last = message.shorter("E-123456")
        fewer = [[block.to_dict() for block in one.blocks] for one in steps]
        for one, blocks in zip((message, *steps, last), (whole, *fewer, []), strict=True):
            assert one.blocks or one is last
            assert message_problems(blocks) == ()
            assert 0 < len(one.text) <= 4000
            for text in (one.text, *markdown_of(blocks)):
                assert all(is_ours(mention) for mention in live_mentions(text))
                assert one is not message or live_marks(text) == set()  # shorter ones may end within a code span
            if request is not None and len(one.text) < 4000:
                first = request.plan.jobs[0]
                named = (request.id, first.image_name, code(first.called), code(first.called, LONGEST))
                assert any(name in one.text for name in named)
        assert fits_through_the_door_twice(whole)
        assert [labels(blocks) for blocks in fewer] == [labels(whole)] * 2
        for blocks, most in zip(fewer, (3, 1), strict=True):
            assert len(blocks) <= most + len(message.kept)
        assert all("E-123456" in json.dumps(blocks) for blocks in fewer)
        assert last.blocks == []
        assert "E-123456" in last.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_number_of_reasons_leaves_room_for_the_buttons(language: str) -> None:
    """Two hundred disks that have changed: within Slack's limits, with the way out, and with how many more."""
    problems = tuple(Problem(Code.DISKS_CHANGED, facts={"devices": f"vd{n}" * 60}) for n in range(200))
    failed = a_request(image={"problems": problems}, state=State.FAILED, language=language)
    shown = (
        card_message(failed, CardKind.REQUESTER, approvers=APPROVERS, usual_seconds={}),
        notice_message(Notice.FAILED, failed, place=Place.ANNOUNCE, language=language, approvers=APPROVERS),
        not_submitted(a_draft(language, instance_id="i-abc123", problems=problems)),
    )
    for message in shown:
        blocks = [block.to_dict() for block in message.blocks]
        assert message_problems(blocks) == ()
        assert card.REQUEST_AGAIN(language) in buttons(message)
        assert re.search(r"… and \d+ more|另有 \d+ 项", json.dumps(blocks, ensure_ascii=False))


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_it_failed_follows_that_it_did(language: str) -> None:
    """How the machine was seen comes after."""
    problem = Problem(Code.CLOUD_FORBIDDEN)
    request = a_request({"problems": (problem,)}, state=State.FAILED, language=language)
    seen = {0: Seen("running", 1_000.0)}
    told = notice_message(Notice.FAILED, request, place=Place.ANNOUNCE, language=language, approvers=(), seen=seen)
    first, second, third = told.text.splitlines()
    assert first.endswith((":", "："))
    assert second == explain(problem, language)
    assert units.instance_status("running", language) in third


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CardKind)
def test_a_card_says_a_thing_once(kind: CardKind, language: str) -> None:
    """No sentence comes twice, where it stands is said in its first line, and a colon announces something."""
    for request in requests(language):
        if (
            request.note or request.rejection or request.questions or request.emergency_by
        ):  # what people write, they may write twice
            continue
        text = card_message(request, kind, approvers=APPROVERS, usual_seconds={0: 1_020.0}, now=2_000.0).text
        sentences = [part for part in re.split(r"[.。:：·\n] *", re.sub(r"<[^>]*>|`[^`]*`", "", text)) if len(part) > 4]
        assert len(sentences) == len(set(sentences)), text
        if request.state is State.WORKING:
            assert text.lower().count(shown_state(request).lower()) == 1, text
        if not request.problems and request.state is not State.FAILED:  # which has its reasons
            assert not re.search(r"[:：]$", text, re.MULTILINE), text


@pytest.mark.parametrize("kind", CardKind)
def test_a_time_that_has_come_is_not_waited_for(kind: CardKind) -> None:
    """Until it begins, which nobody need hasten."""
    request = a_request(state=State.APPROVED, begin_at=5_000.0)
    before, after = (
        card_message(request, kind, approvers=APPROVERS, usual_seconds={}, now=now) for now in (4_999.0, 5_000.0)
    )
    assert "Start now" in buttons(before)
    assert "Start now" not in buttons(after)
    assert "Begins <!date" in before.text
    assert "Begins as soon as" in after.text


def shown_state(request: ImageRequest) -> str:
    """What a card says first of where a request stands."""
    language = request.language
    if request.odd:
        return card.CLOUD_SAYS_SHORT(language, status=code(request.odd.cloud_status))
    if request.state is State.APPROVED and (request.problems or request.waits_for or request.begin_at):
        return (card.WAITING_UNAPPROVED if request.emergency_by else card.WAITING_SHORT)(language)
    if request.state is State.APPROVED and request.emergency_by:
        return card.STARTING_UNAPPROVED(language)
    if request.stuck:
        return card.OFF_SHORT(language)
    if request.state is State.FAILED and request.ending:
        return card.ENDED_SHORT(language)
    step = request.unsure or request.current
    if request.state is not State.WORKING or step is None:
        return units.state(request.state, language)
    if (step.kind, step.state) == ("image", CALLING) and step.problems:
        return card.DOUBTFUL_SHORT(language)
    return card.STEP_STATES[step.kind, step.state](language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_of_a_card_holds_its_facts(language: str) -> None:
    """State, image, instance, disks and description, in the order in which they matter."""
    for request in requests(language):
        if request.note:
            continue
        text = card_message(request, CardKind.APPROVAL, approvers=APPROVERS, usual_seconds={}).text
        for fact in (request.id, shown_state(request), "web-1-20261123", "i-abc123", "vdc", "weekly"):
            assert fact in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_options(language: str) -> None:
    """Look-ups give options that Slack takes, and that say again what they are."""
    instances = [an_instance(), nasty_instance(), an_instance(name="", private_ip="", status="x" * 80)]
    offered = [option.to_dict() for option in instance_fields.instance_options(instances, language)]
    assert suggestion_problems({"options": offered}) == ()
    for option, instance in zip(offered, instances, strict=True):
        chosen = values.InstanceChoice.decode(option["value"])
        assert (chosen.region, chosen.id) == (instance.region, instance.id)
    snapshots = [option.to_dict() for option in disk_form.snapshot_options([SNAPSHOT], language)]
    assert suggestion_problems({"options": snapshots}) == ()
    chosen_snapshot = values.SnapshotChoice.decode(snapshots[0]["value"])
    assert (chosen_snapshot.id, chosen_snapshot.size_gb) == (SNAPSHOT.id, SNAPSHOT.size_gb)
    for answer in (Code.CLOUD_SILENT, Code.CLOUD_FORBIDDEN, Code.CLOUD_FAILED):
        unavailable = options.unavailable("cn-north-1", Problem(answer), language).to_dict()
        assert suggestion_problems({"options": [unavailable]}) == ()
        assert values.is_unavailable(unavailable["value"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_instances_of_all_regions(language: str) -> None:
    """Groups that Slack takes, with where they are and whether they run; who is not listed is said with why."""
    stopped, running = an_instance(), an_instance(id="i-2", name="web-2", status="running", region="cn-east-2")
    strange = (an_instance(name="", private_ip="", status="x" * 80), an_instance(id="../../etc"))
    matches = Matches(
        regions=(
            RegionMatches(region="cn-north-1", instances=(stopped, *strange)),
            RegionMatches(region="cn-east-2", instances=(running,)),
            RegionMatches(region="cn-far-9", instances=(an_instance(id="../../etc"),)),
        ),
        unlisted=(
            Unlisted(region="cn-south-1", why=Problem(Code.CLOUD_FORBIDDEN)),
            Unlisted(region="r" * 64, why=Problem(Code.CLOUD_SILENT)),
            Unlisted(region="cn-east-1", why=Problem(Code.CLOUD_FAILED)),
        ),
    )
    groups = instance_menu.instance_groups(matches, language)
    assert groups[0]["options"][0] == instance_menu.instance_option(stopped, language).to_dict()
    assert suggestion_problems({"option_groups": groups}) == ()
    labels = [group["label"]["text"] for group in groups]
    assert labels == [
        units.region(one, language) for one in ("cn-north-1", "cn-east-2", "cn-south-1", "r" * 64, "cn-east-1")
    ]
    assert [len(group["options"]) for group in groups] == [2, 1, 1, 1, 1]
    words = [group["options"][0]["text"]["text"] for group in groups]
    assert words[0] == f"web-1 · {units.instance_status('stopped', language)} · 10.0.0.5 · i-abc123"
    assert units.instance_status("running", language) in words[1]
    south, east = (units.region(one, language) for one in ("cn-south-1", "cn-east-1"))
    assert words[2] == request_texts.REGION_REFUSES(language, region=south)  # that does not pass by itself
    assert words[3].startswith("r" * 64)
    assert words[4] == request_texts.REGION_FAILS(language, region=east)
    offered = [option["value"] for group in groups for option in group["options"]]
    assert len(set(offered)) == len(offered)
    chosen = values.chosen_instances([*offered, values.InstanceChoice("cn-east-2", "i-2", "another name").encode()])
    assert [(one.region, one.id) for one in chosen] == [("cn-north-1", stopped.id), ("cn-east-2", running.id)]


@pytest.mark.parametrize("value", ["", "x", "/", "//", "a/", "../i-1/x", "cn-north-1/../x", "%2e%2e/%2e/x", "\0/\0/\0"])
@pytest.mark.parametrize("kind", [values.InstanceChoice, values.SnapshotChoice, values.ButtonValue])
def test_values_of_others(
    kind: type[values.InstanceChoice | values.SnapshotChoice | values.ButtonValue], value: str
) -> None:
    """What none of our screens has made is not read."""
    with pytest.raises(parse.Unreadable):
        kind.decode(value)


@pytest.mark.parametrize(
    "block_id",
    [
        "",
        "instance",
        "region/cn-north-1",
        "instance/..",
        "instance/../x",
        "snapshot/",
        "snapshot/../..",
        "instance/%2e/x/0/",
    ],
)
def test_blocks_of_others(block_id: str) -> None:
    """No region is read from a block that none of our forms has."""
    with pytest.raises(parse.Unreadable):
        block_ids.region_of(block_id)


def test_a_form_without_inputs() -> None:
    """Has no field that a problem could stand at: it was none of ours."""
    with pytest.raises(parse.Unreadable):
        errors_of([Problem(Code.INSTANCE_MISSING, Field.INSTANCE)], {}, "en")


def buttons(message: Message) -> list[str]:
    """The words on its buttons."""
    return labels([block.to_dict() for block in message.blocks])


def labels(blocks: Iterable[dict[str, Any]]) -> list[str]:
    """The words on the buttons of a message as Slack gets it."""
    rows = (block["elements"] for block in blocks if block["type"] == "actions")
    return [element["text"]["text"] for row in rows for element in row]


@pytest.mark.parametrize(
    ("request_", "approval", "requester"),
    [
        (a_request(), ["Approve", "Reject", "Ask"], ["Nudge", "Cancel"]),
        (a_request(state=State.APPROVED), [], ["Cancel"]),
        (a_request(state=State.APPROVED, begin_at=5_000.0), ["Start now"], ["Start now", "Cancel"]),
        (a_request({"state": CALLING}, state=State.WORKING), [], []),
        (a_request({"state": UNSURE}, state=State.WORKING), ["Check again", "Create anyway", "Give up"], []),
        (a_request(state=State.WORKING), [], []),
        (a_request(state=State.READY), ["Open the JD Cloud console"], ["Open the JD Cloud console"]),
        (a_request(state=State.PARTLY), ["Request again"], ["Request again"]),
        (a_request(state=State.FAILED), ["Retry", "Request again"], ["Retry", "Request again"]),
        (a_request(state=State.REJECTED), ["Request again"], ["Request again"]),
        (a_request(state=State.CANCELLED), ["Request again"], ["Request again"]),
        (a_request(state=State.EXPIRED), ["Request again"], ["Request again"]),
    ],
)
def test_buttons_by_state(request_: ImageRequest, approval: list[str], requester: list[str]) -> None:
    """Those that apply and no others; the call can always be looked at."""
    decision = a_decision("U0BEN", "h", verdict=Verdict.REJECT)
    request = dataclasses.replace(request_, decisions=(decision,))
    for kind, expected in ((CardKind.APPROVAL, approval), (CardKind.REQUESTER, requester)):
        shown = buttons(card_message(request, kind, approvers=APPROVERS, usual_seconds={}))
        assert shown == [*expected, "Details"]


END, START = ["End here"], ["Try again", "Leave it stopped"]
SETTLE = ["Check again", "Create anyway", "Give up"]


@pytest.mark.parametrize(
    ("job", "ending", "approval", "requester"),
    [
        (stop_image_start(WORKING, PLANNED, PLANNED), False, END, END),
        (stop_image_start(WORKING, PLANNED, PLANNED), True, [], []),
        (stop_image_start(DONE, PLANNED, PLANNED), False, END, END),
        (stop_image_start(DONE, WORKING, PLANNED), False, [], []),  # the image cannot be called back
        (stop_image_start(DONE, UNSURE, WORKING), False, SETTLE, []),
        (stop_image_start(DONE, DONE, PLANNED, problems=OFF), False, START, START),
        (stop_image_start(DONE, DONE, PLANNED, problems=OFF), True, START, START),
    ],
)
def test_buttons_on_the_way(job: Job, ending: bool, approval: list[str], requester: list[str]) -> None:  # noqa: FBT001 - what it is
    """A doubt is an approver's to settle; a machine that is off, and the end, are the requester's as well."""
    request = a_request(state=State.WORKING, jobs=(job,), ending=ending)
    for kind, expected in ((CardKind.APPROVAL, approval), (CardKind.REQUESTER, requester)):
        shown = buttons(card_message(request, kind, approvers=APPROVERS, usual_seconds={}))
        assert shown == [*expected, "Details"]


def test_a_machine_that_is_off_has_its_buttons_where_it_is_told() -> None:
    """In the notice, wherever that goes."""
    request = a_request(state=State.WORKING, jobs=(stop_image_start(DONE, DONE, PLANNED, problems=OFF),))
    for place in (Place.REQUESTER, Place.THREAD, Place.ANNOUNCE):
        told = notice_message(Notice.MACHINE_OFF, request, place=place, language="en", approvers=APPROVERS)
        assert buttons(told) == START


def test_an_image_of_which_nobody_knows_can_be_given_up() -> None:
    """By an approver, on their card."""
    odd = {"result": "img-1", "cloud_status": "create_failed", "cloud_status_since": 1.0}
    request = a_request(odd, state=State.WORKING)
    for kind, expected in ((CardKind.APPROVAL, ["Give up"]), (CardKind.REQUESTER, [])):
        shown = buttons(card_message(request, kind, approvers=APPROVERS, usual_seconds={}))
        assert shown == [*expected, "Details"]


@pytest.mark.parametrize(
    ("job", "line"),
    [
        (stop_image_start(WORKING, PLANNED, PLANNED), "● "),
        (stop_image_start(DONE, WORKING, PLANNED, progress="2/3"), "✔ "),
        (stop_image_start(DONE, DONE, PLANNED), "✔ "),
        (stop_image_start(DONE, UNSURE, WORKING), "✔ "),
        (stop_image_start(SKIPPED, WORKING, SKIPPED), "– "),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_has_a_line_for_the_steps(job: Job, line: str, language: str) -> None:
    """In their order, each with its mark; what is under way says how much of it is done, where that is told."""
    request = a_request(state=State.WORKING, jobs=(job,), language=language)
    text = card_message(request, CardKind.APPROVAL, approvers=APPROVERS, usual_seconds={}).text
    (steps,) = [one for one in text.splitlines() if one.startswith(line) and " · " in one]
    marks = {
        DONE: "✔",
        SKIPPED: "–",
        FAILED: "✘",
        PLANNED: "○",
        WORKING: "●",
        UNSURE: "?" if language == "en" else "？",
    }
    assert [part[0] for part in steps.split(" · ")] == [marks[step.state] for step in job.steps]
    counted = {"en": "2 of 3", "zh": "已完成 2 个"}[language]
    assert (counted in steps) is any(step.progress for step in job.steps)


def test_plain_words_on_the_form() -> None:
    """The labels that people, and the docs, call the fields by."""
    draft = a_draft("en", instance_id="i-abc123", instance=an_instance(), name="n1")
    blocks = request_form.request_form(draft).to_dict()["blocks"]
    labels = [block["label"]["text"] for block in blocks if "label" in block]
    usual = ["Instances", "Data disks", "Name", "Description"]
    assert labels == [*usual, "Not before", "Note for the approver", "Announce in"]


def test_problems_stand_at_their_fields() -> None:
    """Under the block they belong to; one whose field is not shown goes to the instance."""
    blocks = {ids.INSTANCE: "instance/r/", ids.NAME: "name/0/"}
    errors = errors_of(
        [Problem(Code.DESCRIPTION_MISSING, Field.DESCRIPTION), Problem(Code.INSTANCE_MISSING, Field.NAME)], blocks, "en"
    )
    assert set(errors) == {"instance/r/", "name/0/"}


@pytest.mark.parametrize(("calls", "ordered"), [(1, False), (2, True)])
def test_an_order_is_said_of_several_calls_only(calls: int, *, ordered: bool) -> None:
    """One request has nothing to come before."""
    for language, words in (("en", "in this order"), ("zh", "依次")):
        view = details.details_view(a_request(), ["POST /v1/x"] * calls, language).to_dict()
        texts = [block["text"]["text"] for block in view["blocks"]]
        assert any(words in text for text in texts) is ordered


def test_the_call_is_shown_as_it_is_sent() -> None:
    """In code, as JSON that reads back the same, whatever is written in it."""
    body = {"name": "web-1", "description": f"{NASTY} \\ ``` and ` [IR-1]"}
    view = details.details_view(a_request(), [f"POST /v1/x\n{json.dumps(body, indent=2)}"], "en").to_dict()
    texts = [block["text"]["text"] for block in view["blocks"]]
    shown = "".join(text for text in texts if text.startswith("```"))
    assert shown.startswith("```\n")
    assert shown.endswith("\n```")
    inside = shown[4:-4]
    assert "`" not in inside
    _, _, read = inside.partition("\n")
    assert json.loads(read.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")) == body
