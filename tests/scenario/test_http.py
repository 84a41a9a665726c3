"""The door: what is not Slack's is turned away with 4xx, logged once without its body, and does nothing."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from io import BytesIO
from urllib.parse import urlencode

import aiohttp
import pytest

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


async def test_what_is_signed_is_served(running: World) -> None:
    """The signature of these tests is the one Slack makes."""
    assert await post(running, COMMAND, signed(COMMAND)) == 200


@pytest.mark.parametrize(
    "headers",
    [
        signed(COMMAND, secret=b"other"),
        signed(COMMAND, at=time.time() - 3600),
        signed(COMMAND, at=time.time() + 3600),
        signed(COMMAND) | {"X-Slack-Request-Timestamp": "yesterday"},
        signed(COMMAND) | {"X-Slack-Request-Timestamp": "9" * 400},
        signed(COMMAND) | {"X-Slack-Request-Timestamp": "٣"},
        signed(COMMAND) | {"X-Slack-Signature": "v0=ünsigned"},
        signed(COMMAND) | {"X-Slack-Signature": ""},
        {"Content-Type": FORM},
        {},
    ],
    ids=["secret", "stale", "future", "word", "huge", "digit", "umlaut", "empty", "missing", "bare"],
)
async def test_not_signed_by_slack(running: World, headers: Mapping[str, str], log: Log) -> None:
    """Bad signature, stale timestamp, malformed header: 401, one line in the log, and no word of the body in it."""
    body = COMMAND + "&extra=" + MARK
    assert await post(running, body, headers) == 401
    assert MARK not in log.stream.getvalue()
    assert running.amy.view is None


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


async def test_oversized(running: World) -> None:
    """A body larger than any of Slack's is not read to its end."""
    body = "x" * (2 * 1024 * 1024)
    assert await post(running, body, signed(body)) == 413


async def test_wrong_method(running: World) -> None:
    """Slack posts."""
    async with aiohttp.ClientSession() as session, session.get(f"{running.address}/slack/events") as wrong:
        assert wrong.status == 405
