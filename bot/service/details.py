"""Details: a request whole, and what JD Cloud is, or will be, asked for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.plan import PlannedJob
from bot.domain.request import ImageRequest
from bot.jdcloud import planned_calls
from bot.service.count import existing
from bot.store import Store, Transaction


@dataclass(frozen=True)
class RequestDetails:
    """What a request comes to."""

    request: ImageRequest
    calls: tuple[tuple[str, ...], ...]  # of each job: method, path and JSON of each call, in order
    usual_seconds: Mapping[int, float]  # how long an image of each machine usually takes, by job, as far as known


@dataclass(frozen=True, kw_only=True)
class Details:
    """For whoever wants to see exactly what is asked for."""

    store: Store

    async def of(self, request_id: str) -> RequestDetails:
        """A request with its calls, made by the very code that asks.

        Raises:
            UserError: there is no such request.
        """

        def work(tx: Transaction) -> tuple[ImageRequest, Mapping[int, float]]:
            request = existing(tx.requests.get(request_id), request_id)
            return request, tx.requests.usual_of(request)

        request, usual = await self.store.read(work)
        shown: dict[PlannedJob, list[str]] = {job: [] for job in request.plan.jobs}
        for job, path, body in planned_calls(request.plan, request_id=request.id):
            head = f"POST /v1/regions/{job.region}/{path}"
            shown[job].append(f"{head}\n{json.dumps(json.loads(body), ensure_ascii=False, indent=2)}")
        return RequestDetails(request, tuple(tuple(calls) for calls in shown.values()), usual)
