"""What a person reads: the visible words of messages, views and blocks."""

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.demo.slack.elements import options_of
from bot.demo.slack.entries import is_entered, state_key
from bot.demo.slack.records import Message, State, View
from bot.demo.slack.refusals import Json

_NOBODY: Mapping[str, str] = {}
_MARKUP = re.compile(r"<([^<>]+)>")


def plain_text(shown: Message | View | Iterable[Json], names: Mapping[str, str] = _NOBODY) -> str:
    """All visible words, line by line, those on buttons in `[brackets]`.

    A message with blocks shows these and not its `text`, which is for notifications and screen readers.

    Args:
        shown: what is looked at.
        names: names for ids of people, channels and groups; ids without one read as they are.
    """
    if isinstance(shown, Message):
        attached = [str(one.get("text") or one.get("fallback") or "") for one in shown.attachments]
        words = [plain_text(shown.blocks, names)] if shown.blocks else [_read(shown.text, names)]
        return "\n".join(line for line in [*words, *attached] if line)
    if isinstance(shown, View):
        return _view(shown, names)
    return "\n".join(line for block in shown for line in _block(block, names) if line)


def _view(view: View, names: Mapping[str, str]) -> str:
    lines = [view.title, view.trouble]
    for block in view.blocks:
        lines += _block(block, names, view.values)
        lines.append(view.errors.get(block["block_id"], ""))
    ends = [view.content[name]["text"] for name in ("close", "submit") if view.content.get(name)]
    lines.append(" ".join(f"[{end}]" for end in ends))
    return "\n".join(line for line in lines if line)


def _block(block: Json, names: Mapping[str, str], values: State | None = None) -> list[str]:
    states = (values or {}).get(block.get("block_id", ""), {})
    texts = ("title", "subtitle", "label", "hint", "text", "body")
    parts = [_text(block[key], names) for key in texts if key in block]
    parts += [_text(one, names) for one in block.get("fields", [])]
    parts += [_element(block[key], names, states) for key in ("accessory", "element") if key in block]
    for key in ("elements", "actions"):
        shown = (_element(one, names, states) for one in block.get(key, []))
        parts.append(" ".join(one for one in shown if one))
    for key in ("tasks", "child_blocks"):
        parts += [line for one in block.get(key, []) for line in _block(one, names, values)]
    parts += [" | ".join(_cell(cell, names) for cell in row) for row in block.get("rows", [])]
    parts += [plain_text([block[key]], names) for key in ("details", "output") if key in block]
    parts.append(str(block.get("alt_text", "")))
    return parts


def _element(element: Json, names: Mapping[str, str], states: Mapping[str, Json]) -> str:
    kind = element["type"]
    if kind in {"button", "workflow_button", "icon_button"}:
        return f"[{_text(element['text'], names)}]"
    if kind == "overflow":
        return " ".join(f"[{_text(option['text'], names)}]" for option in element["options"])
    if is_entered(kind):
        return _entered(element, states.get(element.get("action_id", ""), {}), names)
    return _rich(element, names)


def _rich(element: Json, names: Mapping[str, str]) -> str:
    """Parts of rich text, and the texts and images of a context."""
    if "elements" in element:
        return "".join(_rich(one, names) for one in element["elements"])
    if element["type"] == "user":
        return _named(element["user_id"], "@", names)
    if "text" in element:
        return _text(element, names)
    return str(element.get("url", element.get("alt_text", "")))


def _entered(element: Json, state: Json, names: Mapping[str, str]) -> str:
    """What an input shows: boxes are all visible, of a menu only what is chosen."""
    value = state.get(state_key(element["type"]))
    chosen = value if isinstance(value, list) else [value] if value else []
    if element["type"] in {"checkboxes", "radio_buttons"}:
        ticked = {option["value"] for option in chosen}
        signs = ["(x)" if option["value"] in ticked else "( )" for option in options_of(element)]
        boxes = zip(signs, options_of(element), strict=True)
        return "\n".join(f"{sign} {_option(option, names)}" for sign, option in boxes)
    if not chosen:
        return _text(element["placeholder"], names) if "placeholder" in element else ""
    return ", ".join(_choice(one, names) for one in chosen)


def _choice(chosen: Any, names: Mapping[str, str]) -> str:
    return _option(chosen, names) if isinstance(chosen, dict) else names.get(str(chosen), str(chosen))


def _option(option: Json, names: Mapping[str, str]) -> str:
    described = [_text(option[key], names) for key in ("text", "description") if option.get(key)]
    return " - ".join(described)


def _cell(cell: Json, names: Mapping[str, str]) -> str:
    if cell["type"] == "rich_text":
        return plain_text([cell], names)
    return str(cell.get("text", cell.get("value", "")))


def _text(text: Any, names: Mapping[str, str]) -> str:
    if isinstance(text, str):
        return text
    written = str(text.get("text", ""))
    return _read(written, names) if text.get("type") == "mrkdwn" else written


def _read(written: str, names: Mapping[str, str]) -> str:
    """Slack's markup as it reads: mentions by name, links by their words, dates by their fallback."""
    return html.unescape(_MARKUP.sub(lambda found: _marked(found[1], names), written))


def _marked(inside: str, names: Mapping[str, str]) -> str:
    address, _, words = inside.partition("|")
    if address.startswith("@"):
        return words or _named(address[1:], "@", names)
    if address.startswith("#"):
        return f"#{words}" if words else _named(address[1:], "#", names)
    if address.startswith("!date^"):
        return words
    if address.startswith("!subteam^"):
        return words or _named(address.removeprefix("!subteam^"), "@", names)
    if address.startswith("!"):
        return words or f"@{address[1:]}"
    return words or address


def _named(mentioned: str, sign: str, names: Mapping[str, str]) -> str:
    return sign + names.get(mentioned, mentioned)
