"""`requests`: where every request stands, and one of them whole."""

import itertools
from collections.abc import Iterator, Sequence

from bot.cli.console import columns, utc
from bot.domain.disks import AddedDisk
from bot.domain.errors import Problem
from bot.domain.plan import DiskAction, PlannedDisk, PlannedJob, WhileImaged
from bot.domain.request import Decision, ImageRequest, Validity
from bot.domain.steps import Job, JobStep, Step
from bot.logs import printable

_MEANWHILE = {
    WhileImaged.STOPPED: "imaged when it is stopped, by whoever stops it",
    WhileImaged.STOP_AND_START: "stopped for its image, and started again",
    WhileImaged.LIVE: "imaged while it runs: its data may be torn",
}
_RELEASES = "; a stop releases its CPU, memory, GPU and local data disks"
_KEEPS = "; stopInstance is sent with keepCharging"

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
    """One request: what was asked, what becomes of each machine and is in its image, how each step stands, and
    who decided.
    """
    decisions = [
        (utc(decision.at), decision.approver, _verdict(decision), decision.reason) for decision in request.decisions
    ]
    jobs = {job.number: job for job in request.jobs}
    parts = [
        *(_line(name, value) for name, value in _facts(request) if value),
        *(_line("problem", _said(problem)) for problem in request.noted),
        *itertools.chain(*(_job(planned, jobs.get(number)) for number, planned in enumerate(request.plan.jobs))),
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
    # Somebody may have said since that it need not be waited for.
    yield (
        "not before",
        utc(plan.not_before) + ("" if request.begin_at else ", not waited for") if plan.not_before else "",
    )
    yield "ended by", request.ended_by
    yield "ending", "nothing new begins; what is owed is done" if request.ending else ""
    if request.emergency_by:
        begun = utc(request.emergency_at or 0)
        yield "emergency", f"begun by {request.emergency_by} without an approval, {begun}: {request.emergency_why}"
        seen = request.reviewed_at
        yield "review", "owed" if seen is None else f"by {request.reviewed_by}, {utc(seen)}"


def _state(request: ImageRequest) -> str:
    if not request.emergency_by:
        return request.state
    return f"{request.state} (emergency, review owed)" if request.review_owed else f"{request.state} (emergency)"


def _verdict(decision: Decision) -> str:
    """What somebody decided, and where that does not count as it is."""
    return decision.verdict if decision.validity is Validity.VALID else f"{decision.verdict} ({decision.validity})"


def _line(name: str, value: str) -> str:
    return f"{name:<12} {printable(value)}"


def _said(problem: Problem) -> str:
    facts = ", ".join(f"{name}: {value}" for name, value in problem.facts.items())
    return f"{problem.code} ({facts})" if facts else problem.code


def _images(request: ImageRequest) -> list[str]:
    """The ids of its images, one for each job; empty where there is none."""
    made = {step.job: step.result for step in request.images}
    return [made.get(number, "") for number in range(len(request.plan.jobs))]


def _job(planned: PlannedJob, job: Job | None) -> Iterator[str]:
    """One machine: what becomes of it, what its image is made of, and how far that is."""
    steps = job.steps if job else ()
    made = next((step.result for step in steps if step.kind == Step.IMAGE), "")
    meanwhile = _MEANWHILE[planned.while_imaged]
    yield ""
    yield _line("instance", f"{planned.instance_name} ({planned.instance_id}) in {planned.region}")
    yield _line("machine", meanwhile + _RELEASES * planned.releases + _KEEPS * planned.keep_charging)
    yield _line("image", f"{planned.image_name} {made}")
    if job:
        seen = f"{job.seen_status}, seen {utc(job.seen_at)}" if job.seen_at else ""
        waits = f"waits for {job.waits_for}" if job.waits_for else ""
        yield _line("stands", "; ".join(filter(None, (job.state, waits, seen))))
    yield columns(("DEVICE", "SIZE", "TYPE", "NAME", "BECOMES"), list(_disks(planned)))
    if steps:
        yield columns(("STEP", "STATE", "ASKED", "ENDED", "WHAT IS KNOWN"), [_step(step) for step in steps])


def _step(step: JobStep) -> tuple[str, ...]:
    asked = step.working_since or step.called_at
    known = (
        step.result,
        f"{step.progress} snapshots" if step.progress else "",
        f"JD Cloud says {step.cloud_status}" if step.cloud_status else "",
        f"{step.doubtful_calls} calls in doubt" if step.in_doubt else "",
        f"let go by {step.left_by}" if step.let_go else "",
        *map(_said, step.problems),
    )
    times = (utc(at) if at else "" for at in (asked, step.ended_at))
    return step.kind, step.state, *times, "; ".join(filter(None, known))


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
