"""What is played in two ways is played one way in every run, by turns, and the other way among the long proofs."""

import re
from collections import defaultdict
from collections.abc import Iterable

import pytest


def by_turns(items: Iterable[pytest.Item], ways: tuple[str, str]) -> None:
    """Marks the long ones.

    Args:
        items: the tests.
        ways: the words in their ids by which the two differ.
    """
    either = re.compile(rf"\b({'|'.join(ways)})\b")
    played = defaultdict[str, list[pytest.Item]](list)
    for item in items:
        played[either.sub("", item.nodeid)].append(item)
    both = (found for found in played.values() if len(found) == len(ways))
    for number, found in enumerate(both):
        found[number % len(ways)].add_marker(pytest.mark.long)
