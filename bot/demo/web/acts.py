"""What a visitor can do on the page, parsed from its JSON and done as the person they are."""

from contextlib import suppress
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.demo.slack import Answer, At, ConfirmFirst, FormIncomplete, Message, NotShown, Person
from bot.demo.slack.client import not_answered, says
from bot.demo.web.stage import HOME, Stage
from bot.demo.web.trouble import Kind, Reach, Upstream

Json = dict[str, Any]

COMMANDS = ("/createimage",)
"""The commands of the app (manifest.yml: slash_commands)."""

SHORTCUTS = ("create_image",)
"""The global shortcuts of the app (manifest.yml: shortcuts)."""

Said = Literal["gone", "trouble"]
"""What the page tells at once, in its own words."""


class _Act(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    user: str


class Send(_Act):
    """Sends what was typed below a conversation: a command or a message."""

    do: Literal["send"]
    channel: str
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class Shortcut(_Act):
    """Chooses a global shortcut."""

    do: Literal["shortcut"]
    callback_id: Literal["create_image"]


class Look(_Act):
    """Looks at a conversation, which is then read; at the Home tab, which tells the app."""

    do: Literal["look"]
    conversation: str
    opened: bool = False  # just now, and not already before


class _Use(_Act):
    """Uses an element, known by its ids: of a message where `ts` is given, else of the Home tab or the modal."""

    block_id: str
    action_id: str
    channel: str = ""
    ts: str = ""
    home: bool = False
    confirmed: bool = False  # what it asks first, if it does, was answered with yes

    @property
    def at(self) -> At:
        return At(self.block_id, self.action_id)


class Press(_Use):
    """Presses a button."""

    do: Literal["press"]
    value: str = ""

    @property
    def at(self) -> At:
        """Which one, whatever was drawn anew meanwhile."""
        return At(self.block_id, self.action_id, self.value)


class Choose(_Use):
    """Chooses an option, person or conversation by its value; None clears."""

    do: Literal["choose"]
    value: str | None


class Tick(_Use):
    """Ticks a box, or chooses one more in a menu; takes either back."""

    do: Literal["tick"]
    value: str
    ticked: bool
    kind: Literal["box", "menu"] = "box"


class Search(_Use):
    """Types into a menu that the app fills."""

    do: Literal["search"]
    query: Annotated[str, Field(max_length=1000)]


class Type(_Use):
    """Types into an input."""

    do: Literal["type"]
    text: Annotated[str, Field(max_length=3000)]
    enter: bool = False


class Submit(_Act):
    """Sends the form in front."""

    do: Literal["submit"]
    view_id: str


class Close(_Act):
    """Closes the form in front, or all of them."""

    do: Literal["close"]
    view_id: str
    everything: bool = False


class Switch(_Act):
    """Stops or starts an instance."""

    do: Literal["switch"]
    instance: str
    to: Literal["stopped", "running"]


class Trouble(_Act):
    """Turns a switch of the bad day."""

    do: Literal["trouble"]
    upstream: Upstream
    kind: Kind
    reach: Reach


class Bot(_Act):
    """Kills the bot, or starts it again."""

    do: Literal["bot"]
    to: Literal["down", "running"]


Act = Annotated[
    Send | Shortcut | Look | Press | Choose | Tick | Search | Type | Submit | Close | Switch | Trouble | Bot,
    Field(discriminator="do"),
]
ACT: TypeAdapter[Act] = TypeAdapter(Act)
"""Parses what the page sends."""


async def perform(stage: Stage, act: Act) -> Json:
    """Does it. Returns `said`, what the person is told at once, and what a search found.

    Raises:
        KeyError: there is no such person, conversation or instance.
    """
    person = stage.slack.person(act.user)
    try:
        match act:
            case Switch() | Trouble() | Bot():
                await _behind_the_scenes(stage, act)
                return {}
            case Search():
                found = await person.search(act.at, act.query, message=_message(stage, act), home=act.home)
                return {"found": [option._asdict() for option in found]}
            case Submit() | Close():
                return await _form(person, act)
            case Send():
                await _send(stage, person, act)  # what goes wrong is shown in the conversation
                return {}
            case Shortcut():
                return _told(await person.shortcut(act.callback_id))
            case Look():
                stage.read_marks.read(person.id, act.conversation)
                goes_home = act.opened and act.conversation == HOME
                return _told(await person.open_home()) if goes_home else {}
            case _:
                return _marked(stage, person, await _use(stage, person, act))
    except (NotShown, ConfirmFirst):
        return _said("gone")


async def _behind_the_scenes(stage: Stage, act: Switch | Trouble | Bot) -> None:
    match act:
        case Switch():
            instance = stage.cloud.instances[act.instance]
            (stage.cloud.begin_stop if act.to == "stopped" else stage.cloud.begin_start)(instance)
        case Trouble():
            stage.trouble.turn(act.upstream, act.kind, act.reach)
        case Bot():
            await (stage.bot.kill() if act.to == "down" else stage.bot.start())


async def _form(person: Person, act: Submit | Close) -> Json:
    if not person.view or person.view.id != act.view_id:
        return _said("gone")
    if isinstance(act, Close):
        await person.close(everything=act.everything)
        return {}
    with suppress(FormIncomplete):  # shown at the fields
        await person.submit()
    return {}


async def _send(stage: Stage, person: Person, act: Send) -> None:
    channel, text = stage.slack.channels[act.channel].id, act.text.strip()
    command, _, words = text.partition(" ")
    if command in COMMANDS:
        await person.command(command, words.strip(), channel=channel)
    elif command.startswith("/"):
        refused = says(stage.slack.users[person.id].locale, "no such command", command=command)
        stage.slack.post(Message(channel=channel, ts="", author="USLACKBOT", text=refused, ephemeral_for=person.id))
    else:
        stage.slack.post(Message(channel=channel, ts="", author=person.id, text=text))


async def _use(stage: Stage, person: Person, act: Press | Choose | Tick | Type) -> Answer | None:
    message = _message(stage, act)
    confirm = True if act.confirmed else None
    match act:
        case Press():
            return await person.press(act.at, message=message, home=act.home, confirm=confirm)
        case Choose():
            return await person.choose(act.at, act.value, message=message, home=act.home, confirm=confirm)
        case Tick():
            return await _tick(person, act, message, confirm=confirm)
        case Type():
            return await person.fill(act.at, act.text, enter=act.enter)


async def _tick(person: Person, act: Tick, message: Message | None, *, confirm: bool | None) -> Answer | None:
    if act.ticked and act.kind == "menu":
        return await person.choose(act.at, act.value, message=message, home=act.home, confirm=confirm)
    change = person.tick if act.ticked else person.untick
    return await change(act.at, act.value, message=message, home=act.home, confirm=confirm)


def _message(stage: Stage, act: _Use) -> Message | None:
    if not act.ts:
        return None
    message = stage.slack.message(act.channel, act.ts)
    if not message:
        raise NotShown("the message is gone")
    return message


def _told(answer: Answer | None) -> Json:
    """What Slack shows when the app did not answer well."""
    return _said("trouble") if answer and answer.error else {}


def _marked(stage: Stage, person: Person, answer: Answer | None) -> Json:
    """What Slack shows at an element whose app did not answer well."""
    failed = answer is not None and answer.error
    return {"mark": not_answered(stage.slack.users[person.id].locale, answer)} if answer and failed else {}


def _said(what: Said) -> Json:
    return {"said": what}
