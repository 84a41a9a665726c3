"""What is approved can be read on the card, whatever the plan says."""

import dataclasses
from typing import Any

import pytest

from bot.domain.delivery import CardKind
from bot.domain.disks import AddedDisk
from bot.domain.plan import DiskAction, Order, Plan, PlannedDisk, PlannedJob, WhileImaged
from bot.jdcloud import planned_calls
from bot.slack.screens.card import card_message
from tests.unit.examples import a_job, a_plan, a_plan_of, a_request, a_step, replan

PLANS = {"one machine": a_plan(), "several": a_plan_of(3, while_imaged=WhileImaged.STOPPED)}

DISK = PlannedDisk(
    device="vdb", fate=DiskAction.LEAVE_OUT, disk_id="vol-vdb", name="data", size_gb=7, disk_type="premium-hdd"
)
OTHER: dict[str, Any] = {
    "region": "cn-east-2",
    "instance_id": "i-other",
    "instance_name": "other",
    "image_name": "other",
    "system_disk": dataclasses.replace(DISK, fate=DiskAction.SNAPSHOT),
    "data_disks": (DISK,),
    "added": (AddedDisk(device="vde", name="scratch", disk_type="ssd", size_gb=100, az="cn-north-1a"),),
    "local_disks": (dataclasses.replace(DISK, disk_id=""),),
    "while_imaged": WhileImaged.STOP_AND_START,
    "keep_charging": True,
    "releases": True,
    "description": "other",
    "not_before": 5_000.0,
    "order": Order.ONE_AFTER_ANOTHER,
}
"""Another value for each field of a plan."""

LESS_READ = {
    "keep_charging",  # that nothing is released is as people expect it; what is released is warned of
    "instance_id",  # of several machines their names are read
    "image_name",  # likewise
}
"""What those who want to know it find under *Details*, in the calls."""


def card_of(plan: Plan) -> str:
    """What approvers read, before they decide."""
    request = a_request(plan=plan, jobs=tuple(a_job(a_step(), number=number) for number in range(len(plan.jobs))))
    return card_message(request, CardKind.APPROVAL, approvers=("U0BEN",), usual_seconds={}).text


def test_every_field_is_tried() -> None:
    """A field that is new has to be said to people, too."""
    fields = {field.name for kind in (PlannedJob, Plan) for field in dataclasses.fields(kind)}
    assert fields - {"jobs"} == OTHER.keys()


@pytest.mark.parametrize("name", OTHER)
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_whatever_is_approved_is_said(plan: Plan, name: str) -> None:
    """Another plan, another card."""
    if name == "order" and plan.only:
        return
    base = replan(plan, while_imaged=WhileImaged.STOP_AND_START) if name == "keep_charging" else plan
    other = replan(base, **{name: OTHER[name]})
    assert other.hash != base.hash
    if card_of(other) == card_of(base):
        assert name in LESS_READ
        assert planned_calls(other, request_id="IR-7K3QF") != planned_calls(base, request_id="IR-7K3QF")
