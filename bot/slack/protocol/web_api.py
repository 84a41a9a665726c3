"""Slack's Web API, one call at a time, with what can go wrong sorted by what to do about it.

::

    SlackError           Slack said no, and a repeat would not help
    ├── Unreachable      this conversation or person cannot be written to
    ├── Gone             the message or view is no longer there
    ├── Unshowable       Slack refuses the blocks, or so much text
    ├── NotAllowed       the token or its scopes: an operator must act
    └── Unavailable      later again: 5xx, no answer. `doubtful` when it may have been done
        ├── RateLimited  Slack wants no such call for a while, and has not done this one
        └── Incomplete   an answer without what it was asked for: nothing is known, and it may have been done
"""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

import aiohttp
from pydantic import ValidationError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import metrics
from bot.domain.errors import BotError
from bot.slack.protocol.answers import Answer
from bot.slack.protocol.markup import typed

Shape = TypeVar("Shape", bound=Answer)

_UNREACHABLE = {
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "user_not_found",
    "user_disabled",
    "users_not_found",
    "cannot_dm_bot",
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_locked",
    "messages_tab_disabled",
    "user_not_in_channel",
    "thread_not_found",
    "team_access_not_granted",
    "no_dual_broadcast_content_update",
}
MESSAGE_GONE = "message_not_found"
_GONE = {MESSAGE_GONE, "not_found", "view_not_found", "cant_update_message", "edit_window_closed"}
_UNSHOWABLE = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments", "msg_too_long"}
_NOT_ALLOWED = {
    "not_authed",
    "invalid_auth",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "no_permission",
    "missing_scope",
    "not_allowed_token_type",
    "ekm_access_denied",
    "org_login_required",
    "access_denied",
}
LONGEST_RETRY_AFTER = 300.0
"""Seconds. Slack names a minute at most; a longer pause would hide what is owed for as long."""

LONGEST_CODE = 64
"""Characters of an error code that are kept: with what had to be told and never was, it is stored."""

USUAL_RETRY_AFTER = 10.0
"""Seconds, where Slack names none: it counts posts by the second, and the rest by the minute."""

_LIMITED = {"ratelimited", "rate_limited"}
_LATER = {"fatal_error", "internal_error", "service_unavailable", "request_timeout"}
"""Of the first two Slack says that some of what was asked may have been done."""

_CODES = frozenset(
    {"ok", "no_answer", "no_connection", "http_500", "http_502", "http_503", "http_504"}
    | {"hash_conflict", "expired_trigger_id", "exchanged_trigger_id", "invalid_arguments", "no_such_subteam"}
    | _LIMITED
    | _UNREACHABLE
    | _GONE
    | _UNSHOWABLE
    | _NOT_ALLOWED
    | _LATER
)
"""Codes that metrics tell apart: Slack's list is open, and a label of a metric is nothing that an upstream chooses."""


class SlackError(BotError):
    """Slack said no. `code` is Slack's own error code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack answered {code}")
        self.code = code


class Unreachable(SlackError):
    """This conversation or person cannot be written to."""


class Gone(SlackError):
    """The message or view is no longer there."""


class Unshowable(SlackError):
    """Slack refuses the blocks, or so much text; the same facts may go in fewer."""


class NotAllowed(SlackError):
    """The token or its scopes do not allow it: an operator must act."""


class Unavailable(SlackError):
    """Later again; `doubtful` when it may have been done all the same."""

    retry_after: float | None = None  # seconds, where Slack wants us to wait

    def __init__(self, code: str, *, doubtful: bool = False) -> None:
        super().__init__(code)
        self.doubtful = doubtful


class RateLimited(Unavailable):
    """Slack wants no such call for so many seconds, and has not done this one."""

    retry_after: float

    def __init__(self, retry_after: float, *, method: str = "") -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after
        self.method = method  # where whoever asked has said so


class Incomplete(Unavailable):
    """An answer of another shape, or without what it was asked for: nothing is known, and it may have been done."""

    def __init__(self, what: str) -> None:
        super().__init__("incomplete_answer", doubtful=True)
        self.what = what  # the first field that is missing or wrong


class CountingClient(AsyncWebClient):
    """Slack's client, with its calls counted by method and by what came of them."""

    async def api_call(self, api_method: str, **asked: Any) -> AsyncSlackResponse:
        """One call of any method; the SDK's methods all end here."""
        code = "no_answer"
        try:
            answer = await super().api_call(api_method, **asked)
            code = "ok"
        except SlackApiError as error:
            code = _sorted(error).code
            raise
        except aiohttp.ClientConnectorError:
            code = "no_connection"
            raise
        finally:
            metrics.SLACK_CALLS.labels(api_method, metrics.one_of(_CODES, code)).inc()
        return answer


async def call(answer: Awaitable[Any]) -> None:
    """Awaits one call of an `AsyncWebClient` that is made for what it does.

    Raises:
        SlackError: one of the tree above; no exception of aiohttp or slack_sdk gets through.
    """
    await answered(answer)


async def ask(answer: Awaitable[Any], shape: type[Shape]) -> Shape:
    """Awaits one call of an `AsyncWebClient` and returns what Slack answered.

    Raises:
        Incomplete: what `shape` needs is not in it.
        SlackError: as above.
    """
    response = await answered(answer)
    try:
        return shape.model_validate(response.data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise Incomplete(".".join(map(str, first["loc"])) or first["type"]) from None


async def answered(answer: Awaitable[Any]) -> AsyncSlackResponse:
    """Likewise with the headers of the answer, in which Slack says what the token may do.

    Raises:
        SlackError: as above.
    """
    try:
        response: AsyncSlackResponse = await answer
    except SlackApiError as error:
        raise _sorted(error) from error
    except aiohttp.ClientConnectorError as error:  # never connected, so never sent
        raise Unavailable("no_connection") from error
    except AttributeError as error:  # the SDK reads every answer as an object: text and lists are none
        raise Incomplete("") from error
    except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
        raise Unavailable("no_answer", doubtful=True) from error
    return response


def _sorted(error: SlackApiError) -> SlackError:
    response = error.response
    status = getattr(response, "status_code", None) or getattr(response, "status", None) or 0
    data = getattr(response, "data", None)
    code = typed(str(data.get("error", "")))[:LONGEST_CODE] if isinstance(data, Mapping) else ""
    if status == 429 or code in _LIMITED:
        return RateLimited(_retry_after(response.headers))
    if status >= 500 or not code or code in _LATER:
        return Unavailable(code or f"http_{status}", doubtful=True)
    for codes, kind in (
        (_UNREACHABLE, Unreachable),
        (_GONE, Gone),
        (_UNSHOWABLE, Unshowable),
        (_NOT_ALLOWED, NotAllowed),
    ):
        if code in codes:
            return kind(code)
    return SlackError(code)


def _retry_after(headers: Mapping[str, str]) -> float:
    """Slack names whole seconds; anything else is not Slack's."""
    told = headers.get("Retry-After", "")
    if not (told.isascii() and told.isdigit()):
        return USUAL_RETRY_AFTER
    return min(float(told[:9]), LONGEST_RETRY_AFTER)
