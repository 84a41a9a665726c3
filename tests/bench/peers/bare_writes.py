"""The same writes, bare: replays recorded transactions over one connection, with nothing around them.

`python -m tests.bench.peers.bare_writes DATABASE_URL FILE` reads `[[[sql, parameters], …], …]` and tells as JSON how
many seconds that took, of the disk and the server too.
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


def on_sqlite(path: str, transactions: Transactions) -> float:
    """Seconds."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    begun = time.perf_counter()
    for writes in transactions:
        connection.execute("BEGIN IMMEDIATE")
        for sql, parameters in writes:
            connection.execute(sql, {"now": time.time(), **parameters}).fetchall()
        connection.execute("COMMIT")
    return time.perf_counter() - begun


def on_postgres(url: str, transactions: Transactions) -> float:
    """Seconds."""
    theirs: dict[str, Any] = {
        sql: re.sub(r"(?<!:):([a-z_][a-z_0-9]*)", r"%(\1)s", sql) for writes in transactions for sql, _ in writes
    }
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        begun = time.perf_counter()
        for writes in transactions:
            with connection.transaction():
                for sql, parameters in writes:
                    connection.execute(theirs[sql], parameters)
        return time.perf_counter() - begun


def main(url: str, file: str) -> None:
    """Tells."""
    transactions = json.loads(Path(file).read_text(encoding="utf-8"))
    if url.startswith("sqlite"):
        seconds = on_sqlite(url.removeprefix("sqlite:///"), transactions)
    else:
        seconds = on_postgres(url, transactions)
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
