"""Dates in headers, read whatever they are."""

import time
from collections.abc import Iterator

import pytest

from bot.http_date import seconds_of


@pytest.fixture
def in_shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where the bot runs."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_shanghai")
@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777.0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777.0),
        ("Sun, 06 Nov 1994 16:49:37 +0800", 784_111_777.0),
        ("Sun, 06 Nov 1994 08:49:37 -0000", 784_111_777.0),
        ("Sun, 06 Nov 1994 08:49:37", 784_111_777.0),
        ("Sun, 06 Nov 99999 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 99:49:37 GMT", None),
        ("soon", None),
        ("", None),
    ],
)
def test_seconds_of(date: str, seconds: float | None) -> None:
    """RFC 9110, 5.6.7, its older forms too; what names no zone is in UTC, wherever the bot runs."""
    assert seconds_of(date) == seconds
