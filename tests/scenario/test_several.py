"""Several machines in one request: one approval, one card, one result; a failure holds the rest until somebody says."""

import copy
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import pytest

from bot.clients import open_database
from bot.demo import jdcloud
from bot.demo.slack import ALWAYS, Message, RateLimited, plain_text
from bot.domain.delivery import CardKind
from bot.domain.lifecycle import State
from bot.domain.plan import Order, WhileImaged
from bot.domain.planning import draw_up, job_of
from bot.domain.request import ImageRequest
from bot.settings import load_settings
from bot.store import Store
from tests.scenario.conftest import AMY, APPROVALS, BEN, CAT, OPS, Log, World, furnish_one
from tests.unit.examples import a_disk, an_instance

NAMES = ("app-1", "app-2", "app-3")


@pytest.fixture(params=["http"])
def mode(request: pytest.FixtureRequest) -> str:
    """It is not about how Slack reaches the bot."""
    return str(request.param)


@pytest.fixture
async def running(world: World) -> AsyncIterator[World]:
    """The world with the bot, and three machines that run."""
    world.cloud.stop_time = world.cloud.start_time = 0.2
    for name in NAMES:
        furnish_one(world.cloud, f"i-{name}aaaa", name, status="running")
    async with world.bot():
        yield world


async def asked_for(world: World, order: Order = Order.ONE_AFTER_ANOTHER) -> Message:
    """A request for all three, as the check of a form leaves it: its card."""
    jobs = [
        job_of(
            an_instance(
                id=f"i-{name}aaaa",
                name=name,
                system_disk=a_disk("vda", disk_id=f"vol-{name}-a", size_gb=40),
                data_disks=(
                    a_disk("vdb", disk_id=f"vol-{name}-b", size_gb=200),
                    a_disk("vdc", disk_id=f"vol-{name}-c", size_gb=100),
                ),
            ),
            left_out=frozenset({"vdc"}),
            image_name=f"{name}-image",
            while_imaged=WhileImaged.STOP_AND_START,
        )
        for name in NAMES
    ]
    now = world.clock()
    request = ImageRequest(
        id="IR-7K3QF",
        state=State.PENDING,
        version=1,
        requester=AMY,
        team=world.slack.team.id,
        language="en",
        plan=draw_up(jobs, description="Before the OpenSSL patch", order=order),
        note="",
        announce_in=OPS,
        quorum=1,
        created_at=now,
        expires_at=now + 86_400,
    )
    store = Store(open_database(load_settings(world.environ), world.clock))
    cards = [(CardKind.APPROVAL, APPROVALS), (CardKind.REQUESTER, AMY)]
    assert await store.transact(lambda tx: tx.requests.add(request, draft_id="draft-1", cards=cards))
    await store.close()
    await world.own_card()
    await world.until(lambda: bool(world.cards()))
    return world.cards()[-1]


async def approved(world: World, order: Order = Order.ONE_AFTER_ANOTHER) -> None:
    """The same with its approval."""
    card = await asked_for(world, order)
    await world.ben.press("Approve", message=card, confirm=True)


def status(world: World, name: str) -> str:
    return world.cloud.instances[f"i-{name}aaaa"].status


def home(world: World) -> str:
    """The words on an approver's Home."""
    shown = world.slack.home(BEN)
    return world.slack.read(shown) if shown else ""


async def second_fails(world: World) -> None:
    """The machine in the middle: its image is refused, and the one after it is held."""
    await approved(world)
    await world.until(lambda: world.created() == 1, 20)
    world.cloud.faults.add("createImage", jdcloud.Refuse(400, "INVALID_ARGUMENT", "no such thing"))
    await world.until(lambda: "Held: `app-3`" in world.card(), 40)


async def test_the_card_says_what_is_done_to_each(running: World) -> None:
    """Before anybody approves: who wants what of which machines, how they run, a line for each."""
    await asked_for(running)
    shown = running.card()
    assert "wants images of 3 machines in Beijing: `app-1`, `app-2`, `app-3`" in shown
    assert "One after another: each down while its image is made" in shown
    for name in NAMES:
        assert f"`{name}` · stop, image, start · 2 disks, 240 GiB" in shown
    await running.own_card()


async def test_one_approval_one_result(running: World) -> None:
    """The result names each image once, says that each runs, and mentions the requester once."""
    await approved(running)
    await running.until(lambda: "are ready" in running.told(OPS), 40)
    told = running.told(OPS)
    assert told.count(f"@{AMY}") == 1
    for name in NAMES:
        assert told.count(f"`{name}-image`") == 1
        assert told.count(f"`{name}`") == 1
        assert status(running, name) == "running"
    assert told.count(" · running\n") == 3
    assert told.count("seen ") == 1
    await running.until(lambda: "All 3 images are ready" in running.card())


async def test_never_two_down_at_once(running: World) -> None:
    """One after another: the next is stopped when the one before runs again."""
    await approved(running)
    await running.until(lambda: "are ready" in running.told(OPS), 40)
    switched = [switch.action for switch in running.cloud.switches if switch.by == jdcloud.API]
    assert switched == ["stop", "start"] * 3


async def test_retry_on_a_card_as_it_was(running: World) -> None:
    """Somebody else has pressed it before: it is said how the request stands, and what is under way goes on."""
    refused = jdcloud.Refuse(400, "INVALID_ARGUMENT", "no such thing")
    running.cloud.faults.add("createImage", refused, times=2, instance="i-app-1aaaa")
    await approved(running)
    await running.until(lambda: "Held: `app-2`" in running.card(), 40)
    await running.ben.press("End here", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "[Retry]" in running.card())
    as_it_was = copy.deepcopy(running.cards()[-1])
    await running.ben.press("Retry", message=as_it_was)
    await running.until(lambda: "Held: `app-2`" in running.card(), 40)
    running.cloud.stop_time = 3.0
    await running.ben.press("Go on", message=running.cards()[-1], confirm=True)
    await running.until(lambda: status(running, "app-2") == "stopping", 20)
    await running.cat.press("Retry", message=as_it_was)
    await running.until(lambda: "IR-7K3QF is already" in running.ephemeral(CAT))
    running.cloud.stop_time = 0.2
    await running.until(lambda: "2 of 3 images ready" in running.card(), 40)


async def test_side_by_side(running: World) -> None:
    """None waits for another."""
    running.cloud.stop_time = 1.0
    await approved(running, Order.SIDE_BY_SIDE)
    await running.until(lambda: running.card().count("● stopping") == 3, 20)
    await running.until(lambda: "are ready" in running.told(OPS), 40)


async def test_held_and_gone_on_with(running: World) -> None:
    """Which failed and why, which is held, and what to press; who asked may go on. Then the result says both."""
    await second_fails(running)
    own = running.slack.dm(AMY).id
    await running.until(lambda: "does not go on by itself" in running.told(own))
    await running.until(lambda: "does not go on by itself" in running.told(APPROVALS))
    assert "`app-2` did not end well. Held: `app-3`." in running.told(own)
    assert status(running, "app-2") == "running"
    assert running.created() == 2
    await running.amy.press("Go on", message=await running.own_card(), confirm=True)
    await running.until(lambda: "2 of 3 images" in running.told(OPS), 40)
    told = running.told(OPS)
    assert told.count(f"@{AMY}") == 1
    assert told.index("`app-2` · *no image*") < told.index("`app-1` · image")
    await running.until(lambda: "partly ready" in running.card() and "partly ready" in running.told(own))
    (card,) = (message for message in running.slack.messages(own) if "[Request again]" in plain_text(message))
    await running.amy.press("Request again", message=card)
    await running.until(lambda: "vda" in running.shown(running.amy))
    (again,) = running.amy.values["Instances"]
    assert again.startswith("app-2 "), "what failed only"
    for conversation in (own, APPROVALS):
        assert running.told(conversation).count("does not go on by itself") == 1


async def test_held_and_ended(running: World) -> None:
    """An approver ends it: nothing is done to the machine that was held."""
    await second_fails(running)
    await running.ben.press("End here", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "1 of 3 images" in running.told(OPS), 40)
    assert "`app-3` · *no image* · not begun" in running.told(OPS)
    assert "Ended by @U0BEN" in running.told(OPS)
    assert running.created() == 2
    assert {status(running, name) for name in NAMES} == {"running"}


async def test_go_on_is_said_once(running: World) -> None:
    """Whoever presses the button of an old card hears that it has gone on."""
    await second_fails(running)
    old = running.cards()[-1]
    running.cloud.stop_time = 1.0
    await running.ben.press("Go on", message=old, confirm=True)
    await running.until(lambda: "Held:" not in running.card())
    await running.cat.press("Go on", message=old, confirm=True)
    await running.until(lambda: "IR-7K3QF" in running.ephemeral(CAT))
    await running.until(lambda: "2 of 3 images" in running.told(OPS), 40)


@pytest.mark.parametrize(
    ("button", "said"), [("Go on", "@U0BEN said to go on, "), ("End here", "@U0BEN ended it here, ")]
)
async def test_a_notice_says_who_has_pressed_its_button(running: World, button: str, said: str) -> None:
    """In the place of its buttons, and all else that it says stays."""
    await second_fails(running)
    await running.until(lambda: "does not go on by itself" in running.told(APPROVALS))
    (notice,) = [one for one in running.slack.messages(APPROVALS) if "does not go on by itself" in one.text]
    await running.ben.press(button, message=notice, confirm=True)

    def now() -> str:
        return plain_text(next(one for one in running.slack.messages(APPROVALS) if one.ts == notice.ts))

    before = plain_text(notice).splitlines()
    await running.until(lambda: said in now())
    assert "[Go on]" not in now()
    assert "[End here]" not in now()
    assert set(before[:2]) <= set(now().splitlines())
    (after,) = [one for one in running.slack.messages(APPROVALS) if one.ts == notice.ts]
    assert {block["block_id"] for block in after.blocks}.isdisjoint(block["block_id"] for block in notice.blocks)


async def test_machines_that_are_off_are_told_of_at_once(running: World) -> None:
    """Of as many messages as there are machines, each of which would name them all, one is sent where they wait."""
    running.cloud.faults.add("startInstance", jdcloud.Refuse(400, "INVALID_ARGUMENT", "no such thing"), times=50)
    await approved(running, Order.SIDE_BY_SIDE)
    running.slack.faults.add("chat.postMessage", RateLimited(5), times=ALWAYS)
    await running.until(lambda: running.card().count("[Try again: ") == 3, 40)
    running.slack.faults.clear()

    def told(conversation: str) -> list[str]:
        messages = [one.text.partition("\n")[0] for one in running.slack.messages(conversation)]
        return [line for line in messages if "JD Cloud does not start" in line]

    def all_sent() -> bool:
        with closing(sqlite3.connect(running.environ["DATABASE_URL"].removeprefix("sqlite:///"))) as database:
            return database.execute("SELECT 1 FROM notice WHERE ended_at IS NULL").fetchone() is None

    await running.in_time(all_sent, step=6)
    for conversation in (running.slack.dm(AMY).id, APPROVALS, OPS):
        (line,) = told(conversation)
        assert "`app-1`, `app-2`, `app-3`" in line


async def test_a_notice_with_two_buttons_pressed_at_once(running: World) -> None:
    """The second press comes with the message as it was before the first: neither brings the other's button back."""
    running.cloud.faults.add("startInstance", jdcloud.Refuse(400, "INVALID_ARGUMENT", "no such thing"), times=50)
    await approved(running, Order.SIDE_BY_SIDE)

    def notices() -> list[Message]:
        told = [one for one in running.slack.messages(APPROVALS) if one.thread_ts]
        return [one for one in told if plain_text(one).count("[Try again: ") == 3]

    await running.until(lambda: bool(notices()), 40)
    notice = notices()[0]
    for name, person in (("app-1", running.ben), ("app-2", running.cat), ("app-2", running.cat)):
        await person.press(f"Try again: {name}", message=notice)

    def now() -> str:
        return plain_text(next(one for one in running.slack.messages(APPROVALS) if one.ts == notice.ts))

    await running.until(lambda: all(f"@{one} " in now() for one in (BEN, CAT)))
    assert [name for name in NAMES if f"[Try again: {name}" in now()] == ["app-3"]
    assert now().count(f"@{CAT} ") == 1


async def test_a_notice_that_was_acted_upon_still_answers(running: World) -> None:
    """Its buttons stay: who presses one of them hears how the request stands by then, and that nothing was changed."""
    await second_fails(running)
    await running.until(lambda: "does not go on by itself" in running.told(APPROVALS))
    (notice,) = [one for one in running.slack.messages(APPROVALS) if "does not go on by itself" in one.text]
    running.cloud.stop_time = 3.0
    await running.ben.press("Go on", message=running.cards()[-1], confirm=True)
    await running.until(lambda: status(running, "app-3") == "stopping", 20)
    await running.cat.press("Go on", message=notice, confirm=True)
    await running.until(lambda: "already under way. Nothing was changed." in running.ephemeral(CAT))
    running.cloud.stop_time = 0.2
    await running.until(lambda: "2 of 3 images" in running.told(OPS), 40)
    for person, button in ((CAT, "Go on"), (BEN, "End here")):
        await running.slack.person(person).press(button, message=notice, confirm=True)
        await running.until(lambda of=person: "already partly ready. Nothing was changed" in running.ephemeral(of))  # type: ignore[misc]
    assert running.created() == 3


async def test_a_machine_that_cannot_be_started(running: World) -> None:
    """Its buttons name it, and start it; until then the others wait."""
    running.cloud.instances["i-app-2aaaa"].in_stock = False
    await approved(running)
    await running.until(lambda: "Try again: app-2" in running.card(), 40)
    assert "Off: `app-2`." in running.card()
    assert status(running, "app-3") == "running"
    running.cloud.instances["i-app-2aaaa"].in_stock = True
    await running.ben.press("Try again: app-2", message=running.cards()[-1])
    await running.until(lambda: "are ready" in running.told(OPS), 40)


async def test_nobody_can_tell_of_one(running: World) -> None:
    """The buttons name it; to give it up leaves the rest held, until somebody goes on."""
    await approved(running)
    await running.until(lambda: running.created() == 1, 20)
    running.cloud.faults.add("createImage", jdcloud.HideImages(3600), times=2)
    running.cloud.faults.add("createImage", jdcloud.LoseAnswer(), times=2)
    await running.until(lambda: "Give up: app-2" in running.card(), 40)
    await running.ben.press("Give up: app-2", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "Give up: app-2" not in running.card())
    await running.until(lambda: "Go on" in running.card())
    await running.ben.press("Go on", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "2 of 3 images" in running.told(OPS), 40)


async def test_the_details_of_each(running: World) -> None:
    """One window, and a menu of the machines in it."""
    card = await asked_for(running)
    await running.ben.press("Details", message=card)
    await running.until(lambda: "i-app-1aaaa" in running.shown(running.ben))
    await running.ben.choose("Details of one machine", "app-3 · Beijing · 3/3")
    await running.until(lambda: "i-app-3aaaa" in running.shown(running.ben))
    assert "i-app-1aaaa" not in running.shown(running.ben)


async def test_home_and_status(running: World) -> None:
    """Say the same in the same order."""
    await second_fails(running)
    await running.ben.open_home()
    await running.until(lambda: "Held: `app-3`" in home(running))
    assert home(running).count("Held: `app-3`") == 1, "it waits for a decision: that is said once"
    assert "No others." in home(running)
    await running.amy.command("/createimage", "status IR-7K3QF", channel=OPS)
    await running.until(lambda: "Held: `app-3`" in running.ephemeral(AMY))
    assert "`app-2` · " in running.ephemeral(AMY)


async def test_what_is_over_is_not_told(running: World, log: Log) -> None:
    """Slack takes no message while machines are held; somebody ends it on the card, so that there is nothing to say."""
    await approved(running)
    await running.until(lambda: running.created() == 1, 20)
    running.cloud.faults.add("createImage", jdcloud.Refuse(400, "INVALID_ARGUMENT", "no such thing"))
    running.slack.faults.add("chat.postMessage", RateLimited(1), times=ALWAYS)
    await running.until(lambda: "Held: `app-3`" in running.card(), 40)
    await running.ben.press("End here", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "Ended by" in running.card())
    await running.in_time(lambda: [line["kind"] for line in log.of("notice.sent")].count("held") == 2, step=10)
    running.slack.faults.clear()
    await running.in_time(lambda: "1 of 3 images" in running.told(OPS), step=10)
    for conversation in (APPROVALS, running.slack.dm(AMY).id):
        assert "does not go on by itself" not in running.told(conversation)


async def test_one_that_was_deleted_with_its_stop_in_doubt(running: World) -> None:
    """It is gone in the end, and the next one waits for *Go on* like after any that failed."""
    running.cloud.faults.add("stopInstance", jdcloud.Drop(), jdcloud.ALWAYS)
    await approved(running)
    await running.until(lambda: running.called("stopInstance") > 0)
    del running.cloud.instances["i-app-1aaaa"]
    running.cloud.faults.clear()
    await running.in_time(lambda: "[Go on]" in running.card(), step=61)
    await running.ben.press("Go on", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "2 of 3" in running.told(OPS), 40)
    assert status(running, "app-2") == status(running, "app-3") == "running"
