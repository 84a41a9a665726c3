"""The bot's clients of Slack: how long a read waits by itself."""

import asyncio

import aiohttp
import pytest

from bot.clients import slack_clients
from bot.demo.slack import RateLimited
from bot.settings import load_settings
from bot.slack.protocol.answers import Identified
from bot.slack.protocol.web_api import Unavailable, ask
from tests.scenario.conftest import World


@pytest.fixture
def mode() -> str:
    """It does not matter here."""
    return "http"


async def test_a_rate_limit_is_waited_for_where_it_is_short(world: World) -> None:
    """The read is repeated, and its caller learns nothing of it."""
    world.slack.faults.add("auth.test", RateLimited(0))
    async with aiohttp.ClientSession() as session:
        reader, _ = slack_clients(load_settings(world.environ), session)
        assert (await ask(reader.auth_test(), Identified)).team_id == world.slack.team.id


@pytest.mark.parametrize("seconds", [6, 300, 99_999_999])
async def test_a_long_rate_limit_is_the_callers_to_wait_for(world: World, seconds: int) -> None:
    """It is told at once, with a pause that has a bound."""
    world.slack.faults.add("auth.test", RateLimited(seconds))
    async with aiohttp.ClientSession() as session, asyncio.timeout(10):
        reader, _ = slack_clients(load_settings(world.environ), session)
        with pytest.raises(Unavailable) as caught:
            await ask(reader.auth_test(), Identified)
    assert caught.value.retry_after == min(seconds, 300)
