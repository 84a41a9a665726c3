"""The story the bot exists for: from `/createimage` to `ready`."""

import json
from datetime import UTC, datetime

import pytest

from bot.demo.jdcloud import Disk
from tests.scenario.conftest import AMY, BEN, ELSEWHERE, OPS, WEB_1, World, furnish_one


async def test_from_command_to_ready(running: World) -> None:
    """A request is asked for in a form, approved by a button, made by the cloud, and told where it was asked."""
    world = running
    await world.form()
    assert "web-1" in world.shown(world.amy)
    assert "vdb" in world.shown(world.amy)
    await world.amy.untick("Data disks", "vdc")
    assert await world.amy.submit() == {}
    await world.until(lambda: bool(world.cards()))
    card = world.card()
    assert "waiting for approval" in card.lower()
    assert WEB_1 in card
    assert f"@{AMY}" in card
    await world.ben.press("Approve", message=world.cards()[-1], confirm=True)
    await world.until(lambda: f"@{AMY}" in world.told(OPS))
    (image,) = world.cloud.images.values()
    assert image.id in world.told(OPS)
    assert image.status == "ready"
    (call,) = [call for call in world.cloud.calls if call.action == "createImage"]
    assert call.body["dataDisks"] == [{"deviceName": "vdc", "noDevice": True}]
    assert call.body["description"].startswith("weekly [IR-")
    await world.until(lambda: "ready" in world.card().lower() and image.id in world.card())
    assert f"@{BEN}" in world.card()


async def test_whole_machine_carries_no_data_disks(running: World) -> None:
    """No change to the disks is the API's default: the call has no dataDisks (createImage: dataDisks)."""
    card = await running.request()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: running.created() == 1)
    (call,) = [call for call in running.cloud.calls if call.action == "createImage"]
    assert set(call.body) == {"name", "description"}


AT_START = {"auth.test", "usergroups.users.list", "apps.connections.open"}


async def test_form_opens_before_the_cloud_is_asked(running: World) -> None:
    """A trigger lives 3 s, so nothing stands between the ack and views.open."""
    await running.amy.command("/createimage", "", channel=OPS)
    await running.until(lambda: running.amy.view is not None)
    methods = [call.method for call in running.slack.calls if call.method not in AT_START]
    assert methods[0] == "views.open"


async def test_command_with_an_instance_and_a_name(running: World) -> None:
    """`/createimage i-… my-name` opens the form filled in."""
    await running.amy.command("/createimage", f"{WEB_1} before-patch", channel=OPS)
    await running.until(lambda: "vdb" in running.shown(running.amy))
    await running.amy.fill("Description", "before the patch")
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(running.cards()))
    assert "before-patch" in running.card()


async def test_default_name_carries_instance_and_day(running: World) -> None:
    """The name that is offered says what the image is of and when it was made."""
    await running.form()
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(running.cards()))
    day = datetime.fromtimestamp(running.clock() + 8 * 3600, UTC)  # as Amy's clock has it
    assert f"web-1-{day:%Y%m%d}" in running.card()


@pytest.mark.parametrize("text", ["help", "HELP", "?"])
async def test_help(running: World, text: str) -> None:
    """`/createimage help` answers in one short message that only the person sees."""
    answer = await running.amy.command("/createimage", text, channel=OPS)
    assert answer.status == 200
    assert "/createimage" in answer.text
    assert running.amy.view is None


@pytest.mark.parametrize("text", ["make me a sandwich", "<!channel>", "i-abc name and more", "x" * 3000])
async def test_unknown_words(running: World, text: str) -> None:
    """Unknown words are answered politely, and say nothing back that Slack would take for a mention."""
    answer = await running.amy.command("/createimage", text, channel=OPS)
    assert answer.status == 200
    assert "help" in answer.text
    assert "<!channel>" not in answer.body


async def test_requester_follows_in_direct_messages(running: World) -> None:
    """The requester's own card says where the request stands, without the approvers' buttons."""
    await running.request()
    await running.until(lambda: "IR-" in running.told(dm(running)))
    own = running.told(dm(running))
    assert "Cancel" in own
    assert "Approve" not in own


async def test_result_moves_to_direct_messages(running: World) -> None:
    """Where the bot cannot post, the requester is told directly, and told why."""
    await running.form()
    await running.amy.choose("Announce in", ELSEWHERE)
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(running.cards()))
    await running.ben.press("Approve", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "img-" in running.told(dm(running)) and ELSEWHERE in running.told(dm(running)))


async def test_chinese(running: World) -> None:
    """Somebody whose Slack is in Chinese reads Chinese, in their form and on their card."""
    zhang = running.slack.person("U0ZHANG")
    await zhang.command("/createimage", "", channel=OPS)
    await running.until(lambda: "云主机" in running.shown(zhang))


async def test_card_carries_metadata(running: World) -> None:
    """A post whose answer was lost can be recognised by its metadata."""
    card = await running.request()
    assert card.metadata is not None
    assert card.metadata["event_payload"]["kind"] == "card.approval"
    assert card.metadata["event_payload"]["request"].startswith("IR-")
    assert "xoxb" not in json.dumps(card.metadata)


async def test_local_disks_are_never_included(running: World) -> None:
    """A local disk is named as never included, and is in no call."""
    running.cloud.instances[WEB_1].data_disks.append(Disk(device="vdd", category="local", name="scratch", size_gb=500))
    card = await running.request()
    assert "vdd" in running.card()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: running.created() == 1)
    (call,) = [call for call in running.cloud.calls if call.action == "createImage"]
    assert "dataDisks" not in call.body


def dm(world: World) -> str:
    """The conversation between the bot and Amy."""
    return world.slack.dm(AMY).id


@pytest.mark.parametrize("words", ["machine-0499", "i-many0499", "10.7.1.243", "0499"])
async def test_five_hundred_instances(world: World, words: str) -> None:
    """Any instance of a large region is found by part of its name, by its id, or by its private IP."""
    for number in range(500):
        name, address = f"machine-{number:04}", f"10.7.{number // 256}.{number % 256}"
        furnish_one(world.cloud, f"i-many{number:04}", name, private_ip=address)
    async with world.bot():
        await world.amy.command("/createimage", "", channel=OPS)
        await world.until(lambda: world.amy.view is not None)
        for _ in range(4):  # a look-up answers within Slack's three seconds, whatever is listed by then
            if options := await world.amy.search("Instances", words):
                break
        assert len(options) == 1
        assert "machine-0499" in options[0].text
        assert len(await world.amy.search("Instances", "")) == 100


async def test_home(running: World) -> None:
    """The Home shows what waits for an approver, and one's own requests; its button opens the form."""
    await running.request()
    await running.ben.open_home()
    await running.until(lambda: running.slack.home(BEN) is not None)
    home = running.slack.home(BEN)
    assert home is not None
    assert "Waiting for your decision" in running.slack.read(home)
    await running.amy.open_home()
    await running.until(lambda: running.slack.home(AMY) is not None)
    await running.amy.close(everything=True)
    await running.amy.press("Create image", home=True)
    await running.until(lambda: running.amy.view is not None)


async def test_shortcut(running: World) -> None:
    """Where commands cannot be typed, the shortcut opens the same form."""
    await running.amy.shortcut("create_image")
    await running.until(lambda: "Instances" in running.shown(running.amy))


async def test_command_with_an_instance_elsewhere(running: World) -> None:
    """An instance of another region is found there, and the form shows that region."""
    running.cloud.instances[WEB_1].region = "cn-east-2"
    await running.amy.command("/createimage", WEB_1, channel=OPS)
    await running.until(lambda: "vdb" in running.shown(running.amy))
    assert "cn-east-2" in running.shown(running.amy)
    assert "cn-north-1" not in running.shown(running.amy)


async def test_typed_words_survive_a_redraw(running: World) -> None:
    """What somebody typed before they chose an instance is still there when the disks have come."""
    await running.amy.command("/createimage", "", channel=OPS)
    await running.until(lambda: running.amy.view is not None)
    await running.amy.fill("Name", "mine")
    await running.amy.fill("Description", "typed early")
    await running.amy.choose("Instances", "web-1")
    await running.amy.fill("Note for the approver", "typed while loading")
    await running.until(lambda: "vdb" in running.shown(running.amy))
    for words in ("mine", "typed early", "typed while loading"):
        assert words in running.shown(running.amy)


async def test_an_instance_that_is_taken_away_is_not_sent(running: World) -> None:
    """Nobody sends one by mistake that they have taken back."""
    await running.form()
    await running.amy.untick("Instances", "web-1")
    await running.until(lambda: "vdb" not in running.shown(running.amy))
    assert "Instances" in await running.attempt(running.amy)


async def test_name_too_long_in_the_command(running: World) -> None:
    """A name that is too long still opens the form, cut where it can be seen."""
    await running.amy.command("/createimage", f"{WEB_1} {'x' * 60}", channel=OPS)
    await running.until(lambda: "vdb" in running.shown(running.amy))


async def test_web_and_worker_apart(world: World) -> None:
    """A web and a worker over one database find each other's work by looking."""
    async with world.bot(work=False), world.bot(serve=False):
        card = await world.request()
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: "img-" in world.told(OPS), seconds=20)
        assert world.created() == 1
