"""A plan of several machines in lines: which they are, how they run, and what becomes of each, exceptions first."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from bot.domain.cloud import InstanceStatus
from bot.domain.errors import Code
from bot.domain.lifecycle import State
from bot.domain.plan import Order, Plan, PlannedJob, WhileImaged
from bot.domain.request import ImageRequest
from bot.slack.protocol.markup import code, escape, moment, name
from bot.slack.screens.plan_lines import disks_of
from bot.texts import Text, card, several, units

NAMED = 3
"""Machines that a sentence names: whoever wants all of them has a line for each below."""

LONGEST = 40
"""Characters of a machine's name beside others."""


def short(text: str) -> str:
    """A machine's name where several stand in a line."""
    return code(text, LONGEST)


def named(jobs: Sequence[PlannedJob], language: str, written: Callable[[str], str] = short) -> str:
    """Some machines by name: `web-1, web-2, web-3 and 3 more`."""
    some = units.listed([written(job.called) for job in jobs[:NAMED]], language)
    more = len(jobs) - NAMED
    return several.AND_MORE(language, machines=some, count=str(more)) if more > 0 else some


def facts(jobs: Sequence[PlannedJob], language: str) -> dict[str, str]:
    """What texts about several machines name, where Slack reads no markup."""
    return {"count": str(len(jobs)), "machines": named_plainly(jobs, language)}


def named_plainly(jobs: Sequence[PlannedJob], language: str) -> str:
    """The same where Slack reads no markup."""
    return named(jobs, language, lambda text: name(text, LONGEST))


def places(plan: Plan, language: str) -> str:
    """Where the machines of a plan are: `Beijing, Shanghai`."""
    regions = dict.fromkeys(job.region for job in plan.jobs)
    return units.listed([escape(units.place(region, language)) for region in regions], language)


def labels(plan: Plan, language: str) -> Sequence[str]:
    """What tells each machine of a plan from the others: its name; its place where there are several; and its id where
    two are called alike.
    """
    calls = Counter((job.region, job.called) for job in plan.jobs)
    apart = len({job.region for job in plan.jobs}) > 1

    def label(job: PlannedJob) -> str:
        machine = code(job.called)
        if calls[job.region, job.called] > 1:
            machine += " " + code(job.instance_id)
        if apart:
            machine = several.IN_PLACE(language, machine=machine, place=escape(units.place(job.region, language)))
        return machine

    return [label(job) for job in plan.jobs]


def how(plan: Plan, usual_seconds: Mapping[int, float], language: str) -> str:
    """How the machines run, what that means for those that are taken down, and what it comes to, in a line or two.

    Args:
        plan: of several machines.
        usual_seconds: how long an image of each usually takes, by job, as far as that is known.
        language: of whoever reads it.
    """
    facts = [_down(plan, usual_seconds, language)]
    one_after_another = plan.order is Order.ONE_AFTER_ANOTHER
    known = [usual_seconds[number] for number in range(len(plan.jobs)) if number in usual_seconds]
    if plan.stops and one_after_another and len(known) == len(plan.jobs):
        facts.append(several.IN_ALL(language, duration=units.duration(sum(known), language)))
    said = units.said(facts, language)
    if plan.not_before is not None:
        said += " · " + card.NOT_BEFORE(language, when=moment(plan.not_before))
    return f"{said}\n{total(plan, language)}"


def total(plan: Plan, language: str) -> str:
    """The disks of all its images: how many, and what they come to."""
    disks = sum(1 + len(job.data_disks) - len(job.left_out) for job in plan.jobs)
    return card.IN_IMAGE(language, disks=units.disks(disks, language), size=units.size(plan.size_gb, language))


def _down(plan: Plan, usual_seconds: Mapping[int, float], language: str) -> str:
    one_after_another = plan.order is Order.ONE_AFTER_ANOTHER
    order = (several.BEGIN_ONE_AFTER_ANOTHER if one_after_another else several.BEGIN_SIDE_BY_SIDE)(language)
    stopping = [number for number, job in enumerate(plan.jobs) if job.stops]
    if not stopping:
        return several.NONE_STOPS(language, order=order)
    count, everybody = str(len(stopping)), str(len(plan.jobs))
    some = len(stopping) < len(plan.jobs)
    if not usual_seconds.keys() >= set(stopping):
        return (several.SOME_DOWN if some else several.EACH_DOWN)(language, order=order, count=count, all=everybody)
    took = [usual_seconds[number] for number in stopping]
    low, high = units.duration(min(took), language), units.duration(max(took), language)
    duration = low if low == high else several.SPAN(language, low=low, high=high)
    one, each = several.SOME_DOWN_FOR, several.EACH_SOME_DOWN_FOR
    words = (one if len(stopping) == 1 else each) if some else several.EACH_DOWN_FOR
    return words(language, order=order, count=count, all=everybody, duration=duration)


def planned(request: ImageRequest) -> Sequence[str]:
    """A line a machine: what is done to it, its disks, and what is not usual; those with most of that first."""
    language, plan = request.language, request.plan
    lines = [
        (_weight(request, number), _line(request, number, label)) for number, label in enumerate(labels(plan, language))
    ]
    return [line for _, line in sorted(lines, key=lambda one: -one[0])]  # those alike stay in the order of the plan


def _line(request: ImageRequest, number: int, label: str) -> str:
    language, job = request.language, request.plan.jobs[number]
    releases = [several.RELEASES(language)] if job.releases else []
    waits = not_as_needed(request, number, (several.NOT_YET_STOPPED, several.NOT_AT_REST))
    return " · ".join([label, _DONE[job.while_imaged](language), *releases, *waits, *disks_of(job, language, NAMED)])


_DONE = {
    WhileImaged.STOP_AND_START: several.STOP_IMAGE_START,
    WhileImaged.LIVE: several.LIVE,
    WhileImaged.STOPPED: several.IMAGE,
}


def _weight(request: ImageRequest, number: int) -> int:
    """How much a line is to be read: what may harm the machine weighs more than what is missing in its image."""
    job = request.plan.jobs[number]
    waits = not_as_needed(request, number, (several.NOT_YET_STOPPED, several.NOT_AT_REST))
    facts = (job.releases, job.while_imaged is WhileImaged.LIVE, job.left_out, job.added, waits)
    return sum(bool(fact) << weight for weight, fact in enumerate(reversed(facts)))


def not_as_needed(request: ImageRequest, number: int, words: tuple[Text, Text]) -> Sequence[str]:
    """What an image waits for, as long as nobody has begun it: the machine, as it was when it was looked at.

    Args:
        request: which.
        number: of the job.
        words: for a machine that somebody has to stop, and for one that has to come to rest.
    """
    job, planned_job, language = request.jobs[number], request.plan.jobs[number], request.language
    waits_for_stop = planned_job.while_imaged is WhileImaged.STOPPED
    fine = {InstanceStatus.STOPPED} | (set() if waits_for_stop else {InstanceStatus.RUNNING})
    undecided = request.state in {State.PENDING, State.APPROVED}
    against = {Code.INSTANCE_NOT_STOPPED, Code.INSTANCE_BUSY}
    said = any(problem.code in against for step in job.steps for problem in step.problems)
    if not undecided or said or job.seen_at is None or job.seen_status in fine:
        return []
    (stop, rest), machine = words, code(planned_job.called)
    status = status_words(job.seen_status, language)
    return [(stop if waits_for_stop else rest)(language, instance=machine, status=status, when=moment(job.seen_at))]


def status_words(status: str, language: str) -> str:
    """A machine's state in words; one that is not known as JD Cloud says it."""
    return units.instance_status(status, language) if status in units.INSTANCE_STATUSES else code(status)
