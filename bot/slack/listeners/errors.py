"""What a person sees when a listener could not do what they asked: one place for every kind of payload."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError
from slack_bolt import BoltResponse
from slack_bolt.error import BoltUnhandledRequestError

from bot import metrics
from bot.domain.errors import Code, Late, Problem, UserError
from bot.slack.listeners.routes import id_of
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.ephemeral import Ephemeral, told
from bot.slack.people import People
from bot.slack.protocol import parse
from bot.slack.protocol.payloads import Interaction, is_whole
from bot.slack.screens.window import message_view
from bot.texts.problems import explain_all

log = structlog.get_logger(__name__)

LONGEST_ID = 64
"""Characters that are logged of an id that no listener has: an old screen's, or of an app with another manifest."""


@dataclass(frozen=True, kw_only=True)
class Errors:
    """Answers for listeners that raised. What the person can act on is shown as it reads; for anything else they
    get a short reference, and the operator's log has the whole story under it.
    """

    people: People
    ephemeral: Ephemeral
    tasks: Tasks
    new_reference: Callable[[], str]

    async def handle(self, error: Exception, body: dict[str, Any]) -> BoltResponse:
        """The answer to a payload whose listener raised: an ack, so that nobody sees a dead button.

        Only what cannot come from a screen of ours, however it is signed, is refused instead. It never raises: Bolt
        does not expect it to.
        """
        try:
            return await self._answer(error, body)
        except Exception:
            metrics.FAULTS.labels("listener").inc()
            log.exception("listener.fault_not_told", payload=body.get("type"))
            return BoltResponse(status=500)  # Slack marks the button, or the form, as not having worked

    async def _answer(self, error: Exception, body: dict[str, Any]) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            kind = body.get("type") or "command"
            log.warning("slack.unheard", payload=kind, id=id_of(body)[:LONGEST_ID])
            # Nobody waits for the answer to an event, and Slack would send one that is refused three times more.
            return BoltResponse(status=200 if kind == "event_callback" else 404)
        if isinstance(error, ValidationError | parse.Unreadable) or not is_whole(body):
            log.warning("slack.payload_unreadable", payload=body.get("type"), error=type(error).__name__)
            return BoltResponse(status=400)
        if isinstance(error, Late):
            return BoltResponse(status=200)
        problems = error.problems if isinstance(error, UserError) else (self._unplanned(error, body),)
        if "command" in body:
            language = await self.people.reads(str(body.get("user_id", "")))
            return BoltResponse(status=200, body=told(problems, language))
        if body.get("type") == "event_callback":
            return BoltResponse(status=200)
        if body.get("type") == "block_suggestion":
            return _json({"options": []})
        return await self._interaction(problems, Interaction.model_validate(body), str(body.get("type")))

    async def _interaction(self, problems: tuple[Problem, ...], asked: Interaction, kind: str) -> BoltResponse:
        if kind == "view_submission":
            language = await self.people.reads(asked.user.id)
            view = message_view(explain_all(problems, language), language)
            return _json({"response_action": "update", "view": view.to_dict()})
        self.tasks.start(self.ephemeral.problems(asked.channel_id, asked.user.id, problems), name="ephemeral")
        return BoltResponse(status=200)

    def _unplanned(self, error: Exception, body: dict[str, Any]) -> Problem:
        reference = self.new_reference()
        metrics.FAULTS.labels("listener").inc()
        kind = body.get("type") or body.get("command")
        log.error("listener.fault", reference=reference, payload=kind, exc_info=error)
        return Problem(Code.UNPLANNED, facts={"reference": reference})


def _json(answer: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(answer), headers={"content-type": ["application/json"]})
