"""What a column keeps as JSON: plans and problems."""

import json

from pydantic import TypeAdapter

from bot.domain.errors import Problem
from bot.domain.plan import Plan, as_stored, from_stored

_PLAN = TypeAdapter(Plan)
_PROBLEMS = TypeAdapter(tuple[Problem, ...])


def write_plan(plan: Plan) -> str:
    """A plan as its column keeps it."""
    return json.dumps(as_stored(plan), ensure_ascii=False)


def read_plan(column: str) -> Plan:
    """Likewise, of whichever version wrote it."""
    return _PLAN.validate_python(from_stored(json.loads(column)))


def write_problems(problems: tuple[Problem, ...]) -> str:
    """What stands against something, as its column keeps it."""
    return _PROBLEMS.dump_json(problems).decode()


def read_problems(column: str) -> tuple[Problem, ...]:
    """Likewise, of whichever version wrote it."""
    return _PROBLEMS.validate_json(column)
