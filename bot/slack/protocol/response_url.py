"""The address that comes with a command or a click, at which an answer is taken without the Web API's limits.

It is kept with what the listener does and starts, so that whatever has to be said in the end can be said there.
Who knows the address may answer at it: it is never logged.
"""

import logging
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

log = structlog.get_logger(__name__)

USES = 5
"""Slack: handling user interaction, `response_url`: at most five times within thirty minutes. When they are over,
Slack itself says so.
"""

_SILENT = logging.getLogger(f"{__name__}.unlogged")  # the SDK logs each address at `debug`
_SILENT.disabled = True


@dataclass
class _ResponseUrl:
    address: str
    left: int = USES


_current: ContextVar[_ResponseUrl | None] = ContextVar("response_url", default=None)


def remember(body: Mapping[str, Any]) -> None:
    """Keeps the address of what is being handled now, if it has one."""
    address = body.get("response_url")
    is_one = isinstance(address, str) and address.startswith(("https://", "http://"))
    _current.set(_ResponseUrl(str(address)) if is_one else None)


async def respond(client: AsyncWebClient, text: str, blocks: Sequence[Block] | None) -> bool:
    """Answers so that only the person who acted sees it; whether Slack has taken it."""
    to = _current.get()
    if to is None or to.left <= 0:
        return False
    to.left -= 1
    webhook = AsyncWebhookClient(
        to.address, timeout=client.timeout, ssl=client.ssl, proxy=client.proxy, session=client.session, logger=_SILENT
    )
    try:
        answer = await webhook.send(text=text, blocks=blocks, response_type="ephemeral", replace_original=False)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("response_url.refused", error=type(error).__name__)
        return False
    if answer.status_code != 200:
        log.warning("response_url.refused", http=answer.status_code)
    return answer.status_code == 200
