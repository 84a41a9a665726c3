"""Programs that are measured from outside: each a process of its own, on a core of its own."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.demo.bot_process import free_port, is_ready
from tests.bench.machine import MEASURED, OTHERS

STARTS_WITHIN = 60.0
"""Seconds."""

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Program:
    """A server that runs."""

    pid: int
    url: str
    started_in: float  # seconds from its start until it was ready
    start_cpu: float  # seconds of processor time until then

    @property
    def cpu(self) -> float:
        """Seconds of processor time that it has used."""
        return cpu_of(self.pid)

    @property
    def memory(self) -> float:
        """MiB that it holds (resident set)."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    async def get(self, path: str) -> Any:
        """What it tells at a path, as JSON."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}{path}") as answer:
            answer.raise_for_status()
            return await answer.json()

    async def calm(self, *, seconds: float = 20.0) -> None:
        """Waits until it has little to do, or for so long."""
        for _ in range(int(seconds / 0.5)):
            before = self.cpu
            await asyncio.sleep(0.5)
            if self.cpu - before < 0.05:
                return


def cpu_of(pid: int) -> float:
    """Seconds of processor time of a process and all its threads; 0 where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


@asynccontextmanager
async def program(*command: str, environ: Mapping[str, str]) -> AsyncIterator[Program]:
    """Starts `python -m …` with nothing but these settings, and waits until `/readyz` at its `PORT` says so.

    Raises:
        RuntimeError: it ended instead; with what it said last.
    """
    own = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *command,
            env={**own, **environ, "HOST": "127.0.0.1", "PORT": port, "LOG_FORMAT": "json"},
            stdout=said,
            stderr=said,
        )
        try:
            if os.sched_getaffinity(0) == OTHERS:  # this process has made room
                os.sched_setaffinity(process.pid, MEASURED)
            if not await is_ready(url, process, within=STARTS_WITHIN, every=0.01):
                raise RuntimeError("it did not start")
            yield Program(process.pid, url, time.perf_counter() - begun, cpu_of(process.pid))
        except BaseException as error:
            said.seek(0)
            error.add_note(said.read()[-4000:].decode(errors="replace"))
            raise
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
