"""Windows: opened, laid on each other and drawn anew, and plainer where Slack refuses them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.protocol.answers import RedrawnView
from bot.slack.protocol.web_api import Gone, Incomplete, SlackError, Unavailable, ask
from bot.slack.screens.plainer import plainer
from bot.texts import Text
from bot.texts import commands as texts

log = structlog.get_logger(__name__)

PAUSES = (1.0, 3.0, 9.0)
"""Seconds between the tries to draw a window anew, where Slack does not say how long to wait."""

LONGEST_PAUSE = 30.0
"""Seconds; whoever looks at a window does not look for longer."""

TRIGGER_GONE = {"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired"}
"""Slack: a window opens within 3 s of a click, once."""


class Refused(SlackError):
    """Slack takes the window in no form. The operator's log has each of its reasons under the reference."""

    def __init__(self, code: str, reference: str) -> None:
        super().__init__(code)
        self.reference = reference


@dataclass(frozen=True)
class Window:
    """A window as Slack has it. What Slack does not tell is not known, and found out by what comes next."""

    id: str = ""
    hash: str = ""


def is_refusal(error: SlackError) -> bool:
    """Whether Slack may take another window in place of the one it has not taken."""
    return not isinstance(error, Gone | Unavailable) and error.code not in {*TRIGGER_GONE, "hash_conflict"}


def pause_after(error: Unavailable, tries: int) -> float | None:
    """Seconds until a window is drawn once more that Slack was too busy for; None when it was tried often enough."""
    if tries >= len(PAUSES):
        return None
    return PAUSES[tries] if error.retry_after is None else min(error.retry_after, LONGEST_PAUSE)


def why_not(error: SlackError, too_late: Text, language: str) -> str:
    """What is true of a window that did not open: too late, refused, or nobody knows."""
    if isinstance(error, Refused):
        return texts.REFUSED(language, reference=error.reference)
    return too_late(language) if error.code in TRIGGER_GONE or isinstance(error, Gone) else texts.NO_ANSWER(language)


@dataclass(frozen=True, kw_only=True)
class Windows:
    """The windows of the bot. Every method raises any `SlackError`, `Refused` among them."""

    client: AsyncWebClient
    new_reference: Callable[[], str]

    async def open(self, trigger_id: str, view: View, language: str) -> Window:
        """Opens a window."""
        return await self._taken(view, language, lambda one: self.client.views_open(trigger_id=trigger_id, view=one))

    async def push(self, trigger_id: str, view: View, language: str) -> Window:
        """Lays a window on top of the one that is open."""
        return await self._taken(view, language, lambda one: self.client.views_push(trigger_id=trigger_id, view=one))

    async def update(
        self,
        view: View,
        language: str,
        *,
        view_id: str,
        external_id: str = "",
        view_hash: str = "",
        last: Callable[[str], View] | None = None,
    ) -> Window:
        """Draws a window anew.

        Args:
            view: what it shows.
            language: of who sees it.
            view_id: which; empty where Slack has not told.
            external_id: by which it can be found then.
            view_hash: what it must still be; empty for any.
            last: what it shows when Slack takes it in no other form, given the reference in the operator's log.
        """

        def draw(one: View) -> Awaitable[Any]:
            which = {"view_id": view_id} if view_id else {"external_id": external_id}
            return self.client.views_update(view=one, hash=view_hash or None, **which)

        return await self._taken(view, language, draw, last)

    async def _taken(
        self,
        view: View,
        language: str,
        show: Callable[[View], Awaitable[Any]],
        last: Callable[[str], View] | None = None,
    ) -> Window:
        """Shows the first of several that Slack takes: the whole window, a plainer one, the last resort."""
        reference = self.new_reference()
        steps: Sequence[Callable[[], View]] = [
            lambda: view,
            lambda: plainer(view, language, reference),
            *([lambda: last(reference)] if last else []),
        ]
        code = ""
        for step in steps:
            try:
                view_told = (await ask(show(step()), RedrawnView)).view
                return Window(view_told.id, view_told.hash) if view_told else Window()
            except Incomplete as untold:
                log.warning("view.not_told", what=untold.what)
                return Window()
            except SlackError as error:
                if not is_refusal(error):
                    raise
                code = error.code
                log.error("view.refused", callback_id=view.callback_id, code=code, reference=reference)
        raise Refused(code, reference)
