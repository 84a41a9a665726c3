"""What kinds of steps have in common that are about an instance: they look at it before they ask for anything."""

from abc import abstractmethod
from dataclasses import dataclass

from bot.domain.cloud import Instance, Seen
from bot.domain.errors import Code, Problem
from bot.jdcloud import JDCloud
from bot.service.current_rules import CurrentRules
from bot.service.ports import Clock
from bot.service.steps.kind import Answer, Ready, Task
from bot.store import Store


@dataclass(frozen=True, kw_only=True)
class OfInstance:
    """A kind of step that is about an instance."""

    store: Store
    cloud: JDCloud
    rules: CurrentRules
    clock: Clock

    @abstractmethod
    def answer(self, task: Task, instance: Instance) -> Answer:
        """Whether the step is still needed and allowed, as its instance was just found."""

    async def prepare(self, task: Task) -> Answer:
        """Implements `Kind`. What was seen is noted at once, or with the intent of the call that comes next."""
        instance, seen = await self._look(task)
        answer = self.answer(task, instance)
        if isinstance(answer, Ready):
            return Ready(seen)
        await self._note(task, seen)
        return answer

    async def see(self, task: Task) -> Instance:
        """The instance of a step as it is now; its cards show what was seen, and when.

        Raises:
            CloudError: it cannot be seen.
        """
        instance, seen = await self._look(task)
        await self._note(task, seen)
        return instance

    async def _look(self, task: Task) -> tuple[Instance, Seen]:
        at = self.clock()
        instance = await self.cloud.instance(task.job.region, task.job.instance_id)
        # Its tags stay as they were when it was approved: `another_rule` goes by them.
        return instance, Seen(instance.status, at)

    async def _note(self, task: Task, seen: Seen) -> None:
        await self.store.transact(lambda tx: tx.requests.note_seen(task.request.id, task.step.job, seen))

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
