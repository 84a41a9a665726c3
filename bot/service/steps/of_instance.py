"""What kinds of steps have in common that are about an instance: they look at it before they ask for anything."""

from dataclasses import dataclass

from bot.domain.cloud import Instance, Seen
from bot.domain.errors import Code, Problem
from bot.jdcloud import JDCloud
from bot.service.current_rules import CurrentRules
from bot.service.ports import Clock
from bot.service.steps.kind import Task
from bot.store import Store


@dataclass(frozen=True, kw_only=True)
class OfInstance:
    """A kind of step that is about an instance."""

    store: Store
    cloud: JDCloud
    rules: CurrentRules
    clock: Clock

    async def see(self, task: Task) -> Instance:
        """The instance of a step as it is now; its cards show what was seen, and when. Its tags stay as they
        were when it was approved: `another_rule` goes by them.

        Raises:
            CloudError: it cannot be seen.
        """
        at = self.clock()
        instance = await self.cloud.instance(task.job.region, task.job.instance_id)
        number, seen = task.step.job, Seen(instance.status, at)
        await self.store.transact(lambda tx: tx.requests.note_seen(task.request.id, number, seen))
        return instance

    def another_rule(self, task: Task, instance: Instance) -> tuple[Problem, ...]:
        """Whether another rule decides about an instance than when it was approved, before anything is done to it: it
        was renamed or tagged since, or could not be looked at in the approver's time.
        """
        if task.begun:
            return ()
        approved, book = task.request.machines[task.step.job], self.rules.book
        if book.rule_for(approved).name == book.rule_for(approved.as_found(instance)).name:
            return ()
        return (Problem(Code.RULE_CHANGED, facts={"instance": instance.called}),)
