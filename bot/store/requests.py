"""Requests: one row each, changed only by moves of the lifecycle, each one guarded UPDATE."""

from collections.abc import Collection, Mapping
from typing import TypedDict, Unpack

from bot.domain.delivery import CardKind
from bot.domain.errors import Problem
from bot.domain.lifecycle import LAUNCHING, OPEN, Move, Notice, Place, State
from bot.domain.request import Decision, ImageRequest
from bot.store.cards import Cards
from bot.store.database import Database, Lease, Query, Row
from bot.store.events import Event, Events
from bot.store.leased import LONGEST_PAUSE
from bot.store.notices import Notices
from bot.store.request_queries import HOLDING, PLAN, PROBLEMS, FoundRequests, listed


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
    looked_at: float
    resumed_how: str
    resumed_by: str
    resumed_at: float


class Requests(FoundRequests):
    """The tables `request` and `decision`."""

    def __init__(self, query: Query, database: Database, events: Events, notices: Notices, cards: Cards) -> None:
        super().__init__(query, database)
        self._events, self._notices, self._cards = events, notices, cards

    def add(self, request: ImageRequest, *, draft_id: str, cards: Mapping[CardKind, str]) -> bool:
        """A new request with its cards; False when its id is taken, or its draft has become a request before."""
        added = self._query(
            """
            INSERT INTO request (id, draft_id, state, version, requester, team, language, region, instance_id, plan,
                note, announce_in, quorum, created_at, expires_at, seen_status, seen_at, next_at)
            VALUES (:id, :draft_id, :state, :version, :requester, :team, :language, :region, :instance_id, :plan,
                :note, :announce_in, :quorum, :created_at, :expires_at, :seen_status, :seen_at, 0)
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
            plan=PLAN.dump_json(request.plan).decode(),
            note=request.note,
            announce_in=request.announce_in,
            quorum=request.quorum,
            created_at=request.created_at,
            expires_at=request.expires_at,
            seen_status=request.seen_status,
            seen_at=request.seen_at,
        )
        if not added:
            return False
        self._record(request.id, request.created_at, request.requester, "request", {"plan_hash": request.plan.hash})
        for kind, conversation in cards.items():
            self._cards.add(request.id, kind, conversation, request.version)
        return True

    def mark(self) -> tuple[int, int, int]:
        """Something that is different whenever requests have changed, or their cards: cheaper than a look at them."""
        (row,) = self._query(
            f"""
            SELECT (SELECT events FROM event_chain) AS events, COALESCE(SUM(version), 0) AS versions
            FROM request WHERE state IN ({listed(OPEN)})
            """
        )
        return row["events"], int(row["versions"]), self._cards.owed()

    def saw(self, request_id: str, status: str, at: float) -> None:
        """The instance was looked at. A state that is new shows on the cards at once, the time of a look with it."""
        (known,) = self._query("SELECT seen_status, seen_at FROM request WHERE id = :id", id=request_id)
        if known["seen_at"] is not None and known["seen_at"] > at:
            return
        self._query(
            "UPDATE request SET seen_status = :status, seen_at = :at WHERE id = :id",
            id=request_id,
            status=status,
            at=at,
        )
        if known["seen_status"] != status:
            self._touch(request_id)

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
        noted = PROBLEMS.dump_json(problems).decode()
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
            columns["problems"] = PROBLEMS.dump_json(changes["problems"]).decode()
        assignments = "".join(f", {column} = :{column}" for column in columns)
        guards = [f"state IN ({', '.join(repr(str(state)) for state in sorted(move.sources))})"]
        if lease:
            guards.append(self._held)
        if move.target in LAUNCHING - move.sources:
            guards.append(f"""
                NOT EXISTS (
                    SELECT 1 FROM request AS other
                    WHERE other.instance_id = request.instance_id AND other.id <> request.id
                        AND other.state IN ({HOLDING})
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
        if (move.target in OPEN) != (move.sources <= OPEN):
            self._tell_later(moved[0])
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
            state IN ({listed(states)}) AND (state <> 'approved' OR NOT EXISTS (
                SELECT 1 FROM request AS other
                WHERE other.instance_id = request.instance_id AND other.state IN ({HOLDING})
            ))
        """
        return self._values(self._claim(free, lease, limit, within=within))

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
            known = PROBLEMS.validate_json(row["problems"])
            # The same problem comes with another request id of JD Cloud's each time: nothing to draw anew.
            if [problem.code for problem in known] != [problem.code for problem in problems]:
                noted = PROBLEMS.dump_json(problems).decode()
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

    def _tell_later(self, row: Row) -> None:
        """A request came to its end, or back from it: the cards of later ones for its instance name it no longer, or
        again. Whoever is being moved at this very moment is passed over.
        """
        later = self._query(
            f"""
            UPDATE request SET version = version + 1
            WHERE id IN (
                SELECT id FROM request
                WHERE instance_id = :instance_id AND id <> :id AND state = 'pending' AND created_at > :created_at
                {self._database.skip_locked}
            )
            RETURNING id, version
            """,
            instance_id=row["instance_id"],
            id=row["id"],
            created_at=row["created_at"],
        )
        for one in later:
            self._cards.outdate(one["id"], one["version"])

    def _touch(self, request_id: str) -> int:
        """Something that the cards show has changed, but not the state; returns the new version."""
        (row,) = self._query("UPDATE request SET version = version + 1 WHERE id = :id RETURNING version", id=request_id)
        self._cards.outdate(request_id, row["version"])
        return int(row["version"])

    def _owe(self, row: Row, move: Move) -> None:
        for notice, place in move.owes:
            if notice is Notice.UNSURE and row["resumed_how"] == Move.CHECK_AGAIN.event:
                continue  # whoever asked for another look sees on the card what came of it
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
