"""This process itself: what it is of no use without."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.probes.probe import Finding, Level, Probe, ok
from bot.store import Store

if TYPE_CHECKING:
    from bot.worker import Worker

WORKER_SILENT = 30.0
"""Seconds without a look for work after which a worker counts as stuck; it looks once a second."""


def needed(store: Store, socket: Callable[[], Awaitable[str]] | None, worker: "Worker | None") -> Sequence[Probe]:
    """The probes of what runs in it: quick, and asked each time.

    Args:
        store: the state.
        socket: what Socket Mode says of itself, "ok" or what is wrong; None where requests come over HTTP.
        worker: the one of this process, if any.
    """
    begun = asyncio.get_running_loop().time()

    async def written() -> Finding:
        await store.ping()
        return ok("answers and can be written")

    async def connected() -> Finding:
        said = await socket() if socket else ""
        if said == "ok":
            return ok("requests come through")
        return Finding(Level.FAILED, said, "see the log; is SLACK_APP_TOKEN good, and Socket Mode enabled in the app?")

    async def working() -> Finding:
        last = worker.last_tick if worker else None
        age = asyncio.get_running_loop().time() - (begun if last is None else last)
        if age < WORKER_SILENT:
            return ok("looks for work")
        return Finding(Level.FAILED, f"has not looked for work for {age:.0f} s", "see `database` and the log")

    probes = [Probe("database", written)]
    if socket:
        probes.append(Probe("socket", connected))
    if worker:
        probes.append(Probe("worker", working))
    return probes


def tick(worker: "Worker | None") -> Mapping[str, Any]:
    """When the worker of this process last looked for work; there is none in a `web` process."""
    if worker is None or worker.last_tick is None:
        return {"here": worker is not None, "last_tick": None, "age": None}
    age = asyncio.get_running_loop().time() - worker.last_tick
    return {"here": True, "last_tick": round(worker.clock() - age, 3), "age": round(age, 3)}
