"""The door over HTTP: what fits through it, and how many connections leave room for the bot's own calls."""

import resource

import pytest

from bot.connections import Limits
from bot.slack.protocol.signature import WINDOW, Signature


@pytest.mark.parametrize(
    ("descriptors", "connections"), [(1024, 256), (resource.RLIM_INFINITY, 256), (256, 64), (8, 8)]
)
def test_connections_leave_descriptors(monkeypatch: pytest.MonkeyPatch, descriptors: int, connections: int) -> None:
    """A quarter of them at most, and never more than are of use."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (descriptors, descriptors))
    assert Limits.of_this_process().connections == connections


def test_signature() -> None:
    """Slack's own example (Slack: verifying requests), as far off as a timestamp may be, and not a second more."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
        b"channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url="
        b"https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&"
        b"trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "X-Slack-Request-Timestamp": "1531420618",
        "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    signature = Signature.claimed(headers, now=1531420618 + WINDOW)
    assert signature
    assert signature.proves(body, "8f742231b10e8888abcd99yyyzzz85a5")
    assert not signature.proves(body + b"&", "8f742231b10e8888abcd99yyyzzz85a5")
    assert not signature.proves(body, "another")
    assert Signature.claimed(headers, now=1531420618 + WINDOW + 1) is None
    assert Signature.claimed(headers, now=1531420618 - WINDOW - 1) is None
