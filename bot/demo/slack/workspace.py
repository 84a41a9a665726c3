"""What there is in the workspace and how it changes. No HTTP here: the Web API, people and pages all act on this.

Everything is open to be changed by hand: a demo's page or a test archives a channel, removes the bot, deactivates
somebody.
"""

import secrets
import string
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.demo.slack.changes import Changes
from bot.demo.slack.layout import completed
from bot.demo.slack.reading import plain_text
from bot.demo.slack.records import App, Call, Channel, Failure, Message, Team, User, Usergroup, View
from bot.demo.slack.tickets import ResponseUrls, SocketLinks, Triggers
from bot.demo.slack.views import Views


def random_id(length: int) -> str:
    """So many capital letters and digits, as Slack's ids are made of."""
    letters = string.ascii_uppercase + string.digits
    return "".join(letters[byte % len(letters)] for byte in secrets.token_bytes(length))


class Workspace:
    """A workspace with one app installed.

    Args:
        clock: unix seconds; timestamps, triggers and response addresses go by it.
        new_id: makes an id of so many characters.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time, new_id: Callable[[int], str] = random_id) -> None:
        self.clock = clock
        self.new_id = new_id
        self.url = "http://slack.invalid"  # where the app reaches this; learnt as soon as it is served
        self.one_post_per_second = False  # whether posts to a channel are held to that (Slack: chat.postMessage)
        self.team = Team()
        self.app = App()
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, Usergroup] = {}
        self.calls: list[Call] = []
        self.failures: list[Failure] = []
        self.changes = Changes()
        self.triggers = Triggers(clock, new_id)
        self.response_urls = ResponseUrls(clock, new_id)
        self.socket_links = SocketLinks(new_id)
        self.views = Views(self.changes, clock, new_id)
        self._messages: dict[tuple[str, str], Message] = {}
        self._last_ts = 0  # microseconds
        self.add_user(User(id=self.app.user_id, name=self.app.name, is_bot=True))

    def add_user(self, user: User) -> User:
        """Somebody joins the workspace, or is met in a shared channel."""
        user.team_id = user.team_id or self.team.id
        user.real_name = user.real_name or user.name.capitalize()
        self.users[user.id] = user
        self._edited(user)
        return user

    def add_channel(self, channel: Channel) -> Channel:
        """A channel is created."""
        self.channels[channel.id] = channel
        self._edited(channel)
        return channel

    def add_usergroup(self, group: Usergroup) -> Usergroup:
        """A user group is created."""
        group.name = group.name or group.handle
        self.usergroups[group.id] = group
        self._edited(group)
        return group

    def archive(self, channel_id: str) -> None:
        """A channel is archived."""
        self.channels[channel_id].is_archived = True
        self._edited(self.channels[channel_id])

    def invite_bot(self, channel_id: str) -> None:
        """The bot is added to a channel."""
        self.channels[channel_id].bot_is_member = True
        self._edited(self.channels[channel_id])

    def remove_bot(self, channel_id: str) -> None:
        """The bot is taken out of a channel."""
        self.channels[channel_id].bot_is_member = False
        self._edited(self.channels[channel_id])

    def deactivate(self, user_id: str) -> None:
        """Somebody's account is deactivated; the bot's own makes every call end in `account_inactive`."""
        self.users[user_id].deleted = True
        self._edited(self.users[user_id])

    def dm(self, user_id: str) -> Channel:
        """The direct messages between the bot and somebody, opened if need be."""
        channel_id = f"D{user_id}"
        if channel_id not in self.channels:
            self.add_channel(Channel(id=channel_id, name="directmessage", members={user_id}, user=user_id))
        return self.channels[channel_id]

    def messages(self, channel_id: str) -> list[Message]:
        """What everybody in a conversation sees, thread replies included, oldest first."""
        return [
            message
            for (channel, _), message in sorted(self._messages.items())
            if channel == channel_id and not message.ephemeral_for
        ]

    def dms(self, user_id: str) -> list[Message]:
        """What the bot and somebody said to each other directly, oldest first."""
        return self.messages(f"D{user_id}")

    def ephemerals(self, user_id: str) -> list[Message]:
        """What is shown to one person only, anywhere, oldest first."""
        shown = [message for message in self._messages.values() if message.ephemeral_for == user_id]
        return sorted(shown, key=lambda message: message.ts)

    def home(self, user_id: str) -> View | None:
        """What the app published in somebody's Home tab."""
        return self.views.home(user_id)

    def message(self, channel_id: str, ts: str) -> Message | None:
        """A message as it stands."""
        return self._messages.get((channel_id, ts))

    def post(self, message: Message) -> Message:
        """A message appears; its `ts` is given to it here, and its blocks get their ids."""
        blocks = tuple(completed(message.blocks, self.new_id))
        posted = replace(message, ts=self.next_ts(), blocks=blocks)
        self._messages[posted.channel, posted.ts] = posted
        self.changes.tell("message.posted", posted)
        return posted

    def revise(self, message: Message, **content: Any) -> Message:
        """A message is edited: fields of `Message` to change."""
        if "blocks" in content:
            content["blocks"] = tuple(completed(content["blocks"], self.new_id))
        revised = replace(message, **content, edited=self.next_ts())
        self._messages[revised.channel, revised.ts] = revised
        self.changes.tell("message.updated", revised)
        return revised

    def remove(self, message: Message) -> None:
        """A message disappears."""
        del self._messages[message.channel, message.ts]
        self.changes.tell("message.deleted", message)

    def names(self) -> dict[str, str]:
        """What ids of people, channels and groups read as in a mention."""
        people = {user.id: user.name for user in self.users.values()}
        channels = {channel.id: channel.name for channel in self.channels.values()}
        return people | channels | {group.id: group.handle for group in self.usergroups.values()}

    def read(self, shown: Message | View) -> str:
        """All visible words of a message or view, with people and channels by their names."""
        return plain_text(shown, self.names())

    def next_ts(self) -> str:
        """The time as Slack writes it; no two are the same, so that it names a message."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06}"

    def called(self, call: Call) -> None:
        """A Web API call was answered."""
        self.calls.append(call)
        self.changes.tell("call", call)

    def failed(self, failure: Failure) -> None:
        """The app let a person down."""
        self.failures.append(failure)
        self.changes.tell("failure", failure)

    def _edited(self, record: User | Channel | Usergroup) -> None:
        self.changes.tell("workspace.edited", record)
