"""A window that Slack refuses, once more without what it may have refused: the same fields and buttons, plainly."""

from typing import Any

from slack_sdk.models.views import View

from bot.slack.protocol.markup import clip, escape, plain
from bot.texts import request_form

SECTIONS = 20
"""Blocks that only say something, at most."""

WORDS, OPTION = 600, 40
"""Characters of such a block, and of an option."""

_LEFT_OUT = ("initial_conversation", "placeholder")
"""What an input can do without. What was typed it keeps: a new block would be sent empty."""


def plainer(view: View, language: str, reference: str) -> View:
    """The same window, saying that it is plainer than it should be. Its inputs keep their ids, so nothing is lost."""
    content = view.to_dict()
    blocks: list[dict[str, Any]] = [_section(request_form.PLAINER(language, reference=reference))]
    said = 0
    for block in content["blocks"]:
        match block["type"]:
            case "section" | "header" if "text" in block:
                said += 1
                if said <= SECTIONS:
                    blocks.append(_section(block["text"]["text"]))
            case "input":
                kept = {key: value for key, value in block.items() if key != "hint"}
                blocks.append(kept | {"element": _element(block["element"])})
            case "actions":
                blocks.append(block)
    return View(**(content | {"blocks": blocks}))


def words_of(view: View) -> str:
    """What a window says, in the markup of a message, where there is no window to say it in."""
    said = [block["text"] for block in view.to_dict()["blocks"] if "text" in block]
    return "\n".join(text["text"] if text["type"] == "mrkdwn" else escape(text["text"]) for text in said)


def _section(words: str) -> dict[str, Any]:
    return {"type": "section", "text": plain(words, WORDS).to_dict()}


def _element(element: dict[str, Any]) -> dict[str, Any]:
    left: dict[str, Any] = {key: value for key, value in element.items() if key not in _LEFT_OUT}
    for key in ("options", "initial_options"):
        if key in left:
            left[key] = [_option(option) for option in left[key]]
    if "initial_option" in left:
        left["initial_option"] = _option(left["initial_option"])
    return left


def _option(option: dict[str, Any]) -> dict[str, Any]:
    words = clip(option["text"]["text"], OPTION)
    return {"value": option["value"], "text": plain(words).to_dict()}
