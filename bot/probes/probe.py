"""A probe, and what it finds."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import structlog

from bot.domain.errors import BotError

log = structlog.get_logger(__name__)

WITHIN = 45.0
"""Seconds that one probe may take, repeats after a failure included."""


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    UNPROVED = "unproved"  # cannot be known from here without doing something for real
    WARNING = "warning"  # the bot works, but somebody will miss something
    FAILED = "failed"  # the bot would not work


@dataclass(frozen=True)
class Finding:
    """What a probe found. `remedy` is what an operator can do about it; there is one unless all is well."""

    level: Level
    said: str
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to do."""
        return self.level in {Level.OK, Level.UNPROVED}

    def told(self) -> dict[str, str]:
        """As JSON tells it."""
        return {"state": self.level, "said": self.said, "remedy": self.remedy}


@dataclass(frozen=True)
class Probe:
    """One question."""

    name: str
    ask: Callable[[], Awaitable[Finding]]


Findings = Mapping[str, Finding]
"""By the names of the probes, in the order in which they are to be read."""


def works(found: Findings) -> bool:
    """Whether what was asked would work."""
    return all(finding.level is not Level.FAILED for finding in found.values())


def ok(said: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, said)


async def look(probes: Sequence[Probe]) -> dict[str, Finding]:
    """Asks all of them at once; every one has a finding, whatever it runs into."""
    found = await asyncio.gather(*(_look(probe) for probe in probes))
    return {probe.name: finding for probe, finding in zip(probes, found, strict=True)}


async def _look(probe: Probe) -> Finding:
    try:
        async with asyncio.timeout(WITHIN):
            return await probe.ask()
    except TimeoutError:
        return Finding(Level.FAILED, f"no answer within {WITHIN:.0f} s", "try again; then look at the network")
    except BotError as error:
        return Finding(Level.FAILED, str(error), "see what it says; the log may say more")
    except Exception as error:
        log.critical("probe.fault", probe=probe.name, exc_info=True)  # `check` logs nothing less
        return Finding(Level.FAILED, f"{type(error).__name__}, which nobody planned for", "the log has the whole of it")
