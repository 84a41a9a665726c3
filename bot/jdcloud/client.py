"""The client of JD Cloud: the few calls the bot makes, each in one line for whoever makes them.

Reads are tried again when that may help, within the time of one call. createImage is sent exactly once: it has no
idempotency token, so only the caller, who can look for the image, may decide to call again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from math import ceil
from typing import Protocol, Self, TypeVar
from urllib.parse import quote

import httpx

from bot.domain import cloud
from bot.domain.rules import CLOUD_ID
from bot.jdcloud import answers
from bot.jdcloud.calls import Call, Caller
from bot.jdcloud.errors import IncompleteAnswer, NotFound
from bot.jdcloud.instances import InstanceList, OneInstance
from bot.jdcloud.signing import JDCloudAuth
from bot.jdcloud.wire import CreateImageSpec, query

__all__ = ["IMAGES_PER_CALL", "JDCloud"]

PAGE = 100
"""Items asked for at once (describeInstances, describeImages: pageSize 10 to 100; below 10 is refused)."""

IMAGES_PER_CALL = PAGE
"""Ids in one describeImages: as many as one page can answer."""

_PAGES_AT_ONCE = 4
_PAGES_AT_MOST = 100
"""Ten thousand items: a count beyond that is taken for a mistake."""


class _Numbered(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_Numbered)


class JDCloud:
    """JD Cloud, as far as the bot needs it. Every method may raise any `CloudError`.

    Args:
        access_key: id of the key.
        secret_key: the key.
        session_token: of temporary credentials.
        vm_endpoint: root of virtual machines, "https://vm.jdcloud-api.com".
        disk_endpoint: root of cloud disks, "https://disk.jdcloud-api.com".
        timeout: seconds for one whole call; for a read with all its attempts.
        clock: unix seconds.
        new_nonce: never the same text twice.
        transport: what carries the requests; httpx's own when there is none.
        regions: those that metrics tell apart; None: all.
    """

    def __init__(
        self,
        *,
        access_key: str,
        secret_key: str,
        session_token: str | None = None,
        vm_endpoint: str,
        disk_endpoint: str,
        timeout: float,
        clock: Callable[[], float],
        new_nonce: Callable[[], str],
        transport: httpx.AsyncBaseTransport | None = None,
        regions: Collection[str] | None = None,
    ) -> None:
        def auth(service: str) -> JDCloudAuth:
            return JDCloudAuth(
                service=service,
                access_key=access_key,
                secret_key=secret_key,
                session_token=session_token,
                clock=clock,
                new_nonce=new_nonce,
            )

        self._vm, self._disk = auth("vm"), auth("disk")
        self._vm_endpoint, self._disk_endpoint = vm_endpoint.rstrip("/"), disk_endpoint.rstrip("/")
        self._caller = Caller(timeout=timeout, clock=clock, transport=transport, regions=regions)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection. The client cannot be used after that."""
        await self._caller.aclose()

    def said(self) -> dict[str, str]:
        """What each service in each region that was called says of itself: `ok`, or for how long it has been silent."""
        return self._caller.circuits.said()

    async def instances(
        self, region: str, *, name: str | None = None, ids: Sequence[str] | None = None
    ) -> tuple[cloud.Instance, ...]:
        """The instances of a region, all pages of them (describeInstances).

        Args:
            region: its id.
            name: part of the name.
            ids: only these, up to 100.

        Raises:
            ValueError: more than 100 ids.
        """
        if ids is not None:
            _check_number(ids)
            if not ids:  # a filter without values is none: that would be every instance
                return ()
        filters = [
            {"name": key, "values": values}
            for key, values in (("name", name and [name]), ("instanceId", ids))
            if values
        ]

        def call(number: int) -> Call:
            return self._vm_read(
                "describeInstances", region, "instances", pageNumber=number, pageSize=PAGE, filters=filters
            )

        async def page(number: int) -> tuple[Sequence[cloud.Instance], int]:
            return await self._caller.read(
                call(number), InstanceList, lambda found: found.page(region, number=number, size=PAGE)
            )

        return await _all_pages(page, call(1))

    async def instance(self, region: str, instance_id: str) -> cloud.Instance:
        """One instance (describeInstance).

        Raises:
            NotFound: there is none, or not for this key.
        """
        call = self._about(instance_id, "describeInstance", region)
        return await self._caller.read(call, OneInstance, lambda found: found.value(region, instance_id))

    @property
    def clock_ahead(self) -> float | None:
        """Seconds that our clock is ahead of JD Cloud's, as of the last answer; None before there was one."""
        return self._caller.clock_ahead

    async def create_image(self, region: str, instance_id: str, spec: CreateImageSpec) -> cloud.Accepted:
        """Have an image made (createImage). Sent exactly once, whatever happens.

        Raises:
            CloudError: its `outcome` says whether an image may have been made all the same.
        """
        call = self._about(instance_id, "createImage", region, method="POST", suffix=":createImage", body=spec.body())
        image_id, request_id = await self._caller.once(call, answers.CreatedImage, lambda created: created.image_id)
        return cloud.Accepted(image_id, request_id)

    async def images(self, region: str, ids: Sequence[str]) -> tuple[cloud.Image, ...]:
        """Images by id; one that the cloud does not know is left out (describeImages).

        Raises:
            ValueError: more than 100 ids.
        """
        _check_number(ids)
        if not ids:
            return ()
        # A hundred ids do not fit the 20 of a page that is not asked for its size.
        call = self._vm_read("describeImages", region, "images", ids=ids, pageNumber=1, pageSize=PAGE)
        return await self._caller.read(call, answers.ImageList, lambda found: found.of(region, ids))

    async def private_images_of(self, region: str, instance_id: str) -> tuple[cloud.Image, ...]:
        """The private images made of an instance, all pages of them (describeImages: instanceIds)."""
        return await self._private_images(region, instanceIds=[instance_id])

    async def private_images_named(self, region: str, name: str) -> tuple[cloud.Image, ...]:
        """The private images of exactly this name (describeImages: imageName, which matches parts too)."""
        images = await self._private_images(region, imageName=name)
        return tuple(image for image in images if image.name == name)

    async def private_image_names(self, region: str, part: str) -> frozenset[str]:
        """The names of a region's private images with `part` in them (describeImages: imageName)."""
        images = await self._private_images(region, imageName=part)
        return frozenset(image.name for image in images)

    async def snapshots(self, region: str, *, ids: Sequence[str] = ()) -> tuple[cloud.Snapshot, ...]:
        """The snapshots of cloud disks in a region, all pages of them (disk: describeSnapshots).

        Args:
            region: its id.
            ids: only these, when there are any.
        """
        filters = [{"name": "snapshotId", "values": ids}] if ids else []

        def call(number: int) -> Call:
            return self._disk_read(
                "describeSnapshots", region, "snapshots", pageNumber=number, pageSize=PAGE, filters=filters
            )

        async def page(number: int) -> tuple[Sequence[cloud.Snapshot], int]:
            return await self._caller.read(
                call(number), answers.SnapshotList, lambda found: found.page(number=number, size=PAGE)
            )

        return await _all_pages(page, call(1))

    async def image_quota(self, region: str) -> cloud.Quota:
        """How many private images there may be in a region, and are (describeQuotas)."""
        filters = [{"name": "resourceTypes", "values": ["image"]}]
        call = self._vm_read("describeQuotas", region, "quotas", filters=filters)
        return await self._caller.read(call, answers.QuotaList, lambda quotas: quotas.value("image"))

    async def snapshot_quota(self, region: str) -> cloud.Quota:
        """How many snapshots there may be in a region, and are (disk: describeQuota)."""
        call = self._disk_read("describeQuota", region, "quotas", type="snapshot")
        return await self._caller.read(call, answers.SnapshotQuota, answers.SnapshotQuota.value)

    async def _private_images(self, region: str, **which: object) -> tuple[cloud.Image, ...]:
        def call(number: int) -> Call:
            return self._vm_read(
                "describeImages",
                region,
                "images",
                imageSource="private",
                pageNumber=number,
                pageSize=PAGE,
                **which,
            )

        async def page(number: int) -> tuple[Sequence[cloud.Image], int]:
            return await self._caller.read(
                call(number), answers.ImageList, lambda found: found.page(region, number=number, size=PAGE)
            )

        return await _all_pages(page, call(1))

    def _disk_read(self, action: str, region: str, path: str, **parameters: object) -> Call:
        url = f"{self._disk_endpoint}/v1/regions/{_segment(region)}/{path}?{query(parameters)}"
        return Call(action=action, region=region, url=url, auth=self._disk)

    def _vm_read(self, action: str, region: str, path: str, **parameters: object) -> Call:
        url = f"{self._vm_endpoint}/v1/regions/{_segment(region)}/{path}?{query(parameters)}"
        return Call(action=action, region=region, url=url, auth=self._vm)

    def _about(
        self, instance_id: str, action: str, region: str, *, method: str = "GET", suffix: str = "", body: bytes = b""
    ) -> Call:
        url = f"{self._vm_endpoint}/v1/regions/{_segment(region)}/instances/{quote(instance_id, safe='')}{suffix}"
        call = Call(
            action=action, region=region, instance=instance_id, method=method, url=url, body=body, auth=self._vm
        )
        if not CLOUD_ID.fullmatch(instance_id):  # might be another address, and another question
            raise call.error(NotFound, message=f"Instance '{instance_id}' not found.")
        return call


def _segment(region: str) -> str:
    """A region, or what nothing is at: no text of others makes another address."""
    return region if CLOUD_ID.fullmatch(region) else "no-such-region"


def _check_number(ids: Sequence[str]) -> None:
    if len(ids) > IMAGES_PER_CALL:
        raise ValueError(f"{len(ids)} ids are more than the {IMAGES_PER_CALL} of one call")


async def _all_pages(page: Callable[[int], Awaitable[tuple[Sequence[Item], int]]], call: Call) -> tuple[Item, ...]:
    """Every item of a listing, each once.

    Items move from page to page while the pages are read: one that came twice is kept once, and a listing that came
    out short is read a second time to fill the gaps.

    Args:
        page: the items of the page of that number, counted from 1, and how many items there are in all.
        call: of the first page, for the error.

    Raises:
        IncompleteAnswer: it came out short again, or counts more items than there can be.
    """
    at_once = asyncio.Semaphore(_PAGES_AT_ONCE)

    async def one(number: int) -> tuple[Sequence[Item], int]:
        async with at_once:
            return await page(number)

    async def several(numbers: range) -> list[tuple[Sequence[Item], int]]:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(number)) for number in numbers]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None  # one page that fails is enough to know
        return [task.result() for task in tasks]

    first, total = await page(1)
    found = {item.id: item for item in first}
    pages = ceil(total / PAGE)
    for numbers in (range(2, pages + 1), range(1, pages + 1)):
        if len(found) < total and pages <= _PAGES_AT_MOST:
            read = await several(numbers)
            found |= {item.id: item for items, _ in read for item in items}
            total = total if numbers.start > 1 else read[0][1]
    if len(found) < total:
        raise call.error(IncompleteAnswer, message=f"{len(found)} items where totalCount is {total}")
    return tuple(found.values())
