"""Slack's markup: what people and clouds wrote is shown as written, and never becomes a mention, a link or a ping."""

from collections.abc import Iterable
from datetime import UTC, datetime

from slack_sdk.models.blocks import MarkdownTextObject, PlainTextObject

SECTION = 3000
"""Slack: section text <= 3000 characters."""

_BACKTICK_LOOKALIKE = "\N{MODIFIER LETTER GRAVE ACCENT}"


def plain(text: str, limit: int = SECTION) -> PlainTextObject:
    """Text in which Slack reads no markup at all."""
    return PlainTextObject(text=clip(text, limit) or " ", emoji=False)


def markdown(text: str) -> MarkdownTextObject:
    """Text with our own markup in it; `verbatim` keeps Slack from finding links and names by itself."""
    return MarkdownTextObject(text=text, verbatim=True)


def clip(text: str, limit: int) -> str:
    """Text cut to a limit, and seen to be cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def escape(text: str) -> str:
    """Foreign text inside ours (Slack: escape &, < and >, and only these)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str) -> str:
    """Foreign text on one line, in which asterisks and the like mean nothing."""
    line = " ".join(text.split()).replace("`", _BACKTICK_LOOKALIKE)
    return f"`{escape(line)}`" if line else "`-`"


def code_blocks(json_lines: Iterable[str]) -> list[str]:
    """JSON as it is written, line by line; a backtick, which would end the block, is written as JSON may write it."""
    lines = (escape(line.replace("`", "\\u0060")) for line in json_lines)
    return [f"```\n{part}\n```" for part in chunks(lines, SECTION - len("```\n\n```"))]


def person(user_id: str) -> str:
    """A mention of somebody."""
    return f"<@{user_id}>"


def people(ids: Iterable[str]) -> str:
    """Mentions of people and user groups."""
    return ", ".join(f"<!subteam^{i}>" if i.startswith("S") else person(i) for i in ids)


def conversation(conversation_id: str) -> str:
    """A conversation by name."""
    return f"<#{conversation_id}>" if conversation_id.startswith(("C", "G")) else code(conversation_id)


def moment(at: float) -> str:
    """A time, in each reader's own zone (Slack: date formatting)."""
    fallback = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(at)}^{{date_short_pretty}} {{time}}|{fallback}>"


def chunks(lines: Iterable[str], limit: int = SECTION) -> list[str]:
    """Lines packed into texts of at most `limit` characters."""
    packed: list[str] = []
    for line in lines:
        if packed and len(packed[-1]) + 1 + len(line) <= limit:
            packed[-1] += "\n" + line
        else:
            packed.append(clip(line, limit))
    return packed
