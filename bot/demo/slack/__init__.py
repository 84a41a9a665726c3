"""A Slack workspace to try the bot with: the Web API, and people who type, choose and press, over real HTTP.

It is written from Slack's pages and SDK alone and knows nothing of the bot, so that what works against it was not
merely agreed upon with itself.
"""

from bot.demo.slack.changes import Change, Changes
from bot.demo.slack.faults import (
    ALWAYS,
    ANY_METHOD,
    Drop,
    Error,
    Fault,
    Faults,
    Late,
    LoseAnswer,
    RateLimited,
    ServerError,
    Slow,
    Without,
)
from bot.demo.slack.form import At, ConfirmFirst, FormIncomplete, NotShown
from bot.demo.slack.offered import Option
from bot.demo.slack.person import Acted, Person
from bot.demo.slack.reading import plain_text
from bot.demo.slack.records import Call, Channel, Failure, Message, User, Usergroup, View
from bot.demo.slack.requests import Answer, Transport
from bot.demo.slack.slack import ALL_SCOPES, NeverSeen, Slack
from bot.demo.slack.workspace import Workspace

__all__ = [
    "ALL_SCOPES",
    "ALWAYS",
    "ANY_METHOD",
    "Acted",
    "Answer",
    "At",
    "Call",
    "Change",
    "Changes",
    "Channel",
    "ConfirmFirst",
    "Drop",
    "Error",
    "Failure",
    "Fault",
    "Faults",
    "FormIncomplete",
    "Late",
    "LoseAnswer",
    "Message",
    "NeverSeen",
    "NotShown",
    "Option",
    "Person",
    "RateLimited",
    "ServerError",
    "Slack",
    "Slow",
    "Transport",
    "User",
    "Usergroup",
    "View",
    "Without",
    "Workspace",
    "plain_text",
]
