"""The manifest of the Slack app: within Slack's limits, asking for no more than the bot needs."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from click.testing import CliRunner
from pydantic import ValidationError
from slack_sdk.web.async_client import AsyncWebClient

from bot.__main__ import cli
from bot.demo.web import acts
from bot.slack.listeners.card import CardButtons
from bot.slack.listeners.commands import Commands
from bot.slack.listeners.details import DetailsWindow
from bot.slack.listeners.disk_form import DiskFormListeners
from bot.slack.listeners.emergency import EmergencyForm
from bot.slack.listeners.home import Home
from bot.slack.listeners.machine_form import MachineFormListeners
from bot.slack.listeners.progress import ProgressButtons
from bot.slack.listeners.question import QuestionForm
from bot.slack.listeners.rejection import RejectionForm
from bot.slack.listeners.request_form import RequestForm
from bot.slack.listeners.routes import Routes
from bot.slack.protocol import ids
from bot.slack.protocol.scopes import APP_METHODS, METHODS, SCOPES
from tests.unit.manifest_schema import Manifest

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / "manifest.yml"
ADDRESS = "https://YOUR-HOST/slack/events"


@pytest.fixture
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return loaded


def test_the_demos_page_offers_the_same(manifest: dict[str, Any]) -> None:
    """What can be typed and chosen on the page of the demo is what the manifest registers."""
    assert tuple(one["command"] for one in manifest["features"]["slash_commands"]) == acts.COMMANDS
    assert tuple(one["callback_id"] for one in manifest["features"]["shortcuts"]) == acts.SHORTCUTS


def test_home(manifest: dict[str, Any]) -> None:
    """The bot has a home, and messages that people read but do not write."""
    assert manifest["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": True,
    }


def test_command(manifest: dict[str, Any]) -> None:
    """The one command is /createimage, says how it is used, and mentions in it arrive as ids."""
    (command,) = manifest["features"]["slash_commands"]
    assert command["command"] == "/createimage"
    assert command["usage_hint"] == "[instance] [image name] | list | status IR-7K3QF | freeze 4h | help"
    assert command["url"] == ADDRESS
    assert command["should_escape"] is True


def test_shortcut(manifest: dict[str, Any]) -> None:
    """The shortcut works everywhere, and its name starts with a verb."""
    (shortcut,) = manifest["features"]["shortcuts"]
    assert (shortcut["name"], shortcut["type"]) == ("Create an image", "global")


def test_scopes(manifest: dict[str, Any]) -> None:
    """The bot acts for nobody, and its scopes are easy to find."""
    scopes = manifest["oauth_config"]["scopes"]
    assert scopes.keys() == {"bot"}
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


def in_socket_mode(text: str) -> dict[str, Any]:
    """The manifest after the three steps that its own comment tells people to take."""
    lines = [line for line in text.splitlines() if ADDRESS not in line or line.startswith("#")]
    loaded: dict[str, Any] = yaml.safe_load(
        "\n".join(lines).replace("socket_mode_enabled: false", "socket_mode_enabled: true")
    )
    return loaded


def printed(*options: str) -> str:
    """What `python -m bot manifest` prints."""
    done = CliRunner().invoke(cli, ["manifest", *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_bot_prints_it() -> None:
    """As it stands; what is installed from a wheel has no repository to look into."""
    assert printed() == MANIFEST.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "host", ["bot.example.com", "https://bot.example.com/", "https://bot.example.com/slack/events"]
)
def test_the_bot_prints_it_for_a_host(manifest: dict[str, Any], host: str) -> None:
    """The same with the host in its four places, and without the words on how to put it there."""
    text = printed("--host", host)
    assert yaml.safe_load(text) == yaml.safe_load(yaml.safe_dump(manifest).replace("YOUR-HOST", "bot.example.com"))
    assert text.count("https://bot.example.com/slack/events") == 4
    assert "YOUR-HOST" not in text
    Manifest.model_validate(yaml.safe_load(text))


def test_the_bot_prints_it_for_socket_mode() -> None:
    """What the three steps in its own comment lead to."""
    text = printed("--socket")
    assert yaml.safe_load(text) == in_socket_mode(MANIFEST.read_text(encoding="utf-8"))
    assert "YOUR-HOST" not in text


@pytest.mark.parametrize(
    "options", [["--host", "a b"], ["--host", "x/y"], ["--host", ""], ["--host", "x.y", "--socket"]]
)
def test_what_cannot_be_a_host(options: list[str]) -> None:
    """Is told, and nothing is printed that Slack would turn away."""
    done = CliRunner().invoke(cli, ["manifest", *options])
    assert done.exit_code == 2
    assert "display_information" not in done.output


def test_slack_takes_it(manifest: dict[str, Any]) -> None:
    """It keeps the rules of Slack's schema as it stands, and as it is to be changed for Socket Mode."""
    Manifest.model_validate(manifest)
    changed = in_socket_mode(MANIFEST.read_text(encoding="utf-8"))
    Manifest.model_validate(changed)
    assert changed["settings"]["socket_mode_enabled"] is True
    assert "YOUR-HOST" not in str(changed)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("display_information.name", "x" * 36),
        ("display_information.long_description", "too short"),
        ("display_information.background_color", "blue"),
        ("display_information.colour", "#1f2d3d"),
        ("features.bot_user.display_name", ""),
        ("features.slash_commands.0.command", "createimage"),
        ("features.slash_commands.0.url", "YOUR-HOST/slack/events"),
        ("features.shortcuts.0.type", "everywhere"),
        ("features.shortcuts.0.name", "Make a private image of a machine"),
        ("settings.interactivity.is_enabled", "yes"),
        ("settings.socket_mode", True),
        ("oauth_config.scopes.bot.0", ""),
    ],
)
def test_the_rules_have_teeth(manifest: dict[str, Any], path: str, wrong: object) -> None:
    """What Slack would turn away, the rules here turn away."""
    *way, last = path.split(".")
    part: Any = manifest
    for step in way:
        part = part[int(step) if isinstance(part, list) else step]
    part[int(last) if isinstance(part, list) else last] = wrong
    with pytest.raises(ValidationError):
        Manifest.model_validate(manifest)


class Recorder:
    """Stands where the routes stand, and notes what is registered."""

    def __init__(self) -> None:
        self.noted: dict[str, list[str]] = {}

    def __getattr__(self, kind: str) -> Callable[[str], Callable[[Any], Any]]:
        def register(name: str) -> Callable[[Any], Any]:
            self.noted.setdefault(kind, []).append(name)
            return lambda _: None

        return register


@pytest.fixture
def registered() -> dict[str, list[str]]:
    """What the code listens to, by kind."""
    recorder, nothing = Recorder(), cast("Any", None)
    form: dict[str, Any] = dict.fromkeys(("people", "forms", "tasks"), nothing)
    for surface in (
        Commands(
            opening=nothing,
            naming=nothing,
            boards=nothing,
            freezes=nothing,
            rules=nothing,
            workspace_url="",
            clock=nothing,
            **form,
        ),
        RequestForm(drafting=nothing, opening=nothing, naming=nothing, search=nothing, **form),
        MachineFormListeners(disk_forms=nothing, **form),
        DiskFormListeners(drafting=nothing, disk_forms=nothing, snapshots=nothing, **form),
        CardButtons(
            deciding=nothing,
            opening=nothing,
            nudging=nothing,
            homes=nothing,
            pressed=nothing,
            ephemeral=nothing,
            **form,
        ),
        ProgressButtons(operating=nothing, tasks=nothing, pressed=nothing),
        DetailsWindow(details=nothing, people=nothing, show=nothing, tasks=nothing),
        RejectionForm(deciding=nothing, people=nothing, show=nothing, tasks=nothing, homes=nothing),
        QuestionForm(questioning=nothing, people=nothing, show=nothing, tasks=nothing),
        EmergencyForm(emergencies=nothing, people=nothing, show=nothing, tasks=nothing, homes=nothing),
        Home(homes=nothing, tasks=nothing),
    ):
        surface.register(cast("Routes", recorder))
    return recorder.noted


def test_it_registers_what_the_code_listens_to(manifest: dict[str, Any], registered: dict[str, list[str]]) -> None:
    """Commands, shortcuts and events are the same here and there; clicks and look-ups have somewhere to go."""
    features, settings = manifest["features"], manifest["settings"]
    assert sorted(registered["command"]) == sorted(one["command"] for one in features["slash_commands"])
    assert sorted(registered["shortcut"]) == sorted(one["callback_id"] for one in features["shortcuts"])
    assert sorted(registered["event"]) == sorted(settings["event_subscriptions"]["bot_events"])
    assert settings["interactivity"]["is_enabled"] is bool(registered["action"] and registered["view"])
    assert ("message_menu_options_url" in settings["interactivity"]) is bool(registered["options"])
    assert features["app_home"]["home_tab_enabled"] is ("app_home_opened" in registered["event"])


def test_no_listener_waits_in_vain(registered: dict[str, list[str]]) -> None:
    """What is listened to is on a screen of ours, and once. (What is pressed in vain, the scenarios' Slack refuses.)"""
    for kind, names in registered.items():
        assert len(names) == len(set(names)), kind
    shown: set[str] = set()
    for path in (ROOT / "bot/slack/screens").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ids":
                value = getattr(ids, node.attr, None)
                shown |= {value} if isinstance(value, str) else set()
    assert set(registered["action"]) | set(registered["options"]) <= shown | set(ids.REDRAWS_DISK_FORM)


def listeners() -> set[str]:
    """The classes that register listeners."""
    return {
        node.name
        for path in (ROOT / "bot/slack/listeners").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        and any(isinstance(part, ast.FunctionDef) and part.name == "register" for part in node.body)
    }


@pytest.mark.parametrize("built_in", ["bot/slack_wiring.py", "tests/unit/test_manifest.py"])
def test_every_listener_is_registered(built_in: str) -> None:
    """The bot builds all of them, and so do these tests."""
    built = {
        node.func.id
        for node in ast.walk(ast.parse((ROOT / built_in).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert listeners() - built == set()


def test_scopes_of_every_method_that_is_called(manifest: dict[str, Any]) -> None:
    """Each Web API method in the code is in the table, the table has no other, and its scopes are the manifest's."""
    by_name = {method.replace(".", "_"): method for method in (*METHODS, *APP_METHODS)}
    offered = {name for name in dir(AsyncWebClient) if "_" in name.strip("_") and name[0].islower()}
    called: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        if "demo" in path.relative_to(ROOT).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in offered - {"api_call", "base_url"}:
                called.add(node.attr)
    assert called == by_name.keys()
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES
