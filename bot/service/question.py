"""Asking the requester: an approver's question, which decides nothing."""

from dataclasses import dataclass

from bot.domain import limits
from bot.domain.errors import UserError
from bot.domain.policy import Action
from bot.domain.request import ImageRequest, Question
from bot.service.acting import Acting, May
from bot.store import Transaction


@dataclass(frozen=True, kw_only=True)
class Questioning(Acting):
    """Questions about requests that wait for approval. Each raises `UserError`, and then nothing was asked."""

    async def check(self, *, request_id: str, plan_hash: str, actor: str) -> ImageRequest:
        """Whether a question might be accepted: asked before somebody is made to type it."""
        return await self._might(Action.ASK, request_id, plan_hash, actor)

    async def ask(self, *, request_id: str, plan_hash: str, actor: str, question: str, view_id: str) -> None:
        """One question, once for each form, however often Slack sends it.

        Args:
            request_id: about which request.
            plan_hash: of the plan that was on the screen.
            actor: who asks.
            question: as it was typed. It is told in one line, so that no second one looks like the bot's own.
            view_id: of the form.
        """
        question = " ".join(question.split())
        if problems := limits.check_question(question):
            raise UserError(*problems)

        def work(tx: Transaction, request: ImageRequest, may: May) -> None:
            if tx.questions.is_asked(request_id, actor, view_id):
                return
            self._check_pending(request, plan_hash)
            may(Action.ASK)
            tx.requests.ask(request, Question(asker=actor, text=question, at=self.clock()), view_id=view_id)

        await self._act("ask", request_id, actor, work)
