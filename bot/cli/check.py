"""`check`: whether the bot would work, probe by probe, and what to do where it would not."""

import json
import time

import click

from bot.cli.console import cells, padded
from bot.clients import connect
from bot.domain.errors import Fault
from bot.logs import printable
from bot.probes import Finding, Findings, Level, before_start, look, ok, works
from bot.probes.policy import as_written
from bot.service.ports import Clock
from bot.settings import PolicyError, Settings, SettingsError, load_policy
from bot.store import Store

_SHOWN = {
    Level.OK: click.style("ok", fg="green"),
    Level.UNPROVED: "unproved",
    Level.WARNING: click.style("warning", fg="yellow"),
    Level.FAILED: click.style("FAILED", fg="red", bold=True),
}


def of_settings(mistakes: SettingsError) -> Findings:
    """What there is to say when nothing else can be asked."""
    said = "\n".join(mistakes.mistakes)
    return {"settings": Finding(Level.FAILED, said, "correct the environment; the README lists every variable")}


def of_policy(mistakes: PolicyError) -> Findings:
    """Likewise of the policy file."""
    said = "\n".join(mistakes.mistakes)
    return {"policy file": Finding(Level.FAILED, said, "correct the file; docs/policy.md has every key")}


def of_fault(fault: Fault) -> Findings:
    """Likewise when the world cannot be touched at all."""
    return {"settings": Finding(Level.FAILED, str(fault), "see what it says")}


async def ask(settings: Settings, *, clock: Clock = time.time) -> Findings:
    """Every probe, of which none changes anything.

    Raises:
        PolicyError: the policy file has mistakes.
        Fault: the world cannot be touched at all.
    """
    book = load_policy(settings)
    found = {"settings": _settings(settings)}
    if settings.policy_file:
        found["policy file"] = as_written(
            book, regions=settings.jdcloud_regions, approval_ttl=settings.approval_ttl.total_seconds()
        )
    async with connect(settings, clock=clock, make_database=False) as clients:
        store = Store(clients.database)
        try:
            for group in before_start(settings, book, clients, store):
                found |= await look(group)
        finally:
            await store.close()
    return found


def table(found: Findings) -> str:
    """For eyes: a line for each probe, and one below it for what to do."""
    width = max(map(cells, found))
    lines = []
    for name, finding in found.items():
        state = _SHOWN[finding.level] + " " * (9 - len(finding.level))
        first, *more = map(printable, finding.said.split("\n"))  # a line for each mistake in the settings
        lines.append(f"{state} {padded(name, width)}  {first}")
        lines += (f"{'':<10}{'':<{width}}  {said}" for said in more)
        if finding.remedy:
            lines.append(f"{'':<10}{'':<{width}}  -> {printable(finding.remedy)}")
    failed = [name for name, finding in found.items() if finding.level is Level.FAILED]
    verdict = f"The bot would not work: {', '.join(failed)}." if failed else "The bot would work."
    return "\n".join((*lines, verdict))


def as_json(found: Findings) -> str:
    """For machines."""
    probes = [{"name": name} | finding.told() for name, finding in found.items()]
    return json.dumps({"ok": works(found), "probes": probes}, ensure_ascii=False, indent=2)


def _settings(settings: Settings) -> Finding:
    if settings.launch_grace <= settings.jdcloud_timeout:
        return Finding(
            Level.WARNING,
            "LAUNCH_GRACE is not more than JDCLOUD_TIMEOUT: an image whose answer was lost may be looked for too early",
            "set LAUNCH_GRACE to JDCLOUD_TIMEOUT and the time that JD Cloud may take to list a new image",
        )
    return ok("every variable reads well")
