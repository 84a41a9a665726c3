"""Observing: the images that are being made, looked at a hundred at a time until the cloud says how it ended."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import structlog

from bot import metrics
from bot.domain.cloud import Image, ImageStatus
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import Move
from bot.domain.request import ImageRequest
from bot.jdcloud import IMAGES_PER_CALL, CloudError, JDCloud, Outcome
from bot.service.ports import Clock
from bot.store import Lease, Store, Transaction

log = structlog.get_logger(__name__)

MISSES_AT_MOST = 5
"""An id that is missing from this many looks in a row is gone; before that it is only unknown."""

SLOW_AFTER = 2.0
"""An image that takes this many times the usual is called slower than usual. Nothing fails by our clock."""


@dataclass(frozen=True, kw_only=True)
class Observing:
    """Looks at images that are building: one describeImages for up to 100 images of a region."""

    store: Store
    cloud: JDCloud
    interval: float  # seconds between two looks at an image
    clock: Clock

    @property
    def longest_pause(self) -> float:
        """Seconds between two looks at most, whatever was answered."""
        return 2 * self.interval

    async def look(self, region: str, page: Sequence[ImageRequest], lease: Lease) -> None:
        """One page of `pages`: requests of one region that are building, held by `lease`."""
        metrics.POLLS.labels(region).inc()
        try:
            images = await self.cloud.images(region, ids=[request.image_id for request in page])
        except CloudError as error:
            problem = error.problem()
            if error.outcome is not Outcome.REFUSED:
                problem = Problem(Code.STILL_WATCHING)
            log.info(
                "image.look_failed",
                region=region,
                request_ids=[request.id for request in page],
                code=problem.code,
                cloud_request_id=error.request_id,
            )
            await self.store.transact(lambda tx: self._look_failed(tx, page, problem, lease))
            return
        by_id = {image.id: image for image in images}

        def work(tx: Transaction) -> None:
            for request in page:
                self._note(tx, request, by_id.get(request.image_id), lease)

        await self.store.transact(work)

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
                if status != ImageStatus.PENDING:
                    log.warning("image.status_unknown", request_id=request.id, image_id=image.id, status=status)
                self._keep_watching(tx, request, lease)

    def _missing(self, tx: Transaction, request: ImageRequest, lease: Lease) -> None:
        misses = request.misses + 1
        if misses >= MISSES_AT_MOST:
            gone = Problem(Code.IMAGE_GONE, facts={"image": request.image_id})
            self._end(tx, request, Move.BREAK, (gone,), lease)
        else:
            tx.requests.postpone(request.id, self.interval, lease, misses=misses)

    def _keep_watching(self, tx: Transaction, request: ImageRequest, lease: Lease) -> None:
        now = self.clock()
        usual = tx.requests.usual_build_seconds(request.plan.instance_id)
        slow = usual is not None and now - (request.building_since or now) > SLOW_AFTER * usual
        problems = (Problem(Code.SLOWER_THAN_USUAL, facts={"seconds": f"{usual:.0f}"}),) if slow else ()
        tx.requests.postpone(request.id, self.interval, lease, misses=0, problems=problems)

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


def pages(requests: Sequence[ImageRequest]) -> Iterator[tuple[str, Sequence[ImageRequest]]]:
    """The requests by region, at most one call's worth at a time."""
    regions: dict[str, list[ImageRequest]] = defaultdict(list)
    for request in requests:
        regions[request.plan.region].append(request)
    for region, ours in regions.items():
        for start in range(0, len(ours), IMAGES_PER_CALL):
            yield region, ours[start : start + IMAGES_PER_CALL]
