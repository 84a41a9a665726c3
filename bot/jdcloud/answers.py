"""Images, quotas and snapshots, as JD Cloud tells of them, turned into domain values as far as a question needs it."""

from collections.abc import Collection, Sequence
from typing import Annotated, Required

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from bot.domain import cloud
from bot.jdcloud import whole
from bot.jdcloud.envelope import Id, Listed, Result, Text, part
from bot.jdcloud.whole import Incomplete

__all__ = ["Acknowledgement", "CreatedImage", "ImageList", "QuotaList", "SnapshotList", "SnapshotQuota"]


@part
class _Image(TypedDict, total=False):
    image_id: Required[Id]
    name: Text
    desc: Text  # createImage calls it `description`; one made in the console may have none
    status: Text


def _image(told: _Image, region: str) -> cloud.Image:
    return cloud.Image(
        region=region,
        id=told["image_id"],
        name=told.get("name") or "",
        description=told.get("desc") or None,
        status=told.get("status") or "",
    )


class CreatedImage(Result):
    """The result of createImage. What does not read as the id of an image would be watched for in vain: as good as
    no answer, and the mark is looked for.
    """

    image_id: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^img-[!-~]{1,128}$")]


class Acknowledgement(Result):
    """The result of stopInstance and startInstance: there is none, and an answer that is no error is a yes."""


class ImageList(Listed):
    """The result of describeImages."""

    images: list[_Image] | None = None

    def page(self, region: str, *, number: int, size: int) -> tuple[Sequence[cloud.Image], int]:
        """The images of this page, and how many there are on all.

        Raises:
            Incomplete: they cannot be all that belong on it.
        """
        return whole.one_page("images", self._values(region), self.total_count, number=number, size=size)

    def of(self, region: str, ids: Collection[str]) -> tuple[cloud.Image, ...]:
        """The images of these ids, as far as there are any. One page holds them all, so the count may be missing.

        Raises:
            Incomplete: the list is missing, is not as long as it says, or holds what was not asked for.
        """
        return whole.these("images", self._values(region), self.total_count, ids=ids)

    def _values(self, region: str) -> Sequence[cloud.Image] | None:
        return None if self.images is None else [_image(image, region) for image in self.images]


class _Quota(Result):
    resource_type: Text = None  # the quota of disks and snapshots does not repeat it
    limit: int | None = None
    used: int | None = None

    def quota(self, resource: str) -> cloud.Quota:
        """As a value.

        Raises:
            Incomplete: it is not said how much there may be, or is; which is not the same as none.
        """
        if self.limit is None or self.limit < 0:
            raise Incomplete(f"limit of {resource} is missing")
        if self.used is None or self.used < 0:
            raise Incomplete(f"used of {resource} is missing")
        return cloud.Quota(resource=resource, limit=self.limit, used=self.used)


class QuotaList(Result):
    """The result of the describeQuotas of virtual machines."""

    quotas: tuple[_Quota, ...]

    def value(self, resource: str) -> cloud.Quota:
        """The quota of a kind of resource.

        Raises:
            Incomplete: it is not among them, or not whole.
        """
        for quota in self.quotas:
            if quota.resource_type == resource:
                return quota.quota(resource)
        raise Incomplete(f"no quota of {resource}")


class SnapshotQuota(Result):
    """The result of the describeQuota of disks, asked for snapshots."""

    quota: _Quota

    def value(self) -> cloud.Quota:
        """The quota of snapshots.

        Raises:
            Incomplete: it is not whole.
        """
        return self.quota.quota("snapshot")


@part
class _Snapshot(TypedDict, total=False):
    snapshot_id: Required[Id]
    name: Text
    snapshot_size_gb: Annotated[int | None, Field(alias="snapshotSizeGB")]  # GiB
    status: Text
    create_time: Text
    disk_id: Text
    images: tuple[str, ...] | None


def _snapshot(told: _Snapshot) -> cloud.Snapshot:
    return cloud.Snapshot(
        id=told["snapshot_id"],
        name=told.get("name") or "",
        size_gb=told.get("snapshot_size_gb") or 0,
        status=told.get("status") or "",
        created=told.get("create_time") or "",
        disk_id=told.get("disk_id") or "",
        images=told.get("images") or (),
    )


class SnapshotList(Listed):
    """The result of describeSnapshots."""

    snapshots: list[_Snapshot] | None = None

    def page(self, *, number: int, size: int) -> tuple[Sequence[cloud.Snapshot], int]:
        """The snapshots of this page, and how many there are on all.

        Raises:
            Incomplete: they cannot be all that belong on it.
        """
        found = None if self.snapshots is None else [_snapshot(snapshot) for snapshot in self.snapshots]
        return whole.one_page("snapshots", found, self.total_count, number=number, size=size)
