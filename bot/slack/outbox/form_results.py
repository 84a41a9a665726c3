"""What became of a form that was sent: shown in it while it is open."""

from dataclasses import dataclass

import structlog
from slack_sdk.models.views import View

from bot.domain.draft import Draft
from bot.domain.request import ImageRequest
from bot.service.form_state import FormState
from bot.slack.outbox.windows import Windows
from bot.slack.protocol.web_api import RateLimited, SlackError, Unavailable
from bot.slack.screens import request_form

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class FormResults:
    """The window of a form is the first to tell what became of it; a message tells where it is closed."""

    windows: Windows

    async def sent(self, draft: Draft, request: ImageRequest, who_decides: str) -> bool:
        """It is a request now; whether its window says so. Where it does not, the requester's card does."""
        return await self._shown(draft, request_form.sent_view(request, who_decides))

    async def given_back(self, form: FormState) -> bool:
        """It was not sent, and may be corrected; whether its window says so."""
        view = request_form.request_form(form.draft, form.ruleset, form.frozen)
        return await self._shown(form.draft, view)

    async def _shown(self, draft: Draft, view: View) -> bool:
        """Whether the window of a form shows this now; not when it was closed, or Slack takes no such window.

        Raises:
            Unavailable: Slack cannot be asked now.
        """
        if not draft.view_id:
            return False
        try:
            await self.windows.update(view, draft.language, view_id=draft.view_id)
        except RateLimited:
            raise
        except Unavailable as error:  # whatever became of the form, no message was posted
            raise Unavailable(error.code) from error
        except SlackError as error:
            log.info("view.not_shown", draft_id=draft.id, code=error.code)
            return False
        return True
