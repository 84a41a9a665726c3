"""The request form: what people choose, look up and send in it."""

import asyncio
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.domain.draft import Draft
from bot.domain.errors import UserError
from bot.service.draft import Drafting
from bot.service.naming import Naming
from bot.service.opening import Opening
from bot.service.search import Search
from bot.slack.listeners.click import give_back
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.forms import Forms
from bot.slack.people import People
from bot.slack.protocol import block_ids, ids, values
from bot.slack.protocol.payloads import Interaction
from bot.slack.screens import instance_menu, request_form


@dataclass(frozen=True, kw_only=True)
class RequestForm:
    """Listens to the form."""

    drafting: Drafting
    opening: Opening
    naming: Naming
    search: Search
    people: People
    forms: Forms
    tasks: Tasks

    def register(self, routes: Routes) -> None:
        """Listens to everything that can be done in the form."""
        routes.options(ids.INSTANCE)(self.look_up)
        routes.view(ids.REQUEST_FORM)(self.submit)
        routes.action(ids.INSTANCE)(self.choose)
        routes.action(ids.SETTLE)(self.settle)
        routes.action(ids.LOOK_AGAIN)(self.look_again)
        routes.action(ids.GO_ON)(self.go_on)
        routes.view_closed(ids.REQUEST_FORM)(self.keep)

    async def choose(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Other instances: their disks are loaded behind the ack."""
        click = Interaction.model_validate(body)
        chosen = values.chosen_instances(click.action.choices)
        draft = await self.drafting.choose(
            click.form.draft_id,
            act=click.act,
            chosen=[(one.region, one.id) for one in chosen],
            typed=click.form.typed(),
        )
        self._load(draft, click)
        await ack()

    async def settle(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Which instance was meant by words that fit several."""
        click = Interaction.model_validate(body)
        for one in values.chosen_instances(click.action.choices):
            draft = await self.drafting.settle(
                click.form.draft_id,
                act=click.act,
                key=block_ids.settle_key(click.action.block_id),
                instance=(one.region, one.id),
                typed=click.form.typed(),
            )
            self._load(draft, click)
        await ack()

    def _load(self, draft: Draft, click: Interaction) -> None:
        loading = self.forms.load(draft.id, shown_hash=click.form.hash)
        self.tasks.start(loading, name="load instances", user=click.user.id)

    async def look_again(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The same instance, as it is by now, and the words that could not be looked for."""
        click = Interaction.model_validate(body)
        draft = await self.drafting.look_again(
            click.form.draft_id, act=click.act, typed=click.form.typed(), instance_id=click.action.value
        )
        self.tasks.start(self._look_again(draft, click), name="look again", user=click.user.id)
        await ack()

    async def _look_again(self, draft: Draft, click: Interaction) -> None:
        await self.forms.load(draft.id, shown_hash=click.form.hash)
        if draft.sought:
            await self.naming.settle(draft.id)
            await self.forms.load(draft.id)

    async def go_on(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form that was not sent, in this window."""
        click = Interaction.model_validate(body)
        draft = await self.opening.go_on(click.form.draft_id, act=click.act, view_id=click.form.id)
        loading = self.forms.load(draft.id, shown_hash=click.form.hash)
        self.tasks.start(loading, name="go on with form", user=click.user.id)
        await ack()

    async def keep(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form was closed: what stood in it is kept for a while."""
        closed = Interaction.model_validate(body)
        await self.drafting.keep(closed.form.draft_id, act=closed.act, typed=closed.form.typed())
        await ack()

    async def look_up(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The instances that match what is typed, within Slack's 3 s whatever JD Cloud does."""
        asked = Interaction.model_validate(body)
        found, language = await asyncio.gather(self.search.find(asked.value), self.people.reads(asked.user.id))
        await ack(option_groups=instance_menu.instance_groups(found, language))

    async def submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Takes the form; the worker checks it and says in the same window what came of it."""
        sent = Interaction.model_validate(body)
        draft_id, choices = sent.form.draft_id, sent.form.choices()
        try:
            form = await self.drafting.submit(draft_id, act=sent.act, choices=choices)
        except UserError as error:
            await self.drafting.adopt(draft_id, act=sent.act, choices=choices)
            catching_up = self.forms.catch_up(draft_id, disks=choices.disks, shown_hash=sent.form.hash)
            self.tasks.start(catching_up, name="redraw form", user=sent.user.id)
            await give_back(ack, sent, error, await self.people.reads(sent.user.id))
        else:
            view = request_form.standing_view(form.draft, form.ruleset, form.frozen, view_id=sent.form.id)
            await ack(response_action="update", view=view)
