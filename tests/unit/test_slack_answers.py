"""What is read from Slack's answers, and what is made of an answer that does not hold what was asked for."""

from collections.abc import Mapping
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.protocol.answers import Answer, History, Members, OpenedConversation, PersonAnswer, PostedMessage
from bot.slack.protocol.web_api import (
    LONGEST_CODE,
    LONGEST_RETRY_AFTER,
    USUAL_RETRY_AFTER,
    Incomplete,
    RateLimited,
    SlackError,
    Unavailable,
    ask,
)


async def answered(data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> AsyncSlackResponse:
    """An answer as the SDK hands it on, or its error."""
    response = AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url="https://slack.example/api/chat.postMessage",
        req_args={},
        data=data,
        headers=dict(headers or {}),
        status_code=status,
    )
    response.validate()  # type: ignore[no-untyped-call] # the SDK's
    return response


@pytest.mark.parametrize(
    ("shape", "data"),
    [
        (History, {}),
        (History, {"messages": None}),
        (History, {"messages": [{}]}),
        (Members, {}),
        (Members, {"users": None}),
        (Members, {"users": "U1"}),
        (Members, {"users": [{"id": "U1"}]}),
        (Members, {"users": {"U1": True}}),
        (OpenedConversation, {"channel": {}}),
        (PersonAnswer, {}),
        (PersonAnswer, {"user": {}}),
        (PersonAnswer, {"user": []}),
        (PostedMessage, {"ts": "1.0"}),
        (PostedMessage, {"channel": "C1", "ts": ""}),
        (PostedMessage, {"channel": "C1", "ts": "none"}),
        (PostedMessage, {"channel": "none", "ts": "1.0"}),
    ],
)
async def test_what_is_missing_is_unknown(shape: type[Answer], data: dict[str, Any]) -> None:
    with pytest.raises(Incomplete) as raised:
        await ask(answered({"ok": True} | data), shape)
    assert raised.value.doubtful  # what was asked may have been done
    assert raised.value.what


@pytest.mark.parametrize("data", [["ok"], "ok"])
async def test_an_answer_that_is_no_object_is_unknown(data: Any) -> None:
    with pytest.raises(Incomplete):
        await ask(answered(data), Answer)


async def test_null_is_absent() -> None:
    profile = {"id": "U1", "locale": None, "deleted": None, "enterprise_user": None}
    found = await ask(answered({"ok": True, "user": profile}), PersonAnswer)
    assert (found.user.id, found.user.locale, found.user.deleted) == ("U1", "", None)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("99999999", LONGEST_RETRY_AFTER),
        ("9" * 400, LONGEST_RETRY_AFTER),
        ("inf", USUAL_RETRY_AFTER),
        ("1e300", USUAL_RETRY_AFTER),
        ("nan", USUAL_RETRY_AFTER),
        ("-5", USUAL_RETRY_AFTER),
        ("", USUAL_RETRY_AFTER),
    ],
)
async def test_a_pause_that_slack_asks_for_is_bounded(told: str, seconds: float) -> None:
    limited = answered({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": told})
    with pytest.raises(RateLimited) as raised:
        await ask(limited, Answer)
    assert raised.value.retry_after == seconds
    assert not raised.value.doubtful


@pytest.mark.parametrize(
    ("status", "code"),
    [(500, "internal_error"), (503, "service_unavailable"), (200, "fatal_error"), (200, "internal_error"), (504, "")],
)
async def test_what_slack_could_not_finish_may_have_been_done(status: int, code: str) -> None:
    """Slack says so itself of fatal_error and internal_error."""
    with pytest.raises(Unavailable) as raised:
        await ask(answered({"ok": False, "error": code}, status=status), Answer)
    assert raised.value.doubtful


async def test_a_page_that_hides_the_next_one_is_unknown() -> None:
    """It says that there is more, and not where."""
    with pytest.raises(Incomplete):
        await ask(answered({"ok": True, "messages": [], "has_more": True}), History)


async def test_a_code_is_kept_as_far_as_it_is_one() -> None:
    """It is stored with what had to be told and never was."""
    with pytest.raises(SlackError) as raised:
        await ask(answered({"ok": False, "error": "odd\0_" + "a" * 1_000}), Answer)
    assert raised.value.code == "odd_" + "a" * (LONGEST_CODE - 4)
