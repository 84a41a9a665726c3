"""Block Kit's blocks with their limits, one by one, by the surface that they appear on.

Sources: Slack's reference pages for blocks, and the limits written down in `slack_sdk`.
"""

from collections import Counter
from functools import cache
from typing import Any

from bot.demo.slack.elements import (
    ELEMENTS,
    ID,
    URL,
    any_text,
    elements_for,
    plain_text,
)
from bot.demo.slack.layout import elements
from bot.demo.slack.shapes import (
    Check,
    Problems,
    Shape,
    Variants,
    anything,
    boolean,
    one_of,
    several,
    shape,
    string,
)

_SURFACES: dict[str, str] = {
    "message": "actions card carousel container context context_actions data_table divider file header image input"
    " markdown plan rich_text section table task_card video",
    "modal": "actions alert card context divider header image input rich_text section video",
    "home": "actions card carousel container context data_table divider header image input rich_text section table"
    " video",
}
"""Slack: blocks, "Available in surfaces"."""

_RICH_TEXT_PARTS = one_of("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")


def _rich_text_part(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, dict):
        problems.note(path, "must provide an object")
    else:
        _RICH_TEXT_PARTS(value.get("type"), f"{path}/type", problems)
        several(anything, 10_000, 0)(value.get("elements"), f"{path}/elements", problems)


_RICH_TEXT = shape(
    {"type": one_of("rich_text"), "block_id": ID, "elements": several(_rich_text_part, 1000)}, "type", "elements"
)
_CELL = Variants(
    {
        "raw_text": shape({"type": anything, "text": string(20_000)}, "text"),
        "raw_number": shape({"type": anything, "value": anything, "text": string(20_000)}, "value"),
        "rich_text": _RICH_TEXT,
    }
)
_COLUMN = shape({"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _text_or_fields(block: Any, path: str, problems: Problems) -> None:
    if "text" not in block and "fields" not in block:
        problems.note(path, "must define either `text` or `fields`")


def _one_picture(block: Any, path: str, problems: Problems) -> None:
    if ("image_url" in block) == ("slack_file" in block):
        problems.note(path, "must define either `image_url` or `slack_file`")


def _something_to_show(block: Any, path: str, problems: Problems) -> None:
    if not {"hero_image", "title", "body", "actions"} & block.keys():
        problems.note(path, "must define one of `hero_image`, `title`, `body`, `actions`")


def _distinct_action_ids(block: Any, path: str, problems: Problems) -> None:
    counted = Counter(element["action_id"] for element in elements(block) if "action_id" in element)
    for action_id in (action_id for action_id, times in counted.items() if times > 1):
        problems.note(path, f"`action_id` already exists in this block: {action_id}")


def _block(kind: str, fields: dict[str, Check], *required: str, rules: tuple[Check, ...] = ()) -> Shape:
    return shape({"type": one_of(kind), "block_id": ID, **fields}, "type", *required, rules=rules)


_TASK = _block(
    "task_card",
    {
        "task_id": string(255),
        "title": string(3000),
        "details": _RICH_TEXT,
        "output": _RICH_TEXT,
        "sources": several(anything, 100, 0),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    "task_id",
    "title",
    "status",
)


def _standing_alone(task: Any, path: str, problems: Problems) -> None:
    """Only a task within a plan can be pending."""
    if task["status"] == "pending":
        problems.note(path, "a task card outside a plan cannot be pending")


_CARD = _block(
    "card",
    {
        "hero_image": ELEMENTS["image"],
        "icon": ELEMENTS["image"],
        "title": any_text(150),
        "subtitle": any_text(150),
        "body": any_text(200),
        "actions": several(ELEMENTS["button"], 3),
    },
    rules=(_something_to_show, _distinct_action_ids),
)

_PLAIN_BLOCKS: dict[str, Shape] = {
    "alert": _block(
        "alert",
        {"text": any_text(200), "level": one_of("default", "info", "warning", "error", "success")},
        "text",
    ),
    "card": _CARD,
    "carousel": _block("carousel", {"elements": several(_CARD, 10)}, "elements"),
    "data_table": _block(
        "data_table",
        {"rows": several(several(_CELL, 20), 201, 2), "column_settings": anything, "caption": string(150)},
        "rows",
    ),
    "divider": _block("divider", {}),
    "file": _block("file", {"external_id": ID, "source": one_of("remote")}, "external_id", "source"),
    "header": _block("header", {"text": plain_text(150)}, "text"),
    "image": _block(
        "image",
        {"alt_text": string(2000), "image_url": URL, "slack_file": anything, "title": plain_text(2000)},
        "alt_text",
        rules=(_one_picture,),
    ),
    "markdown": _block("markdown", {"text": string(12_000)}, "text"),
    "plan": _block("plan", {"title": string(3000), "tasks": several(_TASK, 100, 0)}, "title"),
    "rich_text": _RICH_TEXT,
    "table": _block(
        "table",
        {"rows": several(several(_CELL, 20), 100), "column_settings": several(_COLUMN, 20, 0)},
        "rows",
    ),
    "task_card": Shape(_TASK.fields, _TASK.required, (_standing_alone,)),
    "video": _block(
        "video",
        {
            "alt_text": string(2000),
            "video_url": URL,
            "thumbnail_url": URL,
            "title": plain_text(199),
            "title_url": URL,
            "description": plain_text(200),
            "provider_icon_url": URL,
            "provider_name": string(50),
            "author_name": string(49),
        },
        "alt_text",
        "video_url",
        "thumbnail_url",
        "title",
    ),
}


@cache
def blocks_of(surface: str) -> Variants:
    """The blocks that may appear on a surface."""
    holding: dict[str, Shape] = {
        "actions": _block(
            "actions",
            {"elements": several(elements_for("actions", surface), 25)},
            "elements",
            rules=(_distinct_action_ids,),
        ),
        "context": _block("context", {"elements": several(elements_for("context", surface), 10)}, "elements"),
        "context_actions": _block(
            "context_actions",
            {"elements": several(elements_for("context_actions", surface), 5)},
            "elements",
            rules=(_distinct_action_ids,),
        ),
        "input": _block(
            "input",
            {
                "label": plain_text(2000),
                "element": elements_for("input", surface),
                "hint": plain_text(2000),
                "dispatch_action": boolean,
                "optional": boolean,
            },
            "label",
            "element",
        ),
        "section": _block(
            "section",
            {
                "text": any_text(3000),
                "fields": several(any_text(2000), 10),
                "accessory": elements_for("section", surface),
                "expand": boolean,
            },
            rules=(_text_or_fields,),
        ),
    }
    every = {**_PLAIN_BLOCKS, **holding}
    every["container"] = _block(
        "container",
        {
            "child_blocks": several(Variants(dict(every)), 10),
            "title": any_text(150),
            "rich_text_title": _RICH_TEXT,
            "subtitle": any_text(150),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": ELEMENTS["image"],
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        "child_blocks",
    )
    return Variants({kind: every[kind] for kind in _SURFACES[surface].split()})
