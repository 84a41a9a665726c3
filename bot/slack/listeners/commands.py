"""`/createimage`: the slash command, and the shortcut that does the same where commands cannot be typed."""

import re
from dataclasses import dataclass

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.cloud import Instance
from bot.domain.errors import UserError
from bot.service.draft import Drafting
from bot.service.listing import Listing
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.show import Show
from bot.slack.people import People
from bot.slack.protocol import ids
from bot.slack.protocol.markup import clip, code
from bot.slack.protocol.payloads import Command, Interaction
from bot.texts import commands as texts

_INSTANCE_ID = re.compile(r"i-[A-Za-z0-9-]{1,60}")


@dataclass(frozen=True)
class Open:
    """The form, filled in with what was typed."""

    instance_id: str = ""
    name: str = ""


@dataclass(frozen=True)
class Help:
    """How the command is used."""


@dataclass(frozen=True)
class Unknown:
    """Words that mean nothing to the command."""

    words: str


def understand(text: str) -> Open | Help | Unknown:
    """What somebody means by the words behind the command: `[instance id] [image name]` or `help`."""
    match text.split():
        case []:
            return Open()
        case [word] if word.casefold() in {"help", "?", "帮助"}:
            return Help()
        case [instance_id] if _INSTANCE_ID.fullmatch(instance_id):
            return Open(instance_id)
        case [instance_id, name] if _INSTANCE_ID.fullmatch(instance_id):
            return Open(instance_id, name)
        case _:
            return Unknown(text.strip())


@dataclass(frozen=True, kw_only=True)
class Commands:
    """The doors to the form."""

    drafting: Drafting
    instances: Listing[Instance]
    people: People
    show: Show
    tasks: Tasks

    def register(self, app: AsyncApp) -> None:
        """Listens to the command and the shortcut."""
        app.command(ids.COMMAND)(self.command)
        app.shortcut(ids.SHORTCUT)(self.shortcut)
        app.action(ids.NEW_REQUEST)(self.shortcut)

    async def command(self, ack: AsyncAck, body: dict[str, object]) -> None:
        """`/createimage [instance id] [image name] | help`."""
        command = Command.model_validate(body)
        language = self.people.language(command.user_id)
        match understand(command.text):
            case Help():
                await ack(texts.HELP(language))
            case Unknown(words):
                await ack(texts.UNKNOWN(language, words=code(clip(words, 100))))
            case Open(instance_id, name):
                await self._open(
                    command.trigger_id,
                    user=command.user_id,
                    team=command.team_id,
                    origin=command.channel_id,
                    instance_id=instance_id,
                    name=name,
                )
                await ack()

    async def shortcut(self, ack: AsyncAck, body: dict[str, object]) -> None:
        """The global shortcut, and the button on the Home."""
        asked = Interaction.model_validate(body)
        await self._open(asked.trigger_id, user=asked.user.id, team=asked.team_id, origin="")
        await ack()

    async def _open(
        self, trigger_id: str, *, user: str, team: str, origin: str, instance_id: str = "", name: str = ""
    ) -> None:
        if problems := await self.people.against_asking(user):
            raise UserError(*problems)
        draft = await self.drafting.start(
            requester=user,
            team=team,
            origin=origin,
            language=self.people.language(user),
            instance_id=instance_id,
            name=name,
        )
        self.instances.prepare(draft.region)
        self.tasks.start(self.show.new_form(trigger_id, draft), name="open form", user=user, channel=origin)
