"""Events: who did what, when. Only ever added to, and chained: each carries a hash of itself and of all before it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.store.database import Query, Row

_PAGE = 1000
"""Events read at one time."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a request."""

    request_id: str
    at: float  # unix seconds
    actor: str  # a Slack user id, a worker, or empty for the passing of time
    kind: str  # "request", "decide.…", or the name of a move
    detail: Mapping[str, str]
    number: int = 0  # its place in the chain, from 1; 0 before it is written, and for events from before the chain
    hash: str = ""

    def chained(self, number: int, before: str) -> str:
        """The hash that it has at this place after an event of that hash: SHA-256, in hexadecimal."""
        told = [number, self.request_id, self.at, self.actor, self.kind, dict(self.detail)]
        written = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(f"{before}\n{written}".encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Chain:
    """What a look at the whole chain found."""

    events: int  # links that hold, from the first on
    head: str  # hash of the last one that holds
    broken: str = ""  # the first one that does not, and why; empty when all hold
    unchained: int = 0  # events from before the chain began


class Events:
    """The tables `event` and `event_chain`."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def add(self, event: Event) -> None:
        """One more event, in the transaction of what it tells about."""
        # The hash that comes back is still the old one. Others who add wait here for the end of this transaction.
        (end,) = self._query("UPDATE event_chain SET events = events + 1 WHERE id = 1 RETURNING events, hash")
        number, link = end["events"], event.chained(end["events"], end["hash"])
        self._query(
            """
            INSERT INTO event (request_id, at, actor, kind, detail, number, hash)
            VALUES (:request_id, :at, :actor, :kind, :detail, :number, :hash)
            """,
            request_id=event.request_id,
            at=event.at,
            actor=event.actor,
            kind=event.kind,
            detail=json.dumps(dict(event.detail), sort_keys=True, ensure_ascii=False),
            number=number,
            hash=link,
        )
        self._query("UPDATE event_chain SET hash = :hash WHERE id = 1", hash=link)

    def touch(self) -> None:
        """Writes what is there already: whether it could be written."""
        self._query("UPDATE event_chain SET events = events WHERE id = 1")

    def of(self, request_id: str) -> tuple[Event, ...]:
        """A request's events, oldest first."""
        return self.matching(request_id=request_id)

    def matching(self, *, request_id: str = "", actor: str = "", since: float = 0.0) -> tuple[Event, ...]:
        """Events that match everything that is given, oldest first; `since` in unix seconds."""
        wanted = {"request_id": request_id, "actor": actor}
        given = {column: value for column, value in wanted.items() if value}
        where = "".join(f" AND {column} = :{column}" for column in given)
        rows = self._query(f"SELECT * FROM event WHERE at >= :since{where} ORDER BY id", since=since, **given)
        return tuple(_event(row) for row in rows)

    def verify(self, *, head: str = "") -> Chain:
        """Follows the chain from its first event to its end.

        Args:
            head: a hash that an earlier look gave: it must still be in the chain, or the end was cut off.
        """
        (end,) = self._query("SELECT events, hash FROM event_chain WHERE id = 1")
        before, number, unchained, seen = "", 0, 0, not head
        for event in self._all():
            if not event.number:
                unchained += 1
                continue
            if event.number != number + 1:
                return Chain(events=number, head=before, unchained=unchained, broken=f"event {number + 1} is missing")
            link = event.chained(number + 1, before)
            if link != event.hash:
                told = f"event {event.number} ({event.kind} of {event.request_id}) is not as it was written"
                return Chain(events=number, head=before, unchained=unchained, broken=told)
            before, number = link, event.number
            seen = seen or link == head
        broken = ""
        if (end["events"], end["hash"]) != (number, before):
            broken = f"the chain ends at event {number}, and {end['events']} were written"
        elif not seen:
            broken = "the hash given is not in the chain: it was written anew, or its end was cut off"
        return Chain(events=number, head=before, unchained=unchained, broken=broken)

    def _all(self) -> Iterator[Event]:
        """Every event by its number, page by page."""
        number, first = 0, 0
        while rows := self._query(
            """
            SELECT * FROM event WHERE number > :number OR (number = 0 AND :number = 0 AND id > :first)
            ORDER BY number, id LIMIT :limit
            """,
            number=number,
            first=first,
            limit=_PAGE,
        ):
            yield from (_event(row) for row in rows)
            number, first = rows[-1]["number"], rows[-1]["id"]


def _event(row: Row) -> Event:
    return Event(
        request_id=row["request_id"],
        at=row["at"],
        actor=row["actor"],
        kind=row["kind"],
        detail=_detail(row["detail"]),
        number=row["number"],
        hash=row["hash"],
    )


def _detail(written: str) -> Mapping[str, str]:
    try:
        detail: Mapping[str, str] = json.loads(written)
    except ValueError:  # somebody else wrote it; the chain will say so
        return {"unreadable": written}
    return detail
