"""What the use cases need from outside the rooms below them."""

from collections.abc import Callable
from typing import Protocol

from bot.domain.policy import Actor, Policy

Clock = Callable[[], float]
"""The time now, in unix seconds."""

NewId = Callable[[], str]
"""A new id each time."""


class Directory(Protocol):
    """Who people are."""

    def policy(self) -> Policy:
        """The policy with its user groups resolved, as last heard: never waits."""
        ...

    async def actor(self, user_id: str) -> Actor:
        """Somebody, with their standing; asks Slack when it has not been heard lately, and may say unknown."""
        ...
