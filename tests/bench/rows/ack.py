"""Acks: how long Slack waits for the answer to a click, beside a bare Bolt app that stores one row and acks.

Everybody serves on one core, and both neighbours of the bot take 300 ms. The clicks come from another process, at
moments of their own, faster than any team is: three approvals a second are a fifth to a third of a core.
"""

import itertools
import sqlite3
import statistics
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from bot.demo.slack import User
from bot.demo.slack.requests import INTERACTION
from bot.domain.delivery import CardKind
from bot.domain.request import ImageRequest
from tests.bench.bench import Bench
from tests.bench.clicks import Body, Clicker, clicker
from tests.bench.figures import Figure, compared, quantile
from tests.bench.payloads import Recorded, button, command, look_up, recorded_form
from tests.bench.processes import program
from tests.bench.seeds import copied, counted, request, seeded
from tests.bench.standins import AMY, DAN, SECRET, Neighbours, instance, neighbours

NEIGHBOURS_TAKE = 0.3
"""Seconds."""


@dataclass(frozen=True)
class Kind:
    """One kind of click."""

    name: str
    gap: float  # seconds from one to the next
    stores: bool = True  # whether anything is stored before the ack
    asks: bool = False  # whether a neighbour is asked before the ack, for whom nobody can be faster


APPROVERS = tuple(f"U0BOSS{number}" for number in range(8))
"""Nobody approves twice a second: who is looked up for one click is not looked up for the next at the same time."""

KINDS = (
    Kind("help", 0.03, stores=False),
    Kind("look-up", 0.03, stores=False),
    Kind("/createimage", 0.06),
    Kind("cancel", 0.2),
    Kind("submission", 0.3),
    Kind("approve", 0.3, asks=True),
)
BARE = {"SQLite": "a bare Bolt app, SQLite", "PostgreSQL": "a bare Bolt app, PostgreSQL"}
ROLES = ("web", "run")


@dataclass(frozen=True)
class Scene:
    """What every side is given in each of its turns."""

    standins: Neighbours
    click: Clicker
    form: Recorded
    requests: Sequence[ImageRequest]  # those that are cancelled, then those that are approved
    count: int  # clicks of each kind

    def bodies(self, kind: Kind) -> Sequence[Body]:
        """The clicks of a kind."""
        slack, numbers = self.standins.slack, range(self.count)
        match kind.name:
            case "help":
                return [command(slack, AMY, "help") for _ in numbers]
            case "look-up":
                return [look_up(slack, AMY, f"web-{number}") for number in numbers]
            case "/createimage":
                return [command(slack, DAN, "") for _ in numbers]
            case "submission":
                return [(INTERACTION, self.form.payload_of(number)) for number in numbers]
            case "cancel":
                mine = self.requests[: self.count]
                return [button(slack, AMY, "cancel", one, CardKind.REQUESTER) for one in mine]
            case _:
                theirs = zip(self.requests[self.count :], itertools.cycle(APPROVERS), strict=False)
                return [button(slack, who, "approve", one, CardKind.APPROVAL) for one, who in theirs]


async def measure(bench: Bench) -> Sequence[Figure]:
    """The row."""
    count = bench.size(30, 3)
    roles = bench.size(ROLES, ROLES[1:])
    sides = [(role, engine) for engine in bench.engines for role in ("bare", *roles)]
    taken: dict[tuple[str, str, str], list[list[float]]] = defaultdict(list)
    cpu: dict[tuple[str, str], list[float]] = defaultdict(list)
    async with clicker(SECRET) as click, neighbours(frozen=True, build_time=1.0) as standins:
        for number in range(3 * count):
            standins.cloud.add_instance(instance(number))
        for user in APPROVERS:
            standins.slack.add_user(User(id=user, name=user.lower()))
        standins.environ["APPROVERS"] = ",".join(APPROVERS)
        form = await recorded_form(bench, standins, count)
        now = standins.slack.clock()
        requests = [request(number, now=now) for number in range(2 * count)]
        scene = Scene(standins, click, form, requests, count)
        seed = bench.folder / "ack.db"
        await seeded(seed, requests, None, now=now)
        _place_cards(seed, standins, requests)
        await form.seed(seed, count)
        for _ in range(bench.rounds):
            for role, engine in sides:
                url = bench.new_database(engine)
                if role != "bare":
                    copied(seed, url)
                times, spent = await _turn(scene, role, url, calm=not bench.smoke)
                for kind, samples in times.items():
                    taken[role, engine, kind].append(samples)
                cpu[role, engine].append(spent)
    return list(_figures(bench.engines, roles, taken, cpu))


def _place_cards(seed: Any, standins: Neighbours, requests: Sequence[ImageRequest]) -> None:
    """The cards of the requests are where the stand-in shows them."""
    with closing(sqlite3.connect(seed)) as connection, connection:
        for one in requests:
            for kind, message in standins.show(one).items():
                connection.execute(
                    "UPDATE card SET channel = ?, ts = ? WHERE request_id = ? AND kind = ?",
                    (message.channel, message.ts, one.id, kind),
                )


def _check(url: str, count: int) -> None:
    """What was acknowledged is there."""
    for some in (
        "request WHERE state = 'cancelled'",
        "request WHERE state IN ('approved', 'working', 'ready')",
        "draft WHERE state <> 'open' OR revision > 1",
    ):
        assert counted(url, f"SELECT COUNT(*) FROM {some}") >= count, some


async def _turn(scene: Scene, role: str, url: str, *, calm: bool) -> tuple[dict[str, list[float]], float]:
    """One side: milliseconds of each click by kind, and milliseconds of processor time an approval."""
    scene.standins.take(0)
    command_line = ("tests.bench.peers.bolt",) if role == "bare" else ("bot", role)
    async with program(*command_line, environ=scene.standins.environ | {"DATABASE_URL": url}) as served:
        address = f"{served.url}/slack/events"
        warm = [*scene.bodies(KINDS[0])[:10], *scene.bodies(KINDS[1])[:10]]
        await scene.click(address, 0.05, warm)
        scene.standins.take(NEIGHBOURS_TAKE)
        times, spent = {}, 0.0
        for kind in KINDS:
            before = served.cpu
            times[kind.name] = await scene.click(address, kind.gap, scene.bodies(kind))
            if calm:
                await served.calm(seconds=2)
            spent = (served.cpu - before) * 1000 / scene.count
        if role != "bare":
            _check(url, scene.count)
        return times, spent


def _figures(
    engines: Sequence[str],
    roles: Sequence[str],
    taken: dict[tuple[str, str, str], list[list[float]]],
    cpu: dict[tuple[str, str], list[float]],
) -> Sequence[Figure]:
    found = []
    for role in roles:
        for engine in engines:
            for kind in KINDS:
                ours, bare = taken[role, engine, kind.name], taken["bare", engine, kind.name]
                if kind.asks:  # what the neighbour takes is nobody's
                    ours, bare = _beyond(ours), _beyond(bare)
                name = f"{kind.name}{' beyond 300 ms' if kind.asks else ''}, {role}, {engine}"
                aims = (1.2, None) if not kind.stores else (1.5, 2.0) if engine == "SQLite" else (2.5, 2.5)
                found.append(
                    compared(
                        "ack",
                        f"{name}: median",
                        "ms",
                        ours=[statistics.median(one) for one in ours],
                        theirs=[statistics.median(one) for one in bare],
                        peer=BARE[engine],
                        aim=aims[0],
                    )
                )
                slow, their_slow = (quantile((x for one in side for x in one), 0.99) for side in (ours, bare))
                found.append(
                    Figure(
                        row="ack",
                        what=f"{name}: p99",
                        unit="ms",
                        ours=slow,
                        theirs=their_slow,
                        ratio=slow / their_slow,
                        peer=BARE[engine],
                        aim=aims[1],
                    )
                )
            found.append(
                compared(
                    "ack",
                    f"processor time an approval, {role}, {engine}",
                    "ms",
                    ours=cpu[role, engine],
                    theirs=[max(one, 0.1) for one in cpu["bare", engine]],
                    peer=BARE[engine],
                    aim=None,
                )
            )
    return found


def _beyond(rounds: Sequence[Sequence[float]]) -> list[list[float]]:
    """What is left when the neighbour's time is taken off."""
    return [[max(one - NEIGHBOURS_TAKE * 1000, 0.01) for one in samples] for samples in rounds]
