"""What the bot asks of Slack's Web API, method by method, and the scopes that takes; manifest.yml has the same."""

from collections.abc import Mapping

_HISTORY = frozenset({"channels:history", "groups:history", "im:history"})

METHODS: Mapping[str, frozenset[str]] = {
    "auth.test": frozenset(),
    "chat.delete": frozenset({"chat:write"}),
    "chat.postEphemeral": frozenset({"chat:write"}),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.update": frozenset({"chat:write"}),
    "conversations.history": _HISTORY,
    "conversations.open": frozenset({"im:write"}),
    "conversations.replies": _HISTORY,
    "usergroups.users.list": frozenset({"usergroups:read"}),
    "users.info": frozenset({"users:read"}),
    "views.open": frozenset(),
    "views.publish": frozenset(),
    "views.push": frozenset(),
    "views.update": frozenset(),
}
"""Scopes of the bot token by method (Slack: the reference page of each). The history of a conversation needs the scope
of its kind: public, private, or direct messages."""

APP_METHODS: Mapping[str, frozenset[str]] = {"apps.connections.open": frozenset({"connections:write"})}
"""Likewise of the app-level token, which Socket Mode needs."""

SCOPES = frozenset({"commands"}).union(*METHODS.values())
"""All that the bot token needs; `commands` is for the slash command and the shortcut."""
