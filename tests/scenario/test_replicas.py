"""Several processes over one database: what one is told another does, once, and soon."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.demo.jdcloud import ALWAYS, Tell
from bot.demo.slack import plain_text
from tests import postgres
from tests.scenario.conftest import OPS, World, furnish_one


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new, empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/replicas.db"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    url = server.new_database()
    yield url
    server.drop(url)


async def test_a_web_and_two_workers(world: World, database_url: str) -> None:
    """Requests that are approved in one process are launched in others, each once, and told once."""
    names = [f"web-{number}" for number in range(2, 5)]
    for name in names:
        furnish_one(world.cloud, f"i-{name}", name)
    async with (
        world.bot(serve=False, DATABASE_URL=database_url),
        world.bot(serve=False, DATABASE_URL=database_url),
        world.bot(work=False, DATABASE_URL=database_url),
    ):
        for name in names:
            await world.request(instance=name)
        for card in world.cards():
            await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: len(world.slack.messages(OPS)) == len(names))
        await world.until(lambda: all("ready" in plain_text(card).splitlines()[0] for card in world.cards()))
    assert world.created() == len(names)
    assert len(world.cards()) == len(names)
    metadata = [message.metadata for channel in world.slack.channels for message in world.slack.messages(channel)]
    said = [str(one["event_payload"]) for one in metadata if one]
    assert len(said) == len(set(said))


async def test_a_worker_that_stops_hands_over(world: World, database_url: str) -> None:
    """Its leases, of a minute, are given back: the next one goes on at once."""
    world.cloud.build_time = 1.0
    async with world.bot(work=False, DATABASE_URL=database_url):
        async with world.bot(serve=False, DATABASE_URL=database_url):
            card = await world.request()
            await world.ben.press("Approve", message=card, confirm=True)
            await world.until(lambda: "img-" in world.card())
        async with world.bot(serve=False, DATABASE_URL=database_url):
            await world.until(lambda: "ready" in world.card().splitlines()[0])
    assert world.created() == 1


@pytest.mark.parametrize(("status", "shown"), [("sno\0ring", "sno\ufffdring"), ("half a \ud83d", "half a \ufffd")])
async def test_one_status_that_no_database_keeps_stops_nobody_elses_image(
    world: World, database_url: str, status: str, shown: str
) -> None:
    """Two images of one page: what no page documents is shown with what cannot be kept seen to have been there."""
    furnish_one(world.cloud, "i-web-2", "web-2")
    world.cloud.build_time = 3600.0

    def odd_first(result: dict[str, Any]) -> dict[str, Any]:
        odd, *others = result["images"]
        return result | {"images": [odd | {"status": status}, *(one | {"status": "ready"} for one in others)]}

    async with world.bot(DATABASE_URL=database_url):
        for name in ("web-1", "web-2"):
            await world.ben.press("Approve", message=await world.request(instance=name), confirm=True)
            await world.until(lambda: "img-" in world.card())
        world.cloud.faults.add("describeImages", Tell(odd_first), ALWAYS)
        await world.until(lambda: "is ready" in world.told(OPS))
        await world.until(lambda: any(shown in plain_text(card) for card in world.cards()))
