"""Finds on a surface what a person means by its words, and says what Slack itself would not accept."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.demo.slack.client import says
from bot.demo.slack.elements import options_of, same_option
from bot.demo.slack.entries import is_entered, is_plural, state_key
from bot.demo.slack.layout import interactive
from bot.demo.slack.reading import plain_text
from bot.demo.slack.records import State, View
from bot.demo.slack.refusals import Json


class NotShown(AssertionError):
    """A person is to use what they cannot see."""


@dataclass(frozen=True)
class Field:
    """An element with the words by which a person knows it."""

    label: str
    block: Json
    element: Json

    @property
    def names(self) -> set[str]:
        """What it is called: by its words, and by those that are read aloud for it (Slack: `accessibility_label`)."""
        return {self.label, str(self.element.get("accessibility_label", self.label))}

    @property
    def kind(self) -> str:
        """The type of the element."""
        return str(self.element["type"])

    @property
    def block_id(self) -> str:
        """Of the block it is in."""
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        """Of the element."""
        return str(self.element["action_id"])

    @property
    def dispatches(self) -> bool:
        """Whether using it tells the app at once (Slack: inputs do so only with `dispatch_action`)."""
        return self.block["type"] != "input" or bool(self.block.get("dispatch_action"))

    def state(self, values: State) -> Json:
        """What is entered in it."""
        return values.get(self.block_id, {}).get(self.action_id) or {"type": self.kind}

    def entered(self, values: State) -> Any:
        """What is entered in it, without the wrapping."""
        return self.state(values).get(state_key(self.kind))


class FormIncomplete(AssertionError):
    """Slack keeps the form open and sends nothing: what is wrong, by label and by block id."""

    def __init__(self, problems: Sequence[tuple[Field, str]]) -> None:
        super().__init__("; ".join(f"{one.label}: {problem}" for one, problem in problems))
        self.problems = {one.label: problem for one, problem in problems}
        self.errors = {one.block_id: problem for one, problem in problems}


class ConfirmFirst(AssertionError):
    """An element asks before it acts; its message is what it asks."""


def fields(blocks: Iterable[Json]) -> list[Field]:
    """Everything on a surface that a person can use."""
    return [Field(_label(block, element), block, element) for block, element in interactive(blocks)]


def _label(block: Json, element: Json) -> str:
    if element["type"] in {"button", "workflow_button", "icon_button"}:
        return str(element["text"]["text"])
    if block["type"] == "input":
        return str(block["label"]["text"])
    if block["type"] == "section" and "text" in block:
        return plain_text([{"type": "section", "text": block["text"]}])
    return str(element.get("placeholder", {}).get("text", ""))


def goes_on(found: Field, *, confirm: bool | None) -> bool:
    """Whether a person goes on after what an element asks, if it asks at all."""
    dialog = found.element.get("confirm")
    if dialog and confirm is None:
        raise ConfirmFirst(" / ".join(dialog[part]["text"] for part in ("title", "text", "confirm", "deny")))
    if confirm is not None and not dialog:
        raise NotShown(f"[{found.label}] asks for no confirmation")
    return confirm is not False


@dataclass(frozen=True)
class At:
    """An element by its ids, for those who point at it instead of saying its words.

    Where the app gives no `block_id`, a message that was updated in the meantime has others (Slack makes them up), and
    wants others: a button is known by its `value` then.
    """

    block_id: str
    action_id: str
    value: str = ""


def field(blocks: Iterable[Json], label: str | At, kinds: Iterable[str]) -> Field:
    """What is called like this: exactly, or else by a part of its words that names no other.

    Raises:
        NotShown: nothing of these types, or several.
    """
    wanted = set(kinds)
    there = [one for one in fields(blocks) if one.kind in wanted]
    if isinstance(label, At):
        of_action = [one for one in there if one.action_id == label.action_id]
        pointed_at = [one for one in of_action if one.block_id == label.block_id]
        pointed_at += [one for one in of_action if label.value and one.element.get("value") == label.value]
        if not pointed_at:
            raise NotShown("this is not there any more")
        return pointed_at[0]
    exact = [one for one in there if label in one.names]
    found = exact or [one for one in there if any(label.casefold() in name.casefold() for name in one.names)]
    if len(found) != 1:
        shown = ", ".join(repr(" / ".join(sorted(one.names))) for one in there) or "nothing of that kind"
        raise NotShown(f"{label!r} names {len(found)} things; there are: {shown}")
    return found[0]


def option(options: Sequence[Json], choice: str) -> Json:
    """The option that reads like this: its words or value exactly, or else a part of its words that names no other.

    Raises:
        NotShown: none or several.
    """
    exact = [one for one in options if choice in {one["text"]["text"], one.get("value")}]
    found = exact or [one for one in options if choice.casefold() in one["text"]["text"].casefold()]
    if len(found) != 1:
        shown = ", ".join(repr(one["text"]["text"]) for one in options) or "no options"
        raise NotShown(f"{choice!r} names {len(found)} options; there are: {shown}")
    return found[0]


def fixed_options(found: Field) -> list[Json]:
    """The options that came with an element."""
    return options_of(found.element)


def with_choice(found: Field, values: State, choice: Any) -> Json:
    """The state of a field with something chosen: added where several can be, None to choose nothing."""
    key = state_key(found.kind)
    if not is_plural(found.kind):
        return {"type": found.kind, key: choice}
    before = found.entered(values) or []
    if choice is None:
        return {"type": found.kind, key: []}
    return {"type": found.kind, key: [*(one for one in before if not _same(one, choice)), choice]}


def without_choice(found: Field, values: State, choice: Any) -> Json:
    """The state of a field with one of several choices taken back."""
    key = state_key(found.kind)
    return {"type": found.kind, key: [one for one in found.entered(values) or [] if not _same(one, choice)]}


def _same(one: Any, other: Any) -> bool:
    return same_option(one, other) if isinstance(one, dict) else bool(one == other)


def check_complete(view: View, locale: str) -> None:
    """What Slack checks itself before it sends a form, and says in the language of whoever fills it in.

    Raises:
        FormIncomplete: an input that is not optional is empty, or something is of the wrong length, range or form.
    """
    problems: list[tuple[Field, str]] = []
    for one in fields(view.blocks):
        if one.block["type"] != "input" or not is_entered(one.kind):
            continue
        value = one.entered(view.values)
        empty = value in (None, "", [])
        if empty and not one.block.get("optional"):
            problems.append((one, says(locale, "required")))
        elif not empty:
            problem = _problem(one.element, value, locale)
            if problem:
                problems.append((one, problem))
    if problems:
        raise FormIncomplete(problems)


def _problem(element: Json, value: Any, locale: str) -> str:
    kind = element["type"]
    if kind == "number_input":
        return _number_problem(element, value, locale)
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return says(locale, "email")
    if kind == "url_text_input" and not re.fullmatch(r"https?://\S+", value):
        return says(locale, "url")
    shortest, longest = element.get("min_length", 0), element.get("max_length", 3000)
    if kind == "plain_text_input" and not shortest <= len(value) <= longest:
        return says(locale, "length", low=shortest, high=longest)
    if isinstance(value, list) and len(value) > element.get("max_selected_items", math.inf):
        return says(locale, "too many", most=element["max_selected_items"])
    return ""


def _number_problem(element: Json, value: str, locale: str) -> str:
    if not re.fullmatch(r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+", value):
        return says(locale, "number")
    low, high = float(element.get("min_value", -math.inf)), float(element.get("max_value", math.inf))
    return "" if low <= float(value) <= high else says(locale, "range", low=f"{low:g}", high=f"{high:g}")
