"""Notices that ask for something: looked at again when their request has changed, and drawn until Slack shows it."""

import pytest

from bot.domain.delivery import DOUBT, SentNotice
from bot.domain.lifecycle import Move, Notice, Place, State
from bot.domain.steps import StepMove, StepState
from bot.store import Limited, Store, Work
from tests.contract.conftest import Engine
from tests.contract.test_climb import OpenStore, database_before
from tests.contract.test_due import due
from tests.contract.test_store import ID, found, lease, move_on, notices, put, step_on
from tests.unit.examples import a_request

CHANNEL, TS = "D0AMY", "1.1"


async def sent(store: Store, kind: Notice = Notice.UNSURE, *, watched: bool = True) -> int:
    """A notice that Slack has, and that asks for something; returns the version of its request."""
    (notice,) = [one for one in await notices(store, lease("sends")) if one.kind is kind]
    version = (await store.transact(found)).version
    await store.transact(lambda tx: tx.notices.sent(notice, channel=CHANNEL, ts=TS, at=1.0, lease=lease("sends")))
    await store.transact(lambda tx: tx.notices.ask(notice, "asks", version=version, watched=watched))
    return version


async def claimed(store: Store, by: str = "me") -> SentNotice | None:
    """What somebody gets to look at."""
    return next(iter(await store.claim(lambda tx: tx.notices.claim_outdated(lease(by), 9))), None)


async def it(store: Store, by: str = "me") -> SentNotice:
    """The same, which is there."""
    notice = await claimed(store, by)
    assert notice is not None
    return notice


async def redrawn(store: Store, notice: SentNotice, *, asks: str = "", before: str = "asks", by: str = "me") -> bool:
    """Slack shows it as its request stands now."""
    version = (await store.transact(found)).version
    return await store.transact(
        lambda tx: tx.notices.redrawn(notice, before=before, asks=asks, version=version, lease=lease(by))
    )


@pytest.fixture
async def unsure(store: Store) -> Store:
    """With a request of which nobody can tell whether its image was made, as its requester was told."""
    await put(store, a_request({"state": StepState.UNSURE}, state=State.WORKING))
    await sent(store)
    return store


async def test_it_is_looked_at_once_its_request_has_changed(unsure: Store) -> None:
    """By one, once for each version; while it asks for something."""
    assert Work.SETTLED not in await due(unsure)
    assert await claimed(unsure) is None
    await unsure.transact(lambda tx: tx.versions.touch(ID))
    assert Work.SETTLED in await due(unsure)
    notice = await it(unsure)
    assert (notice.kind, notice.request_id, notice.channel, notice.ts) == (Notice.UNSURE, ID, CHANNEL, TS)
    assert await claimed(unsure, "another") is None
    assert Work.SETTLED not in await due(unsure)
    version = (await unsure.transact(found)).version
    assert await unsure.transact(
        lambda tx: tx.notices.looked_at(notice, version=version, over=False, lease=lease("me"))
    )
    assert await claimed(unsure) is None
    await unsure.transact(lambda tx: tx.versions.touch(ID))
    assert await redrawn(unsure, await it(unsure), asks="less")
    await unsure.transact(lambda tx: tx.versions.touch(ID))
    assert await redrawn(unsure, await it(unsure), before="less")
    await unsure.transact(lambda tx: tx.versions.touch(ID))
    assert await claimed(unsure) is None, "it asks for nothing any more"


async def test_it_is_put_off_at_slacks_wish(unsure: Store, engine: Engine) -> None:
    """With all others of its conversation, and by itself."""
    await unsure.transact(lambda tx: tx.versions.touch(ID))
    await unsure.transact(lambda tx: tx.pace.hold(Limited.REDRAW, CHANNEL, 7.0))
    assert await claimed(unsure) is None
    engine.time += 8.0
    notice = await it(unsure)
    assert await unsure.transact(lambda tx: tx.notices.defer(notice, 3.0, lease("me")))
    assert await claimed(unsure) is None
    assert (await unsure.transact(lambda tx: tx.due(0.0))).again == pytest.approx(3.0)
    engine.time += 3.0
    assert await claimed(unsure)


async def test_who_dies_is_succeeded(unsure: Store, engine: Engine) -> None:
    """What may have been sent is drawn again once it can appear no more, so that nothing old stays."""
    await unsure.transact(lambda tx: tx.versions.touch(ID))
    notice = await it(unsure, "dies")
    assert await unsure.transact(lambda tx: tx.notices.intend_redraw(notice, lease("dies")))
    engine.time += 61.0
    succeeding = await it(unsure)
    assert succeeding.in_doubt
    assert await redrawn(unsure, succeeding)
    assert await claimed(unsure) is None
    engine.time += DOUBT + 1
    assert await redrawn(unsure, await it(unsure))
    assert await claimed(unsure) is None
    assert not await redrawn(unsure, notice, by="dies")


async def test_a_button_is_pressed_while_it_is_drawn(unsure: Store) -> None:
    """Neither is lost: it is drawn once more."""
    await unsure.transact(lambda tx: tx.versions.touch(ID))
    notice = await it(unsure)
    for channel, ts in ((CHANNEL, TS), (CHANNEL, "9.9"), ("C9", TS)):
        await unsure.transact(lambda tx, at=(channel, ts): tx.notices.press(ID, *at, lambda asks: f"{asks}, pressed"))  # type: ignore[misc]
    assert await redrawn(unsure, notice)
    again = await it(unsure)
    assert again.asks == "asks, pressed"
    assert await unsure.transact(lambda tx: tx.notices.asks(again, lease("me"))) == "asks, pressed"
    assert await unsure.transact(lambda tx: tx.notices.asks(again, lease("another"))) is None
    assert await redrawn(unsure, again, before="asks, pressed")
    assert await claimed(unsure) is None


async def test_a_press_is_news(unsure: Store) -> None:
    """Whatever becomes of its request."""
    await unsure.transact(lambda tx: tx.notices.press(ID, CHANNEL, TS, lambda _: "pressed"))
    assert (await it(unsure)).asks == "pressed"


async def test_a_press_waits_for_a_notice_that_is_being_sent(store: Store) -> None:
    """Slack shows it before it answers; a card, or what says nothing more, is waited for by nobody."""
    await put(store, a_request({"state": StepState.UNSURE}, state=State.WORKING))

    async def press() -> bool:
        return await store.transact(lambda tx: tx.notices.press(ID, CHANNEL, TS, lambda _: "pressed"))

    assert await press()
    (notice,) = await notices(store, lease("sends"))
    assert await store.transact(lambda tx: tx.notices.intend(notice, lease("sends")))
    assert not await press()
    assert await store.transact(
        lambda tx: tx.notices.sent(notice, channel=CHANNEL, ts=TS, at=1.0, lease=lease("sends"))
    )
    assert await press()


async def test_a_failure_is_not_looked_at_until_it_is_retried(store: Store) -> None:
    """However many there are that nobody retries."""
    await put(store, a_request(state=State.FAILED))
    await sent(store, Notice.FAILED, watched=False)
    await store.transact(lambda tx: tx.versions.touch(ID))
    assert await claimed(store) is None
    await store.transact(lambda tx: tx.steps.retry(ID))
    assert await move_on(store, Move.RETRY, finished_at=None)
    assert await claimed(store)


async def test_what_is_gone_is_left_alone(unsure: Store) -> None:
    """And never looked at again."""
    await unsure.transact(lambda tx: tx.versions.touch(ID))
    notice = await it(unsure)
    assert await unsure.transact(lambda tx: tx.notices.give_up(notice, lease("me")))
    assert await step_on(unsure, StepMove.GIVE_UP)
    assert await claimed(unsure) is None


async def test_it_waits_for_no_clock_that_was_ahead(unsure: Store, engine: Engine) -> None:
    """As all that is put off."""
    await unsure.transact(lambda tx: tx.versions.touch(ID))
    engine.time += 86_400.0
    notice = await it(unsure)
    assert await unsure.transact(lambda tx: tx.notices.defer(notice, 300.0, lease("me")))
    engine.time -= 86_400.0
    await unsure.transact(lambda tx: tx.notices.bring_back(held=60.0))
    engine.time += 301.0
    assert await claimed(unsure)


async def test_notices_of_an_older_version_stay_as_they_are(
    engine: Engine, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until 0023 nobody kept what they said: they are owed and sent as before, and those that were sent are not
    drawn anew.
    """
    with database_before(engine, "0023_what_notices_ask", monkeypatch) as query:
        for number, (ts, ended) in enumerate((("1.1", 5.0), ("", None))):
            query(
                """
                INSERT INTO notice (subject, request_id, draft_id, kind, place, version, conversation, channel, ts,
                    ended_at, next_at)
                VALUES ('IR-1', 'IR-1', '', 'machine_off', 'requester', :version, 'U0AMY', '', :ts, :ended, 0)
                """,
                version=number,
                ts=ts,
                ended=ended,
            )
    store = await open_store()
    assert await claimed(store) is None
    (owed,) = await notices(store, lease())
    assert (owed.kind, owed.place, owed.version) == (Notice.MACHINE_OFF, Place.REQUESTER, 1)
