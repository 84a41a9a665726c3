"""What may become of a running instance while its image is made: choices, plans, and the calls they come to."""

import dataclasses
import json
from typing import Any

import pytest

from bot.domain import limits
from bot.domain.cloud import Instance
from bot.domain.draft import disks_seen
from bot.domain.errors import Code
from bot.domain.meanwhile import Allowed, not_allowed, offered
from bot.domain.plan import Plan, WhileImaged
from bot.domain.steps import Step
from bot.jdcloud import planned_calls
from tests.unit.examples import a_disk, a_draft, an_instance, plan_for
from tests.unit.test_screens import looked_at

STOP, WAIT, LIVE = WhileImaged.STOP_AND_START, WhileImaged.STOPPED, WhileImaged.LIVE
LOCAL = a_disk("vda", category="local", disk_id="", status="")
EVERYTHING = Allowed(stopping=True, live_images=True)
PREPAID: dict[str, Any] = {"charge_mode": "prepaid_by_duration", "charge_on_stopped": "stopCharging"}


def a_plan_for(meant: WhileImaged, instance: Instance | None = None, **more: Any) -> Plan:
    """The plan of an instance."""
    instance = instance or an_instance(status="running")
    plan = plan_for(instance, left_out=frozenset(), image_name="n1", description="d", while_imaged=meant)
    return dataclasses.replace(plan, **more)


@pytest.mark.parametrize(
    ("instance", "allowed", "choices"),
    [
        ({}, EVERYTHING, ()),
        ({"status": "stopping"}, EVERYTHING, ()),
        ({"status": "error"}, EVERYTHING, ()),
        ({"status": "running"}, Allowed(), (STOP, WAIT)),
        ({"status": "running"}, EVERYTHING, (STOP, WAIT, LIVE)),
        ({"status": "running"}, Allowed(stopping=False), (WAIT,)),
        ({"status": "running"}, Allowed(stopping=False, live_images=True), (WAIT, LIVE)),
        ({"status": "running", "system_disk": LOCAL}, EVERYTHING, (STOP, WAIT)),
    ],
)
def test_choices(instance: dict[str, Any], allowed: Allowed, choices: tuple[WhileImaged, ...]) -> None:
    """Of a running instance only; as the operator allows, the default first; live ones of cloud disks only."""
    assert offered(an_instance(**instance), allowed) == choices


@pytest.mark.parametrize(
    ("meant", "allowed", "codes"),
    [
        (STOP, Allowed(), []),
        (STOP, Allowed(stopping=False), [Code.STOPPING_NOT_ALLOWED]),
        (WAIT, Allowed(stopping=False), []),
        (LIVE, Allowed(), [Code.LIVE_NOT_ALLOWED]),
        (LIVE, EVERYTHING, []),
    ],
)
def test_a_choice_is_no_proof(meant: WhileImaged, allowed: Allowed, codes: list[Code]) -> None:
    """Whatever a form says, what the operator forbids is refused by name; and what JD Cloud does not do."""
    assert [problem.code for problem in not_allowed(meant, an_instance(status="running"), allowed)] == codes
    local = an_instance(status="running", system_disk=LOCAL)
    assert [problem.code for problem in not_allowed(LIVE, local, EVERYTHING)] == [Code.LIVE_ON_LOCAL_DISK]


def test_a_draft_keeps_what_was_chosen() -> None:
    """As long as it is offered; a stopped instance is meant to stay so, whatever was chosen before."""
    running, stopped = an_instance(status="running"), an_instance()
    draft = looked_at(a_draft(instance_id="i-abc123"), running, EVERYTHING)
    assert (draft.while_imaged, draft.meant) == (None, STOP)
    draft = looked_at(dataclasses.replace(draft, while_imaged=LIVE), running, EVERYTHING)
    assert draft.meant is LIVE
    assert looked_at(draft, running, Allowed()).meant is STOP
    assert looked_at(draft, stopped, EVERYTHING).meant is WAIT
    assert looked_at(looked_at(draft, stopped, EVERYTHING), running, EVERYTHING).meant is LIVE


def test_a_form_without_the_choice_is_another_one() -> None:
    """A window that was drawn while the instance stood still does not speak for one that runs."""
    draft = a_draft(instance_id="i-abc123")
    windows = {
        disks_seen(looked_at(draft, instance, allowed))
        for instance, allowed in (
            (an_instance(), EVERYTHING),
            (an_instance(status="running"), EVERYTHING),
            (an_instance(status="running"), Allowed()),
        )
    }
    assert len(windows) == 3


def test_each_choice_is_another_plan() -> None:
    """An approval is of what is done to the machine, when, and at what cost."""
    plans = [a_plan_for(meant) for meant in WhileImaged]
    plans += [a_plan_for(STOP, not_before=5_000.0), a_plan_for(STOP, an_instance(**PREPAID))]
    plans += [a_plan_for(STOP, an_instance(**(PREPAID | {"charge_on_stopped": "keepCharging"})))]
    assert len({plan.hash for plan in plans}) == len(plans)
    assert [job.releases for plan in plans for job in plan.jobs] == [False, False, False, False, True, False]
    assert not a_plan_for(WAIT, an_instance(**PREPAID)).jobs[0].releases


@pytest.mark.parametrize(
    ("meant", "instance", "calls"),
    [
        (
            STOP,
            {},
            [("stopInstance", {"chargeOnStopped": "keepCharging"}), ("createImage", None), ("startInstance", {})],
        ),
        (STOP, PREPAID, [("stopInstance", {}), ("createImage", None), ("startInstance", {})]),
        (WAIT, {}, [("createImage", None)]),
        (LIVE, {}, [("createImage", None)]),
    ],
)
def test_the_calls_of_a_plan(
    meant: WhileImaged, instance: dict[str, Any], calls: list[tuple[str, dict[str, str] | None]]
) -> None:
    """One for each step, in their order."""
    plan = a_plan_for(meant, an_instance(**instance))
    found = [(path, json.loads(body)) for _, path, body in planned_calls(plan, request_id="IR-7K3QF")]
    assert [path for path, _ in found] == [f"instances/i-abc123:{action}" for action, _ in calls]
    assert all(body == wanted for (_, body), (_, wanted) in zip(found, calls, strict=True) if wanted is not None)
    assert found[[step.kind for step in plan.jobs[0].steps].index(Step.IMAGE)][1]["description"] == "d [IR-7K3QF]"


@pytest.mark.parametrize(
    ("at", "codes"),
    [
        (0.0, []),
        (1_000_000 - 61.0, [Code.NOT_BEFORE_PAST]),
        (1_000_000 - 59.0, []),  # the minute that is running
        (1_000_000 + 60.0, []),
        (1_000_000 + 30 * 86_400.0, []),
        (1_000_000 + 30 * 86_400 + 1.0, [Code.NOT_BEFORE_FAR]),
    ],
)
def test_when_it_may_begin(at: float, codes: list[Code]) -> None:
    """Not in the past, and not so late that nobody remembers it."""
    assert [problem.code for problem in limits.check_not_before(at, 1_000_000.0)] == codes
