"""Whether an answer is whole: what is not there is not known, and never none."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol, TypeVar

__all__ = ["Identified", "Incomplete", "complete", "one_page", "these"]


class Incomplete(ValueError):
    """An answer without something that its question needs, or one that contradicts itself. Says which."""


class Identified(Protocol):
    """What has an id."""

    @property
    def id(self) -> str:
        """Its own."""
        ...


Item = TypeVar("Item", bound=Identified)


def complete(name: str, items: Iterable[Item] | None, total: int | None, *, expected: int | None) -> tuple[Item, ...]:
    """The items of an answer, which are there and as many as the answer itself says: none is lost, none is doubled.

    Args:
        name: of the list, "images".
        items: the list; None when it was not there.
        total: how many there are in all; None when that was not said.
        expected: how many of them this answer should hold, by that number; None when it was not said.

    Raises:
        Incomplete: the list is missing, or does not have so many items.
    """
    if items is None:
        raise Incomplete(f"{name} is missing")
    each: dict[str, Item] = {}
    for item in items:
        if (known := each.setdefault(item.id, item)) is not item and known != item:
            raise Incomplete(f"{name} holds one thing in two versions")
    if expected is not None and len(each) != expected:
        raise Incomplete(f"{len(each)} {name} where totalCount is {total}")
    return tuple(each.values())


def one_page(
    name: str, items: Iterable[Item] | None, total: int | None, *, number: int, size: int
) -> tuple[Sequence[Item], int]:
    """One page of a listing, and how many items there are on all of them.

    Where there are more pages than one, items move between them while they are read: their number is held against the
    total in the end.

    Raises:
        Incomplete: it is not said how many there are, or they are not so many.
    """
    if total is None:
        raise Incomplete("totalCount is missing")
    only = number == 1 and total <= size
    return complete(name, items, total, expected=total if only else None), total


def these(name: str, items: Iterable[Item] | None, total: int | None, *, ids: Collection[str]) -> tuple[Item, ...]:
    """The items of these ids, as far as there are any. One page holds them all, so the count may be missing.

    Raises:
        Incomplete: the list is missing, is not as long as it says, or holds what was not asked for.
    """
    found = complete(name, items, total, expected=total)
    if others := {item.id for item in found} - set(ids):
        raise Incomplete(f"{name} holds {', '.join(sorted(others))}, which nobody asked for")
    return found
