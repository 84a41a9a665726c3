"""One answer of JD Cloud: from its bytes to what is wanted of it, or the error that it is."""

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar

import httpx
import pydantic

from bot.http_date import seconds_of
from bot.jdcloud.call import Call
from bot.jdcloud.classify import classify_answer, classify_unreadable
from bot.jdcloud.envelope import Envelope, Result, bounded, holdable
from bot.jdcloud.errors import IncompleteAnswer
from bot.jdcloud.whole import Incomplete

__all__ = ["read", "seconds_to_wait"]

_LONGEST_WAIT = 300.0
"""Seconds. A Retry-After of more is taken to mean this."""

Shape = TypeVar("Shape", bound=Result)
Value = TypeVar("Value")


def read(
    call: Call,
    response: httpx.Response,
    body: bytes,
    shape: type[Shape],
    value: Callable[[Shape], Value],
    *,
    now: float,
) -> tuple[Value, str]:
    """What is wanted of an answer, and JD Cloud's id of the call.

    Args:
        call: what was asked.
        response: status and headers.
        body: as it came, decompressed.
        shape: of the result.
        value: what is wanted of it; raises `Incomplete` where the result does not tell it.
        now: unix seconds, to which a Retry-After that is a date is held.

    Raises:
        CloudError: the answer is an error, none of JD Cloud's, or does not tell.
    """
    body = holdable(body)
    if response.is_success:
        with suppress(pydantic.ValidationError, Incomplete):  # what is wrong is found below, part by part
            envelope = _wrapped(shape).model_validate_json(body)
            if envelope.result is not None and not envelope.failure:
                return value(envelope.result), bounded(envelope.request_id) or _request_id(response)
    result, request_id = _result(call, response, body, now)
    try:
        return value(shape.model_validate(result)), request_id
    except (pydantic.ValidationError, Incomplete) as incomplete:
        message = _first_of(incomplete) if isinstance(incomplete, pydantic.ValidationError) else str(incomplete)
        raise call.error(IncompleteAnswer, message=message, http=response.status_code, request_id=request_id) from None


@cache
def _wrapped(shape: type[Shape]) -> "type[Envelope[Shape]]":  # which, evaluated, would be one more model
    return Envelope[shape]  # type: ignore[valid-type]  # a type that is only known now


def _request_id(response: httpx.Response) -> str:
    return bounded(response.headers.get("x-jdcloud-request-id"))


def _result(call: Call, response: httpx.Response, body: bytes, now: float) -> tuple[dict[str, Any], str]:
    http = response.status_code
    request_id = _request_id(response)
    retry_after = seconds_to_wait(response.headers.get("retry-after", ""), now=now)
    try:
        envelope = Envelope[dict[str, Any]].model_validate_json(body)
    except pydantic.ValidationError as invalid:
        raise call.error(
            classify_unreadable(http),
            message=_first_of(invalid),
            http=http,
            request_id=request_id,
            retry_after=retry_after,
        ) from None
    failure, request_id = envelope.failure, bounded(envelope.request_id) or request_id
    if response.is_success and not failure:
        return envelope.result or {}, request_id
    if failure and envelope.result:  # a no that may be a yes
        raise call.error(
            IncompleteAnswer, message="the answer is an error and a result", http=http, request_id=request_id
        )
    # Of two codes that differ the one that promises less counts: after a 5xx it may have been done.
    code = failure.http if http < 400 or failure.http >= 500 else http
    status, message = failure.status or "", failure.message or ""
    raise call.error(
        classify_answer(http=code, status=status, message=message) if failure else classify_unreadable(http),
        message=message,
        details=failure.more,
        http=http,
        status=status,
        request_id=request_id,
        retry_after=retry_after,
    )


def seconds_to_wait(retry_after: str, *, now: float) -> float | None:
    """What a Retry-After asks for (RFC 9110, 10.2.3: seconds or a date), at most 300 s; None when it is neither.

    Args:
        retry_after: the header.
        now: unix seconds.
    """
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", retry_after, re.ASCII):
        seconds = float(retry_after)
    elif (date := seconds_of(retry_after)) is not None:
        seconds = date - now
    else:
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def _first_of(invalid: pydantic.ValidationError) -> str:
    first = invalid.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]
