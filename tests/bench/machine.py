"""The machine that a bench runs on: figures mean little without it."""

import os
import platform
import sqlite3
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path

_CORES = sorted(os.sched_getaffinity(0))
MEASURED, OTHERS = {_CORES[0]}, set(_CORES[1:] or _CORES)
"""The core of whoever is measured, and those of everybody else; the same where there is one."""


def described() -> dict[str, str]:
    """What it is, and how busy it was when the bench began."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return {
        "processor": f"{model}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "fsync": f"{_fsync() * 1000:.2f} ms (median of 50, 4 KiB)",
        "load": f"{os.getloadavg()[0]:.1f} when it began",
    }


def keep_off() -> None:
    """This process, and what it starts, leaves the core of whoever is measured alone; and goes first, where it may."""
    os.sched_setaffinity(0, OTHERS)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)


def _fsync() -> float:
    taken = []
    with tempfile.TemporaryFile() as file:
        for _ in range(50):
            file.write(b"-" * 4096)
            begun = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - begun)
    return statistics.median(taken)
