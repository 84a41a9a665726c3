"""The database: reachable, its schema current, and writable."""

import os
from pathlib import Path

from bot.probes.probe import Finding, Level, Probe, ok
from bot.store import SchemaTooNew, Store, StoreFault

_SETTING = "look at DATABASE_URL, at the server or the disk, and at who may write there"


def database(store: Store, path: Path | None) -> Probe:
    """Whether the bot could keep its state.

    Args:
        store: the database; nothing in it is changed.
        path: the file of an SQLite database; None for PostgreSQL.
    """

    async def ask() -> Finding:
        if path is not None and not os.path.exists(path):  # noqa: ASYNC240, PTH110 # a look at a local disk
            return _new(path)
        try:
            pending = await store.pending()
            if pending:  # every process takes them when it starts
                return Finding(
                    Level.WARNING,
                    f"answers, and its schema is {len(pending)} steps behind ({', '.join(pending)})",
                    "`python -m bot migrate`; or nothing: the bot does so when it starts",
                )
            await store.ping()
        except SchemaTooNew as fault:
            return Finding(Level.FAILED, str(fault), "run the version of the bot that made it, or a newer one")
        except StoreFault as fault:
            return Finding(Level.FAILED, str(fault), _SETTING)
        return ok("answers, can be written, and its schema is current")

    return Probe("database", ask)


def _new(path: Path) -> Finding:
    folder = path.absolute().parent
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding(
            Level.FAILED,
            f"{path} is not there, and {folder} is no folder that this user may write to",
            "make the folder, owned by the user that runs the bot, or change DATABASE_URL",
        )
    return ok(f"{path} is not there yet; the bot makes it when it starts")
