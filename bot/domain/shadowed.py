"""Rules that can never decide, as those before them take every machine that they would take."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from bot.domain.globs import covers
from bot.domain.rule import Match, Rule


@dataclass(frozen=True)
class Shadowed:
    """A rule that never decides."""

    rule: Rule
    by: tuple[Rule, ...]  # those that take its machines before it comes to them


def shadowed(rules: Sequence[Rule], regions: Collection[str]) -> Iterator[Shadowed]:
    """The rules that certainly never decide; where it cannot be told, a rule is none of them.

    Args:
        rules: in their order.
        regions: all there are machines in.
    """
    for number, rule in enumerate(rules):
        takers = [_taker(rules[:number], part) for part in _parts(rule.match, regions)]
        if takers and all(takers):
            yield Shadowed(rule, tuple(earlier for earlier in rules[:number] if earlier in takers))


def _parts(match: Match, regions: Collection[str]) -> Iterator[Match]:
    """What a rule takes, cut into what it takes in each region, by each id and by each name."""
    each = product(match.regions or regions, _singly(match.instance_ids), _singly(match.names))
    for region, instance_ids, names in each:
        yield replace(match, regions=(region,), instance_ids=instance_ids, names=names)


def _singly(items: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Each by itself; what names nothing is one that goes on naming nothing."""
    return [(one,) for one in items] or [()]


def _taker(earlier: Sequence[Rule], part: Match) -> Rule | None:
    return next((rule for rule in earlier if _takes_all(rule.match, part)), None)


def _takes_all(match: Match, part: Match) -> bool:
    """Whether a match certainly takes all that a part takes, which is of one region, at most one id and one name."""
    return (
        (not match.regions or {*part.regions} <= {*match.regions})
        and (not match.instance_ids or (bool(part.instance_ids) and {*part.instance_ids} <= {*match.instance_ids}))
        and (not match.names or any(covers(wide, narrow) for wide in match.names for narrow in part.names or ("*",)))
        and all(any(key == same and covers(wide, narrow) for same, narrow in part.tags) for key, wide in match.tags)
    )
