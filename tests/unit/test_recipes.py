"""The recipes: each file, test and name in them exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECIPES = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
QUOTED = sorted(set(re.findall(r"`([^`]+)`", RECIPES)))
EXAMPLES = {
    *("office", "bot/texts/office.py", "bot/slack/screens/office.py", "bot/slack/listeners/office.py"),
    *("copy", "copy_to", "bot/service/steps/copy.py"),
}
"""What a reader makes; nothing else in the recipes is made up."""
CODE = "\n".join(path.read_text(encoding="utf-8") for room in ("bot", "tests") for path in (ROOT / room).rglob("*.py"))
FILES = [name for name in QUOTED if re.fullmatch(r"\S+(?:/\S*|\.md|\.yml)", name) and name not in EXAMPLES]
TESTS = [name for name in QUOTED if name.startswith("test_")]
NAMES = [
    name
    for name in QUOTED
    if re.fullmatch(r"[A-Za-z_]+(?:\.[a-z_]+)*", name) and name not in {*EXAMPLES, *TESTS, *FILES}
]
COMMANDS = {"ruff", "mypy"}


def test_something_is_looked_at() -> None:
    """The recipes name files, tests and names of the code."""
    assert (len(FILES) > 20, len(TESTS) > 12, len(NAMES) > 20) == (True, True, True)


def test_files_exist() -> None:
    """Files and folders of the repository."""
    assert [path for path in FILES if not (ROOT / path).exists()] == []


def test_tests_exist() -> None:
    """Those that say what a forgotten step was."""
    assert [name for name in TESTS if not re.search(rf"^(?:async )?def {name}\(", CODE, re.MULTILINE)] == []


def test_names_exist() -> None:
    """Each is something that the code defines; of `whole.one_page`, each part."""
    lines = CODE.split("\n")
    for part in {part for name in NAMES for part in name.split(".")} - COMMANDS:
        defined = rf"(?:def|class) {part}\b|^\s*{part}\b[^\n]*[:=]|import .*\b{part}\b|\b{part}="
        assert any(re.search(defined, line) for line in lines if part in line), part


@pytest.mark.parametrize(("name", "path"), re.findall(r"`([\w.]+)` (?:of|in) `(\S+\.py)`", RECIPES))
def test_names_are_where_they_are_said_to_be(name: str, path: str) -> None:
    """Where a file was split without its recipe, a reader would look in vain."""
    text = (ROOT / path).read_text(encoding="utf-8")
    for part in name.split("."):
        assert re.search(rf"(?:def|class) {part}\b|^\s*(?:Code\.)?{part}\b[^\n]*[:=]", text, re.MULTILINE), part


@pytest.mark.parametrize("path", ["README.md", "docs/architecture.md"])
def test_the_recipes_are_found(path: str) -> None:
    """From where a newcomer begins to read."""
    assert "recipes.md)" in (ROOT / path).read_text(encoding="utf-8")
