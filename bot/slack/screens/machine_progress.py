"""What has happened to a request of several machines, and what comes next: a line a machine, exceptions first."""

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.cloud import InstanceStatus, Seen
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import State
from bot.domain.plan import PlannedJob, WhileImaged
from bot.domain.request import ImageRequest
from bot.domain.steps import Job, JobState, JobStep, Step, StepState
from bot.slack.protocol.markup import clip, code, escape, mentions, moment, person
from bot.slack.screens import machines
from bot.slack.screens.step_line import NOTHING_KNOWN, Elapsed, steps_line
from bot.texts import card, units
from bot.texts import several as texts
from bot.texts.problems import explain

REASON = 300
"""Characters of a reason beside others: the console tells the rest."""

REASONS = 2
"""Reasons of one machine."""

FEW = 3
"""Machines that a list tells of."""

TOGETHER = 60.0
"""Seconds within which several machines were seen at one time."""


def needing_a_person(request: ImageRequest) -> Sequence[JobStep]:
    """The steps that wait for a person's word, those of machines that are off first; also while one is looked for once
    more.
    """
    return [*request.stuck_steps, *request.undecided_steps]


def of_steps(request: ImageRequest, steps: Sequence[JobStep]) -> Sequence[PlannedJob]:
    """The machines that some steps are about."""
    return [request.plan.jobs[number] for number in dict.fromkeys(step.job for step in steps)]


def held(request: ImageRequest) -> Sequence[PlannedJob]:
    """The machines that wait for *Go on*."""
    waiting = [job.number for job in request.jobs if job.state is JobState.HELD] if request.held_up else []
    return [request.plan.jobs[number] for number in waiting]


def holding(request: ImageRequest) -> Sequence[Job]:
    """The jobs that came to no good end, before those that are held."""
    first = request.held_up
    return [job for job in request.jobs if first and job.number < first.number and _is_exception(request, job)]


def made(request: ImageRequest) -> int:
    """How many of its images are there."""
    return sum(step.state is StepState.DONE for step in request.images)


def lines(
    request: ImageRequest, approvers: Sequence[str], usual_seconds: Mapping[int, float], now: float | None
) -> Iterator[str]:
    """What has happened to it since it was approved.

    Args:
        request: of several machines.
        approvers: ids of people and groups, to be mentioned while they are needed.
        usual_seconds: how long an image of each machine usually takes, by job, as far as that is known.
        now: unix seconds, for how long it has taken so far.
    """
    language = request.language
    if request.approved_by:  # else it was an emergency
        yield card.APPROVED_BY(language, people=units.listed(mentions(request.approved_by), language))
    if request.state is State.WORKING:
        yield from _asked(request, in_doubt(request, approvers))
    elif request.state in {State.READY, State.PARTLY, State.FAILED}:
        yield from ended(request)
    marks = zip(request.jobs, machines.labels(request.plan, language), strict=True)
    told = [
        (_is_exception(request, job), _line(request, job, label, Elapsed(usual_seconds.get(job.number), now)))
        for job, label in marks
    ]
    yield from (line for _, line in sorted(told, key=lambda one: not one[0]))


def under_way(
    request: ImageRequest, usual_seconds: Mapping[int, float], now: float | None, *, doubt: str
) -> Iterator[str]:
    """The same in a few lines: what a person has to do, and the machines that are at it or not as they should be.

    Args:
        request: of several machines.
        usual_seconds: how long an image of each machine usually takes, by job, as far as that is known.
        now: unix seconds, for how long it has taken so far.
        doubt: what its reader is told where nobody can tell whether a call took effect.
    """
    yield from _asked(request, doubt)
    marks = zip(request.jobs, machines.labels(request.plan, request.language), strict=True)
    told = [
        (_is_exception(request, job), _line(request, job, label, Elapsed(usual_seconds.get(job.number), now)))
        for job, label in marks
        if job.state is JobState.RUNNING or _is_exception(request, job)
    ]
    yield from (line for _, line in sorted(told, key=lambda one: not one[0])[:FEW])
    if (more := len(told) - FEW) > 0:
        yield card.MORE(request.language, count=str(more))


def waiting(request: ImageRequest) -> Iterator[str]:
    """What keeps the machines of an approved request from being begun with."""
    for job, label in zip(request.jobs, machines.labels(request.plan, request.language), strict=True):
        if job.waits_for or _reasons(job, request.language):
            yield _line(request, job, label, NOTHING_KNOWN)


def in_doubt(request: ImageRequest, approvers: Sequence[str]) -> str:
    """Of which machines nobody can tell whether a call took effect: to the approvers, or to who waits for them."""
    language = request.language
    named = machines.named(of_steps(request, request.unsure_steps), language)
    if approvers:
        return texts.UNSURE(language, approvers=units.listed(mentions(approvers), language), machines=named)
    return texts.UNSURE_FOR_REQUESTER(language, machines=named)


def _asked(request: ImageRequest, doubt: str) -> Iterator[str]:
    """What a person has to do now."""
    language = request.language
    if off := of_steps(request, request.stuck_steps):
        yield texts.OFF(language, machines=machines.named(off, language))
    if request.unsure:
        yield doubt
    if kept := held(request):
        yield texts.HELD(language, machines=machines.named(kept, language))
    if request.ending:
        yield card.ENDING(language, person=person(request.ended_by))


def ended(request: ImageRequest) -> Iterator[str]:
    """How it ended: on its cards, and wherever else it is told of. Why is said of each machine."""
    language, count = request.language, str(len(request.plan.jobs))
    if request.state is State.READY:
        yield texts.READY(language, count=count)
    if request.state is State.PARTLY:
        yield texts.PARTLY(language, done=str(made(request)), count=count)
    if request.state is State.FAILED and not request.ending:
        yield texts.FAILED(language)
    if request.ending:
        words = card.ENDED if request.state is State.FAILED else texts.ENDED
        yield words(language, person=person(request.ended_by))


def _line(request: ImageRequest, job: Job, label: str, elapsed: Elapsed) -> str:
    """Where one machine stands, with why where that is not as it should be."""
    language = request.language
    said = [f"{label} · {_steps(request, job, elapsed)}"]
    said += [texts.WHY(language, reason=reason) for reason in _reasons(job, language)]
    return "\n".join(said)


def _steps(request: ImageRequest, job: Job, elapsed: Elapsed) -> str:
    language = request.language
    if job.state is JobState.HELD:
        return (texts.STEP_HELD if request.held_up else texts.STEP_TO_COME)(language)
    if job.waits_for:
        return texts.WAITS_FOR(language, request=escape(job.waits_for))
    if all(step.state is StepState.SKIPPED for step in job.steps):
        return texts.NOT_BEGUN(language)
    return steps_line(job, language, elapsed, with_image=True)


def _reasons(job: Job, language: str) -> Sequence[str]:
    """Why it waits or failed, and what JD Cloud says that no page documents."""
    odd = [
        card.CLOUD_SAYS(
            language,
            image=code(step.result),
            status=code(step.cloud_status),
            since=moment(step.cloud_status_since or 0),
        )
        for step in job.steps
        if _is_odd(step)
    ]
    told = [_reason(problem, step, language) for step in job.steps for problem in step.problems]
    return [*odd, *dict.fromkeys(one for one in told if one)][:REASONS]


def _reason(problem: Problem, step: JobStep, language: str) -> str:
    """Why one step waits or failed; empty where that is said of the request, or of the machine above."""
    waits = step.state is StepState.PLANNED
    match problem.code:
        case Code.STILL_OWED | Code.FROZEN:
            return ""
        case Code.OUT_OF_HOURS if waits:
            return texts.OUT_OF_HOURS(language, when=moment(float(problem.facts["until"])))
        case Code.INSTANCE_NOT_STOPPED if waits and problem.facts.get("status"):
            status = machines.status_words(problem.facts["status"], language)
            return texts.BEGINS_WHEN_STOPPED(language, status=status)
        case _:
            return escape(clip(explain(problem, language), REASON))


def failures(request: ImageRequest, of: Sequence[PlannedJob] | None = None) -> Sequence[str]:
    """What stands against which machines: a line for each reason.

    Args:
        request: of several machines.
        of: those that are told of; None: all.
    """
    language = request.language
    triples = zip(request.plan.jobs, request.jobs, machines.labels(request.plan, language), strict=True)
    labels: dict[str, list[str]] = {}
    for planned, job, label in triples:
        if (of is None or planned in of) and (why := _reasons(job, language)):
            labels.setdefault(why[0], []).append(label)
    return [f"{units.listed(which, language)} · {reason}" for reason, which in labels.items()]


def results(request: ImageRequest, seen: Mapping[int, Seen]) -> Sequence[str]:
    """A line a machine, of a request that has ended: its image, or why there is none; and whether it runs. When that
    was seen is said once, where all were looked at together.
    """
    language = request.language
    times = [one.at for one in seen.values()]
    together = len(times) > 1 and max(times) - min(times) < TOGETHER
    pairs = zip(request.jobs, machines.labels(request.plan, language), strict=True)
    told = [
        (_is_exception(request, job), _result(request, job, label, seen.get(job.number), timed=not together))
        for job, label in pairs
    ]
    last = [texts.ALL_SEEN(language, when=moment(min(times)))] if together else []
    return [*(line for _, line in sorted(told, key=lambda one: not one[0])), *last]


def _result(request: ImageRequest, job: Job, label: str, seen: Seen | None, *, timed: bool) -> str:
    language, planned = request.language, request.plan.jobs[job.number]
    image = job.of_kind(Step.IMAGE)
    facts = {"machine": label, "image": code(image.result if image else ""), "name": code(planned.image_name)}
    if image and image.state is StepState.DONE:
        said = [texts.MADE(language, **facts)]
        said += [texts.MADE_LIVE(language)] if planned.while_imaged is WhileImaged.LIVE else []
    elif image and image.result:
        said = [texts.NOT_MADE_BROKEN(language, **facts)]
    else:
        said = [texts.NOT_MADE(language, **facts)]
        untouched = all(step.state is StepState.SKIPPED for step in job.steps)
        said += [texts.NEVER_BEGUN(language)] if untouched else []
    if seen:
        status, left_by = escape(units.instance_status(seen.status, language)), left_stopped_by(job)
        if left_by and seen.status == InstanceStatus.STOPPED:
            status = texts.LEFT_BY(language, status=status, person=person(left_by))
        said.append(card.SEEN(language, status=status, when=moment(seen.at)) if timed else status)
    return "\n".join([" · ".join(said), *(texts.WHY(language, reason=why) for why in _reasons(job, language))])


def left_stopped_by(job: Job) -> str:
    """Who has said that its machine, which the bot has stopped, may stay so; empty where nobody has."""
    return next((step.left_by for step in job.steps if step.left_by), "")


def _is_exception(request: ImageRequest, job: Job) -> bool:
    """Whether it is not as it should be: somebody reads it first."""
    waits = any(step.job == job.number for step in needing_a_person(request))
    failed = any(step.state is StepState.FAILED for step in job.steps)
    nothing_done = job.state is JobState.ENDED and not any(step.state is StepState.DONE for step in job.steps)
    return waits or failed or nothing_done


def _is_odd(step: JobStep) -> bool:
    return step.state is StepState.WORKING and bool(step.cloud_status)
