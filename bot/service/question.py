"""Asking the requester: an approver's question, which decides nothing."""

from dataclasses import dataclass

import structlog

from bot.domain import rules
from bot.domain.errors import UserError
from bot.domain.policy import Action
from bot.domain.request import ImageRequest, Question
from bot.service.acting import Acting
from bot.service.count import existing
from bot.store import Transaction

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Questioning(Acting):
    """Questions about requests that wait for approval. Each raises `UserError`, and then nothing was asked."""

    async def check(self, *, request_id: str, plan_hash: str, actor: str) -> ImageRequest:
        """Whether a question might be accepted: asked before somebody is made to type it."""
        return await self._might(Action.ASK, request_id, plan_hash, actor)

    async def ask(self, *, request_id: str, plan_hash: str, actor: str, question: str, view_id: str) -> ImageRequest:
        """One question, once for each form, however often Slack sends it.

        Args:
            request_id: about which request.
            plan_hash: of the plan that was on the screen.
            actor: who asks.
            question: as it was typed. It is told in one line, so that no second one looks like the bot's own.
            view_id: of the form.
        """
        question = " ".join(question.split())
        if problems := rules.check_question(question):
            raise UserError(*problems)
        since = await self._look(request_id, actor)

        def work(tx: Transaction) -> ImageRequest:
            request = existing(tx.requests.lock(request_id), request_id)
            if tx.questions.is_asked(request_id, actor, view_id):
                return request
            request = self._pending(tx, request_id, plan_hash)
            self._may(Action.ASK, actor, request, since)
            asked = Question(asker=actor, text=question, at=self.clock())
            tx.requests.ask(request, asked, view_id=view_id)
            return tx.requests.existing(request_id)

        request = await self.store.transact(work)
        log.info("request.asked", request_id=request.id, actor=actor, state=request.state)
        return request
