"""The manifest of the Slack app: within Slack's limits, asking for no more than the bot needs."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.demo.web import acts

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
ADDRESS = "https://YOUR-HOST/slack/events"


@pytest.fixture
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return loaded


def test_only_known_sections(manifest: dict[str, Any]) -> None:
    """Slack turns a manifest with an unknown key away (Slack: manifest schema)."""
    assert set(manifest) == {"display_information", "features", "oauth_config", "settings"}
    assert set(manifest["features"]) == {"app_home", "bot_user", "slash_commands", "shortcuts"}
    assert set(manifest["oauth_config"]) == {"scopes"}
    assert set(manifest["settings"]) == {
        "interactivity",
        "event_subscriptions",
        "org_deploy_enabled",
        "socket_mode_enabled",
        "token_rotation_enabled",
    }


def test_display_information(manifest: dict[str, Any]) -> None:
    """Names and descriptions have the lengths that Slack takes: 35, 140, and 175 to 4000 characters."""
    display = manifest["display_information"]
    assert set(display) == {"name", "description", "background_color", "long_description"}
    assert display["name"] == "createimage-bot"
    assert 1 <= len(display["name"]) <= 35
    assert 1 <= len(display["description"]) <= 140
    assert 175 <= len(display["long_description"]) <= 4000
    assert re.fullmatch(r"#[0-9a-f]{6}", display["background_color"])


def test_the_demos_page_offers_the_same(manifest: dict[str, Any]) -> None:
    """What can be typed and chosen on the page of the demo is what the manifest registers."""
    assert tuple(one["command"] for one in manifest["features"]["slash_commands"]) == acts.COMMANDS
    assert tuple(one["callback_id"] for one in manifest["features"]["shortcuts"]) == acts.SHORTCUTS


def test_bot_user_and_home(manifest: dict[str, Any]) -> None:
    """The bot has a name of at most 80 characters, a home, and messages that people read but do not write."""
    assert 1 <= len(manifest["features"]["bot_user"]["display_name"]) <= 80
    assert manifest["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": True,
    }


def test_command(manifest: dict[str, Any]) -> None:
    """The one command is /createimage, and mentions in it arrive as ids."""
    (command,) = manifest["features"]["slash_commands"]
    assert set(command) == {"command", "description", "usage_hint", "url", "should_escape"}
    assert command["command"] == "/createimage"
    assert 2 <= len(command["command"]) <= 32
    assert 1 <= len(command["description"]) <= 2000
    assert command["usage_hint"] == "[instance id] [image name] | help"
    assert 1 <= len(command["usage_hint"]) <= 1000
    assert command["url"] == ADDRESS
    assert command["should_escape"] is True


def test_shortcut(manifest: dict[str, Any]) -> None:
    """The shortcut works everywhere and its name starts with a verb, in at most 24 characters."""
    (shortcut,) = manifest["features"]["shortcuts"]
    assert set(shortcut) == {"name", "type", "callback_id", "description"}
    assert shortcut["name"] == "Create an image"
    assert 1 <= len(shortcut["name"]) <= 24
    assert shortcut["type"] == "global"
    assert shortcut["callback_id"] == "create_image"
    assert 1 <= len(shortcut["description"]) <= 150


def test_scopes(manifest: dict[str, Any]) -> None:
    """The bot may do what it needs and nothing else, and acts for nobody."""
    scopes = manifest["oauth_config"]["scopes"]
    assert scopes == {
        "bot": [
            "channels:history",
            "chat:write",
            "commands",
            "groups:history",
            "im:history",
            "im:write",
            "usergroups:read",
            "users:read",
        ]
    }
    assert scopes["bot"] == sorted(scopes["bot"])


def test_settings(manifest: dict[str, Any]) -> None:
    """Everything that Slack posts goes to one address, and the only event is the opening of the home."""
    assert manifest["settings"] == {
        "interactivity": {"is_enabled": True, "request_url": ADDRESS, "message_menu_options_url": ADDRESS},
        "event_subscriptions": {"request_url": ADDRESS, "bot_events": ["app_home_opened"]},
        "org_deploy_enabled": False,
        "socket_mode_enabled": False,
        "token_rotation_enabled": False,
    }


def test_the_host_is_to_be_filled_in_as_often_as_it_says() -> None:
    """The address stands in four places, which is what the comment tells people to replace."""
    lines = MANIFEST.read_text(encoding="utf-8").splitlines()
    assert sum(ADDRESS in line for line in lines if not line.startswith("#")) == 4
    assert any("YOUR-HOST, four times" in line for line in lines)
