"""conversations.*: what the bot can see of channels and direct messages."""

from bot.demo.slack.methods.asked import Asked, Method, Scope, page
from bot.demo.slack.methods.shown import channel_json, message_json
from bot.demo.slack.records import Channel, Message
from bot.demo.slack.refusals import Json, Refusal
from bot.demo.slack.workspace import Workspace


def _by_kind(right: str) -> Scope:
    """The scope for a right (`read`, `history`) in the kind of conversation that is asked for."""

    def scope(workspace: Workspace, asked: Asked) -> str:
        channel = workspace.channels.get(asked.text("channel"))
        if channel and channel.is_im:
            return f"im:{right}"
        return f"groups:{right}" if channel and channel.is_private else f"channels:{right}"

    return scope


def _channel(workspace: Workspace, asked: Asked) -> Channel:
    channel = workspace.channels.get(asked.needed("channel"))
    if not channel or (channel.is_private and not channel.bot_is_member):
        raise Refusal("channel_not_found")
    return channel


def _readable(workspace: Workspace, asked: Asked) -> Channel:
    channel = _channel(workspace, asked)
    if not channel.bot_is_member:
        raise Refusal("not_in_channel")
    return channel


def _info(workspace: Workspace, asked: Asked) -> Json:
    channel = _channel(workspace, asked)
    shown = channel_json(channel, with_locale=asked.flag("include_locale"))
    if asked.flag("include_num_members"):
        shown["num_members"] = len(channel.members) + channel.bot_is_member
    return {"channel": shown}


def _open(workspace: Workspace, asked: Asked) -> Json:
    if asked.text("channel"):
        channel = _channel(workspace, asked)
        if not channel.is_im:
            raise Refusal("method_not_supported_for_channel_type")
    else:
        channel = _opened_with(workspace, asked)
    return {"channel": channel_json(channel) if asked.flag("return_im") else {"id": channel.id}}


def _opened_with(workspace: Workspace, asked: Asked) -> Channel:
    users = [user for user in asked.text("users").split(",") if user]
    if not users:
        raise Refusal("users_list_not_supplied")
    if len(users) > 1:
        raise Refusal("missing_scope", needed="mpim:write", provided=",".join(sorted(asked.scopes)))
    user = workspace.users.get(users[0])
    if not user:
        raise Refusal("user_not_found")
    if user.deleted:
        raise Refusal("user_disabled")
    if user.is_bot:
        raise Refusal("cannot_dm_bot")
    return workspace.dm(user.id)


def _members(workspace: Workspace, asked: Asked) -> Json:
    channel = _channel(workspace, asked)
    members = sorted(channel.members | ({workspace.app.user_id} if channel.bot_is_member else set()))
    shown, cursor = page(members, asked, 100)
    return {"members": shown, "response_metadata": {"next_cursor": cursor}}


def _within(messages: list[Message], asked: Asked) -> list[Message]:
    """Those between `oldest` and `latest`, which count themselves only when `inclusive`."""
    oldest, latest = asked.text("oldest", "0") or "0", asked.text("latest") or "9" * 12
    try:
        low, high = float(oldest), float(latest)
    except ValueError:
        raise Refusal("invalid_ts_oldest") from None
    if asked.flag("inclusive"):
        return [message for message in messages if low <= float(message.ts) <= high]
    return [message for message in messages if low < float(message.ts) < high]


def _told(workspace: Workspace, messages: list[Message], asked: Asked) -> Json:
    shown, cursor = page(messages, asked, 100)
    with_metadata = asked.flag("include_all_metadata")
    body: Json = {
        "messages": [message_json(workspace, message, with_metadata=with_metadata) for message in shown],
        "has_more": bool(cursor),
    }
    if cursor:
        body["response_metadata"] = {"next_cursor": cursor}
    return body


def _history(workspace: Workspace, asked: Asked) -> Json:
    channel = _readable(workspace, asked)
    top = [message for message in workspace.messages(channel.id) if not message.thread_ts or message.broadcast]
    return _told(workspace, _within(top[::-1], asked), asked) | {"pin_count": 0}


def _replies(workspace: Workspace, asked: Asked) -> Json:
    channel = _readable(workspace, asked)
    asked_ts = asked.needed("ts")
    found = workspace.message(channel.id, asked_ts)
    if not found or found.ephemeral_for:
        raise Refusal("thread_not_found")
    root = found.thread_ts or found.ts
    replies = [message for message in workspace.messages(channel.id) if message.thread_ts == root]
    parent = [message for message in workspace.messages(channel.id) if message.ts == root]
    # The parent always comes first, whatever the range.
    return _told(workspace, parent + _within(replies, asked), asked)


METHODS = {
    "conversations.info": Method(_info, _by_kind("read")),
    "conversations.open": Method(_open, "im:write"),
    "conversations.members": Method(_members, _by_kind("read")),
    "conversations.history": Method(_history, _by_kind("history")),
    "conversations.replies": Method(_replies, _by_kind("history")),
}
