"""Somebody, as Slack tells of them: whether they are still here, what they are in the workspace, and what they read."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.policy import Membership
from bot.domain.time_zone import UTC, TimeZone
from bot.slack.protocol.answers import Profile
from bot.texts import Language


@dataclass(frozen=True)
class Person:
    """What is kept of a profile."""

    membership: Membership
    language: Language = "en"
    is_here: bool | None = True  # not deactivated, and known to Slack; None where it does not say
    time_zone: TimeZone = UTC


NOBODY = Person(Membership.NOBODY, is_here=False)
"""Whom Slack does not know."""


def person_of(profile: Profile, *, team: str) -> Person:
    """Somebody, from their profile and the id of the workspace that the bot serves."""
    return Person(
        membership=_membership(profile, team),
        language="zh" if profile.locale.startswith("zh") else "en",
        is_here=_is_here(profile),
        time_zone=TimeZone(profile.tz, profile.tz_offset),
    )


def _is_here(profile: Profile) -> bool | None:
    """Whether they are not deactivated. Flags come together: who has a name, and not one of them told, has none set."""
    if profile.deleted is None and profile.name and not any(told is not None for told in _flags(profile)):
        return True
    return None if profile.deleted is None else not profile.deleted


def _membership(profile: Profile, team: str) -> Membership:
    """Slack: users.info, user object."""
    if profile.deleted or profile.is_bot or profile.is_stranger:
        return Membership.OUTSIDER
    teams = {profile.team_id, *profile.enterprise_user.teams} - {""}
    if teams and team not in teams:
        return Membership.OUTSIDER
    if is_guest(profile):
        return Membership.GUEST
    # Everybody has a name. A profile without one is a part of one, in which a flag that is not there says nothing.
    told = profile.name or (teams and None not in _flags(profile))
    return Membership.MEMBER if told else Membership.UNKNOWN


def is_guest(profile: Profile) -> bool:
    """Whether somebody is let into some channels only (Slack: guests): they may approve, and may not ask."""
    return bool(profile.is_restricted or profile.is_ultra_restricted)


def _flags(profile: Profile) -> Sequence[bool | None]:
    """What Slack tells of everybody who is not deactivated."""
    return (profile.deleted, profile.is_bot, profile.is_restricted, profile.is_ultra_restricted)
