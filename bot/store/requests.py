"""Requests: one row each, changed only by moves of the lifecycle, each one guarded UPDATE."""

from collections.abc import Collection, Mapping, Sequence
from statistics import median
from typing import TypedDict, Unpack

from pydantic import TypeAdapter

from bot.domain.delivery import CardKind
from bot.domain.errors import Problem
from bot.domain.lifecycle import LAUNCHING, OPEN, Move, Place, State
from bot.domain.plan import Plan
from bot.domain.request import Decision, ImageRequest, Validity, Verdict
from bot.store.cards import Cards
from bot.store.database import Database, Lease, Query, Row
from bot.store.events import Event, Events
from bot.store.leased import LONGEST_PAUSE, Leased
from bot.store.notices import Notices

_PLAN = TypeAdapter(Plan)
_PROBLEMS = TypeAdapter(tuple[Problem, ...])
_HOLDING = ", ".join(f"'{state}'" for state in sorted(LAUNCHING))
_HOLDER = f"""
    CASE WHEN request.state = 'approved' THEN (
        SELECT other.id FROM request AS other
        WHERE other.instance_id = request.instance_id AND other.state IN ({_HOLDING})
    ) END AS holder
"""
"""What an approved request waits for, if anything: at most one, by the index `request_launching`."""

USUAL_OF = 20
"""How many past images of an instance say what is usual, and no fewer than `USUAL_FROM`."""
USUAL_FROM = 3

NAMED_AT_MOST = 5
"""How many other requests for an instance are named."""


class Changes(TypedDict, total=False):
    """What a move may write besides the state."""

    image_id: str
    problems: tuple[Problem, ...]
    attempts: int
    doubtful_calls: int
    doubtful_at: float | None
    trying_since: float | None
    approved_at: float
    submitted_at: float
    building_since: float | None
    finished_at: float | None
    expires_at: float
    ended_by: str


class Requests(Leased):
    """The tables `request` and `decision`."""

    table = "request"

    def __init__(self, query: Query, database: Database, events: Events, notices: Notices, cards: Cards) -> None:
        super().__init__(query, database)
        self._events, self._notices, self._cards = events, notices, cards

    def add(self, request: ImageRequest, *, draft_id: str, cards: Mapping[CardKind, str]) -> bool:
        """A new request with its cards; False when its id is taken, or its draft has become a request before."""
        added = self._query(
            """
            INSERT INTO request (id, draft_id, state, version, requester, team, language, region, instance_id, plan,
                note, announce_in, quorum, created_at, expires_at, next_at)
            VALUES (:id, :draft_id, :state, :version, :requester, :team, :language, :region, :instance_id, :plan,
                :note, :announce_in, :quorum, :created_at, :expires_at, 0)
            ON CONFLICT DO NOTHING
            RETURNING id
            """,
            id=request.id,
            draft_id=draft_id,
            state=request.state,
            version=request.version,
            requester=request.requester,
            team=request.team,
            language=request.language,
            region=request.plan.region,
            instance_id=request.plan.instance_id,
            plan=_PLAN.dump_json(request.plan).decode(),
            note=request.note,
            announce_in=request.announce_in,
            quorum=request.quorum,
            created_at=request.created_at,
            expires_at=request.expires_at,
        )
        if not added:
            return False
        self._record(request.id, request.created_at, request.requester, "request", {"plan_hash": request.plan.hash})
        for kind, conversation in cards.items():
            self._cards.add(request.id, kind, conversation, request.version)
        return True

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
        asked_by = {f"person_{number}": one for number, one in enumerate(sorted(ids))}
        return self._select(
            f"""
            WHERE requester IN ({", ".join(f":{name}" for name in asked_by)}) AND state IN ({_listed(states)})
            ORDER BY created_at DESC, id LIMIT :limit
            """,
            limit=limit,
            **asked_by,
        )

    def undecided(self, limit: int) -> tuple[ImageRequest, ...]:
        """Requests that wait for a button: those first that have waited longest for it, or can the shortest."""
        return self._select("WHERE state IN ('pending', 'unsure') ORDER BY expires_at, id LIMIT :limit", limit=limit)

    def mark(self) -> tuple[int, int, int]:
        """Something that is different whenever requests have changed, or their cards: cheaper than a look at them."""
        (row,) = self._query(
            f"""
            SELECT (SELECT events FROM event_chain) AS events, COALESCE(SUM(version), 0) AS versions
            FROM request WHERE state IN ({_listed(OPEN)})
            """
        )
        return row["events"], int(row["versions"]), self._cards.owed()

    def latest(self, states: Collection[State], limit: int) -> tuple[ImageRequest, ...]:
        """Requests in any of these states, newest first."""
        return self._select(f"WHERE state IN ({_listed(states)}) ORDER BY created_at DESC LIMIT :limit", limit=limit)

    def counts(self) -> tuple[tuple[State, str, int], ...]:
        """How many requests there are, by state and region."""
        rows = self._query("SELECT state, region, COUNT(*) AS requests FROM request GROUP BY state, region")
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
        named = ", ".join(f"'{state}'" for state in sorted(OPEN))
        earlier = "AND created_at < :before" if before is not None else ""
        where = f"WHERE instance_id = :instance_id AND state IN ({named}) {earlier} ORDER BY created_at LIMIT :limit"
        given = {"before": before} if before is not None else {}
        return self._select(where, instance_id=instance_id, limit=NAMED_AT_MOST, **given)

    def decide(self, request_id: str, decision: Decision) -> None:
        """Notes a decision; a later one of the same person takes the place of the earlier."""
        self._query(
            """
            INSERT INTO decision (request_id, approver, verdict, plan_hash, reason, at, validity)
            VALUES (:request_id, :approver, :verdict, :plan_hash, :reason, :at, :validity)
            ON CONFLICT (request_id, approver) DO UPDATE SET
                verdict = excluded.verdict, plan_hash = excluded.plan_hash, reason = excluded.reason, at = excluded.at,
                validity = excluded.validity
            """,
            request_id=request_id,
            approver=decision.approver,
            verdict=decision.verdict,
            plan_hash=decision.plan_hash,
            reason=decision.reason,
            at=decision.at,
            validity=decision.validity,
        )
        detail = {"plan_hash": decision.plan_hash} | ({"reason": decision.reason} if decision.reason else {})
        self._record(request_id, decision.at, decision.approver, f"decide.{decision.verdict}", detail)
        self._touch(request_id)

    def weigh(self, request_id: str, decision: Decision, *, at: float) -> int:
        """Notes what an approval is worth now; returns the version of the request that says so."""
        self._query(
            "UPDATE decision SET validity = :validity WHERE request_id = :request_id AND approver = :approver",
            validity=decision.validity,
            request_id=request_id,
            approver=decision.approver,
        )
        self._record(request_id, at, "", f"approval.{decision.validity}", {"approver": decision.approver})
        return self._touch(request_id)

    def note(self, request_id: str, problems: tuple[Problem, ...]) -> None:
        """What the cards say of a request that waits, where that is new."""
        noted = _PROBLEMS.dump_json(problems).decode()
        if self._query(
            "UPDATE request SET problems = :noted WHERE id = :id AND problems <> :noted RETURNING id",
            id=request_id,
            noted=noted,
        ):
            self._touch(request_id)

    def advance(
        self,
        request_id: str,
        move: Move,
        *,
        at: float,
        actor: str,
        lease: Lease | None = None,
        keep_lease: bool = False,
        after: float = 0.0,
        detail: Mapping[str, str] | None = None,
        **changes: Unpack[Changes],
    ) -> bool:
        """One move of the lifecycle, with its event and the notices it owes; whether it was still possible.

        Args:
            request_id: which.
            move: what happens; only from one of its source states.
            at: when, unix seconds.
            actor: a Slack user id, a worker, or empty for the passing of time.
            lease: the move needs this lease, and ends it.
            keep_lease: renews the lease instead.
            after: seconds until a worker shall look at it next.
            detail: for the event.
            **changes: other columns.
        """
        columns: dict[str, object] = {**changes}
        if "problems" in changes:
            columns["problems"] = _PROBLEMS.dump_json(changes["problems"]).decode()
        assignments = "".join(f", {column} = :{column}" for column in columns)
        guards = [f"state IN ({', '.join(repr(str(state)) for state in sorted(move.sources))})"]
        if lease:
            guards.append(self._held)
        if move.target in LAUNCHING - move.sources:
            guards.append(f"""
                NOT EXISTS (
                    SELECT 1 FROM request AS other
                    WHERE other.instance_id = request.instance_id AND other.id <> request.id
                        AND other.state IN ({_HOLDING})
                )
            """)
        kept = lease if keep_lease else None
        moved = self._query(
            f"""
            UPDATE request SET state = :target, version = version + 1, misses = 0, next_at = {self._now} + :after,
                owner = :owner, lease_until = CASE WHEN :owner = '' THEN 0 ELSE {self._now} + :seconds END {assignments}
            WHERE id = :id AND {" AND ".join(guards)}
            RETURNING *
            """,
            id=request_id,
            target=move.target,
            after=after,
            owner=kept.token if kept else "",
            seconds=kept.seconds if kept else 0.0,
            **({"lease": lease.token} if lease else {}),
            **columns,
        )
        if not moved:
            return False
        self._record(request_id, at, actor, move.event, detail or {})
        self._cards.outdate(request_id, moved[0]["version"])
        if (move.target in LAUNCHING) != (move.sources <= LAUNCHING):
            self._tell_waiting(moved[0])
        self._owe(moved[0], move)
        return True

    def claim(
        self, states: Collection[State], lease: Lease, limit: int, *, within: float = LONGEST_PAUSE
    ) -> tuple[ImageRequest, ...]:
        """Requests in these states that are due. An approved one waits while another holds its instance.

        Args:
            states: of the requests.
            lease: of whoever claims.
            limit: how many at most.
            within: seconds that a request in these states is put off at most.
        """
        free = f"""
            state IN ({_listed(states)}) AND (state <> 'approved' OR NOT EXISTS (
                SELECT 1 FROM request AS other
                WHERE other.instance_id = request.instance_id AND other.state IN ({_HOLDING})
            ))
        """
        return self._requests(self._claim(free, lease, limit, within=within))

    def postpone(
        self,
        request_id: str,
        seconds: float,
        lease: Lease,
        *,
        misses: int | None = None,
        trying_since: float | None = None,
        problems: tuple[Problem, ...] | None = None,
    ) -> bool:
        """Nothing to do for so many seconds. Problems, where they are given and new, show on the cards."""
        given = {"misses": misses, "trying_since": trying_since}
        columns = {column: value for column, value in given.items() if value is not None}
        postponed = self._change(request_id, lease, after=seconds, **columns)
        if postponed and problems is not None:
            (row,) = self._query("SELECT problems FROM request WHERE id = :id", id=request_id)
            known = _PROBLEMS.validate_json(row["problems"])
            # The same problem comes with another request id of JD Cloud's each time: nothing to draw anew.
            if [problem.code for problem in known] != [problem.code for problem in problems]:
                noted = _PROBLEMS.dump_json(problems).decode()
                self._query("UPDATE request SET problems = :noted WHERE id = :id", id=request_id, noted=noted)
                self._touch(request_id)
        return postponed

    def hear(self, request_id: str, status: str, at: float, lease: Lease) -> None:
        """JD Cloud says something else of the image, which its cards show; empty for what its pages document."""
        heard = self._query(
            f"""
            UPDATE request SET cloud_status = :status, cloud_status_since = :at
            WHERE id = :id AND {self._held} RETURNING id
            """,
            id=request_id,
            status=status,
            at=at if status else None,
            lease=lease.token,
        )
        if heard:
            self._touch(request_id)

    def due_to_expire(self, now: float, limit: int) -> tuple[str, ...]:
        """Pending requests whose time is over."""
        rows = self._query(
            "SELECT id FROM request WHERE state = 'pending' AND expires_at <= :at ORDER BY expires_at LIMIT :limit",
            at=now,
            limit=limit,
        )
        return tuple(row["id"] for row in rows)

    def usual_build_seconds(self, instance_id: str) -> float | None:
        """What an image usually takes: the median of this instance's last ones, or of anybody's; None for too few."""
        for whose in ("AND instance_id = :instance_id", "AND :instance_id <> ''"):
            rows = self._query(
                f"""
                SELECT finished_at - building_since AS seconds FROM request
                WHERE state = 'ready' {whose}
                ORDER BY finished_at DESC LIMIT :limit
                """,
                instance_id=instance_id,
                limit=USUAL_OF,
            )
            if len(rows) >= USUAL_FROM:
                return float(median(row["seconds"] for row in rows))
        return None

    def _tell_waiting(self, row: Row) -> None:
        """The instance was taken, or is free again. The cards of those that wait for it say so, and what they have
        waited for others does not count as their own. Whoever is being moved at this very moment is passed over.
        """
        waiting = self._query(
            f"""
            UPDATE request SET version = version + 1, trying_since = NULL
            WHERE id IN (
                SELECT id FROM request
                WHERE instance_id = :instance_id AND id <> :id AND state = 'approved' {self._database.skip_locked}
            )
            RETURNING id, version
            """,
            instance_id=row["instance_id"],
            id=row["id"],
        )
        for one in waiting:
            self._cards.outdate(one["id"], one["version"])

    def _touch(self, request_id: str) -> int:
        """Something that the cards show has changed, but not the state; returns the new version."""
        (row,) = self._query("UPDATE request SET version = version + 1 WHERE id = :id RETURNING version", id=request_id)
        self._cards.outdate(request_id, row["version"])
        return int(row["version"])

    def _owe(self, row: Row, move: Move) -> None:
        for notice, place in move.owes:
            where = {Place.ANNOUNCE: row["announce_in"], Place.REQUESTER: row["requester"]}
            self._notices.owe(
                notice,
                place,
                conversation=where.get(place, ""),
                request_id=row["id"],
                version=row["version"],
            )

    def _record(self, request_id: str, at: float, actor: str, kind: str, detail: Mapping[str, str]) -> None:
        self._events.add(Event(request_id=request_id, at=at, actor=actor, kind=kind, detail=detail))

    def _select(self, where: str, **parameters: object) -> tuple[ImageRequest, ...]:
        return self._requests(self._query(f"SELECT request.*, {_HOLDER} FROM request {where}", **parameters))

    def _requests(self, rows: Sequence[Row]) -> tuple[ImageRequest, ...]:
        return tuple(_request(row, self._decisions(row["id"])) for row in rows)

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


def _listed(states: Collection[State]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


def _request(row: Row, decisions: tuple[Decision, ...]) -> ImageRequest:
    return ImageRequest(
        id=row["id"],
        state=State(row["state"]),
        version=row["version"],
        requester=row["requester"],
        team=row["team"],
        language=row["language"],
        plan=_PLAN.validate_json(row["plan"]),
        note=row["note"],
        announce_in=row["announce_in"],
        quorum=row["quorum"],
        decisions=decisions,
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        approved_at=row["approved_at"],
        submitted_at=row["submitted_at"],
        building_since=row["building_since"],
        finished_at=row["finished_at"],
        attempts=row["attempts"],
        doubtful_calls=row["doubtful_calls"],
        doubtful_at=row["doubtful_at"],
        trying_since=row["trying_since"],
        misses=row["misses"],
        image_id=row["image_id"],
        cloud_status=row["cloud_status"],
        cloud_status_since=row["cloud_status_since"],
        waits_for=row.get("holder") or "",  # what is claimed waits for nobody
        problems=_PROBLEMS.validate_json(row["problems"]),
        ended_by=row["ended_by"],
    )
