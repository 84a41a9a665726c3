"""What is entered in a form: the state of every element, at first and after the app has replaced the view."""

from collections.abc import Iterable
from typing import Any

from bot.demo.slack.elements import options_of, same_option
from bot.demo.slack.layout import interactive
from bot.demo.slack.records import State
from bot.demo.slack.refusals import Json

_INITIALS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
"""Element type -> where its state holds what is entered, and where the element says what that is at first."""


def is_entered(kind: str) -> bool:
    """Whether elements of this type hold something; buttons and overflow menus do not."""
    return kind in _INITIALS


def state_key(kind: str) -> str:
    """Where the state of such an element holds what is entered: `value`, `selected_option`, …"""
    return _INITIALS[kind][0]


def is_plural(kind: str) -> bool:
    """Whether several can be chosen."""
    return state_key(kind).endswith("s")


def _initial(element: Json, origin: str) -> Json:
    key, initial = _INITIALS[element["type"]]
    value: Any = element.get(initial)
    if element.get("default_to_current_conversation") and origin and value is None:
        value = [origin] if is_plural(element["type"]) else origin
    if value is None and is_plural(element["type"]):
        value = []
    return {"type": element["type"], key: value}


def _still_offered(element: Json, state: Json) -> bool:
    """Whether what was chosen is still among the options; others than fixed options always are."""
    if "options" not in element and "option_groups" not in element:
        return True
    chosen = state.get("selected_options") or [option for option in [state.get("selected_option")] if option]
    return all(any(same_option(one, option) for option in options_of(element)) for one in chosen)


def entered(blocks: Iterable[Json], kept: State, origin: str = "") -> State:
    """The state of every element.

    What was entered stays where `block_id` and `action_id` stay the same (Slack: updating views); elsewhere the
    initial values count.
    """
    values: dict[str, dict[str, Json]] = {}
    for block, element in interactive(blocks):
        if not is_entered(element["type"]):
            continue
        state = kept.get(block["block_id"], {}).get(element["action_id"])
        if state is None or state["type"] != element["type"] or not _still_offered(element, state):
            state = _initial(element, origin)
        values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def changed(values: State, block_id: str, action_id: str, state: Json) -> State:
    """The state with one element changed."""
    return {**values, block_id: {**values.get(block_id, {}), action_id: state}}
