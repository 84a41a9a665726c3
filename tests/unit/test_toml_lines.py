"""The lines of keys in a TOML file, however it is laid out."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from bot.settings.toml_lines import KeyPath, lines_of_keys

FILE = '''\
# rules
title = "x" # [[not.a.table]]

[[rule]]
name = """
[[rule]]
quorum = 1
"""
quorum = 2
match.names = [
  "db-*", # ] not yet
  "pg-*",
]
match.tags."env.name" = "prod"

  [rule.hours] # inside the first
  zone = "UTC"
  times = [ "a", { begin = [
    1 ], end = 2 } ]

[[rule]]
[rule.hours]
zone = 'UTC'
[[rule.more]]
a = 1
[[rule.more]]
"a" = 2
'''


def test_each_key_on_its_line() -> None:
    """Tables, arrays of tables, dotted and quoted keys, values over several lines, and what only looks like a key."""
    tomllib.loads(FILE)
    found = lines_of_keys(FILE)
    expected: dict[KeyPath, int] = {
        ("title",): 2,
        ("rule",): 4,
        ("rule", 0): 4,
        ("rule", 0, "name"): 5,
        ("rule", 0, "quorum"): 9,
        ("rule", 0, "match"): 10,
        ("rule", 0, "match", "names"): 10,
        ("rule", 0, "match", "names", 1): 10,
        ("rule", 0, "match", "tags", "env.name"): 14,
        ("rule", 0, "hours"): 16,
        ("rule", 0, "hours", "zone"): 17,
        ("rule", 0, "hours", "times"): 18,
        ("rule", 0, "hours", "times", 1, "begin"): 18,
        ("rule", 1): 21,
        ("rule", 1, "hours"): 22,
        ("rule", 1, "hours", "zone"): 23,
        ("rule", 1, "more", 0): 24,
        ("rule", 1, "more", 0, "a"): 25,
        ("rule", 1, "more", 1): 26,
        ("rule", 1, "more", 1, "a"): 27,
    }
    assert {path: found.get(path) for path in expected} == expected


def test_tables_that_only_others_stand_in() -> None:
    """A name that is wrong is told at the first header that has it."""
    found = lines_of_keys("\n[[rules]]\na = 1\n\n[tables.of.others]\n[[rules]]\n")
    assert {path: line for path, line in found.items() if "a" not in path} == {
        ("rules",): 2,
        ("rules", 0): 2,
        ("tables",): 5,
        ("tables", "of"): 5,
        ("tables", "of", "others"): 5,
        ("rules", 1): 6,
    }


def test_line_ends_of_windows() -> None:
    """They count once."""
    assert lines_of_keys(FILE.replace("\n", "\r\n")) == lines_of_keys(FILE)


keys = st.text("ab.\"\\'# =[é", min_size=1, max_size=5)
blanks = st.sampled_from(["", "\n", "# a = 1\n", "\n# [a]\n\n"])


@given(
    st.lists(st.tuples(keys, blanks, st.lists(st.text("x]\"'#\n", max_size=4), max_size=3)), unique_by=lambda e: e[0])
)
def test_any_keys(entries: list[tuple[str, str, list[str]]]) -> None:
    """However strange they and their values are."""
    text, expected = "", {}
    for key, before, values in entries:
        text += before
        expected[key] = text.count("\n") + 1
        lines = [f"  {quoted(value)}," for value in values]
        text += "\n".join([f"{quoted(key)} = [", *lines, "]", ""])
    assert tomllib.loads(text).keys() == expected.keys()
    found = lines_of_keys(text)
    assert {key: found[key,] for key in expected} == expected


def quoted(text: str) -> str:
    """As a basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
