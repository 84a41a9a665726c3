"""What an app offers in an external menu: options, or groups of them (Slack: option group object)."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.demo.slack.refusals import Json


class Option(NamedTuple):
    """What a menu offers."""

    text: str
    value: str
    description: str = ""
    group: str = ""  # the words above it and its like (Slack: option group object)


def grouped(offered: Sequence[Json]) -> list[tuple[str, Sequence[Json]]]:
    """What a menu offers, by the words above each group; none above options without a group."""
    return [
        (one["label"]["text"], one["options"]) if "options" in one else ("", [one])  # either all of them, or none
        for one in offered
    ]


def flat(offered: Sequence[Json]) -> list[Json]:
    """The options alone."""
    return [option for _, options in grouped(offered) for option in options]
