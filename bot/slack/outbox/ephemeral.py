"""Ephemeral messages: a word that only one person sees, at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Problem
from bot.slack.people import People
from bot.slack.protocol.markup import escape, mentions
from bot.slack.protocol.response_url import respond
from bot.slack.protocol.web_api import SlackError, call
from bot.texts import emergency, units
from bot.texts.problems import explain

log = structlog.get_logger(__name__)


def told(problems: Sequence[Problem], language: str) -> str:
    """Problems as a message, a line each, and who may do what somebody may not."""
    named = [one.split(", ") for problem in problems if (one := problem.facts.get("people"))]
    who = [emergency.WHO_MAY(language, people=units.listed(mentions(people), language)) for people in named]
    return "\n".join([*(escape(explain(problem, language)) for problem in problems), *who])


@dataclass(frozen=True, kw_only=True)
class Ephemeral:
    """What is said to one person where they have just done something."""

    client: AsyncWebClient
    people: People

    async def problems(self, channel: str, user: str, problems: Sequence[Problem]) -> None:
        """Says in a conversation what stands against something, so that only one person sees it."""
        language = await self.people.reads(user)
        await self.tell(channel, user, told(problems, language))

    async def tell(self, channel: str, user: str, text: str, blocks: Sequence[Block] | None = None) -> None:
        """An ephemeral message; a direct one where the bot is not in the conversation; or the answer to what was done,
        where Slack limits or refuses both.
        """
        say = partial(self.client.chat_postEphemeral, channel=channel or user, user=user, text=text)
        try:
            await call(say(blocks=blocks))
        except SlackError as error:
            log.info("ephemeral.not_shown", channel=channel, code=error.code)
            direct = self.client.chat_postMessage(channel=user, text=text, blocks=blocks, unfurl_links=False)
            try:
                await call(direct)
            except SlackError:
                if not await respond(self.client, text, blocks):
                    raise
