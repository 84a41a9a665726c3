"""The Web API's methods, as functions from the workspace and what is asked to the answer. No HTTP here."""

from bot.demo.slack.methods import apps, chat, conversations, users, views
from bot.demo.slack.methods.asked import Asked, Method

METHODS: dict[str, Method] = {
    **apps.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **users.METHODS,
    **views.METHODS,
}

__all__ = ["METHODS", "Asked", "Method"]
