"""Things that are found by part of a word: their words are made ready once, so that each keystroke only looks."""

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, islice
from operator import itemgetter
from typing import Generic, Self, TypeVar

_SLICE = 500
"""Things whose words are made ready at a time: a millisecond, in which the event loop does nothing else."""

_COMPARED = 50
"""Names that are compared with what was typed at a time: likewise."""

_ALIKE = 0.75
"""How alike a slip is to what was meant: `webb-1` and `web-1` are by 0.91, `web-9` and `web-1` by 0.8."""

T = TypeVar("T")


class WordIndex(Generic[T]):
    """Finds things by any part of their words, in any case.

    Args:
        ready: each with its words, case folded, by which they are in order.
    """

    def __init__(self, ready: Sequence[tuple[Sequence[str], T]]) -> None:
        self._things = [thing for _, thing in ready]
        self._words = [words for words, _ in ready]
        self._names = [words[0] for words in self._words]
        lines = ["".join(f"\n{word}" for word in words) for words in self._words]
        self._text = "".join((*lines, "\n"))
        self._starts = [0, *accumulate(map(len, lines))]

    @classmethod
    async def of(cls, things: Sequence[T], words: Callable[[T], Sequence[str]]) -> Self:
        """Of things that may be found; others have their turn meanwhile.

        Args:
            things: in any order.
            words: what one is found by; the first is its name.
        """
        ready: list[tuple[Sequence[str], T]] = []
        for begin in range(0, len(things), _SLICE):
            ready += [([word.casefold() for word in words(one)], one) for one in things[begin : begin + _SLICE]]
            await asyncio.sleep(0)
        ready.sort(key=itemgetter(0))
        return cls(ready)

    def search(self, typed: str, *, limit: int) -> Sequence[T]:
        """Up to `limit` things that contain what was typed: first what is called exactly so, then those whose names
        begin with it, each in the order of their words.
        """
        return [self._things[place] for place in islice(self._best(typed.strip().casefold()), limit)]

    async def nearest(self, typed: str) -> list[tuple[float, T]]:
        """Things whose names are nearly what was typed, each with how alike it is (at most 1); others have their turn
        meanwhile.
        """
        matcher = SequenceMatcher(b=typed.strip().casefold(), autojunk=False)
        alike: list[tuple[float, T]] = []
        for place, named in enumerate(self._names):
            matcher.set_seq1(named)
            if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE:
                alike.append((matcher.ratio(), self._things[place]))
            if place % _COMPARED == _COMPARED - 1:
                await asyncio.sleep(0)
        return alike

    def _best(self, wanted: str) -> Iterator[int]:
        exact = [place for place in self._holding(f"\n{wanted}\n") if wanted in self._words[place]]
        yield from (place for place in exact if self._names[place].startswith(wanted))
        yield from (place for place in exact if not self._names[place].startswith(wanted))
        for place in range(bisect_left(self._names, wanted), len(self._names)):
            if not self._names[place].startswith(wanted):
                break
            if wanted not in self._words[place]:
                yield place
        for place in self._holding(wanted):
            words = self._words[place]
            if not words[0].startswith(wanted) and wanted not in words and any(wanted in word for word in words):
                yield place

    def _holding(self, part: str) -> Iterator[int]:
        """Where the text of a thing holds it: words that hold a line break themselves are for others to look at."""
        at = self._text.find(part)
        while 0 <= at < self._starts[-1]:
            place = bisect_right(self._starts, at) - 1
            yield place
            at = self._text.find(part, self._starts[place + 1])
