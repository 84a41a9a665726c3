"""The App Home: what waits for me, what is under way, and what became of my requests."""

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.slack.listeners.routes import Routes
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.home import Homes
from bot.slack.protocol.payloads import HomeOpened


@dataclass(frozen=True, kw_only=True)
class Home:
    """Listens to the Home being opened."""

    homes: Homes
    tasks: Tasks

    def register(self, routes: Routes) -> None:
        """Listens to `app_home_opened`."""
        routes.event("app_home_opened")(self.opened)

    async def opened(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Draws the Home anew each time somebody looks at it."""
        looked = HomeOpened.model_validate(body["event"])
        if looked.tab == "home":
            self.tasks.start(self.homes.publish(looked.user), name="publish home", user=looked.user)
        await ack()
