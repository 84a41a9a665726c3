"""Jobs with their steps, as a request has them: put in with it, read with it, and ended where it never begins."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence

from bot.domain.cloud import Seen
from bot.domain.plan import Plan
from bot.domain.steps import Job, JobState, JobStep, StepState
from bot.store.columns import read_problems, read_tags, write_tags
from bot.store.database import Query, Row
from bot.store.nested import Nested, seconds

OVERTAKEN = 60.0
"""Seconds by which one look may be overtaken by another: what seems to have been seen later than that was seen by a
clock that was ahead.
"""

_HOLDER = """
    CASE WHEN job.state = 'waiting' AND request.state IN ('approved', 'working') THEN (
        SELECT other.request_id FROM job AS other
        WHERE other.instance_id = job.instance_id AND other.state = 'running' AND other.request_id <> job.request_id
    ) END
"""
"""What a job waits for, if anything: at most one, by the index `job_running`."""

_COLUMNS = ("number", "state", "let_on", "seen_status", "seen_at", "seen_tags", "asked_status")

JOBS = Nested(
    {
        **{name: f"job.{name}" for name in _COLUMNS},
        "holder": _HOLDER,
    },
    "FROM job WHERE job.request_id = request.id",
)

STEPS = Nested(
    {
        name: f"step.{name}"
        for name in (
            "id",
            "request_id",
            "job",
            "position",
            "region",
            "instance_id",
            "kind",
            "undoes",
            "state",
            "attempts",
            "doubtful_calls",
            "doubtful_at",
            "trying_since",
            "called_at",
            "working_since",
            "ended_at",
            "misses",
            "result",
            "progress",
            "cloud_status",
            "cloud_status_since",
            "looked_at",
            "problems",
            "let_go",
            "left_by",
        )
    },
    "FROM step WHERE step.request_id = request.id",
)


class Jobs:
    """The table `job`, and the rows of `step` behind each."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def add(self, request_id: str, plan: Plan, jobs: Sequence[Job]) -> None:
        """The jobs of a new request, with the steps that are planned for them."""
        for planned, job in zip(plan.jobs, jobs, strict=True):
            self._query(
                """
                INSERT INTO job (request_id, number, region, instance_id, state, seen_status, seen_at, seen_tags,
                    asked_status)
                VALUES (:request_id, :number, :region, :instance_id, :state, :seen_status, :seen_at, :seen_tags,
                    :asked_status)
                """,
                request_id=request_id,
                number=job.number,
                region=planned.region,
                instance_id=planned.instance_id,
                state=job.state,
                seen_status=job.seen_status,
                seen_at=job.seen_at,
                seen_tags=write_tags(job.seen_tags),
                asked_status=job.asked_status,
            )
            for position, step in enumerate(planned.steps):
                self._query(
                    """
                    INSERT INTO step (request_id, job, position, region, instance_id, kind, undoes, state)
                    VALUES (:request_id, :job, :position, :region, :instance_id, :kind, :undoes, 'planned')
                    """,
                    request_id=request_id,
                    job=job.number,
                    position=position,
                    region=planned.region,
                    instance_id=planned.instance_id,
                    kind=step.kind,
                    undoes=step.undoes,
                )

    def note_seen(self, request_id: str, job: int, seen: Seen) -> bool:
        """An instance was looked at; whether its state is new. What was seen a moment later than that stays."""
        which: dict[str, object] = {"id": request_id, "job": job}
        (known,) = self._query(
            "SELECT seen_status, seen_at, seen_tags FROM job WHERE request_id = :id AND number = :job", **which
        )
        if known["seen_at"] is not None and seen.at < known["seen_at"] <= seen.at + OVERTAKEN:
            return False
        self._query(
            """
            UPDATE job SET seen_status = :status, seen_at = :at, seen_tags = :tags
            WHERE request_id = :id AND number = :job
            """,
            status=seen.status,
            at=seen.at,
            tags=known["seen_tags"] if seen.tags is None else write_tags(seen.tags),
            **which,
        )
        return bool(known["seen_status"] != seen.status)

    def move(self, request_id: str, job: int, state: JobState) -> None:
        """A job stands somewhere else."""
        self._query(
            "UPDATE job SET state = :state WHERE request_id = :id AND number = :number RETURNING number",
            id=request_id,
            number=job,
            state=state,
        )

    def let_on(self, request_id: str, job: int) -> str:
        """A job may begin, whatever has become of the one before; returns the id of its instance."""
        (row,) = self._query(
            "UPDATE job SET let_on = 1 WHERE request_id = :id AND number = :job RETURNING instance_id",
            id=request_id,
            job=job,
        )
        return str(row["instance_id"])

    def hold_again(self, request_id: str) -> None:
        """Each job waits for the one before it, whatever a person has said of an earlier try."""
        self._query("UPDATE job SET let_on = 0 WHERE request_id = :id", id=request_id)

    def skip(self, step: JobStep, at: float) -> JobStep:
        """Nobody needs a step any more; returns it as it is then."""
        self._query(
            """
            UPDATE step SET state = 'skipped', ended_at = :at, owner = '', lease_until = 0
            WHERE id = :id RETURNING id
            """,
            id=step.id,
            at=at,
        )
        return dataclasses.replace(step, state=StepState.SKIPPED, ended_at=at)

    def end(self, request_id: str, at: float) -> None:
        """A request has ended before anything was asked."""
        self._query(
            """
            UPDATE step SET state = 'skipped', ended_at = :at, owner = '', lease_until = 0
            WHERE request_id = :id AND state = 'planned'
            """,
            id=request_id,
            at=at,
        )
        self._query("UPDATE job SET state = 'ended' WHERE request_id = :id", id=request_id)


def read_jobs(jobs: str | None, steps: str | None) -> tuple[Job, ...]:
    """The jobs of a request, each with its steps, in order, of the columns `JOBS` and `STEPS`."""
    of_job = defaultdict[int, list[JobStep]](list)
    for row in sorted(STEPS.read(steps), key=lambda row: int(row["position"])):
        of_job[row["job"]].append(read_step(row))
    return tuple(
        Job(
            number=row["number"],
            state=JobState(row["state"]),
            steps=tuple(of_job[row["number"]]),
            let_on=bool(row["let_on"]),
            waits_for=row["holder"] or "",
            seen_status=row["seen_status"],
            seen_at=seconds(row["seen_at"]),
            seen_tags=read_tags(row["seen_tags"]),
            asked_status=row["asked_status"],
        )
        for row in sorted(JOBS.read(jobs), key=lambda row: int(row["number"]))
    )


def read_step(row: Row) -> JobStep:
    """A row of the table `step` as a value."""
    return JobStep(
        id=row["id"],
        request_id=row["request_id"],
        job=row["job"],
        position=row["position"],
        region=row["region"],
        instance_id=row["instance_id"],
        kind=row["kind"],
        undoes=row["undoes"],
        state=StepState(row["state"]),
        attempts=row["attempts"],
        doubtful_calls=row["doubtful_calls"],
        doubtful_at=seconds(row["doubtful_at"]),
        trying_since=seconds(row["trying_since"]),
        called_at=seconds(row["called_at"]),
        working_since=seconds(row["working_since"]),
        ended_at=seconds(row["ended_at"]),
        misses=row["misses"],
        result=row["result"],
        progress=row["progress"],
        cloud_status=row["cloud_status"],
        cloud_status_since=seconds(row["cloud_status_since"]),
        looked_at=seconds(row["looked_at"]),
        problems=read_problems(row["problems"]),
        let_go=bool(row["let_go"]),
        left_by=row["left_by"],
        claimed_at=row.get("claimed_at", 0.0),
    )
