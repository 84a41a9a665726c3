"""The door: what is not Slack's is turned away with 4xx, logged once without its body, and does nothing."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from urllib.parse import urlencode

import aiohttp
import pytest

from bot import metrics
from tests.scenario.conftest import AMY, Log, World

SECRET = b"scenario-signing"
COMMAND = urlencode(
    {"command": "/createimage", "text": "help", "user_id": AMY, "trigger_id": "1.2.3", "team_id": "T0DEMO"}
)
TEAM = {"id": "T0DEMO"}
FORM = "application/x-www-form-urlencoded"
MARK = "do-not-log-this-body"


@pytest.fixture
def mode() -> str:
    """In Socket Mode there is no such door."""
    return "http"


def signed(body: str, *, at: float | None = None, secret: bytes = SECRET) -> dict[str, str]:
    """Slack's headers for a body (Slack: verifying requests, v0)."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret, f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}", "Content-Type": FORM}


async def post(world: World, body: str, headers: Mapping[str, str]) -> int:
    """What the bot answers."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{world.address}/slack/events", data=BytesIO(body.encode()), headers=headers) as answer,
    ):
        return answer.status


def rejected(reason: str) -> float:
    """How many requests this process has turned away for it."""
    return metrics.REGISTRY.get_sample_value("createimage_rejected_total", {"reason": reason}) or 0


async def test_what_is_signed_is_served(running: World) -> None:
    """The signature of these tests is the one Slack makes."""
    assert await post(running, COMMAND, signed(COMMAND)) == 200


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (signed(COMMAND, secret=b"other"), "wrong_signature"),
        (signed(COMMAND, at=time.time() - 3600), "too_old"),
        (signed(COMMAND, at=time.time() + 3600), "too_old"),
        (signed(COMMAND) | {"X-Slack-Request-Timestamp": "yesterday"}, "unsigned"),
        (signed(COMMAND) | {"X-Slack-Request-Timestamp": "9" * 400}, "unsigned"),
        (signed(COMMAND) | {"X-Slack-Request-Timestamp": "٣"}, "unsigned"),
        (signed(COMMAND) | {"X-Slack-Signature": "v0=ünsigned"}, "unsigned"),
        (signed(COMMAND) | {"X-Slack-Signature": ""}, "unsigned"),
        ({"Content-Type": FORM}, "unsigned"),
        ({}, "unsigned"),
    ],
    ids=["secret", "stale", "future", "word", "huge", "digit", "umlaut", "empty", "missing", "bare"],
)
async def test_not_signed_by_slack(running: World, headers: Mapping[str, str], reason: str, log: Log) -> None:
    """Bad signature, stale timestamp, malformed header: 401, and one line in the log and a count that say which, with
    no word of the body. What may be our own secret that is wrong is a warning: then all of Slack is turned away.
    """
    body = COMMAND + "&extra=" + MARK
    before = rejected(reason)
    assert await post(running, body, headers) == 401
    assert rejected(reason) == before + 1
    (line,) = log.of("slack.rejected")
    assert (line["reason"], line["level"]) == (reason, "warning" if reason == "wrong_signature" else "info")
    assert MARK not in log.stream.getvalue()
    assert running.amy.view is None


@pytest.mark.parametrize("off", [-3600, -302, 302, 3600])
async def test_a_clock_that_is_wrong_shows_in_the_log(running: World, off: int, log: Log) -> None:
    """By how much, in seconds: below zero where what came is from our future."""
    await post(running, COMMAND, signed(COMMAND, at=time.time() - off))
    (line,) = log.of("slack.rejected")
    assert abs(line["age"] - off) <= 1


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("payload=%7Bnot+json", FORM),
        ("payload=%5B1%5D", FORM),
        ("[1, 2]", "application/json"),
        ("{", "application/json"),
        ("[" * 100_000, "application/json"),
        (COMMAND, f"{FORM}; charset=nonsense"),
        (urlencode({"payload": json.dumps({"type": "block_actions"})}), FORM),
        (
            urlencode({"payload": json.dumps({"type": "unheard_of", "team": {"id": "T0DEMO"}, "user": {"id": AMY}})}),
            FORM,
        ),
        (
            urlencode(
                {
                    "payload": json.dumps(
                        {
                            "type": "view_submission",
                            "team": TEAM,
                            "user": {"id": AMY},
                            "view": {"callback_id": "x"},
                        }
                    )
                }
            ),
            FORM,
        ),
        (
            urlencode(
                {
                    "payload": json.dumps(
                        {
                            "type": "block_actions",
                            "user": {"id": AMY},
                            "team": TEAM,
                            "actions": [
                                {"type": "button", "action_id": "approve", "block_id": "b", "value": "nonsense"}
                            ],
                        }
                    )
                }
            ),
            FORM,
        ),
        (urlencode({"command": "/other", "text": "", "user_id": AMY, "team_id": "T0DEMO", "trigger_id": "1"}), FORM),
        ("", FORM),
    ],
)
async def test_signed_but_not_ours(running: World, body: str, content_type: str) -> None:
    """A payload that no screen of ours sends is refused, whoever signed it; never with 500."""
    status = await post(running, body, signed(body) | {"Content-Type": content_type})
    assert 400 <= status < 500


UNHEARD: dict[str, tuple[str, str, int]] = {
    "command": (
        urlencode({"command": "/other", "user_id": AMY, "team_id": "T0DEMO", "trigger_id": "1"}),
        "/other",
        404,
    ),
    "button": (
        urlencode(
            {
                "payload": json.dumps(
                    {
                        "type": "block_actions",
                        "user": {"id": AMY},
                        "team": TEAM,
                        "actions": [{"type": "button", "action_id": "of_old", "block_id": "b"}],
                    }
                )
            }
        ),
        "of_old",
        404,
    ),
    "event": (
        json.dumps({"type": "event_callback", "team_id": "T0DEMO", "event": {"type": "pin_added", "user": AMY}}),
        "pin_added",
        200,
    ),
}
"""What an app with another manifest, or an old screen, may send: its body, what names it, and the answer."""


@pytest.mark.parametrize("kind", UNHEARD)
async def test_what_no_listener_is_for(running: World, kind: str, log: Log) -> None:
    """One line under a name of ours, which says what it was, without Bolt's advice. An event is taken all the same:
    Slack would send it three times more.
    """
    body, name, status = UNHEARD[kind]
    form = "application/json" if kind == "event" else FORM
    assert await post(running, body, signed(body) | {"Content-Type": form}) == status
    (line,) = log.of("slack.unheard")
    assert (line["id"], line["level"]) == (name, "warning")
    bolts = [line for line in log.lines if line["logger"].startswith("slack_bolt") and line["level"] != "debug"]
    assert bolts == []


async def test_oversized(running: World) -> None:
    """A body larger than any of Slack's is not read to its end."""
    body = "x" * (2 * 1024 * 1024)
    before = rejected("too_large")
    assert await post(running, body, signed(body)) == 413
    assert rejected("too_large") == before + 1


async def test_oversized_without_a_word_of_its_size(running: World, log: Log) -> None:
    """What comes in pieces is read as far as Slack's would reach, and turned away as all else is."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(32):
            yield b"x" * 65536

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{running.address}/slack/events", data=pieces(), headers=signed("x")) as answer,
    ):
        assert answer.status == 413
    assert [line["reason"] for line in log.of("slack.rejected")] == ["too_large"]


async def test_wrong_method(running: World) -> None:
    """Slack posts."""
    async with aiohttp.ClientSession() as session, session.get(f"{running.address}/slack/events") as wrong:
        assert wrong.status == 405
