"""Globs, as `fnmatch` reads them: whether one fits everything that another fits."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from itertools import groupby

_PARTS = re.compile(r"\[!?+(?:\][^\]]*|[^\]]+)\]|.", re.DOTALL)  # a set of characters, or one character


def covers(wide: str, narrow: str) -> bool:
    """Whether `wide` certainly fits every text that `narrow` fits.

    Part by part: `*` covers anything, `?` one character or a set of them, a set the characters in it and itself. Where
    that does not show it, it is not certain.
    """
    covering, covered = tuple(_parts(wide)), tuple(_parts(narrow))

    @cache
    def rest(first: int, then: int) -> bool:
        if first == len(covering):
            return then == len(covered)
        if covering[first] == "*":
            return rest(first + 1, then) or (then < len(covered) and rest(first, then + 1))
        return then < len(covered) and _covers_one(covering[first], covered[then]) and rest(first + 1, then + 1)

    return rest(0, 0)


def _covers_one(wide: str, narrow: str) -> bool:
    if wide == narrow or (wide == "?" and narrow != "*"):
        return True
    is_character = len(narrow) == 1 and narrow not in "*?"
    return is_character and fnmatchcase(narrow, wide)


def _parts(glob: str) -> Iterator[str]:
    """Its parts. Of `*` and `?` in a row, which mean the same in any order, every `?` comes first and then one `*`."""
    for is_wild, run in groupby(_PARTS.findall(glob), {"*", "?"}.__contains__):
        parts = list(run)
        yield from ["?"] * parts.count("?") + ["*"] * ("*" in parts) if is_wild else parts
