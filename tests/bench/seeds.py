"""Databases with something in them: made by the store itself on SQLite, and copied where another engine is measured."""

import dataclasses
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bot.domain.delivery import CardKind
from bot.domain.lifecycle import Move
from bot.domain.request import ImageRequest
from bot.domain.steps import StepMove
from bot.store import SQLite, Store, Transaction
from bot.store.postgres import Postgres
from tests.unit.examples import a_disk, a_request, an_instance, plan_for

REGIONS = ("cn-north-1", "cn-east-1", "cn-east-2", "cn-south-1")
APPROVALS, AMY, BEN = "C0APPROVALS", "U0AMY", "U0BEN"
CARDS = ((CardKind.APPROVAL, APPROVALS), (CardKind.REQUESTER, AMY))
A_TRANSACTION = 500
"""Requests that are made in one."""


def request(number: int, *, now: float, **changes: Any) -> ImageRequest:
    """A request about an instance of its own, `i-NUMBER`, in one of four regions."""
    system = a_disk("vda", disk_id=f"vol-{number}", size_gb=40)
    machine = an_instance(
        region=REGIONS[number % len(REGIONS)], id=f"i-{number}", name=f"web-{number}", system_disk=system, data_disks=()
    )
    plan = plan_for(machine, description="weekly", left_out=frozenset(), image_name=f"web-{number}-20261123")
    usual: dict[str, Any] = {
        "id": f"IR-{number:05}",
        "plan": plan,
        "announce_in": "C0OPS",
        "created_at": now,
        "expires_at": now + 86_400.0,
    }
    return dataclasses.replace(a_request(), **(usual | changes))


def building(tx: Transaction, one: ImageRequest, now: float) -> None:
    """A request that waits becomes one whose image `img-NUMBER` is being made."""
    tx.requests.advance(one.id, Move.APPROVE, at=now, actor=BEN)
    image = f"img-{one.plan.jobs[0].instance_id.removeprefix('i-')}"
    for move, changes in (
        (StepMove.CALL, {"called_at": now}),
        (StepMove.ACCEPT, {"working_since": now, "result": image}),
    ):
        (step,) = tx.requests.existing(one.id).jobs[0].steps
        assert tx.steps.advance(step, move, at=now, actor="seed", **changes)


def ready(tx: Transaction, one: ImageRequest, now: float) -> None:
    """Likewise, and is done."""
    building(tx, one, now - 300)
    (step,) = tx.requests.existing(one.id).jobs[0].steps
    assert tx.steps.advance(step, StepMove.FINISH, at=now, actor="seed")


async def seeded(
    path: Path,
    requests: Iterable[ImageRequest],
    become: Callable[[Transaction, ImageRequest, float], None] | None,
    *,
    now: float,
) -> None:
    """Puts requests into a database, with all that is owed to Slack delivered."""
    database = SQLite(path)
    store = Store(database)
    await store.open()
    waiting = list(requests)

    def put(some: list[ImageRequest]) -> Callable[[Transaction], None]:
        def work(tx: Transaction) -> None:
            for one in some:
                assert tx.requests.add(one, draft_id=f"draft-of-{one.id}", cards=CARDS)
                if become:
                    become(tx, one, now)

        return work

    for begin in range(0, len(waiting), A_TRANSACTION):
        await store.transact(put(waiting[begin : begin + A_TRANSACTION]))
    await store.close()
    with closing(sqlite3.connect(path)) as connection, connection:  # closed: a copy is of the file alone
        connection.execute(
            "UPDATE card SET drawn_version = version, channel = conversation, ts = '1.' || printf('%06d', id)"
        )
        connection.execute("UPDATE notice SET ended_at = 1")
        connection.execute("UPDATE step SET progress = '0/1' WHERE state = 'working'")


async def many_building(folder: Path, count: int, *, now: float) -> Path:
    """A database with so many requests whose images are being made; it is made once in a folder."""
    path = folder / f"{count}-building.db"
    if not path.exists():
        await seeded(path, (request(number, now=now) for number in range(count)), building, now=now)
    return path


def copied(path: Path, url: str) -> None:
    """The same in another database, which is new."""
    if url.startswith("sqlite"):
        shutil.copy(path, url.removeprefix("sqlite:///"))
        return
    Postgres(url).migrate()
    with closing(sqlite3.connect(path)) as old, psycopg.connect(url) as new:
        tables = [name for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        new.execute("SET session_replication_role = replica")  # in whatever order they come
        for table in tables:
            if not table.startswith(("sqlite_", "_sqlite")):
                _copy(old, new, table)
        new.execute("ANALYZE")


def _copy(old: sqlite3.Connection, new: psycopg.Connection[Any], table: str) -> None:
    new.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))  # what the migration itself has put there
    rows = old.execute(f"SELECT * FROM {table}")
    columns = [column[0] for column in rows.description]
    target = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with new.cursor().copy(target) as copy:
        for row in rows:
            copy.write_row(row)
    if new.execute(
        "SELECT 1 FROM information_schema.columns WHERE table_name = %s AND is_identity = 'YES'", (table,)
    ).fetchone():
        name = sql.Identifier(table)
        new.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT COALESCE(MAX(id), 1) FROM {}))").format(
                sql.Literal(table), name
            )
        )


def counted(url: str, statement: str) -> int:
    """The one number that a statement finds."""
    with ExitStack() as stack:
        if url.startswith("sqlite"):
            connection: Any = stack.enter_context(closing(sqlite3.connect(url.removeprefix("sqlite:///"))))
        else:
            connection = stack.enter_context(psycopg.connect(url))
        return int(connection.execute(statement).fetchone()[0])
