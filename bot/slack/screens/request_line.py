"""A request in a few lines of a list: who asks for what, where it stands, and a link to its card."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain import limits
from bot.domain.delivery import Card, CardKind
from bot.domain.freeze import Freeze
from bot.domain.lifecycle import State
from bot.domain.plan import Plan
from bot.domain.request import ImageRequest
from bot.domain.steps import JobStep, Step, StepState
from bot.service.board import Entry
from bot.slack.protocol.markup import clip, code, escape, link, message_link, moment, person
from bot.slack.screens import machine_progress, machines, progress
from bot.slack.screens.buttons import CONSOLE_URL
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


def told(request: ImageRequest, language: str, now: float | None) -> ImageRequest:
    """A request as it is told of: in its reader's language, and what has come is not to come any more.

    Args:
        request: as it is stored.
        language: of its reader.
        now: unix seconds; None where times are not compared.
    """
    begins = 0.0 if now is not None and now >= request.begin_at else request.begin_at
    return replace(request, language=language, begin_at=begins)


def entry_told(entry: Entry, language: str, now: float) -> Entry:
    """The same with what is said beside."""
    return replace(entry, request=told(entry.request, language, now))


def standing(entry: Entry) -> str:
    """Which request it is and where it stands, for whoever reads beside it what it is about."""
    request = entry.request
    return texts.STANDS(request.language, request=request.id, state=state(request, entry.frozen))


def line(entry: Entry) -> str:
    """The same, and what it is about, for whoever asked for it."""
    request, plan = entry.request, entry.request.plan
    language = request.language
    if job := plan.only:
        about = texts.IMAGE_OF(language, name=code(job.image_name), instance=code(job.called))
    else:
        about = several.IMAGES_OF(language, **several_facts(plan, language))
    return f"{standing(entry)}\n{about}"


def of_another(entry: Entry, *, now: float, decides: bool) -> list[str]:
    """A request for whoever decides about it or looks it up: who wants what and why, then where it stands.

    Args:
        entry: which, as it is told of.
        now: unix seconds.
        decides: whether its reader settles what is in doubt.
    """
    request = entry.request
    who = headline(request, request.language)
    return [f"*{who}*", purpose(request), standing(entry), *outlook(entry, now=now, decides=decides)]


def outlook(entry: Entry, *, now: float, decides: bool) -> list[str]:
    """What it waits for, how far it is, or what became of it and why.

    Args:
        entry: which, as it is told of.
        now: unix seconds.
        decides: whether its reader settles what is in doubt.
    """
    request = entry.request
    language = request.language
    why = [_one_line(explain(problem, language)) for problem in progress.reasons(request)[:NAMED]]
    match request.state:
        case State.PENDING:
            given, quorum = str(len(request.approved_by)), str(request.quorum)
            counts = request.quorum > 1 and len(request.promises) < 2  # else each of its rules counts by itself
            approved = [texts.APPROVED(language, count=given, quorum=quorum)] if counts else []
            left = units.left(request.expires_at - now, language)
            return [*approved, texts.EXPIRES(language, when=moment(request.expires_at), left=left)]
        case State.APPROVED:
            waits_for_another = request.waits_for and request.plan.only  # and no more for what it waited for before
            return [*progress.waiting(request, entry.frozen), *([] if waits_for_another else why)]
        case State.WORKING:
            doubt = _to_settle(request) if decides else progress.in_doubt(request, ())
            usual, frozen = entry.usual_seconds, entry.frozen
            return [*progress.under_way(request, usual, now, doubt=doubt, frozen=frozen), *why]
        case State.READY | State.PARTLY:
            ended = [several.ENDED(language, person=person(request.ended_by))] if request.ending else []
            return [*ended, *_failures(request), *_images(request)]
        case State.FAILED if request.plan.only is None:
            return [*machine_progress.ended(request), *_failures(request), *_images(request)]
        case State.REJECTED:
            said = request.rejection
            reason = _one_line(said.reason) if said else ""
            return [texts.REJECTED(language, person=person(said.approver), reason=reason)] if said else []
        case State.FAILED | State.CANCELLED | State.EXPIRED:
            return [progress.ended(request), *why]


def _to_settle(request: ImageRequest) -> str:
    console = link(CONSOLE_URL, texts.CONSOLE(request.language))
    return texts.UNSURE(request.language, mark=code(limits.marker(request.id)), console=console)


def _one_line(words: str) -> str:
    """A purpose or a reason in a list."""
    return escape(clip(words, WORDS))


def purpose(request: ImageRequest) -> str:
    """Why it is asked for, in a line of a list."""
    return _one_line(request.plan.description)


def _failures(request: ImageRequest) -> Sequence[str]:
    """What stands against which of several machines, where their request has ended."""
    of_several = request.plan.only is None and request.state is not State.READY
    return machine_progress.failures(request)[:NAMED] if of_several else ()


def _images(request: ImageRequest) -> list[str]:
    """What JD Cloud calls its images: as many as there is room for."""
    language = request.language
    found = [code(image) for image in request.image_ids[:NAMED]]
    more = len(request.image_ids) - NAMED
    found += [card.AND_MORE(language, count=str(more))] if more > 0 else []
    if len(found) > 1:
        return [several.IMAGE_IDS(language, images=units.listed(found, language))]
    return [texts.READY(language, image=found[0])] if found else []


def state(request: ImageRequest, frozen: Freeze | None = None) -> str:
    """Where a request stands, in a few words that what is said below them does not contradict: on its cards, on Home
    and in lists alike.

    Args:
        request: as it is told of.
        frozen: the freeze that holds it up.
    """
    language = request.language
    match request.state:
        case State.FAILED if request.ending:
            return card.ENDED_SHORT(language)
        case State.APPROVED if frozen or request.waits_for or request.problems or request.begin_at:
            return (card.WAITING_UNAPPROVED if request.emergency_by else card.WAITING_SHORT)(language)
        case State.APPROVED if request.emergency_by:
            return card.STARTING_UNAPPROVED(language)
        case State.WORKING if request.plan.only is None:
            return _several_under_way(request)
        case State.WORKING:
            return _under_way(request)
        case _:
            return units.state(request.state, language)


def _under_way(request: ImageRequest) -> str:
    language, step = request.language, request.unsure or request.current
    if odd := request.odd:
        return card.CLOUD_SAYS_SHORT(language, status=code(odd.cloud_status))
    if _is_doubtful(request.current):
        return card.DOUBTFUL_SHORT(language)
    if request.stuck:
        return card.OFF_SHORT(language)
    words = card.STEP_STATES.get((step.kind, step.state)) if step else None
    return words(language) if words else units.state(request.state, language)


def _is_doubtful(step: JobStep | None) -> bool:
    return step is not None and step.kind == Step.IMAGE and step.state is StepState.CALLING and bool(step.problems)


def _several_under_way(request: ImageRequest) -> str:
    language = request.language
    if request.stuck:
        return several.OFF_SHORT(language)
    if request.unsure:
        return card.STEP_STATES[Step.IMAGE, StepState.UNSURE](language)
    if request.held_up:
        return several.HELD_SHORT(language)
    done, count = machine_progress.made(request), len(request.plan.jobs)
    return several.DONE_SHORT(language, done=str(done), count=str(count))


def card_link(cards: Sequence[Card], kind: CardKind, language: str, *, workspace_url: str) -> list[str]:
    """A link to the card that somebody may read; nothing while Slack shows none."""
    links = [
        message_link(workspace_url, one.channel, one.ts, texts.OPEN_CARD(language)) for one in cards if one.kind is kind
    ]
    return [one for one in links if one][:1]
