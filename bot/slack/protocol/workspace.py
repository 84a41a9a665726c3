"""Whose payload it is: the bot serves the workspace that its token belongs to, and no other."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.slack.protocol.identity import Identity


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, defer_build=True)


class _Enterprise(_Model):
    id: str | None = None


class _Team(_Model):
    id: str | None = None
    enterprise_id: str | None = None


class _View(_Model):
    app_installed_team_id: str | None = None


class _Authorization(_Model):
    team_id: str | None = None
    enterprise_id: str | None = None


class _Origin(_Model):
    """Wherever a payload names its workspace or organisation.

    Commands have `team_id`; interactions `team`, and views `app_installed_team_id` besides; events `team_id` and
    `authorizations`. The person's own `user.team_id` is another matter: who may do what is the policy's.
    """

    team: _Team | None = None
    team_id: str | None = None
    enterprise: _Enterprise | None = None
    enterprise_id: str | None = None
    view: _View | None = None
    authorizations: tuple[_Authorization, ...] = ()

    def teams(self) -> set[str]:
        """The workspaces that it names."""
        named = (
            self.team_id,
            self.team and self.team.id,
            self.view and self.view.app_installed_team_id,
            *(one.team_id for one in self.authorizations),
        )
        return {one for one in named if one}

    def enterprises(self) -> set[str]:
        """The organisations that it names."""
        named = (
            self.enterprise_id,
            self.enterprise and self.enterprise.id,
            self.team and self.team.enterprise_id,
            *(one.enterprise_id for one in self.authorizations),
        )
        return {one for one in named if one}


def is_ours(payload: Mapping[str, Any], identity: Identity) -> bool:
    """Whether a payload is of the workspace that the app is installed to: it says so, and nothing in it says otherwise.

    On Enterprise Grid an app may be installed to the organisation as a whole. Then a payload names any workspace of
    it, or none (Slack: `team` is null), and the organisation is what counts.
    """
    try:
        origin = _Origin.model_validate(payload)
    except ValidationError:
        return False
    if identity.is_org_wide:
        return origin.enterprises() == {identity.enterprise_id}
    of_another = identity.enterprise_id and origin.enterprises() - {identity.enterprise_id}
    return origin.teams() == {identity.team_id} and not of_another
