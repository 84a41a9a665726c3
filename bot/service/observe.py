"""Observing: the images that are being made, looked at a hundred at a time until the cloud says how it ended."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import structlog

from bot import metrics
from bot.domain import patience
from bot.domain.cloud import Image, ImageStatus
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import Move
from bot.domain.request import ImageRequest
from bot.jdcloud import IMAGES_PER_CALL, AuthenticationFailed, CloudError, Forbidden, JDCloud, NotFound, Outcome
from bot.service.ports import Clock
from bot.store import Lease, Store, Transaction

log = structlog.get_logger(__name__)

MISSES_AT_MOST = 5
"""An id that is missing from this many looks in a row, and past the grace, is gone; before that it is only unknown."""

AT_ONCE = 4
"""Images that are looked at one by one at the same time."""

LONGEST_STATUS = 64
"""Characters of a status that are shown."""

SLOW_AFTER = 2.0
"""An image that takes this many times the usual is called slower than usual. Nothing fails by our clock."""


@dataclass(frozen=True, kw_only=True)
class Observing:
    """Looks at images that are building: one describeImages for up to 100 images of a region."""

    store: Store
    cloud: JDCloud
    interval: float  # seconds between two looks at an image
    grace: float  # seconds in which an image that was asked for may not be listed yet
    clock: Clock

    @property
    def longest_pause(self) -> float:
        """Seconds between two looks at most, whatever was answered."""
        return 2 * self.interval

    async def look(self, region: str, page: Sequence[ImageRequest], lease: Lease) -> None:
        """One page of `pages`: requests of one region that are building, held by `lease`."""
        metrics.POLLS.labels(region).inc()
        seen = await self._see(region, page)

        def work(tx: Transaction) -> None:
            for request, found in zip(page, seen, strict=True):
                if isinstance(found, CloudError):
                    self._not_seen(tx, request, found, lease)
                else:
                    self._note(tx, request, found, lease)

        await self.store.transact(work)

    async def _see(self, region: str, page: Sequence[ImageRequest]) -> Sequence[Image | CloudError | None]:
        """Each request's image, None where JD Cloud does not know it, or why it could not be seen.

        A call that is refused for one of its ids is refused for all of them: then each is asked for by itself.
        """
        try:
            images = await self.cloud.images(region, [request.image_id for request in page])
        except CloudError as error:
            log.info(
                "image.look_failed",
                region=region,
                request_ids=[request.id for request in page],
                code=error.problem().code,
                cloud_request_id=error.request_id,
            )
            if error.outcome is not Outcome.REFUSED or isinstance(error, AuthenticationFailed | Forbidden):
                return [error] * len(page)
            alone = [error] if len(page) == 1 else await self._see_each(region, page)
            # A 404 is about the id. Any other refusal is, too, where the same call was answered for another id.
            answered = any(not isinstance(one, CloudError) for one in alone)
            return [None if _is_about_the_id(one, answered=answered) else one for one in alone]
        by_id = {image.id: image for image in images}
        return [by_id.get(request.image_id) for request in page]

    async def _see_each(self, region: str, page: Sequence[ImageRequest]) -> Sequence[Image | CloudError | None]:
        at_once = asyncio.Semaphore(AT_ONCE)

        async def see(request: ImageRequest) -> Image | CloudError | None:
            async with at_once:
                try:
                    images = await self.cloud.images(region, [request.image_id])
                except CloudError as error:
                    return error
            return images[0] if images else None

        return await asyncio.gather(*(see(request) for request in page))

    async def broke(self, page: Sequence[ImageRequest], lease: Lease, reference: str) -> None:
        """Nobody planned for what happened: the cards say so, and the images are looked at again."""
        problem = Problem(Code.UNPLANNED, facts={"reference": reference})
        await self.store.transact(lambda tx: self._look_failed(tx, page, problem, lease))

    def _note(self, tx: Transaction, request: ImageRequest, image: Image | None, lease: Lease) -> None:
        """One request's part of a page."""
        if image is None:
            self._missing(tx, request, lease)
            return
        match image.status:
            case ImageStatus.READY:
                self._end(tx, request, Move.FINISH, (), lease)
            case ImageStatus.ERROR:
                self._end(tx, request, Move.BREAK, (Problem(Code.IMAGE_BROKEN, facts={"image": image.id}),), lease)
            case ImageStatus.DELETING:
                self._end(tx, request, Move.BREAK, (Problem(Code.IMAGE_GONE, facts={"image": image.id}),), lease)
            case status:
                self._hear(tx, request, status, lease)
                self._keep_watching(tx, request, lease)

    def _missing(self, tx: Transaction, request: ImageRequest, lease: Lease) -> None:
        misses = request.misses + 1
        if misses >= MISSES_AT_MOST and not patience.grace_left(request.building_since, self.clock(), self.grace):
            gone = Problem(Code.IMAGE_GONE, facts={"image": request.image_id})
            self._end(tx, request, Move.BREAK, (gone,), lease)
        else:
            tx.requests.postpone(request.id, self.interval, lease, misses=misses)

    def _hear(self, tx: Transaction, request: ImageRequest, status: str, lease: Lease) -> None:
        """What JD Cloud says of an image that is neither ready nor broken. What no page documents is shown as it is."""
        said = "" if status == ImageStatus.PENDING else status[:LONGEST_STATUS]
        if said == request.cloud_status or not status:  # a status that is not told changes nothing
            return
        tx.requests.hear(request.id, said, self.clock(), lease)
        if said:
            log.warning("image.status_unknown", request_id=request.id, image_id=request.image_id, status=said)

    def _keep_watching(self, tx: Transaction, request: ImageRequest, lease: Lease) -> None:
        now = self.clock()
        usual = tx.requests.usual_build_seconds(request.plan.instance_id)
        slow = usual is not None and now - (request.building_since or now) > SLOW_AFTER * usual
        problems = (Problem(Code.SLOWER_THAN_USUAL, facts={"seconds": f"{usual:.0f}"}),) if slow else ()
        tx.requests.postpone(request.id, self.interval, lease, misses=0, problems=problems)

    def _not_seen(self, tx: Transaction, request: ImageRequest, error: CloudError, lease: Lease) -> None:
        problem = error.problem() if error.outcome is Outcome.REFUSED else Problem(Code.STILL_WATCHING)
        self._look_failed(tx, [request], problem, lease)

    def _look_failed(self, tx: Transaction, page: Sequence[ImageRequest], problem: Problem, lease: Lease) -> None:
        for request in page:
            tx.requests.postpone(request.id, self.longest_pause, lease, problems=(problem,))

    def _end(
        self, tx: Transaction, request: ImageRequest, move: Move, problems: tuple[Problem, ...], lease: Lease
    ) -> None:
        now = self.clock()
        recorded = tx.requests.advance(
            request.id,
            move,
            at=now,
            actor=lease.owner,
            lease=lease,
            detail={"image": request.image_id},
            finished_at=now,
            problems=problems,
        )
        event = "image.ready" if move is Move.FINISH else "image.failed"
        log.info(event, request_id=request.id, image_id=request.image_id, recorded=recorded)


def _is_about_the_id(found: Image | CloudError | None, *, answered: bool) -> bool:
    """Whether what came of asking for one image by itself says that there is no such image."""
    if not isinstance(found, CloudError) or isinstance(found, AuthenticationFailed | Forbidden):
        return False
    return isinstance(found, NotFound) or (found.outcome is Outcome.REFUSED and answered)


def pages(requests: Sequence[ImageRequest]) -> Iterator[tuple[str, Sequence[ImageRequest]]]:
    """The requests by region, at most one call's worth at a time; those that were missing last time by themselves, as
    they may have the whole call refused.
    """
    regions: dict[tuple[str, bool], list[ImageRequest]] = defaultdict(list)
    for request in requests:
        regions[request.plan.region, request.misses > 0].append(request)
    for (region, _), ours in regions.items():
        for start in range(0, len(ours), IMAGES_PER_CALL):
            yield region, ours[start : start + IMAGES_PER_CALL]
