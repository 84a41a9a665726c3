"""`python -m tests.bench`: the bot beside what one would otherwise have, in one run on one machine.

Prints one table: ratios first, then the figures themselves, and on which machine. It fails on errors only, and never
because a machine is slow.
"""

import asyncio
import importlib
import json
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from tests.bench import machine
from tests.bench.bench import Bench, Row
from tests.bench.figures import Figure, table

ROWS = ("ack", "lookup", "look", "parse", "life", "idle", "growth", "start", "told", "commit")


def row(name: str) -> Row:
    """What measures a row."""
    measure: Row = importlib.import_module(f"tests.bench.rows.{name}").measure
    return measure


@click.command()
@click.option("--only", type=click.Choice(ROWS), multiple=True, help="Only this row; may be given several times.")
@click.option("--json", "file", type=click.Path(dir_okay=False, path_type=Path), help="Writes the figures there too.")
@click.option("--smoke", is_flag=True, help="A little of everything: shows that nothing breaks, and no more.")
def main(*, only: tuple[str, ...], file: Path | None, smoke: bool) -> None:
    """How fast the bot is beside what one would otherwise have."""
    described = machine.described()
    if not smoke:
        machine.keep_off()
    figures: list[Figure] = []
    click.echo("\n".join(f"{name:<10} {value}" for name, value in described.items()))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        bench = Bench(stack, folder, smoke)
        rows = only or ROWS
        # Where nothing is to be learnt from the figures, nothing is lost when all are measured at once.
        for names in [rows] if smoke else [(name,) for name in rows]:
            begun = time.monotonic()
            found = asyncio.run(_measured(names, bench))
            figures += found
            click.echo(f"{table(found)}\n  {time.monotonic() - begun:.0f} s")
    if file:
        told = {"machine": described, "figures": [figure.told() for figure in figures]}
        file.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


async def _measured(names: Sequence[str], bench: Bench) -> list[Figure]:
    return [figure for found in await asyncio.gather(*(row(name)(bench) for name in names)) for figure in found]


if __name__ == "__main__":
    main()
