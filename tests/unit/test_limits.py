"""The rules for what people type, at each boundary and one past it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import limits
from bot.domain.errors import Code


@pytest.mark.parametrize("name", ["ab", "x" * 32, "镜像", "web-1_2.3", "一龥"])
def test_good_names(name: str) -> None:
    """createImage: name, 2 to 32 characters of Chinese, letters, digits, `_`, `-`, `.`."""
    assert limits.check_name(name) == ()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a b", "space"),
        ("ab\n", "U+000A"),
        ("a\u200bb", "U+200B"),
        ("naïve", "ï"),
        ("ａｂ", "ａ ｂ"),
        ("a/b", "/"),
        ("あい", "あ い"),
    ],
)
def test_names_with_characters_that_are_not_allowed(name: str, shown: str) -> None:
    """Characters that are not allowed are shown, also those that cannot be seen."""
    (problem,) = limits.check_name(name)
    assert problem.code is Code.NAME_CHARACTERS
    assert problem.facts["characters"] == shown


@pytest.mark.parametrize("name", ["", "a", "x" * 33])
def test_names_of_wrong_length(name: str) -> None:
    """With the length they have."""
    (problem,) = limits.check_name(name)
    assert problem.code is Code.NAME_LENGTH
    assert problem.facts["length"] == str(len(name))


def test_the_longest_description_leaves_room_for_the_mark() -> None:
    """createImage: description, at most 256 characters, the mark counted in."""
    longest = "x" * limits.DESCRIPTION.maximum
    assert limits.check_description(longest) == ()
    assert len(limits.description_with_marker(longest, "IR-7K3QF")) == 256
    assert [problem.code for problem in limits.check_description(longest + "x")] == [Code.DESCRIPTION_LENGTH]
    assert [problem.code for problem in limits.check_description("")] == [Code.DESCRIPTION_MISSING]


@pytest.mark.parametrize(("length", "good"), [(0, True), (1000, True), (1001, False)])
def test_notes(length: int, good: bool) -> None:  # noqa: FBT001 - the verdict
    """A note may be left out."""
    assert (limits.check_note("x" * length) == ()) is good


@pytest.mark.parametrize(("length", "good"), [(0, False), (1, True), (500, True), (501, False)])
def test_reasons(length: int, good: bool) -> None:  # noqa: FBT001 - the verdict
    """A reason may not."""
    assert (limits.check_reason("x" * length) == ()) is good


@given(name=st.text(max_size=200))
def test_a_suggested_name_is_always_good(name: str) -> None:
    """Whatever the instance is called."""
    suggested = limits.suggest_name(name, "i-abc123", "20261123")
    assert limits.check_name(suggested) == ()
    assert suggested.endswith("-20261123")


def test_a_suggested_name_says_what_and_when() -> None:
    """As people would have named it."""
    assert limits.suggest_name("web-1", "i-abc123", "20261123") == "web-1-20261123"
    assert limits.suggest_name("db 主库 (prod)", "i-abc123", "20261123") == "db-主库-prod-20261123"
    assert limits.suggest_name("", "i-abc123", "20261123") == "i-abc123-20261123"
