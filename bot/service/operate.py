"""Operating: what people do about a request that is being carried out."""

from dataclasses import dataclass

from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import State
from bot.domain.policy import Action
from bot.domain.request import ImageRequest
from bot.domain.steps import JobStep, StepMove, StepState
from bot.service.acting import Acting, May, same_plan, too_late
from bot.store import StepChanges, Transaction


@dataclass(frozen=True, kw_only=True)
class Operating(Acting):
    """Begin it early, let it go on, end it here, settle what is unsure, and say what becomes of a machine that does not
    start.

    Each raises `UserError` with what stands against it, and then nothing has changed.
    """

    async def end(self, *, request_id: str, actor: str) -> None:
        """Nothing new begins; what is owed is still done. Of the requester, or an approver."""

        def work(tx: Transaction, request: ImageRequest, may: May) -> None:
            may(Action.END)
            if request.state is not State.WORKING or request.ending:
                raise too_late(request.id, request.state)
            tx.steps.end_here(request.id, at=self.clock(), actor=actor)

        await self._act("end", request_id, actor, work, own=True)

    async def start_now(self, *, request_id: str, plan_hash: str, actor: str) -> None:
        """An approved request does not wait for its time any longer. Of the requester, or an approver."""

        def work(tx: Transaction, request: ImageRequest, may: May) -> None:
            same_plan(request, plan_hash)
            may(Action.START_NOW)
            if request.state is not State.APPROVED:
                raise too_late(request.id, request.state)
            if request.begin_at:  # else somebody has said so already
                tx.requests.begin_now(request.id, at=self.clock(), actor=actor)
            tx.steps.hasten(request.id)

        await self._act("start_now", request_id, actor, work, own=True)

    async def go_on(self, *, request_id: str, job: int, actor: str) -> None:
        """A job begins, though the one before it has come to no good end. Of the requester, or an approver.

        Args:
            request_id: of which request.
            job: the number of the job that was held when the button was drawn.
            actor: who says so.
        """

        def work(tx: Transaction, request: ImageRequest, may: May) -> None:
            may(Action.GO_ON)
            if request.held_up is None or request.held_up.number != job:
                raise too_late(request.id, request.state)
            tx.steps.let_on(request.id, job, at=self.clock(), actor=actor)

        await self._act("go_on", request_id, actor, work, own=True)

    async def start_again(self, *, request_id: str, job: int, actor: str) -> None:
        """A start that the cloud refused is tried again at once."""

        def work(tx: Transaction, request: ImageRequest, may: May) -> None:
            _owed(request, job)
            may(Action.START_AGAIN)
            tx.steps.hasten(request.id)
            tx.requests.resume(request.id, at=self.clock(), actor=actor, how="start_again")

        await self._act("start_again", request_id, actor, work, own=True)

    async def leave_stopped(self, *, request_id: str, job: int, actor: str) -> None:
        """A person's word that a machine which the bot has stopped may stay so. Where a start is on its way already,
        what comes of it is seen first.
        """

        def work(tx: Transaction, request: ImageRequest, may: May) -> None:
            step = _owed(request, job)
            may(Action.LEAVE_STOPPED)
            now, detail, instance = self.clock(), {"why": "left stopped"}, step.instance_id
            tx.requests.resume(request.id, at=now, actor=actor, how="leave_stopped", instance=instance)
            if step.state is StepState.CALLING or step.in_doubt:
                tx.steps.let_go(step, at=now, actor=actor)
            elif not tx.steps.advance(step, StepMove.SKIP, at=now, actor=actor, detail=detail, left_by=actor):
                raise too_late(request.id, request.state)

        await self._act("leave_stopped", request_id, actor, work, own=True)

    async def resolve(self, *, request_id: str, job: int, move: StepMove, actor: str) -> None:
        """An approver's word on a step that is unsure: CHECK_AGAIN, CREATE_ANYWAY or GIVE_UP. The last one also ends
        the watch over an image of which JD Cloud says what no page documents.
        """
        if StepState.UNSURE not in move.sources:
            msg = f"{move} does not resolve anything"
            raise ValueError(msg)

        def work(tx: Transaction, request: ImageRequest, may: May) -> None:
            may(Action.RESOLVE)
            undecided = request.undecided_steps if move is StepMove.GIVE_UP else request.unsure_steps
            step = next((step for step in undecided if step.job == job), None)
            if step is None:  # it comes, or came, to its end by itself
                raise too_late(request.id, request.state)
            now = self.clock()
            tx.requests.resume(request.id, at=now, actor=actor, how=move.event)
            changes: StepChanges = {"problems": ()}
            if move is StepMove.GIVE_UP:
                tx.requests.note_given_up(request.id, actor=actor)
                changes = {"problems": (_given_up(step),)}
            elif move is StepMove.CREATE_ANYWAY:
                changes = {"problems": (), "attempts": 0, "trying_since": None, "looked_at": None}
            if not tx.steps.advance(step, move, at=now, actor=actor, **changes):
                raise too_late(request.id, request.state)

        await self._act(move.event, request_id, actor, work)


def _owed(request: ImageRequest, job: int) -> JobStep:
    """A step of a job that is owed, and that something stands against.

    Raises:
        UserError: there is none any more.
    """
    step = next((step for step in request.stuck_steps if step.job == job), None)
    if step is None:
        raise too_late(request.id, request.state)
    return step


def _given_up(step: JobStep) -> Problem:
    """What was given up: the search for an image, or the watch over one that JD Cloud has."""
    if not step.result:
        return Problem(Code.GIVEN_UP)
    return Problem(Code.GIVEN_UP_WATCHING, facts={"image": step.result, "status": step.cloud_status})
