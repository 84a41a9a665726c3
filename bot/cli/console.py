"""The console: it may show less than texts hold, and what others wrote may hold what moves its cursor."""

import io
import os
import sys
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
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
    say(text.encode(errors="backslashreplace"), nl=False)


def say(text: str | bytes, *, nl: bool = True, err: bool = False) -> None:
    """Writes it.

    Args:
        text: what.
        nl: whether the line ends.
        err: whether it stands beside what may be piped on.

    Raises:
        click.ClickException: it cannot be written, as a disk is full.
    """
    try:
        click.echo(text, nl=nl, err=err)
    except BrokenPipeError:
        raise  # whoever reads has enough: click ends without a word
    except OSError as error:
        # What is left in the buffer would be written once more at the end, and fail in Python's own words.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), (sys.stderr if err else sys.stdout).fileno())
        raise click.ClickException(f"what was asked for cannot be written: {error.strerror}") from None


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for eyes under its head: as wide as what is in it, and a line stays a line whatever others wrote."""
    shown = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(cells, column)) for column in zip(head, *shown, strict=True)]
    lines = ("  ".join(map(padded, line, widths)) for line in (head, *shown))
    return "".join(f"{line.rstrip()}\n" for line in lines)


def padded(shown: str, width: int) -> str:
    """With blanks behind it, as wide as so many cells."""
    return shown + " " * (width - cells(shown))


def cells(shown: str) -> int:
    """How wide a console shows it: a Chinese character takes two cells, an accent that is put on a letter none
    (Unicode: East Asian Width, combining classes).
    """
    if shown.isascii():
        return len(shown)
    return sum(_cells(one) for one in shown)


def _cells(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def utc(at: float) -> str:
    """Unix seconds as a time in UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
