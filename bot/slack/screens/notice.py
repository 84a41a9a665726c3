"""The notices, as pure functions of a request: told once, to somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, SectionBlock

from bot.domain import limits
from bot.domain.cloud import InstanceStatus, Seen
from bot.domain.draft import Draft
from bot.domain.errors import Code
from bot.domain.lifecycle import Notice, Place, State
from bot.domain.plan import MAX_JOBS, WhileImaged
from bot.domain.request import ImageRequest
from bot.service.submission import of_machine
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
from bot.slack.screens import buttons, emergency, machine_notice, machine_progress
from bot.slack.screens.machines import planned
from bot.slack.screens.message import Message
from bot.slack.screens.notice_words import told_alike
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
    if kind in {Notice.PASSED_OVER, Notice.REVIEW_OWED}:
        return emergency.emergency_message(kind, request, language=language, approvers=approvers)
    of_several = request.plan.only is None
    if of_several:
        lines, reasons = machine_notice.lines(kind, request, place, approvers), _reasons(kind, request)
        last = machine_progress.results(request, seen or {}) if kind in _TELLS_EACH else []
    else:
        lines, reasons = _lines(kind, request, place, approvers), _reasons(kind, request)
        last = [_seen(request, number, was) for number, was in (seen or {}).items()]
    last = [*last, *([texts.MOVED(language, conversation=conversation(moved_from))] if moved_from else [])]
    last = [*last, *(emergency.in_result(request) if kind in _TELLS_EACH else [])]
    if not reasons:  # else they come between, as the first lines say that they follow
        lines, last = [*lines, *last], []
    blocks: list[Block] = [SectionBlock(text=markdown(part)) for part in parts(lines, language, MAX_JOBS)]
    blocks += [SectionBlock(text=plain(part)) for part in parts(reasons, language)]
    lines += [escape(reason) for reason in reasons]
    if kind in _ASKED_FOR:
        asked = texts.ASKED(language, description=request.plan.description)
        what = planned(request) if of_several else [_summary(request)]
        blocks.append(SectionBlock(text=plain(asked)))
        blocks += [SectionBlock(text=markdown(part)) for part in parts(what, language, MAX_JOBS)]
        lines += [escape(asked), *(line.replace("*", "") for line in what)]
    blocks += [SectionBlock(text=markdown(part)) for part in parts(last, language, MAX_JOBS)]
    lines += last
    blocks += [ActionsBlock(elements=list(row)) for row in _pressable(kind, request) if row]
    told = (line.replace("*", "") for line in lines) if of_several else lines
    return Message.of(told, blocks, language)


def _summary(request: ImageRequest) -> str:
    job, plan = request.plan.jobs[0], request.plan
    return clip(summary(job, request.language, not_before=plan.not_before), SECTION)


_TELLS_EACH = frozenset({Notice.READY, Notice.FAILED, Notice.EXPIRED})
"""The ends, which say of each of several machines what has become of it."""


def _pressable(kind: Notice, request: ImageRequest) -> Sequence[Sequence[ButtonElement]]:
    """What can be done about it where it is told."""
    match kind:
        case Notice.FAILED | Notice.REJECTED | Notice.EXPIRED:
            return [buttons.ways_out(request)]
        case Notice.MACHINE_OFF:
            return buttons.for_the_machines(request)
        case Notice.HELD:
            return [buttons.for_the_held(request)]
        case Notice.READY if request.state is State.PARTLY:
            return [buttons.ways_out(request)]
        case Notice.RUNS_AGAIN:
            return [[buttons.console_of_machines(request)]]
        case Notice.READY | Notice.UNSURE:
            return [[buttons.console(request)]]
        case _:
            return []


def not_submitted(draft: Draft) -> Message:
    """What stands against a request whose form is closed already, with a way back to it."""
    language = draft.language
    called = units.listed([code(job.called) for job in draft.jobs], language)
    head = texts.NOT_SUBMITTED(language, instance=called)
    found = [one for job in draft.jobs for one in of_machine(draft, job, job.problems)]
    problems = [explain(problem, language) for problem in (*draft.problems, *found)]
    again = ButtonElement(action_id=ids.REOPEN_DRAFT, text=plain(card.REQUEST_AGAIN(language)), value=draft.id)
    blocks: list[Block] = [
        SectionBlock(text=markdown(head)),
        *(SectionBlock(text=plain(part)) for part in parts(problems, language)),
        ActionsBlock(elements=[again]),
    ]
    return Message.of(chain([head], map(escape, problems)), blocks, language)


def _lines(kind: Notice, request: ImageRequest, place: Place, approvers: Sequence[str]) -> list[str]:
    language, plan = request.language, request.plan
    job = plan.jobs[0]
    facts = {
        "name": code(job.image_name),
        "instance": code(job.called),
        "image": code(", ".join(request.image_ids)),
        "mark": code(limits.marker(request.id)),
        "region": escape(units.region_in_words(job.region, language)),
        "approvers": units.listed(mentions(approvers), language),
        "requester": person(request.requester),
        "request": request.id,
    }
    match kind:
        case Notice.MACHINE_OFF:
            said = texts.MACHINE_OFF(language, **facts)
            # Whoever asked is pinged by the message to themselves.
            return [texts.FOR_APPROVERS(language, **facts, said=said) if place is Place.THREAD else said]
        case Notice.UNSURE:
            return [(texts.UNSURE_YOURS if place is Place.REQUESTER else texts.UNSURE)(language, **facts)]
        case Notice.READY:
            return _ready(request, facts)
        case _:
            return [told_alike(kind, request)]


def _reasons(kind: Notice, request: ImageRequest) -> list[str]:
    """Why it came to this, in the words of whoever said so."""
    if kind is Notice.REJECTED and request.rejection:
        return [request.rejection.reason]
    if request.plan.only is None:
        return []  # said of each machine
    told = kind in {Notice.FAILED, Notice.UNSURE, Notice.MACHINE_OFF}
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
        texts.READY_FACTS(language, **facts, size=size, duration=taken),
        *torn,
    ]


def _seen(request: ImageRequest, number: int, seen: Seen) -> str:
    """How the instance was: it had to be stopped for its image, and somebody may wait for it."""
    language, instance, when = request.language, code(request.plan.jobs[number].called), moment(seen.at)
    left_by = machine_progress.left_stopped_by(request.jobs[number])
    if seen.status == InstanceStatus.STOPPED and left_by:
        return texts.LEFT_AS_IT_IS(language, instance=instance, when=when, person=person(left_by))
    if seen.status == InstanceStatus.STOPPED:
        return texts.STILL_STOPPED(language, instance=instance, when=when)
    status = escape(units.instance_status(seen.status, language))
    return texts.NOW(language, instance=instance, status=status, when=when)
