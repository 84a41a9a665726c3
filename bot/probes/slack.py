"""Slack: the token, its scopes, the approval channel, and the people and groups in the settings."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.probes.probe import Finding, Level, Probe, ok
from bot.slack.people import MEET_AT_MOST, NO_SUCH_GROUP, NO_SUCH_PERSON
from bot.slack.protocol.answers import Identified, Members, PersonAnswer
from bot.slack.protocol.scopes import SCOPES
from bot.slack.protocol.web_api import NotAllowed, SlackError, Unavailable, answered, ask, call

T = TypeVar("T")

_UNKNOWN = NO_SUCH_PERSON | NO_SUCH_GROUP

_MANIFEST = "what `python -m bot manifest` prints"

_INVITE = "in that channel: /invite @createimage-bot"


@dataclass(frozen=True)
class _Found:
    finding: Finding
    people: int = 0  # who are there, when it is well


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
        allow_self_approval: whether somebody's own approval counts.
        clock: unix seconds.
    """

    client: AsyncWebClient
    app_token: str | None
    channel: str
    approvers: Sequence[str]
    requesters: Sequence[str]
    quorum: int
    allow_self_approval: bool
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
            return Finding(Level.WARNING, "Slack does not tell them", f"compare them with {_MANIFEST} by hand")
        granted = {scope.strip() for scope in told["x-oauth-scopes"].split(",")} - {""}
        missing, superfluous = sorted(SCOPES - granted), sorted(granted - SCOPES)
        if missing:
            more = f"; superfluous: {', '.join(superfluous)}" if superfluous else ""
            return Finding(
                Level.FAILED,
                f"missing: {', '.join(missing)}{more}",
                f"paste {_MANIFEST} into the app (App Manifest) and install it to the workspace again",
            )
        if superfluous:
            return Finding(
                Level.WARNING,
                f"superfluous: {', '.join(superfluous)}",
                f"take them out of the app: the bot needs no more than is in {_MANIFEST}",
            )
        return ok(f"the {len(SCOPES)} that the manifest asks for, and no more")

    async def approval_channel(self) -> Finding:
        """Reachable, with the bot in it: only members may read a history (Slack: conversations.history)."""
        try:
            await call(self.client.conversations_history(channel=self.channel, limit=1))
        except SlackError as error:
            if error.code == "not_in_channel":
                return Finding(
                    Level.FAILED,
                    f"the bot is not a member of {self.channel}",
                    _INVITE,
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
        """The people and groups exist, and are enough: also for what one of them asks for."""
        found = await self._people("APPROVERS", self.approvers, self.quorum)
        if found.finding.level is not Level.OK or self.allow_self_approval or found.people > self.quorum:
            return found.finding
        return Finding(
            Level.WARNING,
            f"{self.quorum} needed, and {found.people} who may: what one of them asks for can never be approved",
            "add people to APPROVERS, lower REQUIRED_APPROVALS, or set ALLOW_SELF_APPROVAL=true",
        )

    async def who_requests(self) -> Finding:
        """Likewise of those who may ask."""
        if not self.requesters:
            return ok("every full member may ask")
        return (await self._people("REQUESTERS", self.requesters, 1)).finding

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

    async def _people(self, setting: str, ids: Sequence[str], needed: int) -> _Found:
        try:
            looked = await asyncio.gather(*(self._behind(one) for one in ids))
        except SlackError as error:
            return _Found(_failed(error, "see `slack token` and `slack scopes`"))
        unknown = [one for one, people in zip(ids, looked, strict=True) if people is None]
        empty = [one for one, people in zip(ids, looked, strict=True) if people == set()]
        people = set[str]().union(*(found or () for found in looked))
        correct = f"correct {setting}"
        if unknown:
            return _Found(Finding(Level.FAILED, f"Slack does not know {', '.join(unknown)}", correct))
        if len(people) < needed:
            return _Found(Finding(Level.FAILED, f"{needed} are needed, and there are {len(people)}", correct))
        if empty:
            said = f"{', '.join(empty)}: deactivated, a bot, or a group with nobody in it"
            return _Found(Finding(Level.WARNING, said, correct))
        return _Found(ok(f"known to Slack: {len(people)} who may, {needed} needed"), len(people))

    async def _behind(self, one: str) -> set[str] | None:
        """The people behind an id who can act, each by one id of theirs; None when Slack does not know it.

        Raises:
            SlackError: it cannot be asked.
        """
        if not one.startswith("S"):
            return await _unless_unknown(self._person(one))
        group = await _unless_unknown(ask(self.client.usergroups_users_list(usergroup=one), Members))
        if group is None:
            return None
        if len(group.users) > MEET_AT_MOST:
            return set(group.users)
        return set[str]().union(*[await _unless_unknown(self._person(member)) or set() for member in group.users])

    async def _person(self, one: str) -> set[str]:
        """Somebody, when they can act. On Enterprise Grid one person may have two ids (Slack: enterprise_user)."""
        profile = (await ask(self.client.users_info(user=one), PersonAnswer)).user
        return set() if profile.deleted or profile.is_bot else {profile.enterprise_user.id or one}

    def _compare_clocks(self, headers: Mapping[str, str]) -> None:
        try:
            self.clock_ahead = self.clock() - parsedate_to_datetime(headers.get("date", "")).timestamp()
        except ValueError:
            self.clock_ahead = None


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


def _failed(error: SlackError, remedy: str) -> Finding:
    if isinstance(error, Unavailable):
        return Finding(Level.FAILED, f"Slack does not answer ({error.code})", "look at the network and SLACK_API_URL")
    return Finding(Level.FAILED, str(error), remedy)
