"""Requests to the app: signed and encoded as by Slack, and answered within 3 seconds or not at all.

Only this module knows that they travel by HTTP. Another transport has the same `deliver`.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import aiohttp
from yarl import URL

from bot.demo.slack.refusals import Json

COMMAND = "slash_commands"
INTERACTION = "interactive"
EVENT = "events_api"


@dataclass(frozen=True)
class Answer:
    """What the app answered to a person's action; `error` when that is not what Slack needs."""

    status: int = 0  # HTTP; 0 without an answer
    text: str = ""  # the words in it
    response_type: str = ""  # of a command's answer: `ephemeral` or `in_channel`; empty without one
    body: Json = field(default_factory=dict)  # what was answered as JSON
    error: str = ""  # `operation_timeout`, `dispatch_failed`, `invalid_response`

    def spoilt(self) -> "Answer":
        """The same, when what it says cannot be shown."""
        return replace(self, error="invalid_response")


class Transport(Protocol):
    """Brings requests to the app."""

    async def deliver(self, kind: str, payload: Json) -> Answer:
        """Sends a payload of a kind (`slash_commands`, `interactive`, `events_api`) and waits for the answer."""
        ...


class SignedHttp:
    """Posts to the app's request URL.

    Args:
        signing_secret: what requests are signed with.
        clock: unix seconds for the signature; real ones, for the app compares them with its own clock.
        patience: seconds of real time that the app may take (Slack: 3).
        request_url: where to; may be set later.
    """

    def __init__(
        self, signing_secret: str, clock: Callable[[], float], patience: float, request_url: str | None
    ) -> None:
        self._signing_secret = signing_secret
        self._clock = clock
        self._patience = patience
        self.request_url = request_url

    async def deliver(self, kind: str, payload: Json) -> Answer:
        """Signs, posts, waits."""
        if not self.request_url:
            raise ValueError("the app has no request URL yet: set slack.request_url")
        body, content_type = encoded(kind, payload)
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            **signed(body, signing_secret=self._signing_secret, at=int(self._clock())),
        }
        timeout = aiohttp.ClientTimeout(total=self._patience)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(self.request_url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                return read_answer(response.status, await response.text())
        except TimeoutError:
            return Answer(error="operation_timeout")
        except aiohttp.ClientError:
            return Answer(error="dispatch_failed")


def encoded(kind: str, payload: Json) -> tuple[bytes, str]:
    """The body and its content type: a form for commands, JSON in a form for interactions, JSON for events."""
    if kind == EVENT:
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == COMMAND else {"payload": json.dumps(payload)}
    return URL.build(query=form).raw_query_string.encode(), "application/x-www-form-urlencoded"


def signed(body: bytes, *, signing_secret: str, at: int) -> dict[str, str]:
    """The headers by which the app knows that it is Slack (Slack: verifying requests, version v0)."""
    digest = hmac.new(signing_secret.encode(), b"v0:%d:%b" % (at, body), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}


def read_answer(status: int, text: str) -> Answer:
    """What the app answered, as Slack takes it."""
    if status != 200:
        return Answer(status=status, error="dispatch_failed")
    try:
        body = json.loads(text) if text else {}
    except ValueError:
        body = {"text": text}  # a command may be answered in plain text
    if not isinstance(body, dict):
        body = {"text": text}
    return Answer(status=status, text=str(body.get("text", "")), body=body)
