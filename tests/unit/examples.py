"""Examples of domain values for tests: complete, plain, and changed by keyword."""

import dataclasses
from typing import Any

from bot.domain.cloud import Disk, Instance
from bot.domain.lifecycle import State
from bot.domain.plan import Plan, draw_up
from bot.domain.request import Decision, ImageRequest, Verdict


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
    plan = draw_up(an_instance(), left_out=frozenset({"vdc"}), image_name="web-1-20261123", description="weekly")
    return dataclasses.replace(plan, **changes)


def a_request(**changes: Any) -> ImageRequest:
    """A request that waits for approval."""
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
    return dataclasses.replace(request, **changes)


def a_decision(approver: str, plan_hash: str, *, verdict: Verdict = Verdict.APPROVE) -> Decision:
    """Somebody's decision about a plan."""
    return Decision(approver=approver, verdict=verdict, plan_hash=plan_hash, reason="", at=2_000.0)
