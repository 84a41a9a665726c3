"""Which of the unit tests are long proofs."""

import pytest

from tests.turns import by_turns


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Words of others that might break a screen: for each kind of them, all screens in one of the two languages."""
    by_turns((item for item in items if "test_words_of_others_break_no_screen[" in item.nodeid), ("en", "zh"))
