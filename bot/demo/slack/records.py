"""What there is in a workspace: people, conversations, messages, views, and what happened between it and the app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.demo.slack.refusals import Json

State = Mapping[str, Mapping[str, Json]]
"""What is entered: block id -> action id -> state of the element (Slack: `view.state.values`)."""


@dataclass(frozen=True, kw_only=True)
class Team:
    """The workspace itself."""

    id: str = "T0DEMO"
    name: str = "Demo"
    domain: str = "demo"


@dataclass(frozen=True, kw_only=True)
class App:
    """The app that is installed in the workspace."""

    id: str = "A0DEMO"
    bot_id: str = "B0DEMO"
    user_id: str = "U0BOT"
    name: str = "createimage-bot"


@dataclass(kw_only=True)
class User:
    """Somebody (Slack: user object)."""

    id: str
    name: str
    real_name: str = ""
    locale: str = "en-US"
    tz: str = "Asia/Shanghai"
    tz_offset: int = 28_800  # seconds
    team_id: str = ""  # empty: this workspace
    enterprise_id: str = ""  # on Enterprise Grid: the id that somebody has in the whole organisation
    is_bot: bool = False
    deleted: bool = False  # deactivated
    is_restricted: bool = False  # a guest in several channels
    is_ultra_restricted: bool = False  # a guest in one channel
    is_stranger: bool = False  # of another organisation, met in a shared channel only


@dataclass(kw_only=True)
class Channel:
    """A conversation: a channel, or the direct messages between the bot and one person."""

    id: str
    name: str = ""
    members: set[str] = field(default_factory=set)  # people; the bot is told apart by the next field
    bot_is_member: bool = True
    is_private: bool = False
    is_archived: bool = False
    locale: str = "en-US"
    user: str = ""  # of direct messages: with whom

    @property
    def is_im(self) -> bool:
        """Whether these are direct messages."""
        return bool(self.user)


@dataclass(kw_only=True)
class Usergroup:
    """A user group, `@handle`."""

    id: str  # "S…"
    handle: str
    name: str = ""
    users: list[str] = field(default_factory=list)
    is_disabled: bool = False
    lists_deactivated: bool = False  # whether its members are told with those whose accounts are deactivated


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message as it stood when it was looked at."""

    channel: str
    ts: str
    author: str  # user id
    text: str = ""
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    thread_ts: str = ""  # the message it answers to
    broadcast: bool = False  # a reply that also shows in the channel
    metadata: Json | None = None
    edited: str = ""  # ts of the last edit
    ephemeral_for: str = ""  # the one person who sees it


@dataclass(frozen=True, kw_only=True)
class View:
    """A modal or a Home tab as it stood when it was looked at."""

    id: str
    user_id: str
    content: Json  # as the app sent it, with the ids that Slack adds
    hash: str
    root_id: str
    previous_id: str | None = None
    external_id: str = ""
    origin: str = ""  # the conversation from which it was opened
    values: State = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)  # block id -> what is shown under the field
    trouble: str = ""  # what is shown when the app does not answer

    @property
    def type(self) -> str:
        """`modal` or `home`."""
        return str(self.content["type"])

    @property
    def title(self) -> str:
        """The words at the top."""
        return str(self.content.get("title", {}).get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        """The blocks, with the ids that Slack adds."""
        blocks: list[Json] = self.content["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        """What the app calls it."""
        return str(self.content.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        """What the app keeps in it."""
        return str(self.content.get("private_metadata", ""))


@dataclass(frozen=True)
class Call:
    """A Web API call as it was received; never its token."""

    at: float
    method: str
    args: Mapping[str, Any]
    ok: bool  # whether it took effect
    error: str = ""  # Slack's code; `ratelimited`, `http_500`, `connection_cut`, `answer_lost` for those faults


@dataclass(frozen=True)
class Failure:
    """The app did not answer a person as it should have, and what the person sees of it."""

    at: float
    user_id: str
    did: str  # "/createimage", "block_actions", …
    error: str  # `operation_timeout`, `dispatch_failed`, `invalid_response`
    shown: str
    status: int = 0  # HTTP; 0 without an answer
