"""The form of a disk to add: opened from the request form, redrawn as it is filled in, and back."""

import asyncio
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.domain.cloud import Snapshot, SnapshotStatus
from bot.domain.draft import Draft
from bot.domain.errors import UserError
from bot.service.disk_form import DiskForms
from bot.service.draft import Drafting
from bot.service.listing import Listing
from bot.slack.listeners.click import give_back
from bot.slack.listeners.routes import Routes
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.forms import Forms
from bot.slack.people import People
from bot.slack.protocol import block_ids, ids
from bot.slack.protocol.payloads import Interaction
from bot.slack.protocol.values import DiskChoice
from bot.slack.screens import disk_form, options


@dataclass(frozen=True, kw_only=True)
class DiskFormListeners:
    """Listens to the form of a disk, and to the buttons that lead to it."""

    drafting: Drafting
    disk_forms: DiskForms
    snapshots: Listing[Snapshot]
    people: People
    forms: Forms
    tasks: Tasks

    def register(self, routes: Routes) -> None:
        """Listens to everything that can be done with disks to add."""
        routes.action(ids.ADD_DISK)(self.add)
        routes.action(ids.EDIT_DISK)(self.edit)
        routes.action(ids.REMOVE_DISK)(self.remove)
        for action_id in ids.REDRAWS_DISK_FORM:
            routes.action(action_id)(self.change)
        routes.options(ids.SNAPSHOT)(self.look_up)
        routes.view(ids.DISK_FORM)(self.submit)

    async def add(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form of a new disk."""
        click = Interaction.model_validate(body)
        draft = await self.disk_forms.add(
            click.form.draft_id,
            act=click.act,
            instance_id=DiskChoice.decode(click.action.value).instance_id,
            typed=click.form.typed(),
        )
        self._open(draft, click)
        await ack()

    async def edit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form of a disk that was added before."""
        click = Interaction.model_validate(body)
        disk = DiskChoice.decode(click.action.value)
        draft = await self.disk_forms.edit(
            click.form.draft_id,
            act=click.act,
            instance_id=disk.instance_id,
            device=disk.device,
            typed=click.form.typed(),
        )
        self._open(draft, click)
        await ack()

    def _redraw(self, draft: Draft, click: Interaction, *, shown_hash: str = "") -> None:
        """The request form, and the form of one of several instances on top of it, where that is open."""
        self.tasks.start(self.forms.draw(draft.id, shown_hash=shown_hash), name="redraw form", user=click.user.id)
        if draft.machine_form:
            self.tasks.start(self.forms.machine(draft), name="redraw machine form", user=click.user.id)

    def _open(self, draft: Draft, click: Interaction) -> None:
        job = draft.job(draft.disk_form.instance_id) if draft.disk_form else None
        self.snapshots.prepare(job.region if job else draft.region)
        self.tasks.start(self.forms.push_disk(click.trigger_id, draft), name="push disk form", user=click.user.id)

    async def remove(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Takes back a disk that was added before."""
        click = Interaction.model_validate(body)
        disk = DiskChoice.decode(click.action.value)
        draft = await self.disk_forms.remove(
            click.form.draft_id,
            act=click.act,
            instance_id=disk.instance_id,
            device=disk.device,
            typed=click.form.typed(),
        )
        self._redraw(draft, click, shown_hash="" if click.form.instance_id else click.form.hash)
        await ack()

    async def change(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Something was chosen that other fields depend on."""
        chosen = Interaction.model_validate(body)
        draft = await self.disk_forms.type(chosen.form.draft_id, act=chosen.act, form=chosen.form.disk())
        self.tasks.start(self.forms.disk(draft), name="redraw disk form", user=chosen.user.id)
        await ack()

    async def look_up(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The available snapshots that match what is typed, within Slack's 3 s whatever JD Cloud does."""
        asked = Interaction.model_validate(body)
        region = self.drafting.offered(block_ids.region_of(asked.block_id))
        searching = self.snapshots.search(region, asked.value, limit=options.AT_MOST)
        found, language = await asyncio.gather(searching, self.people.reads(asked.user.id))
        if found is None:
            await ack(options=[options.unavailable(region, self.snapshots.why_not(region), language)])
        else:
            available = [snapshot for snapshot in found if snapshot.status == SnapshotStatus.AVAILABLE]
            await ack(options=disk_form.snapshot_options(available, language))

    async def submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Takes the disk into the request form, which comes back to the front."""
        sent = Interaction.model_validate(body)
        try:
            draft = await self.disk_forms.put(sent.form.draft_id, act=sent.act, form=sent.form.disk())
        except UserError as error:
            await give_back(ack, sent, error, await self.people.reads(sent.user.id))
        else:
            self._redraw(draft, sent)
            await ack()
