"""The same writes, bare: replays recorded transactions over one connection, with nothing around them.

`python -m tests.bench.peers.bare_writes DATABASE_URL FILE` reads `[[[sql, parameters], …], …]` and tells as JSON how
many seconds that took, and how many of them were not spent waiting for the disk or the server.
"""

import json
import re
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

Transactions = list[list[tuple[str, dict[str, Any]]]]


def on_sqlite(path: str, transactions: Transactions) -> tuple[float, float]:
    """Seconds, and seconds of processor time."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    begun, worked = time.perf_counter(), time.process_time()
    for writes in transactions:
        connection.execute("BEGIN IMMEDIATE")
        for sql, parameters in writes:
            connection.execute(sql, {"now": time.time(), **parameters}).fetchall()
        connection.execute("COMMIT")
    return time.perf_counter() - begun, time.process_time() - worked


def on_postgres(url: str, transactions: Transactions) -> tuple[float, float]:
    """Seconds, and seconds of processor time."""
    theirs: dict[str, Any] = {
        sql: re.sub(r"(?<!:):([a-z_][a-z_0-9]*)", r"%(\1)s", sql) for writes in transactions for sql, _ in writes
    }
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        begun, worked = time.perf_counter(), time.process_time()
        for writes in transactions:
            with connection.transaction():
                for sql, parameters in writes:
                    connection.execute(theirs[sql], parameters)
        return time.perf_counter() - begun, time.process_time() - worked


def main(url: str, file: str) -> None:
    """Tells."""
    transactions = json.loads(Path(file).read_text(encoding="utf-8"))
    if url.startswith("sqlite"):
        seconds, cpu = on_sqlite(url.removeprefix("sqlite:///"), transactions)
    else:
        seconds, cpu = on_postgres(url, transactions)
    print(json.dumps({"seconds": seconds, "cpu": cpu}))


if __name__ == "__main__":
    main(*sys.argv[1:])
