"""The steps `stop` and `start`: stopInstance and startInstance, and describeInstanceStatus until it is so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.domain.cloud import Accepted, Instance, InstanceStatus
from bot.domain.errors import Code, Problem
from bot.domain.fit import busy_disks, drift, newly_released, untold
from bot.domain.steps import JobStep
from bot.jdcloud import NotFound
from bot.service.steps.kind import (
    Absent,
    Answer,
    Found,
    Going,
    Gone,
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
from bot.service.steps.of_instance import OfInstance


@dataclass(frozen=True, kw_only=True)
class _Switch(OfInstance):
    """Takes an instance from one status to another. Repeating it harms nothing: one that is there is left alone."""

    calls_at_most: int | None = None
    before: ClassVar[str]
    on_the_way: ClassVar[str]
    after: ClassVar[str]
    no_effect: ClassVar[Code]  # it was taken, and the instance is as before
    gone: ClassVar[Code]  # it was taken, and the instance is not listed any more
    busy: ClassVar[Code]  # the instance is neither there, nor on the way, nor as before

    async def trace(self, task: Task) -> Trace:
        """Its status: an instance on the way, or there, is taken for our doing, so that a stop is made good. One that
        is missing from the list of statuses is asked for by itself.
        """
        try:
            status = (await self._statuses(task.step.region, [task.step])).get(task.step.instance_id)
            if status is None:
                status = (await self.see(task)).status
        except NotFound:
            return Gone()
        if status in {self.on_the_way, self.after}:
            return Found("")
        if status == self.before:
            return NoTrace()
        return Unclear(self._busy(task.job.called, status))

    async def look(self, region: str, steps: Sequence[JobStep]) -> Sequence[Sight]:
        """describeInstanceStatus."""
        statuses = await self._statuses(region, steps)
        return [self._sight(statuses.get(step.instance_id, "")) for step in steps]

    async def progress(self, region: str, steps: Sequence[JobStep]) -> Mapping[int, str]:
        """Nothing tells any."""
        del region, steps
        return {}

    def absent(self, task: Task, *, gone: bool) -> Problem:
        """It was taken, and had no effect; or the instance was deleted meanwhile."""
        return Problem(self.gone if gone else self.no_effect, facts={"instance": task.job.called})

    async def _statuses(self, region: str, steps: Sequence[JobStep]) -> Mapping[str, str]:
        return await self.cloud.instance_statuses(region, [step.instance_id for step in steps])

    def _busy(self, instance: str, status: str) -> Problem:
        return Problem(self.busy, facts={"instance": instance, "status": status})

    def _sight(self, status: str) -> Sight:
        if status == self.after:
            return Happened(status)
        if not status:
            return Absent(gone=True)
        if status == self.before:  # not yet, or it had no effect
            return Absent()
        return Going("" if status == self.on_the_way else status)


@dataclass(frozen=True, kw_only=True)
class StopInstance(_Switch):
    """Asks the guest to shut down."""

    before, on_the_way, after = InstanceStatus.RUNNING, "stopping", InstanceStatus.STOPPED
    no_effect, gone, busy = Code.NOT_STOPPED, Code.GONE_STOPPING, Code.INSTANCE_BUSY

    def answer(self, task: Task, instance: Instance) -> Answer:
        """The approved plan is held against the instance before it is taken down for it."""
        if instance.status == self.after:
            return NotNeeded("found stopped")
        if problem := untold(task.job, instance):
            return NotYet(problem)
        changes = (*drift(task.job, instance), *newly_released(task.job, instance))
        if changes := (*changes, *self.another_rule(task, instance)):
            return Never(changes)
        if instance.status != self.before:
            return NotYet(self._busy(instance.called, instance.status))
        if problems := busy_disks(instance):
            return NotYet(problems[0])
        return Ready()

    async def call(self, task: Task) -> Accepted:
        """stopInstance; `chargeOnStopped` as the plan says, and never `stopCharging`."""
        job = task.job
        return await self.cloud.stop_instance(job.region, job.instance_id, charge_on_stopped=job.charge_on_stopped)


@dataclass(frozen=True, kw_only=True)
class StartInstance(_Switch):
    """Starts what was stopped."""

    before, on_the_way, after = InstanceStatus.STOPPED, "starting", InstanceStatus.RUNNING
    no_effect, gone, busy = Code.NOT_STARTED, Code.GONE_STARTING, Code.CLOUD_NOT_STOPPED

    def answer(self, task: Task, instance: Instance) -> Answer:
        """It is started when it is stopped; what is on its way is waited for."""
        del task  # whatever was planned for it
        if instance.status == self.after:
            return NotNeeded("found running")
        if instance.status == self.before:
            return Ready()
        return NotYet(self._busy(instance.called, instance.status))

    async def call(self, task: Task) -> Accepted:
        """startInstance."""
        return await self.cloud.start_instance(task.job.region, task.job.instance_id)
