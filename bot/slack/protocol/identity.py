"""Who the bot is in Slack: learned once at the start, so that no ack has to ask."""

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.protocol.answers import Identified
from bot.slack.protocol.web_api import ask


@dataclass(frozen=True)
class Identity:
    """The bot as Slack knows it (Slack: auth.test)."""

    team_id: str
    bot_id: str
    bot_user_id: str
    url: str = ""  # of the workspace: "https://acme.slack.com/"
    enterprise_id: str = ""  # of the organisation that the workspace is part of (Enterprise Grid)
    is_org_wide: bool = False  # whether the app is installed to that as a whole
    app_id: str = ""  # empty: not told

    def may_have_posted(self, *, bot_id: str, app_id: str, user: str) -> bool:
        """Whether a message can be the bot's, by what Slack tells of who posted it; each is empty where it does not.

        Nobody else shares any of them, and an app that was installed anew has another `bot_id` than before. Of whom
        nothing is told that is known here, it may be: what it says of itself decides.
        """
        told = ((bot_id, self.bot_id), (app_id, self.app_id), (user, self.bot_user_id))
        same = [of == own for of, own in told if of and own]
        return any(same) or not same


async def identify(client: AsyncWebClient) -> Identity:
    """Asks Slack who the token belongs to.

    Raises:
        SlackError: the token is not good, or Slack does not answer, or not whole.
    """
    found = await ask(client.auth_test(), Identified)
    return Identity(
        team_id=found.team_id,
        bot_id=found.bot_id or "",
        bot_user_id=found.user_id,
        url=found.url,
        enterprise_id=found.enterprise_id or "",
        is_org_wide=found.is_enterprise_install,
        app_id=found.app_id,
    )
