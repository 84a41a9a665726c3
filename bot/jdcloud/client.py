"""The client of JD Cloud: the few calls the bot makes, each in one line for whoever makes them.

Reads are tried again when that may help, within the time of one call. What changes something is sent exactly once: no
call of the bot has an idempotency token, so only the caller, who can look at what came of it, may decide to call again.
"""

from typing import Self

from bot.jdcloud.disk_snapshots import SnapshotCalls
from bot.jdcloud.paging import PAGE
from bot.jdcloud.vm_images import ImageCalls
from bot.jdcloud.vm_instances import InstanceCalls

__all__ = ["IMAGES_PER_CALL", "JDCloud"]

IMAGES_PER_CALL = PAGE
"""Ids in one describeImages or describeInstanceStatus: as many as one page can answer."""


class JDCloud(InstanceCalls, ImageCalls, SnapshotCalls):
    """JD Cloud, as far as the bot needs it. Every method may raise any `CloudError`. Built as `Service` is."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection. The client cannot be used after that."""
        await self._caller.aclose()

    def status(self) -> dict[str, str]:
        """What each service in each region that was called says of itself: `ok`, or for how long it has been silent."""
        return self._caller.circuits.status()

    @property
    def clock_ahead(self) -> float | None:
        """Seconds that our clock is ahead of JD Cloud's, as of the last answer; None before there was one."""
        return self._caller.clock_ahead
