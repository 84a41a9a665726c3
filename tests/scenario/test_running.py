"""A machine that runs: what people choose for it in the form, and when it may begin, up to what is done to it."""

import json
from collections.abc import Callable

import pytest

from bot.demo import jdcloud
from bot.demo.slack import ConfirmFirst, Message, NeverSeen, plain_text
from tests.scenario.conftest import DB_1, OPS, WEB_1, Log, Recording, World

WHILE, STOP, WAIT, LIVE = (
    "While the image is made",
    "Stop it, make the image, start it again",
    "Begin when it is stopped",
    "Make the image while it runs",
)
DAY = 86_400


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "http"


async def form(world: World, instance: str = "db-1") -> None:
    """The form of a machine that runs, filled in."""
    world.cloud.stop_time = world.cloud.start_time = 0.2
    await world.form(instance=instance)


async def asked(world: World, choice: str = "", *, not_before: float = 0) -> Message:
    """A request for db-1: its card."""
    await form(world)
    if choice:
        await world.amy.choose(WHILE, choice)
    if not_before:
        await world.amy.choose("Not before", str(int(not_before)))
    before = len(world.cards())
    assert await world.amy.submit() == {}
    await world.until(lambda: len(world.cards()) > before)
    return world.cards()[-1]


def words(card: Message) -> str:
    """What a card says."""
    return plain_text(card).replace("`", "")


def done(world: World) -> list[str]:
    """What the cloud was asked to do, in order."""
    return [call.action for call in world.cloud.calls if call.method == "POST"]


async def confirmation(world: World, card: Message) -> str:
    """What Approve asks before it acts."""
    with pytest.raises(ConfirmFirst) as dialog:
        await world.ben.press("Approve", message=card)
    return str(dialog.value)


async def details(world: World, card: Message) -> str:
    """The words of the window behind `Details`."""
    await world.ben.press("Details", message=card)
    await world.until(lambda: world.ben.view is not None)
    return world.shown(world.ben)


async def test_it_is_stopped_imaged_and_started(running: World) -> None:
    """The default: the card says what is done to the machine, Approve asks for it in plain words, and so it happens."""
    await form(running)
    assert f"(x) {STOP}" in running.shown(running.amy)
    assert f"( ) {WAIT}" in running.shown(running.amy)
    assert LIVE not in running.shown(running.amy)
    assert "in the console" not in running.shown(running.amy)
    card = await asked(running)
    assert "Stops db-1, makes the image, starts it again" in words(card)
    assert "begins when" not in words(card).casefold()
    assert "db-1 will be stopped" in await confirmation(running, card)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS), seconds=20)
    assert done(running) == ["stopInstance", "createImage", "startInstance"]
    assert running.cloud.instances[DB_1].status == "running"


async def test_it_is_waited_for(running: World) -> None:
    """Nothing is done to the machine; whoever stops it begins it."""
    card = await asked(running, WAIT)
    assert "It begins when db-1 is stopped" in words(card)
    assert "starts it again" not in words(card)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "It begins when the machine is stopped" in running.card())
    assert done(running) == []
    running.cloud.instances[DB_1].status = "stopped"
    await running.in_time(lambda: "img-" in running.told(OPS), step=30)
    assert done(running) == ["createImage"]
    assert running.cloud.instances[DB_1].status == "stopped"


async def test_it_is_imaged_while_it_runs(world: World) -> None:
    """Only where the operator allows it; that the data may be torn is said in the form, on the card and in the end."""
    world.cloud.live_images = True
    async with world.bot(ALLOW_LIVE_IMAGES="true"):
        await form(world)
        assert f"( ) {LIVE} - The data may be torn" in world.shown(world.amy)
        card = await asked(world, LIVE)
        assert "Made while it runs: the data may be torn" in words(card)
        assert "the data may be torn" in await confirmation(world, card)
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: "img-" in world.told(OPS), seconds=20)
        assert done(world) == ["createImage"]
        assert "Made while it ran: the data may be torn" in world.told(OPS)


async def test_a_live_image_that_jdcloud_refuses(world: World) -> None:
    """Of the machine by its name, as everywhere else."""
    async with world.bot(ALLOW_LIVE_IMAGES="true"):
        await form(world)
        card = await asked(world, LIVE)
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: "Stop it in the JD Cloud console" in world.card())
        assert "db-1 is running." in world.card()
        assert f"{DB_1} is" not in world.card()


async def test_no_live_image_of_a_local_system_disk(world: World) -> None:
    """It is not offered, whatever the operator allows."""
    disk = world.cloud.instances[DB_1].system_disk
    assert disk is not None
    disk.category = "local"
    async with world.bot(ALLOW_LIVE_IMAGES="true"):
        await form(world)
        assert STOP in world.shown(world.amy)
        assert LIVE not in world.shown(world.amy)


async def test_one_that_is_stopped_by_hand(running: World) -> None:
    """Beside a machine that runs is a way to its page of the console, and one to look whether it still does."""
    amy = running.amy
    await form(running)
    assert "[Check again] [Open the console]" in running.shown(amy)
    running.cloud.instances[DB_1].status = "stopped"
    await amy.press("Check again", view=True)
    await running.until(lambda: "db-1 is stopped" in running.shown(amy))
    assert WAIT not in running.shown(amy)
    assert "Check again" not in running.shown(amy)


@pytest.mark.parametrize("seconds", [0, 2])
async def test_a_look_that_comes_late(running: World, log: Log, seconds: float) -> None:
    """Looked at anew, it is shown as it is by then: not as an earlier look has found it, which takes longer, or ends
    while the new one is still under way.
    """
    amy = running.amy
    await form(running)
    line = running.slack.transport = Recording(running.slack.transport)
    running.cloud.faults.add("describeImages", jdcloud.Slow(30), times=1)
    before = running.called("describeImages")
    await amy.press("Check again", view=True)
    await running.until(lambda: running.called("describeImages") > before)
    running.cloud.instances[DB_1].status = "stopped"
    running.cloud.faults.add("describeInstance", jdcloud.Slow(seconds), times=1)
    await line.deliver(*line.sent[-1])  # the second of two taps
    await running.until(lambda: "db-1 is stopped" in running.shown(amy))
    await running.until(lambda: bool(log.of("draft.names_not_known")))  # the earlier one has given up, and ends
    with pytest.raises(NeverSeen):
        await running.until(lambda: "db-1 is running" in running.shown(amy), seconds=0.5)


async def test_a_look_that_fails_late(world: World, log: Log) -> None:
    """Nor does an earlier look take away what another has shown of a machine."""
    async with world.bot(JDCLOUD_TIMEOUT="1"):
        amy = world.amy
        await amy.command("/createimage", "", channel=OPS)
        await world.until(lambda: amy.view is not None)
        line = world.slack.transport = Recording(world.slack.transport)
        world.cloud.faults.add("describeInstance", jdcloud.Slow(30), times=1)
        await amy.choose("Instances", "db-1")
        await world.until(lambda: world.called("describeInstance") > 0)
        await line.deliver(*line.sent[-1])
        await world.until(lambda: "vda" in world.shown(amy))
        await world.until(lambda: any(one.get("error") == "NotAnswered" for one in log.of("jdcloud.call")))
        with pytest.raises(NeverSeen):
            await world.until(lambda: "not answering" in world.shown(amy), seconds=0.5)


async def test_where_nothing_may_be_stopped(world: World) -> None:
    """The only way is to wait, and it is chosen already; it is said why there is no other."""
    async with world.bot(ALLOW_STOPPING="false"):
        await form(world)
        assert STOP not in world.shown(world.amy)
        assert "The bot may not stop db-1 here." in world.shown(world.amy)
        assert f"(x) {WAIT}" in world.shown(world.amy)
        assert "It begins when db-1 is stopped" in words(await asked(world))


@pytest.mark.parametrize(
    ("setting", "choice", "refused"),
    [
        ("ALLOW_STOPPING", STOP, "Stopping an instance is not allowed here"),
        ("ALLOW_LIVE_IMAGES", LIVE, "Images of running instances are not allowed here"),
    ],
)
async def test_a_choice_that_is_allowed_no_more(world: World, setting: str, choice: str, refused: str) -> None:
    """The form was opened before the operator forbade it: it comes back, says so, and offers what there is."""
    amy = world.amy
    world.environ[setting] = "true"
    async with world.bot():
        await form(world)
        await amy.choose(WHILE, choice)
    world.environ[setting] = "false"
    async with world.bot():
        assert await amy.submit() == {}
        await world.until(lambda: refused in world.shown(amy))
        assert f"( ) {choice}" not in world.shown(amy)
        assert amy.values["Description"] == "weekly"
        assert await amy.submit() == {}
        await world.until(lambda: bool(world.cards()))


async def test_a_stopped_machine_needs_no_choice(running: World) -> None:
    """And nothing is asked about it."""
    await running.form()
    assert WHILE not in running.shown(running.amy)
    card = await running.request()
    assert "starts it again" not in words(card)
    assert "It begins when" not in words(card)


async def test_a_machine_that_was_started_meanwhile(running: World) -> None:
    """It stood still in the form: nobody has chosen what becomes of it, so they are asked."""
    amy = running.amy
    await running.form()
    running.cloud.instances[WEB_1].status = "running"
    assert await amy.submit() == {}
    await running.until(lambda: "web-1 runs by now" in running.shown(amy))
    assert f"(x) {STOP}" in running.shown(amy)
    assert await amy.submit() == {}
    await running.until(lambda: bool(running.cards()))
    assert "Stops web-1" in words(running.cards()[-1])


async def test_a_machine_that_was_stopped_meanwhile(running: World) -> None:
    """What was chosen stays; it is left as it was found."""
    await form(running)
    running.cloud.instances[DB_1].status = "stopped"
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(running.cards()))
    assert "Stops db-1" in words(running.cards()[-1])
    await running.ben.press("Approve", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "img-" in running.told(OPS), seconds=20)
    assert done(running) == ["createImage"]
    assert running.cloud.instances[DB_1].status == "stopped"


async def test_what_was_chosen_stays(running: World) -> None:
    """Through a disk that is added, a form that is closed and gone on with, and one that is asked for again."""
    amy, tonight = running.amy, running.clock() + 5 * 3600
    await form(running)
    await amy.choose(WHILE, WAIT)
    await amy.choose("Not before", str(int(tonight)))
    await amy.close()
    await amy.command("/createimage", "", channel=OPS)
    await running.until(lambda: "Go on with your form" in running.shown(amy))
    await amy.press("Go on", view=True)
    await running.until(lambda: f"(x) {WAIT}" in running.shown(amy))
    assert amy.values["Not before"] == int(tonight)
    assert await amy.submit() == {}
    await running.until(lambda: bool(running.cards()))
    await amy.press("Cancel", message=await running.own_card(), confirm=True)
    await running.until(lambda: "Cancelled" in running.told(running.slack.dm(amy.id).id))
    await amy.press("Request again", message=await running.own_card())
    await running.until(lambda: f"(x) {WAIT}" in running.shown(amy))
    assert amy.values["Not before"] == int(tonight)


async def test_what_nobody_has_chosen_is_offered_as_in_a_fresh_form(running: World) -> None:
    """Asked for again after somebody has started the machine, which needed no choice while it was stopped."""
    amy = running.amy
    await running.request()
    await amy.press("Cancel", message=await running.own_card(), confirm=True)
    await running.until(lambda: "Cancelled" in running.told(running.slack.dm(amy.id).id))
    running.cloud.instances[WEB_1].status = "running"
    await amy.press("Request again", message=await running.own_card())
    await running.until(lambda: f"(x) {STOP}" in running.shown(amy))


async def test_another_choice_is_another_plan(running: World) -> None:
    """An approval is bound to what is done to the machine, and when."""
    tonight = running.clock() + 5 * 3600
    cards = [await asked(running), await asked(running, WAIT), await asked(running, WAIT, not_before=tonight)]
    values = {json.dumps(card.blocks).split('"value": "')[1].split('"')[0].partition("/")[2] for card in cards}
    assert len(values) == len(cards)


async def test_how_long_it_is_down(running: World) -> None:
    """As its images have taken so far: in the form, and on the card."""
    running.cloud.build_time = 90
    for _ in range(3):
        card = await asked(running)
        ready = running.told(OPS).count("img-")
        await running.ben.press("Approve", message=card, confirm=True)
        await running.until(lambda: "createImage" in done(running))
        await running.in_time(lambda ready=ready: running.told(OPS).count("img-") > ready, step=60)  # type: ignore[misc] # bound now
    await form(running)
    assert f"(x) {STOP} - It is down for about" in running.shown(running.amy)
    assert "down for about" in words(await asked(running))


async def test_what_a_stop_would_cost(running: World) -> None:
    """Beside the choice, on the card and in the details, before anybody approves."""
    machine = running.cloud.instances[DB_1]
    machine.charge_mode, machine.charge_on_stopped = "prepaid_by_duration", "stopCharging"
    await form(running)
    assert "Stopping db-1 releases its CPU, memory, GPU and local data disks" in running.shown(running.amy)
    card = await asked(running)
    assert "Stopping db-1 releases its CPU" in words(card)
    assert "db-1 will be stopped, which releases its CPU" in await confirmation(running, card)
    assert "Stopping db-1 releases its CPU" in (await details(running, card)).replace("`", "")
    card = await asked(running, WAIT)
    assert "releases" not in words(card)


async def test_a_stop_that_costs_more_by_now(running: World) -> None:
    """Its charging was changed after the approval: nothing is stopped that nobody has agreed to."""
    machine = running.cloud.instances[DB_1]
    machine.charge_mode, machine.charge_on_stopped = "prepaid_by_duration", "keepCharging"
    card = await asked(running)
    machine.charge_on_stopped = "stopCharging"
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "would now release" in running.card())
    assert done(running) == []
    assert "Retry" not in running.card()


@pytest.mark.parametrize(
    ("ahead", "refused"),
    [(-300, "That time is past"), (31 * DAY, "within the next 30 days")],
)
async def test_a_time_that_is_not_one(running: World, ahead: float, refused: str) -> None:
    """It stands under its field, and nothing is sent."""
    await form(running)
    await running.amy.choose("Not before", str(int(running.clock() + ahead)))
    assert refused in (await running.attempt(running.amy))["Not before"]
    await running.amy.choose("Not before", None)
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(running.cards()))


async def test_not_before(running: World) -> None:
    """Approved at once, and begun when its time has come; its approval is good for as long after that."""
    card = await asked(running, not_before=running.clock() + 2 * DAY)
    assert "not before" in words(card)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Begins" in running.card())
    assert done(running) == []
    running.clock.ahead += 2 * DAY + 60
    await running.until(lambda: "img-" in running.told(OPS), seconds=20)
    assert done(running) == ["stopInstance", "createImage", "startInstance"]


async def test_the_time_has_come(running: World) -> None:
    """The card says so even where the bot cannot begin yet."""
    card = await asked(running, not_before=running.clock() + DAY)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Start now" in running.card())
    running.cloud.faults.add("describeInstance", jdcloud.Slow(30))
    running.clock.ahead += DAY + 60
    await running.until(lambda: "Begins as soon as" in running.card())
    assert "Start now" not in running.card()


@pytest.mark.parametrize(
    ("choice", "charge_mode", "told"),
    [
        (STOP, "postpaid_by_duration", [{"chargeOnStopped": "keepCharging"}, None, {}]),
        (STOP, "prepaid_by_duration", [{}, None, {}]),
        (WAIT, "postpaid_by_duration", [None]),
    ],
)
async def test_each_call_is_shown_as_it_is_made(
    running: World, choice: str, charge_mode: str, told: list[dict[str, str] | None]
) -> None:
    """In order, with address and body: what was shown is what is asked."""
    running.cloud.instances[DB_1].charge_mode = charge_mode
    card = await asked(running, choice)
    shown = calls_in(await details(running, card))
    assert [body for _, body in shown if "name" not in body] == [body for body in told if body is not None]
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Approved by" in running.card())
    if choice == WAIT:
        running.cloud.instances[DB_1].status = "stopped"
    await running.in_time(lambda: "img-" in running.told(OPS), step=30)
    asked_for = [call for call in running.cloud.calls if call.method == "POST"]
    assert [action for action, _ in shown] == [call.action for call in asked_for]
    assert [body for _, body in shown] == [call.body or {} for call in asked_for]


def calls_in(shown: str) -> list[tuple[str, dict[str, object]]]:
    """The actions and bodies that are shown."""
    read: Callable[[str], tuple[dict[str, object], int]] = json.JSONDecoder().raw_decode
    found = []
    for part in shown.split("POST /v1/")[1:]:
        head, _, body = part.partition("\n")
        assert head.startswith(f"regions/cn-north-1/instances/{DB_1}:")
        found.append((head.rpartition(":")[2].strip(), read(body.strip())[0]))
    return found
