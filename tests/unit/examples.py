"""Examples of domain values for tests: complete, plain, and changed by keyword."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.cloud import Disk, Instance
from bot.domain.draft import Draft, DraftJob, DraftState
from bot.domain.lifecycle import State
from bot.domain.outcome import together
from bot.domain.plan import Order, Plan, PlannedJob, WhileImaged
from bot.domain.planning import draw_up, job_of
from bot.domain.request import Decision, ImageRequest, Verdict
from bot.domain.rule import SETTINGS, Rule, Rulebook
from bot.domain.steps import Job, JobState, JobStep, Step, StepState, standing, standings
from bot.service.current_rules import CurrentRules


def a_disk(device: str, **changes: Any) -> Disk:
    """An attached cloud disk at rest."""
    disk = Disk(
        device=device,
        category="cloud",
        disk_id=f"vol-{device}",
        name=f"disk-{device}",
        size_gb=100,
        disk_type="ssd",
        attachment="attached",
        status="in-use",
    )
    return dataclasses.replace(disk, **changes)


def an_instance(**changes: Any) -> Instance:
    """A stopped instance with two cloud data disks and a local one."""
    instance = Instance(
        region="cn-north-1",
        id="i-abc123",
        name="web-1",
        status="stopped",
        private_ip="10.0.0.5",
        az="cn-north-1a",
        system_disk=a_disk("vda", size_gb=40),
        data_disks=(
            a_disk("vdb"),
            a_disk("vdc", size_gb=200),
            a_disk("vdd", category="local", disk_id="", status=""),
        ),
    )
    return dataclasses.replace(instance, **changes)


def a_plan(**changes: Any) -> Plan:
    """The plan of that instance, with vdc left out."""
    plan = plan_for(an_instance(), left_out=frozenset({"vdc"}), image_name="web-1-20261123", description="weekly")
    return replan(plan, **changes)


def plan_for(instance: Instance, *, description: str, **choices: Any) -> Plan:
    """The plan of one instance."""
    return draw_up([job_of(instance, **choices)], description=description)


def replan(plan: Plan, **changes: Any) -> Plan:
    """The plan with other fields, of its own or of its jobs."""
    of_job, own = _sorted(PlannedJob, changes)
    return dataclasses.replace(plan, jobs=tuple(dataclasses.replace(job, **of_job) for job in plan.jobs), **own)


def rejob(request: ImageRequest, **changes: Any) -> ImageRequest:
    """The request with other fields, of its own or of its jobs."""
    of_job, own = _sorted(Job, changes)
    request = dataclasses.replace(request, **own)
    return dataclasses.replace(request, jobs=tuple(dataclasses.replace(job, **of_job) for job in request.jobs))


def _sorted(kind: Any, changes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Changes of a value of that kind, and the others."""
    names = {field.name for field in dataclasses.fields(kind)} - {"state", "steps", "number"}
    return {k: v for k, v in changes.items() if k in names}, {k: v for k, v in changes.items() if k not in names}


def a_stopping_plan(**changes: Any) -> Plan:
    """The plan of that instance where it runs: it is stopped for the image, and started again."""
    return a_plan(while_imaged=WhileImaged.STOP_AND_START, **changes)


def a_step(kind: str = Step.IMAGE, **changes: Any) -> JobStep:
    """A step of which nothing was asked yet."""
    step = JobStep(
        id=1, request_id="IR-7K3QF", job=0, position=0, region="cn-north-1", instance_id="i-abc123", kind=kind
    )
    return dataclasses.replace(step, **changes)


def a_job(*steps: JobStep, number: int = 0) -> Job:
    """A job of these steps, which stands where they do."""
    placed = tuple(
        dataclasses.replace(step, id=10 * number + position + 1, job=number, position=position)
        for position, step in enumerate(steps)
    )
    job = Job(number=number, state=JobState.WAITING, steps=placed)
    return dataclasses.replace(job, state=standing(job))


def stop_image_start(*states: StepState, **changes: Any) -> Job:
    """The job of a running instance, each step in its state; `changes` are those of the step that is under way."""
    kinds = ((Step.STOP, None), (Step.IMAGE, None), (Step.START, 0))
    ended = {"working_since": 1_100.0, "ended_at": 1_400.0}
    times = {
        StepState.DONE: ended,
        StepState.WORKING: {"working_since": 1_100.0},
        StepState.CALLING: {"called_at": 1_100.0},
    }
    current = next((n for n, state in enumerate(states) if state not in {StepState.DONE, StepState.SKIPPED}), 0)
    return a_job(
        *(
            a_step(kind, undoes=undoes, state=state, **(times.get(state, {}) | (changes if number == current else {})))
            for number, ((kind, undoes), state) in enumerate(zip(kinds, states, strict=True))
        )
    )


_IMAGE_OF = {
    State.PENDING: StepState.PLANNED,
    State.APPROVED: StepState.PLANNED,
    State.WORKING: StepState.WORKING,
    State.READY: StepState.DONE,
    State.PARTLY: StepState.DONE,
    State.FAILED: StepState.FAILED,
}
"""Where the step of a plan of one step stands; else it was skipped."""


def a_request(image: Mapping[str, Any] | None = None, **changes: Any) -> ImageRequest:
    """A request that waits for approval, or is in another state, with the step that makes its image, changed by
    `image`. One of which some images are there has a second job, which failed.
    """
    request = ImageRequest(
        id="IR-7K3QF",
        state=State.PENDING,
        version=1,
        requester="U0AMY",
        team="T0",
        language="en",
        plan=a_plan(),
        note="",
        announce_in="C0OPS",
        quorum=1,
        created_at=1_000.0,
        expires_at=90_000.0,
    )
    of_job, own = _sorted(Job, changes)
    request = dataclasses.replace(request, **own)
    if "jobs" in changes:
        return request
    state = _IMAGE_OF.get(request.state, StepState.SKIPPED)
    jobs = [a_job(a_step(**({"state": state} | dict(image or {}))))]
    if request.state is State.PARTLY:
        jobs.append(a_job(a_step(state=StepState.FAILED), number=1))
    return rejob(dataclasses.replace(request, jobs=tuple(jobs)), **of_job)


def a_decision(approver: str, plan_hash: str, *, verdict: Verdict = Verdict.APPROVE) -> Decision:
    """Somebody's decision about a plan."""
    return Decision(approver=approver, verdict=verdict, plan_hash=plan_hash, reason="", at=2_000.0)


_OF_ONE = {"instance_id", "instance", "left_out", "added", "usual_seconds", "free_names"}


def a_draft(**changes: Any) -> Draft:
    """A form that was just begun; with the id of an instance, and what else is said of it, one of that."""
    mine = {name: changes.pop(name) for name in _OF_ONE & changes.keys()}
    if "instance_id" in mine:
        changes["jobs"] = (DraftJob(region="cn-north-1", name=changes.pop("name", ""), **mine),)
    draft = Draft(
        id="draft-1",
        state=DraftState.OPEN,
        revision=0,
        requester="U0AMY",
        team="T0",
        language="en",
        origin="C0OPS",
        region="cn-north-1",
        created_at=1_000.0,
    )
    return dataclasses.replace(draft, **changes)


def a_plan_of(count: int, *, while_imaged: WhileImaged = WhileImaged.STOP_AND_START, **changes: Any) -> Plan:
    """The plan of so many machines, web-1 and on, with vdc left out of each."""
    jobs = [
        job_of(
            an_instance(id=f"i-web{number}", name=f"web-{number}"),
            left_out=frozenset({"vdc"}),
            image_name=f"web-{number}-20261123",
            while_imaged=while_imaged,
        )
        for number in range(1, count + 1)
    ]
    return dataclasses.replace(draw_up(jobs, description="weekly"), **changes)


def a_request_of(*jobs: Job, **changes: Any) -> ImageRequest:
    """A request of so many machines that stands where its jobs do; each job takes the number of its place. One that
    comes after a job that did not end well is held.
    """
    numbered = [
        dataclasses.replace(
            job,
            number=number,
            steps=tuple(dataclasses.replace(step, id=10 * number + n, job=number) for n, step in enumerate(job.steps)),
        )
        for number, job in enumerate(jobs)
    ]
    plan = changes.pop("plan", None) or a_plan_of(len(jobs))
    turns = standings(numbered, one_after_another=plan.order is Order.ONE_AFTER_ANOTHER)
    placed = tuple(dataclasses.replace(job, state=state) for job, state in zip(numbered, turns, strict=True))
    usual: dict[str, Any] = {"state": together(placed), "approved_at": 1_000.0}
    return a_request(plan=plan, jobs=placed, **(usual | changes))


def a_rule(**changes: Any) -> Rule:
    """The rule that the settings are: one of Ben and Cat, by themselves or through a group."""
    usual = {"name": SETTINGS, "channel": "C0APPROVALS", "approvers": ("U0BEN", "U0CAT"), "quorum": 1}
    return Rule(**{**usual, **changes})


def rules_in_force(clock: Callable[[], float], *rules: Rule) -> CurrentRules:
    """Rules; where none is given, those of the settings alone."""
    return CurrentRules(book=Rulebook(rules or (a_rule(),)), clock=clock)
