"""Somebody, as Slack tells of them: whether they are still here, what they are in the workspace, and what they read."""

from dataclasses import dataclass

from bot.domain.policy import Membership
from bot.slack.protocol.answers import Profile
from bot.texts import Language


@dataclass(frozen=True)
class Person:
    """What is kept of a profile."""

    membership: Membership
    language: Language = "en"
    is_here: bool = True  # not deactivated, and known to Slack
    utc_offset: int = 0  # seconds


NOBODY = Person(Membership.NOBODY, is_here=False)
"""Whom Slack does not know."""


def person_of(profile: Profile, *, team: str) -> Person:
    """Somebody, from their profile and the id of the workspace that the bot serves."""
    return Person(
        membership=_membership(profile, team),
        language="zh" if profile.locale.startswith("zh") else "en",
        is_here=not profile.deleted,
        utc_offset=profile.tz_offset,
    )


def _membership(profile: Profile, team: str) -> Membership:
    """Slack: users.info, user object."""
    if profile.deleted or profile.is_bot or profile.is_stranger:
        return Membership.OUTSIDER
    teams = {profile.team_id, *profile.enterprise_user.teams} - {""}
    if teams and team not in teams:
        return Membership.OUTSIDER
    if profile.is_restricted or profile.is_ultra_restricted:
        return Membership.GUEST
    flags_told = None not in (profile.is_restricted, profile.is_ultra_restricted)
    # Everybody has a name. A profile without one is a part of one, in which a flag that is not there says nothing.
    return Membership.MEMBER if profile.name or (teams and flags_told) else Membership.UNKNOWN
