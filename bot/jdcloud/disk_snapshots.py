"""The calls about snapshots of cloud disks (service disk)."""

from collections.abc import Mapping, Sequence

from bot.domain import cloud
from bot.jdcloud import answers
from bot.jdcloud.call import Call
from bot.jdcloud.paging import PAGE, all_pages, check_number
from bot.jdcloud.service import Service

__all__ = ["SnapshotCalls"]


class SnapshotCalls(Service):
    """Which snapshots there are, and how many there may be."""

    async def snapshots(self, region: str, *, ids: Sequence[str] = ()) -> tuple[cloud.Snapshot, ...]:
        """The snapshots of cloud disks in a region, all pages of them (disk: describeSnapshots).

        Args:
            region: its id.
            ids: only these, when there are any.
        """
        return await self._snapshots(region, {"snapshotId": ids} if ids else {})

    async def snapshots_of_disks(self, region: str, disk_ids: Sequence[str]) -> tuple[cloud.Snapshot, ...]:
        """The snapshots of these disks, all pages of them, those that are still being taken included.

        Args:
            region: its id.
            disk_ids: up to 100.

        Raises:
            ValueError: more than 100 ids.
        """
        check_number(disk_ids)
        if not disk_ids:  # a filter without values is none: that would be every snapshot
            return ()
        return await self._snapshots(region, {"diskId": disk_ids})

    async def snapshot_quota(self, region: str) -> cloud.Quota:
        """How many snapshots there may be in a region, and are (disk: describeQuota)."""
        call = self._disk_read("describeQuota", region, "quotas", type="snapshot")
        return await self._caller.read(call, answers.SnapshotQuota, answers.SnapshotQuota.value)

    async def _snapshots(self, region: str, which: Mapping[str, Sequence[str]]) -> tuple[cloud.Snapshot, ...]:
        filters = [{"name": name, "values": values} for name, values in which.items()]

        def call(number: int) -> Call:
            return self._disk_read(
                "describeSnapshots", region, "snapshots", pageNumber=number, pageSize=PAGE, filters=filters
            )

        async def page(number: int) -> tuple[Sequence[cloud.Snapshot], int]:
            return await self._caller.read(
                call(number), answers.SnapshotList, lambda found: found.page(number=number, size=PAGE)
            )

        return await all_pages(page, call(1))
