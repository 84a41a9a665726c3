"""Looking: how an instance is at this moment, for words about it. Nothing is decided by it."""

import asyncio
from dataclasses import dataclass

from bot.domain.cloud import Seen
from bot.domain.plan import Plan
from bot.jdcloud import CloudError, JDCloud
from bot.service.ports import Clock

LOOK_WITHIN = 3.0
"""Seconds that a message waits for it at most."""


@dataclass(frozen=True, kw_only=True)
class Looking:
    """What a message says of an instance was looked at, or is not said."""

    cloud: JDCloud
    clock: Clock

    async def look(self, plan: Plan) -> Seen | None:
        """The plan's instance as it is now; None where JD Cloud does not tell in time."""
        at = self.clock()
        try:
            async with asyncio.timeout(LOOK_WITHIN):
                instance = await self.cloud.instance(plan.region, plan.instance_id)
        except (CloudError, TimeoutError):
            return None
        return Seen(instance.status, at)
