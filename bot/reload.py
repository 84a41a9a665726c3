"""Reads the policy file again while the bot works: SIGHUP asks for it."""

import asyncio
from dataclasses import dataclass

import structlog

from bot.domain.rule import Rulebook
from bot.service.count import Counting
from bot.service.current_rules import CurrentRules
from bot.settings import PolicyError, Settings, load_policy
from bot.slack.people import People

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Reload:
    """Puts the file's rules in force anew; a file with mistakes changes nothing.

    The settings are those of the start: another environment needs another process.
    """

    settings: Settings
    rules: CurrentRules
    people: People
    counting: Counting
    mistakes: tuple[str, ...] = ()  # of the file as it was read last

    async def reload(self) -> None:
        """Reads it. New rules are in force at once, whoever they name; then Slack is asked who is in their groups, and
        what waits for approval is counted again.

        Raises:
            StoreFault: the database does not answer: the rules are in force, and the next count shows it.
        """
        before = self.rules.book
        try:
            book = await asyncio.to_thread(load_policy, self.settings)  # a disk may be slow
        except PolicyError as error:
            self._keep(before, error.mistakes)
            return
        self.mistakes = ()
        self.rules.replace(book)
        log.info("policy.loaded", rules=len(book.rules) - 1, policy_hash=book.hash)
        await self.people.refresh()
        await self.people.meet_approvers()
        await self.counting.rules_changed(before)

    def _keep(self, book: Rulebook, mistakes: tuple[str, ...]) -> None:
        self.mistakes = mistakes
        for mistake in mistakes:
            log.error("policy.mistake", mistake=mistake)
        log.error("policy.kept", mistakes=len(mistakes), rules=len(book.rules) - 1, policy_hash=book.hash)
