"""What the use cases need from outside the rooms below them."""

from collections.abc import Callable, Collection
from typing import Protocol

from bot.domain.policy import Actor, Policy
from bot.domain.rule import Ruleset

Clock = Callable[[], float]
"""The time now, in unix seconds."""

NewId = Callable[[], str]
"""A new id each time."""


class Directory(Protocol):
    """Who people are. What was heard a while ago is good enough to be shown; it gives nobody a right."""

    def now(self) -> float:
        """Seconds of a clock that is never set, by which answers are older or newer than a question."""
        ...

    def policy(self, ruleset: Ruleset) -> Policy:
        """The rules with their user groups resolved, as last heard: never waits."""
        ...

    def rights(self, since: float, ruleset: Ruleset) -> Policy:
        """Likewise, from answers that were asked for at `since` or later: what else there is, is unknown."""
        ...

    def actor(self, user_id: str, since: float) -> Actor:
        """Somebody with their membership, from such an answer: never waits."""
        ...

    def known(self, user_id: str) -> Actor:
        """Somebody with their membership as last heard: never waits."""
        ...

    def ids_of(self, user_id: str) -> Collection[str]:
        """Every id that somebody is known by."""
        ...

    def members(self, group: str) -> Collection[str] | None:
        """Who is in a user group, as last heard: never waits; None while Slack has not told."""
        ...

    async def look(
        self,
        ruleset: Ruleset,
        deciding: Collection[str],
        others: Collection[str] = (),
        *,
        present: str = "",
        since: float,
        within: float,
    ) -> None:
        """Asks Slack what gives people the right to decide.

        Args:
            ruleset: by which they decide.
            deciding: who has decided, or is about to.
            others: whom they must not be: whoever asked.
            present: which of them has just acted, and so is in the workspace.
            since: answers that were asked for at this time or later will do.
            within: seconds; what is not answered by then stays unknown.
        """
        ...

    async def look_at_requester(self, ruleset: Ruleset, user_id: str, *, since: float, within: float) -> None:
        """Likewise what gives somebody the right to ask, and who there is to approve it."""
        ...
