"""The buttons on cards and notices: approve, cancel, retry, request again, and what settles doubt."""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_sdk.models.views import View

from bot.domain.steps import StepMove
from bot.service.decide import Deciding
from bot.service.nudge import Nudging
from bot.service.opening import Opening
from bot.service.operate import Operating
from bot.slack.listeners.click import click_of, open_window, request_of
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.ephemeral import Ephemeral
from bot.slack.outbox.forms import Forms
from bot.slack.outbox.home import Homes
from bot.slack.outbox.pressed import Pressed
from bot.slack.outbox.show import Show
from bot.slack.people import People
from bot.slack.protocol import ids, parse, values
from bot.slack.protocol.markup import moment
from bot.slack.protocol.payloads import Interaction
from bot.slack.protocol.values import ButtonValue
from bot.slack.screens.call import details_view
from bot.texts import card, reminders, units


@dataclass(frozen=True, kw_only=True)
class Approvals:
    """Listens to the buttons. What a button may do is asked of the service each time: a button is no proof."""

    deciding: Deciding
    operating: Operating
    nudging: Nudging
    opening: Opening
    people: People
    show: Show
    forms: Forms
    ephemeral: Ephemeral
    tasks: Tasks
    homes: Homes
    pressed: Pressed

    def register(self, routes: Routes) -> None:
        """Listens to every button of a request."""
        routes.action(ids.APPROVE)(self.approve)
        routes.action(ids.CANCEL)(self.cancel)
        routes.action(ids.NUDGE)(self.nudge)
        routes.action(ids.RETRY)(self.retry)
        routes.action(ids.REQUEST_AGAIN)(self.request_again)
        routes.action(ids.REOPEN_DRAFT)(self.reopen)
        routes.action(ids.SHOW_CALL)(self.show_details)
        routes.action(ids.CONSOLE)(self.follow_link)
        for action_id in _RESOLUTIONS:
            routes.action(action_id)(self.resolve)
        routes.action(ids.SHOW_MACHINE)(self.show_machine)
        routes.action(ids.LET_ON)(self.let_on)
        routes.action(ids.END_HERE)(self.end)
        routes.action(ids.START_NOW)(self.start_now)
        routes.action(ids.START_AGAIN)(self.start_again)
        routes.action(ids.LEAVE_STOPPED)(self.leave_stopped)

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

    async def request_again(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form once more, filled in with the choices of an earlier request."""
        click, button = click_of(body)
        draft = await self.opening.start_again(
            button.request_id,
            requester=click.user.id,
            origin=click.channel_id,
            language=self.people.language(click.user.id),
            numbers=button.jobs or None,
        )
        self._start(click, self.forms.open(click.trigger_id, draft), name="open form")
        await ack()

    async def show_details(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Each disk, and the exact JSON of each call of JD Cloud, for whoever wants to see it."""
        click, button = click_of(body)
        open_window(self.show, self.tasks, click, await self._details(click, button.request_id), name="show details")
        await ack()

    async def show_machine(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The details of another machine of the request, in the same window."""
        click = Interaction.model_validate(body)
        button = request_of(click.form.private_metadata)
        view = await self._details(click, button.request_id, values.job_number(click.action.choice))
        self._start(click, self.show.redraw(click.form.id, view, user=click.user.id), name="show machine")
        await ack()

    async def _details(self, click: Interaction, request_id: str, number: int = 0) -> View:
        found = await self.deciding.calls(request_id=request_id)
        if number >= len(found.calls):
            raise parse.Unreadable("no machine of this request")
        return details_view(
            found.request,
            found.calls[number],
            await self.people.reads(click.user.id),
            usual_seconds=found.usual_seconds,
            number=number,
        )

    async def follow_link(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A button with a link tells us too that it was pressed, and wants its ack (Slack: button, url)."""
        del body
        await ack()

    async def reopen(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form once more, as it was when it could not be sent."""
        click = Interaction.model_validate(body)
        draft = await self.opening.reopen(values.draft_id(click.action.value), requester=click.user.id)
        self._start(click, self.forms.open(click.trigger_id, draft), name="open form")
        await ack()

    def _note_pressed(self, click: Interaction, button: ButtonValue, how: str) -> None:
        self.tasks.start(self.pressed.note(click, button, how), name="note pressed")

    def _start(self, click: Interaction, work: Coroutine[Any, Any, object], *, name: str) -> None:
        self.tasks.start(work, name=name, user=click.user.id, channel=click.channel_id)


_RESOLUTIONS = {
    ids.CHECK_AGAIN: StepMove.CHECK_AGAIN,
    ids.CREATE_ANYWAY: StepMove.CREATE_ANYWAY,
    ids.GIVE_UP: StepMove.GIVE_UP,
}
