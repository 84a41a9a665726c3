"""The policy file: whether the rules in force are those that it says."""

from collections.abc import Callable, Sequence

from bot.domain.rule import Rulebook
from bot.probes.probe import Finding, Level, Probe, ok


def policy_file(rules: Callable[[], Rulebook], mistakes: Callable[[], Sequence[str]]) -> Probe:
    """For a bot that runs.

    Args:
        rules: those that are in force.
        mistakes: of the file as it was read last.
    """

    async def ask() -> Finding:
        book = rules()
        if found := mistakes():
            said = f"the file has mistakes, and what it said before stays in force: {counted(book)}"
            return Finding(Level.FAILED, "\n".join((said, *found)), "correct the file, and send SIGHUP once more")
        return ok(f"{counted(book)} in force")

    return Probe("policy file", ask)


def counted(book: Rulebook) -> str:
    """How many rules there are, and of which file."""
    rules = len(book.rules) - 1  # the last are the settings
    return f"{rules} rule{'' if rules == 1 else 's'} before the settings (SHA-256 {book.hash[:12]}…)"
