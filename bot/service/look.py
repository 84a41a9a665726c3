"""Looking: how instances are at this moment, for words about them. Nothing is decided by it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from bot.domain.cloud import Seen
from bot.domain.plan import Plan, PlannedJob
from bot.jdcloud import CloudError, JDCloud
from bot.service.ports import Clock

log = structlog.get_logger(__name__)

LOOK_WITHIN = 3.0
"""Seconds that a message waits for it at most."""


@dataclass(frozen=True, kw_only=True)
class Looking:
    """What a message says of an instance was looked at, or is not said."""

    cloud: JDCloud
    clock: Clock

    async def look(self, plan: Plan, *, within: float = LOOK_WITHIN) -> Mapping[int, Seen]:
        """The instances of a plan as they are now, by the number of their job; JD Cloud may not tell all in time."""
        seen = await asyncio.gather(*(self._see(job, within) for job in plan.jobs))
        return {number: one for number, one in enumerate(seen) if one is not None}

    async def _see(self, job: PlannedJob, within: float) -> Seen | None:
        at = self.clock()
        try:
            async with asyncio.timeout(within):
                instance = await self.cloud.instance(job.region, job.instance_id)
        except (CloudError, TimeoutError) as error:
            log.info("instance.not_seen", instance_id=job.instance_id, error=str(error))
            return None
        return Seen(instance.status, at, instance.tags)
