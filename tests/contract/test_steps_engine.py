"""The engine of steps, carried through by a kind of step that it does not know: everything that befalls a step befalls
a nap.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise

import pytest

from bot.domain.cloud import Accepted
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import Move, Notice, Place, State
from bot.domain.plan import PlannedJob, PlannedStep
from bot.domain.request import ImageRequest
from bot.domain.steps import JobState, JobStep, StepState
from bot.jdcloud.errors import CloudError, Forbidden, NotAnswered, NotFound, QuotaExceeded, TaskConflict
from bot.service.begun import Begun
from bot.service.gate import Gate
from bot.service.steps import Asking, Watching
from bot.service.steps.kind import (
    Absent,
    Answer,
    Broke,
    ForAPerson,
    Found,
    Going,
    Gone,
    Happened,
    Never,
    NotNeeded,
    NoTrace,
    NotYet,
    Ready,
    Sight,
    Task,
    Trace,
    Unclear,
)
from bot.store import Lease, Store, Transaction
from tests.contract.conftest import Engine
from tests.contract.test_store import CARDS, ID, all_notices, found
from tests.unit.examples import a_plan, a_request, rules_in_force

PLANNED, CALLING, WORKING, UNSURE = StepState.PLANNED, StepState.CALLING, StepState.WORKING, StepState.UNSURE
DONE, SKIPPED, FAILED = StepState.DONE, StepState.SKIPPED, StepState.FAILED

GRACE, INTERVAL, LEASE = 120.0, 15.0, 60.0
SOON = Problem(Code.INSTANCE_BUSY, facts={"instance": "web-1", "status": "yawning"})

NO = QuotaExceeded(action="nap", http=429, message="No beds", request_id="r-1")
LATER = TaskConflict(action="nap", http=400, message="Conflict with underlay task")
LOST = NotAnswered(action="nap", message="connection reset")


class Killed(BaseException):
    """The process ends here."""


@dataclass(frozen=True)
class Call:
    """What one call comes to: whether it takes effect, and what its caller hears of it."""

    effect: bool = True
    heard: BaseException | None = None


@dataclass
class Bed:
    """Where naps are taken: what a kind asks, and what it sees."""

    asleep: int = 0  # naps that have begun
    calls: int = 0
    looks: int = 0
    traces: int = 0
    to_come: list[Call] = field(default_factory=list)  # what the next calls come to; then all is well
    fit: Answer | CloudError = field(default_factory=Ready)
    trace: Trace | CloudError | None = None  # None: as it is
    progress: str = ""  # what is told of it, if anything
    sight: Sight | CloudError | None = None  # None: done as soon as it is looked at


@dataclass(frozen=True)
class Nap:
    """Takes a nap, or whatever it is called."""

    bed: Bed
    calls_at_most: int | None = 2

    async def prepare(self, task: Task) -> Answer:
        """As the bed says."""
        del task
        if isinstance(self.bed.fit, CloudError):
            raise self.bed.fit
        return self.bed.fit

    async def call(self, task: Task) -> Accepted:
        """One more nap, or none."""
        self.bed.calls += 1
        assert task.step.state in {PLANNED, CALLING}
        comes_to = self.bed.to_come.pop(0) if self.bed.to_come else Call()
        self.bed.asleep += comes_to.effect
        if comes_to.heard:
            raise comes_to.heard
        return Accepted(f"nap-{self.bed.asleep}", "call-1")

    async def trace(self, task: Task) -> Trace:
        """Whether somebody sleeps."""
        del task
        self.bed.traces += 1
        if isinstance(self.bed.trace, CloudError):
            raise self.bed.trace
        as_it_is = Found(f"nap-{self.bed.asleep}") if self.bed.asleep else NoTrace()
        return self.bed.trace or as_it_is

    async def look(self, region: str, steps: Sequence[JobStep]) -> Sequence[Sight]:
        """The same of all."""
        assert region == "cn-north-1"
        self.bed.looks += 1
        if isinstance(self.bed.sight, CloudError):
            raise self.bed.sight
        return [self.bed.sight or Happened()] * len(steps)

    async def progress(self, region: str, steps: Sequence[JobStep]) -> Mapping[int, str]:
        """Likewise."""
        del region
        return {step.id: self.bed.progress for step in steps} if self.bed.progress else {}

    def absent(self, task: Task, *, gone: bool) -> Problem:
        """Nobody lies there."""
        return Problem(Code.NOT_STARTED, facts={"instance": task.job.instance_id})


@dataclass(frozen=True, kw_only=True)
class NapJob(PlannedJob):
    """A job of a nap, an image, and whatever makes the nap good."""

    @property
    def steps(self) -> tuple[PlannedStep, ...]:
        """In order."""
        return (PlannedStep("nap"), PlannedStep("image"), PlannedStep("wake", undoes=0))


class Night:
    """The engine, with naps for steps, and a clock."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self.store, self.engine = store, engine
        self.beds = {kind: Bed() for kind in ("nap", "image", "wake")}
        self.nap, self.image, self.wake = self.beds.values()
        kinds = {kind: Nap(bed, None if kind == "wake" else 2) for kind, bed in self.beds.items()}
        gate = Gate(rules=rules_in_force(self.clock), clock=self.clock)
        self.asking = Asking(store=store, gate=gate, kinds=kinds, grace=GRACE, clock=self.clock)
        self.watching = Watching(store=store, kinds=kinds, interval=INTERVAL, grace=GRACE, clock=self.clock)
        self._claims = count()
        self._told: set[int] = set()

    def clock(self) -> float:
        """The engine's, which is the database's."""
        return self.engine.time

    async def approved(self) -> None:
        """A request with its approval."""
        (job,) = a_plan().jobs
        fields = {name: getattr(job, name) for name in PlannedJob.__dataclass_fields__}
        plan = dataclasses.replace(a_plan(), jobs=(NapJob(**fields),))
        request = a_request(plan=plan, created_at=self.clock(), expires_at=self.clock() + 90_000)

        def work(tx: Transaction) -> None:
            assert tx.requests.add(request, draft_id="draft-1", cards=CARDS)
            assert tx.requests.advance(ID, Move.APPROVE, at=self.clock(), actor="U0BEN", approved_at=self.clock())

        await self.store.transact(work)

    async def turn(self, seconds: float = 0.0, *, worker: str = "worker-1") -> None:
        """So many seconds later, a worker does what is due, once."""
        self.engine.time += seconds
        for begun in await self.claim(Lease(worker, LEASE, next(self._claims))):
            await begun()
        by = Lease(worker, LEASE, next(self._claims))
        while page := await self.store.transact(lambda tx: tx.steps.claim_working(by, 9)):
            await self.watching.look(page, by)

    async def claim(self, by: Lease) -> list[Begun]:
        """What is to be asked for now."""
        return await self.store.transact(
            lambda tx: [self.asking.begin(tx, step, by) for step in tx.steps.claim_due(by, 9)]
        )

    async def turns(self, seconds: float, every: float = INTERVAL) -> None:
        """A worker that does what is due for so long."""
        for _ in range(int(seconds / every)):
            await self.turn(every)

    async def request(self) -> ImageRequest:
        """As it stands."""
        return await self.store.transact(found)

    async def step(self, kind: str = "nap") -> JobStep:
        """As it stands."""
        (job,) = (await self.request()).jobs
        step = job.of_kind(kind)
        assert step is not None
        return step

    async def states(self) -> tuple[StepState, ...]:
        """Of nap, image and wake."""
        (job,) = (await self.request()).jobs
        return tuple(step.state for step in job.steps)

    async def told(self) -> list[tuple[Notice, Place]]:
        """Every notice that is owed since this was last asked; but none in the thread, as there is no card."""
        owed = [notice for notice in await all_notices(self.store) if notice.id not in self._told]
        self._told |= {notice.id for notice in owed}
        return sorted((notice.kind, notice.place) for notice in owed)


@pytest.fixture
async def night(store: Store, engine: Engine) -> Night:
    """With an approved request."""
    night = Night(store, engine)
    await night.approved()
    return night


# A good night


async def test_a_step_goes_from_its_turn_to_its_end(night: Night) -> None:
    """Asked for once, looked at until it has happened; then it is the next one's turn."""
    night.nap.sight, night.nap.progress = Going(), "1/2"
    await night.turn()
    step = await night.step()
    assert (step.state, step.result, step.called_at, step.working_since) == (WORKING, "nap-1", 10_000, 10_000)
    assert (step.in_doubt, step.progress) == (False, "1/2")
    assert (await night.request()).state is State.WORKING
    await night.turn(INTERVAL - 1)
    assert night.nap.looks == 1
    night.nap.sight = None
    await night.turn(1)
    assert (await night.step()).ended_at == night.clock()
    assert await night.states() == (DONE, PLANNED, PLANNED)
    await night.turns(60)
    assert await night.states() == (DONE, DONE, DONE)
    assert (await night.request()).state is State.READY
    assert [bed.calls for bed in night.beds.values()] == [1, 1, 1]
    events = [event.kind for event in await night.store.transact(lambda tx: tx.events.of(ID))]
    assert [event for event in events if event.startswith("nap")] == ["nap.call", "nap.accept", "nap.finish"]


async def test_a_step_that_is_not_needed_is_skipped(night: Night) -> None:
    """And so is what would make it good."""
    night.nap.fit = NotNeeded("found asleep")
    await night.turn()
    assert await night.states() == (SKIPPED, PLANNED, SKIPPED)
    assert night.nap.calls == 0
    await night.turns(60)
    assert (await night.request()).state is State.READY
    assert night.wake.calls == 0


async def test_what_no_page_documents_is_shown_as_it_is(night: Night) -> None:
    """Until the cloud says something else."""
    night.nap.sight = Going("snoring")
    await night.turn()
    odd = (await night.request()).odd
    assert odd is not None
    assert (odd.kind, odd.cloud_status) == ("nap", "snoring")
    night.nap.sight = Going()
    await night.turn(INTERVAL)
    assert (await night.request()).odd is None


# An answer is lost


async def test_an_answer_that_was_lost_after_the_effect(night: Night) -> None:
    """What it did is found by a look, and it is not asked for again."""
    night.nap.to_come = [Call(heard=LOST)]
    night.nap.sight = Going()
    await night.turn()
    step = await night.step()
    assert (step.state, step.attempts, step.doubtful_calls, step.doubtful_at) == (CALLING, 1, 1, 10_000)
    await night.turns(GRACE)
    assert ((await night.step()).state, night.nap.calls, night.nap.asleep) == (WORKING, 1, 1)
    step = await night.step()
    assert (step.result, step.in_doubt, step.working_since) == ("nap-1", False, 10_000)


async def test_an_answer_that_was_lost_without_an_effect(night: Night) -> None:
    """Not before the grace has passed is it asked for again."""
    night.nap.to_come = [Call(effect=False, heard=LOST)]
    night.nap.sight = Going()
    await night.turns(GRACE - 5, every=5)
    assert (night.nap.calls, night.nap.traces) == (1, 0)
    await night.turns(15, every=5)
    assert ((await night.step()).state, night.nap.calls, night.nap.asleep) == (WORKING, 2, 1)
    assert (await night.step()).doubtful_calls == 1  # the first may take effect yet, for all that is known


async def test_nobody_hurries_what_may_not_be_seen_yet(night: Night) -> None:
    """Taken up early, by whoever asks for it, what a lost call did is looked for, and not asked for again."""
    night.nap.to_come = [Call(effect=False, heard=LOST)]
    await night.turn()
    await night.store.transact(lambda tx: tx.steps.hasten(ID))
    await night.turn(GRACE / 2)
    assert (night.nap.traces, night.nap.calls) == (1, 1)
    await night.turn(GRACE / 2)
    assert (night.nap.traces, night.nap.calls) == (2, 2)


async def test_answers_that_are_lost_again_and_again_are_a_persons_to_settle(night: Night) -> None:
    """After as many calls as the kind allows; what is owed is done meanwhile."""
    night.nap.to_come = [Call(effect=False, heard=LOST)] * 9
    await night.turns(3 * GRACE)
    step = await night.step()
    assert (step.state, night.nap.calls, step.doubtful_calls) == (UNSURE, 2, 2)
    assert step.problems[0].code is Code.ANSWER_LOST
    assert await night.states() == (UNSURE, SKIPPED, DONE)
    assert (Notice.UNSURE, Place.REQUESTER) in await night.told()


async def test_a_kind_that_may_be_repeated_is_asked_for_until_it_is_seen(night: Night) -> None:
    """Nobody has to settle what a repeated call cannot harm."""
    night.wake.to_come = [Call(effect=False, heard=LOST)] * 4
    await night.turns(6 * GRACE)
    assert await night.states() == (DONE, DONE, DONE)
    assert (night.wake.calls, night.wake.asleep) == (5, 1)


@pytest.mark.parametrize("trace", [Unclear(SOON), LOST])
async def test_what_a_look_leaves_open_decides_nothing(night: Night, trace: Trace | CloudError) -> None:
    """Neither that it took effect nor that it did not: the cloud may tell more next time."""
    night.nap.to_come = [Call(heard=LOST)]
    night.nap.trace = trace
    await night.turns(GRACE + 600)
    assert ((await night.step()).state, night.nap.calls) == (CALLING, 1)
    night.nap.trace = None
    await night.turns(120)
    assert ((await night.step()).state, night.nap.calls) == (DONE, 1)


@pytest.mark.parametrize(("trace", "after"), [(ForAPerson(SOON), GRACE + 60), (Unclear(SOON), 2_100.0)])
async def test_what_no_look_can_tell_is_a_persons_to_settle(night: Night, trace: Trace, after: float) -> None:
    """At once where there is too much to be seen; after a while where there is too little."""
    night.nap.to_come = [Call(heard=LOST)]
    night.nap.trace = trace
    await night.turns(after, every=60)
    assert ((await night.step()).state, night.nap.calls) == (UNSURE, 1)


LEFT_OPEN = pytest.mark.parametrize("trace", [Unclear(SOON), LOST, Forbidden(action="look")])
"""What tells nothing of what a call has done, however often it is asked."""


@LEFT_OPEN
async def test_what_may_be_repeated_is_nobodys_to_settle(night: Night, trace: Trace | CloudError) -> None:
    """However long a look leaves it open, a person could say no more than the next look; but what is owed is told, once
    the half-hour is over in which anything else is tried.
    """
    night.wake.to_come = [Call(heard=LOST)]
    night.wake.trace = trace
    await night.turns(1_800.0, every=30)
    assert (await night.told(), (await night.request()).stuck) == ([], None)
    await night.turns(300.0, every=30)
    assert await night.told() == [(Notice.MACHINE_OFF, Place.ANNOUNCE), (Notice.MACHINE_OFF, Place.REQUESTER)]
    await night.turns(7_200.0, every=60)
    assert ((await night.states())[2], night.wake.calls) == (CALLING, 1)
    assert await night.told() == []  # nothing more
    stuck = (await night.request()).stuck
    assert stuck is not None
    assert stuck.problems[0].code is Code.STILL_OWED
    night.wake.trace = None
    await night.turns(300)
    assert (await night.request()).state is State.READY


@LEFT_OPEN
async def test_what_is_let_go_in_doubt_comes_to_an_end(night: Night, trace: Trace | CloudError) -> None:
    """A person has said so, and what was asked has had its time to be seen."""
    night.wake.to_come = [Call(heard=LOST)]
    night.wake.trace = trace
    await night.turns(2_400.0, every=60)
    step = await night.step("wake")
    await night.store.transact(lambda tx: tx.steps.let_go(step, at=night.clock(), actor="U0AMY"))
    await night.turn(1)
    assert await night.states() == (DONE, DONE, FAILED)
    assert (await night.request()).state is State.READY


def may_be_repeated(night: Night) -> None:
    """A nap too is harmed by no repetition, from here on."""
    kinds = dict(night.asking.kinds) | {"nap": Nap(night.nap, None)}
    night.asking = dataclasses.replace(night.asking, kinds=kinds)
    night.watching = dataclasses.replace(night.watching, kinds=kinds)


@LEFT_OPEN
@pytest.mark.parametrize("ended", [False, True])
async def test_what_is_not_owed_and_stays_in_doubt_has_failed(
    night: Night,
    trace: Trace | CloudError,
    ended: bool,  # noqa: FBT001 - by a person
) -> None:
    """After its half-hour, whether anybody wants it still or not; and it is made good, as it may have been done."""
    may_be_repeated(night)
    night.nap.to_come, night.nap.trace = [Call(heard=LOST)], trace
    await night.turn()
    if ended:
        await night.store.transact(lambda tx: tx.steps.end_here(ID, at=night.clock(), actor="U0AMY"))
    await night.turns(1_800.0, every=60)
    assert (await night.states())[0] is CALLING
    await night.turns(300.0, every=60)
    assert await night.states() == (FAILED, SKIPPED, DONE)
    assert [problem.code for problem in (await night.step()).problems][-1] is Code.PATIENCE_OVER
    assert (night.nap.calls, night.wake.calls) == (1, 1)


@pytest.mark.parametrize("ended", [False, True])
async def test_what_is_gone_leaves_nothing_in_doubt(night: Night, ended: bool) -> None:  # noqa: FBT001 - by a person
    """Missing from five looks in a row and past the grace: it is as if nothing had been asked."""
    may_be_repeated(night)
    night.nap.to_come = [Call(effect=False, heard=LOST)]
    await night.turn()
    night.nap.trace, night.nap.fit = Gone(), NotFound(action="describeInstance", http=404)
    if ended:
        await night.store.transact(lambda tx: tx.steps.end_here(ID, at=night.clock(), actor="U0AMY"))
    while night.nap.traces < 5:
        assert (await night.states())[0] is CALLING
        await night.turn(5)
    await night.turn(1)
    assert await night.states() == (SKIPPED if ended else FAILED, SKIPPED, SKIPPED)
    assert (await night.step()).in_doubt is False
    assert (night.nap.calls, (await night.request()).state) == (1, State.FAILED)


@pytest.mark.parametrize("between", [Unclear(SOON), NoTrace()])
async def test_what_was_missing_and_is_seen_again_is_not_gone(night: Night, between: Trace) -> None:
    """Looks in a row are counted, and what the cloud fails to answer is none of them."""
    may_be_repeated(night)
    night.nap.to_come = [Call(effect=False, heard=LOST)]
    await night.turn()
    night.nap.fit = NotYet(SOON)
    looks: list[Trace | CloudError] = [*[Gone()] * 4, between, Gone(), LOST, Gone(), LOST, Gone(), Gone()]
    for trace in looks:
        night.nap.trace, seen = trace, night.nap.traces
        while night.nap.traces == seen:
            await night.turn(5)
    step = await night.step()
    assert (step.state, step.in_doubt, step.misses) == (CALLING, True, 4)


async def test_what_is_gone_before_the_grace_has_passed_is_unknown(night: Night) -> None:
    """However often somebody looks."""
    may_be_repeated(night)
    night.nap.to_come = [Call(effect=False, heard=LOST)]
    night.nap.trace = Gone()
    await night.turn()
    for _ in range(8):
        await night.store.transact(lambda tx: tx.steps.hasten(ID))
        await night.turn(1)
    assert (night.nap.traces, (await night.states())[0]) == (8, CALLING)


async def test_what_is_owed_to_something_that_is_gone_is_a_persons_to_let_go(night: Night) -> None:
    """They are told, as of anything that is owed and does not come about."""
    night.wake.to_come = [Call(effect=False, heard=LOST)]
    await night.turns(60)
    night.wake.trace, night.wake.fit = Gone(), NotFound(action="describeInstance", http=404)
    await night.turns(600)
    assert await night.told() == [(Notice.MACHINE_OFF, Place.ANNOUNCE), (Notice.MACHINE_OFF, Place.REQUESTER)]
    stuck = (await night.request()).stuck
    assert stuck is not None
    assert (stuck.state, stuck.in_doubt) == (PLANNED, False)


async def test_a_definite_answer_ends_no_other_doubt(night: Night) -> None:
    """A call that is refused while an earlier one is in doubt is not the end: that one is looked for first."""
    night.nap.to_come = [Call(effect=False, heard=LOST), Call(effect=False, heard=NO)]
    await night.turns(GRACE + 5, every=5)
    assert night.nap.calls == 2
    step = await night.step()
    assert (step.state, step.doubtful_calls) == (FAILED, 1)
    assert night.nap.traces >= 2
    await night.turns(30)
    assert await night.states() == (FAILED, SKIPPED, DONE)  # the first may have done it: it is made good
    assert night.wake.calls == 1


# The process ends


async def test_a_crash_between_the_intent_and_the_effect(night: Night) -> None:
    """Another worker takes over when the lease has ended, looks for what the call did, and asks for it."""
    night.nap.to_come = [Call(effect=False, heard=Killed())]
    with pytest.raises(Killed):
        await night.turn()
    assert ((await night.step()).state, (await night.step()).doubtful_calls) == (CALLING, 1)
    await night.turn(LEASE - 1, worker="worker-2")
    assert night.nap.traces == 0
    await night.turn(GRACE, worker="worker-2")
    assert ((await night.step()).state, night.nap.calls, night.nap.asleep) == (DONE, 2, 1)


async def test_a_crash_between_the_effect_and_its_record(night: Night) -> None:
    """Likewise, and it is not asked for again."""
    night.nap.to_come = [Call(heard=Killed())]
    with pytest.raises(Killed):
        await night.turn()
    await night.turn(GRACE + 1, worker="worker-2")
    assert ((await night.step()).state, night.nap.calls, night.nap.asleep) == (DONE, 1, 1)


async def test_whoever_was_succeeded_records_nothing(night: Night) -> None:
    """It slept through its lease with the call on its way; the one who took over has the say."""
    early = Lease("worker-1", LEASE, 99)
    (begun,) = await night.claim(early)
    night.engine.time += LEASE + 1
    await night.turn(worker="worker-2")
    before = await night.request()
    await begun()
    assert (night.nap.calls, await night.request()) == (1, before)


# It is refused, or not yet


async def test_a_refusal_is_the_end(night: Night) -> None:
    """With what the cloud said."""
    night.nap.to_come = [Call(effect=False, heard=NO)]
    await night.turn()
    step = await night.step()
    assert (step.state, step.attempts, step.in_doubt) == (FAILED, 0, False)
    (problem,) = step.problems
    assert (problem.code, problem.facts["request_id"]) == (Code.CLOUD_QUOTA, "r-1")
    assert await night.states() == (FAILED, SKIPPED, SKIPPED)
    assert (await night.request()).state is State.FAILED
    assert await night.told() == [(Notice.FAILED, Place.ANNOUNCE)]


async def test_a_plan_that_does_not_fit_is_the_end(night: Night) -> None:
    """Before anything was asked."""
    night.nap.fit = Never((SOON, SOON))
    await night.turn()
    assert (night.nap.calls, await night.states()) == (0, (FAILED, SKIPPED, SKIPPED))
    assert (await night.step()).problems == (SOON, SOON)


async def test_what_the_cloud_puts_off_is_tried_again_ever_more_seldom(night: Night) -> None:
    """The instance is free meanwhile, and the card says why it waits."""
    night.nap.to_come = [Call(effect=False, heard=LATER)] * 999
    tried = []
    for _ in range(120):
        before = night.nap.calls
        await night.turn(1)
        if night.nap.calls > before:
            tried.append(night.clock())
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses == sorted(pauses)
    assert pauses[0] == 2
    assert pauses[-1] > 20
    step, request = await night.step(), await night.request()
    assert (step.state, step.trying_since, step.in_doubt) == (PLANNED, tried[0], False)
    assert (request.state, request.jobs[0].state) == (State.APPROVED, JobState.WAITING)
    assert [problem.code for problem in step.problems] == [LATER.problem().code]
    night.nap.to_come = []
    await night.turns(180)
    assert (await night.request()).state is State.READY


@pytest.mark.parametrize("how", ["call", "prepare", "look at the instance"])
async def test_patience_counts_from_a_steps_own_first_try(night: Night, how: str) -> None:
    """Not from the approval, nor from when the steps before it began."""
    night.nap.sight = Going()
    await night.turns(3 * 3_600, every=600)  # hours of another step
    night.nap.sight = None
    if how == "call":
        night.image.to_come = [Call(effect=False, heard=LATER)] * 999
    else:
        night.image.fit = NotYet(SOON) if how == "prepare" else LOST
    await night.turn(15)
    began = night.clock()
    await night.turn(15)
    while (await night.step("image")).state is not FAILED:
        assert night.clock() < began + 2_000
        await night.turn(15)
    assert 1_800 < night.clock() - began < 1_900
    assert [problem.code for problem in (await night.step("image")).problems][-1] is Code.PATIENCE_OVER
    await night.turns(60)
    assert await night.states() == (DONE, FAILED, DONE)


async def test_what_people_have_to_do_is_waited_for_as_long_as_it_takes(night: Night) -> None:
    """Nothing fails by our clock."""
    night.nap.fit = NotYet(SOON, patient=True)
    await night.turns(7_200, every=60)
    assert (await night.states(), (await night.step()).problems) == ((PLANNED, PLANNED, PLANNED), (SOON,))
    night.nap.fit = Ready()
    await night.turns(90)
    assert (await night.request()).state is State.READY


# It comes to nothing


async def test_what_the_cloud_breaks_has_failed(night: Night) -> None:
    """By the cloud's own word."""
    night.image.sight = Broke(Problem(Code.IMAGE_BROKEN))
    await night.turns(90)
    assert await night.states() == (DONE, FAILED, DONE)
    assert [problem.code for problem in (await night.step("image")).problems] == [Code.IMAGE_BROKEN]


@pytest.mark.parametrize("sight", [Absent(), NotFound(action="look", http=404)])
async def test_what_is_not_to_be_seen_has_failed_after_a_while(night: Night, sight: Sight | CloudError) -> None:
    """Five looks, and the grace: before that it is only unknown."""
    night.image.sight = sight
    await night.turns(GRACE)
    assert (await night.states())[1] is WORKING
    await night.turns(GRACE)
    assert await night.states() == (DONE, FAILED, DONE)
    assert [problem.code for problem in (await night.step("image")).problems] == [Code.NOT_STARTED]


@pytest.mark.parametrize(
    ("sight", "says"), [(LOST, Code.STILL_WATCHING), (Forbidden(action="look"), Code.CLOUD_FORBIDDEN)]
)
async def test_a_look_that_fails_fails_nothing(night: Night, sight: CloudError, says: Code) -> None:
    """Unknown is not gone."""
    night.image.sight = sight
    await night.turns(3_600, every=60)
    step = await night.step("image")
    assert (step.state, [problem.code for problem in step.problems]) == (WORKING, [says])


# It is owed


@pytest.mark.parametrize(
    ("refuse", "in_words"),
    [("call", Code.CLOUD_QUOTA), ("plan", Code.INSTANCE_BUSY), ("patience", Code.INSTANCE_BUSY)],
)
async def test_what_is_owed_is_tried_until_it_is_done(night: Night, refuse: str, in_words: Code) -> None:
    """However often it is refused; people are told once, and it never ends by itself."""
    if refuse == "call":
        night.wake.to_come = [Call(effect=False, heard=NO)] * 999
    else:
        night.wake.fit = Never((SOON,)) if refuse == "plan" else NotYet(SOON)
    await night.turns(2_400, every=60)
    told = [(Notice.MACHINE_OFF, Place.ANNOUNCE), (Notice.MACHINE_OFF, Place.REQUESTER)]
    assert await night.told() == told
    await night.turns(24 * 3_600, every=1_800)
    assert await night.states() == (DONE, DONE, PLANNED)
    request = await night.request()
    assert (request.state, request.jobs[0].state) == (State.WORKING, JobState.RUNNING)
    assert request.stuck is not None
    assert [problem.code for problem in request.stuck.problems] == [Code.STILL_OWED, in_words]
    assert await night.told() == []  # nothing more
    night.wake.to_come, night.wake.fit = [], Ready()
    await night.turns(300)
    assert (await night.states(), (await night.request()).state) == ((DONE, DONE, DONE), State.READY)


@pytest.mark.parametrize("sight", [Absent(), Broke(SOON)])
async def test_what_is_owed_and_had_no_effect_is_asked_for_again(night: Night, sight: Sight) -> None:
    """It was taken, and came to nothing."""
    night.wake.sight = sight
    await night.turns(900, every=30)
    assert night.wake.calls > 1
    assert (await night.states())[2] in {PLANNED, CALLING, WORKING}
    night.wake.sight = None
    await night.turns(300)
    assert (await night.request()).state is State.READY


@pytest.mark.parametrize("says", ["", "error"])
async def test_what_is_owed_and_stays_under_way_is_told(night: Night, says: str) -> None:
    """It was taken, and half an hour later it has not happened; nothing is asked twice of what is on its way."""
    night.wake.sight = Going(says)
    while (await night.states())[2] is not WORKING:
        await night.turn(5)
    night.wake.fit = NotYet(SOON)
    await night.turns(1_800, every=60)
    assert await night.told() == []
    await night.turns(300, every=60)
    assert await night.told() == [(Notice.MACHINE_OFF, Place.ANNOUNCE), (Notice.MACHINE_OFF, Place.REQUESTER)]
    assert (await night.request()).stuck is not None
    await night.turns(3_600, every=60)
    assert (night.wake.calls, await night.told()) == (1, [])
    night.wake.fit = NotNeeded("found awake")
    await night.turns(300, every=60)
    assert (await night.request()).state is State.READY


@pytest.mark.parametrize("at", [CALLING, WORKING])
async def test_what_may_have_been_done_is_made_good_though_a_person_ends_the_request(
    night: Night, at: StepState
) -> None:
    """Nothing new begins; the nap is waited for, and then ended."""
    if at is CALLING:
        night.nap.to_come = [Call(heard=LOST)]
    night.nap.sight = Going()
    await night.turn()
    assert (await night.states())[0] is at

    await night.store.transact(lambda tx: tx.steps.end_here(ID, at=night.clock(), actor="U0AMY"))
    await night.turns(300)
    assert await night.states() == (WORKING, SKIPPED, PLANNED)
    night.nap.sight = None
    await night.turns(60)
    assert (await night.states(), night.image.calls) == ((DONE, SKIPPED, DONE), 0)
    assert (await night.request()).state is State.FAILED


async def test_a_kind_that_is_not_known_waits_for_a_version_that_knows_it(night: Night) -> None:
    """It neither fails nor keeps others from their turn."""
    night.asking = dataclasses.replace(night.asking, kinds={})
    await night.turns(600)
    assert (await night.states(), (await night.request()).state) == ((PLANNED, PLANNED, PLANNED), State.APPROVED)


async def test_a_kind_that_is_not_known_is_watched_by_a_version_that_knows_it(night: Night) -> None:
    """A newer version has asked for it: an older one leaves it as it is."""
    night.nap.sight = Going()
    await night.turn()
    knowing = night.watching
    night.watching = dataclasses.replace(knowing, kinds={})
    await night.turns(600)
    assert (await night.states(), (await night.step()).problems) == ((WORKING, PLANNED, PLANNED), ())
    night.watching, night.nap.sight = knowing, None
    await night.turns(60)
    assert (await night.states())[0] is DONE


async def test_what_nobody_planned_for_is_said_and_tried_again(night: Night) -> None:
    """After the grace: by then the call may have been made."""
    by = Lease("worker-1", LEASE)
    (step,) = await night.store.transact(lambda tx: tx.steps.claim_due(by, 9))
    await night.asking.broke(step, by, "E-123456")
    assert [problem.code for problem in (await night.step()).problems] == [Code.UNPLANNED]
    await night.turn(GRACE - 1)
    assert night.nap.calls == 0
    await night.turn(1)
    assert night.nap.calls == 1


# Clocks of processes differ


class Wrong:
    """The clock of a process that is ahead of the database's, or behind it, by an hour."""

    def __init__(self, night: Night, ahead: float) -> None:
        self.night, self.ahead = night, ahead

    def __call__(self) -> float:
        return self.night.clock() + self.ahead


def set_clock(night: Night, ahead: float) -> None:
    """Whoever asks and looks from here on does so in a process whose clock is wrong by so many seconds."""
    night.asking = dataclasses.replace(night.asking, clock=Wrong(night, ahead))
    night.watching = dataclasses.replace(night.watching, clock=Wrong(night, ahead))


HOURS = pytest.mark.parametrize(("first", "then"), [(0.0, 3_600.0), (-3_600.0, 0.0), (3_600.0, 0.0), (0.0, -3_600.0)])
"""By how much the process is wrong that begins, and the one that goes on."""


@HOURS
@pytest.mark.parametrize("how", ["call", "prepare"])
async def test_patience_is_the_same_by_every_clock(night: Night, how: str, first: float, then: float) -> None:
    """Half an hour is one by the database's clock, whatever those of the processes say."""
    if how == "call":
        night.nap.to_come = [Call(effect=False, heard=LATER)] * 999
    else:
        night.nap.fit = NotYet(SOON)
    set_clock(night, first)
    await night.turn()
    set_clock(night, then)
    await night.turns(1_700, every=50)
    assert (await night.states())[0] is PLANNED
    await night.turns(200, every=50)
    assert (await night.states())[0] is FAILED


@HOURS
async def test_the_grace_of_a_doubt_is_the_same_by_every_clock(night: Night, first: float, then: float) -> None:
    """What a lost call did is given its time to be seen."""
    night.nap.to_come = [Call(effect=False, heard=LOST)]
    set_clock(night, first)
    await night.turn()
    set_clock(night, then)
    await night.store.transact(lambda tx: tx.steps.hasten(ID))
    await night.turn(1)
    assert (night.nap.traces, night.nap.calls) == (1, 1)
    await night.turn(GRACE)
    assert (night.nap.traces, night.nap.calls) == (2, 2)


@HOURS
async def test_the_grace_of_a_look_is_the_same_by_every_clock(night: Night, first: float, then: float) -> None:
    """What was asked for is not gone because a clock is ahead, and not there for ever because one was."""
    night.nap.sight = Absent()
    set_clock(night, first)
    await night.turn()
    set_clock(night, then)
    await night.turns(GRACE - INTERVAL)
    assert (await night.states())[0] is WORKING
    await night.turns(2 * INTERVAL)
    assert (await night.states())[0] is FAILED
