"""How an instance is now, for a step that is about to be asked for."""

from collections.abc import Callable
from typing import Protocol

from bot.domain.cloud import Instance
from bot.jdcloud import JDCloud
from bot.service.steps.kind import Task
from bot.store import Store


class Looks(Protocol):
    """A kind of step that looks at an instance."""

    @property
    def store(self) -> Store:
        """Where what was seen is noted."""
        ...

    @property
    def cloud(self) -> JDCloud:
        """Where it is looked at."""
        ...

    @property
    def clock(self) -> Callable[[], float]:
        """Unix seconds."""
        ...


async def see(kind: Looks, task: Task) -> Instance:
    """The instance of a step as it is now; its cards show what was seen, and when.

    Raises:
        CloudError: it cannot be seen.
    """
    at = kind.clock()
    instance = await kind.cloud.instance(task.plan.region, task.plan.instance_id)
    await kind.store.transact(lambda tx: tx.requests.saw(task.request.id, instance.status, at))
    return instance
