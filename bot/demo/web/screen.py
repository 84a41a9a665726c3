"""Everything that one person sees, as JSON for the page: told whole at every change, so that it cannot be stale."""

from typing import Any

from bot.demo.cast import ROLES
from bot.demo.jdcloud import Image, Instance
from bot.demo.slack import Message, User, View
from bot.demo.slack.methods.shown import message_json
from bot.demo.web.stage import HOME, Stage

Json = dict[str, Any]


def screen(stage: Stage, user_id: str) -> Json:
    """What somebody sees of Slack, and the panel of the machinery behind it."""
    conversations = stage.conversations(user_id)
    home = stage.slack.home(user_id)
    return {
        "me": user_id,
        "people": [_person(stage, user) for user in stage.slack.users.values() if not user.is_bot],
        "app": {"id": stage.slack.app.user_id, "name": stage.slack.app.name},
        "names": stage.slack.names(),
        "conversations": [_conversation(stage, user_id, one) for one in conversations],
        "messages": {
            one: [_message(stage, user_id, message) for message in stage.read_marks.visible(user_id, one)]
            for one in conversations
            if one != HOME
        },
        "views": [_view(view) for view in stage.slack.views.stack(user_id)],
        "home": _view(home) if home else None,
        "cloud": _cloud(stage),
        "trouble": {name: vars(switch) for name, switch in stage.trouble.switches.items()},
        "bot": stage.bot.state,
    }


def _person(stage: Stage, user: User) -> Json:
    unread = sum(stage.read_marks.unread(user.id, one) for one in stage.conversations(user.id) if one != HOME)
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "role": ROLES.get(user.id, ""),
        "locale": user.locale,
        "unread": unread,
    }


def _conversation(stage: Stage, user_id: str, conversation: str) -> Json:
    unread = stage.read_marks.unread(user_id, conversation)
    if conversation == HOME:
        return {"id": HOME, "kind": "home", "name": "Home", "unread": unread}
    channel = stage.slack.channels[conversation]
    kind = "dm" if channel.is_im else "channel"
    return {"id": channel.id, "kind": kind, "name": channel.name, "unread": unread}


def _message(stage: Stage, user_id: str, message: Message) -> Json:
    author = stage.slack.users.get(message.author)
    shown = message_json(stage.slack, message, with_metadata=False)
    return shown | {
        "text": stage.scenery.read(message.ts, shown["text"], stage.slack.users[user_id].locale),
        "author": author.real_name if author and not author.is_bot else author.name if author else "Slackbot",
        "is_app": bool(author and author.is_bot),
        "only_you": bool(message.ephemeral_for),
        "values": stage.slack.person(user_id).entered_in(message),
    }


def _view(view: View) -> Json:
    shown = {key: view.content.get(key, {}).get("text", "") for key in ("title", "submit", "close")}
    return {
        "id": view.id,
        "hash": view.hash,
        "blocks": view.blocks,
        "values": view.values,
        "errors": dict(view.errors),
        "trouble": view.trouble,
        **shown,
    }


def _cloud(stage: Stage) -> Json:
    asked = [call for call in stage.cloud.calls if call.action == "createImage" and call.authorized]
    return {
        "build_time": stage.cloud.build_time,
        "instances": [_instance(one) for one in stage.cloud.instances.values()],
        "images": [_image(stage, one) for one in reversed(stage.cloud.images.values())],
        "asked": len(asked),
    }


def _instance(instance: Instance) -> Json:
    return {"id": instance.id, "name": instance.name, "region": instance.region, "status": instance.status}


def _image(stage: Stage, image: Image) -> Json:
    built = stage.cloud.clock() - image.created_at
    takes = image.ready_at - image.created_at
    percent = 100 if image.status != "pending" or takes <= 0 else min(99, int(100 * built / takes))
    return {"id": image.id, "name": image.name, "region": image.region, "status": image.status, "percent": percent}
