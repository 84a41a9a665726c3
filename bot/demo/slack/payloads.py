"""What Slack sends to the app, field by field. Sources: Slack's reference of interaction payloads; Bolt's own tests."""

from typing import Any

from bot.demo.slack.methods.shown import message_json, view_json
from bot.demo.slack.records import Message, State, User, View
from bot.demo.slack.refusals import Json
from bot.demo.slack.workspace import Workspace

_TOKEN = "verification-token"  # noqa: S105 - Slack's deprecated field, no secret; requests are known by their signature


def command(workspace: Workspace, user: User, *, words: tuple[str, str], channel: str, urls: tuple[str, str]) -> Json:
    """A slash command; `words` are the command and its text, `urls` the trigger id and the response URL."""
    return {
        "token": _TOKEN,
        "team_id": workspace.team.id,
        "team_domain": workspace.team.domain,
        "channel_id": channel,
        "channel_name": workspace.channels[channel].name,
        "user_id": user.id,
        "user_name": user.name,
        "command": words[0],
        "text": words[1],
        "api_app_id": workspace.app.id,
        "is_enterprise_install": "false",
        "response_url": urls[1],
        "trigger_id": urls[0],
    }


def interaction(workspace: Workspace, user: User, kind: str) -> Json:
    """What all interactions have."""
    return {
        "type": kind,
        "team": {"id": workspace.team.id, "domain": workspace.team.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": workspace.app.id,
        "token": _TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def in_view(workspace: Workspace, view: View) -> Json:
    """Where it happened: in a modal or the Home tab."""
    return {
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(workspace, view, with_state=True),
    }


def in_message(workspace: Workspace, message: Message, values: State) -> Json:
    """Where it happened: in a message, as the person saw it."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": bool(message.ephemeral_for),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    place: Json = {
        "container": container,
        "channel": {"id": message.channel, "name": workspace.channels[message.channel].name},
        "state": {"values": values},
    }
    if not message.ephemeral_for:  # Slack does not repeat ephemeral messages
        place["message"] = message_json(workspace, message, with_metadata=False)
    return place


def action(block_id: str, element: Json, at: str, **entered: Any) -> Json:
    """One of the `actions`: what was used, with what is now entered in it."""
    told = ("action_id", "type", "text", "value", "style", "placeholder")
    return {
        **{key: element[key] for key in told if key in element},
        "block_id": block_id,
        "action_ts": at,
        **entered,
    }


def home_opened(workspace: Workspace, user: User, view: View | None) -> Json:
    """The event `app_home_opened`."""
    at = workspace.next_ts()
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": workspace.dm(user.id).id,
        "tab": "home",
        "event_ts": at,
    }
    if view:
        event["view"] = view_json(workspace, view, with_state=True)
    return {
        "token": _TOKEN,
        "team_id": workspace.team.id,
        "api_app_id": workspace.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{workspace.new_id(10)}",
        "event_time": int(float(at)),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team.id,
                "user_id": workspace.app.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def url_verification(challenge: str) -> Json:
    """What Slack asks a new request URL."""
    return {"token": _TOKEN, "challenge": challenge, "type": "url_verification"}
