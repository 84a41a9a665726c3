"""The clock: signatures carry the time, Slack's and ours."""

from collections.abc import Callable, Mapping

from bot.probes.probe import Finding, Level, Probe, ok

CLOCKS_APART = 60.0
"""Seconds that our clock may be off before it is worth a word."""

CLOCKS_TOO_FAR_APART = 300.0
"""Seconds after which nothing works: Slack's requests count as old or as forged (Slack: verifying requests, five
minutes). JD Cloud's own limit is documented nowhere."""


def clocks(ahead: Callable[[], Mapping[str, float | None]]) -> Probe:
    """Our clock against the upstreams', by name; to be asked after they have answered something."""

    async def ask() -> Finding:
        known = {name: seconds for name, seconds in ahead().items() if seconds is not None}
        if not known:
            return Finding(Level.WARNING, "nobody has told the time", "see that NTP is on")
        name, worst = max(known.items(), key=lambda item: abs(item[1]))
        said = f"{abs(worst):.0f} s {'ahead of' if worst > 0 else 'behind'} {name}'s"
        if abs(worst) > CLOCKS_TOO_FAR_APART:
            return Finding(Level.FAILED, said, "set the clock, by NTP: signatures carry the time")
        if abs(worst) > CLOCKS_APART:
            return Finding(Level.WARNING, said, "set the clock, by NTP: signatures carry the time")
        return ok(f"{said}, and no clock is worse")

    return Probe("clock", ask)
