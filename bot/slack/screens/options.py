"""What a menu offers, within what Slack takes of it."""

from slack_sdk.models.blocks import Option

from bot.slack.protocol import ids, values
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


def unavailable(language: str, region: str = "") -> Option:
    """Says that JD Cloud is slow, or which region is; choosing it chooses nothing."""
    if region:
        words = texts.REGION_UNAVAILABLE(language, region=units.region(region, language))
        return option(values.unavailable(region), words)
    return option(ids.UNAVAILABLE, texts.INSTANCE_UNAVAILABLE(language))
