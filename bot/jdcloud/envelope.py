"""What every answer of JD Cloud has in common: how it is read, and what it is wrapped in.

Real answers carry null for whatever is empty, leave out what does not apply, and hold fields that no page names: all
that is read leniently. What a decision rests on is required, and must not contradict itself: an answer without it
decides nothing (`Incomplete`). Above all, a list that is not there is not an empty list.
"""

import json
import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

__all__ = ["AnswerPart", "Envelope", "Id", "Listed"]

Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""What something is known by: never empty."""


class AnswerPart(BaseModel):
    """A part of an answer. Null is read as absent, and what no page of theirs names is passed over."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        extra="ignore",
        frozen=True,
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,  # answers are not for the log
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class Listed(AnswerPart):
    """One page of a listing."""

    total_count: int | None = Field(default=None, ge=0)


class _Failure(AnswerPart):
    code: JsonValue = None
    status: str = ""
    message: str = ""
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


class Envelope(AnswerPart):
    """What every answer is wrapped in; `error` and `result` exclude each other."""

    request_id: str = ""
    error: _Failure = _Failure()
    result: dict[str, Any] = Field(default_factory=dict)
