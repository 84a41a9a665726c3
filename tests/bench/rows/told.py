"""From `ready` in the cloud until the team is told: 1,000 images that become ready at random moments.

They are announced in a hundred channels; Slack's stand-in takes every post, and the bot keeps to one a second and
channel by itself.
"""

import asyncio
import random
import sqlite3
import statistics
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing

from bot.demo.slack import Channel, plain_text
from bot.demo.slack.changes import Listener
from tests.bench.bench import Bench
from tests.bench.figures import Figure, quantile
from tests.bench.processes import program
from tests.bench.seeds import building, request, seeded
from tests.bench.standins import AMY, build, neighbours

INTERVAL = 10.0
"""Seconds (POLL_INTERVAL)."""

POST_EVERY = 1.0
"""Seconds between two posts to one channel (Slack: chat.postMessage)."""


async def measure(bench: Bench) -> Sequence[Figure]:
    """The row."""
    count, channels, window = bench.size(1_000, 6), bench.size(100, 2), bench.size(120.0, 1.0)
    interval = bench.size(INTERVAL, 0.2)
    async with neighbours() as standins:
        slack, now = standins.slack, standins.cloud.clock()
        places = [f"C0TOLD{number}" for number in range(channels)]
        for place in places:
            slack.add_channel(Channel(id=place, name=place.lower(), members={AMY}))
        requests = [request(number, now=now - 600, announce_in=places[number % channels]) for number in range(count)]
        for number in range(count):
            build(standins.cloud, number)
        path = bench.folder / "told.db"
        await seeded(path, requests, building, now=now - 300)
        with closing(sqlite3.connect(path)) as connection, connection:
            for one in requests:
                for kind, message in standins.show(one).items():
                    connection.execute(
                        "UPDATE card SET channel = ?, ts = ? WHERE request_id = ? AND kind = ?",
                        (message.channel, message.ts, one.id, kind),
                    )
        environ = standins.environ | {"DATABASE_URL": f"sqlite:///{path}", "POLL_INTERVAL": f"{interval}"}
        async with program("bot", "run", environ=environ):
            await asyncio.sleep(interval + 1)  # it has looked at all of them
            heard = slack.changes.listen()
            chance, begun = random.Random(1), standins.cloud.clock()
            at = {f"img-{number}": begun + 1 + chance.random() * window for number in range(count)}
            for image_id, moment in at.items():
                standins.cloud.images[image_id].ready_at = moment
            async with asyncio.timeout(window * 3 + 60):
                told = await _told(heard, places, count)
    after = [told[image_id] - moment for image_id, moment in at.items()]
    beyond = _beyond(told, at, {f"img-{n}": one.announce_in for n, one in enumerate(requests)})
    return (
        Figure(
            row="told", what="ready to told: median", unit="s", ours=statistics.median(after), aim=interval / 2 + 0.3
        ),
        Figure(row="told", what="ready to told: p99", unit="s", ours=quantile(after, 0.99)),
        Figure(
            row="told",
            what="beyond the interval and Slack's own limit: p99",
            unit="s",
            ours=quantile(beyond, 0.99),
            aim=0.3,
        ),
    )


async def _told(heard: Listener, places: Collection[str], count: int) -> Mapping[str, float]:
    """When each image was told of, once all are."""
    found: dict[str, float] = {}
    async for kind, message in heard:
        if kind == "message.posted" and message.channel in places:
            words = plain_text(message).replace("`", " ").split()
            image_id = next(word for word in words if word.startswith("img-")).strip(".,;:()")
            found[image_id] = float(message.ts)
            if len(found) == count:
                break
    return found


def _beyond(told: Mapping[str, float], at: Mapping[str, float], place: Mapping[str, str]) -> list[float]:
    """Seconds that each was told later than one look after it was ready, and a second after the one before there."""
    before: dict[str, float] = defaultdict(float)
    late = []
    for image_id in sorted(told, key=told.__getitem__):
        channel = place[image_id]
        late.append(max(0.0, told[image_id] - max(at[image_id] + INTERVAL, before[channel] + POST_EVERY)))
        before[channel] = told[image_id]
    return late
