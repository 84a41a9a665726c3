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
from bot.slack.answers import OpenView, RedrawnView, ShownView
from bot.slack.markup import escape
from bot.slack.people import People
from bot.slack.web_api import SlackError, ask, call
from bot.texts import command as texts
from bot.texts.problems import explain

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class _Screen:
    """What this process knows of a form that somebody has open."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    revision: int = -1  # of the draft, as last drawn
    hash: str = ""  # of the view, as Slack last told


@dataclass(frozen=True, kw_only=True)
class Show:
    """What is shown at once and not owed: the person sees whether it worked, and can do it again."""

    client: AsyncWebClient
    drafting: Drafting
    disk_forms: DiskForms
    people: People
    regions: Sequence[str]
    _screens: WeakValueDictionary[str, _Screen] = field(default_factory=WeakValueDictionary)

    async def modal(self, trigger_id: str, view: View) -> OpenView | None:
        """Opens a modal; the view as Slack has it, or None when it would not open one (a trigger lives 3 s)."""
        try:
            return (await ask(self.client.views_open(trigger_id=trigger_id, view=view), ShownView)).view
        except SlackError as error:
            log.warning("view.not_opened", callback_id=view.callback_id, code=error.code)
            return None

    async def modal_or_word(self, trigger_id: str, view: View, *, user: str, channel: str) -> None:
        """Opens a modal, or says that the button is to be pressed again."""
        if await self.modal(trigger_id, view) is None:
            await self.tell(channel, user, texts.PRESS_AGAIN(self.people.language(user)))

    async def new_form(self, trigger_id: str, draft: Draft) -> None:
        """Opens the form of a draft, before anything else is asked of anybody, and then completes it."""
        view = await self.modal(trigger_id, forms.request_form(draft, regions=self.regions))
        if view is None:
            await self.tell(draft.origin, draft.requester, texts.NOT_OPENED(self.people.language(draft.requester)))
            return
        view_id, screen = view.id, self._screen(draft.id)
        opened = await self.drafting.opened(draft.id, view_id=view_id)
        screen.hash = view.hash
        if opened.revision == draft.revision + 1:  # nobody has chosen anything yet: what was opened is the newest
            screen.revision = opened.revision
        language = await self.people.meet(draft.requester)
        ruling = may(Action.REQUEST, self.people.known(draft.requester), self.people.policy())
        if certain := [problem for problem in ruling.problems if problem.code is not Code.ROLE_UNKNOWN]:
            words = "\n".join(explain(problem, language) for problem in certain)
            await call(self.client.views_update(view_id=view_id, view=forms.message_view(words, language)))
            return
        if language != draft.language:
            await self.drafting.translate(draft.id, language=language)
        await self.load(draft.id)

    async def form(self, draft_id: str, *, shown_hash: str = "") -> None:
        """Redraws a form as its draft stands, until what Slack shows is the newest.

        Redraws of one form take turns, and each reads the draft first, so that a slow one never brings back an
        older choice; the view's hash keeps one from covering what the form's submission has put there meanwhile
        (Slack: views.update, hash). What is typed stays: the blocks keep their ids.

        Args:
            draft_id: which.
            shown_hash: the hash of the view that somebody acted in, where this process has not drawn it itself.
        """
        screen = self._screen(draft_id)
        async with screen.turn:
            screen.hash = screen.hash or shown_hash
            while (draft := await self.drafting.get(draft_id)).revision != screen.revision:
                if draft.state is not DraftState.OPEN or not draft.view_id:
                    return
                if not await self._redraw(screen, draft):
                    return

    async def _redraw(self, screen: _Screen, draft: Draft) -> bool:
        """One attempt; whether it is worth looking at the draft again."""
        view = forms.request_form(draft, regions=self.regions)
        try:
            shown = await ask(
                self.client.views_update(view_id=draft.view_id, view=view, hash=screen.hash or None), RedrawnView
            )
        except SlackError as error:
            if error.code == "hash_conflict" and screen.hash:  # drawn over meanwhile: read again what should be there
                screen.hash = ""
                return True
            log.info("form.not_redrawn", draft_id=draft.id, code=error.code)  # closed: the person acts again
            return False
        screen.revision, screen.hash = draft.revision, shown.view.hash if shown.view else ""
        return True

    def _screen(self, draft_id: str) -> _Screen:
        return self._screens.setdefault(draft_id, _Screen())

    async def push_disk(self, trigger_id: str, draft: Draft) -> None:
        """Puts the form of a disk on top of the request form."""
        try:
            pushed = await ask(
                self.client.views_push(trigger_id=trigger_id, view=disk_view.disk_view(draft)), ShownView
            )
        except SlackError as error:
            log.warning("view.not_pushed", draft_id=draft.id, code=error.code)
            await self.tell(draft.origin, draft.requester, texts.NOT_OPENED(draft.language))
            return
        await self.disk_forms.opened(draft.id, view_id=pushed.view.id)

    async def disk(self, draft: Draft) -> None:
        """Redraws the form of a disk, as far as it is still open."""
        if draft.disk_form and draft.disk_form.view_id:
            try:
                view = disk_view.disk_view(draft)
                await call(self.client.views_update(view_id=draft.disk_form.view_id, view=view))
            except SlackError as error:
                log.info("disk_form.not_redrawn", draft_id=draft.id, code=error.code)

    async def load(self, draft_id: str, *, shown_hash: str = "") -> None:
        """Shows a form as it stands, brings the chosen instance in, and shows it again."""
        screen = self._screen(draft_id)  # held, so that the second redraw knows what the first one drew
        await self.form(draft_id, shown_hash=shown_hash)
        await self.drafting.load(draft_id)
        await self.form(draft_id)
        del screen

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
