"""The App Home: what waits for me, and what became of my requests."""

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.policy import Action, may
from bot.domain.request import ImageRequest
from bot.slack.listeners.tasks import Tasks
from bot.slack.people import People
from bot.slack.protocol.payloads import HomeOpened
from bot.slack.protocol.web_api import call
from bot.slack.screens.home import home
from bot.store import Store, Transaction

SHOWN = 10
"""Requests of a kind on the Home."""


@dataclass(frozen=True, kw_only=True)
class Home:
    """Listens to the Home being opened."""

    store: Store
    client: AsyncWebClient
    people: People
    tasks: Tasks

    def register(self, app: AsyncApp) -> None:
        """Listens to `app_home_opened`."""
        app.event("app_home_opened")(self.opened)

    async def opened(self, ack: AsyncAck, event: dict[str, Any]) -> None:
        """Draws the Home anew each time somebody looks at it."""
        looked = HomeOpened.model_validate(event)
        if looked.tab == "home":
            self.tasks.start(self.publish(looked.user), name="publish home", user=looked.user)
        await ack()

    async def publish(self, user: str) -> None:
        """Brings somebody's Home up to date."""
        language = await self.people.meet(user)
        actor, policy = self.people.known(user), self.people.policy()

        def read(tx: Transaction) -> tuple[tuple[ImageRequest, ...], tuple[ImageRequest, ...]]:
            return tx.requests.of_person(user, SHOWN), tx.requests.pending(100)

        mine, pending = await self.store.transact(read)
        waiting = [request for request in pending if may(Action.APPROVE, actor, policy, request).allowed]
        may_request = may(Action.REQUEST, actor, policy).allowed
        view = home(mine, waiting[:SHOWN], may_request=may_request, language=language)
        await call(self.client.views_publish(user_id=user, view=view))
