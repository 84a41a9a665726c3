"""Launching: intent, act, record. At most one image comes of an approval, whatever happens to createImage's answers."""

import dataclasses
from dataclasses import dataclass

import structlog

from bot import metrics
from bot.domain import patience, rules
from bot.domain.cloud import Accepted, Image
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import State
from bot.domain.plan import drift, obstacles, untold
from bot.domain.request import ImageRequest
from bot.jdcloud import CloudError, JDCloud, Outcome, create_image_spec
from bot.service.launch_record import LaunchRecord
from bot.service.ports import Clock
from bot.store import Lease, Store

log = structlog.get_logger(__name__)

SEND_WITHIN = 5.0
"""Seconds after the intent in which createImage may still be sent. A process that slept longer than that, or longer
than half its lease, may have been succeeded: it sends nothing."""

AFTER_FAULT = 60.0
"""Seconds, at least, after something nobody planned for."""

CALLS_AT_MOST = 2
"""How often createImage may be called without an answer for one approval: then a person decides."""


@dataclass(frozen=True, kw_only=True)
class Launching:
    """Brings approved requests to the cloud.

    createImage has no idempotency token. So a call whose answer is not known leaves the request in doubt, and as long
    as it is, whatever happens meanwhile, the marker is looked for among the instance's private images before anything
    is asked again, and before the request is said to have failed.
    """

    store: Store
    cloud: JDCloud
    grace: float  # seconds after a doubtful call in which its image may not be listed yet
    clock: Clock

    @property
    def _record(self) -> LaunchRecord:
        return LaunchRecord(store=self.store, clock=self.clock)

    async def launch(self, request: ImageRequest, lease: Lease) -> None:
        """One request that is approved or submitting, held by `lease`."""
        if request.in_doubt and not await self._left_no_trace(request, lease):
            return
        if request.attempts >= CALLS_AT_MOST:
            await self._record.unsure(request, Problem(Code.ANSWER_LOST), lease, heard=request.problems)
        elif await self._fits(request, lease):
            await self._call(request, lease)

    async def broke(self, request: ImageRequest, lease: Lease, reference: str) -> None:
        """Nobody planned for what happened: the card says so, and the request is taken up again after the grace, for
        by then createImage may have been called.
        """
        problem = Problem(Code.UNPLANNED, facts={"reference": reference})
        await self._record.postponed(request, max(self.grace, AFTER_FAULT), lease, problem)

    async def _left_no_trace(self, request: ImageRequest, lease: Lease) -> bool:
        """Looks for what the calls in doubt may have made. Whether nothing is there, as far as a look can tell;
        otherwise what it came to is done.
        """
        try:
            images = await self.cloud.private_images_of(request.plan.region, request.plan.instance_id)
        except CloudError as error:
            await self._record.postponed(
                request, patience.pause(request.doubtful_at, self.clock()), lease, error.problem()
            )
            return False
        found = [image.id for image in images if _carries_marker(image, request.id)]
        unmarked = [image.id for image in images if _may_be_ours(image, request)]
        log.info("image.looked_for", request_id=request.id, found=found, unmarked=unmarked)
        if len(found) == 1:
            await self._adopt(request, found[0], lease)
        elif found:
            await self._record.unsure(request, Problem(Code.SEVERAL_IMAGES, facts={"images": ", ".join(found)}), lease)
        elif unmarked:
            problem = Problem(Code.UNMARKED_IMAGE, facts={"images": ", ".join(unmarked)})
            await self._ask_again_or_a_person(request, problem, lease)
        elif seconds := patience.grace_left(request.doubtful_at, self.clock(), self.grace):
            await self._record.postponed(request, seconds, lease)
        else:
            return True
        return False

    async def _fits(self, request: ImageRequest, lease: Lease) -> bool:
        """Whether the approved plan still holds; what does not is said by name."""
        seen_at = self.clock()
        try:
            instance = await self.cloud.instance(request.plan.region, request.plan.instance_id)
        except CloudError as error:
            if error.outcome is Outcome.REFUSED:
                await self._fail(request, (error.problem(),), lease)
            else:
                await self._wait(request, error.problem(), lease)
            return False
        await self.store.transact(lambda tx: tx.requests.saw(request.id, instance.status, seen_at))
        if problem := untold(request.plan, instance):
            await self._wait(request, problem, lease)
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

    async def _call(self, request: ImageRequest, lease: Lease) -> None:
        plan, now = request.plan, self.clock()
        intent = dataclasses.replace(
            request,
            state=State.SUBMITTING,
            attempts=request.attempts + 1,
            doubtful_calls=request.doubtful_calls + 1,
            doubtful_at=now,
            submitted_at=now,
        )
        written = await self._record.submitting(intent, before=request, at=now, after=self.grace, lease=lease)
        if not written:  # cancelled, taken over, or another launch holds the instance
            await self._record.postponed(request, 1, lease)
            return
        if request.submitted_at is None:
            metrics.APPROVAL_TO_LAUNCH.observe(max(0.0, now - (request.approved_at or now)))
        answered = _answered(intent, before=request)
        if self.clock() - now > min(SEND_WITHIN, lease.seconds / 2):
            log.warning("image.not_sent", request_id=request.id, seconds=self.clock() - now)
            await self._defer(answered, None, lease)
            return
        try:
            accepted = await self.cloud.create_image(
                plan.region, plan.instance_id, create_image_spec(plan, request_id=request.id)
            )
        except CloudError as error:
            metrics.LAUNCHES.labels(plan.region, error.outcome).inc()
            doubtful = error.outcome is Outcome.DOUBTFUL
            await self._not_accepted(intent if doubtful else answered, error, lease)
        else:
            metrics.LAUNCHES.labels(plan.region, "accepted").inc()
            await self._accepted(answered, accepted, lease)

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
                if not request.in_doubt or await self._record.held(request, problem, lease):
                    await self._fail(request, (problem,), lease)
            case Outcome.TRY_AGAIN:
                await self._defer(request, problem, lease)
            case Outcome.DOUBTFUL:  # stays as it is; the marker is looked for after the grace
                await self._record.postponed(request, self.grace, lease, problem)

    async def _accepted(self, request: ImageRequest, accepted: Accepted, lease: Lease) -> None:
        # Months later, JD Cloud's support asks for the id of the call.
        told = {"cloud_request_id": accepted.request_id} if accepted.request_id else {}
        await self._record.building(request, accepted.image_id, self.clock(), told, lease)

    async def _adopt(self, request: ImageRequest, image_id: str, lease: Lease) -> None:
        """What was looked for is there: nothing is in doubt any more."""
        settled = dataclasses.replace(request, doubtful_calls=0, doubtful_at=None)
        await self._record.building(settled, image_id, request.doubtful_at, {"found": "by its mark"}, lease)

    async def _defer(self, request: ImageRequest, problem: Problem | None, lease: Lease) -> None:
        """Certainly nothing was done: the same call again later, until patience ends."""
        if request.in_doubt:
            if await self._record.held(request, problem, lease):
                await self._wait(request, problem, lease)
            return
        if problem and patience.is_over(request.trying_since, self.clock()):
            await self._fail(request, (problem, _PATIENCE_OVER), lease)
            return
        after = patience.pause(request.trying_since, self.clock())
        await self._record.deferred(request, problem, after=after, lease=lease)

    async def _wait(self, request: ImageRequest, problem: Problem | None, lease: Lease) -> None:
        """The plan cannot be checked or carried out yet: later again, until patience ends."""
        if problem and patience.is_over(request.trying_since, self.clock()):
            await self._fail(request, (problem, _PATIENCE_OVER), lease)
        else:
            since = request.trying_since or self.clock()
            await self._record.postponed(
                request, patience.pause(request.trying_since, self.clock()), lease, problem, trying_since=since
            )

    async def _fail(self, request: ImageRequest, problems: tuple[Problem, ...], lease: Lease) -> None:
        """The end; but while an earlier call is in doubt, its image is looked for first."""
        if request.in_doubt and not await self._left_no_trace(request, lease):
            return
        await self._record.failed(request, problems, lease)

    async def _ask_again_or_a_person(self, request: ImageRequest, problem: Problem, lease: Lease) -> None:
        """What is seen may be the image that is looked for. JD Cloud may tell more next time; else a person has to."""
        if patience.is_over(request.doubtful_at, self.clock()):
            await self._record.unsure(request, problem, lease)
        else:
            await self._record.postponed(request, patience.pause(request.doubtful_at, self.clock()), lease, problem)


_PATIENCE_OVER = Problem(Code.PATIENCE_OVER, facts={"minutes": f"{patience.PATIENCE / 60:.0f}"})


def _answered(intent: ImageRequest, *, before: ImageRequest) -> ImageRequest:
    """A request once its call has a definite answer. That ends the doubt about this very call, and about no other."""
    return dataclasses.replace(
        intent, attempts=before.attempts, doubtful_calls=before.doubtful_calls, doubtful_at=before.doubtful_at
    )


def _carries_marker(image: Image, request_id: str) -> bool:
    """The marker is exact and last; the name stays the person's own and proves nothing."""
    return (image.description or "").rstrip().endswith(rules.marker(request_id))


def _may_be_ours(image: Image, request: ImageRequest) -> bool:
    """Whether an image could be the one that is looked for, as its description is not told and its name is ours or not
    told either. Not where a person has said to go on: they have looked at it.
    """
    told_to_go_on = request.state is State.SUBMITTING and request.attempts == 0
    return image.description is None and image.name in {request.plan.image_name, ""} and not told_to_go_on
