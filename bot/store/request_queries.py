"""Looking requests up: rows of the table `request` as values, with their jobs and decisions."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache

from bot.domain.lifecycle import OPEN, State
from bot.domain.plan import Plan
from bot.domain.request import ImageRequest
from bot.store.columns import read_names, read_plan, read_problems, read_promises
from bot.store.database import UNREAD, Database, Nesting, Query, Row, in_list, listed
from bot.store.decisions import DECISIONS, read_decisions
from bot.store.jobs import JOBS, STEPS, read_jobs
from bot.store.questions import QUESTIONS, read_questions
from bot.store.usual import Usual

NAMED_AT_MOST = 5
"""How many other requests for an instance are named."""


_TO_EXPIRE = """
    state IN ('pending', 'approved') AND expires_at <= :at AND NOT EXISTS (
        SELECT 1 FROM step WHERE step.request_id = request.id AND step.doubtful_calls > 0
    )
"""
"""SQL: what nobody decided in time, or what could not begin while its approval was good."""

_TO_SETTLE = "state = 'pending' AND id IN (SELECT request_id FROM decision WHERE validity = 'unconfirmed')"
"""SQL: what has an approval that waits for Slack. What has ended keeps one that was in doubt, and waits no more."""

REVIEW_OWED = "emergency_at IS NOT NULL AND reviewed_at IS NULL"
"""SQL: what was begun before anybody had approved, and no approver has looked at since."""

_ANOTHER_DAY = """
    :at - emergency_at >= 86400 * (1 + COALESCE((
        SELECT MAX(notice.version) FROM notice WHERE notice.request_id = request.id AND notice.kind = 'review_owed'
            AND notice.version * 86400 <= :at - emergency_at
    ), 0))
"""
"""SQL: a day has passed since the last reminder of that. One of a day that is yet to come was owed by a clock that was
ahead, and puts off none.
"""


class FoundRequests(Usual):
    """What there is to know of requests; nothing here changes any."""

    def __init__(self, query: Query, database: Database) -> None:
        super().__init__(query, database.nesting)
        self._database = database

    def get(self, request_id: str) -> ImageRequest | None:
        """A request as it stands, with its decisions."""
        return next(iter(self._select("WHERE id = :id", id=request_id)), None)

    def existing(self, request_id: str) -> ImageRequest:
        """A request that is known to be there.

        Raises:
            LookupError: it is not.
        """
        request = self.get(request_id)
        if request is None:
            raise LookupError(request_id)
        return request

    def lock(self, request_id: str) -> ImageRequest | None:
        """Likewise, and nobody else changes it until this transaction ends."""
        if self._database.for_update:
            # First: of a row that had to be waited for, the same statement would read what was behind it before.
            self._query(f"{UNREAD} SELECT id FROM request WHERE id = :id {self._database.for_update}", id=request_id)
        return self.get(request_id)

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
            f"""
            WHERE state = 'pending' OR ({REVIEW_OWED})
                OR (state = 'working' AND id IN (
                SELECT request_id FROM step WHERE state = 'unsure' OR (state = 'calling' AND looked_at IS NOT NULL)
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

    def review_owed(self, states: Collection[State], limit: int) -> tuple[ImageRequest, ...]:
        """What was begun before anybody had approved, and no approver has looked at since, of requests in any of these
        states; the newest first.
        """
        return self._select(
            f"WHERE {REVIEW_OWED} AND state IN ({listed(states)}) ORDER BY emergency_at DESC LIMIT :limit", limit=limit
        )

    def latest(self, states: Collection[State], limit: int) -> tuple[ImageRequest, ...]:
        """Requests in any of these states, newest first."""
        return self._select(f"WHERE state IN ({listed(states)}) ORDER BY created_at DESC LIMIT :limit", limit=limit)

    def counts(self) -> tuple[tuple[State, str, int], ...]:
        """How many requests there are, by state and region."""
        rows = self._query(
            f"""
            SELECT request.state, job.region, COUNT(DISTINCT request.id) AS requests
            FROM request JOIN job ON job.request_id = request.id
            WHERE request.state IN ({listed(OPEN)}) GROUP BY request.state, job.region
            UNION ALL SELECT state, region, requests FROM ended WHERE requests > 0
            """
        )
        return tuple((State(row["state"]), row["region"], row["requests"]) for row in rows)

    def pending(self, limit: int) -> tuple[ImageRequest, ...]:
        """Requests that wait for approvers, newest first."""
        return self._select("WHERE state = 'pending' ORDER BY created_at DESC LIMIT :limit", limit=limit)

    def unconfirmed(self, limit: int) -> tuple[ImageRequest, ...]:
        """Requests with an approval that waits for Slack to say whether its giver may give it, oldest first."""
        return self._select(f"WHERE {_TO_SETTLE} ORDER BY created_at LIMIT :limit", limit=limit)

    def waiting_for(self, instance_id: str) -> tuple[ImageRequest, ...]:
        """The requests for an image of an instance that have not ended, oldest first; a few are enough to be named."""
        return self._of_instances([instance_id])

    def earlier(self, requests: Collection[ImageRequest]) -> Mapping[str, Sequence[ImageRequest]]:
        """Of each of these requests, by its id, those for its instances that were made before and have not ended."""
        instances = {request.id: {job.instance_id for job in request.plan.jobs} for request in requests}
        found = self._of_instances(sorted(set().union(*instances.values())))
        return {
            request.id: [
                other
                for other in found
                if other.created_at < request.created_at
                and not instances[request.id].isdisjoint(job.instance_id for job in other.plan.jobs)
            ]
            for request in requests
        }

    def _of_instances(self, instances: Sequence[str]) -> tuple[ImageRequest, ...]:
        """What has not ended of these instances, oldest first, as many as are named of each."""
        if not instances:
            return ()
        these, named = in_list("instance", instances)
        where = (
            f"WHERE id IN (SELECT request_id FROM job WHERE instance_id IN ({these})) AND state IN ({listed(OPEN)}) "
            "ORDER BY created_at LIMIT :limit"
        )
        return self._select(where, limit=NAMED_AT_MOST * len(instances), **named)

    @property
    def any_to_expire(self) -> str:
        """SQL of whether there is anything for `due_to_expire` at `:at`."""
        return f"EXISTS (SELECT 1 FROM request WHERE {_TO_EXPIRE})"

    @property
    def any_to_review(self) -> str:
        """SQL of whether another day of some review that is owed has passed at `:at`, and nobody is told yet."""
        return f"EXISTS (SELECT 1 FROM request WHERE {REVIEW_OWED} AND {_ANOTHER_DAY})"

    @property
    def any_to_settle(self) -> str:
        """SQL of whether there is anything for `unconfirmed`."""
        return f"EXISTS (SELECT 1 FROM request WHERE {_TO_SETTLE})"

    def due_to_expire(self, now: float, limit: int) -> tuple[str, ...]:
        """Requests that nobody decided in time, or that could not begin while their approval was good."""
        rows = self._query(
            f"SELECT id FROM request WHERE {_TO_EXPIRE} ORDER BY expires_at LIMIT :limit", at=now, limit=limit
        )
        return tuple(row["id"] for row in rows)

    def plans(self, ids: Collection[str]) -> Mapping[str, Plan]:
        """The plans of these requests, and nothing else of them."""
        these, named = in_list("request", ids)
        rows = self._query(f"SELECT id, plan FROM request WHERE id IN ({these})", **named)
        return {row["id"]: read_plan(row["plan"]) for row in rows}

    def _select(self, where: str, **parameters: object) -> tuple[ImageRequest, ...]:
        rows = self._query(f"SELECT request.*, {_behind(self._database.nesting)} FROM request {where}", **parameters)
        return tuple(_request(row) for row in rows)


_BEHIND = {"decisions": DECISIONS, "questions": QUESTIONS, "jobs": JOBS, "steps": STEPS}
"""What is read with a request, by column."""


@cache
def _behind(nesting: Nesting) -> str:
    return ", ".join(f"{nested.sql(nesting)} AS {name}" for name, nested in _BEHIND.items())


def _request(row: Row) -> ImageRequest:
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
        promises=read_promises(row["promises"]),
        policy_hash=row["policy_hash"],
        decisions=read_decisions(row["decisions"]),
        questions=read_questions(row["questions"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        approved_at=row["approved_at"],
        finished_at=row["finished_at"],
        begin_at=row["begin_at"],
        ending=bool(row["ending"]),
        jobs=read_jobs(row["jobs"], row["steps"]),
        resumed_how=row["resumed_how"],
        resumed_by=row["resumed_by"],
        resumed_at=row["resumed_at"],
        noted=read_problems(row["problems"]),
        ended_by=row["ended_by"],
        nudged_at=row["nudged_at"],
        nudged=read_names(row["nudged"]),
        emergency_by=row["emergency_by"],
        emergency_why=row["emergency_why"],
        emergency_at=row["emergency_at"],
        reviewed_by=row["reviewed_by"],
        reviewed_at=row["reviewed_at"],
    )
