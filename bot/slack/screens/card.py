"""The cards, as pure functions of a request: blocks, and the same facts as text."""

import dataclasses
from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ContextBlock, SectionBlock

from bot.domain.cloud import InstanceStatus
from bot.domain.delivery import CardKind
from bot.domain.errors import Code
from bot.domain.lifecycle import LAUNCHING, OPEN, Move, State
from bot.domain.request import ImageRequest
from bot.slack.protocol.markup import SECTION, clip, code, escape, markdown, mentions, moment, person, plain
from bot.slack.screens import buttons
from bot.slack.screens.message import Message
from bot.slack.screens.plan_lines import parts, summary
from bot.slack.screens.request_line import headline
from bot.texts import card, home, units
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
    request = dataclasses.replace(request, language=language or request.language)
    language, plan = request.language, request.plan
    who = headline(request, language) if kind is CardKind.APPROVAL else _own_headline(request)
    stands = "" if request.state is State.PENDING else f" · {_state(request)}"
    status = _status(request, approvers if kind is CardKind.APPROVAL else (), usual_seconds)
    # What it waited for before it has to wait for another request is not why it waits now.
    reasons = [] if request.waits_for else [explain(problem, language) for problem in request.problems]
    reasons += [request.rejection.reason] if request.rejection else []
    note = [card.NOTE(language, text=request.note)] if request.note else []
    warnings = [*_not_stopped(request), *_others(request, others)]
    small = [*_facts(request, now), *(status if request.state is State.PENDING else ())]
    happened = [] if request.state is State.PENDING else status
    blocks: list[Block] = [
        SectionBlock(text=markdown(f"*{who}*{stands}")),
        SectionBlock(text=plain(plan.description)),
        *(SectionBlock(text=markdown(part)) for part in parts(happened, language)),
        *(SectionBlock(text=plain(part)) for part in parts(reasons, language)),
        *(SectionBlock(text=plain(text)) for text in note),
        SectionBlock(text=markdown(clip(summary(plan, language), SECTION))),
        *(SectionBlock(text=markdown(part)) for part in parts(warnings, language)),
        ActionsBlock(elements=list(buttons.of(request, kind))),
        ContextBlock(elements=[markdown(part) for part in parts(small, language)]),
    ]
    lines = [
        f"{who}{stands}",
        escape(plan.description),
        *happened,
        *(escape(reason) for reason in (*reasons, *note)),
        *(line.replace("*", "") for line in (summary(plan, language), *warnings)),
        *small,
    ]
    return Message.of(lines, blocks, language)


def second_card(request: ImageRequest) -> Message:
    """What stands in the place of a card that was posted twice, where it cannot be taken off."""
    words = card.SHOWN_ELSEWHERE(request.language, request=request.id)
    return Message(words, [SectionBlock(text=markdown(words))], request.language)


def _state(request: ImageRequest) -> str:
    """Where it stands, in a few words that the ones below do not contradict."""
    if _is_odd(request):
        return card.CLOUD_SAYS_SHORT(request.language, status=code(request.cloud_status))
    if request.state is State.APPROVED and (request.waits_for or request.problems):
        return card.WAITING_SHORT(request.language)
    if request.state is State.SUBMITTING and request.problems:
        return card.DOUBTFUL_SHORT(request.language)
    return units.state(request.state, request.language)


def _own_headline(request: ImageRequest) -> str:
    language, plan = request.language, request.plan
    instance, place = code(plan.instance_name or plan.instance_id), escape(units.place(plan.region, language))
    return card.HEADLINE_OWN(language, instance=instance, place=place)


def _facts(request: ImageRequest, now: float | None) -> list[str]:
    """What is looked up and not read: small, and last."""
    language, plan = request.language, request.plan
    instance = [code(plan.instance_id)]
    if request.seen_at is not None:
        instance.append(_seen(request, request.seen_at))
    stands = f" · {_state(request)}" if request.state is State.PENDING else ""  # else it stands in the first line
    facts = [
        f"{escape(request.id)}{stands}",
        card.NAME(language, value=code(plan.image_name)),
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
    status = _instance_status(request.seen_status, request.language)
    return card.SEEN(request.language, status=status, when=moment(at))


def _instance_status(status: str, language: str) -> str:
    return units.instance_status(status, language) if status in units.INSTANCE_STATUSES else code(status)


def _not_stopped(request: ImageRequest) -> list[str]:
    """What will keep the image from being made, as long as somebody can still do something about it."""
    undecided = request.state in {State.PENDING, State.APPROVED}
    said = any(problem.code in {Code.INSTANCE_NOT_STOPPED, Code.INSTANCE_BUSY} for problem in request.problems)
    if not undecided or said or request.seen_at is None or request.seen_status == InstanceStatus.STOPPED:
        return []
    language, plan = request.language, request.plan
    status = _instance_status(request.seen_status, language)
    instance = code(plan.instance_name or plan.instance_id)
    return [card.NOT_STOPPED(language, instance=instance, status=status, when=moment(request.seen_at))]


def _others(request: ImageRequest, others: Sequence[ImageRequest]) -> list[str]:
    """Earlier requests for the same instance: whoever decides may find that one is enough."""
    if request.state is not State.PENDING:
        return []
    instance = code(request.plan.instance_name or request.plan.instance_id)
    return [
        (card.OTHER_MAKES if other.state in LAUNCHING else card.OTHER_WAITS)(
            request.language, request=other.id, person=person(other.requester), instance=instance
        )
        for other in others
    ]


def _resumed(request: ImageRequest) -> list[str]:
    """Who has taken it up again, and what came of it."""
    move = next((move for move in card.RESUMED if move.event == request.resumed_how), None)
    if move is None or request.resumed_at is None or request.state not in OPEN | {State.FAILED}:
        return []
    language, who = request.language, person(request.resumed_by)
    looked = request.looked_at is not None and request.looked_at >= request.resumed_at
    if move is Move.CHECK_AGAIN and request.state is State.UNSURE and looked and request.looked_at is not None:
        nothing = any(problem.code is Code.ANSWER_LOST for problem in request.problems)
        words = card.STILL_NO_IMAGE if nothing else card.LOOKED_AGAIN
        return [words(language, person=who, when=moment(request.looked_at))]
    return [card.RESUMED[move](language, person=who, when=moment(request.resumed_at))]


def _status(request: ImageRequest, approvers: Sequence[str], usual_seconds: float | None) -> list[str]:
    """What has happened, and what comes next; last, who took it up again."""
    return [*_happened(request, approvers, usual_seconds), *_resumed(request)]


def _happened(request: ImageRequest, approvers: Sequence[str], usual_seconds: float | None) -> list[str]:
    language = request.language
    by = units.listed(mentions(request.approved_by), language)
    match request.state:
        case State.PENDING:
            missing = card.MISSING(language, count=str(max(1, request.quorum - len(request.approved_by))))
            asked = [card.ASK(language, approvers=units.listed(mentions(approvers), language))] if approvers else []
            waits = units.listed(mentions(request.unconfirmed), language)
            unconfirmed = [card.UNCONFIRMED(language, people=waits)] if waits else []
            return [*asked, *([card.APPROVED_BY(language, people=by)] if by else []), *unconfirmed, missing]
        case State.APPROVED:
            if request.waits_for:
                instance = code(request.plan.instance_name or request.plan.instance_id)
                return [card.WAITS_FOR(language, people=by, request=request.waits_for, instance=instance)]
            return [(card.WAITING if request.problems else card.APPROVED_BY)(language, people=by)]
        case State.SUBMITTING:
            doubt = [card.DOUBTFUL(language)] if request.problems else []
            return [card.APPROVED_BY(language, people=by), *doubt]
        case State.UNSURE:
            if not approvers:
                return [home.UNSURE_FOR_REQUESTER(language)]
            return [card.UNSURE(language, approvers=units.listed(mentions(approvers), language))]
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
    slow = any(problem.code is Code.SLOWER_THAN_USUAL for problem in request.problems)  # it says how long is usual
    if usual_seconds is not None and not slow:
        lines.append(card.USUALLY(language, duration=units.duration(usual_seconds, language)))
    return lines
