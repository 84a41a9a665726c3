"""What is owed to Slack: cards, which follow a request, and notices, which are sent once."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.lifecycle import Notice, Place

DOUBT = 45.0
"""Seconds after which a call that ended without an answer has had its effect, or never will: the call itself lasts 15
at most, and what Slack answered with 504 has been seen to take effect 20 s later."""

POSTED_WITHIN = 0.2
"""Seconds within which an approval card is likely to be posted: what has a link to it waits for so long, and as long
again while it is not.
"""


class CardKind(StrEnum):
    """The cards of a request."""

    APPROVAL = "approval"  # in the approval channel, for everybody who decides
    REQUESTER = "requester"  # in the requester's direct messages


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A row that is to be brought to Slack."""

    id: int
    attempts: int = 0  # tries that failed since it last went well; being told to wait is none
    doubtful_since: float = 0.0  # when a try may last have left whose outcome is not known; 0 when there is none
    claimed_at: float = 0.0  # by the database's clock, as all times here

    @property
    def in_doubt(self) -> bool:
        """Whether it may be in Slack already, or still appear there."""
        return self.doubtful_since > 0

    @property
    def doubt_lasts(self) -> float:
        """Seconds during which a look at Slack does not settle yet whether it is there."""
        if not self.in_doubt:
            return 0.0
        return min(max(0.0, self.doubtful_since + DOUBT - self.claimed_at), 2 * DOUBT)  # a clock may have gone back


@dataclass(frozen=True, kw_only=True)
class Card(Owed):
    """A message that shows a request as it stands. A projection of the store, redrawn whenever the request changes."""

    request_id: str
    kind: CardKind
    conversation: str  # where it belongs: a Slack conversation or user id
    channel: str = ""  # where Slack put it; empty until it is posted
    ts: str = ""  # its id in that channel; empty until it is posted
    drawn_version: int = 0  # the version of the request that Slack shows
    look_at: float = 0.0  # when to look whether it is still there; 0 for never
    perhaps_twice: bool = False  # it was posted although an earlier post may still have appeared

    @property
    def is_looked_at(self) -> bool:
        """Whether it is time for that look."""
        return 0 < self.look_at <= self.claimed_at


@dataclass(frozen=True, kw_only=True)
class DueNotice(Owed):
    """A one-time message that is owed."""

    kind: Notice
    place: Place
    request_id: str = ""
    draft_id: str = ""
    freeze_id: int = 0
    conversation: str = ""  # where it goes; empty for a view or a thread
    card: str = ""  # of a thread: the conversation of the card that begins it; empty for the first. Of what is said to
    # several, in messages of their own: whose it is
    version: int = 0  # of the request or draft it tells about; a freeze has none
    rules: tuple[str, ...] = ()  # of one that calls people: the names of the rules by which they decide
    asked: tuple[str, ...] = ()  # and the ids of people and groups among whom they are


@dataclass(frozen=True, kw_only=True)
class SentNotice(Owed):
    """A notice that Slack has, and that asks people to do something: once that is settled it says so."""

    kind: Notice
    request_id: str
    channel: str  # where Slack put it
    ts: str  # its id in that channel
    asks: str  # what it says and asks, in the words of whoever sent it; empty once it asks for nothing
