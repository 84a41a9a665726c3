"""People: who is in which user group, who is a full member, who reads which language. Cached, and never in an ack."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.policy import Actor, Policy, Roster, Standing
from bot.slack.answers import Members, PersonAnswer, Profile
from bot.slack.web_api import SlackError, ask
from bot.texts import Language

log = structlog.get_logger(__name__)

PERSON_TTL = 600.0
"""Seconds a person's profile is believed."""

GROUPS_TTL = 300.0
"""Seconds between two looks at the user groups; the last answer stands when Slack does not give a new one."""

GROUPS_RETRY = 10.0
"""Seconds until the next look while a group has never been told."""


@dataclass(frozen=True)
class _Person:
    standing: Standing
    language: Language
    at: float


class People:
    """The directory of one workspace (implements `bot.service.ports.Directory`)."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        team: str,
        approvers: Sequence[str],
        requesters: Sequence[str],
        quorum: int,
        allow_self_approval: bool,
        clock: Callable[[], float],
    ) -> None:
        self._client = client
        self._approvers = approvers
        self._requesters = requesters
        self._quorum = quorum
        self._allow_self_approval = allow_self_approval
        self._clock = clock
        self._team = team
        self._people: dict[str, _Person] = {}
        self._groups: dict[str, frozenset[str]] = {}

    async def refresh(self) -> float:
        """Looks up everybody in the configured groups; says in how many seconds to do so again.

        A group that Slack does not tell keeps its last answer.
        """
        groups = {i for i in (*self._approvers, *self._requesters) if i.startswith("S")}
        for group in sorted(groups):
            try:
                members = await ask(self._client.usergroups_users_list(usergroup=group), Members)
            except SlackError as error:
                log.error("usergroup.not_listed", usergroup=group, code=error.code)
            else:
                self._groups[group] = frozenset(members.users)
        return GROUPS_TTL if groups <= self._groups.keys() else GROUPS_RETRY

    def policy(self) -> Policy:
        """The policy as last heard."""
        return Policy(
            approvers=self._resolved(self._approvers),
            requesters=self._resolved(self._requesters) if self._requesters else None,
            quorum=self._quorum,
            allow_self_approval=self._allow_self_approval,
        )

    async def actor(self, user_id: str) -> Actor:
        """Somebody with their standing; unknown when Slack does not say."""
        person = await self._person(user_id)
        return Actor(user_id, person.standing if person else Standing.UNKNOWN)

    def known(self, user_id: str) -> Actor:
        """Somebody with their standing as last heard: never waits."""
        person = self._people.get(user_id)
        return Actor(user_id, person.standing if person else Standing.UNKNOWN)

    def language(self, user_id: str) -> Language:
        """What somebody reads, as last heard: never waits; English until Slack has said."""
        person = self._people.get(user_id)
        return person.language if person else "en"

    async def meet(self, user_id: str) -> Language:
        """Makes sure that somebody is known, and says what they read."""
        await self._person(user_id)
        return self.language(user_id)

    async def _person(self, user_id: str) -> _Person | None:
        known = self._people.get(user_id)
        if known and self._clock() - known.at < PERSON_TTL:
            return known
        try:
            profile = (await ask(self._client.users_info(user=user_id, include_locale=True), PersonAnswer)).user
        except SlackError as error:
            log.warning("person.not_known", user=user_id, code=error.code)
            return known
        person = _Person(self._standing(profile), _language(profile), self._clock())
        self._people[user_id] = person
        return person

    def _resolved(self, ids: Sequence[str]) -> Roster:
        """The people behind ids of people and groups."""
        groups = [i for i in ids if i.startswith("S")]
        people = frozenset(i for i in ids if not i.startswith("S"))
        members = (self._groups.get(group, frozenset()) for group in groups)
        return Roster(people.union(*members), complete=all(group in self._groups for group in groups))

    def _standing(self, profile: Profile) -> Standing:
        """Slack: users.info, user object."""
        if profile.deleted or profile.is_bot or profile.is_stranger:
            return Standing.OUTSIDER
        teams = {profile.team_id, *profile.enterprise_user.teams} - {""}
        if teams and self._team not in teams:
            return Standing.OUTSIDER
        if profile.is_restricted or profile.is_ultra_restricted:
            return Standing.GUEST
        return Standing.MEMBER


def _language(profile: Profile) -> Language:
    return "zh" if profile.locale.startswith("zh") else "en"
