"""Showing things to one person at once: their form, their Home, a word that only they see."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

import structlog
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.draft import Draft, DraftState
from bot.domain.errors import Code, Problem
from bot.domain.policy import Action, may
from bot.service.disk_form import DiskForms
from bot.service.draft import Drafting
from bot.slack import disk_view, forms
from bot.slack.markup import escape
from bot.slack.people import People
from bot.slack.web_api import SlackError, call
from bot.texts import command as texts
from bot.texts.problems import explain

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Show:
    """What is shown at once and not owed: the person sees whether it worked, and can do it again."""

    client: AsyncWebClient
    drafting: Drafting
    disk_forms: DiskForms
    people: People
    regions: Sequence[str]
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def modal(self, trigger_id: str, view: View) -> str:
        """Opens a modal; its id, or nothing when Slack would not (the trigger lives 3 s)."""
        try:
            answer = await call(self.client.views_open(trigger_id=trigger_id, view=view))
        except SlackError as error:
            log.warning("view.not_opened", callback_id=view.callback_id, code=error.code)
            return ""
        return str(answer["view"]["id"])

    async def new_form(self, trigger_id: str, draft: Draft) -> None:
        """Opens the form of a draft, before anything else is asked of anybody, and then completes it."""
        view_id = await self.modal(trigger_id, forms.request_form(draft, regions=self.regions))
        if not view_id:
            await self.tell(draft.origin, draft.requester, texts.NOT_OPENED(self.people.language(draft.requester)))
            return
        await self.drafting.opened(draft.id, view_id=view_id)
        language = await self.people.meet(draft.requester)
        ruling = may(Action.REQUEST, self.people.known(draft.requester), self.people.policy())
        if certain := [problem for problem in ruling.problems if problem.code is not Code.ROLE_UNKNOWN]:
            words = "\n".join(explain(problem, language) for problem in certain)
            await call(self.client.views_update(view_id=view_id, view=forms.message_view(words, language)))
            return
        if language != draft.language:
            await self.drafting.translate(draft.id, language=language)
        await self.load(draft.id)

    async def form(self, draft_id: str) -> None:
        """Redraws a form as its draft stands, until what Slack shows is the newest.

        Redraws of one form take turns, and each reads the draft first, so that a slow one never brings back an
        older choice. Slack keeps what was typed meanwhile: the blocks keep their ids (Slack: views.update).
        """
        turn = self._turns.setdefault(draft_id, asyncio.Lock())
        async with turn:
            shown = -1
            while (draft := await self.drafting.get(draft_id)).revision != shown:
                if draft.state is not DraftState.OPEN or not draft.view_id:
                    return
                shown = draft.revision
                try:
                    view = forms.request_form(draft, regions=self.regions)
                    await call(self.client.views_update(view_id=draft.view_id, view=view))
                except SlackError as error:  # closed meanwhile, or Slack is in trouble: the person acts again
                    log.info("form.not_redrawn", draft_id=draft_id, code=error.code)
                    return

    async def push_disk(self, trigger_id: str, draft: Draft) -> None:
        """Puts the form of a disk on top of the request form."""
        try:
            answer = await call(self.client.views_push(trigger_id=trigger_id, view=disk_view.disk_view(draft)))
        except SlackError as error:
            log.warning("view.not_pushed", draft_id=draft.id, code=error.code)
            await self.tell(draft.origin, draft.requester, texts.NOT_OPENED(draft.language))
            return
        await self.disk_forms.opened(draft.id, view_id=str(answer["view"]["id"]))

    async def disk(self, draft: Draft) -> None:
        """Redraws the form of a disk, as far as it is still open."""
        if draft.disk_form and draft.disk_form.view_id:
            try:
                view = disk_view.disk_view(draft)
                await call(self.client.views_update(view_id=draft.disk_form.view_id, view=view))
            except SlackError as error:
                log.info("disk_form.not_redrawn", draft_id=draft.id, code=error.code)

    async def load(self, draft_id: str) -> None:
        """Shows a form as it stands, brings the chosen instance in, and shows it again."""
        await self.form(draft_id)
        draft = await self.drafting.load(draft_id)
        if draft.instance_id or draft.problems:
            await self.form(draft_id)

    async def whisper(self, channel: str, user: str, problems: Sequence[Problem]) -> None:
        """Says in a conversation what stands against something, so that only one person sees it."""
        language = self.people.language(user)
        await self.tell(channel, user, escape("\n".join(explain(problem, language) for problem in problems)))

    async def tell(self, channel: str, user: str, text: str) -> None:
        """An ephemeral message, or a direct one where the bot is not in the conversation."""
        try:
            await call(self.client.chat_postEphemeral(channel=channel or user, user=user, text=text))
        except SlackError as error:
            log.info("ephemeral.not_shown", channel=channel, code=error.code)
            await call(self.client.chat_postMessage(channel=user, text=text, unfurl_links=False))
