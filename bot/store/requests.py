"""Requests: one row each, changed only by moves of the lifecycle, each one guarded UPDATE."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Unpack

from bot.domain.cloud import Seen
from bot.domain.delivery import CardKind
from bot.domain.errors import Problem
from bot.domain.lifecycle import OPEN, Move, Notice, Place, State
from bot.domain.request import Decision, ImageRequest, Question, first_jobs
from bot.domain.steps import JobStep, StepMove
from bot.store.cards import Cards
from bot.store.columns import Changes, write_plan, write_problems, write_promises
from bot.store.database import Database, Query, listed
from bot.store.decisions import Decisions
from bot.store.ended import Ended
from bot.store.events import Event, Events, decided_by
from bot.store.jobs import Jobs
from bot.store.notices import Notices
from bot.store.questions import Questions
from bot.store.request_queries import REVIEW_OWED, FoundRequests
from bot.store.versions import Versions

_NEVER_BEGUN = frozenset({State.REJECTED, State.CANCELLED, State.EXPIRED})
"""The states of a request that has ended before anything was asked of the cloud."""


class Requests(FoundRequests):
    """The table `request`."""

    def __init__(
        self,
        query: Query,
        database: Database,
        *,
        jobs: Jobs,
        decisions: Decisions,
        questions: Questions,
        events: Events,
        ended: Ended,
        notices: Notices,
        cards: Cards,
        versions: Versions,
    ) -> None:
        super().__init__(query, database)
        self._jobs, self._decisions, self._questions = jobs, decisions, questions
        self._events, self._ended, self._notices = events, ended, notices
        self._cards, self._versions = cards, versions

    def add(
        self,
        request: ImageRequest,
        *,
        draft_id: str,
        cards: Iterable[tuple[CardKind, str]],
        seen: Sequence[Seen] = (),
        remind_at: float = 0.0,
    ) -> bool:
        """A new request with its jobs and cards; False when its id is taken, or its draft has become a request before.

        Args:
            request: whose jobs are those of its plan, of which nothing has begun.
            draft_id: what it was.
            cards: their kinds, and the conversations they go to.
            seen: its instances as they were when it was checked, in the order of its jobs.
            remind_at: when to look whether anybody is to be reminded, unix seconds.
        """
        columns: dict[str, object] = {
            "id": request.id,
            "draft_id": draft_id,
            "state": request.state,
            "version": request.version,
            "requester": request.requester,
            "team": request.team,
            "language": request.language,
            "plan": write_plan(request.plan),
            "note": request.note,
            "announce_in": request.announce_in,
            "quorum": request.quorum,
            "promises": write_promises(request.promises),
            "policy_hash": request.policy_hash,
            "created_at": request.created_at,
            "expires_at": request.expires_at,
            "begin_at": request.begin_at,
            "remind_at": remind_at,
        }
        added = self._query(
            f"""
            INSERT INTO request ({", ".join(columns)}) VALUES ({", ".join(f":{column}" for column in columns)})
            ON CONFLICT DO NOTHING
            RETURNING id
            """,
            **columns,
        )
        if not added:
            return False
        self._jobs.add(request.id, request.plan, first_jobs(request.plan, seen))
        rules = [one.rule for one in request.promises]
        detail = {"plan_hash": request.plan.hash} | decided_by(rules, request.policy_hash)
        self.record(request.id, request.created_at, request.requester, "request", detail)
        for kind, conversation in cards:
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

    def note_seen(self, request_id: str, job: int, seen: Seen) -> None:
        """An instance was looked at. A state that is new shows on the cards at once, the time of a look with it."""
        if self._jobs.note_seen(request_id, job, seen):
            self._versions.touch(request_id)

    def decide(self, request_id: str, decision: Decision) -> None:
        """Notes a decision, in the place of an earlier one of the same person."""
        self._decisions.put(request_id, decision)
        detail = {"plan_hash": decision.plan_hash} | ({"reason": decision.reason} if decision.reason else {})
        by = decided_by(decision.rules, decision.policy_hash)
        self.record(request_id, decision.at, decision.approver, f"decide.{decision.verdict}", detail | by)
        self._versions.touch(request_id)

    def ask(self, request: ImageRequest, question: Question, *, view_id: str) -> None:
        """Notes a question, and owes it to the threads of the cards and to the requester."""
        self.record(request.id, question.at, question.asker, "ask", {"question": question.text})
        version = self._versions.touch(request.id)
        self._questions.add(request.id, question, view_id=view_id, version=version)
        for place, where in ((Place.THREAD, ""), (Place.REQUESTER, request.requester)):
            self.owe(Notice.ASKED, place, where, request_id=request.id, version=version)

    def note_validity(self, request_id: str, decision: Decision, *, at: float) -> int:
        """Notes what an approval is worth now; returns the version of the request that says so."""
        self._decisions.weigh(request_id, decision.approver, decision.validity)
        self.record(request_id, at, "", f"approval.{decision.validity}", {"approver": decision.approver})
        return self._versions.touch(request_id)

    def note(self, request_id: str, problems: tuple[Problem, ...]) -> None:
        """What the cards say of a request that waits, where that is new."""
        noted = write_problems(problems)
        if self._query(
            "UPDATE request SET problems = :noted WHERE id = :id AND problems <> :noted RETURNING id",
            id=request_id,
            noted=noted,
        ):
            self._versions.touch(request_id)

    def advance(
        self,
        request_id: str,
        move: Move,
        *,
        at: float,
        actor: str,
        detail: Mapping[str, str] | None = None,
        **changes: Unpack[Changes],
    ) -> bool:
        """One move of the lifecycle, with its event and the notices it owes; whether it was still possible.

        Args:
            request_id: which.
            move: what happens; only from one of its source states.
            at: when, unix seconds.
            actor: a Slack user id, a worker, or empty for the passing of time.
            detail: for the event.
            **changes: other columns.
        """
        columns: dict[str, object] = {**changes}
        if "noted" in changes:
            columns["problems"] = write_problems(changes["noted"])
            del columns["noted"]
        assignments = "".join(f", {column} = :{column}" for column in columns)
        moved = self._query(
            f"""
            UPDATE request SET state = :target, version = version + :more {assignments}
            WHERE id = :id AND state IN ({listed(move.sources)})
            RETURNING *
            """,
            id=request_id,
            target=move.target,
            more=self._versions.more(request_id),
            **columns,
        )
        if not moved:
            return False
        self.record(request_id, at, actor, move.event, detail or {})
        self._versions.made(moved[0])
        if move.target in _NEVER_BEGUN:
            self._jobs.end(request_id, at)
        if (move.target in OPEN) != (move.sources <= OPEN):
            self._versions.touch_later(request_id, moved[0]["created_at"])
            for state in move.sources - OPEN:  # the one that it comes back from
                self._ended.note(request_id, state, more=-1)
                self._notices.watch(request_id)
            if move.target not in OPEN:
                self._ended.note(request_id, move.target)
        for notice, place in move.owes:
            where = {Place.ANNOUNCE: moved[0]["announce_in"], Place.REQUESTER: moved[0]["requester"]}
            self.owe(notice, place, where.get(place, ""), request_id=request_id, version=moved[0]["version"])
        return True

    def keep_until(self, request_id: str, at: float) -> None:
        """What has been approved is good until then, at least."""
        self._query(
            "UPDATE request SET expires_at = :at WHERE id = :id AND expires_at < :at RETURNING id", id=request_id, at=at
        )

    def end(self, request_id: str, *, at: float, actor: str) -> None:
        """Somebody has ended it: nothing new begins."""
        self._write(request_id, ending=1, ended_by=actor)
        self.record(request_id, at, actor, "end_here", {})

    def begin_now(self, request_id: str, *, at: float, actor: str) -> None:
        """Somebody has said not to wait for its time."""
        self._write(request_id, begin_at=0.0)
        self.resume(request_id, at=at, actor=actor, how="start_now")

    def review(self, request_id: str, *, at: float, actor: str) -> bool:
        """An approver has looked at what was begun without one; whether that was still owed."""
        reviewed = self._query(
            f"UPDATE request SET reviewed_by = :actor, reviewed_at = :at WHERE id = :id AND {REVIEW_OWED} RETURNING id",
            id=request_id,
            actor=actor,
            at=at,
        )
        if reviewed:
            self.record(request_id, at, actor, "review", {})
            self._versions.touch(request_id)
        return bool(reviewed)

    def resume(self, request_id: str, *, at: float, actor: str, how: str, instance: str = "") -> None:
        """Somebody has taken it up again, or one of its instances: said on its cards."""
        self._write(request_id, resumed_how=how, resumed_by=actor, resumed_at=at)
        self.record(request_id, at, actor, how, {"instance": instance} if instance else {})
        self._versions.touch(request_id)

    def note_given_up(self, request_id: str, *, actor: str) -> None:
        """Somebody has given up one of its steps."""
        self._write(request_id, ended_by=actor)

    def _write(self, request_id: str, **changes: Unpack[Changes]) -> None:
        assignments = ", ".join(f"{column} = :{column}" for column in changes)
        self._query(f"UPDATE request SET {assignments} WHERE id = :id", id=request_id, **changes)

    def owe(self, notice: Notice, place: Place, conversation: str, *, request_id: str, version: int) -> None:
        """A notice about a request as it stands in this version."""
        self._notices.owe(notice, place, conversation=conversation, request_id=request_id, version=version)

    def tell(self, notice: Notice, request: ImageRequest, *places: Place) -> None:
        """A notice about a request as it was read, in each of these places."""
        where = {Place.THREAD: "", Place.REQUESTER: request.requester, Place.ANNOUNCE: request.announce_in}
        for place in places:
            self.owe(notice, place, where[place], request_id=request.id, version=request.version)

    def record(self, request_id: str, at: float, actor: str, kind: str, detail: Mapping[str, str]) -> None:
        """Adds an event to the record."""
        self._events.add(Event(request_id=request_id, at=at, actor=actor, kind=kind, detail=detail))

    def record_step(self, step: JobStep, move: StepMove, *, at: float, actor: str, detail: Mapping[str, str]) -> None:
        """The event of a step's move says of which instance: a request may have several."""
        of = {"instance": step.instance_id}
        self.record(step.request_id, at, actor, f"{step.kind}.{move.event}", {**of, **detail})
