"""The cards, as pure functions of a request: blocks, and the same facts as text."""

import dataclasses
from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ContextBlock, SectionBlock

from bot.domain.cloud import InstanceStatus
from bot.domain.delivery import CardKind
from bot.domain.errors import Code
from bot.domain.lifecycle import State
from bot.domain.plan import WhileImaged
from bot.domain.request import ImageRequest
from bot.domain.steps import JobStep, Step, StepState
from bot.slack.protocol.markup import SECTION, clip, code, escape, markdown, moment, person, plain
from bot.slack.screens import buttons, progress
from bot.slack.screens.message import Message
from bot.slack.screens.plan_lines import parts, releases, summary
from bot.slack.screens.request_line import headline
from bot.slack.screens.request_line import state as state_of
from bot.texts import card, units
from bot.texts.problems import explain


def card_message(
    request: ImageRequest,
    kind: CardKind,
    *,
    approvers: Sequence[str],
    usual_seconds: float | None,
    language: str | None = None,
    others: Sequence[ImageRequest] = (),
    now: float | None = None,
) -> Message:
    """A request as it stands.

    Args:
        request: which.
        kind: for the approvers, or for the requester.
        approvers: ids of people and groups, to be mentioned while they are needed.
        usual_seconds: how long such an image usually takes, where that is known.
        language: of whoever reads it; the requester's where nothing else is said.
        others: earlier requests for the same instance that have not ended.
        now: unix seconds, for how long there still is.
    """
    request = dataclasses.replace(request, language=language or request.language, begin_at=_begins(request, now))
    language, plan = request.language, request.plan
    who = headline(request, language) if kind is CardKind.APPROVAL else _own_headline(request)
    stands = "" if request.state is State.PENDING else f" · {_state(request)}"
    status = progress.lines(request, approvers if kind is CardKind.APPROVAL else (), usual_seconds, now)
    # What it waited for before it has to wait for another request is not why it waits now.
    reasons = [] if request.waits_for else [explain(problem, language) for problem in progress.reasons(request)]
    reasons += [request.rejection.reason] if request.rejection else []
    note = [card.NOTE(language, text=request.note)] if request.note else []
    warnings = [*releases(plan.jobs[0], language), *_not_stopped(request), *_others(request, others)]
    undecided = request.state in {State.PENDING, State.APPROVED}
    planned = summary(plan.jobs[0], language, usual_seconds if undecided else None, plan.not_before)
    small = [*_facts(request, now), *(status if request.state is State.PENDING else ())]
    happened = [] if request.state is State.PENDING else status
    blocks: list[Block] = [
        SectionBlock(text=markdown(f"*{who}*{stands}")),
        SectionBlock(text=plain(plan.description)),
        *(SectionBlock(text=markdown(part)) for part in parts(happened, language)),
        *(SectionBlock(text=plain(part)) for part in parts(reasons, language)),
        *(SectionBlock(text=plain(text)) for text in note),
        SectionBlock(text=markdown(clip(planned, SECTION))),
        *(SectionBlock(text=markdown(part)) for part in parts(warnings, language)),
        ActionsBlock(elements=list(buttons.of(request, kind))),
        ContextBlock(elements=[markdown(part) for part in parts(small, language)]),
    ]
    lines = [
        f"{who}{stands}",
        escape(plan.description),
        *happened,
        *(escape(reason) for reason in (*reasons, *note)),
        *(line.replace("*", "") for line in (planned, *warnings)),
        *small,
    ]
    return Message.of(lines, blocks, language)


def _begins(request: ImageRequest, now: float | None) -> float:
    """When it begins, as long as that is to come."""
    return 0.0 if now is not None and now >= request.begin_at else request.begin_at


def second_card(request: ImageRequest) -> Message:
    """What stands in the place of a card that was posted twice, where it cannot be taken off."""
    words = card.SHOWN_ELSEWHERE(request.language, request=request.id)
    return Message(words, [SectionBlock(text=markdown(words))], request.language)


def _state(request: ImageRequest) -> str:
    """Where it stands, in a few words that the ones below do not contradict."""
    if odd := request.odd:
        return card.CLOUD_SAYS_SHORT(request.language, status=code(odd.cloud_status))
    if request.state is State.APPROVED and (request.waits_for or request.problems or request.begin_at):
        return card.WAITING_SHORT(request.language)
    if _is_doubtful(request.current):
        return card.DOUBTFUL_SHORT(request.language)
    return state_of(request, request.language)


def _is_doubtful(step: JobStep | None) -> bool:
    return step is not None and step.kind == Step.IMAGE and step.state is StepState.CALLING and bool(step.problems)


def _own_headline(request: ImageRequest) -> str:
    language, plan = request.language, request.plan
    instance, place = code(plan.jobs[0].called), escape(units.place(plan.jobs[0].region, language))
    return card.HEADLINE_OWN(language, instance=instance, place=place)


def _facts(request: ImageRequest, now: float | None) -> list[str]:
    """What is looked up and not read: small, and last."""
    language, plan = request.language, request.plan
    instance = [code(plan.jobs[0].instance_id)]
    if request.jobs[0].seen_at is not None:
        instance.append(_seen(request, request.jobs[0].seen_at))
    stands = f" · {_state(request)}" if request.state is State.PENDING else ""  # else it stands in the first line
    facts = [
        f"{escape(request.id)}{stands}",
        card.NAME(language, value=code(plan.jobs[0].image_name)),
        card.INSTANCE(language, value=" · ".join(instance)),
    ]
    if request.state is State.PENDING:
        facts.append(_expires(request, now))
    return facts


def _expires(request: ImageRequest, now: float | None) -> str:
    when = moment(request.expires_at)
    if now is None or now >= request.expires_at:
        return card.EXPIRES_AT(request.language, when=when)
    return card.EXPIRES(request.language, when=when, left=units.left(request.expires_at - now, request.language))


def _seen(request: ImageRequest, at: float) -> str:
    """The instance's state, and when that was seen: nobody knows what has become of it since."""
    status = _instance_status(request.jobs[0].seen_status, request.language)
    return card.SEEN(request.language, status=status, when=moment(at))


def _instance_status(status: str, language: str) -> str:
    return units.instance_status(status, language) if status in units.INSTANCE_STATUSES else code(status)


def _not_stopped(request: ImageRequest) -> list[str]:
    """What the image waits for, as long as nobody has begun it: the machine, as it was when it was looked at."""
    undecided = request.state in {State.PENDING, State.APPROVED}
    said = any(problem.code in {Code.INSTANCE_NOT_STOPPED, Code.INSTANCE_BUSY} for problem in request.problems)
    fine = {InstanceStatus.STOPPED} | (set() if _waits_for_it(request) else {InstanceStatus.RUNNING})
    if not undecided or said or request.jobs[0].seen_at is None or request.jobs[0].seen_status in fine:
        return []
    language, plan = request.language, request.plan
    status = _instance_status(request.jobs[0].seen_status, language)
    instance = code(plan.jobs[0].called)
    words = card.BEGINS_WHEN_STOPPED if _waits_for_it(request) else card.BEGINS_WHEN_AT_REST
    return [words(language, instance=instance, status=status, when=moment(request.jobs[0].seen_at))]


def _waits_for_it(request: ImageRequest) -> bool:
    """Whether it begins only when somebody has stopped the machine."""
    return request.plan.jobs[0].while_imaged is WhileImaged.STOPPED


def _others(request: ImageRequest, others: Sequence[ImageRequest]) -> list[str]:
    """Earlier requests for the same instance: whoever decides may find that one is enough."""
    if request.state is not State.PENDING:
        return []
    instance = code(request.plan.jobs[0].called)
    return [
        (card.OTHER_MAKES if other.state is State.WORKING else card.OTHER_WAITS)(
            request.language, request=other.id, person=person(other.requester), instance=instance
        )
        for other in others
    ]
