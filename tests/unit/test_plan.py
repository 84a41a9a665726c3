"""The plan: what is asked, disk by disk, and what no longer fits it."""

import dataclasses

import pytest

from bot.domain.errors import Code, UserError
from bot.domain.plan import draw_up, drift, obstacles
from tests.unit.examples import a_disk, a_plan, an_instance


def test_a_plan_says_what_becomes_of_each_disk() -> None:
    """The system disk and every disk that stays are snapshots; local disks are named and never counted."""
    plan = a_plan()
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
    ],
)
def test_the_hash_changes_with_whatever_is_asked(change: dict[str, object]) -> None:
    """An approval is of this very plan."""
    assert dataclasses.replace(a_plan(), **change).hash != a_plan().hash  # type: ignore[arg-type] # one field of many
    assert a_plan().hash == a_plan().hash


@pytest.mark.parametrize("device", ["vda", "vdd", "vdz", "vdm"])
def test_only_what_is_offered_can_be_left_out(device: str) -> None:
    """Not the system disk, a local disk, a disk that is not attached, or one past vdi (createImage: deviceName)."""
    instance = an_instance()
    instance = dataclasses.replace(instance, data_disks=(*instance.data_disks, a_disk("vdm")))
    with pytest.raises(UserError) as caught:
        draw_up(instance, left_out=frozenset({device}), image_name="n1", description="d")
    assert [problem.code for problem in caught.value.problems] == [Code.DISKS_CHANGED]


def test_an_instance_without_system_disk() -> None:
    """Nothing to make an image of."""
    with pytest.raises(UserError) as caught:
        draw_up(an_instance(system_disk=None), left_out=frozenset(), image_name="n1", description="d")
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
    found = [(problem.code, problem.facts["device"]) for problem in drift(a_plan(), now)]
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
    assert drift(a_plan(), an_instance(name="renamed", data_disks=same)) == ()
