"""What the fields of Slack's payloads may hold."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from bot.slack.protocol.markup import typed

SlackId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{0,64}$")]
"""A person, a conversation, a view. They are shown as mentions and put into addresses, so they are nothing else."""

Name = Annotated[SlackId, Field(min_length=1)]

Words = Annotated[str, AfterValidator(typed)]
"""What somebody typed, without what no keyboard types; PostgreSQL keeps no NUL in a text."""


class Payload(BaseModel):
    """Fields we do not use are ignored; what is missing has a plain default."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


class Option(Payload):
    """What was chosen in a menu or ticked (Slack: option object)."""

    value: str
