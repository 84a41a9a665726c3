"""What Slack has told of the people and the user groups of a workspace, and when it was asked."""

import asyncio
from collections.abc import Callable, Iterable

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.protocol.answers import Members, PersonAnswer
from bot.slack.protocol.lookups import Lookups
from bot.slack.protocol.person import NOBODY, Person, person_of
from bot.slack.protocol.person_ids import PersonIds
from bot.slack.protocol.web_api import Incomplete, SlackError, ask

log = structlog.get_logger(__name__)

AT_ONCE = 5
"""People looked at side by side (Slack: users.info, Tier 4, 100 a minute and more)."""

NO_SUCH_PERSON = {"user_not_found", "user_not_visible", "users_not_found"}
"""Slack: users.info."""

NO_SUCH_GROUP = {"no_such_subteam", "subteam_not_found", "plan_upgrade_required"}
"""Slack: usergroups.users.list, which answers so for a disabled group too unless those are asked for
(include_disabled), and for a workspace whose plan has no user groups. Nobody is in such a group.
"""


class Heard:
    """Asks and keeps the answers; whose id is whose is learnt from them.

    Args:
        client: calls the Web API.
        team: the workspace.
        several: it is of an organisation, in which people have another id.
        clock: seconds that only grow.
    """

    def __init__(self, client: AsyncWebClient, *, team: str, several: bool, clock: Callable[[], float]) -> None:
        self._client = client
        self._team = team
        self.ids = PersonIds(several=several)
        self.people = Lookups("person", self._ask_person, clock)
        self.groups = Lookups("usergroup", self._ask_group, clock)

    async def meet(self, people: Iterable[str], since: float) -> None:
        """Looks at people one by one, a few at a time, unless that was done at `since` or later."""
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(user_id: str) -> None:
            async with turn:
                await self.people.look(user_id, since)

        await asyncio.gather(*(one(user_id) for user_id in sorted(people)))

    async def close(self) -> None:
        """Asks no more."""
        await self.people.close()
        await self.groups.close()

    async def _ask_person(self, user_id: str) -> Person:
        try:
            profile = (await ask(self._client.users_info(user=user_id, include_locale=True), PersonAnswer)).user
        except SlackError as error:
            if error.code in NO_SUCH_PERSON:
                self.ids.learn_only(user_id)
                return NOBODY
            raise
        if user_id != profile.id and not profile.enterprise_user.id:
            raise Incomplete("user.id")  # somebody else
        self.ids.learn(user_id, profile)
        return person_of(profile, team=self._team)

    async def _ask_group(self, group: str) -> frozenset[str]:
        try:
            members = await ask(self._client.usergroups_users_list(usergroup=group), Members)
        except SlackError as error:
            if error.code in NO_SUCH_GROUP:
                log.error("usergroup.not_found", usergroup=group, code=error.code)
                return frozenset()
            raise
        return frozenset(members.users)
