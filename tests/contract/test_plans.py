"""What a form allows, JD Cloud accepts: plans against the stand-in, which enforces the page's rules on its own."""

import dataclasses
import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo import jdcloud as standin
from bot.demo.jdcloud.refusals import Refusal
from bot.demo.jdcloud.rules import check_create_image
from bot.demo.jdcloud.shapes import instance_json
from bot.domain import limits
from bot.domain.cloud import Instance, Snapshot
from bot.domain.disks import AddedDisk, Charge, ChargeMode, ChargeUnit, boxes, check_added, free_devices
from bot.domain.plan import Plan
from bot.jdcloud import create_image_spec
from bot.jdcloud.instances import OneInstance
from tests.unit.examples import plan_for, replan

REGION, ID = "cn-north-1", "i-abc"
ALL_DEVICES = [f"vd{letter}" for letter in string.ascii_lowercase[1:]]
NAMES = st.text(alphabet="abzAZ09_-云主机", min_size=2, max_size=32)
BLANK = AddedDisk(device="vdb", name="data", disk_type="ssd", size_gb=20, az="cn-north-1a")


def cloud_with(devices: list[str], local: set[str]) -> standin.JDCloud:
    """A cloud with one stopped instance that has these data disks, and a few snapshots."""
    cloud = standin.JDCloud()
    cloud.quotas[REGION] = standin.Quotas(images=100, snapshots=1000)
    disks = [
        standin.Disk(device=device, name=device, size_gb=50, category="local" if device in local else "cloud")
        for device in devices
    ]
    system = standin.Disk(device="vda", name="system")
    cloud.add_instance(
        standin.Instance(region=REGION, id=ID, name="web-1", az="cn-north-1a", system_disk=system, data_disks=disks)
    )
    for size in (20, 45, 500):
        cloud.add_snapshot(standin.Snapshot(id=f"snapshot-{size}", region=REGION, name=f"s{size}", size_gb=size))
    return cloud


def seen(cloud: standin.JDCloud) -> Instance:
    """The instance as the bot reads it from the wire."""
    return OneInstance.model_validate({"instance": instance_json(cloud.instances[ID])}).value(REGION, ID)


def body_of(plan: Plan) -> bytes:
    """What createImage is sent for a plan of one instance."""
    return create_image_spec(plan.jobs[0], description=plan.description, request_id="IR-7K3QF").body()


def ask(cloud: standin.JDCloud, plan: Plan) -> None:
    """Puts a plan to the cloud's rules, as the body that would be sent."""
    body = json.loads(body_of(plan))
    check_create_image(cloud, REGION, ID, body)


@st.composite
def added_disks(draw: st.DrawFn, instance: Instance) -> tuple[AddedDisk, ...]:
    """Disks that the form would take."""
    disks: list[AddedDisk] = []
    for _ in range(draw(st.integers(0, 3))):
        free = free_devices(instance, disks)
        if not free:
            break
        disk_type = draw(st.sampled_from(sorted(limits.DISK_TYPES)))
        rule = limits.DISK_TYPES[disk_type]
        steps = st.integers(rule.minimum // rule.step, rule.maximum // rule.step)
        size = draw(steps) * rule.step
        snapshots = [
            None,
            *(Snapshot(id=f"snapshot-{n}", name="", size_gb=n, status="available") for n in (20, 45, 500)),
        ]
        mode = draw(st.sampled_from(ChargeMode))
        unit = draw(st.sampled_from(ChargeUnit)) if mode is ChargeMode.PREPAID_BY_DURATION else None
        disk = AddedDisk(
            device=draw(st.sampled_from(free)),
            name=draw(NAMES),
            disk_type=disk_type,
            size_gb=size,
            az=instance.az,
            description=draw(st.text(max_size=256)),
            snapshot=draw(st.sampled_from([s for s in snapshots if s is None or s.size_gb <= size])),
            auto_delete=draw(st.booleans()),
            multi_attachable=draw(st.booleans()),
            charge=Charge(
                mode=mode, unit=unit, duration=draw(st.sampled_from(limits.DURATIONS[unit])) if unit else None
            ),
        )
        assert check_added(disk, free=free) == ()
        disks.append(disk)
    return tuple(disks)


@given(data=st.data())
def test_what_the_form_allows_the_cloud_accepts(data: st.DataObject) -> None:
    """No choice that a form allows is refused for a reason that the form could have known."""
    devices = data.draw(st.lists(st.sampled_from(ALL_DEVICES), unique=True, max_size=12))
    local = data.draw(st.sets(st.sampled_from(devices))) if devices else set()
    cloud = cloud_with(devices, local)
    instance = seen(cloud)
    offered = [disk.device for disk in boxes(instance)]
    left_out = data.draw(st.frozensets(st.sampled_from(offered))) if offered else frozenset()
    name, description = data.draw(NAMES), data.draw(st.text(min_size=1, max_size=limits.DESCRIPTION.maximum))
    assert limits.check_name(name) == ()
    plan = plan_for(
        instance,
        left_out=left_out,
        image_name=name,
        description=description,
        added=data.draw(added_disks(instance)),
    )
    ask(cloud, plan)


@given(data=st.data())
def test_the_order_of_choices_does_not_matter(data: st.DataObject) -> None:
    """Leaving out and adding in any order gives the same plan, the same hash and the same call."""
    instance = seen(cloud_with(["vdd", "vdb", "vdc"], set()))
    added = data.draw(added_disks(instance))
    shuffled = tuple(data.draw(st.permutations(added)))
    reordered = dataclasses.replace(instance, data_disks=tuple(data.draw(st.permutations(instance.data_disks))))
    first = plan_for(instance, left_out=frozenset({"vdb", "vdc"}), image_name="n1", description="d", added=added)
    second = plan_for(reordered, left_out=frozenset({"vdc", "vdb"}), image_name="n1", description="d", added=shuffled)
    assert first == second
    assert first.hash == second.hash
    assert (
        create_image_spec(first.jobs[0], description="d", request_id="IR-1").body()
        == create_image_spec(second.jobs[0], description="d", request_id="IR-1").body()
    )


SNAPSHOT = Snapshot(id="snapshot-45", name="", size_gb=45, status="available")
PREPAID = ChargeMode.PREPAID_BY_DURATION
TABLE: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    *(({"device": f"vd{letter}"}, letter in "bcdefghi") for letter in "abcdefghijz"),
    ({"device": ""}, False),
    ({"name": "x"}, True),
    ({"name": ""}, False),
    ({"name": "x" * 32}, True),
    ({"name": "x" * 33}, False),
    ({"name": "数据_-9"}, True),
    ({"name": "a.b"}, False),
    ({"name": "a b"}, False),
    ({"name": "a\n"}, False),
    ({"size_gb": 20}, True),
    ({"size_gb": 10}, False),
    ({"size_gb": 25}, False),
    ({"size_gb": 1000}, True),
    ({"size_gb": 1010}, False),
    ({"disk_type": "premium-hdd", "size_gb": 3000}, True),
    ({"disk_type": "premium-hdd", "size_gb": 3010}, False),
    ({"disk_type": "premium-hdd", "size_gb": 10}, False),
    ({"disk_type": "ssd.gp1"}, False),
    ({"disk_type": ""}, False),
    ({"description": "x" * 256}, True),
    ({"snapshot": SNAPSHOT, "size_gb": 50}, True),
    ({"snapshot": SNAPSHOT, "size_gb": 40}, False),
    ({"auto_delete": False}, True),
    ({"multi_attachable": True}, True),
    ({"charge": Charge(mode=ChargeMode.POSTPAID_BY_USAGE)}, True),
    *(({"charge": Charge(mode=PREPAID, unit=ChargeUnit.MONTH, duration=n)}, 1 <= n <= 9) for n in (1, 9, 10)),
    *(({"charge": Charge(mode=PREPAID, unit=ChargeUnit.YEAR, duration=n)}, 1 <= n <= 3) for n in (1, 3, 4)),
]


@pytest.mark.parametrize(("fields", "good"), TABLE)
def test_every_field_at_its_boundaries(fields: dict[str, Any], good: bool) -> None:  # noqa: FBT001 - the verdict
    """Accepted values, each boundary, and one past it: the form and the cloud agree."""
    cloud = cloud_with([], set())
    instance = seen(cloud)
    disk = dataclasses.replace(BLANK, **fields)
    assert (check_added(disk, free=free_devices(instance, ())) == ()) is good
    if not good and isinstance(disk.charge.duration, int) and disk.charge.duration in {4, 10}:
        return  # our own wire model does not even build it
    plan = replan(plan_for(instance, left_out=frozenset(), image_name="n1", description="d"), added=(disk,))
    if good:
        ask(cloud, plan)
    elif fields != {"device": ""}:  # without a device name JD Cloud takes the first free one
        with pytest.raises(Refusal):
            ask(cloud, plan)


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("ab", True),
        ("a", False),
        ("a" * 32, True),
        ("a" * 33, False),
        ("镜像.1_-", True),
        ("a b", False),
        ("a\n", False),
    ],
)
def test_image_names_at_their_boundaries(name: str, good: bool) -> None:  # noqa: FBT001 - the verdict
    """createImage: name."""
    cloud = cloud_with([], set())
    assert (limits.check_name(name) == ()) is good
    plan = plan_for(seen(cloud), left_out=frozenset(), image_name=name, description="d")
    if good:
        ask(cloud, plan)
    else:
        with pytest.raises(Refusal):
            ask(cloud, plan)


@pytest.mark.parametrize(("length", "good"), [(1, True), (0, False), (245, True), (246, False)])
def test_descriptions_at_their_boundaries(length: int, good: bool) -> None:  # noqa: FBT001 - the verdict
    """createImage: description, with the mark counted in."""
    cloud = cloud_with([], set())
    assert (limits.check_description("x" * length) == ()) is good
    plan = plan_for(seen(cloud), left_out=frozenset(), image_name="n1", description="x" * length)
    if good:
        ask(cloud, plan)
    elif length:
        with pytest.raises(Refusal):
            ask(cloud, plan)
