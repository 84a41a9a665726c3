"""`requests`: where every request stands, and one of them whole."""

from collections.abc import Iterator, Sequence

from bot.cli.console import columns, utc
from bot.domain.disks import AddedDisk
from bot.domain.errors import Problem
from bot.domain.plan import DiskAction, Plan, PlannedDisk
from bot.domain.request import ImageRequest
from bot.logs import printable

_HEAD = ("REQUEST", "STATE", "ASKED", "BY", "REGION", "INSTANCE", "IMAGE", "IMAGE ID")


def listed(requests: Sequence[ImageRequest]) -> str:
    """One a line, under a head."""
    rows = [
        (
            request.id,
            request.state,
            utc(request.created_at),
            request.requester,
            request.plan.region,
            request.plan.instance_id,
            request.plan.image_name,
            request.image_id,
        )
        for request in requests
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
        columns(("DEVICE", "SIZE", "TYPE", "NAME", "BECOMES"), list(_disks(request.plan))),
        "",
        f"{len(request.approved_by)} of {request.quorum} approvals",
        columns(("AT", "WHO", "VERDICT", "REASON"), decisions) if decisions else "",
    ]
    return "".join(f"{part.rstrip()}\n" for part in parts)


def _facts(request: ImageRequest) -> Iterator[tuple[str, str]]:
    plan = request.plan
    yield "request", request.id
    yield "state", request.state
    yield "instance", f"{plan.instance_name} ({plan.instance_id}) in {plan.region}"
    yield "image", plan.image_name
    yield "description", plan.description
    yield "note", request.note
    yield "asked by", f"{request.requester} in workspace {request.team}"
    yield "announce in", request.announce_in
    yield "plan's hash", plan.hash
    for name, at in (
        ("asked", request.created_at),
        ("expires", request.expires_at),
        ("approved", request.approved_at),
        ("finished", request.finished_at),
    ):
        yield name, "" if at is None else utc(at)
    yield "image id", request.image_id
    yield "ended by", request.ended_by


def _facts_of(problem: Problem) -> str:
    return printable(", ".join(f"{name}: {value}" for name, value in problem.facts.items()))


def _disks(plan: Plan) -> Iterator[tuple[str, ...]]:
    words = {DiskAction.SNAPSHOT: "in the image", DiskAction.LEAVE_OUT: "left out"}

    def line(disk: PlannedDisk | AddedDisk, becomes: str) -> tuple[str, ...]:
        return disk.device, f"{disk.size_gb} GiB", disk.disk_type, disk.name, becomes

    yield line(plan.system_disk, "in the image, as its system disk")
    for disk in plan.data_disks:
        yield line(disk, words[disk.fate])
    for added in plan.added:
        source = f"from snapshot {added.snapshot.id}" if added.snapshot else "blank"
        yield line(added, f"added, {source}, {added.charge.mode}")
    for disk in plan.local_disks:
        yield line(disk, "local, never in an image")
