"""What a menu offers, within what Slack takes of it."""

from slack_sdk.models.blocks import Option

from bot.domain.errors import Code, Problem
from bot.slack.protocol import values
from bot.slack.protocol.markup import name, plain
from bot.texts import request_form as texts
from bot.texts import units

AT_MOST = 100
"""Slack: a select has at most 100 options."""

TEXT = 75
"""Slack: option text and description <= 75 characters."""


HINT = 2000
"""Slack: an input's hint <= 2000 characters."""


def option(value: str, text: str, details: str = "") -> Option:
    """One of them; what is too long of it is cut off."""
    return Option(value=value, text=plain(text, TEXT), description=plain(details, TEXT) if details else None)


def called(who: str, facts: str) -> str:
    """Something by its name and what is known of it: a long name leaves room for the rest."""
    shown = name(who, TEXT - len(facts) - 3)
    return f"{shown} · {facts}" if shown else facts


_REFUSALS = {Code.CLOUD_CREDENTIALS, Code.CLOUD_FORBIDDEN, Code.CLOUD_INVALID, Code.CLOUD_NOT_FOUND}
"""Answers that are the same until an operator has done something."""


def unavailable(region: str, why: Problem, language: str) -> Option:
    """Says why nothing can be chosen of a region; choosing it chooses nothing."""
    words = texts.REGION_FAILS
    if why.code in _REFUSALS:
        words = texts.REGION_REFUSES
    elif why.code is Code.CLOUD_SILENT:
        words = texts.REGION_SILENT
    return option(values.unavailable(region), words(language, region=units.region(region, language)))
