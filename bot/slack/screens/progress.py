"""What has happened to a request, and what comes next: the lines of its cards."""

from collections.abc import Mapping, Sequence

from bot.domain.errors import Code, Problem
from bot.domain.freeze import Freeze
from bot.domain.lifecycle import OPEN, State
from bot.domain.quorum import Need
from bot.domain.request import ImageRequest
from bot.domain.steps import JobStep, Step, StepState, is_owed
from bot.slack.protocol.markup import code, mentions, moment, person
from bot.slack.screens import freeze, machine_progress
from bot.slack.screens.rule_lines import rule_name
from bot.slack.screens.step_line import NOTHING_KNOWN, Elapsed, steps_line
from bot.slack.screens.who_decides import still_asked
from bot.texts import card, emergency, home, several, units


def lines(
    request: ImageRequest,
    approvers: Sequence[str],
    usual_seconds: Mapping[int, float],
    now: float | None = None,
    *,
    needs: Sequence[Need] = (),
    frozen: Freeze | None = None,
) -> list[str]:
    """What has happened, and what comes next.

    Args:
        request: as it stands.
        approvers: ids of people and groups, to be mentioned while they are needed.
        usual_seconds: how long an image of each machine usually takes, by job, as far as that is known.
        now: unix seconds, for how long it has taken so far.
        needs: what each of its rules has of the approvals that it wants, while it waits for them.
        frozen: the freeze that holds it up.
    """
    if request.state is State.PENDING:
        return _pending(request, approvers, needs)
    if request.plan.only is None and request.state in _A_LINE_EACH:
        return [*machine_progress.lines(request, approvers, usual_seconds, now), *_frozen(request, frozen)]
    return [*_happened(request, approvers, usual_seconds.get(0), now, frozen), *_frozen(request, frozen)]


_A_LINE_EACH = frozenset({State.WORKING, State.READY, State.PARTLY, State.FAILED})
"""The states in which each of several machines has a line of its own."""


def moves(request: ImageRequest) -> bool:
    """Whether its lines change with the time that passes."""
    making = any(step.kind == Step.IMAGE and step.state is StepState.WORKING for step in request.steps)
    return making and _has_several(request)


def _has_several(request: ImageRequest) -> bool:
    """Whether its steps have a line of their own."""
    return request.plan.only is None or any(len(job.steps) > 1 for job in request.jobs)


def reasons(request: ImageRequest) -> Sequence[Problem]:
    """Why it waits or failed, but for what the lines say already."""
    if request.plan.only is None:
        return request.noted  # each machine's line says the others
    waits = request.state is State.APPROVED
    said = {Code.STILL_OWED, Code.FROZEN} | ({Code.INSTANCE_NOT_STOPPED, Code.OUT_OF_HOURS} if waits else set())
    return [problem for problem in request.problems if problem.code not in said]


def _frozen(request: ImageRequest, frozen: Freeze | None) -> list[str]:
    """That a freeze holds up what is still to begin of a request that is under way."""
    to_begin = any(
        step.state is StepState.PLANNED and not is_owed(step, job.steps) for job in request.jobs for step in job.steps
    )
    waits = frozen and to_begin and request.state is State.WORKING and not request.ending
    return [freeze.still(frozen, request.language)] if frozen and waits else []


def _happened(
    request: ImageRequest,
    approvers: Sequence[str],
    usual_seconds: float | None,
    now: float | None,
    frozen: Freeze | None,
) -> list[str]:
    language = request.language
    by = _listed(request.approved_by, language)
    words = card.APPROVED_BEFORE if request.emergency_by else card.APPROVED_BY
    approved = [words(language, people=by)] if by else []
    match request.state:
        case State.PENDING:
            return []
        case State.APPROVED:
            return waiting(request, frozen)
        case State.WORKING:
            elapsed = Elapsed(usual_seconds, now)
            said = in_doubt(request, approvers)
            return [*approved, *_steps(request, elapsed), *_working(request, said, usual_seconds)]
        case State.READY | State.PARTLY:
            return [*approved, *_steps(request), _ready(request)]
        case State.FAILED:
            return [*approved, *_steps(request), ended(request)]
        case State.REJECTED:
            who = request.rejection
            assert who is not None
            return [card.REJECTED(language, person=person(who.approver))]
        case State.CANCELLED | State.EXPIRED:
            return [ended(request)]


def _pending(request: ImageRequest, approvers: Sequence[str], needs: Sequence[Need]) -> list[str]:
    """Who is asked, who has approved, and who is still needed for what."""
    language, by = request.language, _listed(request.approved_by, request.language)
    left = still_asked(request, approvers, needs)
    asked = [card.ASK(language, approvers=_listed(left, language))] if left else []
    approved = [card.APPROVED_BY(language, people=by)] if by else []
    waits = _listed(request.unconfirmed, language)
    unconfirmed = [card.UNCONFIRMED(language, people=waits)] if waits else []
    return [*asked, *approved, *unconfirmed, *_missing(request, needs)]


def _missing(request: ImageRequest, needs: Sequence[Need]) -> list[str]:
    language = request.language
    if len(needs) > 1:
        short = [need for need in needs if need.missing]
        return [
            card.MISSING_BY_RULE(language, rule=rule_name(need.rule, language), count=str(need.missing))
            for need in short or needs
        ]
    quorum = needs[0].quorum if needs else request.quorum
    return [card.MISSING(language, count=str(max(1, quorum - len(request.approved_by))))]


def _listed(ids: Sequence[str], language: str) -> str:
    return units.listed(mentions(ids), language)


def waiting(request: ImageRequest, frozen: Freeze | None) -> list[str]:
    """What an approved request waits for: on its cards, and wherever else it is told of."""
    machines = machine_progress.waiting(request) if _each_waits(request) else ()
    return [_waits(request, frozen), *machines]


def _each_waits(request: ImageRequest) -> bool:
    """Whether its machines wait for something of their own, and not all of them for a time."""
    codes = {problem.code for problem in request.problems} - {Code.FROZEN, Code.OUT_OF_HOURS}
    return request.plan.only is None and bool(codes or request.waits_for)


def _waits(request: ImageRequest, frozen: Freeze | None) -> str:
    language, by = request.language, _listed(request.approved_by, request.language)
    if request.emergency_by:
        return _waits_in_emergency(request)
    problems = [problem for problem in request.problems if problem.code is not Code.FROZEN]
    if frozen:
        return card.WAITS_FOR_FREEZE(language, people=by, **freeze.facts(frozen, language))
    if _each_waits(request):
        if not request.waits_for and {problem.code for problem in problems} == {Code.INSTANCE_NOT_STOPPED}:
            return several.WAIT_UNTIL_STOPPED(language, people=by, when=moment(request.expires_at))
        return card.WAITING(language, people=by)
    if request.waits_for:
        instance = code(request.plan.jobs[0].called)
        return card.WAITS_FOR(language, people=by, request=request.waits_for, instance=instance)
    for problem in problems:
        if problem.code is Code.OUT_OF_HOURS:
            return card.WAITS_FOR_HOURS(language, people=by, when=moment(float(problem.facts["until"])))
    if request.begin_at and not problems:
        return card.WAITS_UNTIL(language, people=by, when=moment(request.begin_at))
    if any(problem.code is Code.INSTANCE_NOT_STOPPED for problem in problems):
        return card.WAITS_UNTIL_STOPPED(language, people=by, when=moment(request.expires_at))
    return (card.WAITING if problems else card.WAITS_ITS_TURN)(language, people=by)


def _waits_in_emergency(request: ImageRequest) -> str:
    """What even that has to wait for."""
    language = request.language
    if request.waits_for and request.plan.only:
        instance = code(request.plan.only.called)
        return emergency.WAITS_FOR(language, request=request.waits_for, instance=instance)
    if request.plan.only and any(problem.code is Code.INSTANCE_NOT_STOPPED for problem in request.problems):
        return emergency.WAITS_UNTIL_STOPPED(language, when=moment(request.expires_at))
    waits = request.problems or request.waits_for
    return (emergency.WAITS if waits else emergency.WAITS_ITS_TURN)(language)


def _steps(request: ImageRequest, elapsed: Elapsed = NOTHING_KNOWN) -> list[str]:
    """A line for all steps, where there are several: what is done and when, what is under way, what is to come."""
    language = request.language
    told = [steps_line(job, language, elapsed) for job in request.jobs if len(job.steps) > 1]
    ending = told and request.ending and request.state is State.WORKING
    return [*told, *([card.ENDING(language, person=person(request.ended_by))] if ending else [])]


def under_way(
    request: ImageRequest,
    usual_seconds: Mapping[int, float],
    now: float | None,
    *,
    doubt: str,
    frozen: Freeze | None,
) -> list[str]:
    """How far it is, where it is told of in a few lines: as on its cards; of several machines those that are at it,
    and those that are not as they should be.

    Args:
        request: that is under way.
        usual_seconds: how long an image of each machine usually takes, by job, as far as that is known.
        now: unix seconds, for how long it has taken so far.
        doubt: what its reader is told where nobody can tell whether a call took effect.
        frozen: the freeze that holds it up.
    """
    if request.plan.only is None:
        said = [*machine_progress.under_way(request, usual_seconds, now, doubt=doubt)]
    else:
        usual = usual_seconds.get(0)
        said = [*_steps(request, Elapsed(usual, now)), *_working(request, doubt, usual)]
    return [*said, *_frozen(request, frozen)]


def in_doubt(request: ImageRequest, approvers: Sequence[str]) -> str:
    """What is said where nobody can tell whether a call took effect: to the approvers, or to who waits for them."""
    if request.plan.only is None:
        return machine_progress.in_doubt(request, approvers)
    language = request.language
    asked = card.UNSURE(language, approvers=_listed(approvers, language)) if approvers else ""
    return asked or home.UNSURE_FOR_REQUESTER(language)


def _working(request: ImageRequest, doubt: str, usual_seconds: float | None) -> list[str]:
    """What is under way now, and what somebody has to do."""
    language, said = request.language, []
    if request.stuck:
        said.append(card.MACHINE_OFF(language, instance=code(request.plan.jobs[0].called)))
    if request.unsure:
        return [*said, doubt]
    step = request.current
    if step is None or step.kind != Step.IMAGE:
        return said
    if step.state is StepState.WORKING:
        return [*said, *_making(step, request, usual_seconds)]
    doubtful = step.state is StepState.CALLING and step.problems
    return [*said, *([card.DOUBTFUL(language)] if doubtful else [])]


def _making(step: JobStep, request: ImageRequest, usual_seconds: float | None) -> list[str]:
    language, image = request.language, code(step.result)
    if step.cloud_status and step.cloud_status_since is not None:
        return [card.CLOUD_SAYS(language, image=image, since=moment(step.cloud_status_since))]
    if _has_several(request) and usual_seconds is not None:
        return []  # the line of the steps says it
    told = [card.BUILDING(language, image=image, since=moment(step.working_since or request.created_at))]
    slow = any(problem.code is Code.SLOWER_THAN_USUAL for problem in step.problems)  # it says how long is usual
    if usual_seconds is not None and not slow:
        told.append(card.USUALLY(language, duration=units.duration(usual_seconds, language)))
    return told


def _ready(request: ImageRequest) -> str:
    step = request.images[0]
    taken = (step.ended_at or 0) - (step.working_since or 0) if step else 0
    return card.READY(
        request.language, image=code(", ".join(request.image_ids)), duration=units.duration(taken, request.language)
    )


def ended(request: ImageRequest) -> str:
    """How it ended without an image: on its cards, and wherever else it is told of. Why is said below."""
    if request.state is State.CANCELLED:
        return card.CANCELLED(request.language, person=person(request.ended_by or request.requester))
    if request.state is State.EXPIRED:
        return (card.APPROVAL_EXPIRED if request.approved_at else card.EXPIRED)(request.language)
    if request.ending:
        return card.ENDED(request.language, person=person(request.ended_by))
    if request.ended_by:
        return card.GIVEN_UP(request.language, person=person(request.ended_by))
    if ", ".join(request.image_ids):
        return card.FAILED_IMAGE(request.language, image=code(", ".join(request.image_ids)))
    return card.FAILED(request.language)


def resumed(request: ImageRequest) -> list[str]:
    """Who has taken it up again, and what came of it: below the reasons, which the last of the lines may announce."""
    words = card.RESUMED.get(request.resumed_how)
    if words is None or request.resumed_at is None or request.state not in OPEN | {State.FAILED}:
        return []
    language, who, unsure = request.language, person(request.resumed_by), request.unsure
    looked_at = unsure.looked_at if unsure else None
    if request.resumed_how == "check_again" and looked_at is not None and looked_at >= request.resumed_at:
        nothing = any(problem.code is Code.ANSWER_LOST for problem in request.problems)
        seen = card.STILL_NO_IMAGE if nothing else card.LOOKED_AGAIN
        return [seen(language, person=who, when=moment(looked_at))]
    return [words(language, person=who, when=moment(request.resumed_at))]
