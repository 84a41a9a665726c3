"""Ways to break the bot on purpose. The simulation must find each of them: a check that cannot fail checks nothing."""

import asyncio
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from unittest.mock import patch

from bot import domain
from bot.domain.cloud import Instance
from bot.domain.draft import DraftState
from bot.domain.errors import Problem, UserError
from bot.domain.policy import Ruling
from bot.domain.request import ImageRequest
from bot.domain.steps import Job, JobState, JobStep, standings
from bot.jdcloud import whole
from bot.jdcloud.errors import Doubtful, NotFound, Outcome
from bot.jdcloud.instances import OneInstance
from bot.jdcloud.wire import StopInstanceSpec
from bot.service import change
from bot.service.decide import Deciding
from bot.service.draft import Drafting
from bot.service.steps import image, kind
from bot.service.steps.doubt import Doubt
from bot.service.steps.kind import Task
from bot.slack.outbox.posting import Posting
from bot.slack.people import People
from bot.slack.screens.asking import Asking
from bot.store import Lease, SQLite
from bot.store.cards import Cards
from bot.store.drafts import Drafts
from bot.store.notices import Notices
from bot.store.requests import Requests
from tests.databases import sqlite_file
from tests.simulate.loop import acting
from tests.simulate.mutants_of_rules import OF_RULES


def _a_moment_later(act: Callable[..., Any], /, *args: Any, **asked: Any) -> "asyncio.Task[None]":
    async def store() -> None:
        await asyncio.sleep(0.05)
        process = acting.get()
        if process is not None and not process.dead:
            with suppress(UserError):
                await act(*args, **asked)

    return asyncio.create_task(store())


def _no_marker() -> Iterator[Any]:
    """What a lost answer has made is not looked for."""
    yield patch.object(image, "_carries_marker", lambda *_: False)


def _blind_retry() -> Iterator[Any]:
    """A call that may have taken effect counts as one that has not."""
    yield patch.object(Doubtful, "outcome", Outcome.TRY_AGAIN)


def _ack_before_write() -> Iterator[Any]:
    """A click is acknowledged before it is stored."""
    approve, reject = Deciding.approve, Deciding.reject

    async def approve_later(self: Deciding, *, request_id: str, plan_hash: str, actor: str) -> bool:
        _kept.append(_a_moment_later(approve, self, request_id=request_id, plan_hash=plan_hash, actor=actor))
        return False

    async def reject_later(self: Deciding, **asked: Any) -> None:
        _kept.append(_a_moment_later(reject, self, **asked))

    yield patch.object(Deciding, "approve", approve_later)
    yield patch.object(Deciding, "reject", reject_later)


def _submission_before_write() -> Iterator[Any]:
    """A form is acknowledged before it is stored."""
    original = Drafting.submit

    async def acknowledge(self: Drafting, draft_id: str, **asked: Any) -> Any:
        _kept.append(_a_moment_later(original, self, draft_id, **asked))
        form = await self.form(draft_id)
        return dataclasses.replace(form, draft=dataclasses.replace(form.draft, state=DraftState.CHECKING))

    yield patch.object(Drafting, "submit", acknowledge)


def _no_second_look() -> Iterator[Any]:
    """A message whose answer was lost is posted again, unseen."""

    async def nothing(*_: object, **__: object) -> tuple[()]:
        return ()

    yield patch.object(Posting, "find", nothing)


def _no_intent() -> Iterator[Any]:
    """Nobody can know that a message may have been posted."""
    yield patch.object(Cards, "intend", lambda *_, **__: True)
    yield patch.object(Notices, "intend", lambda *_, **__: True)


def _anybody() -> Iterator[Any]:
    """The policy is not asked."""

    def anybody(*_: object) -> Any:
        return Ruling(())

    yield patch("bot.domain.policy.may", anybody)


def _late_choice() -> Iterator[Any]:
    """What somebody did earlier changes the form that they have sent since."""
    yield patch.object(change, "is_late", lambda *_: False)
    yield patch.object(Drafts, "unheld", "1 = 1")


def _incomplete_believed() -> Iterator[Any]:
    """What is not there does not exist: a list is empty, an instance gone."""
    told = OneInstance.value

    def page(_: str, items: Iterable[Any] | None, total: int | None, **__: int) -> tuple[Sequence[Any], int]:
        return tuple(items or ()), total or 0

    def some(_: str, items: Iterable[Any] | None, *__: object, **___: object) -> Sequence[Any]:
        return tuple(items or ())

    def value(one: OneInstance, region: str, instance_id: str) -> Instance:
        if one.instance is None:
            raise NotFound(action="describeInstance", region=region, instance=instance_id, http=200)
        return told(one, region, instance_id)

    yield patch.object(OneInstance, "value", value)
    yield patch.object(whole, "one_page", page)
    yield patch.object(whole, "these", some)


def _old_group() -> Iterator[Any]:
    """Whoever was in the group at some time is in it."""

    async def nothing(*_: object, **__: object) -> None:
        return None

    yield patch.object(People, "look", nothing)
    yield patch.object(People, "rights", lambda people, _, ruleset: people.policy(ruleset))


def _owed(is_owed: Callable[[JobStep, Sequence[JobStep]], bool]) -> Iterator[Any]:
    for module in (domain.steps, domain.request, kind):
        yield patch.object(module, "is_owed", is_owed)


def _start_not_owed() -> Iterator[Any]:
    """A machine that was stopped is started again where all goes well."""
    yield from _owed(lambda *_: False)


def _started_though_found_stopped() -> Iterator[Any]:
    """A plan that ends with a start starts the machine."""
    yield from _owed(lambda step, _: step.undoes is not None)


def _stop_charging() -> Iterator[Any]:
    """A machine that is stopped costs nothing."""
    yield patch.object(StopInstanceSpec, "body", lambda _: b'{"chargeOnStopped":"stopCharging"}')


def _nothing_said() -> Iterator[Any]:
    """What becomes of a machine's resources is left to its own attribute."""
    yield patch.object(StopInstanceSpec, "body", lambda _: b"{}")


def _before_approval() -> Iterator[Any]:
    """Machines are stopped while the approvers make up their minds."""
    add = Requests.add

    def and_begin(self: Requests, request: ImageRequest, **more: Any) -> bool:
        added = add(self, request, **more)
        if request.plan.stops:
            self._query("UPDATE request SET state = 'approved' WHERE id = :id", id=request.id)
        return added

    yield patch.object(Requests, "add", and_begin)


def _before_its_time() -> Iterator[Any]:
    """What is approved begins."""
    add = Requests.add

    def at_once(self: Requests, request: ImageRequest, **more: Any) -> bool:
        return add(self, dataclasses.replace(request, begin_at=0.0), **more)

    yield patch.object(Requests, "add", at_once)


def _two_jobs() -> Iterator[Any]:
    """An instance may be held by several jobs."""
    migrate = SQLite.migrate

    def without_the_index(self: SQLite) -> None:
        migrate(self)
        with self.transaction() as query:
            query("DROP INDEX IF EXISTS job_running")

    yield patch.object(SQLite, "migrate", without_the_index)
    yield patch("bot.store.step_queue.StepQueue._busy", "1 = 0")


def _all_at_once() -> Iterator[Any]:
    """Every job of a plan has its turn at once, whatever was said of how they run."""
    yield patch("bot.store.rollup.standings", partial(_side_by_side, standings))


def _side_by_side(whole: Callable[..., Iterator[JobState]], jobs: Sequence[Job], **_: bool) -> Iterator[JobState]:
    return whole(jobs, one_after_another=False)


def _failure_ignored() -> Iterator[Any]:
    """The next machine is begun, whatever became of the one before."""
    yield patch.object(Job, "went_well", new=True)


def _doubt_for_ever() -> Iterator[Any]:
    """What a look leaves open is looked at again, however long that has been so."""

    async def again(self: Doubt, task: Task, problem: Problem, lease: Lease) -> None:
        await self.record.postponed(task.step, 60.0, lease, problem)

    yield patch.object(Doubt, "_wait", again)


_kept: list["asyncio.Task[Any]"] = []


def _asked_for_ever() -> Iterator[Any]:
    """What a notice asks for stays, whatever becomes of it."""
    yield patch.object(Asking, "settled", lambda asking, *_: asking)


MUTANTS: dict[str, Callable[[], Iterator[Any]]] = {
    "no-marker": _no_marker,
    "blind-retry": _blind_retry,
    "ack-before-write": _ack_before_write,
    "submission-before-write": _submission_before_write,
    "no-second-look": _no_second_look,
    "no-intent": _no_intent,
    "anybody-decides": _anybody,
    "late-choice": _late_choice,
    "incomplete-believed": _incomplete_believed,
    "old-group": _old_group,
    "start-not-owed": _start_not_owed,
    "started-though-found-stopped": _started_though_found_stopped,
    "stop-charging": _stop_charging,
    "nothing-said": _nothing_said,
    "stop-before-approval": _before_approval,
    "before-its-time": _before_its_time,
    "two-jobs": _two_jobs,
    "all-at-once": _all_at_once,
    "failure-ignored": _failure_ignored,
    "asked-for-ever": _asked_for_ever,
    "doubt-for-ever": _doubt_for_ever,
    **OF_RULES,
}
"""By name."""


@contextmanager
def broken(name: str) -> Iterator[None]:
    """The bot with that part of it broken; whole, where the name is empty."""
    sqlite_file()  # which others play with as well
    patches = list(MUTANTS[name]()) if name else []
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in reversed(patches):
            one.stop()
        _kept.clear()
