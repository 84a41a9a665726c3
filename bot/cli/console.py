"""The console: it may show less than texts hold, and what others wrote may hold what moves its cursor."""

import io
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from bot.logs import printable


def text(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """What was typed, where it is text: Python hands over bytes that are none as lone surrogates.

    Raises:
        click.BadParameter: it is not UTF-8.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        raise click.BadParameter(f"{value!a} is not UTF-8") from None
    return value


def show_whatever_is_said() -> None:
    """What the console's encoding lacks is shown escaped: a Chinese console (GBK) has no emoji, a plain one no é."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def for_machines(text: str) -> None:
    """JSON and CSV: in UTF-8 whatever the console shows, as whoever reads them expects."""
    click.echo(text.encode(errors="backslashreplace"), nl=False)


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for eyes under its head: as wide as what is in it, and a line stays a line whatever others wrote."""
    shown = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *shown, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in (head, *shown))
    return "".join(f"{line.rstrip()}\n" for line in lines)


def utc(at: float) -> str:
    """Unix seconds as a time in UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
