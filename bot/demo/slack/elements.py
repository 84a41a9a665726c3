"""Block Kit's elements and composition objects with their limits, and where Slack allows which.

Sources: Slack's reference pages for block elements and composition objects, and the limits written down in `slack_sdk`.
"""

from typing import Any

from bot.demo.slack.shapes import (
    Check,
    Problems,
    Shape,
    Variants,
    anything,
    boolean,
    matching,
    one_of,
    several,
    shape,
    string,
    whole,
)

ID = string(255)
"""Slack: `block_id`, `action_id` <= 255."""

URL = string(3000)


def plain_text(at_most: int) -> Shape:
    """Text without markup."""
    return shape({"type": one_of("plain_text"), "text": string(at_most), "emoji": boolean}, "type", "text")


def mrkdwn(at_most: int) -> Shape:
    """Text with Slack's markup."""
    return shape({"type": one_of("mrkdwn"), "text": string(at_most), "verbatim": boolean}, "type", "text")


def any_text(at_most: int) -> Variants:
    """Text of either kind."""
    return Variants({"plain_text": plain_text(at_most), "mrkdwn": mrkdwn(at_most)})


CONFIRM = shape(
    {
        "title": plain_text(100),
        "text": any_text(300),
        "confirm": plain_text(30),
        "deny": plain_text(30),
        "style": one_of("primary", "danger"),
    },
    "title",
    "text",
    "confirm",
    "deny",
)

_SELECT_OPTION = shape({"text": plain_text(75), "value": string(150), "description": plain_text(75)}, "text", "value")
_OVERFLOW_OPTION = Shape({**_SELECT_OPTION.fields, "url": URL}, _SELECT_OPTION.required)
_TICK_OPTION = shape({"text": any_text(75), "value": string(150), "description": any_text(75)}, "text", "value")


def options_of(element: dict[str, Any]) -> list[dict[str, Any]]:
    """All options of an element, those in groups included."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def same_option(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two options are the same to Slack: what it adds by itself (`emoji`) does not count."""
    return bool(one["value"] == other["value"] and one["text"]["text"] == other["text"]["text"])


def _unique_values(element: Any, path: str, problems: Problems) -> None:
    values = [option["value"] for option in options_of(element) if "value" in option]
    for value in sorted({value for value in values if values.count(value) > 1}):
        problems.note(path, f"duplicate option value: {value}")


def _initial_among_options(element: Any, path: str, problems: Problems) -> None:
    initial = [*element.get("initial_options", [])]
    if "initial_option" in element:
        initial.append(element["initial_option"])
    for one in initial:
        if not any(same_option(one, option) for option in options_of(element)):
            problems.note(path, f"initial option is not among the options: {one['value']}")


def _options_or_groups(element: Any, path: str, problems: Problems) -> None:
    if ("options" in element) == ("option_groups" in element):
        problems.note(path, "must define either `options` or `option_groups`")


def _length_range(element: Any, path: str, problems: Problems) -> None:
    low, high, text = element.get("min_length", 0), element.get("max_length", 3000), element.get("initial_value", "")
    if low > high:
        problems.note(path, "min_length must not be greater than max_length")
    if len(text) > high:
        problems.note(f"{path}/initial_value", f"must be less than {high + 1} characters")


OPTIONS = several(_SELECT_OPTION, 100, 0)
"""What an option look-up may answer; none at all reads as `No results`."""

OPTION_GROUPS = several(shape({"label": plain_text(75), "options": OPTIONS}, "label", "options"), 100, 0)

_GROUPS = several(shape({"label": plain_text(75), "options": several(_SELECT_OPTION, 100)}, "label", "options"), 100)
_NUMBER = matching(r"-?\d+(\.\d+)?")
_FILTER = shape(
    {
        "include": several(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    }
)
_ASKS: dict[str, Check] = {"action_id": ID, "focus_on_load": boolean, "confirm": CONFIRM}
_PLACEHOLDER: dict[str, Check] = {"placeholder": plain_text(150)}
_TYPED: dict[str, Check] = {
    "action_id": ID,
    "focus_on_load": boolean,
    "dispatch_action_config": shape(
        {"trigger_actions_on": several(one_of("on_enter_pressed", "on_character_entered"), 2)}
    ),
    **_PLACEHOLDER,
}


def _element(kind: str, fields: dict[str, Check], *required: str, rules: tuple[Check, ...] = ()) -> Shape:
    return shape({"type": one_of(kind), **fields}, "type", *required, rules=rules)


def _select(kind: str, fields: dict[str, Check], *required: str, rules: tuple[Check, ...] = ()) -> Shape:
    many: dict[str, Check] = {"max_selected_items": whole(1, 10_000)} if kind.startswith("multi_") else {}
    return _element(kind, {**_ASKS, **_PLACEHOLDER, **many, **fields}, *required, rules=rules)


_STATIC_RULES = (_options_or_groups, _unique_values, _initial_among_options)
_STATIC: dict[str, Check] = {"options": several(_SELECT_OPTION, 100), "option_groups": _GROUPS}
_CONVERSATIONS: dict[str, Check] = {"default_to_current_conversation": boolean, "filter": _FILTER}

ELEMENTS: dict[str, Shape] = {
    "button": _element(
        "button",
        {
            "action_id": ID,
            "text": plain_text(75),
            "url": URL,
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
        "text",
    ),
    "workflow_button": _element(
        "workflow_button",
        {
            "action_id": ID,
            "text": plain_text(75),
            "workflow": anything,
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
        "text",
        "workflow",
    ),
    "icon_button": _element(
        "icon_button",
        {
            "action_id": ID,
            "icon": one_of("trash"),
            "text": plain_text(75),
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": several(string(255), 1000),
        },
        "icon",
        "text",
    ),
    "feedback_buttons": _element(
        "feedback_buttons",
        {"action_id": ID, "positive_button": anything, "negative_button": anything},
        "positive_button",
        "negative_button",
    ),
    "overflow": _element(
        "overflow",
        {"action_id": ID, "options": several(_OVERFLOW_OPTION, 5), "confirm": CONFIRM},
        "options",
        rules=(_unique_values,),
    ),
    "checkboxes": _element(
        "checkboxes",
        {**_ASKS, "options": several(_TICK_OPTION, 10), "initial_options": several(_TICK_OPTION, 10)},
        "options",
        rules=_STATIC_RULES[1:],
    ),
    "radio_buttons": _element(
        "radio_buttons",
        {**_ASKS, "options": several(_TICK_OPTION, 10), "initial_option": _TICK_OPTION},
        "options",
        rules=_STATIC_RULES[1:],
    ),
    "static_select": _select("static_select", {**_STATIC, "initial_option": _SELECT_OPTION}, rules=_STATIC_RULES),
    "multi_static_select": _select(
        "multi_static_select", {**_STATIC, "initial_options": several(_SELECT_OPTION, 100)}, rules=_STATIC_RULES
    ),
    "external_select": _select(
        "external_select", {"initial_option": _SELECT_OPTION, "min_query_length": whole(0, 1000)}
    ),
    "multi_external_select": _select(
        "multi_external_select",
        {"initial_options": several(_SELECT_OPTION, 100), "min_query_length": whole(0, 1000)},
    ),
    "users_select": _select("users_select", {"initial_user": ID}),
    "multi_users_select": _select("multi_users_select", {"initial_users": several(ID, 1000)}),
    "channels_select": _select("channels_select", {"initial_channel": ID, "response_url_enabled": boolean}),
    "multi_channels_select": _select("multi_channels_select", {"initial_channels": several(ID, 1000)}),
    "conversations_select": _select(
        "conversations_select",
        {"initial_conversation": ID, "response_url_enabled": boolean, **_CONVERSATIONS},
    ),
    "multi_conversations_select": _select(
        "multi_conversations_select", {"initial_conversations": several(ID, 1000), **_CONVERSATIONS}
    ),
    "datepicker": _element("datepicker", {**_ASKS, **_PLACEHOLDER, "initial_date": matching(r"\d{4}-\d\d-\d\d")}),
    "timepicker": _element(
        "timepicker", {**_ASKS, **_PLACEHOLDER, "initial_time": matching(r"\d\d:\d\d"), "timezone": string(255)}
    ),
    "datetimepicker": _element("datetimepicker", {**_ASKS, "initial_date_time": whole(10**9, 10**10 - 1)}),
    "plain_text_input": _element(
        "plain_text_input",
        {
            **_TYPED,
            "initial_value": string(3000, 0),
            "multiline": boolean,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        rules=(_length_range,),
    ),
    "email_text_input": _element("email_text_input", {**_TYPED, "initial_value": string(3000, 0)}),
    "url_text_input": _element("url_text_input", {**_TYPED, "initial_value": string(3000, 0)}),
    "number_input": _element(
        "number_input",
        {
            **_TYPED,
            "is_decimal_allowed": boolean,
            "initial_value": _NUMBER,
            "min_value": _NUMBER,
            "max_value": _NUMBER,
        },
        "is_decimal_allowed",
    ),
    "rich_text_input": _element(
        "rich_text_input",
        {**_TYPED, "initial_value": anything, "min_lines": whole(1, 100), "max_lines": whole(1, 100)},
    ),
    "file_input": _element(
        "file_input", {"action_id": ID, "filetypes": several(string(255), 1000), "max_files": whole(1, 10)}
    ),
    "image": _element("image", {"alt_text": string(2000), "image_url": URL, "slack_file": anything}, "alt_text"),
    "mrkdwn": mrkdwn(3000),
    "plain_text": plain_text(3000),
}

_PICKERS = {"checkboxes", "datepicker", "radio_buttons", "timepicker"}
_SINGLE = {"static_select", "external_select", "users_select", "channels_select", "conversations_select"}
_MULTI = {f"multi_{kind}" for kind in _SINGLE}
_MODAL_ONLY = {"email_text_input", "file_input", "number_input", "url_text_input"}
_NOT_AT_HOME = {"datetimepicker", "workflow_button"}

_PLACES: dict[str, set[str]] = {
    "section": {"button", "image", "overflow", "workflow_button"} | _PICKERS | _SINGLE | _MULTI,
    "actions": {"button", "datetimepicker", "overflow", "workflow_button"} | _PICKERS | _SINGLE,
    "input": {"datetimepicker", "plain_text_input", "rich_text_input"} | _MODAL_ONLY | _PICKERS | _SINGLE | _MULTI,
    "context": {"image", "mrkdwn", "plain_text"},
    "context_actions": {"feedback_buttons", "icon_button"},
}
"""Slack: block elements, "Works with block types"."""


def elements_for(block_type: str, surface: str) -> Variants:
    """The elements that Slack allows in a block on a surface (`message`, `modal`, `home`)."""
    allowed = set(_PLACES[block_type])
    if surface != "modal":
        allowed -= _MODAL_ONLY
    if surface == "home":
        allowed -= _NOT_AT_HOME
    if surface == "modal":
        allowed.discard("workflow_button")
    return Variants({kind: ELEMENTS[kind] for kind in sorted(allowed)})
