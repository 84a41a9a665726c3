"""Reads query strings the way the gateway does: lists as `ids.1`, filters as `filters.1.name`, pages."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl

from bot.demo.jdcloud.refusals import invalid, missing

T = TypeVar("T")

_DEFAULT_PAGE_SIZE = 20
_PAGE_SIZES = range(10, 101)


@dataclass(frozen=True)
class Filter:
    """One condition; its values are alternatives."""

    name: str
    operator: str
    values: tuple[str, ...]


class Query:
    """The parameters of a GET or DELETE.

    Raises:
        Refusal: 400 `INVALID_ARGUMENT`, here for a parameter that is unknown or given twice, and from every method
            for a value that breaks its rule.
    """

    def __init__(self, raw: str, *, known: Collection[str]) -> None:
        self._values: dict[str, str] = {}
        for key, value in parse_qsl(raw, keep_blank_values=True):
            if key.partition(".")[0] not in known:
                raise invalid(key, "unknown")
            if key in self._values:
                raise invalid(key, "given twice")
            self._values[key] = value

    def text(self, key: str) -> str:
        """A value, empty when absent."""
        return self._values.get(key, "")

    def flag(self, key: str) -> bool:
        """True or false, false when absent. The Python SDK spells them `True` and `False`, the Go SDK small."""
        value = self.text(key).lower()
        if value not in {"", "true", "false"}:
            raise invalid(key, "not a boolean")
        return value == "true"

    def listed(self, key: str) -> tuple[str, ...]:
        """The values `key.1`, `key.2`, …"""
        if key in self._values:
            raise invalid(key, f"a list is written {key}.1")
        return tuple(self._values[f"{key}.{index}"] for index in self._indexes(key))

    def filters(self) -> tuple[Filter, ...]:
        """The filters, which must all hold."""
        found = []
        for index in self._indexes("filters"):
            prefix = f"filters.{index}"
            if not self.text(f"{prefix}.name"):
                raise missing(f"{prefix}.name")
            values = self.listed(f"{prefix}.values")
            if not values:
                raise missing(f"{prefix}.values")
            found.append(Filter(self.text(f"{prefix}.name"), self.text(f"{prefix}.operator") or "eq", values))
        return tuple(found)

    def page(self, items: Sequence[T]) -> Sequence[T]:
        """The part of the items on the page that is asked for (pageSize 10 to 100, 20 unless given)."""
        number, size = self._number("pageNumber", 1), self._number("pageSize", _DEFAULT_PAGE_SIZE)
        if number < 1:
            raise invalid("pageNumber")
        if size not in _PAGE_SIZES:
            raise invalid("pageSize", "range is [10, 100]")
        return items[(number - 1) * size : number * size]

    def _number(self, key: str, default: int) -> int:
        value = self.text(key) or str(default)
        if not re.fullmatch(r"-?[0-9]{1,9}", value):
            raise invalid(key, "not an integer")
        return int(value)

    def _indexes(self, prefix: str) -> range:
        """The numbers in `prefix.N`, which count from 1 without a gap."""
        found = set()
        for key in self._values:
            if key.startswith(f"{prefix}."):
                index = key[len(prefix) + 1 :].partition(".")[0]
                if not re.fullmatch("[1-9][0-9]{0,3}", index):
                    raise invalid(key, "lists count from 1")
                found.add(int(index))
        if found != set(range(1, len(found) + 1)):
            raise invalid(prefix, "lists count from 1 without a gap")
        return range(1, len(found) + 1)


def select(
    items: Collection[T],
    filters: Sequence[Filter],
    facts: Callable[[T], Mapping[str, str]],
    *,
    known: Mapping[str, bool],
) -> list[T]:
    """The items that every filter holds for.

    Args:
        items: all there are.
        filters: the conditions.
        facts: an item's values by filter name.
        known: the filters there are, and whether each looks for a part (fuzzy) rather than for the whole.

    Raises:
        Refusal: 400 for a filter or operator that is not known.
    """
    for condition in filters:
        if condition.name not in known:
            raise invalid("filters", f"unknown name {condition.name}")
        if condition.operator not in {"eq", "in", "like", "ne"}:
            raise invalid("filters", f"operator {condition.operator} is not for {condition.name}")
        if condition.name == "name" and len(condition.values) > 1:
            raise invalid("filters", "name takes one value")
    return [item for item in items if all(_holds(each, facts(item), known) for each in filters)]


def _holds(condition: Filter, facts: Mapping[str, str], known: Mapping[str, bool]) -> bool:
    actual = facts[condition.name]
    if condition.operator == "like" or (known[condition.name] and condition.operator != "ne"):
        return any(value in actual for value in condition.values)
    return (actual in condition.values) != (condition.operator == "ne")
