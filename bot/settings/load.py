"""Reads the settings from the environment: every mistake is told at once, and no secret is ever shown."""

import os
from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.settings.fields import DatabaseSettings, Settings
from bot.settings.values import shown

_Settings = TypeVar("_Settings", bound=DatabaseSettings)


class SettingsError(Exception):
    """The environment does not hold a usable configuration.

    Its text is for the person who starts the bot: one line for each variable that is wrong, with what is wrong and what
    is expected. Values of secrets are never in it.
    """

    head = "The settings have mistakes:"

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join((self.head, *(f"  {mistake}" for mistake in mistakes))))
        self.mistakes = mistakes


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ`, or from the environment of the process.

    Variables that are empty or blank count as not set, unless they mean something so. Blanks and line breaks around a
    value are dropped, and variables that are not the bot's are ignored.

    Raises:
        SettingsError: a variable is missing or wrong; names every one of them.
    """
    return _loaded(Settings, environ)


def load_database_settings(environ: Mapping[str, str] | None = None) -> DatabaseSettings:
    """Likewise those that the database needs, whatever else is set, missing or wrong.

    Raises:
        SettingsError: as above.
    """
    return _loaded(DatabaseSettings, environ)


def _loaded(kind: type[_Settings], environ: Mapping[str, str] | None) -> _Settings:
    variables = os.environ if environ is None else environ
    values: dict[str, str] = {}
    for name, field in kind.model_fields.items():
        written = variables.get(name.upper())
        if written is not None and (written.strip() or noted(field, "blank")):
            values[name] = written.strip()
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        # Only these parts are taken along: the error itself holds the values, secrets too.
        mistakes = tuple(_told(mistake) for mistake in error.errors(include_url=False))
    # Raised out here so that the pydantic error is not even its context.
    raise SettingsError(mistakes)


def _told(mistake: ErrorDetails) -> str:
    name = str(mistake["loc"][0])
    expected = noted(Settings.model_fields[name], "expected")
    if mistake["type"] == "missing":
        wrong = "is not set"
    elif mistake["type"] == "value_error":
        wrong = str(mistake["ctx"]["error"])
    else:
        wrong = f"{shown(mistake['input'])} is not valid"
    return f"{name.upper()}: {wrong}; expected {expected}"


def noted(field: FieldInfo, what: str) -> object:
    """What is noted of a variable beside its type."""
    return field.json_schema_extra[what] if isinstance(field.json_schema_extra, dict) else None
