"""Menus: what a person finds in them, by searching where the app brings the options, and picks by words or value."""

from typing import Any

from bot.demo.slack.entries import is_plural
from bot.demo.slack.form import Field, NotShown, fixed_options, option
from bot.demo.slack.line import Line
from bot.demo.slack.offered import flat
from bot.demo.slack.records import Message, State, View
from bot.demo.slack.refusals import Json
from bot.demo.slack.workspace import Workspace

EXTERNAL = ("external_select", "multi_external_select")
FIXED = ("static_select", "multi_static_select", "radio_buttons", "overflow")
PICKED = tuple(f"{many}{what}_select" for many in ("", "multi_") for what in ("users", "channels", "conversations"))


class Menus:
    """The menus in front of one person, each with what a search last found in it."""

    def __init__(self, workspace: Workspace, line: Line) -> None:
        self._workspace = workspace
        self._line = line
        self._offered: dict[tuple[str, str], list[Json]] = {}  # by block and action id

    async def search(self, place: Message | View, menu: Field, entered: State, query: str) -> list[Json]:
        """Opens an external menu and types; nothing is asked below its `min_query_length` (Slack's default: 3)."""
        if len(query) < menu.element.get("min_query_length", 3):
            return []
        offered = await self._line.suggestions(place, menu, entered, query)
        self._offered[menu.block_id, menu.action_id] = offered
        return offered

    async def picked(self, place: Message | View, menu: Field, entered: State, choice: str) -> Any:
        """What is chosen by words or value, as a payload says it.

        Raises:
            NotShown: it is not there.
        """
        if menu.kind in FIXED:
            return option(fixed_options(menu), choice)
        if menu.kind in EXTERNAL:
            return await self._found(place, menu, entered, choice)
        if menu.kind in PICKED:
            return self.id_of(choice)
        return int(choice) if menu.kind == "datetimepicker" else choice

    def id_of(self, name: str) -> str:
        """The id of somebody, or of a conversation, by name.

        Raises:
            NotShown: there is none of that name, or more than one.
        """
        named = [one for one, called in self._workspace.names().items() if name.lstrip("@#") in {one, called}]
        if len(named) != 1:
            raise NotShown(f"{name!r} names {len(named)} people or channels")
        return named[0]

    async def _found(self, place: Message | View, menu: Field, entered: State, choice: str) -> Json:
        key = (menu.block_id, menu.action_id)
        # A menu of which several can be chosen stays open, with what was found in it.
        offered = flat(self._offered.get(key, []) if is_plural(menu.kind) else self._offered.pop(key, []))
        if not any(choice in {one["text"]["text"], one["value"]} for one in offered):
            offered = flat(await self.search(place, menu, entered, choice))
        if not offered:
            offered = flat(await self.search(place, menu, entered, ""))
        return option(offered, choice)
