"""docs/policy.md: its keys are those of the file, and its examples are read as they stand."""

import re
from pathlib import Path
from typing import get_args

import pytest

from bot.cli.policy import KEYS
from bot.domain.freeze import Freeze
from bot.domain.rule import SETTINGS, Machine
from bot.settings import PolicyError, Settings, load_policy
from bot.settings.policy_rules import RuleTable, Table
from bot.settings.settings_rule import VARIABLES
from tests.unit.test_policy_file import with_file

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs/policy.md").read_text(encoding="utf-8")


def tables_in(annotation: object) -> list[type[Table]]:
    """The tables that a key may hold."""
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return [annotation]
    return [table for one in get_args(annotation) for table in tables_in(one)]


def keys_of_the_models() -> set[str]:
    """Every key of a rule, and `match.names` for one of a table in it; `remind_hours` has those of `hours`."""
    keys = set(RuleTable.model_fields)
    for name, field in RuleTable.model_fields.items():
        keys |= {f"{name}.{key}" for table in tables_in(field.annotation) for key in table.model_fields}
    return {key for key in keys if not key.startswith("remind_hours.")}


def rows(heading: str) -> set[str]:
    """The keys in the tables of a section."""
    section = DOC.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = [
        key for row in re.findall(r"^\| (`[^|]+`) \|", section, re.MULTILINE) for key in re.findall(r"`(.+?)`", row)
    ]
    assert len(found) == len(set(found)), "a key has two rows"
    return set(found)


def test_every_key_has_its_row() -> None:
    """And none has one that is no key."""
    assert rows("The keys") == keys_of_the_models()


def test_what_the_settings_say_where_a_rule_does_not() -> None:
    """The variable stands in the column "left out", and in no row of another key."""
    left_out = dict(re.findall(r"^\| `(\w+)` \| `([A-Z_]+)` \|", DOC, re.MULTILINE))
    assert left_out == VARIABLES
    assert set(VARIABLES.values()) <= {name.upper() for name in Settings.model_fields}


def test_every_key_is_explained() -> None:
    """`policy explain` tells what a rule says by each."""
    assert set(KEYS) == set(RuleTable.model_fields) - {"name", "match"}


def test_what_several_rules_hold_together() -> None:
    """Each thing of a ruleset has a row; how people are reminded is each rule's own."""
    own = {"name", "match", "remind_after", "remind_hours", "escalate_after", "escalate_to"}
    assert rows("Several machines in one request") == set(RuleTable.model_fields) - own


def test_the_example_is_read(tmp_path: Path) -> None:
    """It says every key that there is, and what the words around it say of it."""
    (example,) = re.findall(r"^```toml\n(.*?)^```", DOC, re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"^(\w+) = ", example, re.MULTILINE)) == set(RuleTable.model_fields)
    book = load_policy(with_file(tmp_path, example))
    assert [rule.name for rule in book.rules] == ["payments", "databases", "the old cluster", "sandbox", SETTINGS]
    assert set(re.findall(r"\b(\w+) = \[?[\"']", example)) >= {
        "names",
        "regions",
        "instance_ids",
        "times",
        "zone",
        "link",
    }


def test_a_freeze_goes_by_the_names_of_the_rules(tmp_path: Path) -> None:
    """As the section on freezes says: whatever has the name is frozen, and what had it no longer."""
    (example,) = re.findall(r"^```toml\n(.*?)^```", DOC, re.MULTILINE | re.DOTALL)
    assert "calls otherwise from then on is frozen no longer" in DOC
    machines = [
        Machine(region="cn-north-1", instance_id="i-1", name=name, tags=(("env", "prod"),))
        for name in ("pay-1", "db-1")
    ]

    def frozen(text: str) -> list[bool]:
        book = load_policy(with_file(tmp_path, text))
        return [
            Freeze(by="U", at=0, until=1, scope=("payments",)).covers({book.rule_for(one).name}) for one in machines
        ]

    assert frozen(example) == [True, False]
    renamed = example.replace('name = "payments"', 'name = "billing"')
    assert frozen(renamed) == [False, False]
    assert frozen(renamed.replace('name = "databases"', 'name = "payments"')) == [False, True]


def test_the_mistakes_are_told_so(tmp_path: Path) -> None:
    """Word by word."""
    (quoted,) = re.findall(r"^```\n(policy.*?)^```", DOC, re.MULTILINE | re.DOTALL)
    lines = [
        *("[[rule]]", 'name = "payments"', "", "qourum = 2", "", "", ""),
        *("[[rule]]", 'name = "databases"', "", "", 'hours = { times = ["09:00-19:00"], zone = "Asia/Shangai" }'),
    ]
    with pytest.raises(PolicyError) as caught:
        load_policy(with_file(tmp_path, "\n".join(lines)))
    assert [told.removeprefix(f"{tmp_path}/") for told in caught.value.mistakes] == quoted.splitlines()
