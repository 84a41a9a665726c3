"""The probes of a bot that runs: what it cannot serve without, asked each time, and the rest every few minutes."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot import metrics
from bot.probes.probe import Finding, Findings, Probe, look, works

EVERY = 300.0
"""Seconds between two rounds of what is not asked each time."""

FIRST_AFTER = 20.0
"""Seconds until the first round: a bot that starts has people waiting, and `check` is there to be asked before."""


@dataclass(kw_only=True)
class Watch:
    """What `/readyz` tells.

    Args:
        needed: of parts without which this process is of no use; quick to ask.
        beside: as quick to ask, but it is of use without them.
        rounds: the others, which ask the upstreams: one group after the other. What they find is told, and takes no
            process out of service: another one would find the same.
    """

    needed: Sequence[Probe]
    beside: Sequence[Probe] = ()
    rounds: Sequence[Sequence[Probe]]
    _found: dict[str, tuple[Finding, float]] = field(default_factory=dict)

    async def run(self) -> None:
        """Asks the upstreams every few minutes, until it is cancelled."""
        await asyncio.sleep(FIRST_AFTER)
        while True:
            for group in self.rounds:
                self._note(await look(group))
            await asyncio.sleep(EVERY)

    async def report(self) -> tuple[bool, Mapping[str, Any]]:
        """Whether this process can serve, and what each probe found last, with its age in seconds."""
        found = await look(self.needed)
        self._note(found | await look(self.beside))
        now = asyncio.get_running_loop().time()
        told: dict[str, Any] = {
            name: finding.told() | {"age": round(now - at, 1)} for name, (finding, at) in self._found.items()
        }
        unasked = {probe.name for group in self.rounds for probe in group} - told.keys()
        return works(found), told | {name: {"state": "not asked yet", "age": None} for name in sorted(unasked)}

    def _note(self, found: Findings) -> None:
        now = asyncio.get_running_loop().time()
        for name, finding in found.items():
            self._found[name] = finding, now
            metrics.PROBE_OK.labels(name).set(finding.is_well)
