"""auth.test, users.*, usergroups.*: who is who."""

from bot.demo.slack.methods.asked import Asked, Method, page
from bot.demo.slack.methods.shown import user_json
from bot.demo.slack.records import Usergroup
from bot.demo.slack.refusals import Json, Refusal
from bot.demo.slack.workspace import Workspace


def _auth_test(workspace: Workspace, _: Asked) -> Json:
    return {
        "url": f"https://{workspace.team.domain}.slack.com/",
        "team": workspace.team.name,
        "user": workspace.app.name,
        "team_id": workspace.team.id,
        "user_id": workspace.app.user_id,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }


def _info(workspace: Workspace, asked: Asked) -> Json:
    user = workspace.users.get(asked.needed("user"))
    if not user:
        raise Refusal("user_not_found")
    return {"user": user_json(workspace, user, with_locale=asked.flag("include_locale"))}


def _list(workspace: Workspace, asked: Asked) -> Json:
    own = [user for user in workspace.users.values() if user.team_id == workspace.team.id]
    shown, cursor = page(own, asked, 1000)
    members = [user_json(workspace, user, with_locale=asked.flag("include_locale")) for user in shown]
    return {"members": members, "cache_ts": int(workspace.clock()), "response_metadata": {"next_cursor": cursor}}


def _group_json(workspace: Workspace, group: Usergroup, asked: Asked) -> Json:
    shown: Json = {
        "id": group.id,
        "team_id": workspace.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_create": 1_600_000_000,
        "date_update": 1_600_000_000,
        "date_delete": 1_600_000_000 if group.is_disabled else 0,
    }
    if asked.flag("include_users"):
        shown["users"] = list(group.users)
    if asked.flag("include_count"):
        shown["user_count"] = len(group.users)
    return shown


def _groups(workspace: Workspace, asked: Asked) -> Json:
    shown = [g for g in workspace.usergroups.values() if asked.flag("include_disabled") or not g.is_disabled]
    return {"usergroups": [_group_json(workspace, group, asked) for group in shown]}


def _group_users(workspace: Workspace, asked: Asked) -> Json:
    group = workspace.usergroups.get(asked.needed("usergroup"))
    if not group or (group.is_disabled and not asked.flag("include_disabled")):
        raise Refusal("no_such_subteam")
    # Slack takes deactivated people out of their groups.
    gone = set() if group.lists_deactivated else {user.id for user in workspace.users.values() if user.deleted}
    return {"users": [user for user in group.users if user not in gone]}


METHODS = {
    "auth.test": Method(_auth_test),
    "users.info": Method(_info, "users:read"),
    "users.list": Method(_list, "users:read"),
    "usergroups.list": Method(_groups, "usergroups:read"),
    "usergroups.users.list": Method(_group_users, "usergroups:read"),
}
