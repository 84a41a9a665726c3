"""What kinds of steps have in common that are about an instance: they look at it before they ask for anything."""

from dataclasses import dataclass

from bot.domain.cloud import Instance, Seen
from bot.jdcloud import JDCloud
from bot.service.ports import Clock
from bot.service.steps.kind import Task
from bot.store import Store


@dataclass(frozen=True, kw_only=True)
class OfInstance:
    """A kind of step that is about an instance."""

    store: Store
    cloud: JDCloud
    clock: Clock

    async def see(self, task: Task) -> Instance:
        """The instance of a step as it is now; its cards show what was seen, and when.

        Raises:
            CloudError: it cannot be seen.
        """
        at = self.clock()
        instance = await self.cloud.instance(task.job.region, task.job.instance_id)
        number, seen = task.step.job, Seen(instance.status, at, instance.tags)
        await self.store.transact(lambda tx: tx.requests.note_seen(task.request.id, number, seen))
        return instance
