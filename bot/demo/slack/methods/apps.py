"""apps.connections.open: where to connect to for Socket Mode."""

from bot.demo.slack.methods.asked import Asked, Method
from bot.demo.slack.refusals import Json
from bot.demo.slack.workspace import Workspace


def _open(workspace: Workspace, _: Asked) -> Json:
    host = workspace.url.partition("://")[2]
    return {"url": f"ws://{host}/link/?ticket={workspace.socket_links.issue()}&app_id={workspace.app.id}"}


METHODS = {"apps.connections.open": Method(_open)}
"""To be called with an app-level token and no other."""
