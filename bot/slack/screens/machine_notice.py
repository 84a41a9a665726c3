"""The notices about several machines: which of them it is about stands in each."""

from collections.abc import Sequence

from bot.domain import limits
from bot.domain.lifecycle import Notice, Place, State
from bot.domain.plan import PlannedJob
from bot.domain.request import ImageRequest
from bot.domain.steps import StepState
from bot.slack.protocol.markup import code, escape, mentions, person
from bot.slack.screens import machine_progress, machines
from bot.slack.screens.notice_words import told_alike
from bot.texts import notice, units
from bot.texts import several as texts


def lines(kind: Notice, request: ImageRequest, place: Place, approvers: Sequence[str]) -> list[str]:
    """What is told, but for the line of each machine in a result.

    Args:
        kind: what is told.
        request: of several machines, as it stands.
        place: where it goes.
        approvers: ids of people and groups, to be mentioned when a person has to decide.
    """
    language = request.language
    facts = {
        "request": request.id,
        "requester": person(request.requester),
        "approvers": units.listed(mentions(approvers), language),
        "mark": code(limits.marker(request.id)),
        "count": str(len(request.plan.jobs)),
        "done": str(machine_progress.made(request)),
    }
    match kind:
        case Notice.READY:
            words = texts.TOLD_READY if request.state is State.READY else texts.TOLD_PARTLY
            ended = [texts.ENDED(language, person=person(request.ended_by))] if request.ending else []
            return [words(language, **facts), *ended]
        case Notice.MACHINE_OFF:
            off = machine_progress.of_steps(request, request.stuck_steps)
            told = texts.TOLD_OFF(language, **facts, machines=machines.named(off, language))
            first = notice.FOR_APPROVERS(language, **facts, said=told) if place is Place.THREAD else told
            return [first, *machine_progress.failures(request, off)]
        case Notice.UNSURE:
            doubtful = machine_progress.of_steps(request, request.unsure_steps)
            words = texts.TOLD_UNSURE_YOURS if place is Place.REQUESTER else texts.TOLD_UNSURE
            where = {"machines": machines.named(doubtful, language), "region": _regions(doubtful, language)}
            return [words(language, **facts, **where), *machine_progress.failures(request, doubtful)]
        case Notice.HELD:
            return _held(request, place, facts)
        case _:
            return [told_alike(kind, request)]


def _regions(jobs: Sequence[PlannedJob], language: str) -> str:
    regions = dict.fromkeys(job.region for job in jobs)
    return units.listed([escape(units.region_in_words(region, language)) for region in regions], language)


def _held(request: ImageRequest, place: Place, facts: dict[str, str]) -> list[str]:
    """Which machine holds the others and why, which those are, and what can be done. Of a doubt the approvers hear by
    itself; in their thread they are mentioned for a failure only.
    """
    language, holding = request.language, machine_progress.holding(request)
    before = [request.plan.jobs[job.number] for job in holding]
    kept = machine_progress.held(request)
    doubtful = any(step.state is StepState.UNSURE for job in holding for step in job.steps)
    words = texts.TOLD_HELD_UNSURE if doubtful else texts.TOLD_HELD
    told = words(
        language,
        request=request.id,
        failed=machines.named(before, language),
        machines=machines.named(kept, language),
        next=machines.named(kept[:1], language),
    )
    if place is Place.THREAD and not doubtful:
        told = notice.FOR_APPROVERS(language, **facts, said=told)
    return [told, *machine_progress.failures(request, before)]
