"""Whose a message is, by what Slack tells of who posted it."""

import pytest

from bot.slack.protocol.identity import Identity

OURS = {"bot_id": "B0US", "app_id": "A0US", "user": "U0US"}


@pytest.mark.parametrize(
    ("told", "ours"),
    [
        ({}, True),
        ({"bot_id": "B0US"}, True),
        ({"app_id": "A0US"}, True),
        ({"user": "U0US"}, True),
        (OURS, True),
        (OURS | {"bot_id": "B0BEFORE"}, True),  # the app was installed anew
        ({"bot_id": "B0OTHER"}, False),
        ({"app_id": "A0OTHER"}, False),
        ({"user": "U0AMY"}, False),
        ({"bot_id": "B0OTHER", "app_id": "A0OTHER", "user": "U0OTHER"}, False),
    ],
    ids=str,
)
def test_whose_a_message_is(told: dict[str, str], *, ours: bool) -> None:
    """The bot's where one of the three is its own, or none is told."""
    identity = Identity(team_id="T0", bot_id="B0US", bot_user_id="U0US", app_id="A0US")
    assert identity.may_have_posted(**({"bot_id": "", "app_id": "", "user": ""} | told)) is ours


def test_what_the_bot_does_not_know_of_itself_proves_nothing() -> None:
    """auth.test of a user's token has no bot_id, and hardly any has an app_id."""
    identity = Identity(team_id="T0", bot_id="", bot_user_id="U0US")
    assert identity.may_have_posted(bot_id="B0OTHER", app_id="A0OTHER", user="")
    assert not identity.may_have_posted(bot_id="B0OTHER", app_id="A0OTHER", user="U0OTHER")
