"""The bot with its statements counted: `python -m tests.bench.counted web|worker|run`. `GET /counted` tells.

It is wired as `bot.running` wires it; only the database has another around it. With `BENCH_LAG` it tells how long the
event loop was held up, which takes more to look at than an idle bot does; with `BENCH_PROFILE=FILE` the thread of the
loop is profiled.
"""

import asyncio
import cProfile
import dataclasses
import gc
import os
import signal
import sys
import time

from aiohttp import web

from bot import running
from bot.clients import connect
from bot.logs import configure_logging
from bot.settings import load_settings
from bot.wiring import build
from tests.bench.counting import CountingDatabase

_LONG = {"by_text", "writes"}

LAG_EVERY = 0.005
"""Seconds between two looks at how late the loop is."""


class Lag:
    """How long the event loop was held up at most, since it was last asked: seconds.

    By its own work: how long a busy machine lets it wait is not counted.
    """

    def __init__(self) -> None:
        self._worst = 0.0

    async def watch(self) -> None:
        """Looks for as long as it is let."""
        while True:
            before, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(LAG_EVERY)
            late = time.perf_counter() - before - LAG_EVERY
            self._worst = max(self._worst, min(late, time.thread_time() - worked))

    def take(self) -> float:
        """The worst so far, and begins anew."""
        worst, self._worst = self._worst, 0.0
        return worst


async def main(role: str) -> None:
    """Runs until SIGTERM."""
    settings, stop, lag = load_settings(os.environ), asyncio.Event(), Lag()
    configure_logging(settings.log_level, "json", sys.stderr)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    serve, work = role in {"web", "run"}, role in {"worker", "run"}
    async with connect(settings) as clients:
        database = CountingDatabase(clients.database, keep_writes="BENCH_WRITES" in os.environ)

        async def counted(request: web.Request) -> web.Response:
            facts = vars(database.counted)
            told = (
                facts if "all" in request.query else {k: v for k, v in facts.items() if k not in {"by_text", "writes"}}
            )
            return web.json_response({"cpu": time.process_time(), "lag": lag.take(), **told})

        async with build(settings, dataclasses.replace(clients, database=database), serve=serve, work=work) as bot:
            bot.web.router.add_get("/counted", counted)
            watching = asyncio.create_task(lag.watch()) if "BENCH_LAG" in os.environ else None
            serving = running._served(bot, settings.host, settings.port, lambda _: gc.freeze())
            await running.attend(bot, serving=serving, stop=stop)
            if watching:
                watching.cancel()


if __name__ == "__main__":
    if profile := os.environ.get("BENCH_PROFILE"):
        profiler = cProfile.Profile()
        profiler.runcall(asyncio.run, main(sys.argv[1]))
        profiler.dump_stats(profile)
    else:
        asyncio.run(main(sys.argv[1]))
