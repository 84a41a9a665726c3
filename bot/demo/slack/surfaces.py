"""Messages, views and answers to a look-up: what Slack would refuse is refused here, with the place where it is wrong.

Sources: Slack's reference pages for views, and the limits written down in `slack_sdk`.
"""

from collections import Counter
from typing import Any

from bot.demo.slack.blocks import blocks_of
from bot.demo.slack.elements import OPTION_GROUPS, OPTIONS, plain_text
from bot.demo.slack.layout import interactive
from bot.demo.slack.refusals import Json
from bot.demo.slack.shapes import Check, Problems, Variants, anything, boolean, one_of, several, shape, string


def _across(blocks: list[Json], path: str, problems: Problems) -> None:
    """What concerns several blocks at once."""
    counted = Counter(block["block_id"] for block in blocks if "block_id" in block)
    for block_id in (block_id for block_id, times in counted.items() if times > 1):
        problems.note(path, f"`block_id` already exists: {block_id}")
    if sum(1 for block in blocks if block["type"] == "table") > 1:
        problems.note(path, "only one table is allowed in a message")
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > 12_000:
        problems.note(path, "markdown blocks must have less than 12001 characters together")
    if sum(1 for _, element in interactive(blocks) if element.get("focus_on_load")) > 1:
        problems.note(path, "only one element may have `focus_on_load`")


def _check_blocks(blocks: Any, surface: str, limit: int, path: str, problems: Problems) -> None:
    before = len(problems.messages)
    several(blocks_of(surface), limit, 0 if surface == "message" else 1)(blocks, path, problems)
    if len(problems.messages) == before:
        _across(blocks, path, problems)


def message_problems(blocks: Any) -> tuple[str, ...]:
    """What Slack has against these blocks in a message; nothing when it takes them."""
    problems = Problems()
    _check_blocks(blocks, "message", 50, "/blocks", problems)
    return tuple(problems.messages)


_HOME: dict[str, Check] = {
    "type": one_of("home"),
    "blocks": anything,  # looked at by itself: its limits go by the surface
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_VIEWS = Variants(
    {
        "home": shape(_HOME, "blocks"),
        "modal": shape(
            {
                **_HOME,
                "type": one_of("modal"),
                "title": plain_text(24),
                "submit": plain_text(24),
                "close": plain_text(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
            "title",
            "blocks",
        ),
    }
)


def view_problems(view: Any, surface: str) -> tuple[str, ...]:
    """What Slack has against this view as a `modal` or a `home`; nothing when it takes it."""
    problems = Problems()
    _VIEWS(view, "/view", problems)
    if isinstance(view, dict) and view.get("type") != surface:
        problems.note("/view/type", f"must be one of: {surface}")
    if not problems.messages:
        _check_blocks(view["blocks"], surface, 100, "/view/blocks", problems)
    if not problems.messages and surface == "modal" and "submit" not in view:
        for index, block in enumerate(view["blocks"]):
            if block["type"] == "input":
                problems.note(f"/view/blocks/{index}", "`submit` is required when an `input` block is within blocks")
                break
    return tuple(problems.messages)


def suggestion_problems(answer: Json) -> tuple[str, ...]:
    """What Slack has against the answer to an option look-up."""
    problems = Problems()
    if ("options" in answer) == ("option_groups" in answer):
        problems.note("", "must define either `options` or `option_groups`")
    shape({"options": OPTIONS, "option_groups": OPTION_GROUPS})(answer, "", problems)
    return tuple(problems.messages)
