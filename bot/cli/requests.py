"""`requests`: where every request stands, and one of them whole."""

import itertools
from collections.abc import Iterator, Sequence

from bot.cli.console import columns, utc
from bot.domain.disks import AddedDisk
from bot.domain.errors import Problem
from bot.domain.plan import DiskAction, PlannedDisk, PlannedJob
from bot.domain.request import ImageRequest
from bot.logs import printable

_HEAD = ("REQUEST", "STATE", "ASKED", "BY", "REGION", "INSTANCE", "IMAGE", "IMAGE ID")


def listed(requests: Sequence[ImageRequest]) -> str:
    """One a line for each instance, under a head."""
    rows = [
        (
            request.id,
            _state(request),
            utc(request.created_at),
            request.requester,
            job.region,
            job.instance_id,
            job.image_name,
            image,
        )
        for request in requests
        for job, image in zip(request.plan.jobs, _images(request), strict=True)
    ]
    return columns(_HEAD, rows)


def whole(request: ImageRequest) -> str:
    """One request: what was asked, what will be in the image, who decided, and how it stands."""
    decisions = [
        (utc(decision.at), decision.approver, decision.verdict, decision.reason) for decision in request.decisions
    ]
    parts = [
        *(f"{name:<12} {printable(value)}" for name, value in _facts(request) if value),
        *(f"{'problem':<12} {problem.code} {_facts_of(problem)}" for problem in request.problems),
        "",
        *itertools.chain(*(_job(job, image) for job, image in zip(request.plan.jobs, _images(request), strict=True))),
        "",
        f"{len(request.approved_by)} of {request.quorum} approvals",
        columns(("AT", "WHO", "VERDICT", "REASON"), decisions) if decisions else "",
    ]
    return "".join(f"{part.rstrip()}\n" for part in parts)


def _facts(request: ImageRequest) -> Iterator[tuple[str, str]]:
    plan = request.plan
    yield "request", request.id
    yield "state", request.state
    yield "order", plan.order if plan.only is None else ""
    yield "description", plan.description
    yield "note", request.note
    yield "asked by", f"{request.requester} in workspace {request.team}"
    yield "announce in", request.announce_in
    yield "plan's hash", plan.hash
    yield "rules", ", ".join(one.rule or "the settings" for one in request.promises) if request.policy_hash else ""
    yield "policy", request.policy_hash
    for name, at in (
        ("asked", request.created_at),
        ("expires", request.expires_at),
        ("approved", request.approved_at),
        ("finished", request.finished_at),
    ):
        yield name, "" if at is None else utc(at)
    yield "ended by", request.ended_by
    if request.emergency_by:
        begun = utc(request.emergency_at or 0)
        yield "emergency", f"begun by {request.emergency_by} without an approval, {begun}: {request.emergency_why}"
        seen = request.reviewed_at
        yield "review", "owed" if seen is None else f"by {request.reviewed_by}, {utc(seen)}"


def _state(request: ImageRequest) -> str:
    if not request.emergency_by:
        return request.state
    return f"{request.state} (emergency, review owed)" if request.review_owed else f"{request.state} (emergency)"


def _facts_of(problem: Problem) -> str:
    return printable(", ".join(f"{name}: {value}" for name, value in problem.facts.items()))


def _images(request: ImageRequest) -> list[str]:
    """The ids of its images, one for each job; empty where there is none."""
    made = {step.job: step.result for step in request.images}
    return [made.get(number, "") for number in range(len(request.plan.jobs))]


def _job(job: PlannedJob, image: str) -> Iterator[str]:
    yield ""
    yield f"{'instance':<12} {printable(f'{job.instance_name} ({job.instance_id}) in {job.region}')}"
    yield f"{'image':<12} {printable(f'{job.image_name} {image}')}"
    yield columns(("DEVICE", "SIZE", "TYPE", "NAME", "BECOMES"), list(_disks(job)))


def _disks(job: PlannedJob) -> Iterator[tuple[str, ...]]:
    words = {DiskAction.SNAPSHOT: "in the image", DiskAction.LEAVE_OUT: "left out"}

    def line(disk: PlannedDisk | AddedDisk, becomes: str) -> tuple[str, ...]:
        return disk.device, f"{disk.size_gb} GiB", disk.disk_type, disk.name, becomes

    yield line(job.system_disk, "in the image, as its system disk")
    for disk in job.data_disks:
        yield line(disk, words[disk.fate])
    for added in job.added:
        source = f"from snapshot {added.snapshot.id}" if added.snapshot else "blank"
        yield line(added, f"added, {source}, {added.charge.mode}")
    for disk in job.local_disks:
        yield line(disk, "local, never in an image")
