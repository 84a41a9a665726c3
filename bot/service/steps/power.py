"""The steps `stop` and `start`: stopInstance and startInstance, and describeInstanceStatus until it is so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.cloud import Accepted, InstanceStatus
from bot.domain.errors import Code, Problem
from bot.domain.plan import busy_disks, drift, newly_released, untold
from bot.jdcloud import JDCloud
from bot.service.steps.fit import see
from bot.service.steps.kind import (
    Absent,
    Answer,
    Found,
    Going,
    Happened,
    Never,
    NotNeeded,
    NoTrace,
    NotYet,
    Ready,
    Sight,
    Task,
    Trace,
    Unclear,
)
from bot.store import Store

STOPPING, STARTING = "stopping", "starting"
"""On the way (describeInstanceStatus: status)."""


@dataclass(frozen=True, kw_only=True)
class StopInstance:
    """Asks the guest to shut down. Repeating it harms nothing: an instance that is stopped already is left alone."""

    store: Store
    cloud: JDCloud
    clock: Callable[[], float]
    calls_at_most: int | None = None

    async def prepare(self, task: Task) -> Answer:
        """The approved plan is held against the instance before it is taken down for it."""
        instance = await see(self, task)
        if instance.status == InstanceStatus.STOPPED:
            return NotNeeded("found stopped")
        if problem := untold(task.plan, instance):
            return NotYet(problem)
        if changes := (*drift(task.plan, instance), *newly_released(task.plan, instance)):
            return Never(changes)
        if instance.status != InstanceStatus.RUNNING:
            facts = {"instance": instance.name or instance.id, "status": instance.status}
            return NotYet(Problem(Code.INSTANCE_BUSY, facts=facts))
        if problems := busy_disks(instance):
            return NotYet(problems[0])
        return Ready()

    async def call(self, task: Task) -> Accepted:
        """stopInstance; `chargeOnStopped` as the plan says, and never `stopCharging`."""
        plan = task.plan
        said = await self.cloud.stop_instance(
            plan.region,
            plan.instance_id,
            charge_on_stopped=plan.charge_on_stopped,
        )
        return Accepted("", said.request_id)

    async def trace(self, task: Task) -> Trace:
        """Its status: an instance that is stopping or stopped is taken for stopped by us, so that it is started."""
        return await _trace(self.cloud, task, {STOPPING, InstanceStatus.STOPPED}, InstanceStatus.RUNNING)

    async def look(self, region: str, tasks: Sequence[Task]) -> Sequence[Sight]:
        """describeInstanceStatus."""
        statuses = await self.cloud.instance_statuses(region, [task.plan.instance_id for task in tasks])
        return [_sight(statuses, task, InstanceStatus.STOPPED, STOPPING, InstanceStatus.RUNNING) for task in tasks]

    def absent(self, task: Task) -> Problem:
        """It was taken, and the instance runs."""
        return Problem(Code.NOT_STOPPED, facts={"instance": task.plan.instance_name or task.plan.instance_id})


@dataclass(frozen=True, kw_only=True)
class StartInstance:
    """Starts what was stopped."""

    store: Store
    cloud: JDCloud
    clock: Callable[[], float]
    calls_at_most: int | None = None

    async def prepare(self, task: Task) -> Answer:
        """It is started when it is stopped; what is on its way is waited for."""
        instance = await see(self, task)
        if instance.status == InstanceStatus.RUNNING:
            return NotNeeded("found running")
        if instance.status == InstanceStatus.STOPPED:
            return Ready()
        facts = {"instance": instance.name or instance.id, "status": instance.status}
        return NotYet(Problem(Code.INSTANCE_BUSY, facts=facts))

    async def call(self, task: Task) -> Accepted:
        """startInstance."""
        said = await self.cloud.start_instance(task.plan.region, task.plan.instance_id)
        return Accepted("", said.request_id)

    async def trace(self, task: Task) -> Trace:
        """Its status."""
        return await _trace(self.cloud, task, {STARTING, InstanceStatus.RUNNING}, InstanceStatus.STOPPED)

    async def look(self, region: str, tasks: Sequence[Task]) -> Sequence[Sight]:
        """describeInstanceStatus."""
        statuses = await self.cloud.instance_statuses(region, [task.plan.instance_id for task in tasks])
        return [_sight(statuses, task, InstanceStatus.RUNNING, STARTING, InstanceStatus.STOPPED) for task in tasks]

    def absent(self, task: Task) -> Problem:
        """It was taken, and the instance stands still."""
        return Problem(Code.NOT_STARTED, facts={"instance": task.plan.instance_name or task.plan.instance_id})


async def _trace(cloud: JDCloud, task: Task, after: set[str], before: str) -> Trace:
    statuses = await cloud.instance_statuses(task.plan.region, [task.plan.instance_id])
    status = statuses.get(task.plan.instance_id, "")
    if status in after:
        return Found("")
    if status == before:
        return NoTrace()
    facts = {"instance": task.plan.instance_name or task.plan.instance_id, "status": status}
    return Unclear(Problem(Code.INSTANCE_BUSY, facts=facts))


def _sight(statuses: Mapping[str, str], task: Task, done: str, on_the_way: str, before: str) -> Sight:
    status = statuses.get(task.plan.instance_id, "")
    if status == done:
        return Happened(status)
    if status in {before, ""}:  # not yet, or it had no effect
        return Absent()
    return Going("" if status == on_the_way else status)
