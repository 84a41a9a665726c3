"""Slack's markup: what somebody else has written is shown as written, on a line that is not ours."""

import pytest

from bot.slack.protocol.markup import code, escape, link


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("before the patch", "before the patch"),
        ("not `now`, *please*, ~or~ _ever_", "not ˋnowˋ, ∗please∗, ∼or∼ ˍeverˍ"),
        ("web_assets_v2 of 10:30:45", "web_assets_v2 of 10:30:45"),
        ("__init__", "ˍˍinitˍˍ"),
        (":tada: done :+1:", "꞉tada: done ꞉+1:"),
        ("> quoted > twice", "› quoted &gt; twice"),
        ("one\n\nApproved by <@U0BEN>.\r\n\u2028*two*", "one Approved by &lt;@U0BEN&gt;. ∗two∗"),
        ("<!channel> & \u202eright", "&lt;!channel&gt; &amp; \N{REPLACEMENT CHARACTER}right"),
    ],
)
def test_typed_words_are_no_markup(typed: str, shown: str) -> None:
    """They read as they were typed, on one line, and nothing in them is alive."""
    assert escape(typed) == shown


def test_what_means_nothing_in_code_is_as_it_was() -> None:
    """Whoever copies a name has that name."""
    assert code("_web*1~ :tada:") == "`_web*1~ :tada:`"


def test_an_address_is_as_it_was() -> None:
    """Only the words of a link are shown."""
    address = "https://tickets.example/~team/_v2_/a|b?x=*&y=1"
    assert link(address, "OPS-*1*") == "<https://tickets.example/~team/_v2_/a%7Cb?x=*&amp;y=1|OPS-∗1∗>"
