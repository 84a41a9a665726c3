"""The menu of the instances of all regions: what is offered in it for what is typed."""

from functools import lru_cache
from typing import Any

from slack_sdk.models.blocks import Option

from bot.domain import limits
from bot.domain.cloud import ListedInstance
from bot.service.search import Matches
from bot.slack.protocol.markup import name, shown
from bot.slack.protocol.values import InstanceChoice
from bot.slack.screens import options
from bot.texts import units

_KEPT = 2_000
"""Options that are kept ready: of what a few people type meanwhile, and no more than a megabyte or two."""


def instance_groups(matches: Matches, language: str) -> list[dict[str, Any]]:
    """A group for each region in which something fits, and one that says so for each that is not listed.

    It is made at each keystroke. Models of a hundred options would take longer than all the rest, and the next one
    offers most of the same again.
    """
    offered = [
        (one.region, [_option(instance, language) for instance in one.instances if can_be_asked_for(instance)])
        for one in matches.regions
    ]
    offered += [
        (one.region, [options.unavailable(one.region, one.why, language).to_dict()]) for one in matches.unlisted
    ]
    return [{"label": _plain(units.region(region, language)), "options": found} for region, found in offered if found]


def instance_option(instance: ListedInstance, language: str) -> Option:
    """An instance to choose: `web-1 · stopped · 10.0.0.5 · i-abc`."""
    return options.option(*_said(instance, language))


def _said(instance: ListedInstance, language: str) -> tuple[str, str]:
    """The value and the text of its option."""
    status = units.instance_status(instance.status, language)
    facts = " · ".join(name(fact, 40) for fact in (status, instance.private_ip, instance.id) if fact)
    value = InstanceChoice(instance.region, instance.id, instance.name).encode()
    return value, options.called(instance.name, facts)


@lru_cache(_KEPT)
def _option(instance: ListedInstance, language: str) -> dict[str, Any]:
    """As Slack takes it; nobody changes it."""
    value, text = _said(instance, language)
    return {"text": _plain(text), "value": value}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": shown(text, options.TEXT), "emoji": False}


def can_be_asked_for(instance: ListedInstance) -> bool:
    """Whether it has a proper id: no other could be looked up."""
    return limits.CLOUD_ID.fullmatch(instance.id) is not None
