"""Records as Slack writes them in JSON."""

from bot.demo.slack.records import Channel, Message, User, View
from bot.demo.slack.refusals import Json
from bot.demo.slack.workspace import Workspace


def message_json(workspace: Workspace, message: Message, *, with_metadata: bool = True) -> Json:
    """A message object."""
    shown: Json = {
        "type": "message",
        "user": message.author,
        "team": workspace.team.id,
        "ts": message.ts,
        # Slack builds a text for blocks that come without.
        "text": message.text or "This content can't be displayed.",
    }
    if message.author == workspace.app.user_id:
        shown |= {"bot_id": workspace.app.bot_id, "app_id": workspace.app.id}
    if message.blocks:
        shown["blocks"] = list(message.blocks)
    if message.attachments:
        shown["attachments"] = list(message.attachments)
    if message.edited:
        shown["edited"] = {"user": workspace.app.bot_id, "ts": message.edited}
    if message.metadata and with_metadata:
        shown["metadata"] = message.metadata
    return shown | _thread(workspace, message)


def _thread(workspace: Workspace, message: Message) -> Json:
    if message.thread_ts:
        parent = workspace.message(message.channel, message.thread_ts)
        return {"thread_ts": message.thread_ts, "parent_user_id": parent.author if parent else ""}
    replies = [reply for reply in workspace.messages(message.channel) if reply.thread_ts == message.ts]
    if not replies:
        return {}
    return {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}


def channel_json(channel: Channel, *, with_locale: bool = False) -> Json:
    """A conversation object."""
    if channel.is_im:
        shown: Json = {"id": channel.id, "is_im": True, "user": channel.user, "is_user_deleted": False}
    else:
        shown = {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": not channel.is_private,
            "is_group": False,
            "is_im": False,
            "is_mpim": False,
            "is_private": channel.is_private,
            "is_member": channel.bot_is_member,
            "is_general": False,
            "is_shared": False,
            "is_ext_shared": False,
        }
    shown["is_archived"] = channel.is_archived
    if with_locale:
        shown["locale"] = channel.locale
    return shown


def user_json(workspace: Workspace, user: User, *, with_locale: bool = False) -> Json:
    """A user object."""
    shown: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": {"real_name": user.real_name, "display_name": user.name, "team": user.team_id},
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1_600_000_000,
    }
    if user.enterprise_id:
        shown["enterprise_user"] = {
            "id": user.enterprise_id,
            "enterprise_id": "E0DEMO",
            "enterprise_name": "Demo organisation",
            "is_admin": False,
            "is_owner": False,
            "teams": [workspace.team.id],
        }
    if user.deleted:
        return shown  # Slack leaves the rest out for who is deactivated
    shown |= {
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": user.tz_offset,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
    }
    if user.is_stranger or user.team_id != workspace.team.id:
        shown["is_stranger"] = user.is_stranger
    if with_locale:
        shown["locale"] = user.locale
    return shown


def view_json(workspace: Workspace, view: View, *, with_state: bool = False) -> Json:
    """A view object; what is entered is told with interactions only."""
    defaults: Json = {"private_metadata": "", "callback_id": "", "title": None, "close": None, "submit": None}
    return {
        **defaults,
        "clear_on_close": False,
        "notify_on_close": False,
        **view.content,
        "id": view.id,
        "team_id": workspace.team.id,
        "state": {"values": {block_id: dict(states) for block_id, states in view.values.items()} if with_state else {}},
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "app_id": workspace.app.id,
        "external_id": view.external_id,
        "app_installed_team_id": workspace.team.id,
        "bot_id": workspace.app.bot_id,
    }
