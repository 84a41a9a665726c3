"""Windows that only say something, shown to one person at once."""

from dataclasses import dataclass

import structlog
from slack_sdk.models.views import View

from bot.slack.outbox.ephemeral import Ephemeral
from bot.slack.outbox.windows import Refused, Windows, why_not
from bot.slack.people import People
from bot.slack.protocol.markup import clip
from bot.slack.protocol.web_api import SlackError
from bot.slack.screens.plainer import words_of
from bot.texts import commands as texts

log = structlog.get_logger(__name__)

TEXT = 4000
"""Slack: the text of a message is best kept to 4,000 characters."""


@dataclass(frozen=True, kw_only=True)
class Show:
    """What is shown at once and not owed: the person sees whether it worked, and can do it again.

    Where Slack takes no window, they are told in a message, and never that something is still on its way.
    """

    windows: Windows
    ephemeral: Ephemeral
    people: People

    async def modal_or_word(self, trigger_id: str, view: View, *, user: str, channel: str) -> None:
        """Opens a modal; or says in a message what it would have said, or that the button is to be pressed again."""
        try:
            await self.windows.open(trigger_id, view, self.people.language(user))
        except Refused as error:
            language = await self.people.reads(user)
            words = f"{texts.REFUSED(language, reference=error.reference)}\n\n{words_of(view)}"
            await self.ephemeral.tell(channel, user, clip(words, TEXT))
        except SlackError as error:
            log.warning("view.not_opened", callback_id=view.callback_id, code=error.code)
            await self.ephemeral.tell(channel, user, why_not(error, texts.PRESS_AGAIN, await self.people.reads(user)))

    async def redraw(self, view_id: str, view: View, *, user: str) -> None:
        """Draws a window anew that only says something; where that fails, what it said before still stands."""
        try:
            await self.windows.update(view, self.people.language(user), view_id=view_id)
        except SlackError as error:
            log.warning("view.not_redrawn", callback_id=view.callback_id, code=error.code)
