"""Events: who did what, when. Only ever added to, and chained: each carries a hash of itself and of all before it."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.store.database import Query, Row, StoreFault

_PAGE = 1000
"""Events read, or written, by one statement."""

_YEAR_10000 = 253_402_300_800.0
"""In unix seconds: no calendar shows what comes after."""

_NO_END = "the end of the chain is gone: event_chain has no row"


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened: to a request, or to what holds for many, such as a freeze."""

    request_id: str  # empty where it is about no request
    at: float  # unix seconds
    actor: str  # a Slack user id, a worker, or empty for the passing of time
    kind: str  # "request", "decide.…", the name of a move, "freeze" or "unfreeze"
    detail: Mapping[str, str]
    number: int = 0  # its place in the chain, from 1; 0 before it is written, and for events from before the chain
    hash: str = ""

    def chained(self, number: int, before: str) -> str:
        """The hash that it has at this place after an event of that hash: SHA-256, in hexadecimal."""
        told = [number, self.request_id, self.at, self.actor, self.kind, dict(self.detail)]
        written = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(f"{before}\n{written}".encode()).hexdigest()


def decided_by(rules: Sequence[str], policy_hash: str) -> dict[str, str]:
    """What an event says of the rules by which something was decided, where there is a policy file."""
    return {"rules": json.dumps(rules, ensure_ascii=False), "policy_hash": policy_hash} if policy_hash else {}


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
        self._added: list[Event] = []

    def add(self, event: Event) -> None:
        """One more event, in the transaction of what it tells about, at whose end it is written."""
        self._added.append(event)

    def write(self) -> None:
        """Writes what was added, once nothing else is to be written: others who add wait for the rest of this
        transaction.

        Raises:
            StoreFault: somebody has removed the end of the chain, to which it would be added.
        """
        if not self._added:
            return
        # The hash that comes back is still the old one.
        ends = self._query(
            "UPDATE event_chain SET events = events + :added WHERE id = 1 RETURNING events, hash",
            added=len(self._added),
        )
        if not ends:
            raise StoreFault(_NO_END)
        link: str = ends[0]["hash"]
        rows: list[Row] = []
        for number, event in enumerate(self._added, ends[0]["events"] - len(self._added) + 1):
            link = event.chained(number, link)
            rows.append(
                {
                    "request_id": event.request_id or None,
                    "at": event.at,
                    "actor": event.actor,
                    "kind": event.kind,
                    "detail": json.dumps(dict(event.detail), sort_keys=True, ensure_ascii=False),
                    "number": number,
                    "hash": link,
                }
            )
        for first in range(0, len(rows), _PAGE):
            self._insert(rows[first : first + _PAGE])
        self._query("UPDATE event_chain SET hash = :hash WHERE id = 1", hash=link)
        self._added.clear()

    def _insert(self, rows: Sequence[Row]) -> None:
        values = [", ".join(f":{column}_{place}" for column in row) for place, row in enumerate(rows)]
        self._query(
            f"""
            INSERT INTO event (request_id, at, actor, kind, detail, number, hash)
            VALUES {", ".join(f"({row})" for row in values)}
            """,
            **{f"{column}_{place}": value for place, row in enumerate(rows) for column, value in row.items()},
        )

    def touch(self) -> None:
        """Writes what is there already: whether it could be written. Nobody else adds an event until this transaction
        ends; what was added before is seen from now on.

        Raises:
            StoreFault: no event could be added.
        """
        self._query("UPDATE event_chain SET events = events WHERE id = 1")
        if not self._query("SELECT 1 FROM event_chain WHERE id = 1"):
            raise StoreFault(_NO_END)

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
        """Follows the chain from its first event to its end. Every row counts, whatever somebody has made of it.

        The order is that in which rows were added, which is the chain's own: whoever adds an event holds its end.

        Args:
            head: a hash that an earlier look gave: it must still be in the chain, or the end was cut off.
        """
        before, number, unchained, seen, broken = "", 0, 0, not head, ""
        for row in self._rows():
            try:
                event = _read(row)
            except _Unreadable as unreadable:
                broken = f"{_named(row)} is not as it was written: {unreadable}"
                break
            if number == 0 and event.number == 0:  # as many as were there when the chain began: `_wrong_end`
                unchained += 1
                continue
            if event.number != number + 1:
                broken = _out_of_place(row, number)
                break
            link = event.chained(event.number, before)
            if link != event.hash:
                broken = f"{_named(row)} is not as it was written"
                break
            before, number = link, event.number
            seen = seen or link == head
        broken = broken or self._wrong_end(number, before, unchained)
        if not broken and not seen:
            broken = "the hash given is not in the chain: it was written anew, or its end was cut off"
        return Chain(events=number, head=before, unchained=unchained, broken=broken)

    def _wrong_end(self, number: int, head: str, unchained: int) -> str:
        """What does not fit between the events and what is noted about them; empty when all does."""
        ends = self._query("SELECT events, hash, unchained FROM event_chain WHERE id = 1")
        if not ends:
            return _NO_END
        (end,) = ends
        if end["events"] != number:
            return f"the chain ends at event {number}, and {end['events']} were written"
        if end["hash"] != head:
            return f"the chain ends at event {number} with another hash than was noted"
        if end["unchained"] != unchained:
            return f"{unchained} events have no number, and {end['unchained']} were there when the chain began"
        return ""

    def _rows(self) -> Iterator[Row]:
        """Every row in the order in which they were added, page by page."""
        rows = self._query("SELECT * FROM event ORDER BY id LIMIT :limit", limit=_PAGE)
        while rows:
            yield from rows
            rows = self._query(
                "SELECT * FROM event WHERE id > :last ORDER BY id LIMIT :limit", last=rows[-1]["id"], limit=_PAGE
            )


class _Unreadable(Exception):
    """A row that is no event: somebody else wrote it, or wrote over it. Its text says what is wrong."""


def _read(row: Row) -> Event:
    """A row as an event. SQLite keeps whatever it is given in whichever column.

    Raises:
        _Unreadable: it is none.
    """
    for column in ("request_id", "actor", "kind", "detail", "hash"):
        if not isinstance(row[column], str) and (column, row[column]) != ("request_id", None):
            raise _Unreadable(f"its {column} is no text")
    if type(row["number"]) is not int:
        raise _Unreadable("its number is none")
    if not isinstance(row["at"], int | float) or not 0 <= row["at"] < _YEAR_10000:
        raise _Unreadable("its time is none")
    return Event(
        request_id=row["request_id"] or "",
        at=row["at"],
        actor=row["actor"],
        kind=row["kind"],
        detail=_detail(row["detail"]),
        number=row["number"],
        hash=row["hash"],
    )


def _detail(written: str) -> Mapping[str, str]:
    try:
        detail: object = json.loads(written)
        json.dumps(detail, ensure_ascii=False).encode()  # an escape can make half a character, which is no text
    except (ValueError, RecursionError):
        raise _Unreadable("its detail is no JSON") from None
    if not isinstance(detail, dict) or not all(isinstance(value, str) for value in detail.values()):
        raise _Unreadable("its detail is no object of texts")
    return detail


def _event(row: Row) -> Event:
    """For lists, which leave nothing out: also what cannot be read, as far as it can be shown."""
    try:
        return _read(row)
    except _Unreadable as unreadable:
        return Event(
            request_id=_shown(row["request_id"]),
            at=0.0,
            actor=_shown(row["actor"]),
            kind="unreadable",
            detail={"why": str(unreadable), "row": ascii(dict(row))},
        )


def _named(row: Row) -> str:
    of = "" if row["request_id"] is None else f" of {_shown(row['request_id'])}"
    return f"event {_shown(row['number'])} ({_shown(row['kind'])}{of})"


def _out_of_place(row: Row, last: int) -> str:
    """What it means that another number follows than the next one."""
    if row["number"] > last:
        return f"event {last + 1} is missing"
    if row["number"] > 0:
        return f"{_named(row)} comes once more after event {last}"
    return f"{_named(row)} was put in after event {last}: each that the bot writes has a place in the chain"


def _shown(value: object) -> str:
    return value if isinstance(value, str) else ascii(value)
