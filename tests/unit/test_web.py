"""The door over HTTP: what fits through it, and how many connections leave room for the bot's own calls."""

import json
import resource
import tracemalloc
from urllib.parse import parse_qsl, quote_plus, urlencode

import pytest

from bot.connections import Limits
from bot.slack.protocol.signature import WINDOW, Signature
from bot.web import unwrapped


@pytest.mark.parametrize(
    ("descriptors", "connections"), [(1024, 256), (resource.RLIM_INFINITY, 256), (256, 64), (8, 8)]
)
def test_connections_leave_descriptors(monkeypatch: pytest.MonkeyPatch, descriptors: int, connections: int) -> None:
    """A quarter of them at most, and never more than are of use."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (descriptors, descriptors))
    assert Limits.of_this_process().connections == connections


def test_signature() -> None:
    """Slack's own example (Slack: verifying requests), and how old it is."""
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
    signature = Signature.claimed(headers)
    assert signature
    assert signature.age(1531420618 + WINDOW) == WINDOW
    assert signature.age(1531420618 - WINDOW) == -WINDOW
    assert signature.proves(body, "8f742231b10e8888abcd99yyyzzz85a5")
    assert not signature.proves(body + b"&", "8f742231b10e8888abcd99yyyzzz85a5")
    assert not signature.proves(body, "another")


@pytest.mark.parametrize(
    "body",
    [
        urlencode(
            {"payload": json.dumps({"text": 'a+b & c=d; 100 % #1 \\ " \x00 \n\t é 补 😀 \ufffd'}, ensure_ascii=False)}
        ),
        "payload=%7B%22a%22%3A%22x+y%2By%22%7D&token=x",
        "payload=%7b%7d&payload=%7B%22b%22%3A2%7D",
        "payload=%7B%22a%22%3A%22%zz%4%%22%7D",
        "payload=%7B%22a%22%3A%22%ff%E8%A1%ED%A0%80%22%7D",
        "payload=%7B%22a%22%3A%22%25%32%35%22%7D&empty=&&=",
    ],
)
def test_what_slack_posts_is_unwrapped_as_urllib_does_it(body: str) -> None:
    """Whatever a form may hold: repeated, empty, escaped twice, or escaped wrongly."""
    assert unwrapped(body) == dict(parse_qsl(body, keep_blank_values=True))["payload"]


@pytest.mark.parametrize("body", ["payload=", "payload=%5B%5D", "payload=null", "payload=%7B%7D&payload="])
def test_what_is_no_object_is_no_payload(body: str) -> None:
    """It is answered as what it is, and not as a fault of the bot."""
    with pytest.raises(ValueError, match="no object"):
        unwrapped(body)


def test_nothing_is_kept_of_what_slack_posts() -> None:
    """It holds what people typed, and is up to half a megabyte."""
    unwrapped("payload=%7B%7D")
    tracemalloc.start()
    try:
        for number in range(40):
            unwrapped("payload=" + quote_plus(json.dumps({"number": number, "typed": "x" * 100_000})))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 1_000_000
