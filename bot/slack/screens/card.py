"""The cards, as pure functions of a request: blocks, and the same facts as text."""

import dataclasses
from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, DividerBlock, HeaderBlock, SectionBlock

from bot.domain.cloud import InstanceStatus
from bot.domain.delivery import CardKind
from bot.domain.lifecycle import State
from bot.domain.request import ImageRequest
from bot.slack.protocol.markup import clip, code, escape, markdown, moment, people, person, plain
from bot.slack.screens import buttons
from bot.slack.screens.message import Message
from bot.slack.screens.plan_lines import disk_lines, parts
from bot.texts import card, units
from bot.texts.problems import explain

MOST_CHARACTERS = 2000
"""Slack: a field of a section <= 2000 characters."""


def card_message(
    request: ImageRequest,
    kind: CardKind,
    *,
    approvers: Sequence[str],
    usual_seconds: float | None,
    language: str | None = None,
) -> Message:
    """A request as it stands.

    Args:
        request: which.
        kind: for the approvers, or for the requester.
        approvers: ids of people and groups, to be mentioned while they are needed.
        usual_seconds: how long such an image usually takes, where that is known.
        language: of whoever reads it; the requester's where nothing else is said.
    """
    request = dataclasses.replace(request, language=language or request.language)
    language, plan = request.language, request.plan
    title = f"{request.id} · {_state(request)}"
    facts = _facts(request)
    status = _status(request, approvers if kind is CardKind.APPROVAL else (), usual_seconds)
    # What it waited for before it has to wait for another request is not why it waits now.
    reasons = [] if request.waits_for else [explain(problem, language) for problem in request.problems]
    reasons += [request.rejection.reason] if request.rejection else []
    words = [card.DESCRIPTION(language, text=plan.description)]
    words += [card.NOTE(language, text=request.note)] if request.note else []
    blocks: list[Block] = [
        HeaderBlock(text=plain(title, 150)),
        SectionBlock(fields=[markdown(clip(fact, MOST_CHARACTERS)) for fact in facts]),
        *(SectionBlock(text=markdown(part)) for part in parts(disk_lines(plan, language), language)),
        *(SectionBlock(text=plain(text)) for text in words),
        DividerBlock(),
        *(SectionBlock(text=markdown(part)) for part in parts(status, language)),
        *(SectionBlock(text=plain(part)) for part in parts(reasons, language)),
    ]
    if pressable := buttons.of(request, kind):
        blocks.append(ActionsBlock(elements=pressable))
    lines = [
        escape(title),
        *status,
        *(escape(reason) for reason in reasons),
        *(fact.replace("*\n", ": ").replace("*", "") for fact in facts),
        *disk_lines(plan, language),
        *(escape(word) for word in words),
    ]
    return Message.of(lines, blocks, language)


def headline(request: ImageRequest, language: str) -> str:
    """Who wants an image of which machine, and where that is: the first line of a card, and of a line in a list."""
    plan = request.plan
    return card.HEADLINE(
        language,
        person=person(request.requester),
        instance=code(plan.instance_name or plan.instance_id),
        place=escape(units.place(plan.region, language)),
    )


def second_card(request: ImageRequest) -> Message:
    """What stands in the place of a card that was posted twice, where it cannot be taken off."""
    words = card.SHOWN_ELSEWHERE(request.language, request=request.id)
    return Message(words, [SectionBlock(text=markdown(words))], request.language)


def _state(request: ImageRequest) -> str:
    """Where it stands, in a few words that the ones below do not contradict."""
    if _is_odd(request):
        return card.CLOUD_SAYS_SHORT(request.language, status=request.cloud_status)
    if request.state is State.APPROVED and (request.waits_for or request.problems):
        return card.WAITING_SHORT(request.language)
    return units.state(request.state, request.language)


def _facts(request: ImageRequest) -> list[str]:
    language, plan = request.language, request.plan
    instance = f"{code(plan.instance_name)} {code(plan.instance_id)}" if plan.instance_name else code(plan.instance_id)
    size = units.size(plan.size_gb, language)
    facts = [
        card.INSTANCE(language, value=instance),
        card.REGION(language, value=escape(units.region(plan.region, language))),
        card.NAME(language, value=code(plan.image_name)),
        card.SIZE(language, count=str(len(plan.snapshots)), size=size),
        card.REQUESTER(language, value=person(request.requester)),
    ]
    if request.state is State.PENDING:
        # Only a stopped instance gets this far (createImage: 云主机状态必须为 stopped).
        facts[0] += f" · {units.instance_status(InstanceStatus.STOPPED, language)}"
        facts.append(card.EXPIRES(language, value=moment(request.expires_at)))
    return facts


def _status(request: ImageRequest, approvers: Sequence[str], usual_seconds: float | None) -> list[str]:
    """What has happened, and what comes next."""
    language = request.language
    by = people(request.approved_by)
    match request.state:
        case State.PENDING:
            missing = card.MISSING(language, count=str(max(1, request.quorum - len(request.approved_by))))
            asked = [card.ASK(language, approvers=people(approvers))] if approvers else []
            waits = people(request.unconfirmed)
            unconfirmed = [card.UNCONFIRMED(language, people=waits)] if waits else []
            return [*asked, *([card.APPROVED_BY(language, people=by)] if by else []), *unconfirmed, missing]
        case State.APPROVED:
            if request.waits_for:
                instance = code(request.plan.instance_name or request.plan.instance_id)
                return [card.WAITS_FOR(language, people=by, request=request.waits_for, instance=instance)]
            return [(card.WAITING if request.problems else card.STARTING)(language, people=by)]
        case State.SUBMITTING:
            return [
                card.APPROVED_BY(language, people=by),
                (card.DOUBTFUL if request.problems else card.ASKING)(language),
            ]
        case State.UNSURE:
            return [card.UNSURE(language, approvers=people(approvers or request.approved_by))]
        case State.BUILDING:
            return [card.APPROVED_BY(language, people=by), *_building(request, usual_seconds)]
        case State.READY:
            taken = (request.finished_at or 0) - (request.building_since or 0)
            image, duration = code(request.image_id), units.duration(taken, language)
            return [card.APPROVED_BY(language, people=by), card.READY(language, image=image, duration=duration)]
        case State.FAILED:
            return [card.APPROVED_BY(language, people=by), _failed(request)]
        case State.REJECTED:
            who = request.rejection
            assert who is not None
            return [card.REJECTED(language, person=person(who.approver))]
        case State.CANCELLED:
            return [card.CANCELLED(language, person=person(request.ended_by or request.requester))]
        case State.EXPIRED:
            return [card.EXPIRED(language)]


def _failed(request: ImageRequest) -> str:
    """How it ended; why is said below."""
    if request.ended_by:
        return card.GIVEN_UP(request.language, person=person(request.ended_by))
    if request.image_id:
        return card.FAILED_IMAGE(request.language, image=code(request.image_id))
    return card.FAILED(request.language)


def _is_odd(request: ImageRequest) -> bool:
    """Whether JD Cloud says of an image that is being made what no page documents."""
    return request.state is State.BUILDING and bool(request.cloud_status)


def _building(request: ImageRequest, usual_seconds: float | None) -> list[str]:
    language = request.language
    if _is_odd(request) and request.cloud_status_since is not None:
        said, since = code(request.cloud_status), moment(request.cloud_status_since)
        return [card.CLOUD_SAYS(language, image=code(request.image_id), status=said, since=since)]
    since = moment(request.building_since or request.created_at)
    lines = [card.BUILDING(language, image=code(request.image_id), since=since)]
    if usual_seconds is not None:
        lines.append(card.USUALLY(language, duration=units.duration(usual_seconds, language)))
    return lines
