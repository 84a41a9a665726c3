"""views.*: modals and Home tabs."""

import json

from bot.demo.slack.methods.asked import Asked, Method
from bot.demo.slack.methods.shown import view_json
from bot.demo.slack.refusals import Json, Refusal
from bot.demo.slack.surfaces import view_problems
from bot.demo.slack.workspace import Workspace

_LARGEST = 250_000
"""Bytes (Slack: views.open, `view_too_large`)."""


def checked_view(view: object, surface: str) -> Json:
    """The view, if Slack takes it as a `modal` or a `home`.

    Raises:
        Refusal: `invalid_arguments` or `view_too_large`.
    """
    if not isinstance(view, dict):
        raise Refusal("invalid_arguments", ("missing required field: view",))
    if len(json.dumps(view, ensure_ascii=False).encode()) > _LARGEST:
        raise Refusal("view_too_large")
    problems = view_problems(view, surface)
    if problems:
        raise Refusal("invalid_arguments", problems)
    return view


def _view(asked: Asked, surface: str) -> Json:
    return checked_view(asked.structure("view", "invalid_arguments"), surface)


def _open(workspace: Workspace, asked: Asked) -> Json:
    content = _view(asked, "modal")
    trigger = workspace.triggers.look_at(asked.needed("trigger_id"))
    view = workspace.views.open(trigger.user_id, content, origin=trigger.origin)
    trigger.exchanged = True
    return {"view": view_json(workspace, view)}


def _push(workspace: Workspace, asked: Asked) -> Json:
    content = _view(asked, "modal")
    trigger = workspace.triggers.look_at(asked.needed("trigger_id"))
    if trigger.view_id not in {view.id for view in workspace.views.stack(trigger.user_id)}:
        raise Refusal("invalid_trigger_id")  # only an interaction within an open modal can push
    view = workspace.views.push(trigger.user_id, content)
    trigger.exchanged = True
    return {"view": view_json(workspace, view)}


def _update(workspace: Workspace, asked: Asked) -> Json:
    content = _view(asked, "modal")
    view_id, external_id = asked.text("view_id"), asked.text("external_id")
    if not (view_id or external_id):
        raise Refusal("invalid_arguments", ("missing required field: view_id",))
    view = workspace.views.find(view_id=view_id, external_id=external_id)
    return {"view": view_json(workspace, workspace.views.update(view, content, only=asked.text("hash")))}


def _publish(workspace: Workspace, asked: Asked) -> Json:
    content = _view(asked, "home")
    user_id = asked.needed("user_id")
    if user_id not in workspace.users:
        raise Refusal("invalid_arguments", ("invalid `user_id` [json-pointer:/user_id]",))
    view = workspace.views.publish(user_id, content, only=asked.text("hash"))
    return {"view": view_json(workspace, view)}


METHODS = {
    "views.open": Method(_open),
    "views.push": Method(_push),
    "views.update": Method(_update),
    "views.publish": Method(_publish),
}
