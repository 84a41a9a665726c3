"""What is owed to Slack: cards, which follow a request, and notices, which are sent once."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.lifecycle import Notice, Place


class CardKind(StrEnum):
    """The cards of a request."""

    APPROVAL = "approval"  # in the approval channel, for everybody who decides
    REQUESTER = "requester"  # in the requester's direct messages


@dataclass(frozen=True, kw_only=True)
class Card:
    """A message that shows a request as it stands. A projection of the store, redrawn whenever the request changes."""

    id: int
    request_id: str
    kind: CardKind
    conversation: str  # where it belongs: a Slack conversation or user id
    channel: str = ""  # where Slack put it; empty until it is posted
    ts: str = ""  # its id in that channel; empty until it is posted
    drawn_version: int = 0  # the version of the request that Slack shows
    attempts: int = 0  # tries since it last went well


@dataclass(frozen=True, kw_only=True)
class DueNotice:
    """A one-time message that is owed."""

    id: int
    kind: Notice
    place: Place
    request_id: str = ""
    draft_id: str = ""
    conversation: str = ""  # where it goes; empty for a view or a thread
    version: int = 0  # of the request or draft it tells about
    attempts: int = 0  # tries so far
