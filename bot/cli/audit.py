"""`audit`: who did what, and proof that nobody changed it since."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import click

from bot.cli.console import columns, utc
from bot.logs import printable
from bot.store import Chain, Event

_AGO = re.compile(r"([0-9]+)([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_COLUMNS = ("number", "at", "unix", "request_id", "actor", "kind", "detail", "hash")

NOBODY = "-"
"""The actor when time passed, and the request where it was about none."""


def since(value: str, *, now: float) -> float:
    """`7d`, `12h` or `30m` ago, or a date with or without a time (UTC unless it says otherwise), in unix seconds.

    Raises:
        click.BadParameter: it is neither.
    """
    try:
        if ago := _AGO.fullmatch(value):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])}).total_seconds()
        given = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        wanted = "7d, 12h or 30m, or a date such as 2026-11-24 or 2026-11-24T09:30"
        raise click.BadParameter(f"{value!r} is no time; expected {wanted}") from None
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()


def event_lines(events: Sequence[Event]) -> str:
    """Events for eyes, one a line, under a head."""
    rows = [
        (utc(event.at), event.request_id or NOBODY, event.actor or NOBODY, event.kind, _told(event)) for event in events
    ]
    return columns(("AT", "REQUEST", "WHO", "WHAT", "DETAIL"), rows)


def event_json(events: Sequence[Event]) -> str:
    """Events as JSON Lines, with their place in the chain."""
    return "".join(f"{json.dumps(_fields(event), ensure_ascii=False)}\n" for event in events)


def event_csv(events: Sequence[Event]) -> str:
    """Events as CSV, with a head; the detail is JSON."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_fields(event) | {"detail": _detail(event.detail)} for event in events)
    return text.getvalue()


FORMATS: dict[str, Callable[[Sequence[Event]], str]] = {"lines": event_lines, "jsonl": event_json, "csv": event_csv}
"""How events can be written."""


def verdict(chain: Chain) -> str:
    """What was found, for the operator who asked."""
    before = f" {chain.unchained} events are from before the chain began and not covered." if chain.unchained else ""
    if chain.broken:
        return f"Broken after {chain.events} events: {printable(chain.broken)}.{before}"
    return f"All {chain.events} events are as they were written.{before}\nHead: {chain.head or '(no events yet)'}"


def _fields(event: Event) -> dict[str, object]:
    return {
        "number": event.number,
        "at": utc(event.at),
        "unix": event.at,  # what the hash covers
        "request_id": event.request_id,
        "actor": event.actor,
        "kind": event.kind,
        "detail": dict(event.detail),
        "hash": event.hash,
    }


def _told(event: Event) -> str:
    """The detail for eyes: of rules their names, which are kept as JSON, where the settings' is empty."""
    detail = dict(event.detail)
    with suppress(KeyError, ValueError, TypeError):  # "*": of a freeze, every rule
        detail["rules"] = ", ".join(name or "the settings" for name in json.loads(detail["rules"]))
    return _detail(detail)


def _detail(detail: Mapping[str, str]) -> str:
    return json.dumps(dict(detail), ensure_ascii=False) if detail else ""
