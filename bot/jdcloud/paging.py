"""Listings of several pages: every item once, or none at all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from math import ceil
from typing import TypeVar

from bot.jdcloud.call import Call
from bot.jdcloud.errors import IncompleteAnswer
from bot.jdcloud.whole import Identified

__all__ = ["PAGE", "all_pages", "check_number"]

PAGE = 100
"""Items asked for at once (describeInstances, describeImages: pageSize 10 to 100; below 10 is refused)."""

_PAGES_AT_ONCE = 12
"""So that two and a half thousand items are there within the time of three answers (JD Cloud: a thousand calls in a
minute for most services, of which all regions together take a few dozen here).
"""
_PAGES_AT_MOST = 100
"""Ten thousand items: a count beyond that is taken for a mistake."""


Item = TypeVar("Item", bound=Identified)


def check_number(ids: Sequence[str]) -> None:
    """Whether one page can answer for all of them.

    Raises:
        ValueError: more than 100 ids.
    """
    if len(ids) > PAGE:
        raise ValueError(f"{len(ids)} ids are more than the {PAGE} of one call")


async def all_pages(page: Callable[[int], Awaitable[tuple[Sequence[Item], int]]], call: Call) -> tuple[Item, ...]:
    """Every item of a listing, each once.

    Items move from page to page while the pages are read: one that came twice is kept once, and a listing that came
    out short is read a second time to fill the gaps.

    Args:
        page: the items of the page of that number, counted from 1, and how many items there are in all.
        call: of the first page, for the error.

    Raises:
        IncompleteAnswer: it came out short again, or counts more items than there can be.
    """
    at_once = asyncio.Semaphore(_PAGES_AT_ONCE)

    async def one(number: int) -> tuple[Sequence[Item], int]:
        async with at_once:
            return await page(number)

    async def several(numbers: range) -> list[tuple[Sequence[Item], int]]:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(number)) for number in numbers]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None  # one page that fails is enough to know
        return [task.result() for task in tasks]

    first, total = await page(1)
    found = {item.id: item for item in first}
    pages = ceil(total / PAGE)
    for numbers in (range(2, pages + 1), range(1, pages + 1)):
        if len(found) < total and pages <= _PAGES_AT_MOST:
            read = await several(numbers)
            found |= {item.id: item for items, _ in read for item in items}
            total = total if numbers.start > 1 else read[0][1]
    if len(found) < total:
        raise call.error(IncompleteAnswer, message=f"{len(found)} items where totalCount is {total}")
    return tuple(found.values())
