"""chat.*: messages that the bot posts, changes and deletes."""

from typing import Any

from bot.demo.slack.methods.asked import Asked, Method
from bot.demo.slack.methods.shown import message_json
from bot.demo.slack.records import Channel, Message
from bot.demo.slack.refusals import Json, Refusal
from bot.demo.slack.surfaces import message_problems
from bot.demo.slack.workspace import Workspace

_LONGEST_TEXT = 40_000
"""Slack: chat.postMessage truncates here; refused outright, so that a truncated card is noticed."""

_LONGEST_UPDATE = 4_000
"""Slack: chat.update, `msg_too_long`."""


def checked_blocks(blocks: Any) -> tuple[Json, ...]:
    """The blocks, if Slack takes them in a message.

    Raises:
        Refusal: `invalid_blocks` or `invalid_blocks_format`.
    """
    if blocks is None:
        return ()
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    problems = message_problems(blocks)
    if problems:
        raise Refusal("invalid_blocks", problems)
    return tuple(blocks)


def _content(asked: Asked, longest: int) -> dict[str, Any]:
    text = asked.text("text")
    blocks = checked_blocks(asked.structure("blocks", "invalid_blocks_format"))
    attachments = tuple(asked.structure("attachments", "invalid_attachments") or ())
    if len(text) > longest:
        raise Refusal("msg_too_long")
    if not (text.strip() or blocks or attachments):
        raise Refusal("no_text")
    return {"text": text, "blocks": blocks, "attachments": attachments}


def _metadata(asked: Asked) -> Json | None:
    metadata = asked.structure("metadata", "invalid_metadata_format")
    if not metadata:
        return None
    if not isinstance(metadata, dict) or metadata.keys() - {"entities"} != {"event_type", "event_payload"}:
        raise Refusal("invalid_metadata_format")
    if not isinstance(metadata["event_type"], str) or not isinstance(metadata["event_payload"], dict):
        raise Refusal("invalid_metadata_schema")
    return metadata


def _visible_channel(workspace: Workspace, channel_id: str) -> Channel:
    channel = workspace.channels.get(channel_id)
    # A private channel does not exist for who is not in it.
    if not channel or (channel.is_private and not channel.bot_is_member):
        raise Refusal("channel_not_found")
    return channel


def _addressed(workspace: Workspace, channel_id: str) -> Channel:
    """Where to post: a user id stands for the direct messages with that person."""
    if channel_id not in workspace.users:
        return _visible_channel(workspace, channel_id)
    if workspace.users[channel_id].is_bot:
        raise Refusal("cannot_dm_bot")
    # Posting to somebody deactivated succeeds, and nobody reads it (slackapi/python-slack-sdk#1156).
    return workspace.dm(channel_id)


def _open_to_the_bot(channel: Channel, asked: Asked) -> None:
    if channel.is_archived:
        raise Refusal("is_archived")
    if not channel.bot_is_member and "chat:write.public" not in asked.scopes:
        raise Refusal("not_in_channel")


def _post(workspace: Workspace, asked: Asked) -> Json:
    content, metadata = _content(asked, _LONGEST_TEXT), _metadata(asked)
    channel = _addressed(workspace, asked.needed("channel"))
    _open_to_the_bot(channel, asked)
    thread_ts = asked.text("thread_ts")
    if thread_ts:
        parent = workspace.message(channel.id, thread_ts)
        if not parent or parent.ephemeral_for:
            raise Refusal("thread_not_found")
        thread_ts = parent.thread_ts or parent.ts
    posted = workspace.post(
        Message(
            channel=channel.id,
            ts="",
            author=workspace.app.user_id,
            thread_ts=thread_ts,
            broadcast=asked.flag("reply_broadcast"),
            metadata=metadata,
            **content,
        )
    )
    return {"channel": channel.id, "ts": posted.ts, "message": message_json(workspace, posted)}


def _own_message(workspace: Workspace, asked: Asked, refused: str) -> Message:
    channel = _visible_channel(workspace, asked.needed("channel"))
    message = workspace.message(channel.id, asked.needed("ts"))
    if not message or message.ephemeral_for:
        raise Refusal("message_not_found")
    if message.author != workspace.app.user_id:
        raise Refusal(refused)
    if channel.is_archived:
        raise Refusal("is_inactive")
    return message


def _update(workspace: Workspace, asked: Asked) -> Json:
    message = _own_message(workspace, asked, "cant_update_message")
    content: dict[str, Any] = {}
    if "metadata" in asked.args:
        content["metadata"] = _metadata(asked)
    # With `text` and no `blocks` the blocks go; with neither they stay (Slack: chat.update, `blocks`).
    if not content or asked.args.keys() & {"text", "blocks", "attachments"}:
        content |= _content(asked, _LONGEST_UPDATE)
    revised = workspace.revise(message, **content)
    shown = message_json(workspace, revised)
    return {"channel": revised.channel, "ts": revised.ts, "text": shown["text"], "message": shown}


def _delete(workspace: Workspace, asked: Asked) -> Json:
    message = _own_message(workspace, asked, "cant_delete_message")
    workspace.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def _post_ephemeral(workspace: Workspace, asked: Asked) -> Json:
    content = _content(asked, _LONGEST_TEXT)
    channel = _addressed(workspace, asked.needed("channel"))
    user_id = asked.needed("user")
    _open_to_the_bot(channel, asked)
    if user_id not in workspace.users:
        raise Refusal("user_not_found")
    if user_id not in channel.members:
        raise Refusal("user_not_in_channel")
    posted = workspace.post(
        Message(
            channel=channel.id,
            ts="",
            author=workspace.app.user_id,
            thread_ts=asked.text("thread_ts"),
            ephemeral_for=user_id,
            **content,
        )
    )
    return {"message_ts": posted.ts}


def _permalink(workspace: Workspace, asked: Asked) -> Json:
    channel = _visible_channel(workspace, asked.needed("channel"))
    message = workspace.message(channel.id, asked.needed("message_ts"))
    if not message or message.ephemeral_for:
        raise Refusal("message_not_found")
    path = f"archives/{channel.id}/p{message.ts.replace('.', '')}"
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
    return {"channel": channel.id, "permalink": f"https://{workspace.team.domain}.slack.com/{path}{thread}"}


METHODS = {
    "chat.postMessage": Method(_post, "chat:write"),
    "chat.update": Method(_update, "chat:write"),
    "chat.delete": Method(_delete, "chat:write"),
    "chat.postEphemeral": Method(_post_ephemeral, "chat:write"),
    "chat.getPermalink": Method(_permalink),
}
