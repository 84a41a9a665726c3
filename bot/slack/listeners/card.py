"""The buttons on cards and notices of what waits or has ended: approve, cancel, nudge, retry, request again."""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.service.decide import Deciding
from bot.service.nudge import Nudging
from bot.service.opening import Opening
from bot.slack.listeners.click import click_of
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.ephemeral import Ephemeral
from bot.slack.outbox.forms import Forms
from bot.slack.outbox.home import Homes
from bot.slack.outbox.pressed import Pressed
from bot.slack.people import People
from bot.slack.protocol import ids, values
from bot.slack.protocol.markup import moment
from bot.slack.protocol.payloads import Interaction
from bot.slack.protocol.values import ButtonValue
from bot.texts import card, reminders, units


@dataclass(frozen=True, kw_only=True)
class CardButtons:
    """Listens to them. What a button may do is asked of the service each time: a button is no proof."""

    deciding: Deciding
    nudging: Nudging
    opening: Opening
    people: People
    forms: Forms
    ephemeral: Ephemeral
    tasks: Tasks
    homes: Homes
    pressed: Pressed

    def register(self, routes: Routes) -> None:
        """Listens to them."""
        routes.action(ids.APPROVE)(self.approve)
        routes.action(ids.CANCEL)(self.cancel)
        routes.action(ids.NUDGE)(self.nudge)
        routes.action(ids.RETRY)(self.retry)
        routes.action(ids.REQUEST_AGAIN)(self.request_again)
        routes.action(ids.REOPEN_DRAFT)(self.reopen)

    async def approve(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """One approval of the plan that the card shows."""
        click, button = click_of(body)
        try:
            repeated = await self.deciding.approve(
                request_id=button.request_id, plan_hash=button.plan_hash, actor=click.user.id
            )
        finally:  # also where somebody else was faster, and the Home still offers it
            if click.in_home:
                self._start(click, self.homes.publish(click.user.id), name="publish home")
        if repeated:
            words = card.COUNTS_NOW(await self.people.reads(click.user.id), request=button.request_id)
            self._start(click, self.ephemeral.tell(click.channel_id, click.user.id, words), name="tell")
        await ack()

    async def cancel(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The requester's own way out."""
        click, button = click_of(body)
        await self.deciding.cancel(request_id=button.request_id, actor=click.user.id)
        await ack()

    async def nudge(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The requester calls those who can still decide; who has done so a moment ago is told when they can again."""
        click, button = click_of(body)
        nudge = await self.nudging.nudge(request_id=button.request_id, actor=click.user.id)
        if not nudge.called:
            language = await self.people.reads(click.user.id)
            ago, when = units.duration(nudge.ago, language), moment(nudge.again_at)
            words = reminders.NUDGED_LATELY(language, request=button.request_id, ago=ago, when=when)
            self._start(click, self.ephemeral.tell(click.channel_id, click.user.id, words), name="tell")
        await ack()

    async def retry(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The approved plan once more."""
        click, button = click_of(body)
        await self.deciding.retry(request_id=button.request_id, plan_hash=button.plan_hash, actor=click.user.id)
        self._note_pressed(click, button, "retry")
        await ack()

    async def request_again(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form once more, filled in with the choices of an earlier request."""
        click, button = click_of(body)
        form = await self.opening.start_again(
            button.request_id,
            requester=click.user.id,
            origin=click.channel_id,
            language=self.people.language(click.user.id),
            time_zone=self.people.time_zone(click.user.id),
            numbers=button.jobs or None,
        )
        self._start(click, self.forms.open(click.trigger_id, form), name="open form")
        await ack()

    async def reopen(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form once more, as it was when it could not be sent."""
        click = Interaction.model_validate(body)
        form = await self.opening.reopen(values.draft_id(click.action.value), requester=click.user.id)
        self._start(click, self.forms.open(click.trigger_id, form), name="open form")
        await ack()

    def _note_pressed(self, click: Interaction, button: ButtonValue, how: str) -> None:
        self.tasks.start(self.pressed.note(click, button, how), name="note pressed")

    def _start(self, click: Interaction, work: Coroutine[Any, Any, object], *, name: str) -> None:
        self.tasks.start(work, name=name, user=click.user.id, channel=click.channel_id)
