"""Slack: the token, its scopes, and how it would reach the bot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from slack_sdk.web.async_client import AsyncWebClient

from bot.http_date import seconds_of
from bot.probes.probe import Finding, Level, Probe, ok
from bot.slack.protocol.answers import Identified
from bot.slack.protocol.scopes import SCOPES
from bot.slack.protocol.web_api import SlackError, Unavailable, answered, ask, call

_MANIFEST = "what `python -m bot manifest` prints"


@dataclass(kw_only=True)
class SlackProbes:
    """Questions to Slack.

    Args:
        client: of the bot token.
        app_token: the app-level token, for Socket Mode.
        clock: unix seconds.
    """

    client: AsyncWebClient
    app_token: str | None
    clock: Callable[[], float]
    clock_ahead: float | None = field(default=None, init=False)
    """Seconds that our clock is ahead of Slack's, as of the last answer."""

    def probes(self) -> Sequence[Probe]:
        """What a running bot asks now and then."""
        return (
            Probe("slack token", self.token),
            Probe("slack scopes", self.scopes),
        )

    def transport(self) -> Probe:
        """How Slack would reach a bot that does not run yet."""
        return Probe("socket mode", self.socket_mode) if self.app_token else Probe("signing secret", self.signature)

    async def token(self) -> Finding:
        """Valid, and of a bot (Slack: auth.test; a user's token has no bot_id)."""
        try:
            found = await ask(self.client.auth_test(), Identified)
        except SlackError as error:
            return failed(error, "set SLACK_BOT_TOKEN to the Bot User OAuth Token of the installed app")
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
            return failed(error, "see `slack token`")
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

    async def socket_mode(self) -> Finding:
        """Slack gives an address to connect to (Slack: apps.connections.open)."""
        try:
            await call(self.client.apps_connections_open(app_token=self.app_token or ""))
        except SlackError as error:
            return failed(
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

    def _compare_clocks(self, headers: Mapping[str, str]) -> None:
        made = seconds_of(headers.get("date", ""))
        self.clock_ahead = None if made is None else self.clock() - made


def failed(error: SlackError, remedy: str) -> Finding:
    """What a refusal of Slack's means, or its silence."""
    if isinstance(error, Unavailable):
        return Finding(Level.FAILED, f"Slack does not answer ({error.code})", "look at the network and SLACK_API_URL")
    return Finding(Level.FAILED, str(error), remedy)
