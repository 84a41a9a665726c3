"""`python -m tests.simulate --seeds N`: plays any number of seeds, and tells which of them found something.

`--trace SEED` tells what happened in one of them; `--mutant NAME` breaks the bot first.
"""

import os
import signal
import sys
import time
from collections import Counter
from functools import partial
from multiprocessing import Pool

import click

from tests.simulate.mutants import MUTANTS, broken
from tests.simulate.world import Outcome, chaos_and_calm, crowded, doubted, held, ruled, run, wrecked

COUNTED = (
    *("kills", "sleeps", "late", "mangled", "overtaken", "by_hand"),
    *("requests", "images", "stops", "starts", "held", "went_on", "ended"),
    *("questions", "emergencies", "reviews", "calls", "steps"),
)
"""What is told of all seeds together."""

LONGEST = 60
"""Seconds of real time after which a seed counts as one that never ends."""


SCRIPTS = {
    "chaos": chaos_and_calm,
    "crowded": crowded,
    "doubted": doubted,
    "held": held,
    "ruled": ruled,
    "wrecked": wrecked,
}
"""What may be played."""


def play(mutant: str, script: str, seed: int) -> Outcome:
    """One seed, in whatever process."""

    def never_ends(*_: object) -> None:
        raise TimeoutError("this seed never ends")

    signal.signal(signal.SIGALRM, never_ends)
    signal.alarm(LONGEST)
    try:
        with broken(mutant):
            return run(seed, SCRIPTS[script])
    finally:
        signal.alarm(0)


@click.command()
@click.option("--seeds", default=200, show_default=True, help="How many.")
@click.option("--first", default=1, show_default=True, help="The first of them.")
@click.option("--processes", default=os.cpu_count(), show_default=True, help="How many seeds at a time.")
@click.option("--mutant", type=click.Choice(sorted(MUTANTS)), default=None, help="Break the bot on purpose.")
@click.option("--script", type=click.Choice(list(SCRIPTS)), default="chaos", show_default=True, help="What is played.")
@click.option("--stop/--go-on", default=False, help="Stop at the first seed that finds something.")
@click.option("--trace", type=int, default=None, metavar="SEED", help="Tell everything that happens in one seed.")
def main(
    *, seeds: int, first: int, processes: int, mutant: str | None, script: str, stop: bool, trace: int | None
) -> None:
    """Whole replicas of the bot in virtual time, with random people, faults, kills and sleeps."""
    if trace is not None:
        outcome = play(mutant or "", script, trace)
        click.echo("\n".join((*outcome.trace, outcome.failure or "everything holds", f"digest {outcome.digest}")))
        sys.exit(bool(outcome.failure))
    begun, totals, failed = time.monotonic(), Counter[str](), 0
    with Pool(processes) as pool:
        for outcome in pool.imap(partial(play, mutant or "", script), range(first, first + seeds), chunksize=2):
            totals["seeds"] += 1
            for name in COUNTED:
                totals[name] += getattr(outcome, name)
            if outcome.failure:
                failed += 1
                click.echo(f"seed {outcome.seed}: {outcome.failure.splitlines()[-1]}")
                if stop:
                    break
    told = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in totals.items())
    click.echo(f"{told}; {failed} failed; {time.monotonic() - begun:.0f} s")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
