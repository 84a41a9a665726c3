"""What columns keep: as JSON plans, problems, what rules wanted, tags; and which of them a move writes."""

import json
from collections.abc import Iterable
from functools import cache
from typing import TypedDict

from pydantic import TypeAdapter

from bot.domain.cloud import Tags
from bot.domain.errors import Problem
from bot.domain.plan import Plan, as_stored, from_stored
from bot.domain.request import Promise


@cache
def _plan() -> TypeAdapter[Plan]:
    """Made for the first plan, and not at the start."""
    return TypeAdapter(Plan)


@cache
def _problems() -> TypeAdapter[tuple[Problem, ...]]:
    """Likewise."""
    return TypeAdapter(tuple[Problem, ...])


def write_plan(plan: Plan) -> str:
    """A plan as its column keeps it."""
    return json.dumps(as_stored(plan), ensure_ascii=False)


def read_plan(column: str) -> Plan:
    """Likewise, of whichever version wrote it."""
    return _plan().validate_python(from_stored(json.loads(column)))


def write_problems(problems: tuple[Problem, ...]) -> str:
    """What stands against something, as its column keeps it."""
    return _problems().dump_json(problems).decode()


def read_problems(column: str) -> tuple[Problem, ...]:
    """Likewise, of whichever version wrote it."""
    return _problems().validate_json(column)


def write_promises(promises: tuple[Promise, ...]) -> str:
    """What rules wanted when a request was made, as its column keeps it."""
    return json.dumps([[one.rule, one.quorum] for one in promises], ensure_ascii=False)


def read_promises(column: str) -> tuple[Promise, ...]:
    """Likewise."""
    return tuple(Promise(rule, quorum) for rule, quorum in json.loads(column))


def write_tags(tags: Tags) -> str:
    """The tags of an instance, as their column keeps them."""
    return json.dumps(tags, ensure_ascii=False)


def read_tags(column: str) -> Tags:
    """Likewise."""
    return tuple((key, value) for key, value in json.loads(column))


def write_names(names: Iterable[str]) -> str:
    """Names or ids, as their column keeps them."""
    return json.dumps(list(names), ensure_ascii=False)


def read_names(column: str) -> tuple[str, ...]:
    """Likewise."""
    return tuple(json.loads(column))


class Changes(TypedDict, total=False):
    """What a move of a request may write besides the state."""

    noted: tuple[Problem, ...]
    approved_at: float
    finished_at: float | None
    expires_at: float
    begin_at: float
    ended_by: str
    ending: int
    emergency_by: str
    emergency_why: str
    emergency_at: float
    resumed_how: str
    resumed_by: str
    resumed_at: float
