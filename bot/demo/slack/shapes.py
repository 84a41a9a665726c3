"""The words in which Block Kit is written down: a check looks at one value and notes what is wrong, and where."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


class Problems:
    """What is wrong, each with a JSON pointer, as Slack tells it in `response_metadata.messages`."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def note(self, path: str, message: str) -> None:
        """One more thing is wrong."""
        self.messages.append(f"{message} [json-pointer:{path or '/'}]")


Check = Callable[[Any, str, Problems], None]
"""Looks at a value at a path and notes its problems."""


def string(at_most: int, at_least: int = 1) -> Check:
    """A string of so many characters."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.note(path, "must provide a string")
        elif len(value) > at_most:
            problems.note(path, f"must be less than {at_most + 1} characters")
        elif len(value) < at_least:
            problems.note(path, f"must be more than {at_least - 1} characters")

    return check


def matching(pattern: str) -> Check:
    """A string of a form."""
    form = re.compile(pattern)

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str) or not form.fullmatch(value):
            problems.note(path, f"must match {pattern}")

    return check


def whole(low: int, high: int) -> Check:
    """A whole number in a range."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            problems.note(path, f"must be an integer from {low} to {high}")

    return check


def boolean(value: Any, path: str, problems: Problems) -> None:
    """True or false."""
    if not isinstance(value, bool):
        problems.note(path, "must provide a boolean")


def anything(value: Any, path: str, problems: Problems) -> None:
    """What Slack does not document closely enough to be held to it."""


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if value not in allowed:
            problems.note(path, f"must be one of: {', '.join(allowed)}")

    return check


def several(item: Check, at_most: int, at_least: int = 1) -> Check:
    """A list."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.note(path, "must provide an array")
            return
        if len(value) > at_most:
            problems.note(path, f"no more than {at_most} items allowed")
        if len(value) < at_least:
            problems.note(path, f"no fewer than {at_least} items allowed")
        for index, one in enumerate(value):
            item(one, f"{path}/{index}", problems)

    return check


@dataclass(frozen=True)
class Shape:
    """An object: its fields, those it must have, and rules between them (asked only once its fields are right)."""

    fields: Mapping[str, Check]
    required: frozenset[str] = frozenset()
    rules: tuple[Check, ...] = field(default=())

    def __call__(self, value: Any, path: str, problems: Problems) -> None:
        """Looks at an object."""
        if not isinstance(value, dict):
            problems.note(path, "must provide an object")
            return
        before = len(problems.messages)
        for name in sorted(self.required - value.keys()):
            problems.note(path, f"missing required field: {name}")
        for name in sorted(value.keys() - self.fields.keys()):
            problems.note(path, f"invalid additional property: {name}")
        for name, check in self.fields.items():
            if name in value:
                check(value[name], f"{path}/{name}", problems)
        if len(problems.messages) == before:
            for rule in self.rules:
                rule(value, path, problems)


@dataclass(frozen=True)
class Variants:
    """An object whose `type` says which of several shapes it has."""

    shapes: Mapping[str, Check]

    def __call__(self, value: Any, path: str, problems: Problems) -> None:
        """Looks at an object of any of these types."""
        if not isinstance(value, dict):
            problems.note(path, "must provide an object")
        elif not isinstance(value.get("type"), str):
            problems.note(path, "missing required field: type")
        elif value["type"] not in self.shapes:
            problems.note(f"{path}/type", f"unsupported type: {value['type']}")
        else:
            self.shapes[value["type"]](value, path, problems)


def shape(fields: Mapping[str, Check], *required: str, rules: tuple[Check, ...] = ()) -> Shape:
    """An object with these fields, of which some are required."""
    return Shape(fields, frozenset(required), rules)
