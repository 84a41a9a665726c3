"""The README: its settings, its commands and its way to run the tests are those of the code."""

import re
import subprocess
from datetime import timedelta
from pathlib import Path

import click
import pytest
from pydantic import SecretStr

from bot.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def settings_rows(readme: str) -> dict[str, str]:
    """Variable and default of each row `| VARIABLE | default | … |`, as they stand."""
    rows = re.findall(r"^\|\s*`?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)`?\s*\|\s*(.*?)\s*\|", readme, re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a variable has two rows"
    return dict(rows)


def written(value: object) -> str:
    """A default as one would write it into the environment."""
    match value:
        case SecretStr():
            return value.get_secret_value()
        case bool():
            return str(value).lower()
        case timedelta():
            return f"{value / timedelta(hours=1):g}h"
        case float():
            return f"{value:g}"
        case tuple():
            return ",".join(map(written, value))
        case _:
            return str(value)


def test_settings_table_names_every_variable(readme: str) -> None:
    """One row for each variable and none for others."""
    assert set(settings_rows(readme)) == {name.upper() for name in Settings.model_fields}


def test_settings_table_gives_the_defaults(readme: str) -> None:
    """A default is written as code, just as one would set it; where there is none, words say so."""
    rows = settings_rows(readme)
    for name, field in Settings.model_fields.items():
        cell = rows[name.upper()]
        if field.is_required():
            assert cell == "required", name
        elif field.default is None or field.default == ():
            assert cell, name
        else:
            assert cell == f"`{written(field.default)}`", name


def test_defaults_in_the_table_are_what_the_bot_takes(readme: str) -> None:
    """Setting each variable to its default from the table changes nothing."""
    required = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "signed",
        "JDCLOUD_ACCESS_KEY": "key",
        "JDCLOUD_SECRET_KEY": "hidden",
        "APPROVAL_CHANNEL": "C1",
        "APPROVERS": "U1",
    }
    rows = settings_rows(readme)
    defaults = {name: cell.strip("`") for name, cell in rows.items() if re.fullmatch(r"`[^`]+`", cell)}
    assert defaults
    assert load_settings({**defaults, **required}) == load_settings(required)


def test_the_tests_are_run_as_the_readme_says(readme: str) -> None:
    """The checks take the test command from under its heading, and it runs pytest."""
    found = re.search(r"^## Run the tests\n+(?:[^#`\n][^\n]*\n+)*```\w*\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert found
    taken = subprocess.run([ROOT / ".ci/run", "test-command"], capture_output=True, text=True, check=True)
    assert taken.stdout == found[1]
    assert "pytest" in found[1]


def test_every_command_exists(readme: str) -> None:
    """Each `python -m bot …` in the README is a command of the command line."""
    from bot.__main__ import cli  # noqa: PLC0415 -- the other tests hold without the whole bot

    assert isinstance(cli, click.Group)
    mentioned = set(re.findall(r"python3? -m bot +([a-z][a-z-]*)", readme))
    assert "run" in mentioned
    assert mentioned <= set(cli.commands)
