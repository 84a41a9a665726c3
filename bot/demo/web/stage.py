"""What stands behind the page: the two stand-ins, the bot between them, and what each person has read."""

from dataclasses import dataclass, field

from bot.demo.bot_process import BotProcess
from bot.demo.jdcloud import JDCloud
from bot.demo.slack import Message, Slack
from bot.demo.web.scenery import Scenery
from bot.demo.web.trouble import Switchboard

HOME = "home"
"""The Home tab, among the ids of conversations."""


@dataclass
class ReadMarks:
    """Up to where each person has read: by ts in conversations, by the view's hash at home."""

    slack: Slack
    marks: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, user_id: str, conversation: str) -> None:
        """Somebody looks at a conversation, or at their Home tab."""
        if conversation == HOME:
            home = self.slack.home(user_id)
            self.marks[user_id, HOME] = home.hash if home else ""
        else:
            newest = max((message.ts for message in self.visible(user_id, conversation)), default="")
            self.marks[user_id, conversation] = newest

    def unread(self, user_id: str, conversation: str) -> int:
        """How many messages of others somebody has not looked at; 1 for a Home tab that changed."""
        mark = self.marks.get((user_id, conversation), "")
        if conversation == HOME:
            home = self.slack.home(user_id)
            return int(home is not None and home.hash != mark)
        shown = self.visible(user_id, conversation)
        return sum(1 for message in shown if message.ts > mark and message.author != user_id)

    def visible(self, user_id: str, conversation: str) -> list[Message]:
        """What somebody sees in a conversation, oldest first: what all see, and what only they do."""
        own = [message for message in self.slack.ephemerals(user_id) if message.channel == conversation]
        return sorted([*self.slack.messages(conversation), *own], key=lambda message: message.ts)


@dataclass
class Stage:
    """The parts that the page shows and acts on."""

    slack: Slack
    cloud: JDCloud
    bot: BotProcess
    trouble: Switchboard
    read_marks: ReadMarks
    scenery: Scenery

    def conversations(self, user_id: str) -> list[str]:
        """Where somebody can look: the Home tab, their direct messages with the bot, their channels."""
        self.slack.dm(user_id)
        own = [one for one in self.slack.channels.values() if user_id in one.members]
        return [HOME, *(one.id for one in sorted(own, key=lambda one: (not one.is_im, one.name)))]
