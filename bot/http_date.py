"""The dates of HTTP, as Slack and JD Cloud send them."""

from datetime import UTC
from email.utils import parsedate_to_datetime


def seconds_of(date: str) -> float | None:
    """Unix seconds of a date in a header (RFC 9110, 5.6.7), to the second; None where it is none.

    Args:
        date: the header. One that names no zone is in UTC, as all of them should be.
    """
    try:
        read = parsedate_to_datetime(date)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):  # a year of any length
        return None
