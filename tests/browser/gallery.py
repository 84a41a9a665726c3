"""Each card and each notice in every state there is, as messages of the demo's Slack: many are rare, and no visitor
comes by all of them.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from bot.demo.cast import AMY, BEN, CHEN, OPS
from bot.demo.slack import Channel, Slack
from bot.demo.slack import Message as Posted
from bot.domain.cloud import Seen, Snapshot
from bot.domain.delivery import CardKind
from bot.domain.disks import AddedDisk, Charge, ChargeMode, ChargeUnit
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import Move, Notice, Place, State
from bot.domain.request import ImageRequest, Verdict
from bot.slack.screens.card import card_message
from bot.slack.screens.message import Message
from bot.slack.screens.notice import notice_message
from tests.unit.examples import a_decision, a_plan, a_request

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
    plan = dataclasses.replace(a_plan(description=_DESCRIPTION[language]), added=added)
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
        usual,
        decisions=(a_decision(BEN, plan.hash),),
        approved_at=_NOW,
        building_since=_NOW,
        finished_at=_NOW + 1_020,
        resumed_by=AMY,
    )
    rejection = dataclasses.replace(a_decision(BEN, plan.hash, verdict=Verdict.REJECT), reason=_REASON[language])
    yield usual
    yield dataclasses.replace(usual, note=_REASON[language], seen_status="running", quorum=2)
    yield dataclasses.replace(approved, state=State.PENDING, quorum=2, seen_status="stopping")
    for changes in _AFTER_APPROVAL:
        yield dataclasses.replace(approved, **changes)
    yield dataclasses.replace(usual, state=State.REJECTED, decisions=(rejection,))
    yield dataclasses.replace(usual, state=State.CANCELLED, ended_by=AMY)
    yield dataclasses.replace(usual, state=State.EXPIRED)


_SUPPORT = {"message": "Access forbidden", "request_id": "lql824mjl7zf552pha7xqnrhu3alk4hl"}
_AFTER_APPROVAL: tuple[Mapping[str, Any], ...] = (
    {"state": State.APPROVED},
    {"state": State.APPROVED, "waits_for": "IR-NB2KV"},
    {
        "state": State.APPROVED,
        "seen_status": "stopping",
        "problems": (Problem(Code.INSTANCE_BUSY, facts={"instance": "web-1", "status": "stopping"}),),
    },
    {"state": State.SUBMITTING},
    {"state": State.SUBMITTING, "problems": (Problem(Code.CLOUD_SILENT),)},
    {"state": State.UNSURE, "problems": (Problem(Code.ANSWER_LOST),)},
    {
        "state": State.UNSURE,
        "problems": (Problem(Code.ANSWER_LOST),),
        "resumed_how": Move.CHECK_AGAIN.event,
        "resumed_at": _NOW,
        "looked_at": _NOW + 60,
    },
    {"state": State.UNSURE, "problems": (Problem(Code.SEVERAL_IMAGES, facts={"images": "img-1, img-2"}),)},
    {"state": State.BUILDING, "image_id": "img-h1khrc8dq8"},
    {
        "state": State.BUILDING,
        "image_id": "img-h1khrc8dq8",
        "problems": (Problem(Code.SLOWER_THAN_USUAL, facts={"seconds": "1020"}),),
        "resumed_how": Move.RETRY.event,
        "resumed_at": _NOW,
    },
    {
        "state": State.BUILDING,
        "image_id": "img-h1khrc8dq8",
        "cloud_status": "copying",
        "cloud_status_since": _NOW,
    },
    {"state": State.READY, "image_id": "img-h1khrc8dq8"},
    {"state": State.FAILED, "problems": (Problem(Code.CLOUD_FORBIDDEN, facts=_SUPPORT),)},
    {
        "state": State.FAILED,
        "image_id": "img-h1khrc8dq8",
        "problems": (Problem(Code.IMAGE_BROKEN, facts={"image": "img-h1khrc8dq8"}),),
    },
    {"state": State.FAILED, "ended_by": BEN, "problems": (Problem(Code.GIVEN_UP),)},
)


def cards(language: str, kind: CardKind) -> Iterator[Message]:
    """Of everybody who decides, or of whoever asked."""
    for request in requests(language):
        other = dataclasses.replace(request, id="IR-NB2KV", requester=CHEN)
        yield card_message(
            request,
            kind,
            approvers=_APPROVERS,
            usual_seconds=1_020,
            others=(other,) if request.quorum > 1 else (),
            now=_NOW + 60,
        )


def notices(language: str) -> Iterator[Message]:
    """Every one that is told, in each place it can be told in."""
    everything = list(requests(language))
    owed = {(kind, place, move.target) for move in Move for kind, place in move.owes}
    owed |= {(kind, Place.REQUESTER, State.PENDING) for kind in (Notice.NOT_SHOWN, Notice.CARD_LOST)}
    for kind, place, state in sorted(owed):
        for request in everything:
            if request.state is not state:
                continue
            told = [Seen("stopped", _NOW), Seen("running", _NOW)] if kind is Notice.READY else [None]
            for seen in told:
                yield notice_message(kind, request, place=place, language=language, approvers=_APPROVERS, seen=seen)


def hang(slack: Slack, language: str) -> None:
    """Puts them up, each kind in a channel of its own that everybody can see."""
    rooms = {
        "cards-of-approvers": cards(language, CardKind.APPROVAL),
        "cards-of-requesters": cards(language, CardKind.REQUESTER),
        "notices": notices(language),
    }
    for name, messages in rooms.items():
        room = f"C0{name.upper().replace('-', '')}"
        slack.add_channel(Channel(id=room, name=name, members=set(slack.users), locale="en-US"))
        for message in messages:
            blocks = tuple(block.to_dict() for block in message.blocks)
            slack.post(Posted(channel=room, ts="", author=slack.app.user_id, text=message.text, blocks=blocks))


ROOMS = ("cards-of-approvers", "cards-of-requesters", "notices")
