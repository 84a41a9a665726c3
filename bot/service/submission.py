"""A form as it was sent, held against its draft: pure rules, and whether it shows what the draft holds."""

import dataclasses
from collections.abc import Iterable, Iterator

from bot.domain import limits
from bot.domain.disks import boxes
from bot.domain.draft import Draft, DraftJob, boxes_seen, disks_seen
from bot.domain.errors import Code, Field, Problem
from bot.domain.planning import too_many
from bot.domain.rule import NO_RULES, Ruleset
from bot.service.typed import Choices, Kept, as_sent, which


def problems_of(filled: Draft, choices: Choices, now: float, ruleset: Ruleset = NO_RULES) -> tuple[Problem, ...]:
    """What is wrong with a form that was sent; `filled` is its draft with what was typed, `ruleset` what decides."""
    return (
        *_of_instances(filled, choices),
        *names(filled),
        *(limits.check_description(filled.description) or tickets_missing(filled, ruleset)),
        *limits.check_not_before(filled.not_before, now),
        *limits.check_note(filled.note),
    )


def tickets_missing(draft: Draft, ruleset: Ruleset) -> tuple[Problem, ...]:
    """Which tickets neither the description nor the note has."""
    return tuple(
        Problem(Code.TICKET_MISSING, Field.DESCRIPTION, {"example": one.example, "pattern": one.pattern, "rule": rule})
        for one, rule in ruleset.tickets.items()
        if not one.found_in(draft.description, draft.note)
    )


def says(draft: Draft, choices: Choices) -> bool:
    """Whether a form says what its draft holds."""
    filled = dataclasses.replace(as_sent(draft, choices.typed), view_id=draft.view_id)
    return filled == draft and not tuple(_of_instances(draft, choices))


def of_machine(draft: Draft, job: DraftJob, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems of one instance; where there are several, each says of which."""
    if draft.only:
        return tuple(problems)
    return tuple(dataclasses.replace(one, facts={**one.facts, "machine": job.called}) for one in problems)


def names(draft: Draft) -> Iterator[Problem]:
    """What is wrong with the names of the images, also among themselves."""
    if not draft.jobs:
        yield from limits.check_name(draft.name)
    for job in draft.jobs:
        if job.instance is not None or draft.only:
            yield from of_machine(draft, job, name_problems(draft, job))


def name_problems(draft: Draft, job: DraftJob) -> Iterator[Problem]:
    """What is wrong with the name of one image."""
    name = draft.names[job.instance_id]
    yield from limits.check_name(name)
    for other in draft.jobs:
        if (other.region, draft.names[other.instance_id]) == (job.region, name) and other is not job:
            yield Problem(Code.NAME_TWICE, Field.NAME, {"name": name, "instance": job.called})


def _of_instances(draft: Draft, choices: Choices) -> Iterator[Problem]:
    """What the form shows must be what the draft holds: nobody sends a disk they have not seen."""
    if not choices.instances:
        yield Problem(Code.INSTANCE_MISSING, Field.INSTANCE)
        return
    if problems := tuple(too_many(len(choices.instances))):
        yield from problems
        return
    same = {instance_id for _, instance_id in choices.instances} == which(draft.jobs)
    failed = [job for job in draft.jobs if job.instance is None and job.problems]
    if same and failed:
        for job in failed:
            yield from of_machine(draft, job, [Problem(Code.INSTANCE_NOT_LOADED, Field.INSTANCE)])
        return
    loaded = all(job.instance for job in draft.jobs)
    if not same or not loaded or choices.disks != disks_seen(draft) or not _boxes_shown(draft, choices.typed.kept):
        yield Problem(Code.INSTANCE_LOADING, Field.INSTANCE)


def _boxes_shown(draft: Draft, kept: Kept | None) -> bool:
    """Whether the form shows the boxes of its one instance, as far as it has any. Of several it shows none."""
    if draft.only is None or draft.only.instance is None:
        return True
    return (kept.boxes == boxes_seen(draft.only.instance)) if kept else not boxes(draft.only.instance)
