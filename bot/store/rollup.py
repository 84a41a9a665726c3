"""Roll-up: jobs stand where their steps stand, and a request where its jobs do."""

import dataclasses
from collections.abc import Sequence

from bot.domain.lifecycle import OPEN, Move, Notice, Place, State
from bot.domain.outcome import together
from bot.domain.plan import Order
from bot.domain.request import ImageRequest
from bot.domain.steps import Job, JobMove, JobState, StepMove, held_up, not_wanted, standings
from bot.store.columns import Changes
from bot.store.jobs import Jobs
from bot.store.requests import Requests
from bot.store.versions import Versions

_FOLLOWS = (Move.BEGIN, Move.PUT_OFF, Move.FINISH, Move.PART, Move.FAIL)
"""The moves of a request that follow from its jobs, the first that fits: one that fails at once never held anything."""


class Rollup:
    """What follows from a move of a step, in the same transaction. The request is locked."""

    def __init__(self, requests: Requests, jobs: Jobs, versions: Versions) -> None:
        self._requests, self._jobs, self._versions = requests, jobs, versions

    def settle(self, request: ImageRequest, *, at: float, actor: str) -> None:
        """Jobs and request go where their steps are; what nobody needs any more is skipped.

        Args:
            request: as it stands, with the steps that have just moved.
            at: when, unix seconds.
            actor: who has moved them.
        """
        jobs = self.stand(request, [self._skip(job, request, at=at, actor=actor) for job in request.jobs])
        if held_up(jobs) and not held_up(request.jobs):  # of one that is unsure people have heard before
            self._requests.tell(Notice.HELD, request, Place.THREAD, Place.REQUESTER)
        move = _request_move(request.state, jobs)
        if move is None:
            self._versions.touch(request.id)
            return
        changes: Changes = {} if move.target in OPEN else {"finished_at": at}
        if not self._requests.advance(request.id, move, at=at, actor=actor, **changes):
            raise AssertionError(f"{request.id} is {request.state}, and its jobs say {move}")  # it is locked

    def stand(self, request: ImageRequest, jobs: Sequence[Job]) -> Sequence[Job]:
        """The jobs of a request, brought to where their steps stand, and whose turn it is."""
        one_after_another = request.plan.order is Order.ONE_AFTER_ANOTHER
        stood = []
        for job, state in zip(jobs, standings(jobs, one_after_another=one_after_another), strict=True):
            if state is not job.state:
                JobMove.between(job.state, state)
                self._jobs.move(request.id, job.number, state)
                if JobState.RUNNING in {job.state, state}:
                    self._versions.touch_waiting(request.id, job.steps[0].instance_id)
            stood.append(dataclasses.replace(job, state=state))
        return stood

    def _skip(self, job: Job, request: ImageRequest, *, at: float, actor: str) -> Job:
        """A job without the steps that nobody needs any more."""
        steps = list(job.steps)
        for step in not_wanted(job, ending=request.ending):
            steps[step.position] = self._jobs.skip(step, at)
            self._requests.record_step(step, StepMove.SKIP, at=at, actor=actor, detail={})
        return dataclasses.replace(job, steps=tuple(steps))


def _request_move(state: State, jobs: Sequence[Job]) -> Move | None:
    """The move that brings a request to where its jobs stand; None where it stands there."""
    stands = together(jobs)
    if stands is state:
        return None
    # Where no move leads there it is a fault that whoever waits for the transaction hears of: `StopIteration` is none.
    (move,) = (move for move in _FOLLOWS if move.target is stands and state in move.sources)
    return move
