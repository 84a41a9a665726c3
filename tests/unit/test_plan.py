"""The plan: what is asked, disk by disk, and what no longer fits it."""

import dataclasses
import itertools
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.cloud import Snapshot
from bot.domain.disks import AddedDisk, Charge, ChargeMode, ChargeUnit
from bot.domain.errors import Code, UserError
from bot.domain.fit import drift, obstacles
from bot.domain.plan import Order, PlannedJob, WhileImaged
from bot.domain.planning import draw_up, job_of
from bot.store.columns import read_plan, write_plan
from tests.unit.examples import a_disk, a_plan, an_instance, replan


def test_a_plan_says_what_becomes_of_each_disk() -> None:
    """The system disk and every disk that stays are snapshots; local disks are named and never counted."""
    (plan,) = a_plan().jobs
    assert [disk.device for disk in plan.snapshots] == ["vda", "vdb"]
    assert plan.left_out == ("vdc",)
    assert [disk.device for disk in plan.local_disks] == ["vdd"]
    assert plan.size_gb == 140


@pytest.mark.parametrize(
    "change",
    [
        {"region": "cn-east-2"},
        {"instance_id": "i-other"},
        {"image_name": "other"},
        {"description": "other"},
        {"data_disks": ()},
        {"while_imaged": WhileImaged.LIVE},
        {"while_imaged": WhileImaged.STOP_AND_START},
        {"keep_charging": True},
        {"not_before": 1.0},
    ],
)
def test_the_hash_changes_with_whatever_is_asked(change: dict[str, object]) -> None:
    """An approval is of this very plan."""
    assert a_plan(**change).hash != a_plan().hash
    assert a_plan().hash == a_plan().hash


def test_a_plan_of_an_earlier_version_has_the_same_hash() -> None:
    """So that its approvals stay good: what it had no word for is not used in them."""
    assert a_plan().hash == "9cee991079604db3d0fc2a77ce2b475e9e11e9b0087b736fc99c6f36bd680a11"
    golden = Snapshot(id="snapshot-1", name="golden-assets", size_gb=40, status="available", created="2026-11-20")
    blank = AddedDisk(device="vde", name="scratch", disk_type="ssd", size_gb=100, az="cn-north-1a")
    prepaid = Charge(mode=ChargeMode.PREPAID_BY_DURATION, unit=ChargeUnit.MONTH, duration=1)
    added = (dataclasses.replace(blank, charge=prepaid), dataclasses.replace(blank, device="vdf", snapshot=golden))
    plan = a_plan(description="升级 OpenSSL 之前", added=added)
    assert plan.hash == "5773acb7ba0da5fc6005245b8f6457eaa149a13eda27799904af793242ebdb66"
    stored = """
        {"region": "cn-north-1", "instance_id": "i-abc123", "instance_name": "web-1", "image_name": "web-1-20261123",
        "description": "weekly", "system_disk": {"device": "vda", "fate": "snapshot", "disk_id": "vol-vda",
        "name": "disk-vda", "size_gb": 40, "disk_type": "ssd"}, "data_disks": [{"device": "vdb", "fate": "snapshot",
        "disk_id": "vol-vdb", "name": "disk-vdb", "size_gb": 100, "disk_type": "ssd"}, {"device": "vdc",
        "fate": "leave_out", "disk_id": "vol-vdc", "name": "disk-vdc", "size_gb": 200, "disk_type": "ssd"}],
        "added": [], "local_disks": [{"device": "vdd", "fate": "leave_out", "disk_id": "", "name": "disk-vdd",
        "size_gb": 100, "disk_type": "ssd"}]}
    """
    assert read_plan(stored) == a_plan()


@pytest.mark.parametrize(
    ("while_imaged", "steps"),
    [
        (WhileImaged.STOPPED, [("image", None)]),
        (WhileImaged.LIVE, [("image", None)]),
        (WhileImaged.STOP_AND_START, [("stop", None), ("image", None), ("start", 0)]),
    ],
)
def test_what_a_plan_asks_for(while_imaged: WhileImaged, steps: list[tuple[str, int | None]]) -> None:
    """In order; the start makes the stop good."""
    assert [(step.kind, step.undoes) for step in a_plan(while_imaged=while_imaged).jobs[0].steps] == steps


@pytest.mark.parametrize("device", ["vda", "vdd", "vdz", "vdm"])
def test_only_what_is_offered_can_be_left_out(device: str) -> None:
    """Not the system disk, a local disk, a disk that is not attached, or one past vdi (createImage: deviceName)."""
    instance = an_instance()
    instance = dataclasses.replace(instance, data_disks=(*instance.data_disks, a_disk("vdm")))
    with pytest.raises(UserError) as caught:
        job_of(instance, left_out=frozenset({device}), image_name="n1")
    assert [problem.code for problem in caught.value.problems] == [Code.DISKS_CHANGED]


def test_an_instance_without_system_disk() -> None:
    """Nothing to make an image of."""
    with pytest.raises(UserError) as caught:
        job_of(an_instance(system_disk=None), left_out=frozenset(), image_name="n1")
    assert [problem.code for problem in caught.value.problems] == [Code.SYSTEM_DISK_MISSING]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("running", Code.INSTANCE_NOT_STOPPED),
        ("error", Code.INSTANCE_NOT_STOPPED),
        ("stopping", Code.INSTANCE_BUSY),
        ("resizing", Code.INSTANCE_BUSY),
        ("brand-new", Code.INSTANCE_BUSY),
        ("", Code.INSTANCE_BUSY),
    ],
)
def test_only_a_stopped_instance_is_imaged(status: str, code: Code) -> None:
    """createImage: the instance must be stopped, with no task under way; an unknown state is taken for a task."""
    assert [problem.code for problem in obstacles(an_instance(status=status))] == [code]
    assert obstacles(an_instance()) == ()


@pytest.mark.parametrize("busy", [{"attachment": "detaching"}, {"status": "extending"}, {"status": "error_create"}])
def test_a_disk_that_is_not_at_rest(busy: dict[str, str]) -> None:
    """Named by its device, with the state it is in; a local disk does not matter."""
    instance = an_instance(data_disks=(a_disk("vdb", **busy), a_disk("vdd", category="local", attachment="detaching")))
    (problem,) = obstacles(instance)
    assert problem.code is Code.DISK_BUSY
    assert problem.facts == {"device": "vdb", "status": next(iter(busy.values()))}


def test_drift_names_each_change_by_device() -> None:
    """Detached, attached, replaced, resized; vdz before vdaa."""
    now = an_instance(
        data_disks=(
            a_disk("vdaa"),
            a_disk("vdz", size_gb=10),
            a_disk("vdc", disk_id="vol-other", size_gb=200),
        ),
        system_disk=a_disk("vda", size_gb=60),
    )
    found = [(problem.code, problem.facts["device"]) for problem in drift(a_plan().jobs[0], now)]
    assert found == [
        (Code.DISK_RESIZED, "vda"),
        (Code.DISK_DETACHED, "vdb"),
        (Code.DISK_REPLACED, "vdc"),
        (Code.DISK_ATTACHED, "vdz"),
        (Code.DISK_ATTACHED, "vdaa"),
    ]


def test_no_drift_when_only_names_and_local_disks_differ() -> None:
    """What the image does not depend on does not stop it."""
    same = tuple(dataclasses.replace(disk, name="renamed") for disk in an_instance().cloud_data_disks)
    assert drift(a_plan().jobs[0], an_instance(name="renamed", data_disks=same)) == ()


def of(called: str, **changes: Any) -> PlannedJob:
    """The job of an instance that is called so."""
    names = {"instance_id": f"i-{called}", "instance_name": called, "image_name": f"{called}-image"}
    return replan(a_plan(), **(names | changes)).jobs[0]


def test_the_order_of_choosing_makes_no_other_plan() -> None:
    """Jobs stand by name, as people number their machines."""
    names = ["web-10", "web-2", "db-1", "web-1"]
    plans = [draw_up([of(name) for name in some], description="d") for some in itertools.permutations(names)]
    assert len({plan.hash for plan in plans}) == 1
    assert [job.called for job in plans[0].jobs] == ["db-1", "web-1", "web-2", "web-10"]


@given(st.lists(st.text(st.sampled_from("a-0129²①٣７")), min_size=2, max_size=4, unique=True))
@example(["²", "3²"])
@example(["web-" + "9" * 5_000, "web-1"])
def test_whatever_machines_are_called_they_stand_in_one_order(names: list[str]) -> None:
    """Not all that reads as a digit is a number, nor is every number one that Python reads."""
    orders = {
        tuple(job.called for job in draw_up([of(name or "i") for name in some], description="d").jobs)
        for some in (names, names[::-1])
    }
    assert len(orders) == 1


def test_how_several_run_is_part_of_what_is_approved() -> None:
    """One after another where one of them is taken down, and nobody says otherwise; one alone has no order."""
    stops = of("web-1", while_imaged=WhileImaged.STOP_AND_START)
    assert draw_up([stops, of("web-2")], description="d").order is Order.ONE_AFTER_ANOTHER
    assert draw_up([of("web-1"), of("web-2")], description="d").order is Order.SIDE_BY_SIDE
    assert draw_up([stops], description="d", order=Order.ONE_AFTER_ANOTHER).order is Order.SIDE_BY_SIDE
    hashes = {draw_up([stops, of("web-2")], description="d", order=order).hash for order in Order}
    assert len(hashes) == 2


def test_a_plan_of_several_is_read_as_it_was_written() -> None:
    """Every field of it."""
    plan = draw_up([of("web-1", keep_charging=True), of("web-2")], description="d", not_before=7.0)
    assert read_plan(write_plan(plan)) == plan


@pytest.mark.parametrize(
    ("jobs", "code"),
    [
        ([], Code.INSTANCE_MISSING),
        ([of(f"web-{number}") for number in range(11)], Code.TOO_MANY_INSTANCES),
        ([of("web-1"), of("web-1", image_name="other")], Code.INSTANCE_TWICE),
        ([of("web-1"), of("web-2", image_name="web-1-image")], Code.NAME_TWICE),
    ],
)
def test_what_does_not_go_together(jobs: list[PlannedJob], code: Code) -> None:
    """None, too many, one machine twice, or two images of one name in a region."""
    with pytest.raises(UserError) as caught:
        draw_up(jobs, description="d")
    assert [problem.code for problem in caught.value.problems] == [code]
