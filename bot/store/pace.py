"""The pace: when the next call of a kind may go to a conversation, for all processes together."""

from enum import StrEnum

from bot.store.database import Database
from bot.store.noting import Noting

POST_EVERY = 1.0
"""Seconds between two posts to one conversation (Slack: chat.postMessage, about one message per second and channel)."""

LONGEST_WAIT = 300.0
"""Seconds. No wait is longer; what seems to be was written before the clock went back."""


class Limited(StrEnum):
    """What Slack limits by conversation."""

    POST = "post"
    REDRAW = "redraw"


class Pace:
    """The table `pace`. A turn is the last thing that a transaction waits for, and it takes one: two that held one and
    waited for something else, as for another, could wait for each other.
    """

    def __init__(self, query: Noting, database: Database) -> None:
        self._query = query
        self._now = database.now
        self.may_turn = True  # whether this transaction has asked for no turn yet

    def turn(self, conversation: str) -> float:
        """Takes the next turn to post there: 0 when it is now, else seconds until it may be asked for again."""
        self.may_turn = False
        taken = self._query.quietly(
            f"""
            INSERT INTO pace (kind, conversation, next_at) VALUES (:kind, :conversation, {self._now} + :every)
            ON CONFLICT (kind, conversation) DO UPDATE SET next_at = excluded.next_at
            WHERE pace.next_at <= {self._now} OR pace.next_at > {self._now} + :longest
            RETURNING next_at
            """,
            kind=Limited.POST,
            conversation=conversation,
            every=POST_EVERY,
            longest=LONGEST_WAIT,
        )
        return 0.0 if taken else self.held(Limited.POST, conversation)

    def took(self, conversation: str) -> None:
        """A post was answered: the next turn counts from here, as one post may be longer under way than another."""
        self.hold(Limited.POST, conversation, POST_EVERY)

    def held(self, kind: Limited, conversation: str) -> float:
        """Seconds until such a call may go there."""
        rows = self._query(
            f"SELECT next_at - {self._now} AS seconds FROM pace WHERE kind = :kind AND conversation = :conversation",
            kind=kind,
            conversation=conversation,
        )
        seconds = max((float(row["seconds"]) for row in rows), default=0.0)
        return seconds if 0 < seconds <= LONGEST_WAIT else 0.0

    def hold(self, kind: Limited, conversation: str, seconds: float) -> None:
        """Slack wants no such call there for so long: whatever is owed there waits, in every process."""
        self._query(
            f"""
            INSERT INTO pace (kind, conversation, next_at) VALUES (:kind, :conversation, {self._now} + :seconds)
            ON CONFLICT (kind, conversation) DO UPDATE SET next_at = excluded.next_at
            """,
            kind=kind,
            conversation=conversation,
            seconds=seconds,
        )


def may_go(kind: Limited, conversation: str, now: str) -> str:
    """SQL: whether such a call may go to a conversation now.

    Args:
        kind: of the call.
        conversation: SQL of the conversation.
        now: SQL of the time.
    """
    return f"""
        NOT EXISTS (
            SELECT 1 FROM pace WHERE pace.kind = '{kind}' AND pace.conversation = {conversation}
                AND pace.next_at > {now} AND pace.next_at <= {now} + {LONGEST_WAIT}
        )
    """
