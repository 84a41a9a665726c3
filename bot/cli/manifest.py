"""`manifest`: the manifest of the Slack app, as it is to be pasted at api.slack.com."""

import re
from importlib.resources import files
from pathlib import Path

import click

_NAME = "manifest.yml"
_HOST = "YOUR-HOST"
_ADDRESS = re.compile(r"^ +(?:- )?\w+: https://YOUR-HOST/slack/events\n", re.MULTILINE)
_COMMENT = re.compile(r"(?:^#.*\n)+\n", re.MULTILINE)
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?")


def text() -> str:
    """The manifest as the repository has it: beside the package there, and in the package where it is installed."""
    packaged = files("bot") / _NAME
    return (packaged if packaged.is_file() else Path(__file__).parents[2] / _NAME).read_text(encoding="utf-8")


def for_host(manifest: str, host: str) -> str:
    """For requests over HTTPS, with the host in its place."""
    return _COMMENT.sub("", manifest, count=1).replace(_HOST, host)


def for_socket_mode(manifest: str) -> str:
    """For Socket Mode, which needs no address."""
    without = _ADDRESS.sub("", _COMMENT.sub("", manifest, count=1))
    return without.replace("socket_mode_enabled: false", "socket_mode_enabled: true")


def host(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """The name of a host, of whatever address was given.

    Raises:
        click.BadParameter: there is none in it.
    """
    if value is None:
        return None
    name = value.removeprefix("https://").removesuffix("/slack/events").rstrip("/")
    if not _HOST_NAME.fullmatch(name):
        raise click.BadParameter(f"{value!r} is no host; expected a name such as bot.example.com")
    return name
