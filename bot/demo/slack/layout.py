"""Walks through blocks, and completes them as Slack does before it stores them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from bot.demo.slack.refusals import Json

_NOT_INTERACTIVE = {"image", "mrkdwn", "plain_text"}


def elements(block: Json) -> list[Json]:
    """The elements in a block, in the order they are shown."""
    found = [block.get("accessory"), block.get("element"), *block.get("elements", []), *block.get("actions", [])]
    return [one for one in found if isinstance(one, dict) and "type" in one]


def interactive(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """Every block with each of its elements that a person can use."""
    for block in blocks:
        if block.get("type") in {"actions", "card", "context_actions", "input", "section"}:
            for element in elements(block):
                if element["type"] not in _NOT_INTERACTIVE:
                    yield block, element


def completed(blocks: Sequence[Json], new_id: Callable[[int], str]) -> list[Json]:
    """The blocks with the ids and defaults that Slack adds to what the app left out."""
    complete: list[Json] = [_with_defaults(block) for block in blocks]
    for block in complete:
        block.setdefault("block_id", new_id(5))
    for _, element in interactive(complete):
        element.setdefault("action_id", new_id(5))
    return complete


def _with_defaults(value: Any) -> Any:
    """A copy, down to the last element."""
    if isinstance(value, list):
        return [_with_defaults(item) for item in value]
    if not isinstance(value, dict):
        return value
    complete = {name: _with_defaults(item) for name, item in value.items()}
    if value.get("type") == "plain_text" and "text" in value:
        complete.setdefault("emoji", True)
    if value.get("type") == "mrkdwn" and "text" in value:
        complete.setdefault("verbatim", False)
    return complete
