"""A request in a few lines of a list: who asks for what, where it stands, and a link to its card."""

from collections.abc import Sequence

from bot.domain.delivery import Card, CardKind
from bot.domain.lifecycle import State
from bot.domain.request import ImageRequest
from bot.domain.steps import Step, StepState
from bot.slack.protocol.markup import clip, code, escape, message_link, moment, person
from bot.texts import card, units
from bot.texts import home as texts
from bot.texts.problems import explain

WORDS = 300
"""Characters of a purpose or a reason in a list: all of it stands on the card."""


def headline(request: ImageRequest, language: str) -> str:
    """Who wants an image of which machine, and where that is: the first line of a card, and of a line in a list."""
    plan = request.plan
    return card.HEADLINE(
        language,
        person=person(request.requester),
        instance=code(plan.jobs[0].called),
        place=escape(units.place(plan.jobs[0].region, language)),
    )


def line(request: ImageRequest, language: str) -> str:
    """Which request it is and where it stands, for whoever asked for it."""
    plan = request.plan
    return texts.LINE(
        language,
        request=request.id,
        state=state(request, language),
        name=code(plan.jobs[0].image_name),
        instance=code(plan.jobs[0].called),
    )


def outlook(request: ImageRequest, language: str, *, now: float) -> list[str]:
    """What it waits for, or what became of it and why."""
    problems = [escape(clip(explain(problem, language), WORDS)) for problem in request.problems[:3]]
    match request.state:
        case State.PENDING:
            given, quorum = str(len(request.approved_by)), str(request.quorum)
            approved = [texts.APPROVED(language, count=given, quorum=quorum)] if request.quorum > 1 else []
            left = units.left(request.expires_at - now, language)
            return [*approved, texts.EXPIRES(language, when=moment(request.expires_at), left=left)]
        case State.APPROVED if request.waits_for:
            return [texts.WAITS_FOR(language, request=request.waits_for)]
        case State.APPROVED:
            return problems
        case State.WORKING:
            return _under_way(request, problems, language)
        case State.READY | State.PARTLY:
            return [texts.READY(language, image=code(", ".join(request.image_ids)))]
        case State.FAILED:
            given_up = [texts.GIVEN_UP(language, person=person(request.ended_by))] if request.ended_by else []
            image = (
                [texts.READY(language, image=code(", ".join(request.image_ids)))]
                if ", ".join(request.image_ids)
                else []
            )
            return [*given_up, *problems, *image]
        case State.REJECTED:
            said = request.rejection
            reason = escape(clip(said.reason, WORDS)) if said else ""
            return [texts.REJECTED(language, person=person(said.approver), reason=reason)] if said else []
        case State.CANCELLED:
            return [texts.CANCELLED(language, person=person(request.ended_by or request.requester))]
        case State.EXPIRED:
            return [texts.EXPIRED(language)]


def state(request: ImageRequest, language: str) -> str:
    """Where it stands, in a few words."""
    if request.state is State.FAILED and request.ending:
        return card.ENDED_SHORT(language)
    if request.stuck:
        return card.OFF_SHORT(language)
    step = request.unsure or request.current
    if request.state is not State.WORKING or step is None:
        return units.state(request.state, language)
    words = card.STEP_STATES.get((step.kind, step.state))
    return words(language) if words else units.state(request.state, language)


def _under_way(request: ImageRequest, problems: list[str], language: str) -> list[str]:
    if request.unsure:
        return [texts.UNSURE_FOR_REQUESTER(language)]
    step = request.current
    if step is None or step.kind != Step.IMAGE or step.state is not StepState.WORKING:
        return problems
    since = moment(step.working_since or request.created_at)
    return [texts.SINCE(language, when=since, image=code(step.result))]


def card_link(cards: Sequence[Card], kind: CardKind, language: str, *, workspace_url: str) -> str:
    """A link to the card that somebody may read; empty while Slack shows none."""
    links = [
        message_link(workspace_url, one.channel, one.ts, texts.OPEN_CARD(language)) for one in cards if one.kind is kind
    ]
    return links[0] if links else ""
