"""The notices, as pure functions of a request: told once, to somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, SectionBlock

from bot.domain.cloud import InstanceStatus, Seen
from bot.domain.draft import Draft
from bot.domain.errors import Code
from bot.domain.lifecycle import Notice, Place
from bot.domain.plan import PlannedJob, WhileImaged
from bot.domain.request import ImageRequest
from bot.slack.protocol import ids
from bot.slack.protocol.markup import (
    SECTION,
    clip,
    code,
    conversation,
    escape,
    markdown,
    mentions,
    moment,
    person,
    plain,
)
from bot.slack.screens import buttons
from bot.slack.screens.message import Message
from bot.slack.screens.plan_lines import parts, summary
from bot.texts import card, units
from bot.texts import notice as texts
from bot.texts.problems import explain

_ASKED_FOR = frozenset({Notice.REJECTED, Notice.EXPIRED})
"""What ends with these may be asked for again: what was asked is said with them."""


def notice_message(
    kind: Notice,
    request: ImageRequest,
    *,
    place: Place,
    language: str,
    approvers: Sequence[str],
    moved_from: str = "",
    seen: Mapping[int, Seen] | None = None,
) -> Message:
    """A one-time message about a request.

    Args:
        kind: what is told.
        request: as it stands.
        place: where it goes.
        language: of whoever reads it there.
        approvers: ids of people and groups, to be mentioned when a person has to decide.
        moved_from: the conversation it should have gone to, where the bot may not post.
        seen: how its instances were when they were looked at for this, by job, as far as they were.
    """
    request = replace(request, language=language)
    lines, reasons = _lines(kind, request, place, approvers), _reasons(kind, request)
    last = [_seen(request.plan.jobs[number], was, language) for number, was in (seen or {}).items()]
    last += [texts.MOVED(language, conversation=conversation(moved_from))] if moved_from else []
    if not reasons:  # else they come between, as the first lines say that they follow
        lines, last = [*lines, *last], []
    blocks: list[Block] = [SectionBlock(text=markdown(part)) for part in parts(lines, language)]
    blocks += [SectionBlock(text=plain(part)) for part in parts(reasons, language)]
    lines += [escape(reason) for reason in reasons]
    if kind in _ASKED_FOR:
        asked = texts.ASKED(language, description=request.plan.description)
        planned = summary(request.plan.jobs[0], language, not_before=request.plan.not_before)
        blocks += [SectionBlock(text=plain(asked)), SectionBlock(text=markdown(clip(planned, SECTION)))]
        lines += [escape(asked), planned.replace("*", "")]
    blocks += [SectionBlock(text=markdown(part)) for part in parts(last, language)]
    lines += last
    if kind is Notice.FAILED or kind in _ASKED_FOR:
        blocks.append(ActionsBlock(elements=buttons.ways_out(request)))
    if kind is Notice.MACHINE_OFF and request.stuck:
        blocks.append(ActionsBlock(elements=buttons.for_the_machine(request)))
    if kind in {Notice.READY, Notice.UNSURE}:
        blocks.append(ActionsBlock(elements=[buttons.console(request)]))
    return Message.of(lines, blocks, language)


def not_submitted(draft: Draft) -> Message:
    """What stands against a request whose form is closed already, with a way back to it."""
    language = draft.language
    instance = draft.instance.name if draft.instance else draft.instance_id
    head = texts.NOT_SUBMITTED(language, instance=code(instance or draft.instance_id))
    problems = [explain(problem, language) for problem in draft.problems]
    again = ButtonElement(action_id=ids.REOPEN_DRAFT, text=plain(card.REQUEST_AGAIN(language)), value=draft.id)
    blocks: list[Block] = [
        SectionBlock(text=markdown(head)),
        *(SectionBlock(text=plain(part)) for part in parts(problems, language)),
        ActionsBlock(elements=[again]),
    ]
    return Message.of([head, *(escape(problem) for problem in problems)], blocks, language)


def _lines(kind: Notice, request: ImageRequest, place: Place, approvers: Sequence[str]) -> list[str]:
    language, plan = request.language, request.plan
    facts = {
        "request": request.id,
        "name": code(plan.jobs[0].image_name),
        "instance": code(plan.jobs[0].called),
        "requester": person(request.requester),
        "image": code(", ".join(request.image_ids)),
        "mark": code(f"[{request.id}]"),
        "region": escape(units.region(plan.jobs[0].region, language)),
        "approvers": units.listed(mentions(approvers), language),
    }
    match kind:
        case Notice.REJECTED:
            who = request.rejection
            assert who is not None
            return [texts.REJECTED(language, **facts, person=person(who.approver))]
        case Notice.EXPIRED:
            return [(texts.APPROVAL_EXPIRED if request.approved_at else texts.EXPIRED)(language, **facts)]
        case Notice.FAILED if request.ending:
            return [texts.ENDED(language, **facts, person=person(request.ended_by))]
        case Notice.FAILED:
            return [texts.FAILED(language, **facts)]
        case Notice.HELD | Notice.MACHINE_OFF:
            said = (texts.HELD if kind is Notice.HELD else texts.MACHINE_OFF)(language, **facts)
            # Whoever asked is pinged by the message to themselves.
            return [texts.FOR_APPROVERS(language, **facts, said=said) if place is Place.THREAD else said]
        case Notice.UNSURE:
            return [(texts.UNSURE_YOURS if place is Place.REQUESTER else texts.UNSURE)(language, **facts)]
        case Notice.APPROVAL_VOID:
            return [texts.APPROVAL_VOID(language, **facts)]
        case Notice.APPROVAL_OWN:
            return [texts.APPROVAL_OWN(language, **facts)]
        case Notice.NOT_SHOWN:
            return [texts.NOT_SHOWN(language, **facts)]
        case Notice.CARD_LOST:
            return [texts.CARD_LOST(language, **facts)]
        case Notice.READY:
            return _ready(request, facts)
        case Notice.SUBMITTED | Notice.NOT_SUBMITTED | Notice.BUILDING:
            raise ValueError(f"{kind} is told in a form, or on the card")


def _reasons(kind: Notice, request: ImageRequest) -> list[str]:
    """Why it came to this, in the words of whoever said so."""
    if kind is Notice.REJECTED and request.rejection:
        return [request.rejection.reason]
    told = kind in {Notice.FAILED, Notice.UNSURE, Notice.MACHINE_OFF, Notice.HELD}
    problems = [problem for problem in request.problems if problem.code is not Code.STILL_OWED]  # said by the notice
    return [explain(problem, request.language) for problem in problems] if told else []


def _ready(request: ImageRequest, facts: dict[str, str]) -> list[str]:
    language = request.language
    step = request.images[0]
    taken = units.duration((step.ended_at or 0) - (step.working_since or 0) if step else 0, language)
    size = units.size(request.plan.size_gb, language)
    torn = [texts.LIVE(language)] if request.plan.jobs[0].while_imaged is WhileImaged.LIVE else []
    return [
        texts.READY(language, **facts),
        texts.READY_ID(language, **facts),
        texts.READY_NAME(language, **facts),
        texts.READY_FACTS(language, **facts, size=size, duration=taken),
        *torn,
    ]


def _seen(job: PlannedJob, seen: Seen, language: str) -> str:
    """How the instance was: it had to be stopped for its image, and somebody may wait for it."""
    instance, when = code(job.called), moment(seen.at)
    if seen.status == InstanceStatus.STOPPED:
        return texts.STILL_STOPPED(language, instance=instance, when=when)
    status = escape(units.instance_status(seen.status, language))
    return texts.NOW(language, instance=instance, status=status, when=when)
