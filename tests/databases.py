"""Databases as this version makes them, to be copied: climbing the ladder anew takes longer than many a test."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.store import SQLite


@cache
def sqlite_file() -> bytes:
    """An SQLite database with nothing in it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        database = SQLite(path)
        database.migrate()
        database.close()
        return path.read_bytes()
