"""Acts as a person: types commands, fills in forms by their labels, presses buttons by their words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from bot.demo.slack.entries import changed, entered, state_key
from bot.demo.slack.form import (
    At,
    Field,
    FormIncomplete,
    NotShown,
    check_complete,
    field,
    fields,
    fixed_options,
    goes_on,
    option,
    with_choice,
    without_choice,
)
from bot.demo.slack.line import Line
from bot.demo.slack.menus import EXTERNAL, FIXED, PICKED, Menus
from bot.demo.slack.offered import Option, grouped
from bot.demo.slack.records import Message, State, View
from bot.demo.slack.refusals import Json, Refusal
from bot.demo.slack.requests import Answer, Transport
from bot.demo.slack.workspace import Workspace

_TYPED = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
_DATED = ("datepicker", "timepicker", "datetimepicker")
_CHOSEN = (*EXTERNAL, *FIXED, *PICKED, *_DATED)
_SEVERAL = ("checkboxes", *(kind for kind in _CHOSEN if kind.startswith("multi_")))
_PRESSED = ("button", "workflow_button", "icon_button")


class Acted(NamedTuple):
    """A person did something (payload of `person.acted`)."""

    user_id: str
    did: str


class Person:
    """One person in front of Slack.

    What they use must be there to be seen: `NotShown` tells what there is instead. It is named by its words, or
    pointed at where words may name several.
    """

    def __init__(self, workspace: Workspace, transport: Callable[[], Transport], user_id: str) -> None:
        self.id = user_id
        self._workspace = workspace
        self._line = Line(workspace, transport, user_id)
        self._menus = Menus(workspace, self._line)
        self._in_messages: dict[tuple[str, str], State] = {}  # what is entered in messages, by channel and ts

    @property
    def view(self) -> View | None:
        """The modal in front, if any is open."""
        return self._workspace.views.top(self.id)

    @property
    def values(self) -> Mapping[str, Any]:
        """What is entered in the modal in front: label -> text, option text or list of these; None when empty."""
        view = self._front()
        shown = (one for one in fields(view.blocks) if one.action_id in view.values.get(one.block_id, {}))
        return {one.label: _readable(one.entered(view.values)) for one in shown}

    async def command(self, command: str, text: str = "", *, channel: str = "") -> Answer:
        """Types a slash command in a channel (default: in the direct messages with the bot)."""
        place = channel or self._workspace.dm(self.id).id
        self._acted(f"{command} {text}".strip())
        return await self._line.command(command, text, place)

    async def shortcut(self, callback_id: str) -> Answer:
        """Chooses a global shortcut."""
        self._acted(f"shortcut {callback_id}")
        return await self._line.shortcut(callback_id)

    async def message_shortcut(self, callback_id: str, message: Message) -> Answer:
        """Chooses a shortcut in the menu of a message."""
        self._acted(f"message shortcut {callback_id}")
        return await self._line.message_shortcut(callback_id, message)

    async def open_home(self) -> Answer:
        """Opens the app's Home tab."""
        self._acted("opens the Home tab")
        return await self._line.home_opened()

    async def press(
        self,
        text: str | At,
        *,
        message: Message | None = None,
        view: bool = False,
        home: bool = False,
        confirm: bool | None = None,
    ) -> Answer:
        """Presses a button by its words.

        Args:
            text: on the button, or what is read aloud for it.
            message: where, as the person saw it: a button that an edit has since removed can still be pressed on
                the copy from before. Without it: in the modal in front.
            view: in the modal in front, said aloud.
            home: in the Home tab.
            confirm: the answer to the button's dialog; False presses nothing.

        Raises:
            ConfirmFirst: the button asks, and `confirm` does not say what is answered.
        """
        if view and (message or home):
            raise ValueError("a button is pressed in one place")
        place = self._place(message, home=home)
        found = field(place.blocks, text, _PRESSED)
        if not goes_on(found, confirm=confirm):
            return Answer()
        self._acted(f"presses [{found.label}]")
        return await self._line.used(place, found, self.entered_in(place))

    async def choose(
        self,
        label: str | At,
        choice: str | None,
        *,
        message: Message | None = None,
        home: bool = False,
        confirm: bool | None = None,
    ) -> Answer | None:
        """Chooses in a menu, radio buttons or a picker, by words or value; one more where several can be chosen.

        An external menu is searched unless `search` has just shown the choice. None clears an optional field.
        Returns the app's answer where it is told at once.

        Raises:
            ConfirmFirst: the element asks, and `confirm` does not say what is answered.
        """
        place, found = self._found(label, _CHOSEN, message, home=home)
        if not goes_on(found, confirm=confirm):
            return None
        picked = None if choice is None else await self._menus.picked(place, found, self.entered_in(place), choice)
        self._acted(f"chooses {choice!r} in {found.label!r}")
        if found.kind == "overflow":
            return await self._line.used(place, found, self.entered_in(place), selected_option=picked)
        return await self._enter(place, found, with_choice(found, self.entered_in(place), picked))

    async def search(
        self, label: str | At, query: str = "", *, message: Message | None = None, home: bool = False
    ) -> list[Option]:
        """Opens an external menu and types; nothing is asked below its `min_query_length` (Slack's default: 3)."""
        place, found = self._found(label, EXTERNAL, message, home=home)
        return [
            Option(one["text"]["text"], one["value"], one.get("description", {}).get("text", ""), group)
            for group, options in grouped(await self._menus.search(place, found, self.entered_in(place), query))
            for one in options
        ]

    async def fill(self, label: str | At, text: str, *, enter: bool = False) -> Answer | None:
        """Types into an input of the modal in front, and presses Enter if told to.

        Returns the app's answer where it is told at once.
        """
        view = self._front()
        found = field(view.blocks, label, _TYPED)
        state = {"type": found.kind, "value": text or None}
        self._acted(f"types {text!r} in {found.label!r}")
        config = found.element.get("dispatch_action_config", {})
        told_on = config.get("trigger_actions_on", ["on_enter_pressed"])
        now = "on_character_entered" in told_on or (enter and "on_enter_pressed" in told_on)
        return await self._enter(view, found, state, tell=now)

    async def tick(
        self,
        label: str | At,
        text: str,
        *,
        message: Message | None = None,
        home: bool = False,
        confirm: bool | None = None,
    ) -> Answer | None:
        """Ticks the box whose words these are part of.

        Raises:
            ConfirmFirst: the boxes ask, and `confirm` does not say what is answered.
        """
        place, found = self._found(label, ("checkboxes",), message, home=home)
        if not goes_on(found, confirm=confirm):
            return None
        box = option(fixed_options(found), text)
        self._acted(f"ticks {text!r} in {found.label!r}")
        return await self._enter(place, found, with_choice(found, self.entered_in(place), box))

    async def untick(
        self,
        label: str | At,
        text: str,
        *,
        message: Message | None = None,
        home: bool = False,
        confirm: bool | None = None,
    ) -> Answer | None:
        """Takes back one of several choices: a tick, or what was chosen in a menu, by its words or value.

        Raises:
            ConfirmFirst: the element asks, and `confirm` does not say what is answered.
        """
        place, found = self._found(label, _SEVERAL, message, home=home)
        if not goes_on(found, confirm=confirm):
            return None
        chosen = found.entered(self.entered_in(place)) or []
        taken = self._menus.id_of(text) if found.kind in PICKED else option(chosen, text)
        self._acted(f"takes back {text!r} in {found.label!r}")
        return await self._enter(place, found, without_choice(found, self.entered_in(place), taken))

    async def submit(self) -> dict[str, str]:
        """Sends the form in front, and lets Slack do what the app answers.

        Returns the errors shown: label -> text; under "" what Slack says itself when the app does not answer well.
        Nothing when the form was taken.

        Raises:
            FormIncomplete: Slack does not send it.
        """
        view = self._front()
        if not view.content.get("submit"):
            raise NotShown(f"{view.title!r} has no submit button")
        try:
            check_complete(view, self._workspace.users[self.id].locale)
        except FormIncomplete as incomplete:
            self._workspace.views.show_errors(view, incomplete.errors)
            raise
        self._acted(f"submits {view.title!r}")
        return await self._line.submitted(view)

    async def close(self, *, everything: bool = False) -> None:
        """Closes the modal in front, or all of them with the X; the app is told where it wants to be."""
        front = self._front()
        clears = everything or bool(front.content.get("clear_on_close"))
        closed = self._workspace.views.stack(self.id)[::-1] if clears else [front]
        self._acted(f"closes {front.title!r}")
        self._workspace.views.close(closed[-1])
        for view in closed:
            if view.content.get("notify_on_close"):
                await self._line.closed(view, cleared=clears)

    def entered_in(self, place: Message | View) -> State:
        """What this person entered on a surface."""
        if isinstance(place, View):
            return place.values
        return entered(place.blocks, self._in_messages.get((place.channel, place.ts), {}))

    def _front(self) -> View:
        if not self.view:
            raise NotShown(f"no form is open for {self.id}")
        return self.view

    def _found(
        self, label: str | At, kinds: Iterable[str], message: Message | None, *, home: bool
    ) -> tuple[Message | View, Field]:
        place = self._place(message, home=home)
        return place, field(place.blocks, label, kinds)

    def _place(self, message: Message | None, *, home: bool = False) -> Message | View:
        if message:
            return message
        if not home:
            return self._front()
        published = self._workspace.home(self.id)
        if not published:
            raise NotShown(f"nothing is published in the Home tab of {self.id}")
        return published

    async def _enter(self, place: Message | View, found: Field, state: Json, *, tell: bool = True) -> Answer | None:
        """Changes what is entered, and tells the app where it wants to know at once."""
        if isinstance(place, View):
            try:
                place = self._workspace.views.enter(place, found.block_id, found.action_id, state)
            except Refusal as closed:
                raise NotShown(f"the form of {self.id} was closed meanwhile") from closed
        else:
            values = changed(self.entered_in(place), found.block_id, found.action_id, state)
            self._in_messages[place.channel, place.ts] = values
        if not (found.dispatches and tell):
            return None
        key = state_key(found.kind)
        return await self._line.used(place, found, self.entered_in(place), **{key: state[key]})

    def _acted(self, did: str) -> None:
        self._workspace.changes.tell("person.acted", Acted(self.id, did))


def _readable(value: Any) -> Any:
    if isinstance(value, list):
        return [_readable(one) for one in value]
    return value["text"]["text"] if isinstance(value, dict) and "text" in value else value
