"""A machine about which another rule decides by now: nothing is done to it on the word of those who decided before."""

from typing import Any

import pytest

from bot.demo import jdcloud
from tests.scenario.conftest import BEN, CAT, DB_1, OPS, WEB_1, World
from tests.scenario.test_policy import approve, cards_in, rules, sent
from tests.scenario.test_running import DAY, asked, done

PROD = {"env": "prod"}
PRODUCTION = f'name = "production"\nmatch = {{ tags = {{ env = "prod" }} }}\napprovers = ["{CAT}"]'
WHY = "another rule decides about"


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "http"


def _without_tags(result: dict[str, Any]) -> dict[str, Any]:
    return result | {"instance": {key: value for key, value in result["instance"].items() if key != "tags"}}


async def test_an_answer_that_leaves_the_tags_out_when_it_is_sent(world: World) -> None:
    """JD Cloud leaves them out where there are none, and where it is not whole: the rule is as the form had it."""
    rules(world, f'{PRODUCTION}\nchannel = "{OPS}"')
    world.cloud.instances[WEB_1].tags = PROD
    async with world.bot():
        await world.form(instance="web-1")
        world.cloud.faults.add("describeInstance", jdcloud.Tell(_without_tags), times=1)
        assert await world.attempt(world.amy) == {}
        await world.until(lambda: bool(cards_in(world, OPS)))
        assert world.cards() == []


async def test_an_answer_that_leaves_the_tags_out_when_it_is_approved(world: World) -> None:
    """Likewise: it is not approved by those of a rule that asks for less."""
    rules(world, PRODUCTION)
    world.cloud.instances[WEB_1].tags = PROD
    async with world.bot(APPROVERS=BEN):
        card = await sent(world, "web-1")
        world.cloud.faults.add("describeInstance", jdcloud.Tell(_without_tags), times=1)
        await approve(world.ben, card)
        await world.until(lambda: "not among the approvers" in world.ephemeral(BEN))
        await approve(world.cat, card)
        await world.until(lambda: world.created() == 1)


@pytest.mark.parametrize(
    "says",
    [
        f'approvers = ["{CAT}"]',
        'refuse = "Never."',
        "stopping = false",
        'hours = { times = ["00:00-00:01"], zone = "UTC" }',
    ],
)
async def test_tagged_after_it_was_approved(world: World, says: str) -> None:
    """It runs on, and whoever asked is told to ask those who decide now."""
    rules(world, f'name = "production"\nmatch = {{ tags = {{ env = "prod" }} }}\n{says}')
    async with world.bot():
        card = await asked(world, not_before=world.clock() + 2 * DAY)
        await approve(world.ben, card)
        await world.until(lambda: "Begins" in world.card())
        world.cloud.instances[DB_1].tags = PROD
        world.clock.ahead += 2 * DAY + 60
        await world.until(lambda: WHY in world.card())
        assert done(world) == []
        assert "[Request again]" in world.card()
        assert "[Retry]" not in world.card()


async def test_an_approver_did_not_see_it_in_time(world: World) -> None:
    """JD Cloud does not answer while they wait: what it says right after it counts."""
    rules(world, PRODUCTION)
    async with world.bot(APPROVERS=BEN):
        card = await sent(world, "web-1")
        world.cloud.instances[WEB_1].tags = PROD
        world.cloud.faults.add("describeInstance", jdcloud.Slow(3), times=1)
        await approve(world.ben, card)
        await world.until(lambda: WHY in world.card())
        assert world.created() == 0


async def test_renamed_after_it_was_asked_for(world: World) -> None:
    """The rule of its new name has not been asked."""
    rules(world, 'name = "payments"\nmatch = { names = ["pay-*"] }\nrefuse = "Never."')
    async with world.bot(APPROVERS=BEN):
        card = await sent(world, "web-1")
        world.cloud.instances[WEB_1].name = "pay-1"
        await approve(world.ben, card)
        await world.until(lambda: WHY in world.card())
        assert world.created() == 0


async def test_tagged_while_it_is_down_for_it(world: World) -> None:
    """What was begun as it was approved is brought to its end."""
    rules(world, 'name = "production"\nmatch = { tags = { env = "prod" } }\nrefuse = "Never."')
    async with world.bot():
        card = await asked(world)
        world.cloud.stop_time = 1.0
        await approve(world.ben, card)
        await world.until(lambda: "stopInstance" in done(world))
        world.cloud.instances[DB_1].tags = PROD
        await world.until(lambda: done(world) == ["stopInstance", "createImage", "startInstance"])
