"""The index of words finds what a look at every word would find, in the same order."""

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.service.word_index import WordIndex

Thing = tuple[str, ...]

WORD = st.text("abAß-\n", max_size=4)


def looked_at(things: Sequence[Thing], typed: str) -> Sequence[Thing]:
    """What every word says: what is called exactly so, then names that begin with it, then the rest."""
    wanted = typed.strip().casefold()

    def order(thing: Thing) -> tuple[bool, bool, list[str]]:
        known = [word.casefold() for word in thing]
        return wanted not in known, not known[0].startswith(wanted), known

    return sorted((thing for thing in things if any(wanted in word.casefold() for word in thing)), key=order)


@given(st.lists(st.tuples(WORD, WORD, WORD), max_size=12), st.text("abAs-\n ", max_size=3), st.integers(0, 12))
def test_what_fits_is_found_in_order(things: list[Thing], typed: str, limit: int) -> None:
    """In any case; empty words and words with line breaks too; no more than is asked for."""
    index = asyncio.run(WordIndex.of(things, lambda thing: thing))
    assert index.search(typed, limit=limit) == looked_at(things, typed)[:limit]


async def test_others_have_their_turn_while_words_are_made_ready() -> None:
    """A region of thousands holds up no answer to a click."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    await WordIndex.of([(f"web-{number}",) for number in range(5_000)], lambda thing: thing)
    task.cancel()
    assert turns >= 10
