"""The calls about images (service vm)."""

from collections.abc import Sequence

from bot.domain import cloud
from bot.jdcloud import answers
from bot.jdcloud.call import Call
from bot.jdcloud.paging import PAGE, all_pages, check_number
from bot.jdcloud.service import Service
from bot.jdcloud.wire import CreateImageSpec

__all__ = ["ImageCalls"]


class ImageCalls(Service):
    """Images: one is made, and how they are."""

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
        check_number(ids)
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

    async def image_quota(self, region: str) -> cloud.Quota:
        """How many private images there may be in a region, and are (describeQuotas)."""
        filters = [{"name": "resourceTypes", "values": ["image"]}]
        call = self._vm_read("describeQuotas", region, "quotas", filters=filters)
        return await self._caller.read(call, answers.QuotaList, lambda quotas: quotas.value("image"))

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

        return await all_pages(page, call(1))
