"""Some seeds of every script, more of them among the long proofs; that a seed replays; that a broken bot is found."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.demo.slack import plain_text
from tests.simulate.mutants import MUTANTS, broken
from tests.simulate.mutants_of_rules import OF_RULES
from tests.simulate.people import APPROVALS, OPS
from tests.simulate.world import Play, Script, chaos_and_calm, crowded, doubted, held, ruled, run, wrecked

ROOT = Path(__file__).parents[2]
BLOCK = 5
"""Seeds played by one of the long proofs."""

PLAYED = {
    "chaos": (chaos_and_calm, 1, 3),
    "doubted": (doubted, 1, 1),
    "ruled": (ruled, 1, 2),
    "held": (held, 19, 2),
    "wrecked": (wrecked, 5, 1),
}
"""What is played, a first seed of it, and how many blocks of those after it."""

EVERY_TIME = frozenset({"chaos", "ruled", "held"})
"""Of which the first seed is played every time; all else are long proofs."""

QUICK = frozenset({"submission-before-write", "anybody-decides", "stop-before-approval", "at-any-hour"})
"""Mutants that are looked for every time; the others take longer to find."""

FOUND = {
    "start-not-owed": 16,
    "stop-charging": 16,
    "nothing-said": 31,
    "stop-before-approval": 7,
    "before-its-time": 12,
    "submission-before-write": 1,
    "anybody-decides": 7,
    "ack-before-write": 10,
    "blind-retry": 43,
    "no-second-look": 15,
    "no-marker": 65,
    "old-group": 62,
    "late-choice": 112,
    "no-intent": 49,
    "two-jobs": 95,
    "started-though-found-stopped": 95,
    "incomplete-believed": 94,
    "all-at-once": 52,
    "failure-ignored": 12,
    "doubt-for-ever": 12,
    "at-any-hour": 19,
    "one-rule-of-several": 32,
    "through-a-freeze": 19,
    "emergency-by-anybody": 32,
    "passed-over-in-silence": 54,
    "question-puts-off": 7,
    "asked-for-ever": 2,
}
"""A seed that finds a mutant: the first one that did, from where it was looked for."""

SCRIPTS = {
    **dict.fromkeys(("two-jobs", "no-marker", "late-choice"), crowded),
    "failure-ignored": held,
    "asked-for-ever": held,
    "doubt-for-ever": wrecked,
    "incomplete-believed": doubted,
    **dict.fromkeys(OF_RULES, ruled),
}
"""What finds it; else runs in which everything goes wrong."""

NEARBY = 60
"""How many more seeds are tried, should the bot have come to do the same in another order."""


def _blocks() -> Iterator[Any]:
    for name, (script, first, blocks) in PLAYED.items():
        yield pytest.param(
            name, script, [first], marks=[] if name in EVERY_TIME else pytest.mark.long, id=f"{name}-{first}"
        )
        others = range(first + 1, first + 1 + blocks * BLOCK)
        for block in (others[at : at + BLOCK] for at in range(0, len(others), BLOCK)):
            yield pytest.param(name, script, block, marks=pytest.mark.long, id=f"{name}-{block[0]}")


@pytest.mark.parametrize(("name", "script", "seeds"), list(_blocks()))
def test_seeds(name: str, script: Script, seeds: Sequence[int]) -> None:
    """Everything that must hold does hold, at every step and in the end."""
    outcomes = [run(seed, script) for seed in seeds]
    for outcome in outcomes:
        assert not outcome.failure, (
            f"python -m tests.simulate --script {name} --trace {outcome.seed}\n{outcome.failure}"
        )
    if script is held:
        assert any(outcome.held for outcome in outcomes)


@pytest.mark.long
@pytest.mark.parametrize(("hashes", "seed"), [("1", 2), ("2", 7)])
def test_a_seed_replays(hashes: str, seed: int) -> None:
    """The same in another process, whatever order its sets are in."""
    command = [sys.executable, "-m", "tests.simulate", "--trace", str(seed)]
    environ = os.environ | {"PYTHONHASHSEED": hashes}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == run(seed).digest


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.long) for name in sorted(MUTANTS)]
)
def test_a_broken_bot_is_found(name: str) -> None:
    """Whoever removes one of these guards hears of it here, and by what must hold: a crash is not what is meant."""
    with broken(name):
        seeds = range(FOUND[name], FOUND[name] + NEARBY)
        script = SCRIPTS.get(name, chaos_and_calm)
        assert any(run(seed, script).violates for seed in seeds), f"{name} was not found"


def test_an_approval_is_launched_within_about_a_second() -> None:
    """By a worker in another process, which nobody wakes: it looks once a second."""

    async def script(play: Play) -> None:
        play.start(works=False)
        play.start(serves=False)
        await play.until(play.serving, 10)
        amy = play.slack.person("U0AMY")
        await amy.command("/createimage", "i-one11111", channel=OPS)
        await play.until(lambda: amy.view and "vda" in plain_text(amy.view), 10)
        await amy.fill("Description", "before the patch")
        assert await amy.submit() == {}
        await play.until(lambda: play.slack.messages(APPROVALS), 10)
        for approver in ("U0BEN", "U0CAT")[: play.quorum]:
            card = play.slack.messages(APPROVALS)[0]
            await play.slack.person(approver).press("Approve", message=card, confirm=True)
        approved = play.loop.time()
        await play.until(lambda: play.cloud.images, 10)
        assert play.loop.time() - approved < 2

    for seed in (10, 20, 30):
        outcome = run(seed, script)
        assert not outcome.failure, outcome.failure
