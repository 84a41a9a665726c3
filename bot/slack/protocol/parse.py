"""Parsing the texts that come back from Slack: parts between slashes, ids and numbers."""

from bot.domain.limits import CLOUD_ID


class Unreadable(ValueError):
    """A value that is none of ours."""


def split(value: str, parts: int, *kinds: str) -> list[str]:
    """The parts between the slashes, the last one with any further slashes; the first is one of `kinds`, if given.

    Raises:
        Unreadable: it is made of others.
    """
    found = value.split("/", parts - 1)
    if len(found) != parts or (kinds and found[0] not in kinds):
        raise Unreadable("not a value of ours")
    return found


def cloud_id(text: str) -> str:
    """An id that can stand in an address.

    Raises:
        Unreadable: it is none.
    """
    if not CLOUD_ID.fullmatch(text):
        raise Unreadable("not an id")
    return text


def number_of(text: str) -> int:
    """A number as we write them: a few digits.

    Raises:
        Unreadable: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise Unreadable("not a number")
    return int(text)
