"""The buttons on cards and notices of what is under way: what settles doubt, and how it goes on, or ends."""

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.domain.steps import StepMove
from bot.service.operate import Operating
from bot.slack.listeners.click import click_of
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.pressed import Pressed
from bot.slack.protocol import ids
from bot.slack.protocol.payloads import Interaction
from bot.slack.protocol.values import ButtonValue


@dataclass(frozen=True, kw_only=True)
class ProgressButtons:
    """Listens to them. What a button may do is asked of the service each time: a button is no proof."""

    operating: Operating
    tasks: Tasks
    pressed: Pressed

    def register(self, routes: Routes) -> None:
        """Listens to them."""
        for action_id in _RESOLUTIONS:
            routes.action(action_id)(self.resolve)
        routes.action(ids.LET_ON)(self.let_on)
        routes.action(ids.END_HERE)(self.end)
        routes.action(ids.START_NOW)(self.start_now)
        routes.action(ids.START_AGAIN)(self.start_again)
        routes.action(ids.LEAVE_STOPPED)(self.leave_stopped)

    async def resolve(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """An approver's word on a request of which nobody can tell whether its image was made."""
        click, button = click_of(body)
        move = _RESOLUTIONS[click.action.action_id]
        await self.operating.resolve(request_id=button.request_id, job=button.job, move=move, actor=click.user.id)
        await ack()

    async def let_on(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The next machine begins, though the one before has come to no good end."""
        click, button = click_of(body)
        await self.operating.go_on(request_id=button.request_id, job=button.job, actor=click.user.id)
        self._note_pressed(click, button, "go_on")
        await ack()

    async def end(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Nothing new begins; what is owed is done."""
        click, button = click_of(body)
        await self.operating.end(request_id=button.request_id, actor=click.user.id)
        self._note_pressed(click, button, "end_here")
        await ack()

    async def start_now(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Before its time."""
        click, button = click_of(body)
        await self.operating.start_now(request_id=button.request_id, plan_hash=button.plan_hash, actor=click.user.id)
        await ack()

    async def start_again(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A machine that could not be started, once more."""
        click, button = click_of(body)
        await self.operating.start_again(request_id=button.request_id, job=button.job, actor=click.user.id)
        self._note_pressed(click, button, "start_again")
        await ack()

    async def leave_stopped(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A machine that could not be started may stay so."""
        click, button = click_of(body)
        await self.operating.leave_stopped(request_id=button.request_id, job=button.job, actor=click.user.id)
        self._note_pressed(click, button, "leave_stopped")
        await ack()

    def _note_pressed(self, click: Interaction, button: ButtonValue, how: str) -> None:
        self.tasks.start(self.pressed.note(click, button, how), name="note pressed")


_RESOLUTIONS = {
    ids.CHECK_AGAIN: StepMove.CHECK_AGAIN,
    ids.CREATE_ANYWAY: StepMove.CREATE_ANYWAY,
    ids.GIVE_UP: StepMove.GIVE_UP,
}
