"""What stopping an instance would mean for it."""

import dataclasses
from typing import Any

import pytest

from bot.domain.cloud import ChargeOnStopped, InstanceChargeMode, Snapshot
from bot.domain.stopping import releases_when_stopped, snapshots_done, stop_charging_of
from tests.unit.examples import a_disk, an_instance

KEEP, RELEASE = ChargeOnStopped.KEEP_CHARGING, ChargeOnStopped.STOP_CHARGING
LOCAL = a_disk("vda", category="local", disk_id="", status="")
ORDINARY: dict[str, Any] = {"charge_mode": InstanceChargeMode.POSTPAID_BY_DURATION, "charge_on_stopped": KEEP}


@pytest.mark.parametrize(
    ("changes", "said", "releases"),
    [
        ({}, KEEP, False),
        ({"charge_on_stopped": RELEASE}, KEEP, False),
        ({"charge_on_stopped": ""}, KEEP, False),
        # what is not told counts as if it applied: a refusal does nothing
        ({"charge_mode": ""}, KEEP, False),
        ({"charge_mode": "", "charge_on_stopped": RELEASE}, KEEP, False),
        ({"system_disk": None, "charge_on_stopped": RELEASE}, KEEP, False),
        # where it does not apply the attribute decides; one that is not told has no effect there
        ({"charge_mode": InstanceChargeMode.PREPAID_BY_DURATION}, None, False),
        ({"charge_mode": InstanceChargeMode.PREPAID_BY_DURATION, "charge_on_stopped": ""}, None, False),
        ({"charge_mode": InstanceChargeMode.POSTPAID_BY_USAGE, "charge_on_stopped": RELEASE}, None, True),
        ({"charge_mode": "brand_new", "charge_on_stopped": RELEASE}, None, True),
        ({"dedicated_host": "host-1", "charge_on_stopped": RELEASE}, None, True),
        ({"dedicated_host": "host-1"}, None, False),
        ({"system_disk": LOCAL, "charge_on_stopped": RELEASE}, None, True),
        ({"system_disk": LOCAL}, None, False),
    ],
)
def test_what_a_stop_says_and_releases(
    *, changes: dict[str, Any], said: ChargeOnStopped | None, releases: bool
) -> None:
    """keepCharging wherever it may apply; a release is known wherever it cannot be said."""
    instance = an_instance(**(ORDINARY | changes))
    assert stop_charging_of(instance) is said
    assert releases_when_stopped(instance) is releases


def test_snapshots_of_an_image() -> None:
    """Those of other images of the same disks do not count, and a state that is not known is not done."""
    snapshot = Snapshot(id="s-1", name="", size_gb=40, status="available", images=("img-1",))
    changes: list[dict[str, Any]] = [{"status": "creating"}, {"status": ""}, {"images": ()}, {"images": ("img-2",)}]
    others = [dataclasses.replace(snapshot, id=f"s-{number}", **change) for number, change in enumerate(changes)]
    assert snapshots_done([snapshot, *others], "img-1") == (1, 3)
    assert snapshots_done([], "img-1") == (0, 0)
