"""What an app posts to a `response_url`: answers to one interaction, also where the bot is no member."""

from bot.demo.slack.methods.chat import checked_blocks
from bot.demo.slack.records import Message
from bot.demo.slack.refusals import Json, Refusal
from bot.demo.slack.tickets import ResponseUrl
from bot.demo.slack.workspace import Workspace


def respond(workspace: Workspace, secret: str, body: Json) -> None:
    """Uses a response address once.

    Raises:
        Refusal: `expired_url`, `used_url`, `no_text`, `invalid_blocks`.
    """
    right = workspace.response_urls.look_at(secret)
    original = workspace.message(right.channel, right.message_ts)
    if body.get("delete_original"):
        if original:
            workspace.remove(original)
    else:
        _say(workspace, right, original, body)
    right.uses += 1


def _say(workspace: Workspace, right: ResponseUrl, original: Message | None, body: Json) -> None:
    text, blocks = str(body.get("text") or ""), checked_blocks(body.get("blocks"))
    if not (text.strip() or blocks):
        raise Refusal("no_text")
    if body.get("replace_original") and original:
        # What one person saw cannot be turned into what everybody sees, nor the other way round.
        workspace.revise(original, text=text, blocks=blocks)
        return
    posted = answer(workspace, right.user_id, right.channel, body)
    right.message_ts = right.message_ts or posted.ts


def answer(workspace: Workspace, user_id: str, channel: str, body: Json) -> Message:
    """Shows an answer to a command or click: to that person only, unless it says `in_channel`.

    Raises:
        Refusal: `invalid_blocks`.
    """
    return workspace.post(
        Message(
            channel=channel,
            ts="",
            author=workspace.app.user_id,
            text=str(body.get("text") or ""),
            blocks=checked_blocks(body.get("blocks")),
            thread_ts=str(body.get("thread_ts") or ""),
            ephemeral_for="" if body.get("response_type") == "in_channel" else user_id,
        )
    )
