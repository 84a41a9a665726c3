"""Notices that Slack has and that ask people to do something: looked at again when their request has changed."""

from collections.abc import Callable

from bot.domain.delivery import DueNotice, SentNotice
from bot.domain.lifecycle import Notice
from bot.store.database import Lease, Row
from bot.store.outgoing import Outgoing
from bot.store.pace import Limited, may_go

_OUTDATED = """
    watched = 1 AND looked_version <> (SELECT version FROM request WHERE request.id = notice.request_id)
"""
"""SQL: what may be settled by now. Few are watched, and an index has just these: whoever changes a request need not say
so here.
"""


class SentNotices(Outgoing):
    """The rows of the table `notice` that ask for something, once they are sent. Their lease is that of a redraw."""

    table = "notice"

    @property
    def any_to_look_at(self) -> str:
        """SQL of whether there is anything for `claim_outdated`, were it not for Slack's pace."""
        return self._any(_OUTDATED)

    @property
    def next_to_look_at(self) -> str:
        """SQL of when the next is due that was put off."""
        return self._next(_OUTDATED)

    def ask(self, notice: DueNotice, asks: str, *, version: int, watched: bool) -> None:
        """One that was just sent asks for something.

        Args:
            notice: which.
            asks: for what, in the words of whoever has sent it.
            version: of its request that it shows; 0 where it shows another one than it should.
            watched: whether that may be settled by what becomes of its request next.
        """
        self._query(
            """
            UPDATE notice SET asks = :asks, watched = :watched, looked_version = :version
            WHERE id = :id AND ts <> '' RETURNING id
            """,
            id=notice.id,
            asks=asks,
            watched=int(watched),
            version=version,
        )

    def claim_outdated(self, lease: Lease, limit: int) -> tuple[SentNotice, ...]:
        """Those whose request has changed since they were last looked at, or in which somebody has pressed a button."""
        among = may_go(Limited.REDRAW, "notice.channel", self._now)
        return tuple(_sent(row) for row in self._claim(_OUTDATED, lease, limit, among=among))

    def asks(self, notice: SentNotice, lease: Lease) -> str | None:
        """What it asks now, which nobody changes until this transaction ends; None where somebody else has taken it
        over.
        """
        rows = self._query(
            f"SELECT asks FROM notice WHERE id = :id AND {self._held} {self._database.for_update}",
            id=notice.id,
            lease=lease.token,
        )
        return str(rows[0]["asks"]) if rows else None

    def intend_redraw(self, notice: SentNotice, lease: Lease) -> bool:
        """It is about to be drawn anew, where Slack wants none of its conversation to wait."""
        return self.intend(notice, lease, only=may_go(Limited.REDRAW, "notice.channel", self._now))

    def looked_at(self, notice: SentNotice, *, version: int, over: bool, lease: Lease) -> bool:
        """There is nothing new to be said in it, as of a version of its request, or nothing any more."""
        if over:
            return self.give_up(notice, lease)
        return self._change(notice.id, lease, looked_version=version, attempts=0)

    def redrawn(self, notice: SentNotice, *, before: str, asks: str, version: int, lease: Lease) -> bool:
        """Slack shows it as it is as of a version of its request. Where an older redraw may still appear, or somebody
        has pressed a button meanwhile, it is drawn once more.

        Args:
            notice: as it was claimed.
            before: what it asked when it was read.
            asks: what it asks now; empty for nothing.
            version: of its request.
            lease: by which it was claimed.
        """
        after = notice.doubt_lasts
        redrawn = self._query(
            f"""
            UPDATE notice SET
                looked_version = CASE WHEN :again = 1 OR asks <> :before THEN 0 ELSE :version END,
                watched = CASE WHEN :again = 1 OR asks <> :before OR :asks <> '' THEN 1 ELSE 0 END,
                asks = CASE WHEN :again = 1 OR asks <> :before THEN asks ELSE :asks END,
                attempts = 0, doubtful_since = :doubtful, next_at = {self._now} + :after, owner = '', lease_until = 0
            WHERE id = :id AND {self._held}
            RETURNING id
            """,
            id=notice.id,
            again=int(after > 0),
            before=before,
            asks=asks,
            version=version,
            doubtful=notice.doubtful_since if after else 0.0,
            after=after,
            lease=lease.token,
        )
        return bool(redrawn)

    def give_up(self, notice: SentNotice, lease: Lease) -> bool:
        """It asks for nothing any more, is gone, or may not be changed any more."""
        return self._change(notice.id, lease, asks="", watched=0, doubtful_since=0.0)

    def press(self, request_id: str, channel: str, ts: str, press: Callable[[str], str]) -> bool:
        """Somebody has pressed a button of one that asks for something. False: it may have been sent only just now.

        Args:
            request_id: what it is about.
            channel: where Slack put it.
            ts: its id in that channel.
            press: says what it asks then.
        """
        rows = self._query(
            f"""
            SELECT id, asks FROM notice
            WHERE subject = :request_id AND channel = :channel AND ts = :ts {self._database.for_update}
            """,
            request_id=request_id,
            channel=channel,
            ts=ts,
        )
        for row in rows:
            if row["asks"]:
                self._query(
                    "UPDATE notice SET asks = :asks, watched = 1, looked_version = 0 WHERE id = :id RETURNING id",
                    id=row["id"],
                    asks=press(row["asks"]),
                )
        return bool(rows) or not self._query(
            "SELECT id FROM notice WHERE subject = :request_id AND ended_at IS NULL AND doubtful_since > 0",
            request_id=request_id,
        )

    def watch(self, request_id: str) -> None:
        """A request has come back from its end: what asked for that has been told."""
        self._query(
            "UPDATE notice SET watched = 1 WHERE subject = :request_id AND asks <> '' RETURNING id",
            request_id=request_id,
        )


def _sent(row: Row) -> SentNotice:
    return SentNotice(
        id=row["id"],
        kind=Notice(row["kind"]),
        request_id=row["request_id"],
        channel=row["channel"],
        ts=row["ts"],
        asks=row["asks"],
        attempts=row["attempts"],
        doubtful_since=row["doubtful_since"],
        claimed_at=row["claimed_at"],
    )
