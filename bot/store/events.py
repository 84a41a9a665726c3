"""Events: who did what, when. Only ever added to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from bot.store.database import Query


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a request."""

    request_id: str
    at: float  # unix seconds
    actor: str  # a Slack user id, a worker, or empty for the passing of time
    kind: str  # "request", "decide.…", or the name of a move
    detail: Mapping[str, str]


class Events:
    """The table `event`."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def add(self, event: Event) -> None:
        """One more event, in the transaction of what it tells about."""
        self._query(
            """
            INSERT INTO event (request_id, at, actor, kind, detail)
            VALUES (:request_id, :at, :actor, :kind, :detail)
            """,
            request_id=event.request_id,
            at=event.at,
            actor=event.actor,
            kind=event.kind,
            detail=json.dumps(dict(event.detail), sort_keys=True, ensure_ascii=False),
        )

    def of(self, request_id: str) -> tuple[Event, ...]:
        """A request's events, oldest first."""
        rows = self._query("SELECT * FROM event WHERE request_id = :id ORDER BY id", id=request_id)
        return tuple(
            Event(
                request_id=row["request_id"],
                at=row["at"],
                actor=row["actor"],
                kind=row["kind"],
                detail=json.loads(row["detail"]),
            )
            for row in rows
        )
