"""What becomes of a launch, written down: each time a move of the lifecycle, under the lease that the launch holds."""

from dataclasses import dataclass

import structlog

from bot.domain.errors import Problem
from bot.domain.lifecycle import Move, State
from bot.domain.request import ImageRequest
from bot.service.ports import Clock
from bot.store import Lease, Store

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class LaunchRecord:
    """Writes what is known of a call, and of the calls before it that are still in doubt."""

    store: Store
    clock: Clock

    async def submitting(
        self, intent: ImageRequest, *, before: ImageRequest, at: float, after: float, lease: Lease
    ) -> bool:
        """createImage is about to be called. Whether it may be: the request may have been cancelled or taken over, or
        another launch holds the instance.

        Args:
            intent: the request as it is once the call is on its way.
            before: the request until now.
            at: when, unix seconds.
            after: seconds; should we die now, this is when somebody looks for the marker.
            lease: kept, as the call is still to be made.
        """
        return await self.store.transact(
            lambda tx: tx.requests.advance(
                intent.id,
                Move.RESUBMIT if before.state is State.SUBMITTING else Move.SUBMIT,
                at=at,
                actor=lease.owner,
                lease=lease,
                keep_lease=True,
                after=after,
                attempts=intent.attempts,
                doubtful_calls=intent.doubtful_calls,
                doubtful_at=at,
                submitted_at=at,
                problems=(),
            )
        )

    async def building(
        self, request: ImageRequest, image_id: str, since: float | None, told: dict[str, str], lease: Lease
    ) -> None:
        """JD Cloud makes the image; `told` is what the event says beside its id."""
        recorded = await self.store.transact(
            lambda tx: tx.requests.advance(
                request.id,
                Move.ACCEPT,
                at=self.clock(),
                actor=lease.owner,
                lease=lease,
                detail={"image": image_id} | told,
                image_id=image_id,
                building_since=since,
                doubtful_calls=request.doubtful_calls,
                doubtful_at=request.doubtful_at,
                problems=(),
            )
        )
        log.info("image.accepted", request_id=request.id, image_id=image_id, recorded=recorded, **told)

    async def deferred(self, request: ImageRequest, problem: Problem | None, *, after: float, lease: Lease) -> None:
        """Certainly nothing was done: the same call again, after so many seconds."""
        now = self.clock()
        await self.store.transact(
            lambda tx: tx.requests.advance(
                request.id,
                Move.DEFER,
                at=now,
                actor=lease.owner,
                lease=lease,
                after=after,
                attempts=request.attempts,
                doubtful_calls=request.doubtful_calls,
                doubtful_at=request.doubtful_at,
                trying_since=request.trying_since or now,
                problems=(problem,) if problem else (),
            )
        )

    async def held(self, request: ImageRequest, problem: Problem | None, lease: Lease) -> bool:
        """This call is settled, an earlier one is not: written down before anything else. Whether it was."""
        return await self.store.transact(
            lambda tx: tx.requests.advance(
                request.id,
                Move.HOLD,
                at=self.clock(),
                actor=lease.owner,
                lease=lease,
                keep_lease=True,
                attempts=request.attempts,
                doubtful_calls=request.doubtful_calls,
                doubtful_at=request.doubtful_at,
                problems=(problem,) if problem else (),
            )
        )

    async def failed(self, request: ImageRequest, problems: tuple[Problem, ...], lease: Lease) -> None:
        """The end, and why."""
        now = self.clock()
        await self.store.transact(
            lambda tx: tx.requests.advance(
                request.id,
                Move.DRIFT if request.state is State.APPROVED else Move.REFUSE,
                at=now,
                actor=lease.owner,
                lease=lease,
                detail={"codes": ", ".join(problem.code for problem in problems)},
                finished_at=now,
                attempts=request.attempts,
                doubtful_calls=request.doubtful_calls,
                doubtful_at=request.doubtful_at,
                problems=problems,
            )
        )
        log.warning("request.failed", request_id=request.id, codes=[problem.code for problem in problems])

    async def unsure(
        self, request: ImageRequest, problem: Problem, lease: Lease, heard: tuple[Problem, ...] = ()
    ) -> None:
        """Nobody can tell whether there is an image: a person has to look. `heard` is what JD Cloud said before."""
        now = self.clock()
        await self.store.transact(
            lambda tx: tx.requests.advance(
                request.id,
                Move.DOUBT,
                at=now,
                actor=lease.owner,
                lease=lease,
                looked_at=now,
                problems=(problem, *heard),
            )
        )
        log.warning("request.unsure", request_id=request.id, code=problem.code)

    async def postponed(
        self,
        request: ImageRequest,
        seconds: float,
        lease: Lease,
        problem: Problem | None = None,
        *,
        trying_since: float | None = None,
    ) -> None:
        """Nothing was done; it is looked at again in so many seconds."""
        problems = (problem,) if problem else None
        await self.store.transact(
            lambda tx: tx.requests.postpone(request.id, seconds, lease, trying_since=trying_since, problems=problems)
        )
