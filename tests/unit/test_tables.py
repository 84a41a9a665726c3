"""What an operator reads in a console: columns that stand below each other, and all there is to know of a request."""

import dataclasses
from typing import Any

import pytest

from bot.cli import requests
from bot.cli.check import table
from bot.cli.console import cells, columns
from bot.domain.disks import AddedDisk
from bot.domain.errors import Code, Problem
from bot.domain.plan import PlannedJob, WhileImaged
from bot.domain.request import ImageRequest, Validity
from bot.domain.steps import Job, JobStep, StepState
from bot.probes import Finding, Level
from tests.unit.examples import a_decision, a_plan, a_request, a_stopping_plan, rejob, replan, stop_image_start


@pytest.mark.parametrize(
    ("text", "width"), [("db-1", 4), ("数据库", 6), ("ＤＢ", 4), ("é", 1), ("e\u0301", 1), ("ｶ", 1), ("", 0)]
)
def test_cells(text: str, width: int) -> None:
    """Wide and full-width characters take two, marks that are put on a letter none."""
    assert cells(text) == width


def test_columns_stand_below_each_other() -> None:
    """By what a console shows, not by how many characters it is."""
    rows = [("数据库-主", "x"), ("web", "x"), ("cafe\u0301", "x")]
    lines = columns(("NAME", "X"), rows).splitlines()
    assert {cells(line) for line in lines} == {len("  ") + cells("数据库-主") + 1}
    ok = Finding(Level.OK, "well")
    first, second, _ = table({"approval channel (数据库)": ok, "clock": ok}).splitlines()
    assert cells(first) == cells(second)


def differ(before: ImageRequest, after: ImageRequest) -> bool:
    return requests.whole(before) != requests.whole(after)


def changed_step(request: ImageRequest, **changes: Any) -> ImageRequest:
    return request.moved(dataclasses.replace(request.steps[1], **changes))


OTHER_JOB: dict[str, Any] = {
    "region": "cn-east-2",
    "instance_id": "i-other",
    "instance_name": "db-9",
    "image_name": "another",
    "system_disk": a_plan().jobs[0].data_disks[0],
    "data_disks": (),
    "added": (AddedDisk(device="vde", name="cache", disk_type="ssd", size_gb=100, az="cn-north-1a"),),
    "local_disks": (),
    "while_imaged": WhileImaged.LIVE,
    "keep_charging": True,
    "releases": True,
}
"""Another value for each field of what is planned for a machine."""

OTHER_STEP: dict[str, Any] = {
    "kind": "copy",
    "state": StepState.FAILED,
    "doubtful_calls": 1,
    "called_at": 9_000.0,
    "working_since": 9_100.0,
    "ended_at": 9_200.0,
    "result": "img-other",
    "progress": "2/3",
    "cloud_status": "odd",
    "problems": (Problem(Code.STILL_OWED),),
    "let_go": True,
}
"""Another value for each field of a step that an operator is told."""

UNTOLD = {
    *("id", "request_id", "job", "position", "region", "instance_id", "undoes"),  # where it stands says so
    *(
        "attempts",
        "doubtful_at",
        "trying_since",
        "misses",
        "cloud_status_since",
        "looked_at",
        "claimed_at",
    ),  # the engine's
    "left_by",  # beside `let_go`
}


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(PlannedJob)])
def test_all_that_is_planned_for_a_machine_is_told(name: str) -> None:
    """What becomes of it meanwhile too: an operator who is asked about a machine that is down has nothing else."""
    before = a_request(plan=a_plan())
    assert differ(before, dataclasses.replace(before, plan=replan(before.plan, **{name: OTHER_JOB[name]})))


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(JobStep) if field.name not in UNTOLD])
def test_how_each_step_stands_is_told(name: str) -> None:
    """Asked, done, in doubt, refused or let go."""
    request = a_request(plan=a_stopping_plan(), jobs=(stop_image_start(*[StepState.PLANNED] * 3),))
    assert differ(request, changed_step(request, **{name: OTHER_STEP[name]}))


@pytest.mark.parametrize("changes", [{"waits_for": "IR-OTHER"}, {"seen_status": "running", "seen_at": 1_200.0}])
def test_what_a_machine_waits_for_is_told(changes: dict[str, Any]) -> None:
    """And what it was when it was last looked at."""
    assert {*changes} <= {field.name for field in dataclasses.fields(Job)}
    told = requests.whole(rejob(a_request(), **changes))
    assert next(iter(changes.values())) in told


def test_when_it_may_begin_is_told() -> None:
    """Not before a time, and that somebody said since to begin; or that somebody has ended it."""
    waits = a_request(plan=dataclasses.replace(a_plan(), not_before=5_000.0), begin_at=5_000.0)
    assert "not before   1970-01-01T01:23:20Z\n" in requests.whole(waits)
    assert "01:23:20Z, not waited for\n" in requests.whole(dataclasses.replace(waits, begin_at=0.0))
    assert "not before" not in requests.whole(a_request())
    assert "nothing new begins" in requests.whole(a_request(ending=True))


def test_what_an_approval_is_worth_is_told() -> None:
    """One that does not count is not shown as one that does."""
    void = dataclasses.replace(a_decision("U0BEN", a_plan().hash), validity=Validity.VOID)
    assert "approve (void)" in requests.whole(a_request(decisions=(void,)))
