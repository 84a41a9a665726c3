"""Launching: intent, act, record. createImage is called at most once per approval, whatever happens to the answer."""

import dataclasses
from dataclasses import dataclass

import structlog

from bot import metrics
from bot.domain import rules
from bot.domain.cloud import Accepted, Image
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import Move, State
from bot.domain.plan import drift, obstacles
from bot.domain.request import ImageRequest
from bot.jdcloud import CloudError, JDCloud, Outcome, create_image_spec
from bot.service.ports import Clock
from bot.store import Lease, Store

log = structlog.get_logger(__name__)

PATIENCE = 1800.0
"""Seconds a request waits for an instance or a cloud that is busy before it fails and says so."""

SEND_WITHIN = 5.0
"""Seconds after the intent in which createImage may still be sent. A process that slept longer than that, or longer
than half its lease, may have been succeeded: it sends nothing."""

AFTER_FAULT = 60.0
"""Seconds, at least, after something nobody planned for."""

CALLS_AT_MOST = 2
"""How often createImage may be called for one approval: the second time only after the first left no trace."""


@dataclass(frozen=True, kw_only=True)
class Launching:
    """Brings approved requests to the cloud. createImage has no idempotency token, so a call whose answer was
    lost is settled by looking for the marker among the instance's private images before anything is repeated.
    """

    store: Store
    cloud: JDCloud
    grace: float  # seconds after a doubtful call before its marker is looked for
    clock: Clock

    async def launch(self, request: ImageRequest, lease: Lease) -> None:
        """One request that is approved or submitting, held by `lease`."""
        if request.state is State.SUBMITTING:
            await self._settle(request, lease)
        elif await self._fits(request, lease):
            await self._call(request, Move.SUBMIT, lease)

    async def broke(self, request: ImageRequest, lease: Lease, reference: str) -> None:
        """Nobody planned for what happened: the card says so, and the request is taken up again after the grace, for
        by then createImage may have been called.
        """
        problem = Problem(Code.UNPLANNED, facts={"reference": reference})
        await self._postpone(request, max(self.grace, AFTER_FAULT), lease, problem)

    async def _fits(self, request: ImageRequest, lease: Lease) -> bool:
        """Whether the approved plan still holds; what does not is said by name."""
        try:
            instance = await self.cloud.instance(request.plan.region, request.plan.instance_id)
        except CloudError as error:
            if error.outcome is Outcome.REFUSED:
                await self._fail(request, (error.problem(),), lease)
            else:
                await self._wait(request, error.problem(), lease)
            return False
        if changes := drift(request.plan, instance):
            await self._fail(request, changes, lease)
            return False
        if problems := obstacles(instance):
            if any(problem.code is Code.INSTANCE_NOT_STOPPED for problem in problems):
                await self._fail(request, problems, lease)
            else:  # in the middle of something that ends by itself
                await self._wait(request, problems[0], lease)
            return False
        return True

    async def _call(self, request: ImageRequest, move: Move, lease: Lease) -> None:
        plan, now = request.plan, self.clock()
        intent = dataclasses.replace(request, state=State.SUBMITTING, attempts=request.attempts + 1, submitted_at=now)
        written = await self.store.transact(
            lambda tx: tx.requests.advance(
                request.id,
                move,
                at=now,
                actor=lease.owner,
                lease=lease,
                keep_lease=True,
                after=self.grace,  # should we die now, this is when somebody looks for the marker
                attempts=intent.attempts,
                submitted_at=now,
                problems=(),
            )
        )
        if not written:  # cancelled, taken over, or another launch holds the instance
            await self._postpone(request, 1, lease)
            return
        if request.submitted_at is None:
            metrics.APPROVAL_TO_LAUNCH.observe(max(0.0, now - (request.approved_at or now)))
        if self.clock() - now > min(SEND_WITHIN, lease.seconds / 2):
            log.warning("image.not_sent", request_id=request.id, seconds=self.clock() - now)
            await self._defer(intent, None, lease)
            return
        try:
            accepted = await self.cloud.create_image(
                plan.region, plan.instance_id, create_image_spec(plan, request_id=request.id)
            )
        except CloudError as error:
            metrics.LAUNCHES.labels(plan.region, error.outcome).inc()
            await self._not_accepted(intent, error, lease)
        else:
            metrics.LAUNCHES.labels(plan.region, "accepted").inc()
            await self._accepted(intent, accepted, lease)

    async def _not_accepted(self, request: ImageRequest, error: CloudError, lease: Lease) -> None:
        problem = error.problem()
        log.warning(
            "image.not_accepted",
            request_id=request.id,
            outcome=error.outcome,
            code=problem.code,
            cloud_request_id=error.request_id,
            message=error.message,
        )
        match error.outcome:
            case Outcome.REFUSED:
                await self._fail(request, (problem,), lease)
            case Outcome.TRY_AGAIN:
                await self._defer(request, problem, lease)
            case Outcome.DOUBTFUL:  # stays as it is; `_settle` looks for the marker after the grace
                await self._postpone(request, self.grace, lease, problem)

    async def _settle(self, request: ImageRequest, lease: Lease) -> None:
        """What became of a call whose answer is not known."""
        try:
            images = await self.cloud.private_images_of(request.plan.region, request.plan.instance_id)
        except CloudError as error:
            await self._postpone(request, self._pause(request), lease, error.problem())
            return
        found = [image for image in images if _carries_marker(image, request.id)]
        log.info("image.looked_for", request_id=request.id, found=[image.id for image in found])
        if len(found) == 1:
            await self._accepted(request, Accepted(found[0].id, request_id=""), lease)
        elif found:
            ids = ", ".join(image.id for image in found)
            await self._doubt(request, Problem(Code.SEVERAL_IMAGES, facts={"images": ids}), lease)
        elif request.attempts >= CALLS_AT_MOST:
            await self._doubt(request, Problem(Code.ANSWER_LOST), lease)
        elif await self._fits(request, lease):
            await self._call(request, Move.RESUBMIT, lease)

    async def _accepted(self, request: ImageRequest, accepted: Accepted, lease: Lease) -> None:
        now = self.clock()
        # Months later, JD Cloud's support asks for the id of the call.
        told = {"cloud_request_id": accepted.request_id} if accepted.request_id else {}
        recorded = await self.store.transact(
            lambda tx: tx.requests.advance(
                request.id,
                Move.ACCEPT,
                at=now,
                actor=lease.owner,
                lease=lease,
                detail={"image": accepted.image_id} | told,
                image_id=accepted.image_id,
                building_since=request.submitted_at,
                problems=(),
            )
        )
        log.info("image.accepted", request_id=request.id, image_id=accepted.image_id, recorded=recorded, **told)

    async def _defer(self, request: ImageRequest, problem: Problem | None, lease: Lease) -> None:
        """Certainly nothing was done: the same call again later, until patience ends."""
        if problem and self._out_of_patience(request):
            await self._fail(request, (problem,), lease)
            return
        now = self.clock()
        await self.store.transact(
            lambda tx: tx.requests.advance(
                request.id,
                Move.DEFER,
                at=now,
                actor=lease.owner,
                lease=lease,
                after=self._pause(request),
                attempts=request.attempts - 1,
                problems=(problem,) if problem else (),
            )
        )

    async def _wait(self, request: ImageRequest, problem: Problem, lease: Lease) -> None:
        """The plan cannot be checked or carried out yet: later again, until patience ends."""
        if self._out_of_patience(request):
            await self._fail(request, (problem,), lease)
        else:
            await self._postpone(request, self._pause(request), lease, problem)

    async def _fail(self, request: ImageRequest, problems: tuple[Problem, ...], lease: Lease) -> None:
        move = Move.DRIFT if request.state is State.APPROVED else Move.REFUSE
        now = self.clock()
        await self.store.transact(
            lambda tx: tx.requests.advance(
                request.id,
                move,
                at=now,
                actor=lease.owner,
                lease=lease,
                detail={"codes": ", ".join(problem.code for problem in problems)},
                finished_at=now,
                problems=problems,
            )
        )
        log.warning("request.failed", request_id=request.id, codes=[problem.code for problem in problems])

    async def _doubt(self, request: ImageRequest, problem: Problem, lease: Lease) -> None:
        now = self.clock()
        await self.store.transact(
            lambda tx: tx.requests.advance(
                request.id, Move.DOUBT, at=now, actor=lease.owner, lease=lease, problems=(problem,)
            )
        )
        log.warning("request.unsure", request_id=request.id, code=problem.code)

    async def _postpone(
        self, request: ImageRequest, seconds: float, lease: Lease, problem: Problem | None = None
    ) -> None:
        problems = (problem,) if problem else None
        await self.store.transact(lambda tx: tx.requests.postpone(request.id, seconds, lease, problems=problems))

    def _pause(self, request: ImageRequest) -> float:
        """Seconds until the next try: half of what has been waited so far, between 2 and 60."""
        return min(max((self.clock() - (request.approved_at or 0)) / 2, 2), 60)

    def _out_of_patience(self, request: ImageRequest) -> bool:
        return self.clock() - (request.approved_at or 0) > PATIENCE


def _carries_marker(image: Image, request_id: str) -> bool:
    """The marker is exact and last; the name stays the person's own and proves nothing."""
    return image.description.rstrip().endswith(rules.marker(request_id))
