"""Files that nobody but the user who runs the bot may read: they hold what people asked for, and why."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.store.database import StoreFault

PRIVATE = 0o600
"""Whatever the umask is, which says what people usually want of their files and not what these need."""


def make_private(path: Path) -> None:
    """Makes the file where there is none, and takes from all others what rights they have to one that is there.

    SQLite gives the files beside a database, `-wal` and `-shm`, the rights of the database itself: those that lie
    there from before are no wider either.

    Raises:
        OSError: it can be neither made nor opened.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE))
    for ours in (path, *(path.with_name(f"{path.name}{suffix}") for suffix in ("-wal", "-shm"))):
        with suppress(FileNotFoundError, PermissionError):  # somebody else's file, who lets us write to it
            if stat.S_IMODE(ours.stat().st_mode) & ~PRIVATE:
                ours.chmod(PRIVATE)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A file beside `path`, empty and private, that takes its name in the end; it is gone where something fails.

    Raises:
        StoreFault: there is a file of that name, or none can be made there.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".partial", dir=path.parent)  # 0600
        os.close(handle)
        partial = Path(name)
        try:
            yield partial
            os.link(partial, path)  # unlike a rename it never replaces a file
        finally:
            partial.unlink(missing_ok=True)
    except FileExistsError:
        raise StoreFault(f"{path} is there already, and a backup replaces nothing") from None
    except OSError as error:
        raise StoreFault(f"{path}: {error.strerror or error}") from error
