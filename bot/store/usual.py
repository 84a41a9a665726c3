"""What is usual, by what has been: how long steps have taken so far."""

from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from statistics import median

from bot.domain.request import ImageRequest
from bot.domain.steps import JobStep, Step
from bot.store.database import Nesting, Query, Row, in_list
from bot.store.nested import Nested

USUAL_OF = 20
"""How many past images of an instance say what is usual, and no fewer than `USUAL_FROM`."""
USUAL_FROM = 3


class Usual:
    """The steps that are done, of the table `step`."""

    def __init__(self, query: Query, nesting: Nesting) -> None:
        self._query, self._nesting = query, nesting

    def usual_seconds(self, instance_id: str, kind: str = Step.IMAGE) -> float | None:
        """What a step of a kind usually takes: the median of this instance's, or of anybody's; None for too few."""
        (row,) = self._query(f"SELECT {_took(self._nesting, ':instance_id')}", instance_id=instance_id, kind=kind)
        return _usual(row)

    def usual_of(self, request: ImageRequest) -> Mapping[int, float]:
        """What an image of each instance of a request usually takes, by job, as far as that is known."""
        return self.usual_of_each([request.id]).get(request.id, {})

    def usual_of_each(self, ids: Collection[str]) -> Mapping[str, Mapping[int, float]]:
        """The same of the requests with these ids, by id."""
        if not ids:
            return {}
        these, named = in_list("request", ids)
        rows = self._query(
            f"""
            SELECT job.request_id, job.number, {_took(self._nesting, "job.instance_id")}
            FROM job WHERE job.request_id IN ({these})
            """,
            kind=Step.IMAGE,
            **named,
        )
        usual: dict[str, dict[int, float]] = {}
        for row in rows:
            if (seconds := _usual(row)) is not None:
                usual.setdefault(row["request_id"], {})[row["number"]] = seconds
        return usual

    def usual_of_steps(self, steps: Collection[JobStep], kind: str) -> Mapping[int, float]:
        """What each of these steps of a kind usually takes, by its id, as far as that is known."""
        if not steps:
            return {}
        these, named = in_list("step", (step.id for step in steps))
        rows = self._query(
            f"""
            SELECT watched.id, {_took(self._nesting, "watched.instance_id")}
            FROM step AS watched WHERE watched.id IN ({these})
            """,
            kind=kind,
            **named,
        )
        usual = {row["id"]: _usual(row) for row in rows}
        return {step_id: seconds for step_id, seconds in usual.items() if seconds is not None}


_SECONDS = {"seconds": "last.seconds"}


@cache
def _took(nesting: Nesting, instance: str) -> str:
    """SQL: how long steps of a kind took, the last ones of an instance, and, where these are too few, of all."""

    def last(whose: str) -> str:
        return f"""
            FROM (
                SELECT step.ended_at - step.working_since AS seconds FROM step
                WHERE step.kind = :kind AND step.state = 'done' AND step.working_since IS NOT NULL {whose}
                ORDER BY step.ended_at DESC LIMIT {USUAL_OF}
            ) AS last
        """

    own = last(f"AND step.instance_id = {instance}")
    of_anybody = f"CASE WHEN (SELECT COUNT(*) {own}) < {USUAL_FROM} THEN {Nested(_SECONDS, last('')).sql(nesting)} END"
    return f"{Nested(_SECONDS, own).sql(nesting)} AS own, {of_anybody} AS anybody"


def _usual(row: Row) -> float | None:
    own = _median(row["own"])
    return _median(row["anybody"]) if own is None else own


@lru_cache(maxsize=8)  # what is usual of anybody is the same text for a whole page
def _median(column: str | None) -> float | None:
    took = [one["seconds"] for one in Nested(_SECONDS, "").read(column)]
    return float(median(took)) if len(took) >= USUAL_FROM else None
