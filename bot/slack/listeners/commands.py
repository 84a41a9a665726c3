"""`/createimage`: the slash command, and the shortcut that does the same where commands cannot be typed."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slack_bolt.async_app import AsyncAck

from bot.domain.cloud import InstanceRef
from bot.domain.delivery import CardKind
from bot.domain.errors import Code, Problem, UserError
from bot.service.board import Boards
from bot.service.current_rules import CurrentRules
from bot.service.form_state import FormState
from bot.service.naming import Naming
from bot.service.opening import Opening
from bot.service.resolve import is_instance_id, possible_name
from bot.slack.listeners.freeze import Answer, FreezeCommands
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.forms import Forms
from bot.slack.people import People
from bot.slack.protocol import ids
from bot.slack.protocol.command_words import (
    INSTANCES_AT_MOST,
    Guess,
    Help,
    List,
    Meant,
    Open,
    Status,
    TooMany,
    understand,
)
from bot.slack.protocol.freeze_words import FreezeFor, FrozenNow, NoDuration, Unfreeze
from bot.slack.protocol.payloads import Command, Interaction
from bot.slack.screens import commands as screen
from bot.texts import commands as texts


@dataclass(frozen=True, kw_only=True)
class Commands:
    """The doors to the form."""

    opening: Opening
    naming: Naming
    boards: Boards
    freezes: FreezeCommands
    people: People
    rules: CurrentRules
    forms: Forms
    tasks: Tasks
    workspace_url: str  # by which links to messages begin
    clock: Callable[[], float]

    def register(self, routes: Routes) -> None:
        """Listens to the command and the shortcut."""
        routes.command(ids.COMMAND)(self.command)
        routes.shortcut(ids.SHORTCUT)(self.shortcut)
        routes.action(ids.NEW_REQUEST)(self.shortcut)

    async def command(self, ack: AsyncAck, body: dict[str, object]) -> None:
        """`/createimage [instance …] | [instance] [image name] | list | status IR-… | freeze 4h | unfreeze | help`."""
        command = Command.model_validate(body)
        answer = await self._answer(command)
        if answer.public:
            await ack(answer.text, response_type="in_channel")
        else:
            await (ack(answer.text) if answer.text else ack())

    async def _answer(self, command: Command) -> Answer:
        """What is said at once."""
        meant = understand(command.text)
        match meant:
            case FreezeFor() | Unfreeze() | NoDuration():
                return await self.freezes.answer(command, meant, await self.people.reads(command.user_id))
            case FrozenNow():
                language = await self.people.reads(command.user_id)
                await self._may_know(command.user_id)
                return await self.freezes.answer(command, meant, language)
            case _:
                return Answer(await self._words(command, meant))

    async def _words(self, command: Command, meant: Meant) -> str:
        """What is said to whoever typed it; empty where a form opens."""
        user = command.user_id
        match meant:
            case Open():
                await self._open_named(command, meant)
                return ""
            case Guess(_, otherwise) if otherwise and self.naming.known(otherwise.instances):
                await self._open_named(command, otherwise)
                return ""
            case Status(request_id, otherwise) if otherwise and await self.boards.one(request_id) is None:
                return await self._words(command, otherwise)
            case Help():
                return texts.HELP(await self.people.reads(user))
            case List():
                return await self._listed(user)
            case Status(request_id):
                return await self._standing(user, request_id)
            case TooMany(count):
                return texts.TOO_MANY(await self.people.reads(user), maximum=str(INSTANCES_AT_MOST), count=str(count))
            case Guess(near) if near:
                return screen.did_you_mean(near, await self.people.reads(user))
            case _:
                return screen.not_understood(command.text.strip(), await self.people.reads(user))

    async def _listed(self, user: str) -> str:
        language, board = await self.people.reads(user), await self.boards.of(user)
        return screen.listed(board, language=language, now=self.clock(), workspace_url=self.workspace_url)

    async def _standing(self, user: str, request_id: str) -> str:
        """Where a request stands, for whoever may ask for images or decides on them."""
        language, board = await self.people.reads(user), await self.boards.of(user)
        await self._may_know(user)
        found = await self.boards.one(request_id)
        if found is None:
            known = [one.request.id for one in (*board.waiting, *board.under_way, *board.ended)]
            nearest = difflib.get_close_matches(request_id, known, n=1, cutoff=0.7)
            return screen.no_request(request_id, "".join(nearest), language)
        kind = CardKind.REQUESTER if board.is_own(found.request) else CardKind.APPROVAL
        decides = any(one.request.id == request_id for one in board.waiting)
        now, urls = self.clock(), self.workspace_url
        return screen.standing(found, kind, decides=decides, language=language, now=now, workspace_url=urls)

    async def _may_know(self, user: str) -> None:
        """Whether somebody may ask for images, or decides on them.

        Raises:
            UserError: they do neither, or Slack does not tell whether they decide.
        """
        everything = self.rules.everything()
        if self.people.policy(everything).approver(user):
            return
        if problems := await self.people.against_asking(user):
            match self.people.policy(everything).approver(user):  # as Slack has told meanwhile
                case None:
                    raise UserError(Problem(Code.ROLE_UNKNOWN))
                case False:
                    raise UserError(*problems)

    async def shortcut(self, ack: AsyncAck, body: dict[str, object]) -> None:
        """The global shortcut, and the button on the Home."""
        asked = Interaction.model_validate(body)
        await self._open(asked.trigger_id, user=asked.user.id, team=asked.team_id, origin="")
        await ack()

    async def _open_named(self, command: Command, meant: Open) -> None:
        """The form, with what was typed. Which instance that is is looked up behind it, where it is not known yet."""
        self.naming.prepare()
        words, known = meant.instances, self.naming.known(meant.instances)
        places = [(one.region, one.id) for one in known.instances] if known else []
        if not places and len(words) == 1 and is_instance_id(words[0]):
            places = [("", words[0].casefold())]
        await self._open(
            command.trigger_id,
            user=command.user_id,
            team=command.team_id,
            origin=command.channel_id,
            instances=places,
            name=known.image_name if known else possible_name(words),
            sought=() if places else words,
        )

    async def _open(
        self,
        trigger_id: str,
        *,
        user: str,
        team: str,
        origin: str,
        instances: Sequence[InstanceRef] = (),
        name: str = "",
        sought: Sequence[str] = (),
    ) -> None:
        if problems := await self.people.against_asking(user):
            raise UserError(*problems)
        form = await self.opening.start(
            requester=user,
            team=team,
            origin=origin,
            language=self.people.language(user),
            time_zone=self.people.time_zone(user),
            instances=instances,
            name=name,
            sought=sought,
        )
        self.naming.prepare()
        self.tasks.start(self._show(trigger_id, form), name="open form", user=user, channel=origin)

    async def _show(self, trigger_id: str, form: FormState) -> None:
        if await self.forms.open(trigger_id, form) and form.draft.sought:
            await self.naming.settle(form.draft.id)
            await self.forms.load(form.draft.id)
