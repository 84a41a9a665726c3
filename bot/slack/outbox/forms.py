"""The forms: opened, drawn anew as their draft changes, and with other forms on top."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from weakref import WeakValueDictionary

import structlog
from slack_sdk.models.blocks import SectionBlock
from slack_sdk.models.views import View

from bot.domain.draft import DiskForm, Draft, DraftJob, DraftState, MachineForm, disks_seen
from bot.domain.errors import Problem
from bot.service.disk_form import DiskForms
from bot.service.draft import Drafting
from bot.service.form_state import FormState
from bot.service.loading import to_load
from bot.slack.outbox.ephemeral import Ephemeral
from bot.slack.outbox.windows import PAUSES, Refused, Window, Windows, pause_after, why_not
from bot.slack.people import People
from bot.slack.protocol.markup import plain
from bot.slack.protocol.web_api import Gone, SlackError, Unavailable
from bot.slack.screens import disk_form, machine_form
from bot.slack.screens import request_form as form_screen
from bot.slack.screens.window import message_view
from bot.texts import commands as texts
from bot.texts import request_form
from bot.texts.problems import explain_all

log = structlog.get_logger(__name__)

T = TypeVar("T")


@dataclass(eq=False)
class _Screen:
    """What this process knows of a form that somebody has open."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    revision: int = -1  # of the draft, as last drawn
    hash: str = ""  # of the view, as Slack last told
    external_id: str = ""  # by which the view is found while Slack has not told its id


@dataclass(frozen=True, kw_only=True)
class Forms:
    """The windows that show a draft, until what Slack shows is the newest."""

    windows: Windows
    ephemeral: Ephemeral
    drafting: Drafting
    disk_forms: DiskForms
    people: People
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _screens: WeakValueDictionary[str, _Screen] = field(default_factory=WeakValueDictionary)

    async def open(self, trigger_id: str, form: FormState) -> bool:
        """Opens the form of a draft, before anything else is asked of anybody, and then completes it.

        Whether it stands there, and its person may use it.
        """
        draft, screen = form.draft, self._screen(form.draft.id)
        screen.external_id = f"{draft.id}.{draft.revision}"
        try:
            window = await self._opened(trigger_id, form, screen.external_id)
        except SlackError as error:
            log.warning("view.not_opened", draft_id=draft.id, code=error.code)
            words = why_not(error, texts.NOT_OPENED, await self.people.reads(draft.requester))
            await self.ephemeral.tell(draft.origin, draft.requester, words)
            return False
        screen.hash = window.hash
        language = await self.people.meet(draft.requester)
        if problems := await self.people.against_asking(draft.requester):
            await self._refuse(replace(draft, language=language), screen, window, problems)
            return False
        time_zone = self.people.time_zone(draft.requester)
        opened = await self.drafting.opened(draft.id, view_id=window.id, language=language, time_zone=time_zone)
        if _shows_the_same(opened, form):
            screen.revision = opened.draft.revision
        await self.load(draft.id, known=opened)
        return True

    async def _opened(self, trigger_id: str, form: FormState, external_id: str) -> Window:
        """The form, open. Where Slack's answer was lost or does not say, its own id for it tells whether it is."""
        view, language = _view(form, external_id), form.draft.language
        try:
            window = await self.windows.open(trigger_id, view, language)
        except Unavailable as error:
            if not error.doubtful:
                raise
            window = Window()
        if window.id:
            return window
        return await self._patiently(lambda: self.windows.update(view, language, view_id="", external_id=external_id))

    async def _refuse(self, draft: Draft, screen: _Screen, window: Window, problems: Sequence[Problem]) -> None:
        """The person may not ask for anything: said in their form, or in a message."""
        view = message_view(explain_all(problems, draft.language), draft.language)

        def draw() -> Awaitable[Window]:
            return self.windows.update(view, draft.language, view_id=window.id, external_id=screen.external_id)

        try:
            await self._patiently(draw)
        except SlackError as error:
            log.warning("form.not_redrawn", draft_id=draft.id, code=error.code)
            await self.ephemeral.problems(draft.origin, draft.requester, problems)

    async def draw(self, draft_id: str, *, shown_hash: str = "", known: FormState | None = None) -> Draft:
        """Redraws a form as its draft stands, until what Slack shows is the newest; returns the draft as it was read.

        Redraws of one form take turns, so that a slow one never brings back an older choice; the view's hash keeps one
        from covering what another process, or the form's submission, has put there meanwhile (Slack: views.update,
        hash). What is typed stays: the blocks keep their ids.

        Args:
            draft_id: which.
            shown_hash: the hash of the view that somebody acted in, where this process has not drawn it itself.
            known: how it stood just now. Where no hash would tell that it was drawn over, it is read anew.
        """
        screen, tries = self._screen(draft_id), 0
        async with screen.turn:
            screen.hash = screen.hash or shown_hash
            form = known if known and screen.hash else await self.drafting.form(draft_id)
            while form.draft.revision > screen.revision and _is_open(form.draft, screen):
                guarded = bool(screen.hash)
                if not await self._redraw(screen, form, tries):
                    break
                if guarded and screen.revision == form.draft.revision:
                    break
                form = await self.drafting.form(draft_id)
                tries += 1
        return form.draft

    async def _redraw(self, screen: _Screen, form: FormState, tries: int) -> bool:
        """One attempt; whether it is worth looking at the draft again, after a pause where Slack is busy."""
        draft = form.draft
        try:
            window = await self.windows.update(
                _view(form, screen.external_id),
                draft.language,
                view_id=draft.view_id,
                external_id=screen.external_id,
                view_hash=screen.hash,
                last=lambda reference: form_screen.stuck_view(
                    draft, request_form.STUCK(draft.language, reference=reference)
                ),
            )
        except Gone as error:
            log.info("form.not_redrawn", draft_id=draft.id, code=error.code)  # closed: the person acts again
            return False
        except SlackError as error:
            if error.code == "hash_conflict" and screen.hash:  # drawn over meanwhile: read again what should be there
                screen.hash = ""
                return True
            if isinstance(error, Unavailable) and (seconds := pause_after(error, tries)) is not None:
                await self.pause(seconds)
                return True
            log.warning("form.not_redrawn", draft_id=draft.id, code=error.code)
            await self._say_stuck(draft, error)
            return False
        screen.revision, screen.hash = draft.revision, window.hash
        return True

    async def _say_stuck(self, draft: Draft, error: SlackError) -> None:
        """A form that is not drawn anew may say `Loading` for ever: its person hears what is true, and a way out."""
        words = request_form.NOT_REDRAWN(draft.language)
        if isinstance(error, Refused):
            words = request_form.STUCK(draft.language, reference=error.reference)
        blocks = [SectionBlock(text=plain(words)), *form_screen.open_again(draft)]
        await self.ephemeral.tell(draft.origin, draft.requester, words, blocks)

    async def catch_up(self, draft_id: str, *, disks: str, shown_hash: str = "") -> None:
        """Draws a form anew whose window shows other disks than its draft holds, and loads what is missing."""
        draft, screen = await self.drafting.get(draft_id), self._screen(draft_id)
        current = disks == disks_seen(draft)
        if not current:
            screen.revision = -1
        if not current or to_load(draft):
            await self.load(draft_id, shown_hash=shown_hash)

    def _screen(self, draft_id: str) -> _Screen:
        return self._screens.setdefault(draft_id, _Screen())

    async def push_disk(self, trigger_id: str, draft: Draft) -> None:
        """Puts the form of a disk on top of the request form."""
        window = await self._push(trigger_id, draft, disk_form.disk_view(draft))
        if window.id:
            await self.disk_forms.opened(draft.id, view_id=window.id)

    async def _push(self, trigger_id: str, draft: Draft, view: View) -> Window:
        try:
            return await self.windows.push(trigger_id, view, draft.language)
        except SlackError as error:
            log.warning("view.not_pushed", draft_id=draft.id, code=error.code)
            await self.ephemeral.tell(draft.origin, draft.requester, why_not(error, texts.PRESS_AGAIN, draft.language))
            return Window()

    async def disk(self, draft: Draft) -> None:
        """Redraws the form of a disk, as far as it is still open."""
        await self._draw_on_top(draft, lambda newest: newest.disk_form, lambda newest, _: disk_form.disk_view(newest))

    async def push_machine(self, trigger_id: str, draft: Draft, job: DraftJob) -> None:
        """Puts the form of one of several instances on top of the request form."""
        window = await self._push(trigger_id, draft, machine_form.machine_view(draft, job))
        if window.id:
            await self.disk_forms.machine_opened(draft.id, instance_id=job.instance_id, view_id=window.id)

    async def machine(self, draft: Draft) -> None:
        """Redraws the form of one of several instances, as far as it is still open."""
        await self._draw_on_top(draft, lambda newest: newest.machine_form, machine_form.machine_view)

    async def _draw_on_top(
        self,
        draft: Draft,
        shown: Callable[[Draft], DiskForm | MachineForm | None],
        view: Callable[[Draft, DraftJob], View],
    ) -> None:
        async def draw() -> None:
            newest = await self.drafting.get(draft.id)
            form = shown(newest)
            job = newest.job(form.instance_id) if form else None
            if form and form.view_id and job and job.instance:
                await self.windows.update(view(newest, job), newest.language, view_id=form.view_id)

        try:
            async with self._screen(draft.id).turn:
                await self._patiently(draw)
        except Gone as error:
            log.info("form_on_top.not_redrawn", draft_id=draft.id, code=error.code)
        except SlackError as error:
            log.warning("form_on_top.not_redrawn", draft_id=draft.id, code=error.code)
            await self._say_stuck(draft, error)

    async def _patiently(self, draw: Callable[[], Awaitable[T]]) -> T:
        """What can be repeated is, where Slack is busy."""
        for tries in range(len(PAUSES)):
            try:
                return await draw()
            except Unavailable as error:
                await self.pause(pause_after(error, tries) or 0.0)
        return await draw()

    async def load(self, draft_id: str, *, shown_hash: str = "", known: FormState | None = None) -> None:
        """Shows a form as it stands, and once more with each chosen instance as it arrives: none waits for another."""
        screen = self._screen(draft_id)  # held, so that each redraw knows what the one before drew
        draft = await self.draw(draft_id, shown_hash=shown_hash, known=known)
        await asyncio.gather(*(self._load(draft, job) for job in to_load(draft)))
        del screen

    async def _load(self, draft: Draft, job: DraftJob) -> None:
        await self.draw(draft.id, known=await self.drafting.load(draft, job))


def _view(form: FormState, external_id: str) -> View:
    view = form_screen.request_form(form.draft, form.ruleset, form.frozen)
    view.external_id = external_id or None
    return view


def _is_open(draft: Draft, screen: _Screen) -> bool:
    """Whether a window shows it, or may."""
    is_known = bool(draft.view_id or screen.external_id)
    return draft.state is DraftState.OPEN and not draft.taken_over_by and is_known


def _shows_the_same(now: FormState, before: FormState) -> bool:
    """Whether a form is still as it was: nobody has chosen anything meanwhile, or turned out to read something else."""
    of_then = replace(now.draft, view_id=before.draft.view_id, revision=before.draft.revision)
    return of_then == before.draft and now.frozen == before.frozen
