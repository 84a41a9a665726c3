"""Finding an instance by its id alone, in whichever of the regions that are offered it is."""

import asyncio
from collections.abc import Sequence

from bot.domain.cloud import Instance
from bot.jdcloud import CloudError, JDCloud, NotFound

HESITATION = 0.5
"""Seconds that the likely region of an instance has to answer in before the others are asked as well."""


async def find_instance(cloud: JDCloud, regions: Sequence[str], likely: str, instance_id: str) -> Instance | None:
    """The instance, from its likely region or any other; no region that fails or hangs hides what another has.

    Raises:
        CloudError: no region has it, and one could not be asked.
    """
    failures: list[CloudError] = []

    async def look(where: str) -> Instance | None:
        try:
            return await cloud.instance(where, instance_id)
        except NotFound:
            return None
        except CloudError as error:
            failures.append(error)
            return None

    def ask(some: Sequence[str]) -> list[asyncio.Task[Instance | None]]:
        return [asyncio.create_task(look(where)) for where in some]

    asked = ask([where for where in regions if where == likely])
    try:
        if asked:
            await asyncio.wait(asked, timeout=HESITATION)
        if not any(task.done() and task.result() for task in asked):
            asked += ask([where for where in regions if where != likely])
        for answer in asyncio.as_completed(asked):
            if found := await answer:
                return found
    finally:
        for task in asked:
            task.cancel()
    if failures:
        raise failures[0]
    return None
