"""Looking requests up: rows of the tables `request` and `decision` as values."""

import json
from collections.abc import Collection, Mapping, Sequence
from statistics import median

from pydantic import TypeAdapter

from bot.domain.errors import Problem
from bot.domain.lifecycle import OPEN, State
from bot.domain.plan import Plan, as_stored, from_stored
from bot.domain.request import Decision, ImageRequest, Validity, Verdict
from bot.domain.steps import Job, JobState, JobStep, Step, StepState
from bot.store.database import Database, Query, Row, in_list


def listed(states: Collection[State]) -> str:
    """SQL: states, for `IN`."""
    return ", ".join(f"'{state}'" for state in sorted(states))


_PLAN = TypeAdapter(Plan)
PROBLEMS = TypeAdapter(tuple[Problem, ...])
_HOLDER = """
    CASE WHEN job.state = 'waiting' AND request.state IN ('approved', 'working') THEN (
        SELECT other.request_id FROM job AS other
        WHERE other.instance_id = job.instance_id AND other.state = 'running' AND other.request_id <> job.request_id
    ) END AS holder
"""
"""What a job waits for, if anything: at most one, by the index `job_running`."""

USUAL_OF = 20
"""How many past images of an instance say what is usual, and no fewer than `USUAL_FROM`."""
USUAL_FROM = 3

NAMED_AT_MOST = 5
"""How many other requests for an instance are named."""


class FoundRequests:
    """What there is to know of requests; nothing here changes any."""

    def __init__(self, query: Query, database: Database) -> None:
        self._query = query
        self._database = database

    def get(self, request_id: str) -> ImageRequest | None:
        """A request as it stands, with its decisions."""
        return next(iter(self._select("WHERE id = :id", id=request_id)), None)

    def lock(self, request_id: str) -> ImageRequest | None:
        """Likewise, and nobody else changes it until this transaction ends."""
        return next(iter(self._select(f"WHERE id = :id {self._database.for_update}", id=request_id)), None)

    def of_draft(self, draft_id: str) -> ImageRequest | None:
        """What a draft has become."""
        return next(iter(self._select("WHERE draft_id = :id", id=draft_id)), None)

    def of_person(self, ids: Collection[str], states: Collection[State], limit: int) -> tuple[ImageRequest, ...]:
        """The requests in these states of somebody with these ids, newest first."""
        people, named = in_list("person", sorted(ids))
        return self._select(
            f"""
            WHERE requester IN ({people}) AND state IN ({listed(states)})
            ORDER BY created_at DESC, id LIMIT :limit
            """,
            limit=limit,
            **named,
        )

    def undecided(self, limit: int) -> tuple[ImageRequest, ...]:
        """Requests that wait for a button: those first that have waited longest for it, or can the shortest."""
        return self._select(
            """
            WHERE state = 'pending' OR (state = 'working' AND id IN (
                SELECT request_id FROM step WHERE state = 'unsure'
                    OR (undoes IS NOT NULL AND state IN ('planned', 'calling') AND problems <> '[]')
                UNION
                SELECT held.request_id FROM job AS held JOIN job AS earlier
                    ON earlier.request_id = held.request_id AND earlier.number = held.number - 1
                WHERE held.state = 'held' AND earlier.state = 'ended'
            ))
            ORDER BY expires_at, id LIMIT :limit
            """,
            limit=limit,
        )

    def latest(self, states: Collection[State], limit: int) -> tuple[ImageRequest, ...]:
        """Requests in any of these states, newest first."""
        return self._select(f"WHERE state IN ({listed(states)}) ORDER BY created_at DESC LIMIT :limit", limit=limit)

    def counts(self) -> tuple[tuple[State, str, int], ...]:
        """How many requests there are, by state and region."""
        rows = self._query(
            """
            SELECT request.state, job.region, COUNT(DISTINCT request.id) AS requests
            FROM request JOIN job ON job.request_id = request.id GROUP BY request.state, job.region
            """
        )
        return tuple((State(row["state"]), row["region"], row["requests"]) for row in rows)

    def pending(self, limit: int) -> tuple[ImageRequest, ...]:
        """Requests that wait for approvers, newest first."""
        return self._select("WHERE state = 'pending' ORDER BY created_at DESC LIMIT :limit", limit=limit)

    def unconfirmed(self, limit: int) -> tuple[ImageRequest, ...]:
        """Requests with an approval that waits for Slack to say whether its giver may give it, oldest first."""
        waiting = """
            WHERE state = 'pending' AND EXISTS (
                SELECT 1 FROM decision WHERE decision.request_id = request.id AND decision.validity = 'unconfirmed'
            )
            ORDER BY created_at LIMIT :limit
        """
        return self._select(waiting, limit=limit)

    def waiting_for(self, instance_id: str, *, before: float | None = None) -> tuple[ImageRequest, ...]:
        """The requests for an image of an instance that have not ended, oldest first; a few are enough to be named.

        Args:
            instance_id: which.
            before: only those that were made before then, unix seconds.
        """
        earlier = "AND created_at < :before" if before is not None else ""
        where = (
            f"WHERE id IN (SELECT request_id FROM job WHERE instance_id = :instance_id) AND state IN ({listed(OPEN)}) "
            f"{earlier} ORDER BY created_at LIMIT :limit"
        )
        given = {"before": before} if before is not None else {}
        return self._select(where, instance_id=instance_id, limit=NAMED_AT_MOST, **given)

    def due_to_expire(self, now: float, limit: int) -> tuple[str, ...]:
        """Requests that nobody decided in time, or that could not begin while their approval was good."""
        rows = self._query(
            """
            SELECT id FROM request WHERE state IN ('pending', 'approved') AND expires_at <= :at AND NOT EXISTS (
                SELECT 1 FROM step WHERE step.request_id = request.id AND step.doubtful_calls > 0
            )
            ORDER BY expires_at LIMIT :limit
            """,
            at=now,
            limit=limit,
        )
        return tuple(row["id"] for row in rows)

    def usual_seconds(self, instance_id: str, kind: str = Step.IMAGE) -> float | None:
        """What a step of a kind usually takes: the median of this instance's, or of anybody's; None for too few."""
        for whose in ("AND instance_id = :instance_id", "AND :instance_id <> ''"):
            rows = self._query(
                f"""
                SELECT ended_at - working_since AS seconds FROM step
                WHERE kind = :kind AND state = 'done' AND working_since IS NOT NULL {whose}
                ORDER BY ended_at DESC LIMIT :limit
                """,
                instance_id=instance_id,
                kind=kind,
                limit=USUAL_OF,
            )
            if len(rows) >= USUAL_FROM:
                return float(median(row["seconds"] for row in rows))
        return None

    def usual_of(self, plan: Plan) -> Mapping[int, float]:
        """What an image of each instance of a plan usually takes, by job, as far as that is known."""
        usual = ((number, self.usual_seconds(job.instance_id)) for number, job in enumerate(plan.jobs))
        return {number: seconds for number, seconds in usual if seconds is not None}

    def _select(self, where: str, **parameters: object) -> tuple[ImageRequest, ...]:
        return self._values(self._query(f"SELECT request.* FROM request {where}", **parameters))

    def _values(self, rows: Sequence[Row]) -> tuple[ImageRequest, ...]:
        return tuple(_request(row, self._decisions(row["id"]), read_jobs(self._query, row["id"])) for row in rows)

    def _decisions(self, request_id: str) -> tuple[Decision, ...]:
        rows = self._query("SELECT * FROM decision WHERE request_id = :id ORDER BY at, approver", id=request_id)
        return tuple(
            Decision(
                approver=row["approver"],
                verdict=Verdict(row["verdict"]),
                plan_hash=row["plan_hash"],
                reason=row["reason"],
                at=row["at"],
                validity=Validity(row["validity"]),
            )
            for row in rows
        )


def _request(row: Row, decisions: tuple[Decision, ...], jobs: tuple[Job, ...]) -> ImageRequest:
    return ImageRequest(
        id=row["id"],
        state=State(row["state"]),
        version=row["version"],
        requester=row["requester"],
        team=row["team"],
        language=row["language"],
        plan=read_plan(row["plan"]),
        note=row["note"],
        announce_in=row["announce_in"],
        quorum=row["quorum"],
        decisions=decisions,
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        approved_at=row["approved_at"],
        finished_at=row["finished_at"],
        begin_at=row["begin_at"],
        ending=bool(row["ending"]),
        jobs=jobs,
        resumed_how=row["resumed_how"],
        resumed_by=row["resumed_by"],
        resumed_at=row["resumed_at"],
        noted=PROBLEMS.validate_json(row["problems"]),
        ended_by=row["ended_by"],
    )


def read_jobs(query: Query, request_id: str) -> tuple[Job, ...]:
    """The jobs of a request, each with its steps in order."""
    steps = [
        read_step(row)
        for row in query("SELECT * FROM step WHERE request_id = :id ORDER BY job, position", id=request_id)
    ]
    return tuple(
        Job(
            number=row["number"],
            state=JobState(row["state"]),
            steps=tuple(step for step in steps if step.job == row["number"]),
            let_on=bool(row["let_on"]),
            waits_for=row["holder"] or "",
            seen_status=row["seen_status"],
            seen_at=row["seen_at"],
        )
        for row in query(
            f"""
            SELECT job.*, {_HOLDER} FROM job JOIN request ON request.id = job.request_id
            WHERE job.request_id = :id ORDER BY job.number
            """,
            id=request_id,
        )
    )


def write_plan(plan: Plan) -> str:
    """A plan as its column keeps it."""
    return json.dumps(as_stored(plan), ensure_ascii=False)


def read_plan(column: str) -> Plan:
    """Likewise, of whichever version wrote it."""
    return _PLAN.validate_python(from_stored(json.loads(column)))


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
        doubtful_at=row["doubtful_at"],
        trying_since=row["trying_since"],
        called_at=row["called_at"],
        working_since=row["working_since"],
        ended_at=row["ended_at"],
        misses=row["misses"],
        result=row["result"],
        progress=row["progress"],
        cloud_status=row["cloud_status"],
        cloud_status_since=row["cloud_status_since"],
        looked_at=row["looked_at"],
        problems=PROBLEMS.validate_json(row["problems"]),
        let_go=bool(row["let_go"]),
    )
