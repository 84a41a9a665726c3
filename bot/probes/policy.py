"""The policy file: whether the rules in force are those that it says."""

from collections.abc import Callable, Collection, Iterator, Sequence

from bot.domain.rule import Rule, Rulebook
from bot.domain.shadowed import Shadowed, shadowed
from bot.probes.probe import Finding, Level, Probe, ok
from bot.settings.values import written


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


def as_written(book: Rulebook, *, regions: Collection[str], approval_ttl: float) -> Finding:
    """Whether everything that the file says can ever matter, as far as the file itself tells.

    Args:
        book: its rules.
        regions: all there are machines in.
        approval_ttl: seconds that a request waits for approval.
    """
    *rules, settings = book.rules
    never = [_shadowed(one) for one in shadowed(rules, regions)]
    late = [told for rule in rules for told in _late(rule, settings, approval_ttl)]
    if not never and not late:
        return ok(counted(book))
    remedies = [
        *(["put what is particular before what is general, or take it out"] if never else []),
        *(["say earlier times, or a longer APPROVAL_TTL"] if late else []),
    ]
    return Finding(Level.FAILED if never else Level.WARNING, "\n".join((*never, *late)), "; ".join(remedies))


def _shadowed(found: Shadowed) -> str:
    takers = " and ".join(f'"{rule.name}"' for rule in found.by)
    verb = "takes" if len(found.by) == 1 else "take"
    return f'rule "{found.rule.name}" can never decide: {takers} before it {verb} all of its machines'


def _late(rule: Rule, settings: Rule, approval_ttl: float) -> Iterator[str]:
    """The times of a rule that come after the end of the wait, unless a request is put off."""
    times = [("remind_after", at) for at in rule.remind_after if rule.remind_after != settings.remind_after]
    times += [("escalate_after", rule.escalate_after)] if rule.escalate_after else []
    for key, at in times:
        if at >= approval_ttl:
            yield (
                f'rule "{rule.name}": {key}: {written(at)} never comes: APPROVAL_TTL ends the wait after '
                f"{written(approval_ttl)}, but for what *Not before* puts off"
            )
