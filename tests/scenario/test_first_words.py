"""The first words to somebody whom the bot does not know yet are in the language that they read."""

import pytest

from bot.demo import slack
from tests.scenario.conftest import OPS, WEB_1, ZHANG, World

pytestmark = pytest.mark.parametrize("mode", ["http"])


async def test_a_window_that_does_not_open(running: World) -> None:
    """The only word that there is then."""
    zhang = running.slack.person(ZHANG)
    running.slack.faults.add("views.open", slack.Error("expired_trigger_id"), times=1)
    await zhang.command("/createimage", "web-1", channel=OPS)
    await running.until(lambda: bool(running.ephemeral(ZHANG)))
    assert "请再次输入" in running.ephemeral(ZHANG)


async def test_the_window_of_a_button(running: World) -> None:
    """What a card opens, or says that it did not."""
    card = await running.request()
    zhang = running.slack.person(ZHANG)
    running.slack.faults.add("views.open", slack.Error("expired_trigger_id"), times=1)
    await zhang.press("Details", message=card)
    await running.until(lambda: bool(running.ephemeral(ZHANG)))
    assert "请再次点击按钮" in running.ephemeral(ZHANG)


async def test_details(running: World) -> None:
    """Of a request of somebody else, in a channel in English."""
    card = await running.request()
    zhang = running.slack.person(ZHANG)
    await zhang.press("Details", message=card)
    await running.until(lambda: zhang.view is not None)
    assert "系统盘" in running.shown(zhang)


async def test_who_may_not_ask(running: World) -> None:
    """All of the window, its title too."""
    running.slack.users[ZHANG].is_restricted = True
    zhang = running.slack.person(ZHANG)
    await zhang.command("/createimage", "web-1", channel=OPS)
    await running.until(lambda: "访客" in running.shown(zhang))
    assert "Create image" not in running.shown(zhang)
    assert "Close" not in running.shown(zhang)


async def test_a_form_that_was_open_when_the_bot_was_started_again(world: World) -> None:
    """Nobody is known to it any more: what is wrong with the form, and what the menu offers, is said all the same."""
    zhang = world.slack.person(ZHANG)
    async with world.bot():
        await zhang.command("/createimage", WEB_1, channel=OPS)
        await world.until(lambda: "vdb" in world.shown(zhang))
    async with world.bot():
        await zhang.fill("名称", "web/1")
        await zhang.fill("描述", "升级之前")
        assert "只能使用" in (await world.attempt(zhang))["名称"]
    async with world.bot():
        assert "已停止" in (await zhang.search("云主机", "web-1"))[0].text
