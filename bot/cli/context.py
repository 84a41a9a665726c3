"""Where a command runs: on its settings or on the database, with mistakes told in plain words and an exit code."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import click

from bot import clients
from bot.domain.errors import BotError, Fault
from bot.logs import configure_logging
from bot.settings import DatabaseSettings, SettingsError, load_database_settings
from bot.store import Store

S = TypeVar("S", bound=DatabaseSettings)
StoreWork = Callable[[Store], Coroutine[Any, Any, None]]


def of_current_schema(work: StoreWork) -> StoreWork:
    """The same work, on a database whose schema is up to date; it is not made so."""

    async def checked(store: Store) -> None:
        if await store.pending():
            raise Fault("the database has an older schema or none: run `python -m bot migrate` first")
        await work(store)

    return checked


def with_store(work: StoreWork, *, make: bool = False) -> None:
    """Runs something on the database, whatever else is set or not; an SQLite file is only made where that is asked."""

    async def opened(settings: DatabaseSettings) -> None:
        store = Store(clients.open_database(settings, make=make))
        try:
            await work(store)
        finally:
            await store.close()

    with_settings(opened, load_database_settings)


def with_settings(
    work: Callable[[S], Coroutine[Any, Any, None]], load: Callable[[], S], *, failed: str = "Error"
) -> None:
    """Runs something; what an operator can act on is told in plain words after `failed`, with an exit code."""
    try:
        settings = load()
        configure_logging(settings.log_level, settings.log_format, sys.stderr)
        asyncio.run(work(settings))
    except SettingsError as error:
        click.echo(error, err=True)
        sys.exit(2)
    except BotError as fault:
        click.echo(f"{failed}: {fault}", err=True)
        sys.exit(1)
