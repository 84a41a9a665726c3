"""How fast what is owed reaches Slack, in virtual time: at the pace that it takes, and at once after its silence."""

import dataclasses
from collections import Counter
from collections.abc import Sequence

from bot.demo.slack import ALWAYS, ANY_METHOD, ServerError
from bot.domain.delivery import CardKind
from bot.domain.lifecycle import Move, State
from bot.domain.steps import StepMove
from bot.store import SQLite, Store, Transaction
from tests.simulate.people import APPROVALS, OPS
from tests.simulate.world import Play, run
from tests.unit.examples import a_plan, a_request

BATCH = 30


async def ready_at_once(play: Play, conversations: Sequence[str]) -> None:
    """Images that have become ready in the same moment: each is owed two cards and three notices."""
    store, now = Store(SQLite(play.database, clock=play.loop.time)), play.loop.time()

    def work(tx: Transaction) -> None:
        for number, conversation in enumerate(conversations):
            request = dataclasses.replace(
                a_request(id=f"IR-{number:05}", plan=a_plan(instance_id=f"i-{number}"), announce_in=conversation),
                state=State.PENDING,
                created_at=now,
            )
            cards = [(CardKind.APPROVAL, APPROVALS), (CardKind.REQUESTER, request.requester)]
            assert tx.requests.add(request, draft_id=request.id, cards=cards)
            assert tx.requests.advance(request.id, Move.APPROVE, at=now, actor="U0BEN")
            ((step,),) = (job.steps for job in tx.requests.existing(request.id).jobs)
            for made in (StepMove.CALL, StepMove.ACCEPT, StepMove.FINISH):
                assert tx.steps.advance(step, made, at=now, actor="w")

    await store.transact(work)
    await store.close()


def told(play: Play) -> int:
    """How many announcements Slack shows."""
    return sum(
        "is ready" in message.text
        for channel in play.slack.channels
        for message in play.slack.messages(channel)
        if channel != APPROVALS
    )


def errors(play: Play) -> Counter[str]:
    """What Slack has refused, by its code."""
    return Counter(call.error for call in play.slack.calls if call.error)


def looks(play: Play) -> int:
    """How often a history was read."""
    return sum(call.method in {"conversations.history", "conversations.replies"} for call in play.slack.calls)


def test_thirty_images_are_told_at_slacks_pace() -> None:
    """By two processes, with one post a second to a channel: nearly nothing is refused, and nothing looked for."""

    async def script(play: Play) -> None:
        play.start()
        play.start()
        await play.until(lambda: len(play.serving()) == 2, 60)
        play.slack.one_post_per_second = True
        began = play.loop.time()
        await ready_at_once(play, [OPS] * BATCH)
        await play.until(lambda: told(play) == BATCH, 60)
        assert play.loop.time() - began < 1.5 * BATCH
        await play.until(play.watch.converged, 200)
        assert play.loop.time() - began < 2 * BATCH  # the approval channel: a card each
        ids = [message.metadata["event_payload"]["request"] for message in play.slack.messages(OPS) if message.metadata]
        # A process passes over what the other one holds, so that two may change places.
        assert all(abs(place - there) <= 1 for there, place in enumerate(map(sorted(ids).index, ids)))
        assert errors(play)["ratelimited"] <= 5
        assert looks(play) == 0

    outcome = run(1, script)
    assert not outcome.failure, outcome.failure


def test_a_stutter_of_two_seconds_is_no_silence_of_fifteen() -> None:
    """What Slack has not been asked for when it fell silent goes as soon as it answers."""

    async def script(play: Play) -> None:
        play.start()
        await play.until(play.serving, 60)
        people = [f"U0{number:03}" for number in range(BATCH)]
        for person in people:
            play.slack.add_user(dataclasses.replace(play.slack.users["U0AMY"], id=person, name=person.lower()))
        play.slack.faults.add(ANY_METHOD, ServerError(503), ALWAYS)
        await ready_at_once(play, people)
        await play.until(lambda: errors(play).total() >= 3, 10)
        silent = play.loop.time()
        await play.until(lambda: play.loop.time() > silent + 2, 10)
        asked = errors(play).total()
        play.slack.faults.clear()
        await play.until(lambda: told(play) >= BATCH - asked, 4)
        await play.until(lambda: told(play) == BATCH, 60)  # and what may have been posted, when that is settled

    outcome = run(1, script)
    assert not outcome.failure, outcome.failure
