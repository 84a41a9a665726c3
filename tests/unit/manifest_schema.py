"""What Slack takes for an app manifest: the rules of its published JSON Schema (slackapi/manifest-schema, v1 and v2),
as far as an app like this one can use them. Whatever is not named here counts as wrong.

The schema lets misspelt scopes and events pass, and URLs that are missing: those are held by tests of their own.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


def _text(least: int, most: int, pattern: str | None = None) -> object:
    return Field(min_length=least, max_length=most, pattern=pattern)


class DisplayInformation(_Section):
    """How the app presents itself."""

    name: Annotated[str, _text(1, 35)]
    description: Annotated[str, _text(1, 140)] | None = None
    background_color: Annotated[str, _text(4, 7, r"^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$")] | None = None
    long_description: Annotated[str, _text(175, 4000)] | None = None


class AppHome(_Section):
    """The tabs of the app."""

    home_tab_enabled: bool = False
    messages_tab_enabled: bool = False
    messages_tab_read_only_enabled: bool = False


class BotUser(_Section):
    """The member that the bot is."""

    display_name: Annotated[str, _text(1, 80)]
    always_online: bool = False


class SlashCommand(_Section):
    """A command."""

    command: Annotated[str, _text(2, 32, r"^/")]
    description: Annotated[str, _text(1, 2000)]
    url: Annotated[str, _text(1, 3000, r"^https?://")] | None = None
    usage_hint: Annotated[str, _text(1, 1000)] | None = None
    should_escape: bool = False


class Shortcut(_Section):
    """A shortcut."""

    name: Annotated[str, _text(1, 24)]
    type: Literal["message", "global"]
    callback_id: Annotated[str, _text(1, 255)]
    description: Annotated[str, _text(1, 150)]


class Features(_Section):
    """What people meet."""

    app_home: AppHome | None = None
    bot_user: BotUser | None = None
    slash_commands: Annotated[list[SlashCommand], Field(min_length=1, max_length=50)] | None = None
    shortcuts: Annotated[list[Shortcut], Field(min_length=1, max_length=10)] | None = None


Name = Annotated[str, _text(1, 50)]


class Scopes(_Section):
    """What the token may do."""

    bot: Annotated[list[Name], Field(max_length=255)] = []
    user: Annotated[list[Name], Field(max_length=255)] = []


class OAuthConfig(_Section):
    """How the app is installed."""

    scopes: Scopes | None = None


Address = Annotated[str, _text(1, 3500, r"^https?://")]


class Interactivity(_Section):
    """Where clicks and forms go."""

    is_enabled: bool
    request_url: Address | None = None
    message_menu_options_url: Address | None = None


class EventSubscriptions(_Section):
    """Where events go."""

    request_url: Address | None = None
    bot_events: Annotated[list[Name], Field(max_length=100)] = []


class Settings(_Section):
    """How Slack reaches the app."""

    interactivity: Interactivity | None = None
    event_subscriptions: EventSubscriptions | None = None
    org_deploy_enabled: bool = False
    socket_mode_enabled: bool = False
    token_rotation_enabled: bool = False


class Manifest(_Section):
    """The whole file."""

    display_information: DisplayInformation
    features: Features | None = None
    oauth_config: OAuthConfig | None = None
    settings: Settings | None = None
