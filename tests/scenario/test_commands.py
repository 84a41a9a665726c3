"""What is typed behind `/createimage`: an instance by whatever people call it, a list, a request, and slips of all."""

import pytest

from bot.demo import jdcloud
from bot.service.listing import FRESH
from tests.scenario.conftest import OPS, WEB_1, Clock, World, furnish_one

pytestmark = pytest.mark.parametrize("mode", ["http"])


@pytest.mark.parametrize(
    "text", ["web-1 before-patch", "`WEB-1`, “before-patch”", "<http://10.0.0.5|10.0.0.5> before-patch", WEB_1.upper()]
)
async def test_an_instance_by_whatever_it_is_called(world: World, text: str) -> None:
    """By name, private IP or id in any case, as phones and pastes write it: the form holds it, in whichever region."""
    for other in ("i-db1aaaaaaa", "i-busy1aaaaa"):
        world.cloud.instances[other].private_ip = "10.0.0.6"
    world.cloud.instances[WEB_1].region = "cn-east-2"
    async with world.bot():
        await world.amy.command("/createimage", text, channel=OPS)
        await world.until(lambda: "vdb" in world.shown(world.amy))
        assert "cn-east-2" in world.shown(world.amy)
        await world.amy.fill("Description", "before the patch")
        assert await world.amy.submit() == {}
        await world.until(lambda: bool(world.cards()))
        assert ("before-patch" in world.card()) is ("before" in text)


async def test_words_that_fit_several_instances(world: World) -> None:
    """The form opens, names those that fit, and keeps the name of the image; one can be chosen there."""
    furnish_one(world.cloud, "i-web2aaaaaa", "web-2", private_ip="10.0.0.9")
    async with world.bot():
        await world.amy.command("/createimage", "web before-patch", channel=OPS)
        await world.until(lambda: "fits several instances" in world.shown(world.amy))
        assert "before-patch" in world.shown(world.amy)
        await world.amy.choose("web fits several instances. Which one?", "web-2")
        await world.until(lambda: "vdb" in world.shown(world.amy))
        assert "fits several" not in world.shown(world.amy)
        assert "before-patch" in world.shown(world.amy)


async def test_a_second_word_that_is_an_instance_names_no_image(world: World) -> None:
    """Nothing is taken for a name that is called like an instance: by name, id or private IP, in any case."""
    furnish_one(world.cloud, "i-web2aaaaaa", "web-2", private_ip="10.0.0.9")
    async with world.bot():
        for second in ("WEB-2", "I-WEB2AAAAAA", "10.0.0.9"):
            await world.amy.command("/createimage", f"web-1 {second}", channel=OPS)
            await world.until(lambda: world.shown(world.amy).count("[Disks and name]") == 2)
            assert f"image `{second}`" not in world.shown(world.amy)
            await world.amy.close(everything=True)


@pytest.mark.parametrize(("called", "second"), [("web-2", "b-2"), ("每晚的名字", "名字")])
async def test_a_second_word_that_is_a_part_of_a_name_names_the_image(world: World, called: str, second: str) -> None:
    """However much it fits: who names two machines calls both by what they are called."""
    furnish_one(world.cloud, "i-web2aaaaaa", called, private_ip="10.0.0.9")
    async with world.bot():
        for _ in range(2):  # before all regions are listed, and after that
            await world.amy.command("/createimage", f"web-1 {second}", channel=OPS)
            await world.until(lambda: "vdb" in world.shown(world.amy))
            assert world.amy.values["Name"] == second
            assert called not in world.shown(world.amy)
            await world.amy.close(everything=True)


async def test_more_instances_than_a_request_holds(running: World) -> None:
    """It is said how many it holds; no form opens that would hold fewer than were named."""
    words = " ".join(f"web-{number}" for number in range(11))
    answer = (await running.amy.command("/createimage", words, channel=OPS)).text
    assert "at most 10 instances; you typed 11" in answer
    assert running.amy.view is None


async def test_words_that_fit_no_instance(running: World) -> None:
    """The form opens all the same, and says so."""
    await running.amy.command("/createimage", "mail-7", channel=OPS)
    await running.until(lambda: "No instance has mail-7 in its name" in running.shown(running.amy))
    await running.amy.choose("Instances", "web-1")
    await running.until(lambda: "vdb" in running.shown(running.amy))


async def test_a_slip_of_a_name(world: World) -> None:
    """The nearest are offered; whoever chooses another one hears no more of it."""
    furnish_one(world.cloud, "i-web2aaaaaa", "web-2")
    async with world.bot():
        asked = "No instance has webb-1 in its name, id or private IP. Choose the nearest here, or another one above."
        for menu, chosen in ((f"⚠️ {asked}", "web-1"), ("Instances", "db-1")):
            await world.amy.command("/createimage", "webb-1", channel=OPS)
            await world.until(lambda: asked in world.shown(world.amy))
            assert world.shown(world.amy).count("No instance has") == 1
            await world.amy.choose(menu, chosen)
            await world.until(lambda: "vdb" in world.shown(world.amy))
            assert "No instance has" not in world.shown(world.amy)
            await world.amy.close(everything=True)


async def test_a_cloud_that_does_not_list(world: World) -> None:
    """The form opens at once, whatever JD Cloud does, and says which region has not answered; what was typed is looked
    for again at a press.
    """
    world.cloud.faults.add("describeInstances", jdcloud.Slow(60), times=50)
    async with world.bot():
        await world.amy.command("/createimage", "web-1", channel=OPS)
        await world.until(lambda: world.amy.view is not None)
        await world.until(lambda: "web-1 could not be looked for in cn-north-1" in world.shown(world.amy))
        assert "JD Cloud is not answering." in world.shown(world.amy)
        await world.amy.fill("Description", "before the patch")
        world.cloud.faults.clear()
        await world.amy.press("Load again", view=True)
        await world.until(lambda: "vdb" in world.shown(world.amy))
        assert "Load again" not in world.shown(world.amy)
        assert world.amy.values["Description"] == "before the patch"


@pytest.mark.parametrize(
    ("fault", "answer", "offered"),
    [
        (
            jdcloud.Refuse(403, "FORBIDDEN", "no permission"),
            "The bot's JD Cloud account may not do this. Whoever runs the bot has to grant it.",
            "refuses the bot",
        ),
        (jdcloud.Refuse(500, "INTERNAL", "oops"), "JD Cloud had an error of its own.", "cannot be listed now"),
        (jdcloud.Refuse(429, "RATE_LIMIT", "too many"), "JD Cloud asks for patience.", "cannot be listed now"),
    ],
)
async def test_a_cloud_that_refuses_to_list(world: World, fault: jdcloud.Refuse, answer: str, offered: str) -> None:
    """What it has answered is said, and never that it is silent; the menu says which regions it is."""
    world.cloud.faults.add("describeInstances", fault, times=500)
    async with world.bot():
        await world.amy.command("/createimage", "web-1", channel=OPS)
        await world.until(lambda: answer in world.shown(world.amy), seconds=15)
        assert "web-1 could not be looked for in cn-north-1, cn-east-2." in world.shown(world.amy)
        assert "not answering" not in world.shown(world.amy)
        found = [option.text for option in await world.amy.search("Instances", "web")]
        assert [offered in one for one in found] == [True, True]
        assert "[Load again]" in world.shown(world.amy)
        world.cloud.faults.clear()
        if fault.http == 403:  # the others are left alone for a while
            await world.amy.press("Load again", view=True)
            await world.until(lambda: "vdb" in world.shown(world.amy))


async def test_one_of_several_words_is_looked_for_again(world: World) -> None:
    """What was found stays as it is; what somebody has chosen meanwhile is theirs."""
    world.cloud.instances["i-db1aaaaaaa"].region = "cn-east-2"
    async with world.bot():
        refuse = jdcloud.Refuse(403, "FORBIDDEN", "no permission")
        world.cloud.faults.add("describeInstances", refuse, times=500, region="cn-east-2")
        await world.amy.command("/createimage", f"{WEB_1} db-1 busy-1", channel=OPS)
        await world.until(lambda: "db-1 could not be looked for in cn-east-2." in world.shown(world.amy))
        await world.until(lambda: "Disks and name" in world.shown(world.amy) or "vdb" in world.shown(world.amy))
        assert "Is busy-1 this one?" in world.shown(world.amy)
        await world.amy.choose("Is busy-1 this one?", "busy-1")
        await world.until(lambda: world.shown(world.amy).count("[Disks and name]") == 2)
        world.cloud.faults.clear()
        await world.amy.press("Load again", view=True)
        await world.until(lambda: world.shown(world.amy).count("[Disks and name]") == 3)
        assert "could not be looked for" not in world.shown(world.amy)
        assert "this one?" not in world.shown(world.amy)


async def test_a_region_that_does_not_list(world: World) -> None:
    """There may be another web-1 in it, so none is chosen; an id is nobody else's."""
    world.cloud.faults.add("describeInstances", jdcloud.Slow(60), times=50, region="cn-east-2")
    async with world.bot():
        await world.amy.command("/createimage", "web-1", channel=OPS)
        await world.until(lambda: "web-1 could not be looked for in cn-east-2." in world.shown(world.amy))
        assert "vdb" not in world.shown(world.amy)
        await world.amy.close(everything=True)
        await world.amy.command("/createimage", f"{WEB_1} before-patch", channel=OPS)
        await world.until(lambda: "vdb" in world.shown(world.amy))
        assert "before-patch" in world.shown(world.amy)


async def test_a_machine_that_is_new_after_the_clock_went_back(world: World) -> None:
    """How old a listing is does not go by a clock that is set: what is new is found as soon as ever."""
    world.clock.ahead, world.steady = 200.0, Clock()
    async with world.bot():
        await world.form()
        world.clock.ahead, world.steady.ahead = 0.0, FRESH + 1
        furnish_one(world.cloud, "i-mail7aaaaa", "mail-7")
        await world.amy.close(everything=True)
        await world.amy.command("/createimage", "mail-7", channel=OPS)
        await world.until(lambda: "vdb" in world.shown(world.amy))


async def test_what_was_chosen_meanwhile_stays(world: World) -> None:
    """A look-up that ends late does not put another instance into the form."""
    world.cloud.faults.add("describeInstances", jdcloud.Slow(0.7), times=2)
    async with world.bot():
        await world.amy.command("/createimage", "busy-1", channel=OPS)
        await world.until(lambda: world.amy.view is not None)
        await world.amy.choose("Instances", "web-1")
        await world.until(lambda: "vdb" in world.shown(world.amy))
        assert "web-1" in world.shown(world.amy)
        assert "busy-1" not in world.shown(world.amy)


async def test_list(running: World) -> None:
    """What waits for whoever asks comes first, then what is theirs; nobody else sees it."""
    await running.request(description="before the patch")
    await running.until(lambda: "IR-" in running.told(running.slack.dm("U0AMY").id))
    waits = (await running.ben.command("/createimage", "list", channel=OPS)).text
    for words in ("Waiting for your decision", "wants an image of", "web-1", "Open its card"):
        assert words in waits
    own = (await running.amy.command("/createimage", "List", channel=OPS)).text
    assert own.index("Nothing waits for you.") < own.index("waiting for approval")
    nothing = (await running.slack.person("U0ZHANG").command("/createimage", "list", channel=OPS)).text
    assert "没有需要您处理的申请" in nothing
    assert "wants an image" not in running.told(OPS)


@pytest.mark.parametrize("asked", ["status {}", "{}", "status {} ", "`{}`"])
async def test_status(running: World, asked: str) -> None:
    """By the id as it is said, in any case, with and without its IR-."""
    await running.request(description="before the patch")
    found = next(word for word in running.card().split() if word.startswith("IR-"))
    for said in (found, found.lower(), found.removeprefix("IR-").lower()):
        answer = (await running.amy.command("/createimage", asked.format(said), channel=OPS)).text
        for words in (found, "wants an image of", "before the patch", "waiting for approval", "left)"):
            assert words in answer
    await running.until(lambda: running.amy.view is None or "sent for approval" in running.shown(running.amy))


async def test_status_of_a_request_that_is_not_there(running: World) -> None:
    """It says so, and names the one that was perhaps meant."""
    await running.request()
    found = next(word for word in running.card().split() if word.startswith("IR-"))
    slip = found[:-1] + ("3" if found[-1] != "3" else "4")
    answer = (await running.amy.command("/createimage", f"status {slip}", channel=OPS)).text
    assert f"There is no request {slip}" in answer
    assert f"/createimage status {found}" in answer


async def test_a_guest_is_told_nothing_of_a_request(running: World) -> None:
    """Who may neither ask nor decide learns of no machine."""
    await running.request()
    found = next(word for word in running.card().split() if word.startswith("IR-"))
    answer = (await running.slack.person("U0GUS").command("/createimage", f"status {found}", channel=OPS)).text
    assert "web-1" not in answer


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("hlep", "help"),
        ("lits", "list"),
        ("please help", "help"),
        ("web-1 before the patch", "web-1 before-the-patch"),
        ("freez", "freeze"),
        ("freez everything", "freeze everything"),
        ("unfreez", "unfreeze"),
        ("unfreez web-1", "unfreeze"),
    ],
)
async def test_the_nearest_thing(running: World, typed: str, nearest: str) -> None:
    """What is nearly understood is answered with what it could mean, and taken for nothing else."""
    answer = (await running.amy.command("/createimage", typed, channel=OPS)).text
    assert "Did you mean" in answer
    assert f"/createimage {nearest}`" in answer
    assert running.amy.view is None


async def test_a_machine_that_is_called_like_a_slip(world: World) -> None:
    """It is an instance all the same."""
    furnish_one(world.cloud, "i-freez1aaaa", "freez")
    async with world.bot():
        await world.form()  # by when all regions are listed
        await world.amy.close(everything=True)
        await world.amy.command("/createimage", "freez nightly", channel=OPS)
        await world.until(lambda: "vdb" in world.shown(world.amy))
        assert world.amy.values["Name"] == "nightly"


async def test_help_in_ones_own_language(running: World) -> None:
    """Also of somebody the bot has not met before."""
    answer = (await running.slack.person("U0ZHANG").command("/createimage", "help", channel=OPS)).text
    assert "打开表单" in answer
