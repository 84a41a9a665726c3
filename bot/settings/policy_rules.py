"""The keys of the policy file, one field a key: what it is for, what is expected, and what the rule is that it says."""

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, ValidationInfo, field_validator

from bot.domain.hours import Hours
from bot.domain.rule import Match, Rule, Ticket
from bot.domain.slack_ids import is_group
from bot.settings.policy_values import (
    Globs,
    InstanceIds,
    Line,
    Link,
    Name,
    Pattern,
    Quorum,
    TagGlobs,
    TimeZone,
    Windows,
    window,
)
from bot.settings.values import Conversation, Duration, PeopleIds, RisingDurations, some

_PEOPLE = 'a list of ids of people (U… or W…) and user groups (S…), such as ["U012AB3CD", "S045EF6GH"]'
_YES_OR_NO = "true or false"
_HOURS = 'a table such as { times = ["mon-fri 22:00-04:00"], zone = "Asia/Shanghai" }'


@dataclass(frozen=True)
class Below:
    """What a rule of the file stands on."""

    settings: Rule  # what holds where it says nothing
    regions: tuple[str, ...]  # those that are offered


def _key(description: str, *, expected: str, default: Any = None, across: bool = False) -> Any:
    """A key; `across` says that what is wrong with it may be that it is left out."""
    return Field(
        default=default,
        description=description,
        json_schema_extra={"expected": expected},
        validate_default=across or None,
    )


def _offered(regions: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    missing = [region for region in regions if region not in _below(info).regions]
    if missing:
        raise ValueError(f"not in JDCLOUD_REGIONS: {', '.join(missing)}")
    return regions


def _below(info: ValidationInfo) -> Below:
    assert isinstance(info.context, Below)
    return info.context


class Table(BaseModel):
    """A table of the file, in which every key is known."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class MatchTable(Table):
    """`match`: which machines a rule takes."""

    regions: Annotated[Globs, AfterValidator(_offered)] = _key(
        "The regions they are in.", expected='a list of regions in JDCLOUD_REGIONS, such as ["cn-north-1"]', default=()
    )
    names: Globs = _key(
        "Globs of their names; capitals matter.", expected='a list of globs, such as ["db-*", "pg-?"]', default=()
    )
    instance_ids: InstanceIds = _key(
        "Their ids.", expected='a list of ids of instances, such as ["i-abc123"]', default=()
    )
    tags: TagGlobs = _key(
        "Tags that they have, each key with a glob of its value.",
        expected='a table of globs by the keys of tags, such as { env = "prod*" }',
        default={},
    )

    def value(self) -> Match:
        """What it says."""
        return Match(
            regions=self.regions, names=self.names, instance_ids=self.instance_ids, tags=tuple(self.tags.items())
        )


class HoursTable(Table):
    """`hours` or `remind_hours`: some times of a week."""

    times: Windows = _key(
        "Windows by the clock on the wall; one that ends before it begins ends on the day after.",
        expected='a list of windows, such as ["mon-fri 22:00-04:00", "sat,sun 00:00-24:00"]',
        default=...,
    )
    zone: TimeZone = _key(
        "The time zone of that clock.",
        expected='a time zone of the IANA database, such as "Asia/Shanghai"',
        default=...,
    )

    def value(self) -> Hours:
        """What it says."""
        return Hours(tuple(map(window, self.times)), self.zone)


class TicketTable(Table):
    """`ticket`: what a request must carry."""

    pattern: Pattern = _key(
        "What a ticket looks like.",
        expected="a regular expression that fits a ticket, such as '[A-Z]+-\\d+'",
        default=...,
    )
    link: Link | None = _key(
        "Where it links to.",
        expected='http:// or https://, a host, and {ticket} after it, such as "https://tickets.example.com/{ticket}"',
    )

    def value(self) -> Ticket:
        """What it says."""
        return Ticket(self.pattern, self.link or "")


class RuleTable(Table):
    """One `[[rule]]`."""

    name: Name = _key(
        "What it is called on cards and in the audit.",
        expected="a line of at most 50 characters that names no other rule",
        default=...,
    )
    match: MatchTable = _key(
        "Which machines it takes.", expected='a table such as { names = ["db-*"] }', default=MatchTable()
    )
    channel: Conversation | None = _key(
        "Where the cards of the approvers go.", expected='the id of a conversation, such as "C012AB3CD"'
    )
    approvers: Annotated[PeopleIds, AfterValidator(some)] | None = _key("Who may approve.", expected=_PEOPLE)
    escalate_after: Duration | None = _key(
        "After how long others are asked too.", expected='a duration such as "2h", and escalate_to', across=True
    )
    escalate_to: Annotated[PeopleIds, AfterValidator(some)] | None = _key(
        "Who is asked too then.", expected=f"{_PEOPLE}, and escalate_after", across=True
    )
    quorum: Quorum | None = _key(
        "How many distinct people must approve.",
        expected="a whole number from 1 to 100, and to the number of approvers",
        across=True,
    )
    requesters: PeopleIds | None = _key(
        "Who may ask; an empty list: every full member.", expected=f"{_PEOPLE}, or an empty one"
    )
    self_approval: StrictBool | None = _key(
        "Whether people may approve what they asked for themselves.", expected=_YES_OR_NO
    )
    stopping: StrictBool | None = _key("Whether a running machine may be stopped for its image.", expected=_YES_OR_NO)
    live: StrictBool | None = _key("Whether an image may be made of a machine that runs.", expected=_YES_OR_NO)
    hours: HoursTable | None = _key("When steps may begin.", expected=_HOURS)
    ticket: TicketTable | None = _key(
        "What the description or the note of a request must carry.",
        expected="a table such as { pattern = '[A-Z]+-\\d+' }",
    )
    warning: Line | None = _key(
        "What stands first in the form and on the cards.", expected="a line of at most 300 characters"
    )
    remind_after: RisingDurations | None = _key(
        "After how long those who have not decided are reminded; an empty list: never.",
        expected='a list of rising durations, such as ["1h", "4h"], or an empty one',
    )
    remind_hours: HoursTable | None = _key("When they may be reminded; as `hours`, if left out.", expected=_HOURS)
    refuse: Line | None = _key(
        "Nobody may ask for an image of these machines, and why.",
        expected="a line of at most 300 characters, which says why",
    )
    emergency: PeopleIds | None = _key("Who may begin before anybody has approved.", expected=_PEOPLE)

    @field_validator("quorum")
    @classmethod
    def _quorum_can_be_reached(cls, value: int | None, info: ValidationInfo) -> int | None:
        if not {"approvers", "escalate_to"} <= info.data.keys():  # which have mistakes of their own
            return value
        settings = _below(info).settings
        quorum, approvers = value or settings.quorum, {*(info.data["approvers"] or settings.approvers)}
        approvers |= {*(info.data["escalate_to"] or ())}
        # How many people a user group has is only known to Slack, and changes.
        if quorum > len(approvers) and not any(is_group(one) for one in approvers):
            raise ValueError(f"{quorum} approvals can never be reached, as only {len(approvers)} may approve")
        return value

    @field_validator("escalate_to")
    @classmethod
    def _both_or_neither(cls, value: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        after = info.data.get("escalate_after", "wrong")
        if after is None and value is not None:
            raise ValueError("is set, and escalate_after is not")
        if after not in {None, "wrong"} and value is None:
            raise ValueError("is not set, and escalate_after is")
        return value

    def rule(self, settings: Rule) -> Rule:
        """What it says, and what the settings say where it says nothing."""
        said: dict[str, Any] = {key: _value_of(getattr(self, key)) for key in self.model_fields_set}
        if "hours" in said:
            said.setdefault("remind_hours", said["hours"])
        return dataclasses.replace(settings, **said)


class FileTable(Table):
    """The whole file."""

    rule: tuple[RuleTable, ...] = _key(
        "The rules in order: the first that takes a machine decides about it.",
        expected="tables that begin with [[rule]], in two brackets",
        default=(),
    )


def _value_of(held: object) -> object:
    """What a key says, as a rule has it: times are seconds there."""
    if isinstance(held, timedelta):
        return held.total_seconds()
    if isinstance(held, tuple):
        return tuple(map(_value_of, held))
    return held.value() if isinstance(held, MatchTable | HoursTable | TicketTable) else held
