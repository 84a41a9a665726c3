"""Which of the unit tests are long proofs."""

import pytest

from tests.turns import by_turns

_BY_TURNS = (
    "test_every_modal_and_home",
    "test_every_message",
    "test_words_of_others_break_no_screen",
    "test_ten_instances_of_forty_disks",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of what might break a screen, each kind in one of the two languages."""
    by_turns((item for item in items if any(f"::{name}[" in item.nodeid for name in _BY_TURNS)), ("en", "zh"))
