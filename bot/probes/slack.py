"""Slack: the token, its scopes, the approval channel, and the people and groups in the settings."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.probes.probe import Finding, Level, Probe, ok
from bot.slack.answers import Identified, Members, PersonAnswer
from bot.slack.scopes import SCOPES
from bot.slack.web_api import NotAllowed, SlackError, Unavailable, answered, ask, call

_UNKNOWN = {"user_not_found", "user_not_visible", "no_such_subteam", "users_not_found", "subteam_not_found"}
"""Slack: users.info, usergroups.users.list."""

_INVITE = "in that channel: /invite @createimage-bot"


@dataclass(kw_only=True)
class SlackProbes:
    """Questions to Slack.

    Args:
        client: of the bot token.
        app_token: the app-level token, for Socket Mode.
        channel: where approval cards go.
        approvers: ids of people and groups.
        requesters: likewise; everybody when empty.
        quorum: how many must approve.
        clock: unix seconds.
    """

    client: AsyncWebClient
    app_token: str | None
    channel: str
    approvers: Sequence[str]
    requesters: Sequence[str]
    quorum: int
    clock: Callable[[], float]
    clock_ahead: float | None = field(default=None, init=False)
    """Seconds that our clock is ahead of Slack's, as of the last answer."""

    def probes(self) -> Sequence[Probe]:
        """What a running bot asks now and then."""
        return (
            Probe("slack token", self.token),
            Probe("slack scopes", self.scopes),
            Probe("approval channel", self.approval_channel),
            Probe("approvers", self.who_approves),
            Probe("requesters", self.who_requests),
        )

    def transport(self) -> Probe:
        """How Slack would reach a bot that does not run yet."""
        return Probe("socket mode", self.socket_mode) if self.app_token else Probe("signing secret", self.signature)

    async def token(self) -> Finding:
        """Valid, and of a bot (Slack: auth.test; a user's token has no bot_id)."""
        try:
            found = await ask(self.client.auth_test(), Identified)
        except SlackError as error:
            return _failed(error, "set SLACK_BOT_TOKEN to the Bot User OAuth Token of the installed app")
        if not found.bot_id:
            return Finding(
                Level.FAILED,
                f"it is the token of the person {found.user}, and not of a bot",
                "set SLACK_BOT_TOKEN to the Bot User OAuth Token (OAuth & Permissions), which starts with xoxb-",
            )
        return ok(f"{found.user} in the workspace {found.team}")

    async def scopes(self) -> Finding:
        """What Slack granted, against what the manifest asks for (Slack: header x-oauth-scopes of every answer)."""
        try:
            headers = (await answered(self.client.auth_test())).headers
        except SlackError as error:
            return _failed(error, "see `slack token`")
        told = {name.lower(): value for name, value in headers.items()}
        self._compare_clocks(told)
        if "x-oauth-scopes" not in told:
            return Finding(Level.WARNING, "Slack does not tell them", "compare them with manifest.yml by hand")
        granted = {scope.strip() for scope in told["x-oauth-scopes"].split(",")} - {""}
        missing, superfluous = sorted(SCOPES - granted), sorted(granted - SCOPES)
        if missing:
            more = f"; superfluous: {', '.join(superfluous)}" if superfluous else ""
            return Finding(
                Level.FAILED,
                f"missing: {', '.join(missing)}{more}",
                "paste manifest.yml into the app (App Manifest) and install it to the workspace again",
            )
        if superfluous:
            return Finding(
                Level.WARNING,
                f"superfluous: {', '.join(superfluous)}",
                "take them out of the app: the bot needs no more than manifest.yml asks for",
            )
        return ok(f"the {len(SCOPES)} that manifest.yml asks for, and no more")

    async def approval_channel(self) -> Finding:
        """Reachable, with the bot in it: only members may read a history (Slack: conversations.history)."""
        try:
            await call(self.client.conversations_history(channel=self.channel, limit=1))
        except SlackError as error:
            if error.code == "not_in_channel":
                return Finding(
                    Level.FAILED,
                    f"the bot is not a member of {self.channel}",
                    "in that channel: /invite @createimage-bot",
                )
            if error.code in {"channel_not_found", "is_archived"}:
                return Finding(
                    Level.FAILED,
                    f"{self.channel}: {error.code}; it is not there, or private and the bot is not a member of it",
                    f"look at APPROVAL_CHANNEL, and {_INVITE}",
                )
            return _failed(error, "look at APPROVAL_CHANNEL and at `slack scopes`")
        return ok(f"the bot is a member of {self.channel}")

    async def who_approves(self) -> Finding:
        """The people and groups exist, and are enough."""
        return await self._people("APPROVERS", self.approvers, self.quorum)

    async def who_requests(self) -> Finding:
        """Likewise of those who may ask."""
        if not self.requesters:
            return ok("every full member may ask")
        return await self._people("REQUESTERS", self.requesters, 1)

    async def socket_mode(self) -> Finding:
        """Slack gives an address to connect to (Slack: apps.connections.open)."""
        try:
            await call(self.client.apps_connections_open(app_token=self.app_token or ""))
        except SlackError as error:
            return _failed(
                error, "set SLACK_APP_TOKEN to an app-level token with connections:write; enable Socket Mode in the app"
            )
        return ok("Slack gives an address to connect to")

    async def signature(self) -> Finding:
        """Only a request of Slack's can prove the secret."""
        return Finding(
            Level.UNPROVED,
            "Slack's first request will show whether it is right",
            "compare SLACK_SIGNING_SECRET with Basic Information; then try /createimage help",
        )

    async def _people(self, setting: str, ids: Sequence[str], needed: int) -> Finding:
        try:
            looked = await asyncio.gather(*(self._behind(one) for one in ids))
        except SlackError as error:
            return _failed(error, "see `slack token` and `slack scopes`")
        unknown = [one for one, people in zip(ids, looked, strict=True) if people is None]
        empty = [one for one, people in zip(ids, looked, strict=True) if people == set()]
        people = set[str]().union(*(found or () for found in looked))
        correct = f"correct {setting}"
        if unknown:
            return Finding(Level.FAILED, f"Slack does not know {', '.join(unknown)}", correct)
        if len(people) < needed:
            return Finding(Level.FAILED, f"{needed} are needed, and there are {len(people)}", correct)
        if empty:
            said = f"{', '.join(empty)}: deactivated, a bot, or a group with nobody in it"
            return Finding(Level.WARNING, said, correct)
        return ok(f"known to Slack: {len(people)} who may, {needed} needed")

    async def _behind(self, one: str) -> set[str] | None:
        """The people behind an id who can act; None when Slack does not know it.

        Raises:
            SlackError: it cannot be asked.
        """
        try:
            if one.startswith("S"):
                return set((await ask(self.client.usergroups_users_list(usergroup=one), Members)).users)
            profile = (await ask(self.client.users_info(user=one), PersonAnswer)).user
        except (Unavailable, NotAllowed):
            raise
        except SlackError as error:
            if error.code in _UNKNOWN:
                return None
            raise
        return set() if profile.deleted or profile.is_bot else {one}

    def _compare_clocks(self, headers: Mapping[str, str]) -> None:
        try:
            self.clock_ahead = self.clock() - parsedate_to_datetime(headers.get("date", "")).timestamp()
        except ValueError:
            self.clock_ahead = None


def _failed(error: SlackError, remedy: str) -> Finding:
    if isinstance(error, Unavailable):
        return Finding(Level.FAILED, f"Slack does not answer ({error.code})", "look at the network and SLACK_API_URL")
    return Finding(Level.FAILED, str(error), remedy)
