"""Texts of JD Cloud's that are no texts: what is read of an answer can be kept, and it is seen what was taken out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jdcloud.envelope import holdable
from bot.jdcloud.errors import InternalError
from bot.jdcloud.instances import InstanceStatusList


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb'"a\u0000b"', "a\ufffdb"),
        (rb'"a\u001Bb\u0007"', "a\ufffdb\ufffd"),
        (rb'"a\u0009b\u000Ac\u000d"', "a\tb\nc\r"),
        (rb'"\ud83d\ude00 \u8865 \u003c"', "😀 补 <"),
        (rb'"\ud83d"', "\ufffd"),
        (rb'"\ude00\ud83d"', "\ufffd\ufffd"),
        (rb'"\ud83d\u0041"', "\ufffdA"),
        (rb'"\ud83d\ud83d\ude00"', "\ufffd😀"),
        (rb'"a\\u0000b\\\u0000"', "a\\u0000b\\\ufffd"),
    ],
)
def test_what_no_text_holds_is_taken_out(written: bytes, read: str) -> None:
    """And nothing else: an escaped backslash begins no escape."""
    assert json.loads(holdable(written)) == read


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_what_is_a_text_stays(text: str) -> None:
    """However it is written."""
    for escaped in (True, False):
        assert json.loads(holdable(json.dumps(text, ensure_ascii=escaped).encode())) == text


def test_what_goes_on_and_on_is_cut() -> None:
    """A status, and what JD Cloud says of an error: both stand on cards."""
    answer = {"instanceStatuses": [{"instanceId": "i-1", "status": "x" * 10_000}], "totalCount": 1}
    assert len(InstanceStatusList.model_validate(answer).of({"i-1"})["i-1"]) == 256
    error = InternalError(action="createImage", message="x" * 10_000, details="y" * 10_000)
    assert len(error.problem().facts["message"]) == 1_000
    assert len(str(error)) < 3_000
