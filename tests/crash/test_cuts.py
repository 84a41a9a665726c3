"""kill -9 in the middle of every effect, on either side, on either database: nothing is lost, nothing happens twice."""

from contextlib import suppress

from bot.demo.slack import NotShown, Person, plain_text
from tests.crash.conftest import on_both_databases
from tests.crash.cuts import MOVES, STEPS, SWITCHING_STEPS, WEB
from tests.crash.stage import Process, Stage, stage
from tests.scenario.conftest import AMY, APPROVALS, BEN, DB_1, OPS

IN_TRANSACTIONS = [f"move {name}" for name in MOVES]


@on_both_databases("cut", [*STEPS, *IN_TRANSACTIONS])
async def test_cut(database_url: str, cut: str) -> None:
    """A web process and a worker; one of them dies at that step, and a new one carries on."""
    async with stage(database_url, "web") as on:
        web, worker = on.bot, Process("worker", on.environ)
        cut_web = cut.startswith(WEB)
        await web.start(cut=cut if cut_web else "")
        await worker.start(cut="" if cut_web else cut)
        dying = web if cut_web else worker
        try:
            await play(on, dying, cut)
            on.check()
            assert dying.kills == 1
            calls = sum(call.action == "createImage" for call in on.cloud.calls)
            assert calls == 1
        finally:
            await worker.stop()
            await web.stop()


@on_both_databases(
    "cut", [*SWITCHING_STEPS, *(f"{move} of {kind}" for move in IN_TRANSACTIONS for kind in ("stop", "start"))]
)
async def test_cut_while_a_machine_is_down(database_url: str, cut: str) -> None:
    """It is stopped once, imaged once and started once, and runs in the end, wherever the worker dies."""
    async with stage(database_url, "web") as on:
        on.cloud.stop_time = on.cloud.start_time = 0.3
        on.environ["LEASE_TTL"] = "2"  # there are three effects to lose it in, where the machine is busy
        web, worker = on.bot, Process("worker", on.environ)
        await web.start()
        await worker.start(cut=cut)
        try:
            await play_running(on, worker)
            on.check()
            asked = [call.action for call in on.cloud.calls if call.method == "POST"]
            assert asked == ["stopInstance", "createImage", "startInstance"]
            assert [switch.action for switch in on.cloud.switches] == ["stop", "start"]
            assert on.cloud.instances[DB_1].status == "running"
            assert worker.kills == 1
        finally:
            await worker.stop()
            await web.stop()


async def play_running(on: Stage, dying: Process) -> None:
    """The story of a machine that runs, with the choice that the form offers first."""
    amy, ben = on.slack.person(AMY), on.slack.person(BEN)
    await amy.command("/createimage", DB_1, channel=OPS)
    await on.until(lambda: amy.view and "vdc" in plain_text(amy.view))
    await amy.fill("Description", "before the patch")
    assert await amy.submit() == {}
    await on.until(on.cards)
    await ben.press("Approve", message=on.slack.messages(APPROVALS)[0], confirm=True)
    await dying.again()
    await on.until(lambda: any("img-" in words for words in on.told()))
    await on.until(lambda: "ready" in on.cards()[0].splitlines()[0])
    await on.until(lambda: any("· ready" in message.text for message in on.slack.dms(AMY)))


async def play(on: Stage, dying: Process, cut: str) -> None:
    """The story. Whoever is not answered tries again, as people do."""
    amy, ben = on.slack.person(AMY), on.slack.person(BEN)
    await amy.command("/createimage", "i-web1aaaaaa", channel=OPS)
    await on.until(lambda: amy.view and "vdc" in plain_text(amy.view))
    await amy.fill("Description", "before the patch")
    if await amy.submit() != {}:
        await dying.again()
        await again(amy)
    if cut.startswith(("check", "request")):
        await dying.again()
    if cut.startswith(("post", "view")):
        await dying.again()
    await on.until(on.cards)
    answer = await ben.press("Approve", message=on.slack.messages(APPROVALS)[0], confirm=True)
    if answer.error:
        await dying.again()
        with suppress(NotShown):  # it was stored, and the card says so already
            await ben.press("Approve", message=on.slack.messages(APPROVALS)[0], confirm=True)
    if cut.startswith(("create", "look", "redraw", "move")):
        await dying.again()
    await on.until(lambda: any("img-" in words for words in on.told()))
    await on.until(lambda: "ready" in on.cards()[0].splitlines()[0])
    await on.until(lambda: any("· ready" in message.text for message in on.slack.dms(AMY)))
    assert len(on.slack.messages(APPROVALS)) == 1


async def again(person: Person) -> None:
    """Sends the form once more, if it is still there to be sent."""
    with suppress(NotShown):
        await person.submit()
