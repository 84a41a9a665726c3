"""Reads the policy file into the rules that it says, on top of the settings: every mistake is told at once, by line."""

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.domain.rule import Rulebook
from bot.settings.fields import Settings
from bot.settings.load import SettingsError, noted
from bot.settings.policy_rules import Below, FileTable, Table
from bot.settings.settings_rule import settings_rule
from bot.settings.toml_lines import KeyPath, lines_of_keys
from bot.settings.values import shown

_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")  # what tomllib says in the end

_SHOWN_CHARACTERS = 60  # there is no secret in a policy file, and its values are longer


class PolicyError(SettingsError):
    """The policy file cannot be used.

    Its text is for the operator: one line for each mistake, with what is wrong and what is expected.
    """

    head = "The policy file has mistakes:"


@dataclass(frozen=True)
class PolicyFile:
    """The rules, and which keys of each the file says; what it does not say are the settings'."""

    book: Rulebook
    said: Mapping[str, frozenset[str]]  # by the rule's name


def load_policy(settings: Settings) -> Rulebook:
    """The rules: those of POLICY_FILE in order, where there is one, and below them the settings.

    Raises:
        PolicyError: the file has mistakes; names every one of them.
    """
    return load_policy_file(settings).book


def load_policy_file(settings: Settings) -> PolicyFile:
    """The same, with what the file itself says.

    Raises:
        PolicyError: as above.
    """
    below = Below(settings=settings_rule(settings), regions=settings.jdcloud_regions)
    if settings.policy_file is None:
        return PolicyFile(Rulebook((below.settings,)), {})
    written = _read(settings.policy_file)
    text = _decoded(settings.policy_file, written)
    tables = _parsed(settings.policy_file, text, below)
    rules = tuple(table.rule(below.settings) for table in tables.rule)
    return PolicyFile(
        Rulebook((*rules, below.settings), hashlib.sha256(written).hexdigest()),
        {rule.name: frozenset(table.model_fields_set) for rule, table in zip(rules, tables.rule, strict=True)},
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:  # not there, a folder, nobody may read it; no path at all
        why = error.strerror if isinstance(error, OSError) else str(error)
    raise PolicyError((f"{path}: cannot be read: {why}; expected a TOML file, as POLICY_FILE says",))


def _decoded(path: Path, written: bytes) -> str:
    try:
        return written.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
    raise PolicyError((f"{path}:{line}: is not UTF-8; expected a TOML file in UTF-8",))


def _parsed(path: Path, text: str, below: Below) -> FileTable:
    try:
        told = tomllib.loads(text)
    except ValueError as error:
        raise PolicyError((_syntax(path, text, str(error)),)) from None
    mistakes: list[tuple[KeyPath, str]] = list(_names_used_twice(told))
    tables = None
    try:
        tables = FileTable.model_validate(told, context=below)
    except ValidationError as error:
        mistakes += [(mistake["loc"], _wrong(mistake)) for mistake in error.errors(include_url=False)]
    if mistakes or tables is None:
        raise PolicyError(_told(path, text, told, mistakes))
    return tables


def _syntax(path: Path, text: str, said: str) -> str:
    """What keeps the file from being TOML, of which nothing more can be told than the first."""
    at = _AT.search(said)
    line = at[1] if at and at[1] else text.rstrip().count("\n") + 1
    return f"{path}:{line}: {_AT.sub('', said)}; expected TOML"


def _names_used_twice(told: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    rules = told.get("rule")
    names: dict[str, int] = {}
    for number, rule in enumerate(rules if isinstance(rules, list) else ()):
        name = rule.get("name") if isinstance(rule, dict) else None
        if isinstance(name, str) and names.setdefault(name.strip(), number) != number:
            yield ("rule", number, "name"), f"rule {names[name.strip()] + 1} is called so too"


def _wrong(mistake: ErrorDetails) -> str:
    """What is wrong, without what is expected."""
    match mistake["type"]:
        case "missing":
            return "is not set"
        case "value_error":
            return str(mistake["ctx"]["error"])
        case "extra_forbidden":
            return "is no key"
        case _:
            return f"{_shown(mistake['input'])} is not valid"


def _shown(value: object) -> str:
    """A value as one would write it, if it is short."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return shown(value, _SHOWN_CHARACTERS)
        case int() | float():
            return shown(value).strip('"')
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return "a date or a time"


def _told(path: Path, text: str, told: Mapping[str, Any], mistakes: list[tuple[KeyPath, str]]) -> tuple[str, ...]:
    """Each mistake with where it is and what is expected, in the order of the file."""
    lines = lines_of_keys(text)
    found = [(_line(lines, where), _where(where, told), wrong, _right(where)) for where, wrong in mistakes]
    return tuple(f"{path}:{line}: {at}: {wrong}; {right}" for line, at, wrong, right in sorted(found))


def _line(lines: Mapping[KeyPath, int], where: KeyPath) -> int:
    """Where a key stands; of one that is left out, the table that lacks it."""
    return next((lines[where[:end]] for end in range(len(where), 0, -1) if where[:end] in lines), 1)


def _where(where: KeyPath, told: Mapping[str, Any]) -> str:
    """`rule "db": hours.zone`; a rule without a name that can be shown goes by its number."""
    match where:
        case ("rule", int(number), *keys):
            rule = told["rule"][number]
            name = rule.get("name") if isinstance(rule, dict) else None
            rule = f"rule {_shown(name)}" if isinstance(name, str) and name else f"rule {number + 1}"
            return ": ".join((rule, *([_dotted(keys)] if keys else [])))
        case _:
            return _dotted(where)


def _dotted(keys: Sequence[str | int]) -> str:
    return ".".join(key for key in keys if isinstance(key, str))


def _right(where: KeyPath) -> str:
    """What is expected there."""
    table: type[Table] | None = FileTable
    field: FieldInfo | None = None
    for key in where:
        if table is None or isinstance(key, int):
            continue
        if key not in table.model_fields:
            nearest = difflib.get_close_matches(key, table.model_fields, 1)
            return f"did you mean {nearest[0]}?" if nearest else f"expected one of {', '.join(table.model_fields)}"
        field = table.model_fields[key]
        table = _table_in(field.annotation)
    return f"expected {noted(field, 'expected')}" if field else ""


def _table_in(annotation: object) -> type[Table] | None:
    """The table that a key holds, or each of the tables."""
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return annotation
    return next((table for one in get_args(annotation) if (table := _table_in(one))), None)
