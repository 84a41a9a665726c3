"""Who is behind ids of people and user groups, asked of Slack: each id once in one look."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.slack_ids import is_group
from bot.slack.people import MEET_AT_MOST
from bot.slack.protocol.answers import Members, PersonAnswer
from bot.slack.protocol.heard import NO_SUCH_GROUP, NO_SUCH_PERSON
from bot.slack.protocol.person import is_guest
from bot.slack.protocol.web_api import NotAllowed, SlackError, Unavailable, ask

T = TypeVar("T")

_UNKNOWN = NO_SUCH_PERSON | NO_SUCH_GROUP


@dataclass(frozen=True)
class _Person:
    id: str  # the one that they go by
    is_guest: bool = False  # also where nobody has asked, as there are so many


@dataclass(frozen=True)
class Behind:
    """The people behind some ids who can act, each by one id of theirs."""

    people: frozenset[str]
    guests: frozenset[str] = frozenset()  # those of them who may not ask: of another organisation too
    unknown: tuple[str, ...] = ()  # ids that Slack does not know
    nobody: tuple[str, ...] = ()  # ids that it knows, with nobody behind them who can act


@dataclass(frozen=True)
class Look:
    """One look at who there is."""

    client: AsyncWebClient
    _asked: dict[str, "asyncio.Task[frozenset[_Person] | None]"] = field(default_factory=dict)

    async def behind(self, ids: Iterable[str]) -> Behind:
        """Who is behind these ids.

        Raises:
            SlackError: it cannot be asked.
        """
        found = await self._each(ids)
        people = frozenset[_Person]().union(*(people or () for people in found.values()))
        return Behind(
            people=frozenset(person.id for person in people),
            guests=frozenset(person.id for person in people if person.is_guest),
            unknown=tuple(one for one, people in found.items() if people is None),
            nobody=tuple(one for one, people in found.items() if people is not None and not people),
        )

    async def _each(self, ids: Iterable[str]) -> Mapping[str, frozenset[_Person] | None]:
        tasks = {one: self._asked.get(one) or asyncio.create_task(self._ask(one)) for one in ids}
        self._asked.update(tasks)
        answers = await asyncio.gather(*tasks.values(), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return {one: task.result() for one, task in tasks.items()}

    async def _ask(self, one: str) -> frozenset[_Person] | None:
        """The people behind an id; None when Slack does not know it."""
        if not is_group(one):
            return await _unless_unknown(self._person(one))
        group = await _unless_unknown(ask(self.client.usergroups_users_list(usergroup=one), Members))
        if group is None or len(group.users) > MEET_AT_MOST:
            return frozenset(map(_Person, group.users)) if group else None
        members = await self._each(group.users)
        return frozenset[_Person]().union(*(people or () for people in members.values()))

    async def _person(self, one: str) -> frozenset[_Person]:
        """Somebody, when they can act. On Enterprise Grid one person may have two ids (Slack: enterprise_user)."""
        profile = (await ask(self.client.users_info(user=one), PersonAnswer)).user
        if profile.deleted or profile.is_bot:
            return frozenset()
        guest = is_guest(profile) or profile.is_stranger
        return frozenset({_Person(profile.enterprise_user.id or one, is_guest=guest)})


async def _unless_unknown(answer: Awaitable[T]) -> T | None:
    """What Slack answers; None where it does not know who or what was asked for."""
    try:
        return await answer
    except (Unavailable, NotAllowed):
        raise
    except SlackError as error:
        if error.code in _UNKNOWN:
            return None
        raise
