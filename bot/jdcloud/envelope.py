"""What every answer of JD Cloud has in common: how it is read, and what it is wrapped in.

Real answers carry null for whatever is empty, leave out what does not apply, and hold fields that no page names: all
that is read leniently. What a decision rests on is required, and must not contradict itself: an answer without it
decides nothing (`Incomplete`). Above all, a list that is not there is not an empty list.

A page holds a hundred things with all their disks, and is read while others wait for the event loop: in one pass from
its bytes, what is not named here never becomes an object, and what is many of becomes a dictionary, not a model.

Characters that no text holds are taken out of the bytes before that (`holdable`): JSON can write what a database cannot
keep (NUL in PostgreSQL) and what is no character at all (half of one), and one name of somebody's machine must not stop
a whole page. What is only shown of an answer is `bounded`; by ids, names and tags something is decided, and they stay.
"""

import json
import re
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, with_config
from pydantic.alias_generators import to_camel

__all__ = ["Envelope", "Id", "Listed", "Result", "Text", "bounded", "holdable", "part"]

Inner = TypeVar("Inner")

_LENIENT = ConfigDict(
    alias_generator=to_camel,
    extra="ignore",
    coerce_numbers_to_str=True,
    hide_input_in_errors=True,  # answers are not for the log
    defer_build=True,  # until the first answer of its kind
)

_LONGEST = 256
"""Characters of one text that are kept. JD Cloud's own names and statuses have 128 at most."""

_INSTEAD = rb"\ufffd"
_SUSPECT = re.compile(rb"\\u(?:00[01]|[dD][89a-fA-F])")
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F].."  # the two halves of one character
    rb"|(?P<unfit>u00(?:0[0-8bBcCeEfF]|1[0-9a-fA-F])|u[dD][89a-fA-F]..)|.)",
    re.DOTALL,
)


def holdable(body: bytes) -> bytes:
    """JSON with U+FFFD for each control character but those of spacing, and for each half of a character that is alone.

    What is taken out is seen to have been there: two names never become one.
    """
    # Most answers have no backslash at all: to find none takes a hundredth of the time of any expression.
    if b"\\" not in body or not _SUSPECT.search(body):
        return body
    return _ESCAPE.sub(lambda escape: _INSTEAD if escape["unfit"] else escape[0], body)


def bounded(text: str | None, limit: int = _LONGEST) -> str:
    """A text as it is kept: what is absent is empty, and what goes on and on is cut."""
    return (text or "")[:limit]


Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""What something is known by: never empty."""

Text = str | None
"""What may be absent, null or empty, which are all the same."""

part = with_config(_LENIENT)
"""Makes a TypedDict a part of an answer, in which what no page of theirs names is passed over. Null is as good as
absent: what may be either is asked for with `.get`.
"""


class Result(BaseModel):
    """What was asked for. Null is as good as absent, and what no page of theirs names is passed over."""

    model_config = _LENIENT | ConfigDict(frozen=True)


class Listed(Result):
    """One page of a listing."""

    total_count: int | None = Field(default=None, ge=0)


class _Failure(Result):
    code: JsonValue = None
    status: Text = None
    message: Text = None
    details: JsonValue = None

    @property
    def http(self) -> int:
        """The HTTP status it repeats; 0 when it does not read as one."""
        text = str(self.code)
        return int(text) if re.fullmatch("[45][0-9]{2}", text) else 0

    @property
    def more(self) -> str:
        """The details, as JSON; empty when there are none."""
        return json.dumps(self.details, ensure_ascii=False) if self.details else ""

    def __bool__(self) -> bool:
        """Whether it says anything: an empty error beside a result is none."""
        return bool(self.code or self.status or self.message)


class Envelope(Result, Generic[Inner]):
    """What every answer is wrapped in; `error` and `result` exclude each other."""

    request_id: Text = None
    error: _Failure | None = None
    result: Inner | None = None

    @property
    def failure(self) -> _Failure:
        """The error; one that says nothing where there is none."""
        return self.error if self.error is not None else _Failure()
