"""People: who is in which user group, who is a full member, who reads which language, and who is who.

What was heard a while ago may be shown. What gives a right is asked anew when the right is used (`look`, `rights`).
"""

import asyncio
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Code, Problem
from bot.domain.policy import Actor, Identities, Membership, Policy, Roster, RuleRosters, Ruling, may_ask
from bot.domain.rule import Rule, Ruleset
from bot.domain.slack_ids import is_group
from bot.domain.time_zone import UTC, TimeZone
from bot.slack.protocol.heard import Heard
from bot.texts import Language

log = structlog.get_logger(__name__)

PERSON_TTL = 600.0
"""Seconds a person's profile is believed, for what is only shown."""

GROUPS_TTL = 300.0
"""Seconds between two looks at the user groups that nobody has asked for."""

GROUPS_RETRY = 10.0
"""Seconds until the next look while a group has never been told."""

LOOK_BEFORE_REFUSING = 1.0
"""Seconds that Slack is given to take back a no that was heard before: what opens the form lives for three."""

EVER = float("-inf")
"""Since when an answer must have been asked for, where it never changes: whose id is whose."""

SAY_WITHIN = 1.0
"""Seconds that Slack has to say what somebody reads, before they are answered in English."""

MEET_AT_MOST = 50
"""People who are looked at one by one, to know who of them is still there: where there are more, enough will be."""


class People:
    """The directory of one workspace (implements `bot.service.ports.Directory`)."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        team: str,
        enterprise: str,
        rules: Callable[[], Ruleset],
        clock: Callable[[], float],
    ) -> None:
        self._heard = Heard(client, team=team, several=bool(enterprise), clock=clock)
        self._rules = rules
        self._clock = clock
        self._present: dict[str, float] = {}  # when somebody was last seen to act

    def now(self) -> float:
        """By its own clock: what was heard before one that can be set was put back would seem to be of tomorrow."""
        return self._clock()

    async def refresh(self) -> float:
        """Looks up everybody in the groups that any rule names; says in how many seconds to do so again.

        A group that Slack does not tell keeps its last answer, for what is only shown.
        """
        since, groups = self._clock(), _groups(self._rules().people)
        await asyncio.gather(*(self._heard.groups.look(group, since) for group in groups))
        told = all(self._heard.groups.latest(group) is not None for group in groups)
        return GROUPS_TTL if told else GROUPS_RETRY

    async def meet_approvers(self) -> None:
        """Looks up who the approvers are, and whether they are still there, where that was not done lately."""
        people = self.behind(self._rules().approvers)
        if len(people) <= MEET_AT_MOST:
            await self._heard.meet(people, self._clock() - PERSON_TTL)
        elif self._heard.ids.several:
            await self._heard.meet(self._heard.ids.not_learned(people), EVER)

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
        """Asks anew whether these people are still here and, unless they are approvers by name, who is in the groups.

        Of whoever has just acted no answer is needed: they are here, unless Slack says that they no longer are.
        """
        if present:
            self._present[present] = since
        when = dict.fromkeys(others, EVER) | dict.fromkeys(deciding, since)
        by_group = [
            rule
            for rule in ruleset.rules
            if not all(self._heard.ids.canonical(one) in self._named(rule.approvers) for one in deciding)
        ]
        groups = _groups(one for rule in by_group for one in rule.approvers)
        groups += [one for one in _groups(one for rule in ruleset.rules for one in rule.emergency) if one not in groups]
        await self._look(ruleset, when, groups, since, within)

    async def look_at_requester(self, ruleset: Ruleset, user_id: str, *, since: float, within: float) -> None:
        """Asks anew who somebody is, and who is in the groups of those who may ask and of those who approve."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._look(ruleset, {user_id: since}, _groups(ruleset.people), since, within)
                await self.meet_approvers()

    async def against_asking(self, user_id: str) -> Sequence[Problem]:
        """What certainly stands against somebody's asking for an image of any machine. What was heard before refuses
        nobody alone.
        """
        everything = self._rules()
        if not _certain(may_ask(self.known(user_id), self.policy(everything))):
            return ()
        since = self._clock()
        await self.look_at_requester(everything, user_id, since=since, within=LOOK_BEFORE_REFUSING)
        return _certain(may_ask(self.actor(user_id, since), self.rights(since, everything)))

    def policy(self, ruleset: Ruleset) -> Policy:
        """The rules as last heard."""
        return self._policy(ruleset, None)

    def rights(self, since: float, ruleset: Ruleset) -> Policy:
        """The rules from answers to questions of `since` or later; who may approve by name must still be there."""
        return self._policy(ruleset, since)

    def actor(self, user_id: str, since: float) -> Actor:
        """Somebody with their membership, from an answer to a question of `since` or later."""
        person = self._heard.people.since(user_id, since)
        return Actor(user_id, person.membership if person else Membership.UNKNOWN)

    def known(self, user_id: str) -> Actor:
        """Somebody with their membership as last heard: never waits."""
        person = self._heard.people.latest(user_id)
        return Actor(user_id, person.membership if person else Membership.UNKNOWN)

    def ids_of(self, user_id: str) -> Collection[str]:
        """Every id that somebody is known by: an organisation has one for them, and each workspace may have another."""
        return self._heard.ids.all_of(user_id)

    def members(self, group: str) -> Collection[str] | None:
        """Who is in a user group, as last heard: never waits; None while Slack has not told."""
        return self._heard.groups.latest(group)

    def mentions(self, ids: Iterable[str]) -> Sequence[str]:
        """People and groups as the rules name them, nobody twice: to be called when they are needed."""
        named: dict[str, str] = {}
        for one in ids:
            named.setdefault(self._heard.ids.canonical(one), one)
        return tuple(named.values())

    def behind(self, ids: Sequence[str]) -> set[str]:
        """The people behind ids of people and groups, as last heard, by whichever id they were told of."""
        members = {member for group in _groups(ids) for member in self._heard.groups.latest(group) or ()}
        return members | {one for one in ids if not is_group(one)}

    def language(self, user_id: str) -> Language:
        """What somebody reads, as last heard: never waits; English until Slack has said. For what is drawn anew as
        soon as that is known; a word that stands is in what they read (`reads`).
        """
        person = self._heard.people.latest(user_id)
        return person.language if person else "en"

    def time_zone(self, user_id: str) -> TimeZone:
        """By which clock somebody lives, as last heard: never waits; UTC until Slack has said."""
        person = self._heard.people.latest(user_id)
        return person.time_zone if person else UTC

    async def meet(self, user_id: str) -> Language:
        """Makes sure that somebody is known, and says what they read."""
        await self._heard.people.look(user_id, self._clock() - PERSON_TTL)
        return self.language(user_id)

    async def reads(self, user_id: str) -> Language:
        """The same for a word to them now: what Slack does not tell in time, it tells the next time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SAY_WITHIN):
                return await self.meet(user_id)
        return self.language(user_id)

    async def close(self) -> None:
        """Asks no more."""
        await self._heard.close()

    async def _look(
        self, ruleset: Ruleset, people: Mapping[str, float], groups: Collection[str], since: float, within: float
    ) -> None:
        """Side by side; what is not answered in time goes on being asked, for whoever wants to know it next."""
        looks = [self._heard.groups.look(group, since) for group in groups]
        looks += [self._heard.people.look(person, when) for person, when in sorted(people.items())]
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await asyncio.gather(*looks)
                if self._heard.ids.several:  # whose other ids matter now
                    await self._heard.meet(self._heard.ids.not_learned(self.behind(ruleset.approvers)), EVER)

    def _policy(self, ruleset: Ruleset, since: float | None) -> Policy:
        ids = self._heard.ids.identities()

        def rosters(rule: Rule) -> RuleRosters:
            later = rule.after(math.inf).approvers
            return RuleRosters(
                rule=rule,
                approvers=self._roster(rule.approvers, ids, since, by_name=True),
                escalated=self._roster(later, ids, since, by_name=True) if later != rule.approvers else None,
                requesters=self._roster(rule.requesters, ids, since, by_name=False) if rule.requesters else None,
                emergency=self._roster(rule.emergency, ids, since, by_name=True),
            )

        return Policy(rules=tuple(rosters(rule) for rule in ruleset.rules), ids=ids)

    def _roster(self, named: Sequence[str], ids: Identities, since: float | None, *, by_name: bool) -> Roster:
        """The people behind ids of people and groups.

        Args:
            named: the ids.
            ids: who is who.
            since: when it must have been asked at the earliest; None for whenever.
            by_name: whether being named gives a right to who is still there, which must be asked too.
        """
        people, unsure, complete = set[str](), set[str](), True
        for one in named:
            members: tuple[str, ...] = (one,)
            if is_group(one):
                told = self._heard.groups.latest(one) if since is None else self._heard.groups.since(one, since)
                complete = complete and told is not None
                members = tuple(told or ())
            elif by_name and since is not None and not self._still_here(one, since):
                unsure.add(ids.of(one))
                continue
            complete = complete and all(ids.settled(member) for member in members)
            people.update(ids.of(member) for member in members if not self._gone(member))
        return Roster(frozenset(people), frozenset(unsure - people), complete=complete)

    def _still_here(self, user_id: str, since: float) -> bool:
        """Whether Slack has told since then what has become of somebody, or they have acted, by whichever id."""
        ids = self._heard.ids.all_of(user_id)
        told = [person.is_here for one in ids if (person := self._heard.people.since(one, since))]
        return any(is_here is not None for is_here in told) or any(self._present.get(one, EVER) >= since for one in ids)

    def _gone(self, user_id: str) -> bool:
        person = self._heard.people.latest(user_id)
        return person is not None and person.is_here is False

    def _named(self, ids: Sequence[str]) -> set[str]:
        """The people named by themselves, by the ids that they go by."""
        return {self._heard.ids.canonical(one) for one in ids if not is_group(one)}


def _certain(ruling: Ruling) -> Sequence[Problem]:
    return [problem for problem in ruling.problems if problem.code is not Code.ROLE_UNKNOWN]


def _groups(ids: Iterable[str]) -> list[str]:
    """The user groups among these ids, each once."""
    return list(dict.fromkeys(one for one in ids if is_group(one)))
