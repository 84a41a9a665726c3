"""What Slack's Web API answers, as far as something is decided by it. What a question needs is required.

Slack says `ok` and leaves out what was asked for more often than one would think: behind a proxy, in an outage, for a
token with fewer rights. A field that is missing then is not known; it is never "none".
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

__all__ = [
    "Answer",
    "History",
    "Identified",
    "Members",
    "OpenView",
    "OpenedConversation",
    "PastMessage",
    "PersonAnswer",
    "PostedMessage",
    "Profile",
    "RedrawnView",
    "SocketAddress",
]

Text = Annotated[str, Field(min_length=1)]


def _text(told: Any) -> str:
    return told if isinstance(told, str) else ""


Said = Annotated[str, BeforeValidator(_text)]
"""What may be left out, or be something else: no answer is refused for it."""

Timestamp = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+$")]
"""What a message is known by in its conversation: what does not read as one is found nowhere."""

ConversationId = Annotated[str, Field(pattern=r"^[CDG][A-Z0-9]+$")]
"""Of a channel, direct messages or a group of people."""


def _plausible(told: Any) -> int | None:
    """What is no time zone's makes no answer incomplete: nobody's right depends on it."""
    return told if isinstance(told, int) and abs(told) <= _FURTHEST_ZONE else None


def _named(told: Any) -> str:
    return told if isinstance(told, str) and len(told) <= _LONGEST_ZONE else ""


_FURTHEST_ZONE = 14 * 3600
_LONGEST_ZONE = 64

_Offset = Annotated[int | None, BeforeValidator(_plausible)]
"""Seconds of a time zone ahead of UTC."""

_Zone = Annotated[str, BeforeValidator(_named)]
"""Its name in the IANA time zone database."""


class Answer(BaseModel):
    """Any answer; what is not named is not needed."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class Identified(Answer):
    """Who a token belongs to (Slack: auth.test; a user's token has no bot_id)."""

    team_id: Text
    user_id: Text
    bot_id: str | None = None
    app_id: Said = ""
    enterprise_id: str | None = None
    is_enterprise_install: bool = False
    url: str = ""  # of the workspace
    team: str = ""  # its name
    user: str = ""  # likewise


class PostedMessage(Answer):
    """Where a message went (Slack: chat.postMessage)."""

    channel: ConversationId
    ts: Timestamp


class _Metadata(Answer):
    event_payload: Mapping[str, Any] = Field(default_factory=dict)


class PastMessage(Answer):
    """One message of a history."""

    ts: Timestamp
    metadata: _Metadata = _Metadata()
    bot_id: Said = ""  # of whoever posted it; which of the three is told depends on who did
    app_id: Said = ""
    user: Said = ""


class _Cursor(Answer):
    next_cursor: str = ""


class History(Answer):
    """A page of messages (Slack: conversations.history, conversations.replies)."""

    messages: tuple[PastMessage, ...]
    has_more: bool = False
    response_metadata: _Cursor | None = None

    @model_validator(mode="after")
    def _more_can_be_asked_for(self) -> "History":
        """A page that is said not to be the last, and does not tell where the next one begins, hides something."""
        if self.has_more and not self.next_cursor:
            raise ValueError("has_more without next_cursor")
        return self

    @property
    def next_cursor(self) -> str:
        """Where the next page begins; empty on the last one."""
        return self.response_metadata.next_cursor if self.response_metadata else ""


class _Conversation(Answer):
    id: ConversationId


class OpenedConversation(Answer):
    """The direct messages with somebody (Slack: conversations.open)."""

    channel: _Conversation


class OpenView(Answer):
    """A window as Slack has it."""

    id: Text
    hash: str = ""


class RedrawnView(Answer):
    """A window that is shown (Slack: views.open, views.push, views.update). That it is is all that need be known."""

    view: OpenView | None = None


class _OfEnterprise(Answer):
    id: str = ""  # the same person's id across the workspaces of an organisation
    teams: tuple[str, ...] = ()


class Profile(Answer):
    """Somebody (Slack: users.info, user object). What is not told of them is not known.

    Of who is deactivated, Slack tells little else. That somebody is a stranger it tells of strangers alone.
    """

    id: Text
    name: str = ""
    team_id: str = ""
    deleted: bool | None = None
    is_bot: bool | None = None
    is_stranger: bool = False
    is_restricted: bool | None = None
    is_ultra_restricted: bool | None = None
    locale: str = ""
    enterprise_user: _OfEnterprise = _OfEnterprise()
    tz: _Zone = ""
    tz_offset: _Offset = None


class PersonAnswer(Answer):
    """Who somebody is (Slack: users.info)."""

    user: Profile


class Members(Answer):
    """Who is in a user group (Slack: usergroups.users.list)."""

    users: tuple[Text, ...]


class SocketAddress(Answer):
    """Where to connect to (Slack: apps.connections.open)."""

    url: Text
