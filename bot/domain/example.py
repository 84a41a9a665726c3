r"""An example of what a regular expression fits: people read `ABC-123`, and not `[A-Z]+-\d+`."""

import re
from itertools import cycle, islice
from string import ascii_lowercase, ascii_uppercase

LONGEST = 40
"""Characters of an example; one that is longer shows nobody anything."""

_USUAL = 3
"""Of what there may be any number of."""

_DIGITS = "1234567890"
_KINDS = {"d": _DIGITS, "w": ascii_lowercase}

_CHOICE = re.compile(r"\((?:\?:|\?P<\w+>)?([^()|]+)(?:\|[^()]+)?\)(?![*+?{])")
"""`(OPS|DBA)`: a group that holds no other and stands once."""

_PART = re.compile(
    r"(?P<place>\^|\$|\\b)"
    r"|(?:\[(?P<some>(?:[^\]\\^]|\\[dw])+)\]|\\(?P<kind>[dw])|\\(?P<escaped>\W)|(?P<plain>[^][\\(){}|.*+?^$]))"
    r"(?:(?P<sign>[*+?])|\{(?P<least>[0-9]{1,3})(?P<to>,(?P<most>[0-9]{0,3}))?\})?"
)
"""One character of what is fitted, as often as it says, or a place between two."""


def example_of(pattern: str) -> str:
    """A short text that a regular expression fits as a whole; empty where it is not plain enough to tell one.

    It need not read the expression rightly: what it makes of one is held against it.
    """
    said, at = "", 0
    plainer = _CHOICE.sub(r"\1", pattern)
    digits = cycle(_DIGITS)  # counted through: 123, and not 1 for each
    while at < len(plainer) and len(said) <= LONGEST:
        part = _PART.match(plainer, at)
        if not part:
            return ""
        at = part.end()
        if not part["place"]:
            kinds = _kinds(part)
            of = digits if kinds == _DIGITS else cycle(kinds or " ")
            said += "".join(islice(of, _times(part)))
    try:
        fits = 0 < len(said) <= LONGEST and said == said.strip() and re.fullmatch(pattern, said)
    except re.error:
        return ""
    return said if fits else ""


def _kinds(part: re.Match[str]) -> str:
    """The characters that may stand at a place."""
    if not part["some"]:
        return _KINDS.get(part["kind"] or "", part["escaped"] or part["plain"])
    some = part["some"].replace("\\d", "0-9").replace("\\w", "a-z")
    return re.sub(r"(.)-(.)", lambda ends: _range(*ends.groups()), some)


def _range(first: str, last: str) -> str:
    """The characters of `A-Z`; digits as they are counted."""
    row = next((row for row in (_DIGITS, ascii_lowercase, ascii_uppercase) if first in row), first)
    return "".join(one for one in row if first <= one <= last)


def _times(part: re.Match[str]) -> int:
    """How often it stands there, by what is written behind it."""
    if not part["least"]:
        return {"*": _USUAL, "+": _USUAL}.get(part["sign"] or "", 1)
    least = int(part["least"])
    most = int(part["most"] or max(least, _USUAL)) if part["to"] else least
    return min(max(least, _USUAL), most)
