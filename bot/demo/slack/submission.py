"""What an app may answer to a form that was sent, and what Slack then shows (Slack: modals, `response_action`)."""

from typing import Any

from bot.demo.slack.form import fields
from bot.demo.slack.methods.views import checked_view
from bot.demo.slack.records import View
from bot.demo.slack.refusals import Json, Refusal
from bot.demo.slack.workspace import Workspace


def obey(workspace: Workspace, view: View, body: Json) -> dict[str, str]:
    """Does what the app answers; an empty answer closes the form.

    Returns the errors now shown: label -> text.

    Raises:
        Refusal: the answer is not one that Slack takes.
    """
    match body.get("response_action"):
        case None:
            workspace.views.close(view)
        case "clear":
            workspace.views.close_all(view.user_id)
        case "update":
            content = checked_view(body.get("view"), "modal")
            workspace.views.update(workspace.views.find(view_id=view.id), content)
        case "push":
            workspace.views.push(view.user_id, checked_view(body.get("view"), "modal"))
        case "errors":
            return _shown_errors(workspace, view, body.get("errors"))
        case _:
            raise Refusal("invalid_response")
    return {}


def _shown_errors(workspace: Workspace, view: View, errors: Any) -> dict[str, str]:
    labels = {one.block_id: one.label for one in fields(view.blocks) if one.block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or errors.keys() - labels.keys():
        raise Refusal("invalid_response")  # an error needs an input block to stand under
    workspace.views.show_errors(workspace.views.find(view_id=view.id), errors)
    return {labels[block_id]: text for block_id, text in errors.items()}
