"""A request in a few lines of a list: who asks for what, where it stands, and a link to its card."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.delivery import Card, CardKind
from bot.domain.lifecycle import State
from bot.domain.plan import Plan
from bot.domain.request import ImageRequest
from bot.domain.steps import Step, StepState
from bot.slack.protocol.markup import clip, code, escape, message_link, moment, person
from bot.slack.screens import machine_progress, machines
from bot.texts import card, several, units
from bot.texts import home as texts
from bot.texts.problems import explain

NAMED = 3
"""Reasons, images and the like that a list names."""

WORDS = 300
"""Characters of a purpose or a reason in a list: all of it stands on the card."""


def headline(request: ImageRequest, language: str) -> str:
    """Who wants an image of which machine, and where that is: the first line of a card, and of a line in a list."""
    plan, who = request.plan, person(request.requester)
    if job := plan.only:
        place = escape(units.place(job.region, language))
        return card.HEADLINE(language, person=who, instance=code(job.called), place=place)
    return several.HEADLINE(language, person=who, **several_facts(plan, language))


def own_headline(request: ImageRequest) -> str:
    """The same for whoever asked for it."""
    language, plan = request.language, request.plan
    if job := plan.only:
        place = escape(units.place(job.region, language))
        return card.HEADLINE_OWN(language, instance=code(job.called), place=place)
    return several.HEADLINE_OWN(language, **several_facts(plan, language))


def several_facts(plan: Plan, language: str) -> dict[str, str]:
    """How many machines there are, which, and where."""
    return {
        "count": str(len(plan.jobs)),
        "machines": machines.named(plan.jobs, language),
        "place": machines.places(plan, language),
    }


def small(request: ImageRequest, language: str) -> str:
    """Which request it is, and how its image will be called."""
    if job := request.plan.only:
        return texts.SMALL(language, request=request.id, name=code(job.image_name))
    return several.SMALL(language, request=request.id, count=str(len(request.plan.jobs)))


def standing(request: ImageRequest, language: str) -> str:
    """Which request it is and where it stands, for whoever reads below what it is about."""
    return texts.STANDS(language, request=request.id, state=state(request, language))


def line(request: ImageRequest, language: str) -> str:
    """Which request it is and where it stands, for whoever asked for it."""
    plan = request.plan
    if plan.only is None:
        stands = state(request, language)
        return several.LINE(language, request=request.id, state=stands, **several_facts(plan, language))
    return texts.LINE(
        language,
        request=request.id,
        state=state(request, language),
        name=code(plan.jobs[0].image_name),
        instance=code(plan.jobs[0].called),
    )


def outlook(request: ImageRequest, language: str, *, now: float) -> list[str]:
    """What it waits for, or what became of it and why."""
    problems = [escape(clip(explain(problem, language), WORDS)) for problem in request.problems[:NAMED]]
    if request.plan.only is None:
        problems = list(machine_progress.failures(replace(request, language=language))[:NAMED])
    match request.state:
        case State.PENDING:
            given, quorum = str(len(request.approved_by)), str(request.quorum)
            counts = request.quorum > 1 and len(request.promises) < 2  # else each of its rules counts by itself
            approved = [texts.APPROVED(language, count=given, quorum=quorum)] if counts else []
            left = units.left(request.expires_at - now, language)
            return [*approved, texts.EXPIRES(language, when=moment(request.expires_at), left=left)]
        case State.APPROVED if request.waits_for and request.plan.only:
            return [texts.WAITS_FOR(language, request=request.waits_for)]
        case State.APPROVED:
            return problems
        case State.WORKING:
            return _under_way(request, problems, language)
        case State.READY | State.PARTLY:
            ended = [several.ENDED(language, person=person(request.ended_by))] if request.ending else []
            return [*ended, *(problems if request.state is State.PARTLY else []), *_images(request, language)]
        case State.FAILED:
            given_up = [texts.GIVEN_UP(language, person=person(request.ended_by))] if request.ended_by else []
            return [*given_up, *problems, *_images(request, language)]
        case State.REJECTED:
            said = request.rejection
            reason = escape(clip(said.reason, WORDS)) if said else ""
            return [texts.REJECTED(language, person=person(said.approver), reason=reason)] if said else []
        case State.CANCELLED:
            return [card.CANCELLED(language, person=person(request.ended_by or request.requester))]
        case State.EXPIRED:
            return [card.EXPIRED(language)]


def _images(request: ImageRequest, language: str) -> list[str]:
    """What JD Cloud calls its images: as many as there is room for."""
    found = [code(image) for image in request.image_ids[:NAMED]]
    more = len(request.image_ids) - NAMED
    found += [card.AND_MORE(language, count=str(more))] if more > 0 else []
    if len(found) > 1:
        return [several.IMAGE_IDS(language, images=units.listed(found, language))]
    return [texts.READY(language, image=found[0])] if found else []


def state(request: ImageRequest, language: str) -> str:
    """Where it stands, in a few words."""
    if request.state is State.FAILED and request.ending:
        return card.ENDED_SHORT(language)
    if request.state is State.WORKING and request.plan.only is None:
        return _several_under_way(request, language)
    if request.stuck:
        return card.OFF_SHORT(language)
    step = request.unsure or request.current
    if request.state is State.APPROVED and request.emergency_by:
        return card.STARTING_UNAPPROVED(language)
    if request.state is not State.WORKING or step is None:
        return units.state(request.state, language)
    words = card.STEP_STATES.get((step.kind, step.state))
    return words(language) if words else units.state(request.state, language)


def _several_under_way(request: ImageRequest, language: str) -> str:
    if request.stuck:
        return several.OFF_SHORT(language)
    if request.unsure:
        return card.STEP_STATES[Step.IMAGE, StepState.UNSURE](language)
    if request.held_up:
        return several.HELD_SHORT(language)
    done, count = machine_progress.made(request), len(request.plan.jobs)
    return several.DONE_SHORT(language, done=str(done), count=str(count))


def _under_way(request: ImageRequest, problems: list[str], language: str) -> list[str]:
    if request.plan.only is None:
        kept = machine_progress.held(request)
        held = [several.HELD(language, machines=machines.named(kept, language))] if kept else []
        return [*held, *problems]
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
